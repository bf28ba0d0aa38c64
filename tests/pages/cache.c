/* SPDX-License-Identifier: ISC */
#include "pages/cache.h"

#include "base/buffer.h"
#include "testing.h"

#include <stdio.h>
#include <string.h>

enum { BYTES = 160000 };

static struct region *region;
static struct cache *cache;

static void
set_up(void)
{
    region = region_new();
    cache = cache_new(BYTES);
    cache_renew(cache, 1);
}

static void
tear_down(void)
{
    cache_free(cache);
    region_free(region);
}

/* Such a request as a path and a query make. */
static struct request
asked(const char *path, const char *query)
{
    struct request request;
    ck_assert(request_from_path(span_of(path), query != NULL ? span_of(query) : SPAN(""),
                                query != NULL, region, &request));
    return request;
}

static void
keep(const char *path, enum answer answer, const char *text)
{
    struct request request = asked(path, NULL);
    char *passing = memory_text(span_of(text)); /* what is kept must not borrow it */
    struct reply reply = { .answer = answer, .page = { .text = span_of(passing) } };
    cache_keep(cache, &request, &reply);
    free(passing);
}

static bool
has(const char *path, const char *text)
{
    struct request request = asked(path, NULL);
    struct reply reply;
    return cache_find(cache, &request, &reply) && span_equal(reply.page.text, span_of(text));
}

START_TEST(a_page_is_found_by_its_own_address_alone)
{
    struct reply reply;
    keep("/city/ha-noi", ANSWER_PAGE, "# Hà Nội\n");
    keep("/city/", ANSWER_PAGE, "# Thành phố\n");
    ck_assert(has("/city/ha-noi", "# Hà Nội\n"));
    ck_assert(has("/city/", "# Thành phố\n"));
    static const char *const others[] = { "/city", "/city/ha-noi/", "/city/ha", "/city/ha/noi",
                                          "/",     "/cityha-noi" };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct request request = asked(others[i], NULL);
        ck_assert_msg(!cache_find(cache, &request, &reply), "%s", others[i]);
    }
    struct request searched = asked("/city/ha-noi", "x");
    ck_assert(!cache_find(cache, &searched, &reply));
}
END_TEST

START_TEST(only_pages_are_kept)
{
    keep("/no", ANSWER_ABSENT, "");
    keep("/moved", ANSWER_MOVED, "");
    keep("/file", ANSWER_FILE, "");
    ck_assert(!has("/no", "") && !has("/moved", "") && !has("/file", ""));
}
END_TEST

START_TEST(doubt_hides_and_the_same_round_brings_back)
{
    keep("/", ANSWER_PAGE, "# Một\n");
    cache_doubt(cache);
    ck_assert(!has("/", "# Một\n"));
    cache_renew(cache, 1);
    ck_assert(has("/", "# Một\n"));
    cache_doubt(cache);
    cache_renew(cache, 2);
    ck_assert(!has("/", "# Một\n"));
    keep("/", ANSWER_PAGE, "# Hai\n");
    ck_assert(has("/", "# Hai\n"));
}
END_TEST

START_TEST(a_full_one_begins_anew)
{
    struct buffer large = BUFFER_EMPTY;
    for (int i = 0; i < 6000; i++)
        buffer_add_text(&large, "0123456789");
    keep("/a", ANSWER_PAGE, buffer_text(&large));
    ck_assert(has("/a", buffer_text(&large)));
    keep("/b", ANSWER_PAGE, buffer_text(&large));
    ck_assert(!has("/a", buffer_text(&large)));
    ck_assert(has("/b", buffer_text(&large)));
    for (int i = 0; i < 6000; i++)
        buffer_add_text(&large, "0123456789");
    keep("/c", ANSWER_PAGE, buffer_text(&large)); /* more than fits at all */
    ck_assert(!has("/c", buffer_text(&large)));
    buffer_fini(&large);
}
END_TEST

/* As if a crawler came by: pages of every size, at addresses of every length. */
START_TEST(it_never_takes_more_than_it_may)
{
    char path[600], text[5000];
    memset(text, 'x', sizeof text);
    size_t most = 0;
    for (unsigned i = 0; i < 5000; i++) {
        int len = snprintf(path, sizeof path, "/city/%0*u/%s", 1 + (int)(i * 7 % 400), i,
                           i % 5 == 0 ? "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u/v/w" : "x");
        ck_assert_int_lt(len, (int)sizeof path);
        text[i * 31 % 4900] = '\0';
        keep(path, ANSWER_PAGE, text);
        ck_assert(has(path, text));
        text[i * 31 % 4900] = 'x';
        ck_assert_uint_le(cache_bytes(cache), BYTES);
        most = cache_bytes(cache) > most ? cache_bytes(cache) : most;
    }
    ck_assert_uint_gt(most, BYTES * 3 / 4); /* and that is used */
}
END_TEST

START_TEST(none_keeps_nothing)
{
    struct request request = asked("/", NULL);
    struct reply reply = { .answer = ANSWER_PAGE };
    cache_keep(NULL, &request, &reply);
    cache_renew(NULL, 1);
    cache_doubt(NULL);
    ck_assert(!cache_find(NULL, &request, &reply));
    cache_free(NULL);
}
END_TEST

START_TEST(what_was_found_and_what_had_to_be_written_is_counted)
{
    ck_assert(!has("/a", "A"));
    keep("/a", ANSWER_PAGE, "A");
    keep("/b", ANSWER_ABSENT, ""); /* written, though not kept */
    ck_assert(has("/a", "A") && has("/a", "A") && !has("/b", ""));
    ck_assert_uint_eq(cache_counts(cache).found, 2);
    ck_assert_uint_eq(cache_counts(cache).written, 2);
    ck_assert_uint_eq(cache_counts(NULL).found, 0);
}
END_TEST

START_TEST(clothes_are_kept_with_a_page_and_go_with_it)
{
    struct request request = asked("/a", NULL);
    struct reply reply;
    struct block *block = block_new(10000);
    keep("/a", ANSWER_PAGE, "a");
    ck_assert(cache_find(cache, &request, &reply));
    size_t before = cache_bytes(cache);
    cache_dress(cache, &reply.clothes->plain, block);
    ck_assert_ptr_eq(reply.clothes->plain, block);
    ck_assert_uint_eq(block->holders, 2);
    ck_assert_uint_gt(cache_bytes(cache), before + 10000);
    cache_renew(cache, 2);
    ck_assert_uint_eq(block->holders, 1);
    ck_assert_uint_le(cache_bytes(cache), before);
    block_drop(block);
}
END_TEST

START_TEST(clothes_take_no_more_than_there_is_room_for)
{
    for (int i = 0; i < 100; i++) {
        const char *path = region_printf(region, "/%d", i).at;
        struct request request = asked(path, NULL);
        struct reply reply;
        struct block *block = block_new(20000);
        keep(path, ANSWER_PAGE, "a");
        ck_assert(cache_find(cache, &request, &reply));
        cache_dress(cache, &reply.clothes->packed, block);
        ck_assert_uint_le(cache_bytes(cache), BYTES);
        block_drop(block);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("cache");
    TCase *tests = tcase_create("cache");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_page_is_found_by_its_own_address_alone);
    tcase_add_test(tests, only_pages_are_kept);
    tcase_add_test(tests, doubt_hides_and_the_same_round_brings_back);
    tcase_add_test(tests, a_full_one_begins_anew);
    tcase_add_test(tests, it_never_takes_more_than_it_may);
    tcase_add_test(tests, none_keeps_nothing);
    tcase_add_test(tests, what_was_found_and_what_had_to_be_written_is_counted);
    tcase_add_test(tests, clothes_are_kept_with_a_page_and_go_with_it);
    tcase_add_test(tests, clothes_take_no_more_than_there_is_room_for);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
