/* SPDX-License-Identifier: ISC */
#include "protocol/http.h"

/* The last item behind a comma. */
static struct span
take_last(struct span *list)
{
    size_t len = list->len;
    while (len > 0 && list->at[len - 1] != ',')
        len--;
    struct span item = span_trim(span_skip(*list, len));
    *list = span_first(*list, len > 0 ? len - 1 : 0);
    return item;
}

/* Of "for=a;by=x" what stands behind `for=`; of others all. */
static struct span
for_of(struct span item)
{
    struct span rest = item;
    if (!span_has_char(item, '='))
        return item;
    while (rest.at != NULL) {
        struct span pair = span_trim(span_cut(&rest, ';'));
        if (span_equal_nocase(span_first(pair, 4), SPAN("for=")))
            return span_skip(pair, 4);
    }
    return SPAN("");
}

/* Without quotes, brackets and port. */
static struct span
bare_address(struct span text)
{
    struct span rest = text;
    if (text.len >= 2 && text.at[0] == '"' && text.at[text.len - 1] == '"')
        text = rest = span_first(span_skip(text, 1), text.len - 2);
    if (span_starts(text, SPAN("["))) {
        rest = span_skip(text, 1);
        return span_cut(&rest, ']');
    }
    struct span first = span_cut(&rest, ':');
    return span_has_char(rest, ':') ? text : first; /* IPv6, or IPv4 and a port */
}

struct span
http_forwarded_last(struct span *list)
{
    return bare_address(for_of(take_last(list)));
}
