/* SPDX-License-Identifier: ISC */
/* Any bytes as a story's file: what is read prints as a file that reads back as the same story; an
 * import knows itself; and what story_set changes is a story with that value. */
#include "story/story.h"
#include "base/buffer.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool claim)
{
    if (!claim)
        abort();
}

static void
require_same_spans(struct spans a, struct spans b)
{
    require(a.count == b.count);
    for (size_t i = 0; i < a.count; i++)
        require(span_equal(a.at[i], b.at[i]));
}

static void
require_same(const struct story *a, const struct story *b)
{
    require(span_equal(a->title, b->title));
    require(span_equal(a->summary, b->summary));
    require(span_equal(a->author, b->author));
    require(span_equal(a->lang, b->lang));
    require(span_equal(a->source, b->source));
    require(span_equal(a->imported, b->imported));
    require(span_equal(a->date_text, b->date_text));
    require(span_equal(a->added_text, b->added_text));
    require(a->date.instant == b->date.instant && a->date.precision == b->date.precision);
    require(a->added.instant == b->added.instant);
    require_same_spans(a->cities, b->cities);
    require_same_spans(a->themes, b->themes);
    require_same_spans(a->related, b->related);
    require_same_spans(a->aliases, b->aliases);
    require(a->state == b->state);
    require(span_equal(a->body, b->body));
}

static void
require_reads_back(const struct story *story, struct region *region)
{
    struct buffer first = BUFFER_EMPTY, second = BUFFER_EMPTY;
    struct story again;
    story_print(story, &first);
    require(story_parse(buffer_span(&first), region, &again, NULL) == STATUS_OK);
    require_same(story, &again);
    story_print(&again, &second);
    require(span_equal(buffer_span(&first), buffer_span(&second)));
    buffer_clear(&first);
    story_print_imported(story, &first);
    require(story_is_as_imported(buffer_span(&first)));
    buffer_fini(&second);
    buffer_fini(&first);
}

/* Where it can be changed at all, nothing but the state does. */
static void
require_changes(struct span file, struct story story, struct region *region)
{
    struct buffer out = BUFFER_EMPTY;
    struct story changed;
    if (story_set(file, "state", SPAN("withdrawn"), &out, NULL) == STATUS_OK) {
        require(story_parse(buffer_span(&out), region, &changed, NULL) == STATUS_OK);
        story.state = STORY_WITHDRAWN;
        require_same(&story, &changed);
    } else {
        require(out.len == 0);
    }
    buffer_fini(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span file = { (const char *)data, size };
    struct region *region = region_new();
    struct story story;
    struct fault fault = { 0, "" };
    if (story_parse(file, region, &story, &fault) == STATUS_OK) {
        require_reads_back(&story, region);
        require_changes(file, story, region);
    } else {
        require(fault.what[0] != '\0');
    }
    story_is_as_imported(file);
    region_free(region);
    return 0;
}
