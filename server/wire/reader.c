/* SPDX-License-Identifier: ISC */
#include "wire/reader.h"

#include "base/text.h"
#include "process/cell.h"

/* What comes out begins with it. */
enum { READ = 'r', REFUSED = 'b', TOO_LARGE = 'l' };

struct reader {
    struct cell *cell;
};

static void
work(const void *whom, struct span in, struct buffer *out)
{
    struct region *region = region_new();
    struct reading_options options;
    struct reading reading;
    struct fault fault = { 0, "its options can't be read" };
    enum status status = STATUS_BAD;
    (void)whom;
    if (reading_options_parse(&in, &options))
        status = reading_make(in, &options, region, &reading, &fault);
    buffer_add_char(out, status == STATUS_OK ? READ : status == STATUS_LIMIT ? TOO_LARGE : REFUSED);
    if (status == STATUS_OK)
        reading_print(&reading, out);
    else
        buffer_add_text(out, fault.what);
    region_free(region);
}

struct reader *
reader_new(enum sandbox_wish sandbox)
{
    struct reader *reader = memory_new(sizeof *reader);
    const struct cell_options options = { .work = work, .sandbox = sandbox };
    reader->cell = cell_new(&options);
    return reader;
}

void
reader_free(struct reader *reader)
{
    if (reader == NULL)
        return;
    cell_free(reader->cell);
    free(reader);
}

static enum status
take(struct span answer, struct region *region, struct reading *out, struct fault *fault)
{
    char kind = answer.len > 0 ? answer.at[0] : '\0';
    struct span rest = span_skip(answer, 1);
    if (kind == READ && reading_parse(rest, region, out) == STATUS_OK)
        return STATUS_OK;
    if (kind != REFUSED && kind != TOO_LARGE)
        return fault_set(fault, 0, "what reading it gave is damaged: left out");
    struct buffer words = BUFFER_EMPTY;
    text_clean(rest, &words);
    fault_write(fault, 0, "%s", buffer_text(&words));
    buffer_fini(&words);
    return kind == TOO_LARGE ? STATUS_LIMIT : STATUS_BAD;
}

enum status
reader_read(struct reader *reader, struct span bytes, const struct reading_options *options,
            struct region *region, struct reading *out, struct fault *fault)
{
    struct buffer in = BUFFER_EMPTY, answer = BUFFER_EMPTY;
    reading_options_print(options, &in);
    buffer_add(&in, bytes);
    enum status status = cell_ask(reader->cell, buffer_span(&in), &answer, fault);
    if (status == STATUS_OK)
        status = take(region_copy(region, buffer_span(&answer)), region, out, fault);
    buffer_fini(&in);
    buffer_fini(&answer);
    return status;
}
