/* SPDX-License-Identifier: ISC */
/* Small files are kept in memory, and yet served as they lie. */
#include "asking.h"
#include "testing.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CACHE_BYTES = 1024 * 1024, WAIT_MS = 10000, STEP_MS = 50 };

static void
set_up(void)
{
    asking_set_up();
    index_well();
    asking_capsule.file_cache = file_cache_new(CACHE_BYTES);
}

static void
tear_down(void)
{
    file_cache_free(asking_capsule.file_cache);
    asking_tear_down();
}

/* Whether its bytes are in the reply, as they are of what is kept. */
static bool
is_kept(const char *path, const char *text)
{
    struct reply reply = asking_answer(path);
    ck_assert_int_eq(reply.answer, ANSWER_FILE);
    return reply.file.block != NULL && span_equal(reply.file.bytes, span_of(text));
}

/* Nothing is, that somebody may just be writing. */
static void
await_kept(const char *path, const char *text)
{
    for (int waited = 0; !is_kept(path, text); waited += STEP_MS) {
        ck_assert_int_lt(waited, WAIT_MS);
        poll(NULL, 0, STEP_MS);
    }
    ck_assert(is_kept(path, text));
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

START_TEST(a_large_one_is_opened)
{
    content_write("files/large.txt", "");
    ck_assert_int_eq(truncate(content_path("files/large.txt"), (1 << 20) + 1), 0);
    await_kept("/files/a.txt", "a\n");
    ck_assert_int_ge(asking_answer("/files/large.txt").file.descriptor, 0);
    ck_assert_uint_eq(file_cache_bytes(asking_capsule.file_cache), 2);
}
END_TEST

/* Files of any size, more than fit: what is found is what was kept, and its bytes stay while held.
 */
START_TEST(it_never_keeps_more_than_it_may)
{
    enum { FILES = 600, MOST = 100000 };
    struct file_cache *cache = file_cache_new(MOST);
    struct block *held[FILES];
    char path[40];
    size_t found = 0;
    for (unsigned i = 0; i < FILES; i++) {
        struct file_mark mark = { .inode = i }, other = { .inode = i, .changed = 1 };
        snprintf(path, sizeof path, "%u.txt", i);
        held[i] = block_new(i * 37 % 2000);
        memset(held[i]->bytes, (int)i, held[i]->len);
        file_cache_keep(cache, path, &mark, held[i]);
        ck_assert_ptr_eq(file_cache_find(cache, path, &mark), held[i]);
        ck_assert_ptr_null(file_cache_find(cache, path, &other));
        ck_assert_uint_le(file_cache_bytes(cache), MOST);
    }
    for (unsigned i = 0; i < FILES; i++) {
        struct file_mark mark = { .inode = i };
        snprintf(path, sizeof path, "%u.txt", i);
        struct block *block = file_cache_find(cache, path, &mark);
        ck_assert(block == NULL || block == held[i]);
        found += block != NULL;
    }
    ck_assert_uint_gt(found, 10);
    file_cache_free(cache);
    for (unsigned i = 0; i < FILES; i++) {
        ck_assert_uint_eq(held[i]->holders, 1);
        block_drop(held[i]);
    }
}
END_TEST

START_TEST(none_keeps_nothing)
{
    struct file_mark mark = { 0 };
    struct block *block = block_new(1);
    file_cache_keep(NULL, "a", &mark, block);
    ck_assert_ptr_null(file_cache_find(NULL, "a", &mark));
    ck_assert_uint_eq(file_cache_bytes(NULL), 0);
    file_cache_free(NULL);
    struct file_cache *small = file_cache_new(0);
    file_cache_keep(small, "a", &mark, block);
    ck_assert_ptr_null(file_cache_find(small, "a", &mark));
    file_cache_free(small);
    ck_assert_ptr_null(block_hold(NULL));
    block_drop(block);
    block_drop(NULL);
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
    tcase_add_test(tests, a_large_one_is_opened);
    tcase_add_test(tests, it_never_keeps_more_than_it_may);
    tcase_add_test(tests, none_keeps_nothing);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
