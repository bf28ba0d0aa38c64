/* SPDX-License-Identifier: ISC */
#include "wire/html.h"

#include "base/text.h"

#include <string.h>
#include <strings.h>

/* Elements whose content is no markup. */
static const struct raw {
    struct span name;
    enum { WHOLE, CONTENT, ESCAPE } loses; /* all of it; what is in it; only the `<`s in it */
    bool certain;                          /* unclosed, it takes the rest of the page */
} raws[] = {
    { SPAN("script"), WHOLE, true },    { SPAN("style"), WHOLE, true },
    { SPAN("svg"), WHOLE, false },      { SPAN("template"), WHOLE, false },
    { SPAN("textarea"), WHOLE, false }, { SPAN("iframe"), CONTENT, false },
    { SPAN("noframes"), WHOLE, false }, { SPAN("title"), ESCAPE, false },
    { SPAN("math"), WHOLE, false },
};

enum { RAWS = sizeof raws / sizeof raws[0] };

struct stripping {
    struct span text;
    size_t at;
    size_t elements;
    bool unclosed[RAWS]; /* no end of it follows: it was looked for */
    struct region *region;
    struct buffer *out;
    struct span_list *ld;
    size_t ld_bytes;
};

static bool
is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool
is_space(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* Writes "&#150;" as the dash that windows-1252 has there; false: it is no such thing. */
static bool
add_old_reference(struct stripping *it)
{
    static const char *const high[32] = {
        "€", "",  "‚", "ƒ", "„", "…", "†", "‡", "ˆ", "‰", "Š", "‹", "Œ", "", "Ž", "",
        "",  "‘", "’", "“", "”", "•", "–", "—", "˜", "™", "š", "›", "œ", "", "ž", "Ÿ",
    };
    struct span digits = span_first(span_skip(it->text, it->at + 2), 3);
    uint64_t number;
    if (it->text.at[it->at + 1] != '#' || !span_number(digits, 0x9F, &number) || number < 0x80 ||
        digits.len < 3)
        return false;
    buffer_add_text(it->out, high[number - 0x80]);
    it->at += 5;
    if (it->at < it->text.len && it->text.at[it->at] == ';')
        it->at++;
    return true;
}

/* Copies up to `end`: without controls, and references of before Unicode as what they meant. */
static void
copy(struct stripping *it, size_t end, bool escaped)
{
    while (it->at < end) {
        size_t from = it->at;
        while (it->at < end && (unsigned char)it->text.at[it->at] >= 0x20 &&
               it->text.at[it->at] != '&' && !(escaped && it->text.at[it->at] == '<'))
            it->at++;
        buffer_add(it->out, (struct span){ it->text.at + from, it->at - from });
        if (it->at >= end)
            break;
        char byte = it->text.at[it->at];
        if (byte == '&' && it->at + 1 < it->text.len && add_old_reference(it))
            continue;
        if (byte == '<')
            buffer_add_text(it->out, "&lt;");
        else if (byte == '&' || is_space(byte))
            buffer_add_char(it->out, byte);
        it->at++;
    }
}

/* Where the attribute at `from` ends (quotes respected). */
static size_t
attribute_end(struct span text, size_t from)
{
    size_t at = from;
    while (at < text.len && !is_space(text.at[at]) && text.at[at] != '>' && text.at[at] != '=')
        at++;
    size_t equals = at;
    while (equals < text.len && is_space(text.at[equals]))
        equals++;
    if (equals >= text.len || text.at[equals] != '=')
        return at > from ? at : at + 1;
    for (at = equals + 1; at < text.len && is_space(text.at[at]);)
        at++;
    if (at < text.len && (text.at[at] == '"' || text.at[at] == '\'')) {
        const char *close = memchr(text.at + at + 1, text.at[at], text.len - at - 1);
        return close != NULL ? (size_t)(close - text.at) + 1 : text.len;
    }
    while (at < text.len && !is_space(text.at[at]) && text.at[at] != '>')
        at++;
    return at;
}

/* Copies the tag whose name ends at `at`, as far as the limits let it. */
static void
copy_tag(struct stripping *it, size_t name_end)
{
    size_t count = 0, at = name_end;
    copy(it, name_end, false);
    while (at < it->text.len && it->text.at[at] != '>') {
        if (is_space(it->text.at[at]) || it->text.at[at] == '/') {
            at++;
            continue;
        }
        size_t end = attribute_end(it->text, at);
        if (count++ < HTML_ATTRIBUTES_MAX && end - at <= HTML_VALUE_MAX) {
            buffer_add_char(it->out, ' ');
            it->at = at;
            copy(it, end, false);
        }
        at = end;
    }
    bool closed = at > name_end && it->text.at[at - 1] == '/' && at < it->text.len;
    it->at = at < it->text.len ? at + 1 : at;
    buffer_add_text(it->out, closed ? "/>" : ">");
}

static size_t
tag_end(struct span text, size_t name_end)
{
    size_t at = name_end;
    while (at < text.len && text.at[at] != '>')
        at = is_space(text.at[at]) || text.at[at] == '/' ? at + 1 : attribute_end(text, at);
    return at < text.len ? at + 1 : text.len;
}

/* Where "</name" stands next from `at` on; the text's end: nowhere. */
static size_t
find_close(struct span text, size_t at, struct span name)
{
    while (at < text.len) {
        const char *open = memmem(text.at + at, text.len - at, "</", 2);
        if (open == NULL)
            return text.len;
        at = (size_t)(open - text.at);
        if (span_equal_nocase(span_first(span_skip(text, at + 2), name.len), name))
            return at;
        at += 2;
    }
    return text.len;
}

static void
keep_data(struct stripping *it, struct span tag, struct span content)
{
    for (size_t at = 0; at + 7 <= tag.len; at++)
        if (strncasecmp(tag.at + at, "ld+json", 7) == 0) {
            it->ld_bytes += content.len;
            if (it->ld_bytes <= HTML_SCRIPT_MAX)
                span_list_add(it->ld, it->region, content);
            return;
        }
}

/* Deals with an element whose content is no markup; false: it isn't one. */
static bool
strip_raw(struct stripping *it, struct span name, size_t name_end)
{
    size_t i = 0;
    while (i < RAWS && !span_equal_nocase(name, raws[i].name))
        i++;
    if (i == RAWS || it->unclosed[i])
        return false;
    size_t content = tag_end(it->text, name_end);
    if (content >= 2 && it->text.at[content - 2] == '/' && !raws[i].certain)
        return false;
    size_t close = find_close(it->text, content, name);
    it->unclosed[i] = close == it->text.len;
    if (it->unclosed[i] && !raws[i].certain)
        return false;
    keep_data(it, (struct span){ it->text.at + it->at, content - it->at },
              (struct span){ it->text.at + content, close - content });
    if (raws[i].loses == WHOLE) {
        it->at = tag_end(it->text, close);
        buffer_add_char(it->out, ' ');
        return true;
    }
    copy_tag(it, name_end);
    if (raws[i].loses == ESCAPE)
        copy(it, close, true);
    it->at = close;
    return true;
}

static void
skip_past(struct stripping *it, struct span mark)
{
    size_t at;
    if (span_find(span_skip(it->text, it->at), mark, &at))
        it->at += at + mark.len;
    else
        it->at = it->text.len;
}

/* What `<` begins. */
static void
strip_markup(struct stripping *it)
{
    struct span rest = span_skip(it->text, it->at);
    if (span_starts(rest, SPAN("<!--"))) {
        it->at += span_starts(rest, SPAN("<!-->")) ? 2 : 4;
        skip_past(it, SPAN("-->"));
        return;
    }
    if (rest.len > 1 && (rest.at[1] == '!' || rest.at[1] == '?')) {
        skip_past(it, SPAN(">"));
        return;
    }
    size_t slash = rest.len > 1 && rest.at[1] == '/', len = 0;
    while (1 + slash + len < rest.len && !is_space(rest.at[1 + slash + len]) &&
           strchr("/><", rest.at[1 + slash + len]) == NULL)
        len++;
    struct span name = span_first(span_skip(rest, 1 + slash), len);
    if (len == 0 || !is_letter(name.at[0])) {
        copy(it, it->at + 1, true);
        return;
    }
    size_t name_end = it->at + 1 + slash + len;
    if (slash || !strip_raw(it, name, name_end)) {
        it->elements++;
        copy_tag(it, name_end);
    }
}

void
html_strip(struct span text, struct region *region, struct buffer *out, struct span_list *ld)
{
    struct stripping it = { .text = text, .region = region, .out = out, .ld = ld };
    while (it.at < text.len && it.elements < 2 * HTML_ELEMENTS_MAX) {
        const char *open = memchr(text.at + it.at, '<', text.len - it.at);
        copy(&it, open != NULL ? (size_t)(open - text.at) : text.len, false);
        if (it.at < text.len)
            strip_markup(&it);
    }
}
