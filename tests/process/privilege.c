/* SPDX-License-Identifier: ISC */
/* What is given up is given up for good: so every test here gives it up in a child. */
#include "process/privilege.h"

#include "testing.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void
assert_in_child(bool (*claim)(void))
{
    int status;
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0)
        _exit(claim() ? 0 : 1);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 0);
}

START_TEST(a_user_is_found_by_name)
{
    struct identity identity;
    ck_assert_int_eq(identity_find("root", &identity), STATUS_OK);
    ck_assert_uint_eq(identity.user, 0);
    ck_assert_uint_eq(identity.group, 0);
    ck_assert_str_eq(identity.name, "root");
    ck_assert_int_eq(identity_find("nobody", &identity), STATUS_OK);
    ck_assert_uint_ne(identity.user, 0);
}
END_TEST

START_TEST(nobody_is_called_so)
{
    struct identity identity = { 7, 7, "kept" };
    ck_assert_int_eq(identity_find("no such user", &identity), STATUS_ABSENT);
    ck_assert_int_eq(identity_find("", &identity), STATUS_ABSENT);
    ck_assert_uint_eq(identity.user, 7);
    ck_assert_str_eq(identity.name, "kept");
}
END_TEST

static bool
is_nobody_for_good(void)
{
    struct identity nobody;
    gid_t groups[64];
    if (identity_find("nobody", &nobody) != STATUS_OK || privilege_drop(&nobody) != STATUS_OK)
        return false;
    int count = getgroups(64, groups);
    for (int i = 0; i < count; i++)
        if (groups[i] != nobody.group)
            return false;
    return count >= 0 && getuid() == nobody.user && geteuid() == nobody.user &&
           getgid() == nobody.group && getegid() == nobody.group && setuid(0) != 0 &&
           seteuid(0) != 0 && setgid(0) != 0;
}

/* From a user who may not, or has become somebody who may not. */
static bool
can_not_become_another(void)
{
    struct identity nobody, root;
    if (identity_find("nobody", &nobody) != STATUS_OK || identity_find("root", &root) != STATUS_OK)
        return false;
    if (geteuid() == 0 && privilege_drop(&nobody) != STATUS_OK)
        return false;
    return privilege_drop(&root) == STATUS_FAILED && errno == EPERM && geteuid() != 0;
}

START_TEST(root_becomes_somebody_else_for_good)
{
    if (geteuid() == 0)
        assert_in_child(is_nobody_for_good);
    assert_in_child(can_not_become_another);
}
END_TEST

static bool
gives_up_new_privileges(void)
{
    struct rlimit core = { 7, 7 };
    return privilege_never_more() == STATUS_OK && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 &&
           getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_cur == 0 && core.rlim_max == 0;
}

START_TEST(no_program_gives_more_rights_and_no_core_holds_keys)
{
    assert_in_child(gives_up_new_privileges);
}
END_TEST

static bool
dies_with_its_parent(void)
{
    int signal = 0;
    return privilege_die_with(getppid(), SIGKILL) == STATUS_OK &&
           prctl(PR_GET_PDEATHSIG, &signal) == 0 && signal == SIGKILL;
}

/* The parent died before the kernel was asked: somebody else is the parent now. */
static bool
knows_a_parent_who_is_gone(void)
{
    return privilege_die_with(getpid(), SIGKILL) == STATUS_FAILED;
}

static bool
needs_a_signal_that_there_is(void)
{
    return privilege_die_with(getppid(), 1000) == STATUS_FAILED && errno == EINVAL;
}

START_TEST(a_child_dies_with_its_parent)
{
    assert_in_child(dies_with_its_parent);
    assert_in_child(knows_a_parent_who_is_gone);
    assert_in_child(needs_a_signal_that_there_is);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("privilege");
    TCase *tests = tcase_create("privilege");
    tcase_add_test(tests, a_user_is_found_by_name);
    tcase_add_test(tests, nobody_is_called_so);
    tcase_add_test(tests, root_becomes_somebody_else_for_good);
    tcase_add_test(tests, no_program_gives_more_rights_and_no_core_holds_keys);
    tcase_add_test(tests, a_child_dies_with_its_parent);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
