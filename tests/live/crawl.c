/* SPDX-License-Identifier: ISC */
#include "crawl.h"

#include "protocol/gemini.h"
#include "story/gemtext.h"
#include "testing.h"

#include <string.h>

/* As a client that looks for feed entries would see it: YYYY-MM-DD. */
static bool
begins_with_date(struct span label)
{
    static const char shape[] = "dddd-dd-dd";
    size_t i = 0;
    while (i < label.len && shape[i] != '\0' &&
           (shape[i] == 'd' ? label.at[i] >= '0' && label.at[i] <= '9' : label.at[i] == '-'))
        i++;
    return shape[i] == '\0';
}

/* The one kind of page on which links to stories begin with their dates. */
static bool
is_feed(struct span path)
{
    return span_ends(path, SPAN("/feed"));
}

/* Checks one page and adds the addresses it links to. */
static void
visit(const struct capsule_run *run, struct region *region, const char *path,
      struct span_list *found)
{
    struct heard answer = capsule_ask(run, path);
    struct gemini_head head;
    struct fault fault = { 0, "" };
    size_t at;
    ck_assert_msg(answer.whole, "%s: no close_notify", path);
    ck_assert_int_eq(gemini_parse_head(buffer_span(&answer.bytes), &head), PARSED_WHOLE);
    if (strcmp(path, "/search") == 0) /* it asks for words first */
        ck_assert_int_eq(head.status, 10);
    else
        ck_assert_msg(head.status == 20, "%s: %d %.*s", path, head.status, SPAN_ARG(head.meta));
    if (span_starts(head.meta, SPAN("text/gemini"))) {
        struct span page = region_copy(region, span_skip(buffer_span(&answer.bytes), head.len));
        ck_assert_msg(span_find(head.meta, SPAN("lang=vi"), &at), "%s: no lang", path);
        ck_assert_msg(gemtext_check(page, 1, &fault) == STATUS_OK, "%s:%zu: %s", path, fault.line,
                      fault.what);
        if (strncmp(path, "/story/", 7) != 0)
            ck_assert_msg(page.len <= 30000, "%s holds %zu bytes", path, page.len);
        struct gemtext walk = gemtext_walk(page);
        struct gemline line;
        while (gemtext_next(&walk, &line))
            if (line.kind == GEMLINE_LINK) {
                bool dated = is_feed(span_of(path)) && span_starts(line.target, SPAN("/story/"));
                ck_assert_msg(begins_with_date(line.text) == dated, "%s: %.*s", path,
                              SPAN_ARG(line.text));
                if (line.target.at[0] == '/' && !spans_have(found->spans, line.target))
                    span_list_add(found, region, line.target);
            }
    }
    buffer_fini(&answer.bytes);
}

struct crawl
capsule_crawl(const struct capsule_run *run, struct region *region)
{
    struct span_list found = { { NULL, 0 }, 0 };
    struct crawl crawl = { 0, 0 };
    span_list_add(&found, region, SPAN("/"));
    for (; crawl.pages < found.spans.count; crawl.pages++) {
        struct span address = region_copy(region, found.spans.at[crawl.pages]);
        visit(run, region, address.at, &found);
        crawl.stories += span_starts(address, SPAN("/story/"));
    }
    return crawl;
}
