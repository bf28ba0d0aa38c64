/* SPDX-License-Identifier: ISC */
#include "story/parts.h"

static bool
is_fence(struct span line)
{
    return span_starts(line, SPAN("---")) && span_trim(span_skip(line, 3)).len == 0;
}

enum status
parts_split(struct span file, struct parts *out, struct fault *fault)
{
    struct span rest = span_starts(file, SPAN("\xEF\xBB\xBF")) ? span_skip(file, 3) : file;
    size_t line = PARTS_FRONT_LINE;
    if (!is_fence(span_line(&rest)))
        return fault_set(fault, 1,
                         "the first line must be ---, with the front matter below it (`title: …` "
                         "at least) and another --- behind that");
    for (struct span front = rest; rest.at != NULL; line++) {
        const char *begin = rest.at;
        if (!is_fence(span_line(&rest)))
            continue;
        front.len = (size_t)(begin - front.at);
        *out = (struct parts){ front, rest, line + 1 };
        return STATUS_OK;
    }
    return fault_set(fault, 1, "the front matter is never closed: add a line of --- below it");
}
