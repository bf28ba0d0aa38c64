/* SPDX-License-Identifier: ISC */
#include "tool/check.h"

#include "base/yaml.h"
#include "wire/source.h"

static void
check_slugs(struct check *check, const struct source *source, const struct taxonomy *taxonomy,
            const char *file, struct spans slugs)
{
    for (size_t i = 0; i < slugs.count; i++)
        if (taxonomy_find(taxonomy, slugs.at[i]) == NULL)
            findings_add(&check->findings, FINDING_FAULT, span_of(check->options->settings_path),
                         source->line, "the source `%.*s`: `%.*s` is not in %s: add it there",
                         SPAN_ARG(source->name), SPAN_ARG(slugs.at[i]), file);
}

void
check_sources(struct check *check)
{
    struct sources sources;
    struct fault fault = { 0, "" };
    if (check->options->sources == NULL)
        return;
    if (sources_parse(check->options->sources, check->region, &sources, &fault) != STATUS_OK) {
        findings_add(&check->findings, FINDING_FAULT, span_of(check->options->settings_path),
                     fault.line, "%s", fault.what);
        return;
    }
    for (size_t i = 0; check->terms.cities != NULL && i < sources.count; i++) {
        const struct source *source = &sources.at[i];
        check_slugs(check, source, check->terms.cities, "cities.yaml", source->cities);
        check_slugs(check, source, check->terms.themes, "themes.yaml", source->themes);
    }
    if (check->options->contact.len == 0 && sources.count > 0)
        findings_add(&check->findings, FINDING_HINT, span_of(check->options->settings_path),
                     check->options->sources->key_line,
                     "whoever keeps a source does not know whom to turn to: add `contact: …`, a "
                     "mail or web address");
}
