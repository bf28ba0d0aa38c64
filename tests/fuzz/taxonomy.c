/* SPDX-License-Identifier: ISC */
/* Any bytes as a taxonomy, and as a text that speaks of its terms (behind a NUL, if there is one;
 * else of some that are always there). */
#include "story/taxonomy.h"
#include "base/buffer.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char always[] =
    "- slug: ha-noi\n  name: {vi: Hà Nội, en: Hanoi}\n  cued: [Thủ đô]\n"
    "- slug: ho-chi-minh\n  name: TP Hồ Chí Minh\n  aliases: [TP.HCM]\n  cued: [Hồ Chí Minh]\n"
    "- slug: hoa-binh\n  name: Hòa Bình\n  cue: true\n  into: ha-noi\n"
    "- slug: dien-bien\n  name: Điện Biên\n  not: [Điện Biên Phủ]\n"
    "- slug: giao-duc\n  name: Giáo dục\n  aliases: [học]\n  keywords: [mầm non, 'phòng, chống']\n";

static void
require(bool claim)
{
    if (!claim)
        abort();
}

static void
require_whole(const struct taxonomy *taxonomy)
{
    for (size_t i = 0; i < taxonomy_count(taxonomy); i++) {
        const struct term *term = taxonomy_at(taxonomy, i);
        size_t steps = 0;
        require(taxonomy_find(taxonomy, term->slug) == term);
        require(term_name(term, SPAN("vi")).len > 0);
        for (const struct term *at = term; at != NULL; at = at->into)
            require(steps++ <= taxonomy_count(taxonomy));
    }
}

static void
match(const struct taxonomy *taxonomy, struct span text, struct region *region)
{
    struct term_list found = { NULL, 0, 0 };
    taxonomy_match(taxonomy, text, true, region, &found);
    for (size_t i = 0; i < found.count; i++) {
        require(taxonomy_find(taxonomy, found.at[i]->slug) == found.at[i]);
        require(taxonomy_speaks_of(taxonomy, text, found.at[i]));
        for (size_t k = 0; k < i; k++)
            require(found.at[k] != found.at[i]);
    }
}

/* Read once, and kept. */
static const struct taxonomy *
known(void)
{
    static struct taxonomy *taxonomy;
    if (taxonomy == NULL)
        require(taxonomy_parse(span_of(always), region_new(), &taxonomy, NULL) == STATUS_OK);
    return taxonomy;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span text = { size > 0 ? (const char *)data : "", size };
    struct span yaml = span_cut(&text, '\0');
    struct region *region = region_new();
    struct taxonomy *taxonomy = NULL;
    struct fault fault = { 0, "" };
    bool two = text.at != NULL;
    if (taxonomy_parse(yaml, region, &taxonomy, &fault) == STATUS_OK) {
        require_whole(taxonomy);
        match(taxonomy, two ? text : yaml, region);
    } else {
        require(fault.what[0] != '\0');
    }
    match(known(), two ? text : yaml, region);
    region_free(region);
    return 0;
}
