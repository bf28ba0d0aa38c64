/* SPDX-License-Identifier: ISC */
/* Whoever follows the capsule: subscribes to each of its feeds, asked of the real daemon, and reads
 * it by the letter of what such a feed is. */
#include "capsule.h"

#include "base/clock.h"
#include "base/region.h"
#include "protocol/gemini.h"
#include "story/gemtext.h"
#include "testing.h"
#include "wire/feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct capsule_run *run;
static struct region *region;
static struct spans scopes; /* addresses of what has feeds: "", "/city/ha-noi", … */

/* The body of an answer, which must be a good one. */
static struct span
body(const char *path, const char *mime)
{
    struct heard answer = capsule_ask(run, path);
    struct gemini_head head;
    ck_assert_int_eq(gemini_parse_head(buffer_span(&answer.bytes), &head), PARSED_WHOLE);
    ck_assert_msg(head.status == 20 && span_starts(head.meta, span_of(mime)), "%s: %d %.*s", path,
                  head.status, SPAN_ARG(head.meta));
    struct span copy = region_copy(region, span_skip(buffer_span(&answer.bytes), head.len));
    buffer_fini(&answer.bytes);
    return copy;
}

/* Adds the page's links to what lies directly below `under`. */
static void
add_links(struct span_list *list, const char *page, const char *under)
{
    struct gemtext walk = gemtext_walk(body(page, "text/gemini"));
    struct gemline line;
    while (gemtext_next(&walk, &line)) {
        struct span rest = span_skip(line.target, strlen(under));
        if (line.kind == GEMLINE_LINK && span_starts(line.target, span_of(under)) && rest.len > 0 &&
            !span_has_char(rest, '/') && !span_equal(rest, SPAN("feed")) &&
            !span_equal(rest, SPAN("atom.xml")))
            span_list_add(list, region, region_copy(region, line.target));
    }
}

static void
set_up(void)
{
    struct span_list list = { { NULL, 0 }, 0 };
    region = region_new();
    run = capsule_start();
    span_list_add(&list, region, SPAN(""));
    add_links(&list, "/city/", "/city/");
    add_links(&list, "/theme/", "/theme/");
    add_links(&list, "/city/ha-noi", "/city/ha-noi/");
    scopes = list.spans;
    ck_assert_uint_gt(scopes.count, 80);
}

static void
tear_down(void)
{
    capsule_stop(run);
    region_free(region);
}

static const char *
feed_address(struct span scope, const char *name)
{
    return region_printf(region, "%.*s/%s", SPAN_ARG(scope), name).at;
}

/* A subscription's title and its entries: what stands before the first other line is heading. */
static void
read_gemfeed(const char *path, struct span_list *entries)
{
    struct gemtext walk = gemtext_walk(body(path, "text/gemini"));
    struct gemline line;
    struct date day;
    ck_assert(gemtext_next(&walk, &line) && line.kind == GEMLINE_HEADING && line.level == 1 &&
              line.text.len > 0);
    ck_assert(gemtext_next(&walk, &line) && line.kind == GEMLINE_HEADING && line.level == 2 &&
              line.text.len > 0);
    while (gemtext_next(&walk, &line)) {
        struct span title = span_skip(line.text, 10);
        if (line.kind != GEMLINE_LINK || !date_parse(span_first(line.text, 10), &day))
            continue;
        ck_assert_msg(title.len > 1 && title.at[0] == ' ' && title.at[1] != ' ', "%s: %.*s", path,
                      SPAN_ARG(line.text));
        ck_assert_msg(!spans_have(entries->spans, line.target), "%s: %.*s twice", path,
                      SPAN_ARG(line.target));
        span_list_add(entries, region, line.target);
    }
}

START_TEST(each_gemfeed_has_a_title_and_each_of_its_entries_leads_to_a_story)
{
    struct span_list known = { { NULL, 0 }, 0 };
    for (size_t i = 0; i < scopes.count; i++) {
        struct span_list entries = { { NULL, 0 }, 0 };
        read_gemfeed(feed_address(scopes.at[i], "feed"), &entries);
        if (i == 0)
            ck_assert_uint_eq(entries.spans.count, 11);
        for (size_t k = 0; k < entries.spans.count; k++)
            if (!spans_have(known.spans, entries.spans.at[k])) {
                body(region_copy(region, entries.spans.at[k]).at, "text/gemini");
                span_list_add(&known, region, entries.spans.at[k]);
            }
    }
    ck_assert_uint_eq(known.spans.count, 11);
}
END_TEST

/* Takes what stands between the next `before` and `after` off *rest; false: there is no more. */
static bool
take_between(struct span *rest, const char *before, const char *after, struct span *out)
{
    size_t at, end;
    if (!span_find(*rest, span_of(before), &at))
        return false;
    struct span behind = span_skip(*rest, at + strlen(before));
    ck_assert(span_find(behind, span_of(after), &end));
    *out = span_first(behind, end);
    *rest = span_skip(behind, end);
    return true;
}

/* Every link is ours and absolute; no id is there twice. */
static void
read_atom(const char *path, struct span feed, struct span_list *links)
{
    struct span base = region_printf(region, "gemini://localhost:%d", run->port), what;
    struct span_list ids = { { NULL, 0 }, 0 };
    for (struct span rest = feed; take_between(&rest, " href=\"", "\"", &what);) {
        ck_assert_msg(span_starts(what, base), "%s: %.*s", path, SPAN_ARG(what));
        if (!spans_have(links->spans, span_skip(what, base.len)))
            span_list_add(links, region, span_skip(what, base.len));
    }
    for (struct span rest = feed; take_between(&rest, "<id>", "</id>", &what);) {
        ck_assert_msg(span_starts(what, SPAN("tag:localhost,2026:/")), "%.*s", SPAN_ARG(what));
        ck_assert_msg(!spans_have(ids.spans, what), "%s: %.*s twice", path, SPAN_ARG(what));
        span_list_add(&ids, region, what);
    }
    ck_assert_msg(span_starts(span_skip(ids.spans.at[0], strlen("tag:localhost,2026:")),
                              span_first(span_of(path), strlen(path) - strlen("/atom.xml"))),
                  "%s", path);
}

/* What our own reader of feeds makes of it: every entry, nothing to mend. */
static struct feed
read_back(const char *path, struct span bytes)
{
    struct feed_options options = { .url = region_printf(region, "gemini://localhost:%d%s",
                                                         run->port, path),
                                    .charset = SPAN("application/atom+xml"),
                                    .now = clock_now() };
    struct feed feed;
    struct fault fault = { 0, "" };
    enum status status = feed_read(bytes, &options, region, &feed, &fault);
    ck_assert_msg(status == STATUS_OK, "%s: %s", path, fault.what);
    ck_assert(feed.kind == FEED_ATOM && !feed.malformed && !feed.mended && !feed.cut);
    return feed;
}

static void
require_read_back_whole(const char *path, struct span bytes)
{
    struct feed feed = read_back(path, bytes);
    struct span rest = bytes, entry, id, title;
    size_t count = 0;
    while (take_between(&rest, "<entry", "</entry>", &entry)) {
        ck_assert(count < feed.item_count && take_between(&entry, "<title>", "</title>", &title) &&
                  take_between(&entry, "<id>", "</id>", &id));
        const struct feed_item *item = &feed.items[count++];
        ck_assert(span_equal(item->id, id) && !item->id_shared && !item->ahead);
        ck_assert(span_has_char(title, '&') || span_equal(item->title, title));
        ck_assert(span_starts(item->url, SPAN("gemini://localhost")));
        ck_assert(item->published.len > 0 && item->updated.len > 0);
    }
    ck_assert_uint_eq(feed.item_count, count);
}

START_TEST(each_atom_feed_is_valid_and_its_links_lead_somewhere)
{
    struct span_list links = { { NULL, 0 }, 0 };
    char command[8192];
    for (size_t i = 0; i < scopes.count; i++) {
        const char *path = feed_address(scopes.at[i], "atom.xml");
        struct span feed = body(path, "application/atom+xml");
        read_atom(path, feed, &links);
        require_read_back_whole(path, feed);
        testing_write(run->folder, region_printf(region, "feeds/%zu.xml", i).at, feed.at);
    }
    snprintf(command, sizeof command,
             "xmllint --noout --relaxng tests/fixtures/atom.rng '%s'/feeds/*.xml 2>&1 |"
             " grep -v ' validates$' >&2",
             run->folder);
    ck_assert_int_ne(system(command), 0); /* nothing else was said */
    for (size_t i = 0; i < links.spans.count; i++) {
        const char *path = region_copy(region, links.spans.at[i]).at;
        ck_assert_msg(capsule_status(run, path) == 20, "%s", path);
    }
    ck_assert_uint_gt(links.spans.count, 11 + 2 * 80);
}
END_TEST

/* An entry of /atom.xml: all of it. */
static struct span
entry_of(struct span feed, const char *slug)
{
    struct span entry, id = region_printf(region, "/story/%s</id>", slug);
    size_t at;
    while (take_between(&feed, "<entry>", "</entry>", &entry))
        if (span_find(entry, id, &at))
            return entry;
    ck_abort_msg("no entry is of %s", slug);
}

START_TEST(an_edit_is_told_of_one_story_and_a_touch_of_none)
{
    static const char kept[] = "chung-tay-ngan-chan-nan-mua-ban-nguoi";
    testing_write(run->folder, "content/stories/2025/moi.gmi",
                  "---\ntitle: Mới\ndate: 2025-01-02\n---\nMột.\n");
    capsule_wait(run, "/story/moi", 20);
    struct span before = body("/atom.xml", "application/atom+xml"), after = before;
    testing_write(run->folder, "content/stories/2025/moi.gmi",
                  "---\ntitle: Mới hơn\ndate: 2025-01-02\n---\nHai.\n");
    capsule_tool(run, "index");
    after = body("/atom.xml", "application/atom+xml");
    ck_assert(!span_equal(entry_of(before, "moi"), entry_of(after, "moi")));
    ck_assert(span_equal(entry_of(before, kept), entry_of(after, kept)));

    char command[8192];
    snprintf(command, sizeof command, "find '%s/content' -type f -exec touch {} +", run->folder);
    ck_assert_int_eq(system(command), 0);
    ck_assert_int_eq(capsule_tool(run, "index"), 0);
    ck_assert(span_equal(body("/atom.xml", "application/atom+xml"), after));
}
END_TEST

START_TEST(what_a_title_says_is_read_back_as_it_was)
{
    static const char title[] = "R&D: \"1 < 2\", 'ế' ]]> & <x>";
    testing_write(run->folder, "content/stories/2025/moi.gmi",
                  "---\ntitle: 'R&D: \"1 < 2\", ''ế'' ]]> & <x>'\ndate: 2025-01-02\n"
                  "author: Lê & Trần\nsummary: Một <b> hai & ba.\n---\nMột.\n");
    capsule_wait(run, "/story/moi", 20);
    struct feed feed = read_back("/atom.xml", body("/atom.xml", "application/atom+xml"));
    const struct feed_item *item = feed.items;
    while (item < feed.items + feed.item_count && !span_equal(item->title, span_of(title)))
        item++;
    ck_assert(item < feed.items + feed.item_count);
    ck_assert(span_equal(item->author, SPAN("Lê & Trần")));
    ck_assert(span_equal(item->summary, SPAN("<p>Một &lt;b&gt; hai &amp; ba.")));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("feeds");
    TCase *tests = tcase_create("feeds");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, each_gemfeed_has_a_title_and_each_of_its_entries_leads_to_a_story);
    tcase_add_test(tests, each_atom_feed_is_valid_and_its_links_lead_somewhere);
    tcase_add_test(tests, what_a_title_says_is_read_back_as_it_was);
    tcase_add_test(tests, an_edit_is_told_of_one_story_and_a_touch_of_none);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
