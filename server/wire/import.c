/* SPDX-License-Identifier: ISC */
#include "wire/import.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* One import under way. */
struct import {
    const struct import_options *options;
    struct region *region;
    int content;
    struct terms terms;
    struct plaintext page;
    struct arrivals arrivals;
    struct shelf shelf;
    struct import_summary summary;
};

static enum status
open_content(struct import *import, struct fault *fault)
{
    import->content = open(import->options->content, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (import->content >= 0)
        return STATUS_OK;
    fault_set(fault, 0, "%s: %s", import->options->content, strerror(errno));
    return STATUS_FAILED;
}

static enum status
read_terms(struct import *import, struct fault *fault)
{
    const struct intake_options *intake = &import->options->intake;
    enum status status = terms_read(import->content, import->region, &import->terms, fault);
    if (status == STATUS_OK)
        status = terms_check(import->terms.cities, "cities.yaml", intake->cities, fault);
    if (status == STATUS_OK)
        status = terms_check(import->terms.themes, "themes.yaml", intake->themes, fault);
    if (status == STATUS_OK) {
        import->summary.no_cities = taxonomy_count(import->terms.cities) == 0;
        import->summary.no_themes = taxonomy_count(import->terms.themes) == 0;
    }
    return status;
}

static void
take_in(struct import *import)
{
    intake_make(&import->page, &import->terms, &import->options->intake, import->region,
                &import->arrivals);
    import->summary.mended = import->page.mended;
    import->summary.teasers_left = import->page.teasers_left;
    import->summary.future = import->arrivals.future;
}

static enum status
read_shelf(struct import *import, struct fault *fault)
{
    struct span_list slugs = { { NULL, 0 }, 0 }, titles = { { NULL, 0 }, 0 };
    for (size_t i = 0; i < import->arrivals.count; i++) {
        span_list_add(&slugs, import->region, import->arrivals.at[i].slug);
        span_list_add(&titles, import->region, import->arrivals.at[i].story.title);
    }
    struct wanted wanted = { slugs.spans, titles.spans, import->options->intake.source };
    enum status status = shelf_read(import->content, &wanted, import->region, &import->shelf);
    if (status != STATUS_OK)
        fault_set(fault, 0, "%s/stories: %s", import->options->content, strerror(errno));
    import->shelf.gone = import->options->gone;
    return status;
}

static enum status
place_all(struct import *import, struct fault *fault)
{
    size_t count = import->arrivals.count;
    struct placement *placements = region_array(import->region, count, sizeof *placements);
    enum status status = STATUS_OK;
    place_decide(&import->arrivals, &import->shelf, import->options->intake.now, import->region,
                 placements);
    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        if (!import->options->dry)
            status = place_write(import->content, &placements[i], fault);
        if (status != STATUS_OK)
            break;
        import->summary.stories++;
        import->summary.beside += placements[i].outcome == PLACE_BESIDE;
        import->summary.left += placements[i].outcome == PLACE_LEFT;
        if (import->options->report != NULL)
            import->options->report(import->options->whom, &placements[i]);
    }
    return status;
}

enum status
import_page(struct span bytes, const struct import_options *options, struct import_summary *out,
            struct fault *fault)
{
    struct import import = { .options = options, .region = region_new(), .content = -1 };
    enum status status = open_content(&import, fault);
    if (status == STATUS_OK)
        status = read_terms(&import, fault);
    if (status == STATUS_OK)
        status = plaintext_parse(bytes, import.region, &import.page, fault);
    if (status != STATUS_OK)
        goto done;
    take_in(&import);
    status = read_shelf(&import, fault);
    if (status == STATUS_OK)
        status = place_all(&import, fault);
    if (status == STATUS_OK)
        *out = import.summary;

done:
    if (import.content >= 0)
        close(import.content);
    region_free(import.region);
    return status;
}
