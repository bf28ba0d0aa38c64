/* SPDX-License-Identifier: ISC */
#include "wire/lines.h"

#include "base/text.h"

#include <string.h>

struct span
line_clean(struct span text, struct region *region)
{
    struct buffer clean = BUFFER_EMPTY;
    text = span_trim_lines(text);
    if (text_is_clean(text))
        return region_copy(region, text);
    text_clean(text, &clean);
    struct span copy = region_copy(region, buffer_span(&clean));
    buffer_fini(&clean);
    return copy;
}

struct span
line_key(struct span text, struct region *region)
{
    struct buffer key = BUFFER_EMPTY;
    text_key(text, &key);
    struct span copy = region_copy(region, buffer_span(&key));
    buffer_fini(&key);
    return copy;
}

/* The length of the line end `text` begins with; 0: it begins with none. */
static size_t
end_length(struct span text)
{
    static const char *const ends[] = { "\r\n", "\n",       "\r",           "\v",
                                        "\f",   "\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9" };
    unsigned char first = (unsigned char)text.at[0];
    if (first > '\r' && first < 0xC2)
        return 0;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (span_starts(text, span_of(ends[i])))
            return strlen(ends[i]);
    return 0;
}

/* Takes one line off *rest; as span_cut. */
static struct span
take_line(struct span *rest)
{
    for (size_t at = 0; at < rest->len; at++) {
        size_t end = end_length(span_skip(*rest, at));
        if (end > 0) {
            struct span line = span_first(*rest, at);
            *rest = span_skip(*rest, at + end);
            return line;
        }
    }
    struct span line = *rest;
    *rest = (struct span){ NULL, 0 };
    return line;
}

/* Lines that are still being collected. */
struct collection {
    struct line *at;
    size_t count, room, gaps;
};

static void
collect(struct collection *lines, struct line line)
{
    if (lines->count == lines->room) {
        lines->room = lines->room == 0 ? 64 : 2 * lines->room;
        lines->at = memory_grow(lines->at, lines->room * sizeof *lines->at);
    }
    lines->gaps += lines->count > 0 && line.gap;
    lines->at[lines->count++] = line;
}

static void
settle(const struct collection *lines, struct region *region, struct lines *out)
{
    struct line *kept = region_array(region, lines->count + 1, sizeof *kept);
    if (lines->count > 0)
        memcpy(kept, lines->at, lines->count * sizeof *kept);
    out->at = kept;
    out->count = lines->count;
    out->gapped = lines->gaps * 3 > lines->count;
}

static bool
is_among(char byte, const char *bytes)
{
    return byte != '\0' && strchr(bytes, byte) != NULL;
}

/* A picture, a PDF, UTF-16 without its mark: a twentieth of it are bytes that no text has. What
 * little text has by mistake is taken out. */
static bool
is_text(struct span bytes)
{
    enum { FEW = 32 };
    size_t controls = 0;
    for (size_t i = 0; i < bytes.len; i++)
        controls += (unsigned char)bytes.at[i] < 0x20 && !is_among(bytes.at[i], "\t\n\v\f\r\033");
    return controls <= FEW || controls * 20 <= bytes.len;
}

static enum status
check(struct span bytes, size_t most, struct fault *fault)
{
    if (bytes.len > most) {
        fault_set(fault, 0, "a page holds at most %zu bytes", most);
        return STATUS_LIMIT;
    }
    if (span_starts(bytes, SPAN("\xFF\xFE")) || span_starts(bytes, SPAN("\xFE\xFF")))
        return fault_set(fault, 1, "the text is UTF-16: save it as UTF-8");
    if (!is_text(bytes))
        return fault_set(fault, 1, "this is no text: save the page as plain text in UTF-8");
    return STATUS_OK;
}

enum status
lines_split(struct span bytes, size_t most, struct region *region, struct lines *out,
            struct fault *fault)
{
    struct collection lines = { NULL, 0, 0, 0 };
    bool gap = false;
    enum status status = check(bytes, most, fault);
    if (status != STATUS_OK)
        return status;
    for (struct span rest = bytes; rest.at != NULL && lines.count <= LINES_MAX;) {
        struct span raw = take_line(&rest);
        struct line line = { .gap = gap };
        if (raw.len > 0)
            line.key = line_key(raw, region);
        if (line.key.len > 0) {
            line.text = line_clean(raw, region);
            /* Anew: what the cleaning took out may have parted a word. */
            line.key = line_key(line.text, region);
            collect(&lines, line);
        }
        gap = line.key.len == 0;
    }
    if (lines.count > LINES_MAX) {
        fault_set(fault, 0, "a page holds at most %d lines", LINES_MAX);
        status = STATUS_LIMIT;
    } else {
        settle(&lines, region, out);
        out->mended = !text_is_utf8(bytes);
    }
    free(lines.at);
    return status;
}
