/* SPDX-License-Identifier: ISC */
/* Any bytes as a file of counters, and any numbers in a sound one: whatever is taken can be
 * printed, and JSON and Prometheus' text can be read. */
#include "process/counters.h"

#include "base/buffer.h"
#include "numbers.h"
#include "process/metrics_print.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
print(const struct metric_values *values, int64_t now)
{
    struct buffer text = BUFFER_EMPTY, json = BUFFER_EMPTY;
    struct numbers numbers;
    metrics_print_text(values, now, &text);
    buffer_add_text(&json, "{\n");
    metrics_print_json(values, now, &json);
    buffer_add_text(&json, "}\n");
    numbers_of_json(buffer_text(&json), &numbers);
    assert(numbers.fault[0] == '\0');
    assert(text.len > 0);
    buffer_fini(&text);
    buffer_fini(&json);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct counters_sample sample;
    struct fault fault = { 0, "" };
    struct metric_values values = { { 0 } };
    enum status status = counters_parse((struct span){ (const char *)data, size }, &sample, &fault);
    assert(status == STATUS_OK || status == STATUS_BUSY || fault.what[0] != '\0');
    if (status == STATUS_OK)
        print(&sample.values, sample.at);
    memcpy(&values, data, size < sizeof values ? size : sizeof values);
    print(&values, (int64_t)values.at[0]);
    return 0;
}
