/* SPDX-License-Identifier: ISC */
/* Feeds of every kind, whole and broken. What a larger one is read into lies beside it as text:
 * tests/fixtures/feeds/NAME and NAME.txt. */
#include "wire/feed.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"

#include "testing.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "tests/fixtures/feeds"
#define NOW 1795500000 /* 2026-11-24T06:00:00Z, a Tuesday */
#define PLACE "https://bao.example/rss/tin-moi.rss"

static struct region *region;

static void
open_region(void)
{
    region = region_new();
    ck_assert(clock_zone_set("Asia/Ho_Chi_Minh"));
}

static void
close_region(void)
{
    region_free(region);
}

static enum status
read_bytes(struct span bytes, struct feed *out, struct fault *fault)
{
    struct feed_options options = { .url = SPAN(PLACE), .now = NOW };
    return feed_read(bytes, &options, region, out, fault);
}

static struct feed
read_feed(struct span bytes)
{
    struct feed feed = { .items = NULL };
    struct fault fault = { 0, "" };
    enum status status = read_bytes(bytes, &feed, &fault);
    ck_assert_msg(status == STATUS_OK, "%s in %.200s", fault.what, bytes.at);
    return feed;
}

static void
print_line(struct buffer *out, const char *name, struct span text)
{
    if (text.len > 0)
        buffer_printf(out, "%s: %.*s\n", name, SPAN_ARG(text));
}

static void
print_item(struct buffer *out, const struct feed_item *item)
{
    static const char *const media[] = { "file", "picture", "audio", "video" };
    print_line(out, "\nid", item->id);
    print_line(out, "url", item->url);
    print_line(out, "other", item->other);
    print_line(out, "title", item->title);
    print_line(out, "author", item->author);
    print_line(out, "lang", item->lang);
    print_line(out, "published", item->published);
    print_line(out, "updated", item->updated);
    if (!span_equal(item->base, SPAN(PLACE)))
        print_line(out, "base", item->base);
    for (size_t i = 0; i < item->tags.count; i++)
        print_line(out, "tag", item->tags.at[i]);
    for (size_t i = 0; i < item->media.count; i++) {
        const struct feed_media *at = &item->media.at[i];
        buffer_printf(out, "%s: %.*s", media[at->medium], SPAN_ARG(at->url));
        buffer_printf(out, " [%.*s] %llu %.*s\n", SPAN_ARG(at->type), (unsigned long long)at->bytes,
                      SPAN_ARG(at->title));
    }
    print_line(out, "summary", item->summary);
    print_line(out, "body", item->body);
    if (item->ahead || item->id_shared)
        buffer_printf(out, "flags:%s%s\n", item->ahead ? " ahead" : "",
                      item->id_shared ? " shared" : "");
}

static void
print_feed(struct buffer *out, const struct feed *feed)
{
    static const char *const kinds[] = { "rss", "atom", "json" };
    buffer_printf(out, "kind: %s %s%s%s%s\n", kinds[feed->kind], feed->charset,
                  feed->mended ? " mended" : "", feed->malformed ? " malformed" : "",
                  feed->cut ? " cut" : "");
    print_line(out, "title", feed->title);
    print_line(out, "summary", feed->summary);
    print_line(out, "lang", feed->lang);
    print_line(out, "url", feed->url);
    if (feed->every > 0 || feed->skip_hours != 0 || feed->skip_days != 0)
        buffer_printf(out, "hints: every %lld, hours %x, days %x\n", (long long)feed->every,
                      feed->skip_hours, feed->skip_days);
    for (size_t i = 0; i < feed->item_count; i++)
        print_item(out, &feed->items[i]);
    if (feed->items_left > 0)
        buffer_printf(out, "\nleft: %zu\n", feed->items_left);
}

static bool
is_expectation(const char *name)
{
    return span_ends(span_of(name), SPAN(".txt"));
}

START_TEST(each_fixture_is_read_as_a_person_would)
{
    struct dirent **names;
    int count = scandir(FOLDER, &names, NULL, alphasort), read = 0;
    ck_assert_int_gt(count, 0);
    for (int i = 0; i < count; i++) {
        char beside[300], path[300];
        if (names[i]->d_name[0] == '.' || is_expectation(names[i]->d_name))
            goto next;
        struct buffer bytes = BUFFER_EMPTY; /* UTF-16 has NULs */
        snprintf(path, sizeof path, FOLDER "/%s", names[i]->d_name);
        ck_assert_int_eq(file_read(AT_FDCWD, path, FEED_BYTES_MAX, &bytes), STATUS_OK);
        snprintf(beside, sizeof beside, "%s.txt", names[i]->d_name);
        char *expected = testing_read(FOLDER, beside);
        struct buffer printed = BUFFER_EMPTY;
        struct feed feed = read_feed(buffer_span(&bytes));
        print_feed(&printed, &feed);
        if (getenv("FEED_PRINT") != NULL) /* to look at, then to keep as what is expected */
            printf("=== %s\n%s", names[i]->d_name, buffer_text(&printed));
        else
            ck_assert_str_eq(buffer_text(&printed), expected != NULL ? expected : beside);
        buffer_fini(&printed);
        buffer_fini(&bytes);
        free(expected);
        read++;
    next:
        free(names[i]);
    }
    free(names);
    ck_assert_int_ge(read, 18);
}
END_TEST

#define RSS(item) \
    SPAN("<rss version='2.0'><channel><title>T</title><item>" item "</item></channel></rss>")
#define ATOM(entry)                                                                \
    SPAN("<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title><entry>" entry \
         "</entry></feed>")
#define JSON(item) \
    SPAN("{\"version\": \"https://jsonfeed.org/version/1.1\", \"items\": [{" item "}]}")

/* One item, and one line of what it is read into. */
static const struct {
    struct span document;
    const char *line;
} lines[] = {
    /* Titles: decoded as often as the format demands, and once more where that was too little. */
    { RSS("<title>Ngã ba &amp; ngã tư</title>"), "title: Ngã ba & ngã tư" },
    { RSS("<title>Ngã ba &amp;amp; ngã tư</title>"), "title: Ngã ba & ngã tư" },
    { RSS("<title><![CDATA[DongNai&#x3A; C&#7893;ng]]></title>"), "title: DongNai: Cổng" },
    { RSS("<title>&amp;amp;amp; ba l&#7847;n</title>"), "title: &amp; ba lần" },
    { RSS("<title>&amp;copy; 2026</title>"), "title: &copy; 2026" },
    { RSS("<title>Chợ&nbsp;Lớn &eacute;</title>"), "title: Chợ Lớn é" },
    { RSS("<title>AT&T và R&D</title>"), "title: AT&T và R&D" },
    { RSS("<title>1 < 2 > 0</title>"), "title: 1 < 2 > 0" },
    { RSS("<title>&lt;b&gt;Nóng&lt;/b&gt;: mưa</title>"), "title: Nóng: mưa" },
    { RSS("<title><![CDATA[Mưa<br/>gió]]></title>"), "title: Mưa gió" },
    { RSS("<title>Thẻ &lt;b&gt; trong HTML</title>"), "title: Thẻ <b> trong HTML" },
    { RSS("<title>\n  Hai\n  dòng\n</title>"), "title: Hai dòng" },
    { RSS("<title>Hu\x01\x02\x0B\xC2\x93\xE1\xBA\xBF\xC2\x94&#147;&#0;&#xD800;&#1;</title>"),
      "title: Hu“ế”“" },
    { RSS("<title>Hue\xCC\x82\xCC\x81 &#x65;&#x302;&#x301;</title>"), "title: Huế ế" },
    { RSS("<title>&#8217 x &#x2019;</title>"), "title: ’ x ’" },
    { RSS("<title/><dc:title>Tên</dc:title>"), "title: Tên" },
    { ATOM("<title type='html'>&lt;i&gt;A&lt;/i&gt; &amp;amp; B</title>"), "title: A & B" },
    { ATOM("<title type='text'>A &lt; B &amp; C</title>"), "title: A < B & C" },
    { ATOM(
          "<title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>A <b>B</b></div></title>"),
      "title: A B" },
    { JSON("\"title\": \"A &amp; B\", \"id\": \"1\""), "title: A & B" },
    /* Ids and addresses. */
    { RSS("<guid>https://bao.example/a</guid>"), "url: https://bao.example/a" },
    { RSS("<guid isPermaLink='false'>https://bao.example/a</guid><title>A</title>"),
      "id: https://bao.example/a" },
    { RSS("<guid isPermaLink='false'>https://bao.example/a</guid><link>/b</link>"),
      "url: https://bao.example/b" },
    { RSS("<guid isPermaLink='false'><![CDATA[news_6774]]></guid><title>A</title>"),
      "id: news_6774" },
    { RSS("<guid>news_6774</guid><title>A</title>"), "id: news_6774" },
    { RSS("<link>https://bao.example/c</link>"), "id: https://bao.example/c" },
    { RSS("<link>\n https://bao.example/c?a=1&b=2 \n</link>"),
      "url: https://bao.example/c?a=1&b=2" },
    { RSS("<link>//bao.example/c</link>"), "url: https://bao.example/c" },
    { RSS("<link>tin/c.html</link>"), "url: https://bao.example/rss/tin/c.html" },
    { RSS("<link>javascript:alert(1)</link><title>A</title>"), "title: A" },
    { RSS("<link href='https://bao.example/d'/>"), "url: https://bao.example/d" },
    { RSS("<link>https://burner.example/~r/1</link>"
          "<feedburner:origLink>https://bao.example/e</feedburner:origLink>"),
      "url: https://bao.example/e" },
    { ATOM("<link rel='self' href='/x'/><link type='application/json' href='/j'/>"
           "<link rel='alternate' type='text/html' href='/h'/>"),
      "url: https://bao.example/h" },
    { ATOM("<link href='h' xml:base='/nen/'/>"), "url: https://bao.example/nen/h" },
    { ATOM("<link rel='related' href='https://khac.example/'/><link href='/h'/>"),
      "other: https://khac.example/" },
    { ATOM("<content src='/h' type='text/html'/>"), "url: https://bao.example/h" },
    { JSON("\"id\": 7, \"external_url\": \"https://khac.example/x\""),
      "url: https://khac.example/x" },
    { JSON("\"id\": 7, \"title\": \"A\""), "id: 7" },
    { JSON("\"id\": \"https://bao.example/i\""), "url: https://bao.example/i" },
    /* People: nobody's mail address is told. */
    { RSS("<title>A</title><author>an@bao.example (Nguyễn An)</author>"), "author: Nguyễn An" },
    { RSS("<title>A</title><author>Nguyễn An &lt;an@bao.example&gt;</author>"),
      "author: Nguyễn An" },
    { RSS("<title>A</title><dc:creator>Nguyễn An</dc:creator><dc:creator>Lê Bình</dc:creator>"),
      "author: Nguyễn An, Lê Bình" },
    { ATOM("<title>A</title><author><name>An</name><email>a@b.vn</email></author>"), "author: An" },
    { JSON("\"title\": \"A\", \"authors\": [{\"name\": \"An\"}, {\"name\": \"Bình\"}]"),
      "author: An, Bình" },
    { JSON("\"title\": \"A\", \"author\": {\"name\": \"An\"}"), "author: An" },
    /* Dates: which of them, and ahead of us. */
    { RSS("<title>A</title><dc:date>2026-11-23T13:08:00+07:00</dc:date>"),
      "published: 2026-11-23T13:08:00+07:00" },
    { RSS("<title>A</title><pubDate>2026-11-23 13:08:00</pubDate>"),
      "published: 2026-11-23T13:08:00+07:00" },
    { RSS("<title>A</title><atom:updated>2026-11-23T06:08:00Z</atom:updated>"),
      "updated: 2026-11-23T06:08:00Z" },
    { RSS("<title>A</title><pubDate>Tue, 24 Nov 2026 18:00:00 +0700</pubDate>"),
      "published: 2026-11-24T13:00:00+07:00" },
    { RSS("<title>A</title><pubDate>Thu, 26 Nov 2026 18:00:00 +0700</pubDate>"), "flags: ahead" },
    { ATOM("<title>A</title><updated>2026-11-23T13:08:00Z</updated>"),
      "published: 2026-11-23T13:08:00Z" },
    { JSON("\"title\": \"A\", \"date_published\": \"2026-11-23T13:08:00+07:00\""),
      "published: 2026-11-23T13:08:00+07:00" },
    { JSON("\"title\": \"A\", \"date_modified\": \"2026-11-23T13:08:00+07:00\""),
      "updated: 2026-11-23T13:08:00+07:00" },
    /* Tags. */
    { RSS("<title>A</title><category domain='https://bao.example/'>Xã hội</category>"),
      "tag: Xã hội" },
    { RSS("<title>A</title><dc:subject>Xã hội</dc:subject>"), "tag: Xã hội" },
    { ATOM("<title>A</title><category term='xh' label='Xã hội'/>"), "tag: Xã hội" },
    { ATOM("<title>A</title><category term='xh'/>"), "tag: xh" },
    { JSON("\"title\": \"A\", \"tags\": [\"Xã hội\"]"), "tag: Xã hội" },
    /* Media. */
    { RSS("<title>A</title><enclosure url='/a.jpg' type='image/jpeg' length='1234'/>"),
      "picture: https://bao.example/a.jpg [image/jpeg] 1234 " },
    { RSS("<title>A</title><media:group><media:content url='/b.jpg' width='80' height='60'/>"
          "<media:content url='/c.jpg' width='800' height='600'><media:title>Cầu</media:title>"
          "</media:content></media:group><media:thumbnail url='/t.jpg'/>"),
      "picture: https://bao.example/c.jpg [] 0 Cầu" },
    { ATOM("<title>A</title><link rel='enclosure' type='audio/mpeg' href='/a.mp3' length='9'/>"),
      "audio: https://bao.example/a.mp3 [audio/mpeg] 9 " },
    { JSON("\"title\": \"A\", \"image\": \"/a.png\""), "picture: https://bao.example/a.png [] 0 " },
    { JSON("\"title\": \"A\", \"attachments\": [{\"url\": \"/a.mp4\", \"mime_type\": \"video/mp4\","
           " \"size_in_bytes\": 5}]"),
      "video: https://bao.example/a.mp4 [video/mp4] 5 " },
    /* Texts become HTML, whatever they were. */
    { RSS("<title>A</title><description>&lt;p&gt;Mưa &amp;amp; gió&lt;/p&gt;</description>"),
      "summary: <p>Mưa &amp; gió</p>" },
    { RSS("<title>A</title><description><![CDATA[<p>Mưa</p>]]></description>"),
      "summary: <p>Mưa</p>" },
    { RSS("<title>A</title><description><p>Mưa<br>gió & bão</p></description>"),
      "summary: <p>Mưa<br>gió &amp; bão</p>" },
    { RSS("<description>Một ]]> hai</description>"), "summary: Một ]]> hai" },
    { RSS("<title>A</title><description>s</description><content:encoded><![CDATA[<p>Thân</p>]]>"
          "</content:encoded>"),
      "body: <p>Thân</p>" },
    { RSS("<title>A</title><body xmlns='http://www.w3.org/1999/xhtml'><p>Thân</p></body>"),
      "body: <p>Thân</p>" },
    { ATOM("<summary>1 &lt; 2</summary>"), "summary: <p>1 &lt; 2" },
    { ATOM("<content type='xhtml'><x:div xmlns:x='http://www.w3.org/1999/xhtml'><x:p>A</x:p><x:p/>"
           "</x:div></content>"),
      "body: <div>\n<p>A</p>\n<p></p>\n</div>" },
    { ATOM("<content type='image/png'>AAAA</content><title>A</title>"), "title: A" },
    { ATOM("<content type='html' xml:base='/nen/'>&lt;p&gt;A</content>"),
      "base: https://bao.example/nen/" },
    { JSON("\"content_text\": \"Một\\n\\nHai\\nBa <4\""), "body: <p>Một<p>Hai<br>Ba &lt;4" },
    { JSON("\"content_html\": \"<p>A\", \"summary\": \"S\""), "body: <p>A" },
    { JSON("\"title\": \"A\nB\","), "title: A B" },
};

START_TEST(an_item_is_read_field_by_field)
{
    struct buffer printed = BUFFER_EMPTY, line = BUFFER_EMPTY;
    struct feed feed = read_feed(lines[_i].document);
    ck_assert_uint_eq(feed.item_count, 1);
    print_item(&printed, &feed.items[0]);
    buffer_printf(&line, "\n%s\n", lines[_i].line);
    ck_assert_msg(strstr(buffer_text(&printed), buffer_text(&line)) != NULL, "%s is not in\n%s",
                  lines[_i].line, buffer_text(&printed));
    ck_assert(strstr(buffer_text(&printed), "javascript") == NULL);
    buffer_fini(&printed);
    buffer_fini(&line);
}
END_TEST

/* Nothing of these is a feed. */
static const struct {
    struct span document;
    const char *words;
} refused[] = {
    { SPAN(""), "within its first 512 bytes" },
    { SPAN("<!DOCTYPE html><html><body>502 Bad Gateway</body></html>"), "a page of HTML" },
    { SPAN("<HTML><HEAD><TITLE>Lỗi</TITLE></HEAD>"), "a page of HTML" },
    { SPAN("<?xml version='1.0'?><!DOCTYPE html><rss><channel/></rss>"), "a page of HTML" },
    { SPAN("<!DOCTYPE rss [<!ENTITY a 'b'>]><rss><channel>&a;</channel></rss>"), "document type" },
    { SPAN("<!DOCTYPE rss SYSTEM 'file:///etc/passwd' [ ]><rss/>"), "document type" },
    { SPAN("<!doctype lolz><rss/>"), "document type" },
    { SPAN("<rss><channel><!DOCTYPE rss></channel></rss>"), "document type" },
    { SPAN("<opml version='2.0'><body/></opml>"), "within its first 512 bytes" },
    { SPAN("{\"items\": []}"), "no JSON Feed" },
    { SPAN("{\"version\": \"https://jsonfeed.org/version/1\"}"), "no JSON Feed" },
    { SPAN("{broken"), "broken JSON" },
};

START_TEST(what_is_no_feed_is_refused)
{
    struct feed feed;
    struct fault fault = { 0, "" };
    ck_assert_int_eq(read_bytes(refused[_i].document, &feed, &fault), STATUS_BAD);
    ck_assert_msg(strstr(fault.what, refused[_i].words) != NULL, "%s", fault.what);
}
END_TEST

START_TEST(what_looks_like_a_feed_is_told_by_its_first_bytes)
{
    ck_assert(feed_is_likely(SPAN("<?xml version='1.0'?>\n<rss version='2.0'>")));
    ck_assert(feed_is_likely(SPAN("\xEF\xBB\xBF <atom:feed xmlns:atom='x'>")));
    ck_assert(feed_is_likely(SPAN("<!-- <p> --><rdf:RDF>")));
    ck_assert(feed_is_likely(SPAN("\xFF\xFE<\0r\0s\0s\0>\0")));
    ck_assert(feed_is_likely(SPAN("\n\t{ \"version\"")));
    ck_assert(!feed_is_likely(SPAN("<html><head><link href=/rss>")));
    ck_assert(!feed_is_likely(SPAN("<p>Đọc &lt;rss")));
    ck_assert(!feed_is_likely(SPAN("<rsss>")));
    ck_assert(!feed_is_likely((struct span){ NULL, 0 }));
}
END_TEST

/* A document of `count` times `part`, read. */
static enum status
read_many(const char *head, const char *part, size_t count, const char *foot, struct feed *out,
          struct fault *fault)
{
    struct buffer document = BUFFER_EMPTY;
    buffer_add_text(&document, head);
    for (size_t i = 0; i < count; i++)
        buffer_add_text(&document, part);
    buffer_add_text(&document, foot);
    enum status status = read_bytes(buffer_span(&document), out, fault);
    buffer_fini(&document);
    return status;
}

static const struct {
    const char *head, *part, *foot;
    size_t count;
    const char *words;
} floods[] = {
    { "<rss>", "<a>", "</rss>", 100000, "within each other" },
    { "<rss><channel><item", " a%zu='1'", "/></channel></rss>", 0, "attributes" },
    { "<rss>", "<a/>", "</rss>", 250000, "elements" },
    { "<rss><title>", "0123456789abcdef", "</title></rss>", 70000, "bytes in one text" },
    { "<rss><title>", "<![CDATA[0123456789abcdef]]>", "</title></rss>", 70000,
      "bytes in one text" },
    { "<rss>", "0123456789abcdef", "</rss>", 300000, "bytes" },
    { "{\"a\":[", "{},", "{}]}", 250000, "objects" },
};

START_TEST(what_only_a_foe_would_write_is_refused_within_the_limits)
{
    struct feed feed;
    struct fault fault = { 0, "" };
    struct buffer attributes = BUFFER_EMPTY;
    for (int i = 0; floods[_i].count == 0 && i <= FEED_ATTRIBUTES_MAX; i++)
        buffer_printf(&attributes, " a%d='1'", i);
    int64_t begun = clock_cpu();
    enum status status = read_many(
        floods[_i].head, floods[_i].count > 0 ? floods[_i].part : buffer_text(&attributes),
        floods[_i].count > 0 ? floods[_i].count : 1, floods[_i].foot, &feed, &fault);
    ck_assert_int_eq(status, STATUS_LIMIT);
    ck_assert_msg(strstr(fault.what, floods[_i].words) != NULL, "%s", fault.what);
    ck_assert_int_lt(clock_cpu() - begun, 10000);
    buffer_fini(&attributes);
}
END_TEST

START_TEST(only_so_many_items_are_taken)
{
    struct feed feed;
    ck_assert_int_eq(read_many("<rss><channel>", "<item><title>A</title><guid>1</guid></item>", 507,
                               "</channel></rss>", &feed, NULL),
                     STATUS_OK);
    ck_assert_uint_eq(feed.item_count, FEED_ITEMS_MAX);
    ck_assert_uint_eq(feed.items_left, 7);
    ck_assert(feed.items[0].id_shared && feed.items[499].id_shared);
}
END_TEST

START_TEST(what_is_cut_off_loses_no_more_than_its_last_item)
{
    struct feed feed = read_feed(
        SPAN("<rss><channel><item><title>A</title></item>"
             "<item><title>B</title></item><item><title>C</title><link>ht"));
    ck_assert(feed.cut);
    ck_assert_uint_eq(feed.item_count, 2);
    feed = read_feed(SPAN("<rss><channel><item><title>A</title></item><item><ti"));
    ck_assert_uint_eq(feed.item_count, 1);
    feed = read_feed(SPAN("<rss><channel><item><title>A</title></item>"));
    ck_assert(feed.cut);
    ck_assert_uint_eq(feed.item_count, 1);
}
END_TEST

START_TEST(a_feed_may_ask_for_hours_and_days_of_rest)
{
    struct feed feed = read_feed(
        SPAN("<rss><channel><ttl>90</ttl><skipHours><hour>6</hour><hour>24</hour></skipHours>"
             "<skipDays><day>Sunday</day></skipDays></channel></rss>"));
    ck_assert_int_eq(feed.every, 90 * 60);
    ck_assert(feed_skips(&feed, NOW));
    ck_assert(!feed_skips(&feed, NOW + 3600));
    ck_assert(feed_skips(&feed, NOW - 6 * 3600));
    ck_assert(feed_skips(&feed, NOW + 3600 + 5 * 86400));
    feed = read_feed(SPAN("<rss><channel><ttl>5</ttl><sy:updatePeriod>daily</sy:updatePeriod>"
                          "<sy:updateFrequency>4</sy:updateFrequency></channel></rss>"));
    ck_assert_int_eq(feed.every, 6 * 3600);
    ck_assert(!feed_skips(&feed, NOW));
}
END_TEST

START_TEST(without_an_address_links_are_relative_to_the_site_it_names)
{
    struct feed feed;
    struct feed_options options = { .now = NOW };
    struct span document = SPAN("<rss><channel><link>https://bao.example/</link><item>"
                                "<link>/a</link></item></channel></rss>");
    ck_assert_int_eq(feed_read(document, &options, region, &feed, NULL), STATUS_OK);
    ck_assert(span_equal(feed.items[0].url, SPAN("https://bao.example/a")));
}
END_TEST

int
main(void)
{
    enum {
        LINES = sizeof lines / sizeof lines[0],
        REFUSED = sizeof refused / sizeof refused[0],
        FLOODS = sizeof floods / sizeof floods[0],
    };
    Suite *suite = suite_create("feed");
    TCase *reading = tcase_create("reading");
    tcase_add_checked_fixture(reading, open_region, close_region);
    tcase_add_test(reading, each_fixture_is_read_as_a_person_would);
    tcase_add_loop_test(reading, an_item_is_read_field_by_field, 0, LINES);
    tcase_add_loop_test(reading, what_is_no_feed_is_refused, 0, REFUSED);
    tcase_add_test(reading, what_looks_like_a_feed_is_told_by_its_first_bytes);
    tcase_add_loop_test(reading, what_only_a_foe_would_write_is_refused_within_the_limits, 0,
                        FLOODS);
    tcase_add_test(reading, only_so_many_items_are_taken);
    tcase_add_test(reading, what_is_cut_off_loses_no_more_than_its_last_item);
    tcase_add_test(reading, a_feed_may_ask_for_hours_and_days_of_rest);
    tcase_add_test(reading, without_an_address_links_are_relative_to_the_site_it_names);
    suite_add_tcase(suite, reading);
    return testing_run(suite);
}
