/* SPDX-License-Identifier: ISC */
#include "wire/diary.h"

#include "base/clock.h"
#include "testing.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *folder;
static int open_folder;
static struct fault fault;

static void
make_folder(void)
{
    folder = testing_folder();
    open_folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void
remove_folder(void)
{
    close(open_folder);
    testing_folder_remove(folder);
}

static struct diary *
read_diary(bool write)
{
    struct diary *diary = NULL;
    ck_assert_int_eq(diary_open(open_folder, write, &diary, &fault), STATUS_OK);
    return diary;
}

static void
write_diary(struct diary *diary)
{
    ck_assert_msg(diary_write(diary, &fault) == STATUS_OK, "%s", fault.what);
}

/* Every field, with bytes that would break a line. */
static void
fill(struct diary *diary)
{
    struct diary_entry *entry = diary_at(diary, SPAN("Báo A"), SPAN("https://a.example/rss%20"));
    entry->instead = SPAN("https://b.example/");
    entry->moved = SPAN("https://c.example/");
    entry->moved_times = 2;
    entry->moved_since = 1795579200;
    entry->validators = (struct validators){ SPAN("https://b.example/"),
                                             SPAN("W/\"a\\\tb\n\x80\xff\" "), SPAN("yesterday") };
    entry->recipe = SPAN("r");
    entry->hash = SPAN("h");
    entry->stories = SPAN("a b");
    entry->asked = 1795579201;
    entry->due = 1795579202;
    entry->every = 3600;
    entry->wished = 60;
    entry->skip_hours = 5;
    entry->skip_days = 6;
    entry->failures = 7;
    entry->failing_since = 1795579203;
    entry->missing = 8;
    entry->missing_since = 1795579204;
    entry->items = 9;
    entry->odd_times = 10;
    entry->odd_since = 1795579205;
    entry->state = DIARY_DISABLED;
    entry->page = true;
    diary_at(diary, SPAN("b"), SPAN("https://a.example/rss%20"))->state = DIARY_GONE;
    diary_hold(diary, SPAN("a.example"), 1795579206);
    diary_hold(diary, SPAN("A.Example"), 1795579207);
}

START_TEST(everything_comes_back_as_it_was)
{
    struct buffer first = BUFFER_EMPTY, second = BUFFER_EMPTY;
    struct diary *diary = read_diary(true);
    ck_assert_str_eq(fault.what, "");
    fill(diary);
    diary_print(diary, &first);
    write_diary(diary);
    diary_free(diary);

    diary = read_diary(false);
    ck_assert_str_eq(fault.what, "");
    diary_print(diary, &second);
    ck_assert_str_eq(buffer_text(&second), buffer_text(&first));
    const struct diary_entry *entry = diary_find(diary, SPAN("Báo A"),
                                                 SPAN("https://a.example/rss%20"));
    ck_assert(span_equal(entry->validators.etag, SPAN("W/\"a\\\tb\n\x80\xff\" ")));
    ck_assert_int_eq(entry->due, 1795579202);
    ck_assert_int_eq(entry->odd_since, 1795579205);
    ck_assert_int_eq(entry->state, DIARY_DISABLED);
    ck_assert(entry->page);
    ck_assert_int_eq(diary_held(diary, SPAN("a.example")), 1795579207);
    ck_assert_ptr_null(diary_find(diary, SPAN("Báo"), SPAN("https://a.example/rss%20")));
    diary_free(diary);
    buffer_fini(&first);
    buffer_fini(&second);
}
END_TEST

START_TEST(it_is_text_that_a_person_can_read)
{
    struct diary *diary = diary_new();
    struct buffer out = BUFFER_EMPTY;
    struct diary_entry *entry = diary_at(diary, SPAN("a"), SPAN("https://a.example/"));
    entry->due = 1795579200;
    entry->validators.etag = SPAN("\"x\"");
    diary_print(diary, &out);
    ck_assert_ptr_nonnull(strstr(buffer_text(&out), "songtu refresh 1\nsource a\n"
                                                    "url https://a.example/\n"
                                                    "due 2026-11-25T11:00:00+07:00\n"
                                                    "etag \"x\"\nsum "));
    buffer_fini(&out);
    diary_free(diary);
}
END_TEST

/* Two generations: the first, then the second, which is the current one. */
static void
write_two(void)
{
    struct diary *diary = read_diary(true);
    diary_at(diary, SPAN("first"), SPAN("u"));
    write_diary(diary);
    diary_at(diary, SPAN("second"), SPAN("u"));
    write_diary(diary);
    diary_free(diary);
}

START_TEST(a_torn_one_is_set_aside_and_the_copy_before_it_used)
{
    write_two();
    char *text = testing_read(folder, DIARY_FILE);
    text[strlen(text) / 2] ^= 1;
    testing_write(folder, DIARY_FILE, text);

    diary_free(read_diary(false)); /* who only looks changes nothing */
    ck_assert_str_eq(fault.what, "refresh.state: it is torn: the sum at its end is not that of its "
                                 "lines, and the copy before it is used");
    char *still = testing_read(folder, DIARY_FILE);
    ck_assert_str_eq(still, text);

    struct diary *diary = read_diary(true);
    ck_assert_str_eq(fault.what,
                     "refresh.state: it is torn: the sum at its end is not that of its lines: it "
                     "is refresh.state.torn-1 now, and the copy before it is used");
    ck_assert_ptr_nonnull(diary_find(diary, SPAN("first"), SPAN("u")));
    ck_assert_ptr_null(diary_find(diary, SPAN("second"), SPAN("u")));
    char *aside = testing_read(folder, DIARY_FILE ".torn-1");
    ck_assert_str_eq(aside, text);
    write_diary(diary);
    diary_free(diary);
    diary_free(read_diary(true));
    ck_assert_str_eq(fault.what, "");
    free(aside);
    free(still);
    free(text);
}
END_TEST

START_TEST(one_cut_anywhere_is_never_read_half)
{
    write_two();
    char *text = testing_read(folder, DIARY_FILE);
    for (size_t len = 0; len < strlen(text); len++) {
        struct diary *diary;
        ck_assert_int_eq(diary_parse((struct span){ text, len }, &diary, &fault), STATUS_BAD);
    }
    free(text);
}
END_TEST

START_TEST(one_of_another_version_is_set_aside)
{
    testing_write(folder, DIARY_FILE, "songtu refresh 2\nwhatever\n");
    struct diary *diary = read_diary(true);
    ck_assert_str_eq(fault.what,
                     "refresh.state:1: it is of a version that this songtu can't read: it is "
                     "refresh.state.torn-1 now, and everything is fetched anew; no story is lost");
    diary_free(diary);
    testing_write(folder, DIARY_FILE, "what is this?\n");
    diary_free(read_diary(true));
    ck_assert_ptr_nonnull(strstr(fault.what, "refresh.state.torn-2 now"));
    ck_assert_int_eq(faccessat(open_folder, DIARY_FILE, F_OK, 0), -1);
}
END_TEST

START_TEST(one_refresh_at_a_time_may_write)
{
    struct diary *diary = read_diary(true), *other = NULL;
    ck_assert_int_eq(diary_open(open_folder, true, &other, &fault), STATUS_BUSY);
    ck_assert_str_eq(fault.what, "another refresh is at work");
    diary_free(read_diary(false));
    diary_free(diary);
    diary_free(read_diary(true));
}
END_TEST

static const char *const broken[] = {
    "due 2026-11-25T11:00:00+07:00\n",
    "source a\n",
    "source a\ndue 2026-11-25T11:00:00+07:00\n",
    "url u\n",
    "source a\nurl u\nsource a\nurl u\n",
    "source a\nurl u\ndue 2026\n",
    "source a\nurl u\nfailures -1\n",
    "source a\nurl u\nfailures\n",
    "source a\nurl u\nevery 9223372036854775808\n",
    "source a\nurl u\nstate lost\n",
    "source a\nurl u\npage 2\n",
    "source a\nurl u\netag \\0\n",
    "source a\nurl u\netag \\zz\n",
    "source a\nurl u\nwhat x\n",
    "hold 2026 a\n",
    "\n",
};

START_TEST(a_line_that_means_nothing_is_told_by_its_number)
{
    struct buffer text = BUFFER_EMPTY;
    struct diary *diary;
    char sum[HASH_TEXT + 1];
    buffer_printf(&text, "songtu refresh 1\n%s", broken[_i]);
    hash_text(buffer_span(&text), sum);
    buffer_printf(&text, "sum %s\n", sum);
    ck_assert_msg(diary_parse(buffer_span(&text), &diary, &fault) == STATUS_BAD, "%s", broken[_i]);
    ck_assert_uint_ge(fault.line, 2);
    buffer_fini(&text);
}
END_TEST

START_TEST(pages_and_holds_that_are_over_are_forgotten)
{
    struct diary *diary = diary_new();
    for (int i = 0; i < 1000; i++) {
        char url[16];
        snprintf(url, sizeof url, "u%d", i);
        struct diary_entry *entry = diary_at(diary, SPAN("s"), span_of(url));
        entry->page = i % 2 == 0;
        entry->asked = i;
    }
    diary_hold(diary, SPAN("a"), 500);
    diary_hold(diary, SPAN("b"), 501);
    diary_forget(diary, 500, 500);
    ck_assert_ptr_null(diary_find(diary, SPAN("s"), SPAN("u0")));
    ck_assert_ptr_null(diary_find(diary, SPAN("s"), SPAN("u498")));
    ck_assert_ptr_nonnull(diary_find(diary, SPAN("s"), SPAN("u1")));
    ck_assert_ptr_nonnull(diary_find(diary, SPAN("s"), SPAN("u500")));
    ck_assert_int_eq(diary_held(diary, SPAN("a")), 0);
    ck_assert_int_eq(diary_held(diary, SPAN("b")), 501);
    size_t count = 0;
    for (size_t at = 0; diary_next(diary, &at) != NULL;)
        count++;
    ck_assert_uint_eq(count, 750);
    diary_free(diary);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("diary");
    TCase *keeping = tcase_create("keeping");
    if (!clock_zone_set("Asia/Ho_Chi_Minh"))
        return 1;
    tcase_add_checked_fixture(keeping, make_folder, remove_folder);
    tcase_add_test(keeping, everything_comes_back_as_it_was);
    tcase_add_test(keeping, it_is_text_that_a_person_can_read);
    tcase_add_test(keeping, a_torn_one_is_set_aside_and_the_copy_before_it_used);
    tcase_add_test(keeping, one_cut_anywhere_is_never_read_half);
    tcase_add_test(keeping, one_of_another_version_is_set_aside);
    tcase_add_test(keeping, one_refresh_at_a_time_may_write);
    tcase_add_loop_test(keeping, a_line_that_means_nothing_is_told_by_its_number, 0,
                        (int)(sizeof broken / sizeof *broken));
    tcase_add_test(keeping, pages_and_holds_that_are_over_are_forgotten);
    suite_add_tcase(suite, keeping);
    return testing_run(suite);
}
