/* SPDX-License-Identifier: ISC */
/* evidence.c - the half of filing.h that reads a story. */
#include "base/uri.h"
#include "story/gemtext.h"
#include "wire/filing.h"
#include "wire/shape.h"

enum { CAPTION_BYTES = 300 };

const char *
evidence_name(enum evidence_kind kind)
{
    static const char *const names[] = {
        [EVIDENCE_SETTING] = "setting", [EVIDENCE_DATELINE] = "dateline",
        [EVIDENCE_SECTION] = "section", [EVIDENCE_ADDRESS] = "address",
        [EVIDENCE_TAGS] = "tags",       [EVIDENCE_TITLE] = "title",
        [EVIDENCE_LEAD] = "lead",       [EVIDENCE_TEXT] = "text",
        [EVIDENCE_NONE] = NULL,
    };
    return names[kind];
}

/* A line that is read as a text: not a heading, an image or its caption. */
static bool
is_paragraph(const struct gemline *line)
{
    bool text = line->kind == GEMLINE_TEXT || line->kind == GEMLINE_ITEM ||
                line->kind == GEMLINE_QUOTE;
    bool caption = line->text.len <= CAPTION_BYTES && shape_has_credit(line->text);
    return text && !caption && span_trim(line->text).len > 0;
}

static void
read_paragraphs(struct span body, struct region *region, struct evidence *out)
{
    struct span_list list = { { NULL, 0 }, 0 };
    struct gemtext walk = gemtext_walk(body);
    struct gemline line;
    while (gemtext_next(&walk, &line)) {
        if (!is_paragraph(&line))
            continue;
        if (out->lead.len == 0)
            out->lead = line.text;
        else
            span_list_add(&list, region, line.text);
    }
    out->paragraphs = list.spans;
}

/* The folders of the path; what stands in the last of them is the story's own name. */
static void
read_address(struct span source, struct region *region, struct evidence *out)
{
    struct span_list list = { { NULL, 0 }, 0 };
    struct uri uri;
    if (!uri_parse(source, URI_STRICT, &uri))
        return;
    for (struct span rest = uri.path, word; rest.at != NULL;) {
        word = span_cut(&rest, '/');
        if (rest.at != NULL && word.len > 0)
            span_list_add(&list, region, word);
    }
    out->address = list.spans;
}

/* What was kept: "dateline: Huế", "section: Giáo dục", "tag: học sinh". */
static void
read_kept(struct spans kept, struct region *region, struct evidence *out)
{
    struct span_list section = { { NULL, 0 }, 0 }, tags = { { NULL, 0 }, 0 };
    for (size_t i = 0; i < kept.count; i++) {
        struct span rest = kept.at[i], name = span_cut(&rest, ':');
        rest = span_trim(rest);
        if (span_equal(name, SPAN("dateline")))
            out->dateline = rest;
        else if (span_equal(name, SPAN("section")))
            span_list_add(&section, region, rest);
        else if (span_equal(name, SPAN("tag")))
            span_list_add(&tags, region, rest);
    }
    out->section = section.spans;
    out->tags = tags.spans;
}

void
evidence_read(const struct story *story, struct region *region, struct evidence *out)
{
    *out = (struct evidence){ .title = story->title };
    read_paragraphs(story->body, region, out);
    read_address(story->source, region, out);
    read_kept(story->evidence, region, out);
    if (out->dateline.len == 0)
        out->dateline = shape_dateline(out->lead);
}

/* What a story does not say itself, and decided where it is filed. */
static void
keep(struct span_list *kept, const struct mentions *mentions, enum evidence_kind by,
     struct span own_dateline, struct region *region)
{
    for (size_t i = 0; i < mentions->count; i++) {
        const struct mention *mention = &mentions->at[i];
        const char *name = mention->kind == EVIDENCE_DATELINE  ? "dateline"
                           : mention->kind == EVIDENCE_SECTION ? "section"
                           : mention->kind == EVIDENCE_TAGS    ? "tag"
                                                               : NULL;
        if (mention->kind != by || name == NULL || kept->spans.count == STORY_LIST_MAX ||
            (by == EVIDENCE_DATELINE && span_equal(mention->text, own_dateline)))
            continue;
        struct span entry = region_printf(region, "%s: %.*s", name, SPAN_ARG(mention->text));
        if (entry.len <= STORY_EVIDENCE_MAX && !spans_have(kept->spans, entry))
            span_list_add(kept, region, entry);
    }
}

void
filing_file(struct story *story, const struct evidence *besides, const struct taxonomy *cities,
            const struct taxonomy *themes, struct region *region, struct filing *out)
{
    struct span_list kept = { { NULL, 0 }, 0 };
    struct evidence evidence;
    evidence_read(story, region, &evidence);
    struct span own_dateline = shape_dateline(evidence.lead);
    if (besides != NULL) {
        evidence.cities_set = besides->cities_set;
        evidence.themes_set = besides->themes_set;
        evidence.section = besides->section;
        evidence.tags = besides->tags;
        if (besides->dateline.len > 0)
            evidence.dateline = besides->dateline;
    }
    filing_decide(cities, themes, &evidence, region, out);
    keep(&kept, &out->city_mentions, out->cities_by, own_dateline, region);
    keep(&kept, &out->theme_mentions, out->themes_by, own_dateline, region);
    story->cities = out->cities;
    story->themes = out->themes;
    story->evidence = kept.spans;
}
