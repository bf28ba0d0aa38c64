/* SPDX-License-Identifier: ISC */
/* Any bytes as an answer: a head that is taken is bounded and fit to be shown, and a client that
 * hears it bit by bit comes to the same end. */
#include "base/text.h"
#include "base/uri.h"
#include "protocol/gemini.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool claim)
{
    if (!claim)
        abort();
}

static void
require_good(const struct gemini_head *head, struct span bytes)
{
    struct uri uri;
    require(head->status >= 10 && head->status <= 69);
    require(head->len <= bytes.len && head->len <= GEMINI_HEAD_MAX);
    require(span_ends(span_first(bytes, head->len), SPAN("\r\n")));
    require(head->meta.len > 0 || head->status >= 40);
    require(text_is_utf8(head->meta) && head->meta.len <= GEMINI_META_MAX);
    for (struct span rest = head->meta; rest.len > 0; rest = span_skip(rest, text_next(rest, NULL)))
        require(!text_is_control(rest));
    if (head->status >= 30 && head->status < 40)
        require(uri_parse(head->meta, URI_STRICT, &uri));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span bytes = { (const char *)data, size };
    struct gemini_head head, heard;
    enum parsed parsed = gemini_parse_head(bytes, &head);
    if (parsed == PARSED_WHOLE) {
        require_good(&head, bytes);
        require(gemini_parse_head(span_first(bytes, head.len - 1), &heard) == PARSED_PART);
        require(gemini_parse_head(span_first(bytes, head.len), &heard) == PARSED_WHOLE);
    }
    require(parsed != PARSED_PART || size < GEMINI_HEAD_MAX);
    return 0;
}
