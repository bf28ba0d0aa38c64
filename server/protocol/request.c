/* SPDX-License-Identifier: ISC */
#include "protocol/request.h"

#include "base/buffer.h"
#include "base/text.h"
#include "base/uri.h"

/* ASCII in which nothing is to be decoded. */
static bool
is_as_it_is(struct span raw)
{
    for (size_t i = 0; i < raw.len; i++)
        if (raw.at[i] == '%' || raw.at[i] == '\0' || (unsigned char)raw.at[i] >= 0x80)
            return false;
    return true;
}

/* One segment, decoded, in NFC. false: it can't be a name. */
static bool
read_segment(struct span raw, struct region *region, struct span *out)
{
    if (is_as_it_is(raw)) { /* nearly always */
        *out = raw;
        return true;
    }
    struct buffer decoded = BUFFER_EMPTY, nfc = BUFFER_EMPTY;
    uri_decode(raw, &decoded);
    struct span text = buffer_span(&decoded);
    bool fine = !span_has_char(text, '\0') && text_is_utf8(text);
    if (fine) {
        text_nfc(text, &nfc);
        *out = region_copy(region, buffer_span(&nfc));
    }
    buffer_fini(&nfc);
    buffer_fini(&decoded);
    return fine;
}

/* "." and "..", however they were written (specs 1.4: after decoding). */
static bool
step(struct span_list *list, struct span segment, struct region *region)
{
    if (span_equal(segment, SPAN(".")))
        return true;
    if (span_equal(segment, SPAN(".."))) {
        if (list->spans.count == 0)
            return false;
        list->spans.count--;
        return true;
    }
    if (list->spans.count == REQUEST_SEGMENTS_MAX)
        return false;
    span_list_add(list, region, segment);
    return true;
}

bool
request_from_path(struct span path, struct span query, bool has_query, struct region *region,
                  struct request *out)
{
    struct request request = { .slash = true, .has_query = has_query, .raw_query = query };
    struct span_list list = { { NULL, 0 }, 0 };
    struct buffer decoded = BUFFER_EMPTY;
    for (struct span rest = path; rest.at != NULL;) {
        struct span raw = span_cut(&rest, '/'), segment = raw;
        request.slash = raw.len == 0;
        if (raw.len == 0)
            continue; /* repeated slashes are one */
        if (!read_segment(raw, region, &segment) || !step(&list, segment, region))
            return false;
        request.slash = span_equal(segment, SPAN(".")) || span_equal(segment, SPAN(".."));
    }
    uri_decode(query, &decoded);
    request.query = region_copy(region, buffer_span(&decoded));
    request.segments = list.spans;
    request.slash = request.slash || list.spans.count == 0;
    buffer_fini(&decoded);
    *out = request;
    return true;
}
