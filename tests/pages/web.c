/* SPDX-License-Identifier: ISC */
/* Pages as the web is given them. */
#include "pages/web.h"

#include "asking.h"
#include "base/block.h"
#include "gist.h"
#include "story/gemtext.h"
#include "testing.h"

#include <libxml/parser.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { BESIDE_BYTES = 4000 }; /* more than its text, a story's page may have */

static struct web web = { .gemini = SPAN("gemini://bao.example"), .changed = 784111777 };
static struct archive *archive;
static struct reply reply;

static void
open_archive(void)
{
    struct fault fault = { 0, "" };
    const char *path = region_printf(asking_region, "%s/archive.db", archiving_options.state).at;
    archive_close(archive);
    archive = NULL;
    ck_assert_msg(archive_open(path, &archive, &fault) == STATUS_OK, "%s", fault.what);
}

static void
set_up(void)
{
    asking_set_up();
    asking_capsule.web = SPAN("https://bao.example");
    asking_capsule.cache = cache_new(1 << 20);
    asking_capsule.file_cache = file_cache_new(1 << 20);
    content_write("stories/a.gmi", "---\ntitle: Mưa <to>\ndate: 2024-07-12\n---\n"
                                   "Mưa & gió.\n\nMưa & gió.\n\nMưa & gió.\n\nMưa & gió.\n");
    content_write("stories/cu.gmi", "---\ntitle: Cũ\nstate: withdrawn\n---\nx\n");
    content_write("moved.yaml", "xua: a\n");
    index_well();
    open_archive();
    reply = (struct reply){ .answer = ANSWER_FAILED };
}

static void
let_go(void)
{
    block_drop(reply.file.block);
    if (reply.answer == ANSWER_FILE && reply.file.block == NULL && reply.file.descriptor >= 0)
        close(reply.file.descriptor);
    reply.file.block = NULL;
    reply.file.descriptor = -1;
}

static void
tear_down(void)
{
    let_go();
    archive_close(archive);
    archive = NULL;
    cache_free(asking_capsule.cache);
    file_cache_free(asking_capsule.file_cache);
    asking_tear_down();
}

static struct span
ask_with(const char *path, struct wishes wishes)
{
    struct request request;
    struct span query = span_of(path), before = span_cut(&query, '?');
    ck_assert(request_from_path(before, query, query.at != NULL, asking_region, &request));
    request.wishes = wishes;
    let_go();
    reply = web_answer(&web, &asking_capsule, archive, &request, archiving_options.now,
                       asking_region);
    return reply.file.block != NULL
               ? (struct span){ reply.file.block->bytes, reply.file.block->len }
               : reply.file.bytes;
}

static struct span
ask(const char *path)
{
    return ask_with(path, (struct wishes){ .bare = false });
}

static bool
has(struct span text, const char *words)
{
    size_t at;
    return *words == '\0' || span_find(text, span_of(words), &at);
}

START_TEST(a_page_is_html_with_a_tag)
{
    struct span html = ask("/story/a");
    ck_assert_int_eq(reply.answer, ANSWER_FILE);
    ck_assert(has(html, "<h1>Mưa &lt;to&gt;</h1>"));
    ck_assert(has(html, "<link rel=\"canonical\" href=\"https://bao.example/story/a\">"));
    ck_assert_uint_eq(reply.tag.len, 16);
    ck_assert_int_eq(reply.changed, 784111777);
    ck_assert(reply.varies);
    ck_assert(span_equal(reply.file.mime, SPAN("text/html; charset=utf-8")));
}
END_TEST

START_TEST(a_page_is_printed_once_in_a_round)
{
    struct span first = region_copy(asking_region, ask("/story/a"));
    struct block *block = block_hold(reply.file.block);
    ck_assert(span_equal(ask("/story/a"), first));
    ck_assert_ptr_eq(reply.file.block, block);
    char *tag = memory_text(reply.tag);
    content_write("stories/a.gmi", "---\ntitle: Mưa\n---\nKhác.\n");
    index_well();
    cache_doubt(asking_capsule.cache);
    ck_assert(has(ask("/story/a"), "Khác."));
    ck_assert(!span_equal(reply.tag, span_of(tag)));
    block_drop(block);
    free(tag);
}
END_TEST

START_TEST(who_can_unpack_it_is_given_less)
{
    char unpacked[20000];
    struct span plain = region_copy(asking_region, ask("/story/a"));
    struct span packed = ask_with("/story/a", (struct wishes){ .gzip = true });
    ck_assert(reply.packed);
    ck_assert(span_ends(reply.tag, SPAN("-z")));
    ck_assert_uint_lt(packed.len, plain.len * 2 / 3);
    z_stream stream = { .next_in = (Bytef *)(uintptr_t)packed.at,
                        .avail_in = (uInt)packed.len,
                        .next_out = (Bytef *)unpacked,
                        .avail_out = sizeof unpacked };
    ck_assert_int_eq(inflateInit2(&stream, 15 + 16), Z_OK);
    ck_assert_int_eq(inflate(&stream, Z_FINISH), Z_STREAM_END);
    ck_assert(span_equal((struct span){ unpacked, stream.total_out }, plain));
    inflateEnd(&stream);
    struct block *block = block_hold(reply.file.block);
    ask_with("/story/a", (struct wishes){ .gzip = true });
    ck_assert_ptr_eq(reply.file.block, block);
    block_drop(block);
}
END_TEST

START_TEST(who_has_it_is_not_sent_it_again)
{
    ask("/story/a");
    struct span tag = region_printf(asking_region, "\"%.*s\"", SPAN_ARG(reply.tag));
    ask_with("/story/a", (struct wishes){ .has = tag });
    ck_assert_int_eq(reply.answer, ANSWER_SAME);
    ck_assert_ptr_null(reply.file.block);
    ask_with("/story/a", (struct wishes){ .since = 784111777 });
    ck_assert_int_eq(reply.answer, ANSWER_SAME);
    ask_with("/story/a", (struct wishes){ .since = 784111776 });
    ck_assert_int_eq(reply.answer, ANSWER_FILE);
    ask_with("/nichts", (struct wishes){ .has = SPAN("*") });
    ck_assert_int_eq(reply.answer, ANSWER_ABSENT);
}
END_TEST

START_TEST(a_head_says_how_much_would_follow)
{
    off_t size = (off_t)ask("/story/a").len;
    ck_assert_uint_eq(ask_with("/story/a", (struct wishes){ .bare = true }).len, 0);
    ck_assert_int_eq(reply.file.size, size);
    ask_with("/files/a.txt", (struct wishes){ .bare = true });
    ck_assert_int_eq(reply.file.size, 2);
    ck_assert_int_lt(reply.file.descriptor, 0);
}
END_TEST

START_TEST(a_file_is_told_by_when_it_was_written)
{
    ask("/files/a.txt");
    ck_assert_int_eq(reply.answer, ANSWER_FILE);
    ck_assert(has(reply.tag, "-2"));
    ck_assert_int_gt(reply.changed, 1700000000);
    struct span tag = region_printf(asking_region, "W/\"%.*s\"", SPAN_ARG(reply.tag));
    ask_with("/files/a.txt", (struct wishes){ .has = tag });
    ck_assert_int_eq(reply.answer, ANSWER_SAME);
}
END_TEST

static const struct {
    const char *path;
    enum answer answer;
    const char *says;
} others[] = {
    { "/nichts", ANSWER_ABSENT, "<h1>Không tìm thấy trang này" },
    { "/story/cu", ANSWER_GONE, "<h1>Trang này đã được gỡ bỏ.</h1>" },
    { "/story/xua", ANSWER_MOVED, "" },
    { "/search", ANSWER_ASK, "<input type=\"search\"" },
    { "/search?q=%3Cscript%3E", ANSWER_FILE, "&lt;script&gt;" },
};

START_TEST(what_is_no_page_says_so_on_one)
{
    struct span html = ask(others[_i].path);
    ck_assert_int_eq(reply.answer, others[_i].answer);
    ck_assert_msg(has(html, others[_i].says), "%.*s", SPAN_ARG(html));
    ck_assert(!has(html, "<script>"));
}
END_TEST

/* The names of a document's elements, and what they hold. */
static struct span
flatten(struct span xml)
{
    xmlDocPtr document = xmlReadMemory(xml.at, (int)xml.len, NULL, NULL, XML_PARSE_NONET);
    ck_assert_ptr_nonnull(document);
    xmlChar *text = xmlNodeGetContent(xmlDocGetRootElement(document));
    struct span flat = region_copy(asking_region, span_of((const char *)text));
    xmlFree(text);
    xmlFreeDoc(document);
    return flat;
}

START_TEST(every_story_stands_in_the_sitemap)
{
    ck_assert(has(flatten(ask("/sitemap.xml")), "https://bao.example/sitemap/1.xml"));
    struct span part = flatten(ask("/sitemap/1.xml"));
    ck_assert(has(part, "https://bao.example/story/a"));
    ck_assert(!has(part, "/story/cu"));
    ck_assert(has(ask("/robots.txt"), "\nSitemap: https://bao.example/sitemap.xml\n"));
    ask("/sitemap/2.xml");
    ck_assert_int_eq(reply.answer, ANSWER_ABSENT);
    ask("/sitemap/01.xml");
    ck_assert_int_eq(reply.answer, ANSWER_ABSENT);
}
END_TEST

START_TEST(a_large_sitemap_has_parts_of_one_size)
{
    for (int i = 0; i < 1500; i++)
        content_write(region_printf(asking_region, "stories/s%d.gmi", i).at,
                      "---\ntitle: Tin\n---\nx\n");
    index_well();
    cache_doubt(asking_capsule.cache);
    ck_assert(has(ask("/sitemap.xml"), "/sitemap/2.xml"));
    ck_assert(!has(ask("/sitemap.xml"), "/sitemap/3.xml"));
    size_t stories = 0, at;
    for (int part = 1; part <= 2; part++)
        for (struct span rest = ask(region_printf(asking_region, "/sitemap/%d.xml", part).at);
             span_find(rest, SPAN("/story/"), &at); rest = span_skip(rest, at + 1))
            stories++;
    ck_assert_uint_eq(stories, 1501);
}
END_TEST

/* As full as they get, however it is printed (DESIGN 7). */
START_TEST(no_index_is_larger_than_others_may_be)
{
    static const char *const paths[] = { "/",         "/city/x",          "/theme/y",
                                         "/city/x/y", "/archive/2024/07", "/city/x/archive/2024/07",
                                         "/feed",     "/search?dai",      "/archive/",
                                         "/atom.xml" };
    struct buffer words = BUFFER_EMPTY;
    for (int i = 0; i < 35; i++)
        buffer_add_text(&words, "<Chữ> \"dài\" & dài lắm ");
    content_write("cities.yaml", "- slug: x\n  name: {vi: Ích}\n");
    content_write("themes.yaml", "- slug: y\n  name: {vi: Yên}\n");
    for (int i = 0; i < 120; i++)
        content_write(region_printf(asking_region, "stories/s%d.gmi", i).at,
                      region_printf(asking_region,
                                    "---\ntitle: 'Một <tiêu đề> & \"dài\" như một câu người ta hay "
                                    "viết %d'\ndate: 2024-07-12\ncities: [x]\n"
                                    "themes: [y]\nsummary: '%s'\n---\n%s\n",
                                    i, buffer_text(&words), buffer_text(&words))
                          .at);
    buffer_fini(&words);
    index_well();
    cache_doubt(asking_capsule.cache);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        size_t len = ask(paths[i]).len;
        ck_assert_int_eq(reply.answer, ANSWER_FILE);
        ck_assert_msg(len <= PAGES_INDEX_BYTES, "%s: %zu bytes", paths[i], len);
    }
}
END_TEST

/* What is asked of the archive is the page's, whatever it is printed as. */
START_TEST(the_archive_is_asked_the_same)
{
    static const char *const paths[] = { "/", "/story/a", "/archive/", "/search?mua", "/feed" };
    cache_free(asking_capsule.cache);
    asking_capsule.cache = NULL;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        ask(paths[i]); /* from here on its statements are there */
        archive_steps(archive);
        asking_of(archive, paths[i]);
        uint64_t steps = archive_steps(archive);
        ask(paths[i]);
        ck_assert_uint_eq(archive_steps(archive), steps);
    }
}
END_TEST

/* Every address there is, found by following links. */
struct crawl {
    struct span_list found;
    size_t next;
};

static void
note(struct crawl *crawl, struct span address)
{
    if (span_starts(address, SPAN("/")) && !spans_have(crawl->found.spans, address))
        span_list_add(&crawl->found, asking_region, region_copy(asking_region, address));
}

/* true: it is a page, whose links are noted. */
static bool
visit(struct crawl *crawl, const char *address, struct gist *gist)
{
    struct reply page = asking_of(archive, address);
    if (page.answer != ANSWER_PAGE)
        return false;
    *gist = gist_of_gemtext(page.page.text, asking_region);
    for (size_t i = 0; i < gist->links.count; i++)
        note(crawl, gist->links.at[i]);
    return true;
}

START_TEST(shipped_pages_say_the_same_on_the_web)
{
    struct crawl crawl = { .next = 0 };
    struct gist gist, other;
    size_t pages = 0;
    ck_assert_int_eq(system(region_printf(asking_region, "rm -rf %s/* && cp -rL content/. %s/",
                                          content_path(""), content_path(""))
                                .at),
                     0);
    archiving_options.now = clock_now();
    (void)index_now();
    open_archive();
    cache_doubt(asking_capsule.cache);
    note(&crawl, SPAN("/"));
    note(&crawl, SPAN("/search?h%C3%A0%20n%E1%BB%99i"));
    for (; crawl.next < crawl.found.spans.count; crawl.next++) {
        const char *address = crawl.found.spans.at[crawl.next].at;
        if (!visit(&crawl, address, &gist))
            continue;
        other = gist_of_html(ask(address), asking_region);
        gist_compare(address, &gist, &other);
        if (strncmp(address, "/story/", 7) == 0)
            ck_assert_msg(ask(address).len < strlen(asking_text(address)) + BESIDE_BYTES,
                          "%s: %zu bytes beside its text", address,
                          ask(address).len - strlen(asking_text(address)));
        pages++;
    }
    ck_assert_uint_gt(pages, 100);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("web");
    TCase *tests = tcase_create("web");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_page_is_html_with_a_tag);
    tcase_add_test(tests, a_page_is_printed_once_in_a_round);
    tcase_add_test(tests, who_can_unpack_it_is_given_less);
    tcase_add_test(tests, who_has_it_is_not_sent_it_again);
    tcase_add_test(tests, a_head_says_how_much_would_follow);
    tcase_add_test(tests, a_file_is_told_by_when_it_was_written);
    tcase_add_loop_test(tests, what_is_no_page_says_so_on_one, 0, sizeof others / sizeof *others);
    tcase_add_test(tests, every_story_stands_in_the_sitemap);
    tcase_add_test(tests, a_large_sitemap_has_parts_of_one_size);
    tcase_add_test(tests, no_index_is_larger_than_others_may_be);
    tcase_add_test(tests, the_archive_is_asked_the_same);
    tcase_add_test(tests, shipped_pages_say_the_same_on_the_web);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
