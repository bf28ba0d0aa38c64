/* SPDX-License-Identifier: ISC */
/* What serves is locked in, and keeps serving whatever becomes of its folders. */
#include "capsule.h"

#include "testing.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { CHILDREN = 3, CHILDREN_MAX = 16 };

static struct capsule_run *run;

static void
set_up(void)
{
    run = capsule_prepare();
}

static void
tear_down(void)
{
    capsule_stop(run);
}

/* A number of /proc/PID/status; -1: not there. */
static int
status_of(pid_t pid, const char *key)
{
    char path[64], line[256];
    int number = -1;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, key, strlen(key)) == 0)
            number = atoi(line + strlen(key));
    if (file != NULL)
        fclose(file);
    return number;
}

/* All three children have that number. */
static void
assert_children(const char *key, int number)
{
    pid_t children[CHILDREN_MAX];
    size_t count = capsule_children(run, children, CHILDREN_MAX);
    ck_assert_uint_eq(count, CHILDREN);
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(status_of(children[i], key) == number, "%s %d", key,
                      status_of(children[i], key));
}

static void
shell(const char *format)
{
    char command[4096];
    snprintf(command, sizeof command, "cd '%s' && %s", run->folder, format);
    ck_assert_msg(system(command) == 0, "%s", command);
}

START_TEST(workers_and_the_watcher_are_locked_in)
{
    capsule_launch(run);
    assert_children("NoNewPrivs:", 1);
    assert_children("Seccomp:", SECCOMP_MODE_FILTER);
    kill(run->master, SIGHUP);
    capsule_await(run, "log", "serving generation=2", 1);
    capsule_wait(run, "/", 20);
    ck_assert_uint_eq(capsule_count(run, "log", "this kernel has no"), 0);
}
END_TEST

START_TEST(off_locks_nobody_in)
{
    testing_write(run->folder, "songtu.yaml", "sandbox: off\n");
    capsule_launch(run);
    assert_children("Seccomp:", SECCOMP_MODE_DISABLED);
    ck_assert_int_eq(capsule_status(run, "/"), 20);
}
END_TEST

START_TEST(the_probe_shows_that_all_is_denied)
{
    capsule_launch(run);
    shell("./songtud --user nobody --probe-sandbox >told 2>>log");
    char *told = testing_read(run->folder, "told");
    static const char *const deeds[] = { "open a file outside", "write in the content folder",
                                         "connect out",         "execute a program",
                                         "use ptrace",          "open the key file" };
    for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++) {
        const char *line = strstr(told, deeds[i]);
        ck_assert_msg(line != NULL && strncmp(line + 36, "denied: ", 8) == 0, "%s", told);
    }
    ck_assert_ptr_nonnull(strstr(told, "open a file of the content folder   done\n"));
    free(told);
    ck_assert_int_eq(capsule_status(run, "/"), 20);
}
END_TEST

START_TEST(the_probe_says_where_nobody_is_locked_in)
{
    capsule_launch(run);
    shell("! ./songtud --user nobody --sandbox off --probe-sandbox 2>>log");
    ck_assert_uint_eq(capsule_count(run, "log", "`sandbox: off` is set"), 1);
}
END_TEST

/* From here on the kernel says what one without landlock says. */
static void
forget_landlock(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_landlock_create_ruleset, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = { sizeof filter / sizeof *filter, filter };
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        _exit(126);
}

START_TEST(an_old_kernel_serves_and_what_it_lacks_is_told_once)
{
    run->prepare = forget_landlock;
    capsule_launch(run);
    ck_assert_int_eq(capsule_status(run, "/"), 20);
    kill(run->master, SIGHUP);
    capsule_await(run, "log", "serving generation=2", 1);
    ck_assert_uint_eq(capsule_count(run, "log", "this kernel has no landlock"), 1);
    testing_write(run->folder, "songtu.yaml", "sandbox: require\n");
    kill(run->master, SIGHUP);
    capsule_await(run, "log", "reload refused", 1);
    ck_assert_uint_eq(capsule_count(run, "log", "and `sandbox: require` is set"), 1);
    ck_assert_int_eq(capsule_status(run, "/about"), 20);
}
END_TEST

START_TEST(folders_may_lie_elsewhere)
{
    shell("mkdir else && mv content/stories content/files content/cities.yaml else/ &&"
          " ln -s ../else/stories ../else/files ../else/cities.yaml content/");
    capsule_launch(run);
    ck_assert_int_eq(capsule_status(run, "/files/favicon.txt"), 20);
    ck_assert_int_eq(capsule_status(run, "/city/ha-noi"), 20);
    testing_write(run->folder, "else/stories/2024/moi.gmi", "---\ntitle: Mới\n---\nMới.\n");
    capsule_wait(run, "/story/moi", 20);
}
END_TEST

START_TEST(another_content_folder_is_served_in_its_place)
{
    capsule_launch(run);
    shell("cp -rp content new && mv content old && mv new content");
    testing_write(run->folder, "content/stories/2024/moi.gmi", "---\ntitle: Mới\n---\nMới.\n");
    testing_write(run->folder, "content/files/moi.txt", "Mới\n");
    capsule_wait(run, "/story/moi", 20);
    capsule_wait(run, "/files/moi.txt", 20);
    shell("mv content/stories/2024/moi.gmi content/stories/2024/hai.gmi");
    capsule_wait(run, "/story/moi", 31); /* so moved.yaml was written */
}
END_TEST

START_TEST(the_state_folder_may_be_deleted_as_a_whole)
{
    shell("{ [ $(id -u) != 0 ] || chown nobody .; }"); /* who can make it anew */
    capsule_launch(run);
    shell("rm -rf var");
    testing_write(run->folder, "content/stories/2024/moi.gmi", "---\ntitle: Mới\n---\nMới.\n");
    capsule_wait(run, "/story/moi", 20);
    capsule_await(run, "log", "(made anew)", 2);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("locked");
    TCase *tests = tcase_create("locked");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, workers_and_the_watcher_are_locked_in);
    tcase_add_test(tests, off_locks_nobody_in);
    tcase_add_test(tests, the_probe_shows_that_all_is_denied);
    tcase_add_test(tests, the_probe_says_where_nobody_is_locked_in);
    tcase_add_test(tests, an_old_kernel_serves_and_what_it_lacks_is_told_once);
    tcase_add_test(tests, folders_may_lie_elsewhere);
    tcase_add_test(tests, another_content_folder_is_served_in_its_place);
    tcase_add_test(tests, the_state_folder_may_be_deleted_as_a_whole);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
