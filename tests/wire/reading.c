/* SPDX-License-Identifier: ISC */
/* Whichever it is, it becomes documents; and those go through a cell and are whole behind it. */
#include "wire/reader.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "story/gemtext.h"
#include "testing.h"

enum { NOW = 1795490000 }; /* 2026-11-24 */

#define SENTENCE \
    "Nước sông lên nhanh, nhiều tuyến phố ở trung tâm ngập sâu, giao thông bị chia cắt. "
#define PARAGRAPH(words) "<p>" words " " SENTENCE SENTENCE "</p>"
#define BODY                               \
    PARAGRAPH("Sáng nay, mưa còn rất to.") \
    PARAGRAPH("Chiều nay, mưa ngớt.")      \
    PARAGRAPH("Theo đài khí tượng, mai trời tạnh, gió nhẹ, nắng lên.")

static const char page[] =
    "<!doctype html><html lang=\"vi\"><head><title>Huế mưa lớn - Báo Ví Dụ</title>"
    "<meta property=\"og:title\" content=\"Huế mưa lớn ba ngày liền\">"
    "<meta property=\"article:published_time\" content=\"2026-11-20T08:00:00+07:00\"></head><body>"
    "<article><h1>Huế mưa lớn ba ngày liền</h1>" BODY "</article>"
    "<h3>Tin liên quan</h3><ul><li><a href=\"/tin/hai-1000002.html\">Trời lại nắng ở Huế</a></li>"
    "<li><a href=\"/tin/ba-1000003.html\">Ngập ở nhiều phố tại Huế</a></li></ul></body></html>";

static const char feed[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\" "
    "xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel><title>Báo Ví "
    "Dụ</title><link>https://bao.example/</link><ttl>90</ttl>"
    "<item><title>Một</title><link>https://bao.example/mot-1000001.html</link>"
    "<pubDate>Fri, 20 Nov 2026 08:00:00 +0700</pubDate><content:encoded><![CDATA[" BODY
    "]]></content:encoded></item>"
    "<item><title>Hai</title><link>https://bao.example/hai-1000002.html</link>"
    "<description>Chỉ có phần đầu…</description></item></channel></rss>";

static const char text[] = "Huế mưa lớn ba ngày liền\n\n" SENTENCE SENTENCE "\n\n" SENTENCE SENTENCE
                           "\n";

static struct region *region;
static struct reader *reader;
static struct reading reading;
static struct reading_options options;
static struct fault fault;

static void
set_up(void)
{
    ck_assert(clock_zone_set("Asia/Ho_Chi_Minh"));
    region = region_new();
    reader = reader_new(SANDBOX_ON);
    options = (struct reading_options){ .url = SPAN("https://bao.example/x"), .now = NOW };
}

static void
tear_down(void)
{
    reader_free(reader);
    region_free(region);
}

static void
read_it(const char *bytes)
{
    enum status status = reader_read(reader, span_of(bytes), &options, region, &reading, &fault);
    ck_assert_msg(status == STATUS_OK, "%s", fault.what);
}

START_TEST(a_page_is_one_document)
{
    read_it(page);
    ck_assert_int_eq(reading.kind, SOURCE_PAGE);
    ck_assert_uint_eq(reading.count, 1);
    const struct document *document = reading.at;
    ck_assert(span_equal(document->text.title, SPAN("Huế mưa lớn ba ngày liền")));
    ck_assert(span_equal(document->text.date, SPAN("2026-11-20T08:00:00+07:00")));
    ck_assert(span_equal(document->lang, SPAN("vi")));
    ck_assert(document->whole);
    ck_assert_uint_eq(document->related.count, 2);
    ck_assert(
        span_equal(document->related.at[0], SPAN("https://bao.example/tin/hai-1000002.html")));
    ck_assert_int_eq(gemtext_check(document->text.body, 0, NULL), STATUS_OK);
}
END_TEST

START_TEST(a_page_of_no_known_address_can_be_read)
{
    options.url = SPAN("");
    read_it(page);
    ck_assert_uint_eq(reading.at[0].related.count, 0);
    ck_assert(reading.at[0].whole);
}
END_TEST

START_TEST(a_feed_is_as_many_as_it_has)
{
    read_it(feed);
    ck_assert_int_eq(reading.kind, SOURCE_FEED);
    ck_assert(span_equal(reading.title, SPAN("Báo Ví Dụ")));
    ck_assert_uint_eq((uint64_t)reading.every, 90 * 60);
    ck_assert_uint_eq(reading.count, 2);
    ck_assert(reading.at[0].whole);
    ck_assert(span_equal(reading.at[0].url, SPAN("https://bao.example/mot-1000001.html")));
    ck_assert_uint_eq(reading.at[0].facts.len, 64);
    ck_assert(!reading.at[1].whole);
    ck_assert(span_equal(reading.at[1].summary, SPAN("Chỉ có phần đầu…")));
}
END_TEST

START_TEST(a_text_is_one)
{
    read_it(text);
    ck_assert_int_eq(reading.kind, SOURCE_TEXT);
    ck_assert_uint_eq(reading.count, 1);
    ck_assert(reading.at[0].whole);
}
END_TEST

START_TEST(what_the_source_is_can_be_said)
{
    options.kind = SOURCE_TEXT;
    read_it(text);
    options.kind = SOURCE_FEED;
    ck_assert_int_eq(reader_read(reader, SPAN("<p>x</p>"), &options, region, &reading, &fault),
                     STATUS_BAD);
    ck_assert_str_ne(fault.what, "");
}
END_TEST

START_TEST(what_is_not_what_reading_makes_is_refused)
{
    static const char *const all[] = { page, feed, text };
    for (size_t i = 0; i < 3; i++) {
        struct buffer bytes = BUFFER_EMPTY;
        ck_assert_int_eq(reading_make(span_of(all[i]), &options, region, &reading, &fault),
                         STATUS_OK);
        reading_print(&reading, &bytes);
        struct span whole = buffer_span(&bytes);
        ck_assert_int_eq(reading_parse(whole, region, &reading), STATUS_OK);
        for (size_t len = 0; len < whole.len; len += 1 + len / 64)
            ck_assert_int_eq(reading_parse(span_first(whole, len), region, &reading), STATUS_BAD);
        buffer_add_char(&bytes, 'x');
        ck_assert_int_eq(reading_parse(buffer_span(&bytes), region, &reading), STATUS_BAD);
        buffer_clear(&bytes);
        reading.count = 0;
        reading_print(&reading, &bytes);
        ck_assert_int_eq(reading_parse(buffer_span(&bytes), region, &reading),
                         reading.kind == SOURCE_FEED ? STATUS_OK : STATUS_BAD);
        buffer_fini(&bytes);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("reading");
    TCase *tests = tcase_create("reading");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_tags(tests, "no-valgrind"); /* which a sandbox has no room for */
    tcase_add_test(tests, a_page_is_one_document);
    tcase_add_test(tests, a_page_of_no_known_address_can_be_read);
    tcase_add_test(tests, a_feed_is_as_many_as_it_has);
    tcase_add_test(tests, a_text_is_one);
    tcase_add_test(tests, what_the_source_is_can_be_said);
    tcase_add_test(tests, what_is_not_what_reading_makes_is_refused);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
