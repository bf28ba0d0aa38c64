/* SPDX-License-Identifier: ISC */
/* Any bytes as a saved newspaper page: every file that would be written reads back as a story whose
 * body is fit to be served, no two have one address, and the same page again changes nothing. */
#include "base/buffer.h"
#include "story/gemtext.h"
#include "wire/place.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { NOW = 1795490000 };

static void
require(bool claim)
{
    if (!claim)
        abort();
}

/* Read once, and kept. */
static const struct terms *
known(void)
{
    static const char cities[] = "- slug: ha-noi\n  name: Hà Nội\n  cued: [Thủ đô]\n"
                                 "- slug: ho-chi-minh\n  name: TP Hồ Chí Minh\n"
                                 "  aliases: [TP.HCM]\n  cued: [Hồ Chí Minh]\n"
                                 "- slug: hai-phong\n  name: Hải Phòng\n"
                                 "- slug: dien-bien\n  name: Điện Biên\n  not: [Điện Biên Phủ]\n";
    static const char themes[] = "- slug: giao-duc\n  name: Giáo dục\n  keywords: [mầm non]\n"
                                 "- slug: thi-dua\n  name: Thi đua\n  keywords: [sơ kết]\n";
    static struct terms terms;
    if (terms.cities == NULL) {
        struct region *kept = region_new();
        require(taxonomy_parse(span_of(cities), kept, &terms.cities, NULL) == STATUS_OK);
        require(taxonomy_parse(span_of(themes), kept, &terms.themes, NULL) == STATUS_OK);
    }
    return &terms;
}

static struct shelved
shelve(const struct placement *placement, struct region *region)
{
    struct shelved shelved = { .path = placement->path,
                               .slug = placement->slug,
                               .bytes = placement->bytes,
                               .readable = true };
    struct fault fault = { 0, "" };
    require(story_parse(placement->bytes, region, &shelved.story, &fault) == STATUS_OK);
    require(story_is_as_imported(placement->bytes));
    require(gemtext_check(shelved.story.body, 0, &fault) == STATUS_OK);
    return shelved;
}

static void
place_twice(const struct arrivals *arrivals, struct region *region)
{
    struct placement *first = region_array(region, arrivals->count, sizeof *first);
    struct placement *second = region_array(region, arrivals->count, sizeof *second);
    struct shelved *held = region_array(region, arrivals->count, sizeof *held);
    struct span_list slugs = { { NULL, 0 }, 0 };
    struct shelf empty = { NULL, 0, { NULL, 0 }, { NULL, 0 } };
    place_decide(arrivals, &empty, NOW, region, first);
    for (size_t i = 0; i < arrivals->count; i++) {
        held[i] = shelve(&first[i], region);
        require(!spans_have(slugs.spans, first[i].slug));
        span_list_add(&slugs, region, first[i].slug);
    }
    struct shelf shelf = { held, arrivals->count, slugs.spans, { NULL, 0 } };
    place_decide(arrivals, &shelf, NOW + 1, region, second);
    for (size_t i = 0; i < arrivals->count; i++)
        require(second[i].outcome == PLACE_UNCHANGED);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct region *region = region_new();
    struct plaintext page;
    struct arrivals arrivals;
    struct fault fault = { 0, "" };
    struct intake_options options = { .source = SPAN("https://bao.example/1.html"), .now = NOW };
    struct span bytes = { (const char *)data, size };
    if (plaintext_parse(bytes, region, &page, &fault) == STATUS_OK) {
        intake_make(&page, known(), &options, region, &arrivals);
        place_twice(&arrivals, region);
    } else {
        require(fault.what[0] != '\0');
    }
    region_free(region);
    return 0;
}
