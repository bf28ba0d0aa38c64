/* SPDX-License-Identifier: ISC */
#include "tool/findings.h"

#include "base/buffer.h"

#include <stdarg.h>

void
findings_add(struct findings *findings, enum weight weight, struct span path, size_t line,
             const char *format, ...)
{
    struct buffer what = BUFFER_EMPTY;
    va_list arguments;
    va_start(arguments, format);
    buffer_vprintf(&what, format, arguments);
    va_end(arguments);
    if (findings->count == findings->room) {
        findings->room = findings->room == 0 ? 64 : 2 * findings->room;
        findings->at = memory_grow(findings->at, findings->room * sizeof *findings->at);
    }
    findings->at[findings->count++] =
        (struct finding){ region_copy(findings->region, path),
                          region_copy(findings->region, buffer_span(&what)), line, weight };
    buffer_fini(&what);
}

static int
by_place(const void *left, const void *right)
{
    const struct finding *a = left, *b = right;
    int order = span_compare(a->path, b->path);
    if (order == 0)
        order = a->line < b->line ? -1 : a->line > b->line;
    return order != 0 ? order : span_compare(a->what, b->what);
}

void
findings_settle(struct findings *findings)
{
    size_t kept = 0;
    if (findings->count == 0)
        return;
    qsort(findings->at, findings->count, sizeof *findings->at, by_place);
    for (size_t i = 1; i < findings->count; i++)
        if (by_place(&findings->at[kept], &findings->at[i]) != 0)
            findings->at[++kept] = findings->at[i];
    findings->count = kept + 1;
}

size_t
findings_count(const struct findings *findings, enum weight weight)
{
    size_t count = 0;
    for (size_t i = 0; i < findings->count; i++)
        count += findings->at[i].weight == weight;
    return count;
}

void
findings_print(const struct findings *findings, FILE *to)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->at[i];
        fprintf(to, "%.*s:", SPAN_ARG(finding->path));
        if (finding->line > 0)
            fprintf(to, "%zu:", finding->line);
        fprintf(to, " %s%.*s\n", finding->weight == FINDING_HINT ? "hint: " : "",
                SPAN_ARG(finding->what));
    }
}

void
findings_fini(struct findings *findings)
{
    free(findings->at);
    findings->at = NULL;
    findings->count = findings->room = 0;
}
