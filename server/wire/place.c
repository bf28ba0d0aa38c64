/* SPDX-License-Identifier: ISC */
#include "wire/place.h"

#include "base/file.h"
#include "wire/also.h"
#include "wire/lines.h"
#include "wire/shape.h"

#include <errno.h>
#include <string.h>

/* Placing in progress. */
struct desk {
    const struct arrivals *arrivals;
    const struct shelf *shelf;
    int64_t now;
    struct region *region;
    struct placement *placements;
    size_t placed;
};

static bool
is_same_title(const struct desk *desk, struct span one, struct span other)
{
    return span_equal(one, other) ||
           span_equal(line_key(one, desk->region), line_key(other, desk->region));
}

/* Of two pages, or of two days. */
static bool
is_elsewhere(const struct story *one, const struct story *other)
{
    if (one->source.len > 0 && other->source.len > 0)
        return !span_equal(one->source, other->source);
    return one->date.precision >= DATE_DAY && other->date.precision >= DATE_DAY &&
           (one->date.year != other->date.year || one->date.month != other->date.month ||
            one->date.day != other->date.day);
}

static bool
is_one_paragraph(const struct story *story)
{
    size_t at;
    return !span_find_char(story->body, '\n', &at) || at + 1 == story->body.len;
}

/* All `shorter` says, `story` says too: another page's teaser of it. */
static bool
is_shorter_form_of(const struct story *shorter, const struct story *story)
{
    bool cut;
    size_t at;
    struct span text = shape_uncut(span_trim_lines(shorter->body), &cut);
    return is_one_paragraph(shorter) && shorter->body.len < story->body.len &&
           (text.len == 0 || span_find(story->body, text, &at));
}

static bool
is_placed(const struct desk *desk, const struct shelved *shelved)
{
    for (size_t i = 0; i < desk->placed; i++)
        if (desk->placements[i].old == shelved)
            return true;
    return false;
}

/* Whether a story on the shelf is the one that arrives. A teaser is of whatever story has its
 * title; an article takes the place of a teaser that another page had of it. */
static bool
is_same(const struct desk *desk, const struct arrival *arrival, const struct shelved *shelved)
{
    if (!shelved->readable)
        return span_equal(shelved->slug, arrival->slug);
    if (!is_same_title(desk, arrival->story.title, shelved->story.title))
        return false;
    return arrival->teaser || !is_elsewhere(&arrival->story, &shelved->story) ||
           (!shelved->edited && is_shorter_form_of(&shelved->story, &arrival->story));
}

static const struct shelved *
find_by_title(const struct desk *desk, const struct arrival *arrival)
{
    const struct shelved *found = NULL;
    for (size_t i = 0; i < desk->shelf->count; i++) {
        const struct shelved *shelved = &desk->shelf->at[i];
        if (is_placed(desk, shelved) || !is_same(desk, arrival, shelved))
            continue;
        bool better = found == NULL || (is_elsewhere(&arrival->story, &found->story) &&
                                        !is_elsewhere(&arrival->story, &shelved->story));
        found = better ? shelved : found;
    }
    return found;
}

/* The story of that address, to which a person gave another title: no other one is to be served
 * beside it. Two titles that no person touched are two stories. */
static const struct shelved *
find_retitled(const struct desk *desk, const struct arrival *arrival)
{
    for (size_t i = 0; i < desk->shelf->count; i++) {
        const struct shelved *shelved = &desk->shelf->at[i];
        if (shelved->edited && shelved->story.imported.len > 0 &&
            span_equal(shelved->slug, arrival->slug) && !is_placed(desk, shelved) &&
            !is_elsewhere(&arrival->story, &shelved->story))
            return shelved;
    }
    return NULL;
}

static bool
is_teasers_title(const struct desk *desk, struct span title)
{
    for (size_t i = 0; i < desk->arrivals->count; i++)
        if (desk->arrivals->at[i].teaser &&
            is_same_title(desk, desk->arrivals->at[i].story.title, title))
            return true;
    return false;
}

/* The article of a page whose headline has changed since. */
static const struct shelved *
find_by_source(const struct desk *desk, const struct arrival *arrival)
{
    const struct shelved *longest = NULL;
    struct span source = arrival->story.source;
    for (size_t i = 0;
         !arrival->teaser && !arrival->alone && source.len > 0 && i < desk->shelf->count; i++) {
        const struct shelved *shelved = &desk->shelf->at[i];
        if (shelved->readable && span_equal(shelved->story.source, source) &&
            !is_one_paragraph(&shelved->story) && !is_teasers_title(desk, shelved->story.title) &&
            (longest == NULL || shelved->story.body.len > longest->story.body.len))
            longest = shelved;
    }
    return longest;
}

static bool
slug_is_taken(const struct desk *desk, struct span slug)
{
    for (size_t i = 0; i < desk->placed; i++)
        if (span_equal(desk->placements[i].slug, slug))
            return true;
    return spans_have(desk->shelf->slugs, slug);
}

static struct span
free_slug(const struct desk *desk, struct span slug)
{
    struct span numbered = slug;
    for (unsigned number = 2; slug_is_taken(desk, numbered); number++)
        numbered = region_printf(desk->region, "%.*s-%u", SPAN_ARG(slug), number);
    return numbered;
}

static void
choose(struct desk *desk, const struct arrival *arrival)
{
    struct placement placement = { .story = arrival->story,
                                   .teaser = arrival->teaser,
                                   .partial = arrival->partial,
                                   .updated = arrival->updated,
                                   .filing = &arrival->filing };
    placement.old = arrival->same;
    if (placement.old == NULL)
        placement.old = find_by_title(desk, arrival);
    if (placement.old == NULL)
        placement.old = find_retitled(desk, arrival);
    if (placement.old == NULL)
        placement.old = find_by_source(desk, arrival);
    if (placement.old != NULL) {
        placement.slug = placement.old->slug;
        placement.path = placement.old->path;
    } else {
        const struct date *date = &arrival->story.date;
        struct span year = date->precision == DATE_NONE
                               ? SPAN("undated")
                               : region_printf(desk->region, "%04d", date->year);
        placement.slug = free_slug(desk, arrival->slug);
        placement.path = region_printf(desk->region, "stories/%.*s/%.*s.gmi", SPAN_ARG(year),
                                       SPAN_ARG(placement.slug));
    }
    desk->placements[desk->placed++] = placement;
}

/* A person deleted the story (moved.yaml says so), or withdrew it. */
static bool
is_left(const struct desk *desk, const struct placement *placement)
{
    const struct shelved *old = placement->old;
    if (old == NULL)
        return spans_have(desk->shelf->gone, placement->slug);
    return old->readable && old->story.state == STORY_WITHDRAWN;
}

/* The article names its teasers, and each of them the article. */
static void
relate(struct desk *desk)
{
    struct span_list teasers = { { NULL, 0 }, 0 }, article = { { NULL, 0 }, 0 };
    for (size_t i = 0; i < desk->placed; i++) {
        bool teaser = desk->placements[i].teaser;
        if (is_left(desk, &desk->placements[i]))
            continue;
        span_list_add(teaser ? &teasers : &article, desk->region, desk->placements[i].slug);
    }
    for (size_t i = 0; i < desk->placed; i++) {
        struct placement *placement = &desk->placements[i];
        placement->story.related = placement->teaser ? article.spans : teasers.spans;
    }
}

static enum outcome
outcome_of(const struct placement *placement)
{
    const struct shelved *old = placement->old;
    if (old == NULL)
        return PLACE_NEW;
    if (span_equal(old->bytes, placement->bytes))
        return PLACE_UNCHANGED;
    if (placement->teaser && old->readable && is_elsewhere(&placement->story, &old->story))
        return PLACE_KNOWN;
    if (old->edited)
        return PLACE_BESIDE;
    bool less = (placement->teaser || placement->partial) &&
                placement->story.body.len < old->story.body.len;
    return less ? PLACE_KNOWN : PLACE_UPDATED;
}

static void
print(struct desk *desk, struct placement *placement)
{
    char now[CLOCK_TEXT];
    struct buffer bytes = BUFFER_EMPTY;
    struct story *story = &placement->story;
    if (placement->old == NULL) {
        story->added_text = region_copy(desk->region, span_of(clock_print(desk->now, now)));
    } else {
        /* When it came in does not change; nor where from, if nobody says. */
        story->added_text = placement->old->story.added_text;
        if (story->source.len == 0)
            story->source = placement->old->story.source;
        if (placement->old->readable && !placement->old->edited)
            story->body = also_keep(placement->old->story.body, story->body, placement->updated,
                                    story->lang, desk->region);
    }
    story_print_imported(story, &bytes);
    placement->bytes = region_copy(desk->region, buffer_span(&bytes));
    buffer_fini(&bytes);
    placement->outcome = is_left(desk, placement) ? PLACE_LEFT : outcome_of(placement);
    placement->file = placement->path;
    if (placement->outcome == PLACE_BESIDE)
        placement->file = region_printf(desk->region, "%.*s.incoming", SPAN_ARG(placement->path));
}

void
place_decide(const struct arrivals *arrivals, const struct shelf *shelf, int64_t now,
             struct region *region, struct placement *out)
{
    struct desk desk = { arrivals, shelf, now, region, out, 0 };
    for (size_t i = 0; i < arrivals->count; i++)
        choose(&desk, &arrivals->at[i]);
    relate(&desk);
    for (size_t i = 0; i < desk.placed; i++)
        print(&desk, &out[i]);
}

void
place_also(const struct shelved *old, struct span url, struct span site, struct region *region,
           struct placement *out)
{
    static const struct filing filing = { .cities_by = EVIDENCE_NONE, .themes_by = EVIDENCE_NONE };
    struct buffer bytes = BUFFER_EMPTY;
    *out = (struct placement){ .story = old->story,
                               .filing = &filing,
                               .old = old,
                               .slug = old->slug,
                               .path = old->path,
                               .file = old->path,
                               .outcome = PLACE_UPDATED };
    out->story.body = also_add(old->story.body, url, site, old->story.lang, region);
    story_print_imported(&out->story, &bytes);
    out->bytes = region_copy(region, buffer_span(&bytes));
    buffer_fini(&bytes);
}

static enum status
write_new(int content, const struct placement *placement, struct fault *fault)
{
    struct buffer folder = BUFFER_EMPTY;
    size_t slash = placement->path.len;
    while (slash > 0 && placement->path.at[slash - 1] != '/')
        slash--;
    buffer_add(&folder, span_first(placement->path, slash - 1));
    enum status status = file_make_folder(content, buffer_text(&folder), 0755);
    if (status == STATUS_OK)
        status = file_create(content, placement->path.at, placement->bytes, 0644);
    if (status == STATUS_BUSY)
        fault_set(fault, 0, "%s: somebody made it meanwhile: import again", placement->path.at);
    buffer_fini(&folder);
    return status;
}

/* The file still holds what was decided upon. */
static bool
is_as_read(int content, const char *path, struct span bytes)
{
    struct buffer now = BUFFER_EMPTY;
    bool same = file_read(content, path, STORY_BYTES_MAX, &now) == STATUS_OK &&
                span_equal(buffer_span(&now), bytes);
    buffer_fini(&now);
    return same;
}

static enum status
write_over(int content, const struct placement *placement, struct fault *fault)
{
    if (is_as_read(content, placement->path.at, placement->old->bytes))
        return file_write(content, placement->path.at, placement->bytes, 0644);
    fault_set(fault, 0, "%s: somebody changed it meanwhile: import again", placement->path.at);
    return STATUS_BUSY;
}

enum status
place_write(int content, const struct placement *placement, struct fault *fault)
{
    enum status status = STATUS_OK;
    switch (placement->outcome) {
    case PLACE_NEW:
        status = write_new(content, placement, fault);
        break;
    case PLACE_UPDATED:
        status = write_over(content, placement, fault);
        break;
    case PLACE_BESIDE:
        if (!is_as_read(content, placement->file.at, placement->bytes))
            status = file_write(content, placement->file.at, placement->bytes, 0644);
        break;
    case PLACE_UNCHANGED:
    case PLACE_KNOWN:
    case PLACE_LEFT:
        break;
    }
    if (status != STATUS_OK && status != STATUS_BUSY)
        fault_set(fault, 0, "%s: %s", placement->file.at, strerror(errno));
    return status;
}
