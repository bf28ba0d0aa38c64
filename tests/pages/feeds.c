/* SPDX-License-Identifier: ISC */
/* Feeds, as those who subscribe to them read them: gemfeed by its companion specification, Atom by
 * the schema of RFC 4287. */
#include "asking.h"
#include "base/buffer.h"
#include "story/gemtext.h"
#include "story/story.h"
#include "testing.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

static void
story(const char *slug, const char *front, int64_t written)
{
    const struct timespec times[] = { { .tv_sec = written }, { .tv_sec = written } };
    const char *path = region_printf(asking_region, "stories/%s.gmi", slug).at;
    content_write(path, region_printf(asking_region, "---\n%s---\nTin.\n", front).at);
    ck_assert_int_eq(utimensat(AT_FDCWD, content_path(path), times, 0), 0);
}

static void
set_up(void)
{
    asking_set_up();
    content_write("cities.yaml", "- {slug: hue, name: Huế}\n- {slug: vinh, name: Vinh}\n");
    content_write("themes.yaml", "- {slug: sach, name: Sách & báo}\n");
    story("ngay",
          "title: A < B & \"C\"\ndate: 2024-07-12\nadded: 2025-01-01\nauthor: Nga & Lan\n"
          "cities: [hue]\nthemes: [sach]\nsummary: Một <b>câu</b>.\nlang: en\n",
          1720000000 /* 2024-07-03: written before its day */);
    story("nam", "title: Năm\ndate: 2024\nadded: 2023-05-06T23:30:00Z\ncities: [hue]\n",
          1767225600 /* 2026-01-01: edited */);
    story("tep", "title: Tệp\n", 1704067200 /* 2024-01-01, and nothing else is known */);
}

START_TEST(a_gemfeed_reads_so)
{
    index_well();
    ck_assert_str_eq(asking_text("/feed"), "# Song Tử\n"
                                           "## Tin tức gọn nhẹ, theo địa phương và theo chủ đề\n"
                                           "\n"
                                           "=> /story/ngay 2024-07-12 A < B & \"C\"\n"
                                           "=> /story/nam 2023-05-07 Năm\n"
                                           "=> /story/tep 2024-01-01 Tệp\n"
                                           "\n"
                                           "=> / Trang chủ\n");
    ck_assert_str_eq(asking_text("/city/hue/sach/feed"),
                     "# Song Tử: Huế: Sách & báo\n"
                     "## Tin tức gọn nhẹ, theo địa phương và theo chủ đề\n"
                     "\n"
                     "=> /story/ngay 2024-07-12 A < B & \"C\"\n"
                     "\n"
                     "=> /city/hue/sach Trở lại Huế: Sách & báo\n"
                     "\n"
                     "=> / Trang chủ\n");
    ck_assert_str_eq(asking_text("/city/vinh/feed"),
                     "# Song Tử: Vinh\n"
                     "## Tin tức gọn nhẹ, theo địa phương và theo chủ đề\n"
                     "\n"
                     "Chưa có tin nào.\n"
                     "\n"
                     "=> /city/vinh Trở lại Vinh\n"
                     "\n"
                     "=> / Trang chủ\n");
    ck_assert_int_eq(asking_answer("/feed").page.kind, PAGE_FEED);
}
END_TEST

START_TEST(an_atom_feed_reads_so)
{
    index_well();
    ck_assert_str_eq(asking_text("/city/hue/atom.xml"),
                     "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
                     "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"vi\">\n"
                     "<title>Song Tử: Huế</title>"
                     "<subtitle>Tin tức gọn nhẹ, theo địa phương và theo chủ đề</subtitle>\n"
                     "<id>tag:bao.example,2026:/city/hue</id>\n"
                     "<link rel=\"self\" type=\"application/atom+xml\" "
                     "href=\"gemini://bao.example/city/hue/atom.xml\"/>\n"
                     "<link type=\"text/gemini\" href=\"gemini://bao.example/city/hue\"/>\n"
                     "<updated>2026-01-01T07:00:00+07:00</updated>"
                     "<author><name>Song Tử</name></author>\n"
                     "<entry xml:lang=\"en\"><title>A &lt; B &amp; &quot;C&quot;</title>"
                     "<id>tag:bao.example,2026:/story/ngay</id>"
                     "<link href=\"gemini://bao.example/story/ngay\"/>"
                     "<published>2024-07-12T00:00:00+07:00</published>"
                     "<updated>2024-07-12T00:00:00+07:00</updated>"
                     "<author><name>Nga &amp; Lan</name></author>"
                     "<summary>Một &lt;b&gt;câu&lt;/b&gt;.</summary></entry>\n"
                     "<entry><title>Năm</title><id>tag:bao.example,2026:/story/nam</id>"
                     "<link href=\"gemini://bao.example/story/nam\"/>"
                     "<published>2023-05-07T06:30:00+07:00</published>"
                     "<updated>2026-01-01T07:00:00+07:00</updated></entry>\n"
                     "</feed>\n");
    ck_assert(span_equal(asking_answer("/atom.xml").file.mime, SPAN("application/atom+xml")));
}
END_TEST

static void
is_valid_atom(const char *path)
{
    const char *text = asking_text(path);
    testing_write(archiving_folder, "feed.xml", text);
    const char *command =
        region_printf(asking_region,
                      "xmllint --noout --relaxng tests/fixtures/atom.rng %s/feed.xml >%s/said 2>&1",
                      archiving_folder, archiving_folder)
            .at;
    int status = system(command);
    char *said = testing_read(archiving_folder, "said");
    ck_assert_msg(status == 0, "%s: %s\n%.900s", path, said, text);
    free(said);
    ck_assert_uint_le(strlen(text), PAGES_INDEX_BYTES);
}

static const char *const addresses[] = { "/atom.xml", "/city/hue/atom.xml", "/city/vinh/atom.xml",
                                         "/theme/sach/atom.xml", "/city/hue/sach/atom.xml" };

START_TEST(every_atom_feed_is_valid)
{
    struct span hosts[] = { SPAN("2001:db8::1") };
    struct origin origin = { .hosts = { hosts, 1 }, .port = 1966 };
    index_well();
    for (int i = 0; i < COUNT(addresses); i++)
        is_valid_atom(addresses[i]);
    asking_capsule.origin = &origin;
    is_valid_atom("/city/hue/atom.xml");
    const char *text = asking_text("/city/hue/atom.xml");
    ck_assert_ptr_nonnull(strstr(text, "<id>tag:ip62001xdb8xx1,2026:/story/nam</id>"
                                       "<link href=\"gemini://[2001:db8::1]:1966/story/nam\"/>"));
}
END_TEST

/* As many as a feed takes, and more, each as long as it may be. */
static void
write_long_ones(size_t title)
{
    struct buffer front = BUFFER_EMPTY;
    char slug[160], zeros[128];
    memset(zeros, '0', sizeof zeros);
    for (int i = 0; i < PAGES_LIST_MAX + 10; i++) {
        buffer_clear(&front);
        buffer_add_text(&front, "title: \"");
        for (size_t k = 0; k < title; k++)
            buffer_add_char(&front, '&');
        buffer_add_text(&front, "\"\nsummary: ");
        for (int k = 0; k < 120; k++)
            buffer_add_text(&front, "ngữ & ");
        buffer_printf(&front, "\ndate: 2024-08-%02d\ncities: [hue]\n", i % 28 + 1);
        snprintf(slug, sizeof slug, "dai-%.*s%d", (int)(title / 4), zeros, i);
        story(slug, buffer_text(&front), 1720000000);
    }
    buffer_fini(&front);
}

static size_t
count(const char *text, const char *what)
{
    size_t found = 0;
    for (; (text = strstr(text, what)) != NULL; text++)
        found++;
    return found;
}

START_TEST(the_newest_fifty_fit_and_summaries_share_what_is_left)
{
    write_long_ones(30);
    index_well();
    is_valid_atom("/city/hue/atom.xml");
    const char *text = asking_text("/city/hue/atom.xml");
    ck_assert_uint_eq(count(text, "<entry>"), PAGES_LIST_MAX);
    ck_assert_uint_eq(count(text, "…</summary>"), PAGES_LIST_MAX);
    ck_assert_uint_gt(strlen(text), PAGES_INDEX_BYTES - 3000); /* and what is left is used */
}
END_TEST

START_TEST(what_is_much_too_long_stays_within_bounds_all_the_same)
{
    struct fault fault = { 0, "" };
    write_long_ones(STORY_TITLE_MAX);
    index_well();
    is_valid_atom("/city/hue/atom.xml");
    struct span page = span_of(asking_text("/city/hue/feed"));
    ck_assert_uint_le(page.len, PAGES_INDEX_BYTES);
    ck_assert_msg(gemtext_check(page, 1, &fault) == STATUS_OK, "%s", fault.what);
    ck_assert_uint_eq(count(page.at, "=> /story/dai"), PAGES_LIST_MAX);
}
END_TEST

START_TEST(a_feed_changes_only_with_its_stories)
{
    index_well();
    const char *before = asking_text("/atom.xml");
    story("nam", "title: Năm\ndate: 2024\nadded: 2023-05-06T23:30:00Z\ncities: [hue]\n",
          1790000000); /* saved, and nothing else */
    archiving_options.now += 86400;
    index_well();
    ck_assert_str_eq(asking_text("/atom.xml"), before);
    story("nam", "title: Năm khác\ndate: 2024\nadded: 2023-05-06T23:30:00Z\ncities: [hue]\n",
          1790000000);
    index_well();
    ck_assert_ptr_nonnull(strstr(asking_text("/atom.xml"),
                                 "<published>2023-05-07T06:30:00+07:00</published>"
                                 "<updated>2026-09-21T21:13:20+07:00</updated>"));
}
END_TEST

/* Whether the story's entry in /atom.xml has the id of that slug. */
static bool
has_id(const char *slug, const char *first)
{
    const char *entry = region_printf(asking_region,
                                      "<id>tag:bao.example,2026:/story/%s</id>"
                                      "<link href=\"gemini://bao.example/story/%s\"/>",
                                      first, slug)
                            .at;
    return strstr(asking_text("/atom.xml"), entry) != NULL;
}

START_TEST(a_story_that_is_renamed_keeps_its_id)
{
    index_well();
    ck_assert(has_id("nam", "nam"));
    content_rename("stories/nam.gmi", "stories/nam-2.gmi");
    index_well();
    ck_assert(has_id("nam-2", "nam"));
    content_rename("stories/nam-2.gmi", "stories/2.gmi");
    index_well();
    ck_assert(has_id("2", "nam"));
    story("nam", "title: Năm mới\ndate: 2025\n", 1760000000); /* and no two have one id */
    index_well();
    ck_assert(has_id("nam", "nam") && has_id("2", "nam-2"));
}
END_TEST

/* In the zone of their time, which knew seconds once. */
START_TEST(old_dates_are_dates_all_the_same)
{
    story("dau", "title: Đầu\ndate: 0001-01-01\n", 1700000000);
    story("xua", "title: Xưa\ndate: 1900-02-28\n", 0);
    index_well();
    is_valid_atom("/atom.xml");
    const char *atom = asking_text("/atom.xml"), *feed = asking_text("/feed");
    ck_assert_ptr_nonnull(strstr(atom, "<published>0001-01-01T00:00:30+07:07</published>"));
    ck_assert_ptr_nonnull(strstr(atom, "<published>1900-02-28T00:00:30+07:07</published>"));
    ck_assert_ptr_nonnull(strstr(feed, "=> /story/dau 0001-01-01 Đầu\n"));
    ck_assert_ptr_nonnull(strstr(feed, "=> /story/xua 1900-02-28 Xưa\n"));
}
END_TEST

START_TEST(whatever_a_story_was_called_its_feed_is_valid)
{
    content_write("moved.yaml", "\"a<b & \\\"ă\\\"\": nam\n");
    index_well();
    is_valid_atom("/atom.xml");
    ck_assert(has_id("nam", "a%3Cb%20%26%20%22%C4%83%22"));
}
END_TEST

START_TEST(a_file_whose_time_is_yet_to_come_is_no_news)
{
    story("ngay", "title: Ngày\ndate: 2024-07-12\n", archiving_options.now + 200000);
    story("cu", "title: Cũ\n", 0);
    index_well();
    is_valid_atom("/atom.xml");
    ck_assert_ptr_nonnull(
        strstr(asking_text("/atom.xml"), "<updated>2024-07-12T00:00:00+07:00</updated></entry>"));
}
END_TEST

START_TEST(a_feed_is_kept_like_any_page)
{
    index_well();
    asking_capsule.cache = cache_new(200000);
    const char *paths[] = { "/atom.xml", "/feed" };
    for (int i = 0; i < 4; i++)
        asking_text(paths[i % 2]);
    ck_assert_uint_eq(cache_counts(asking_capsule.cache).found, 2);
    is_valid_atom("/atom.xml");
    cache_free(asking_capsule.cache);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("feeds");
    TCase *tests = tcase_create("feeds");
    tcase_add_checked_fixture(tests, set_up, asking_tear_down);
    tcase_add_test(tests, a_gemfeed_reads_so);
    tcase_add_test(tests, an_atom_feed_reads_so);
    tcase_add_test(tests, every_atom_feed_is_valid);
    tcase_add_test(tests, the_newest_fifty_fit_and_summaries_share_what_is_left);
    tcase_add_test(tests, what_is_much_too_long_stays_within_bounds_all_the_same);
    tcase_add_test(tests, a_feed_changes_only_with_its_stories);
    tcase_add_test(tests, a_story_that_is_renamed_keeps_its_id);
    tcase_add_test(tests, old_dates_are_dates_all_the_same);
    tcase_add_test(tests, whatever_a_story_was_called_its_feed_is_valid);
    tcase_add_test(tests, a_file_whose_time_is_yet_to_come_is_no_news);
    tcase_add_test(tests, a_feed_is_kept_like_any_page);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
