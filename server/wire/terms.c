/* SPDX-License-Identifier: ISC */
#include "wire/terms.h"

#include "base/file.h"

#include <errno.h>
#include <string.h>

static enum status
read_taxonomy(int content, const char *file, struct region *region, struct taxonomy **out,
              struct fault *fault)
{
    struct buffer bytes = BUFFER_EMPTY;
    struct fault inner = { 0, "" };
    enum status status = file_read(content, file, TAXONOMY_BYTES_MAX, &bytes);
    if (status == STATUS_ABSENT)
        status = STATUS_OK;
    if (status == STATUS_OK) {
        status = taxonomy_parse(region_copy(region, buffer_span(&bytes)), region, out, &inner);
        if (status != STATUS_OK)
            fault_set(fault, inner.line, "%s:%zu: %.200s", file, inner.line, inner.what);
    } else {
        fault_set(fault, 0, "%s: %s", file,
                  status == STATUS_LIMIT ? "too large for a taxonomy" : strerror(errno));
    }
    buffer_fini(&bytes);
    return status;
}

enum status
terms_read(int content, struct region *region, struct terms *out, struct fault *fault)
{
    struct terms terms = { NULL, NULL };
    enum status status = read_taxonomy(content, "cities.yaml", region, &terms.cities, fault);
    if (status == STATUS_OK)
        status = read_taxonomy(content, "themes.yaml", region, &terms.themes, fault);
    if (status == STATUS_OK)
        *out = terms;
    return status;
}

enum status
terms_check(const struct taxonomy *taxonomy, const char *file, struct spans slugs,
            struct fault *fault)
{
    for (size_t i = 0; i < slugs.count; i++)
        if (taxonomy_find(taxonomy, slugs.at[i]) == NULL)
            return fault_set(fault, 0, "`%.*s` is no slug of %s",
                             (int)(slugs.at[i].len < 100 ? slugs.at[i].len : 100), slugs.at[i].at,
                             file);
    return STATUS_OK;
}
