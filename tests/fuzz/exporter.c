/* SPDX-License-Identifier: ISC */
/* Any bytes as a request for the metrics: what is told of a beginning is not taken back, but for
 * "more must come". */
#include "process/exporter.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span bytes = { (const char *)data, size };
    struct exporter_question whole = exporter_parse(bytes);
    struct exporter_question part = exporter_parse(span_first(bytes, size / 2));
    assert(part.asked == ASKED_PART || part.asked == whole.asked);
    assert(size < EXPORTER_REQUEST_MAX || whole.asked != ASKED_PART);
    assert(whole.asked != ASKED_METRICS || (size > 20 && span_has_char(bytes, '\n')));
    return 0;
}
