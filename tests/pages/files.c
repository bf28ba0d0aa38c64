/* SPDX-License-Identifier: ISC */
/* Small files are kept in memory, and yet served as they lie. */
#include "asking.h"
#include "testing.h"

#include <poll.h>
#include <stdio.h>
#include <unistd.h>

enum { CACHE_BYTES = 1024 * 1024, WAIT_MS = 10000, STEP_MS = 50 };

static void
set_up(void)
{
    asking_set_up();
    index_well();
    asking_capsule.cache = cache_new(CACHE_BYTES);
}

static void
tear_down(void)
{
    cache_free(asking_capsule.cache);
    asking_tear_down();
}

/* Whether its bytes are in the reply, as they are of what is kept. */
static bool
is_kept(const char *path, const char *text)
{
    struct reply reply = asking_answer(path);
    ck_assert_int_eq(reply.answer, ANSWER_FILE);
    return reply.file.descriptor < 0 && span_equal(reply.file.bytes, span_of(text));
}

/* Nothing is, that somebody may just be writing. */
static void
await_kept(const char *path, const char *text)
{
    for (int waited = 0; !is_kept(path, text); waited += STEP_MS) {
        ck_assert_int_lt(waited, WAIT_MS);
        poll(NULL, 0, STEP_MS);
    }
    uint64_t found = cache_counts(asking_capsule.cache).found;
    ck_assert(is_kept(path, text));
    ck_assert_uint_eq(cache_counts(asking_capsule.cache).found, found + 1);
}

START_TEST(a_file_is_kept_until_it_changes)
{
    ck_assert(!is_kept("/files/a.txt", "a\n")); /* too young */
    await_kept("/files/a.txt", "a\n");
    content_write("files/a.txt", "b\n"); /* as long as before */
    ck_assert(!is_kept("/files/a.txt", "a\n"));
    await_kept("/files/a.txt", "b\n");
    content_remove("files/a.txt");
    ck_assert_int_eq(asking_answer("/files/a.txt").answer, ANSWER_ABSENT);
}
END_TEST

START_TEST(one_put_in_its_place_is_another)
{
    content_write("files/b.txt", "b\n");
    await_kept("/files/b.txt", "b\n");
    await_kept("/files/a.txt", "a\n");
    ck_assert_int_eq(rename(content_path("files/b.txt"), content_path("files/a.txt")), 0);
    ck_assert(!is_kept("/files/a.txt", "a\n"));
    await_kept("/files/a.txt", "b\n");
    ck_assert_int_eq(unlink(content_path("files/a.txt")), 0);
    ck_assert_int_eq(symlink("../stories", content_path("files/a.txt")), 0);
    ck_assert_int_eq(asking_answer("/files/a.txt").answer, ANSWER_ABSENT);
}
END_TEST

START_TEST(a_large_one_and_one_asked_with_words_are_opened)
{
    content_write("files/large.txt", "");
    ck_assert_int_eq(truncate(content_path("files/large.txt"), 65537), 0);
    await_kept("/files/a.txt", "a\n");
    ck_assert_int_ge(asking_answer("/files/large.txt").file.descriptor, 0);
    uint64_t found = cache_counts(asking_capsule.cache).found;
    asking_answer("/files/a.txt?x");
    ck_assert_uint_eq(cache_counts(asking_capsule.cache).found, found);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("files");
    TCase *tests = tcase_create("files");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_file_is_kept_until_it_changes);
    tcase_add_test(tests, one_put_in_its_place_is_another);
    tcase_add_test(tests, a_large_one_and_one_asked_with_words_are_opened);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
