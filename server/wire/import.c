/* SPDX-License-Identifier: ISC */
#include "wire/import.h"

#include "base/file.h"
#include "base/text.h"

#include "wire/canonical.h"
#include "wire/licence.h"
#include "wire/reader.h"
#include "wire/recall.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct import {
    struct import_options options;
    struct region *region; /* of the terms */
    int content;
    struct terms terms;
    struct known *known;   /* as soon as somebody asks; NULL */
    bool looked;           /* through the folder, for one document */
    struct reader *reader; /* likewise */
    struct import_summary summary;
};

/* One document under way. */
struct parcel {
    struct import *import;
    struct region *region;
    const struct intake_options *intake;
    struct span claim; /* what it says is its address */
    struct arrivals arrivals;
    struct fingerprint text; /* of the article's body, if `printed` */
    bool printed;
    struct shelf shelf;
    enum recall_verdict verdict;
};

enum status
import_open(const struct import_options *options, struct import **out, struct fault *fault)
{
    struct import *import = memory_new(sizeof *import);
    *import = (struct import){ .options = *options, .region = region_new() };
    import->content = open(options->content, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum status status = import->content >= 0 ? STATUS_OK : STATUS_FAILED;
    if (status != STATUS_OK)
        fault_write(fault, 0, "%s: %s", options->content, strerror(errno));
    else
        status = terms_read(import->content, import->region, &import->terms, fault);
    if (status != STATUS_OK) {
        import_close(import);
        return status;
    }
    import->summary.no_cities = taxonomy_count(import->terms.cities) == 0;
    import->summary.no_themes = taxonomy_count(import->terms.themes) == 0;
    *out = import;
    return STATUS_OK;
}

void
import_close(struct import *import)
{
    if (import == NULL)
        return;
    if (import->content >= 0)
        close(import->content);
    reader_free(import->reader);
    known_free(import->known);
    region_free(import->region);
    free(import);
}

static enum status
know(struct import *import)
{
    return import->known != NULL ? STATUS_OK : known_read(import->content, &import->known);
}

/* Of a story with an address of its own, what we have is known by all its evidence. */
static enum status
find_story(struct parcel *parcel)
{
    const struct import *import = parcel->import;
    struct arrival *arrival = &parcel->arrivals.at[0];
    fingerprint_read(arrival->story.body, &parcel->text);
    parcel->printed = true;
    return recall(import->known, import->content, arrival, parcel->claim, &parcel->text,
                  parcel->intake->now, parcel->region, &parcel->shelf, &parcel->verdict);
}

static struct wanted
wanted_of(const struct parcel *parcel)
{
    struct span_list slugs = { { NULL, 0 }, 0 }, titles = { { NULL, 0 }, 0 };
    for (size_t i = 0; i < parcel->arrivals.count; i++) {
        span_list_add(&slugs, parcel->region, parcel->arrivals.at[i].slug);
        span_list_add(&titles, parcel->region, parcel->arrivals.at[i].story.title);
    }
    return (struct wanted){ slugs.spans, titles.spans, parcel->intake->source };
}

/* For one document there is one look through the folder; for more, what is there is remembered. */
static enum status
find_namesakes(struct parcel *parcel)
{
    struct import *import = parcel->import;
    struct wanted wanted = wanted_of(parcel);
    bool first = import->known == NULL && !import->looked;
    import->looked = true;
    if (first)
        return shelf_read(import->content, &wanted, parcel->region, &parcel->shelf);
    if (know(import) != STATUS_OK)
        return STATUS_FAILED;
    return recall_shelf(import->known, import->content, &wanted, parcel->region, &parcel->shelf);
}

static enum status
read_shelf(struct parcel *parcel, struct fault *fault)
{
    struct import *import = parcel->import;
    bool addressed = parcel->intake->alone && parcel->intake->source.len > 0;
    enum status status = addressed ? know(import) : STATUS_OK;
    if (status == STATUS_OK)
        status = addressed ? find_story(parcel) : find_namesakes(parcel);
    if (status != STATUS_OK) {
        fault_write(fault, 0, "%s/stories: %s", import->options.content, strerror(errno));
        return STATUS_FAILED;
    }
    parcel->shelf.gone = import->options.gone;
    return STATUS_OK;
}

static void
count(struct import_summary *summary, enum outcome outcome)
{
    summary->stories++;
    summary->made += outcome == PLACE_NEW;
    summary->updated += outcome == PLACE_UPDATED;
    summary->beside += outcome == PLACE_BESIDE;
    summary->left += outcome == PLACE_LEFT;
}

/* The version that an update replaces, for whoever wants it back. */
static enum status
keep_previous(const struct import *import, const struct placement *placement, struct fault *fault)
{
    enum status status = STATUS_OK;
    if (placement->outcome != PLACE_UPDATED || import->options.previous == NULL ||
        import->options.dry)
        return STATUS_OK;
    status = file_make_folder(AT_FDCWD, import->options.previous, 0755);
    struct buffer path = BUFFER_EMPTY;
    buffer_printf(&path, "%s/%.*s.gmi", import->options.previous, SPAN_ARG(placement->slug));
    if (status == STATUS_OK)
        status = file_write(AT_FDCWD, buffer_text(&path), placement->old->bytes, 0644);
    if (status != STATUS_OK)
        fault_write(fault, 0, "%s: %s", buffer_text(&path), strerror(errno));
    buffer_fini(&path);
    return status;
}

/* The article's, as it arrived: an update may say more than its page. */
static const struct fingerprint *
text_of(const struct parcel *parcel, const struct placement *placement)
{
    bool same = parcel->printed && placement->outcome == PLACE_NEW &&
                placement->filing == &parcel->arrivals.at[0].filing;
    return same ? &parcel->text : NULL;
}

static enum status
place_one(struct parcel *parcel, const struct placement *placement, struct fault *fault)
{
    struct import *import = parcel->import;
    bool writes = placement->outcome == PLACE_NEW || placement->outcome == PLACE_UPDATED;
    enum status status = keep_previous(import, placement, fault);
    if (status == STATUS_OK && !import->options.dry)
        status = place_write(import->content, placement, fault);
    if (status != STATUS_OK)
        return status;
    if (import->known != NULL && writes && !import->options.dry)
        known_put(import->known, placement->path, placement->bytes, text_of(parcel, placement));
    count(&import->summary, placement->outcome);
    if (import->options.report != NULL)
        import->options.report(import->options.whom, placement);
    return STATUS_OK;
}

static enum status
place_all(struct parcel *parcel, struct fault *fault)
{
    size_t most = parcel->arrivals.count;
    struct placement *placements = region_array(parcel->region, most, sizeof *placements);
    enum status status = STATUS_OK;
    if (parcel->verdict == RECALL_SKIP) {
        parcel->import->summary.stories++;
        return STATUS_OK;
    }
    if (parcel->verdict == RECALL_ALSO) {
        place_also(&parcel->shelf.at[0], parcel->intake->source, parcel->intake->site,
                   parcel->region, &placements[0]);
        return place_one(parcel, &placements[0], fault);
    }
    place_decide(&parcel->arrivals, &parcel->shelf, parcel->intake->now, parcel->region,
                 placements);
    for (size_t i = 0; i < most && status == STATUS_OK; i++)
        status = place_one(parcel, &placements[i], fault);
    return status;
}

static void
note(struct import *import, const struct document *document, const struct arrivals *arrivals)
{
    struct import_summary *summary = &import->summary;
    summary->mended |= document->text.mended;
    summary->teasers_left += document->text.teasers_left;
    summary->future |= arrivals->future;
    if (document->whole)
        return;
    summary->incomplete = true;
    snprintf(summary->reason, sizeof summary->reason, "%.*s", SPAN_ARG(document->reason));
}

enum status
import_document(struct import *import, const struct document *document,
                const struct intake_options *intake, struct fault *fault)
{
    struct parcel parcel = { .import = import,
                             .region = region_new(),
                             .intake = intake,
                             .claim = document->canonical,
                             .verdict = RECALL_PLACE };
    enum status status = terms_check(import->terms.cities, "cities.yaml", intake->cities, fault);
    if (status == STATUS_OK)
        status = terms_check(import->terms.themes, "themes.yaml", intake->themes, fault);
    if (status != STATUS_OK)
        goto done;
    intake_make(&document->text, &import->terms, intake, parcel.region, &parcel.arrivals);
    if (document->text.lead.len == 0 && document->summary.len > 0)
        parcel.arrivals.at[0].story.summary = text_cut(document->summary, INTAKE_SUMMARY_BYTES);
    for (size_t i = 0; i < parcel.arrivals.count; i++)
        if (span_equal_nocase(parcel.arrivals.at[i].story.lang, import->options.lang))
            parcel.arrivals.at[i].story.lang = SPAN("");
    note(import, document, &parcel.arrivals);
    status = read_shelf(&parcel, fault);
    if (status == STATUS_OK)
        status = place_all(&parcel, fault);

done:
    region_free(parcel.region);
    return status;
}

/* What the command line says is of every document, what a document says is its own. */
static struct intake_options
intake_of(const struct import_options *options, const struct document *document,
          enum source_kind kind, struct region *region)
{
    struct intake_options intake = options->intake;
    intake.alone = kind != SOURCE_TEXT;
    intake.partial = !document->whole;
    intake.updated = document->updated;
    if (kind == SOURCE_FEED && !canonical_url(document->url, region, &intake.source))
        intake.source = document->url;
    if (intake.source.len == 0)
        intake.source = document->url.len > 0 ? document->url : document->canonical;
    if (kind == SOURCE_PAGE && options->intake.source.len == 0 && document->url.len > 0 &&
        !canonical_choose(document->url, document->canonical, region, &intake.source))
        intake.source = document->url;
    if (intake.lang.len == 0)
        intake.lang = document->lang;
    return intake;
}

static enum status
import_reading(struct import *import, const struct reading *reading,
               const struct import_options *options, struct region *region, struct fault *fault)
{
    static const struct source source = { .licence = LICENCE_FULL };
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < reading->count; i++) {
        struct document document = reading->at[i];
        struct intake_options intake = intake_of(options, &document, reading->kind, region);
        intake.site = reading->title;
        licence_apply(&document, &source, intake.source, reading->title, region);
        status = import_document(import, &document, &intake, fault);
    }
    import->summary.mended |= reading->mended;
    import->summary.teasers_left += reading->kind == SOURCE_TEXT ? reading->left : 0;
    return status;
}

enum status
import_bytes(struct import *import, struct span bytes, const struct import_options *options,
             struct import_summary *out, struct fault *fault)
{
    struct region *region = region_new();
    struct reading reading;
    struct reading_options how = options->reading;
    struct fault inner;
    if (import->reader == NULL)
        import->reader = reader_new(options->sandbox);
    if (how.url.len == 0)
        how.url = options->intake.source;
    how.now = options->intake.now;
    import->summary = (struct import_summary){ .no_cities = import->summary.no_cities,
                                               .no_themes = import->summary.no_themes };
    enum status status = reader_read(import->reader, bytes, &how, region, &reading, &inner);
    if (status == STATUS_OK)
        status = import_reading(import, &reading, options, region, fault);
    else if (options->name != NULL)
        fault_write(fault, 0, "%s: %s", options->name, inner.what);
    else
        *fault = inner;
    if (status == STATUS_OK)
        *out = import->summary;
    region_free(region);
    return status;
}

enum status
import_page(struct span bytes, const struct import_options *options, struct import_summary *out,
            struct fault *fault)
{
    struct import *import = NULL;
    enum status status = import_open(options, &import, fault);
    if (status == STATUS_OK)
        status = import_bytes(import, bytes, options, out, fault);
    import_close(import);
    return status;
}
