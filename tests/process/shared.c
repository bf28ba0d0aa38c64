/* SPDX-License-Identifier: ISC */
#include "process/shared.h"

#include "testing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BYTES = 5000, LAYOUT = 7 };

START_TEST(what_an_heir_finds_is_what_was_left)
{
    bool taken;
    int left = -1;
    char *memory = shared_open(BYTES, LAYOUT, &left, &taken);
    ck_assert_ptr_nonnull(memory);
    ck_assert(!taken && left >= 0 && memory[0] == 0 && memory[BYTES - 1] == 0);
    ck_assert_int_eq(fcntl(left, F_GETFD), FD_CLOEXEC);
    memory[BYTES - 1] = 'x';
    int inherited = dup(left);
    char *again = shared_open(BYTES, LAYOUT, &inherited, &taken);
    ck_assert(taken && again != memory && again[BYTES - 1] == 'x');
    again[0] = 'y';
    ck_assert_int_eq(memory[0], 'y');
    shared_close(again, BYTES);
    shared_close(memory, BYTES);
    close(inherited);
    close(left);
}
END_TEST

static const struct {
    size_t bytes;
    uint64_t layout;
} others[] = { { BYTES, LAYOUT + 1 }, { BYTES + 1, LAYOUT }, { BYTES - 1000, LAYOUT } };

START_TEST(what_means_something_else_is_not_taken)
{
    bool taken;
    int left = -1;
    char *memory = shared_open(BYTES, LAYOUT, &left, &taken);
    memory[0] = 'x';
    int inherited = dup(left), number = inherited;
    char *other = shared_open(others[_i].bytes, others[_i].layout, &inherited, &taken);
    ck_assert_ptr_nonnull(other);
    ck_assert(!taken && other[0] == 0);
    ck_assert(number == inherited || fcntl(number, F_GETFD) < 0); /* nothing is left open */
    shared_close(other, others[_i].bytes);
    shared_close(memory, BYTES);
    close(inherited);
    close(left);
}
END_TEST

START_TEST(without_heirs_only_children_share_it)
{
    bool taken;
    int before = dup(0), status;
    close(before);
    char *memory = shared_open(BYTES, LAYOUT, NULL, &taken);
    int after = dup(0);
    ck_assert_int_eq(after, before); /* no descriptor is open */
    close(after);
    pid_t child = fork();
    if (child == 0) {
        memory[0] = 'x';
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(memory[0], 'x');
    shared_close(memory, BYTES);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("shared");
    TCase *tests = tcase_create("shared");
    tcase_add_test(tests, what_an_heir_finds_is_what_was_left);
    tcase_add_loop_test(tests, what_means_something_else_is_not_taken, 0,
                        sizeof others / sizeof *others);
    tcase_add_test(tests, without_heirs_only_children_share_it);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
