/* SPDX-License-Identifier: ISC */
#include "wire/recall.h"

#include <stdlib.h>

enum { CANDIDATES = 2 };

/* Adds the story's file, if it is still there. */
static enum status
take(int content, const struct known_story *story, struct region *region, struct shelved *at,
     struct shelf *out)
{
    if (story == NULL || (out->count > 0 && span_equal(at[0].path, story->path)))
        return STATUS_OK;
    enum status status = shelf_take(content, story->path, region, &at[out->count]);
    out->count += status == STATUS_OK;
    return status == STATUS_FAILED ? STATUS_FAILED : STATUS_OK;
}

/* Those that have the name it would get, or that with a number behind. */
static struct known_stories
namesakes(const struct known *known, struct span slug, struct region *region)
{
    struct known_stories found;
    const struct wanted wanted = { .slugs = { &slug, 1 } };
    known_select(known, &wanted, region, &found);
    return found;
}

static const struct known_story *
find_slug(const struct known_stories *stories, struct span slug)
{
    for (size_t i = 0; i < stories->count; i++)
        if (span_equal(stories->at[i]->slug, slug))
            return stories->at[i];
    return NULL;
}

static struct spans
slugs_of(const struct known_stories *stories, struct region *region)
{
    struct span_list list = { { NULL, 0 }, 0 };
    for (size_t i = 0; i < stories->count; i++)
        span_list_add(&list, region, region_copy(region, stories->at[i]->slug));
    return list.spans;
}

static struct known_answer
ask(const struct known *known, const struct arrival *arrival, struct span claim,
    const struct fingerprint *text, int64_t now)
{
    const struct story *story = &arrival->story;
    struct known_answer answer;
    const struct known_question question = {
        .url = story->source,
        .claim = claim,
        .title = story->title,
        .text = text,
        .instant = story->date.precision >= DATE_DAY ? story->date.instant : now,
    };
    known_find(known, &question, &answer);
    /* A site that has two pages with like headlines or texts means two stories. */
    if (answer.verdict == KNOWN_TWICE && answer.same_site && answer.by != KNOWN_BY_ADDRESS &&
        answer.by != KNOWN_BY_HASH)
        answer = (struct known_answer){ .verdict = KNOWN_NEW };
    return answer;
}

/* Nobody has written into the other's story, and readers get it. */
static bool
may_be_added_to(const struct shelved *other)
{
    return other->readable && !other->edited && other->story.state == STORY_PUBLISHED;
}

enum status
recall(const struct known *known, int content, struct arrival *arrival, struct span claim,
       const struct fingerprint *text, int64_t now, struct region *region, struct shelf *out,
       enum recall_verdict *verdict)
{
    struct shelved *at = region_array(region, CANDIDATES, sizeof *at);
    struct shelf shelf = { .at = at };
    struct known_answer answer = ask(known, arrival, claim, text, now);
    enum status status = STATUS_OK;
    if (answer.verdict != KNOWN_NEW)
        status = take(content, answer.story, region, at, &shelf);
    bool met = shelf.count > 0;
    *verdict = RECALL_PLACE;
    if (met && answer.verdict == KNOWN_TWICE)
        *verdict = !answer.listed && !answer.same_site && may_be_added_to(&at[0]) ? RECALL_ALSO
                                                                                  : RECALL_SKIP;
    else if (met)
        arrival->same = &at[0];
    const struct known_stories others = namesakes(known, arrival->slug, region);
    if (status == STATUS_OK)
        status = take(content, find_slug(&others, arrival->slug), region, at, &shelf);
    shelf.slugs = slugs_of(&others, region);
    *out = shelf;
    return status;
}

static int
by_path(const void *left, const void *right)
{
    const struct known_story *const *a = left, *const *b = right;
    return span_compare((*a)->path, (*b)->path);
}

enum status
recall_shelf(const struct known *known, int content, const struct wanted *wanted,
             struct region *region, struct shelf *out)
{
    struct known_stories found;
    enum status status = STATUS_OK;
    known_select(known, wanted, region, &found);
    struct shelved *at = region_array(region, found.count + 1, sizeof *at);
    struct shelf shelf = { .at = at, .slugs = slugs_of(&found, region) };
    if (found.count > 0)
        qsort(found.at, found.count, sizeof(struct known_story *), by_path);
    for (size_t i = 0; i < found.count && status != STATUS_FAILED; i++) {
        status = shelf_take(content, found.at[i]->path, region, &at[shelf.count]);
        shelf.count += status == STATUS_OK; /* else it is gone */
    }
    if (status == STATUS_FAILED)
        return STATUS_FAILED;
    *out = shelf;
    return STATUS_OK;
}
