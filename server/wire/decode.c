/* SPDX-License-Identifier: ISC */
#include "wire/decode.h"

#include "base/buffer.h"
#include "base/text.h"
#include "wire/decode_tables.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

enum { SNIFFED_BYTES = 4096, NAME_MAX_BYTES = 40 };

#define REPLACEMENT SPAN("\xEF\xBF\xBD")

/* Other names of what we read ourselves. */
static const struct name {
    const char *alias, *name;
} names[] = {
    { "utf8", "utf-8" },
    { "unicode-1-1-utf-8", "utf-8" },
    { "us-ascii", "windows-1252" },
    { "ascii", "windows-1252" },
    { "iso-8859-1", "windows-1252" },
    { "iso8859-1", "windows-1252" },
    { "latin1", "windows-1252" },
    { "latin-1", "windows-1252" },
    { "cp1252", "windows-1252" },
    { "ansi", "windows-1252" },
    { "cp1250", "windows-1250" },
    { "cp1251", "windows-1251" },
    { "cp1253", "windows-1253" },
    { "cp1254", "windows-1254" },
    { "iso-8859-9", "windows-1254" },
    { "cp1257", "windows-1257" },
    { "cp1258", "windows-1258" },
    { "x-cp1258", "windows-1258" },
    { "tcvn", "tcvn3" },
    { "tcvn-3", "tcvn3" },
    { "x-tcvn3", "tcvn3" },
    { "tcvn5712-1", "tcvn3" },
    { "abc", "tcvn3" },
    { "vni-windows", "vni" },
    { "x-vni", "vni" },
    { "viscii1.1-1", "viscii" },
    { "unicode", "utf-16le" },
    { "utf-16", "utf-16le" },
};

static const struct decode_table *
find_table(struct span name)
{
    for (const struct decode_table *table = decode_tables; table->name != NULL; table++)
        if (span_equal_nocase(name, span_of(table->name)))
            return table;
    return NULL;
}

/* As we write it, where it is one of ours. */
static struct span
known_name(struct span charset)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (span_equal_nocase(charset, span_of(names[i].alias)))
            return span_of(names[i].name);
    const struct decode_table *table = find_table(charset);
    if (table != NULL)
        return span_of(table->name);
    return span_equal_nocase(charset, SPAN("utf-8")) ? SPAN("utf-8") : charset;
}

/* (iconv_t)-1: the C library knows no such encoding. */
static iconv_t
open_other(struct span name)
{
    char text[NAME_MAX_BYTES + 1] = "";
    if (name.len == 0 || name.len > NAME_MAX_BYTES || memchr(name.at, '/', name.len) != NULL)
        return (iconv_t)-1; /* NOLINT(performance-no-int-to-ptr): that is how iconv says it */
    memcpy(text, name.at, name.len);
    return iconv_open("UTF-8", text);
}

static bool
is_no_iconv(iconv_t other)
{
    return other == (iconv_t)-1; /* NOLINT(performance-no-int-to-ptr) */
}

bool
decode_knows(struct span charset)
{
    struct span name = known_name(charset);
    if (span_equal_nocase(name, SPAN("utf-8")) || find_table(name) != NULL)
        return true;
    iconv_t other = open_other(name);
    if (is_no_iconv(other))
        return false;
    iconv_close(other);
    return true;
}

/* What stands behind `key` and an equals sign in `text`, quoted or not; false: no such thing. */
static bool
read_value(struct span text, struct span key, struct span *out)
{
    for (size_t at = 0; at + key.len <= text.len; at++) {
        if (!span_equal_nocase(span_first(span_skip(text, at), key.len), key))
            continue;
        struct span rest = span_trim_lines(span_skip(text, at + key.len));
        if (!span_starts(rest, SPAN("=")))
            continue;
        rest = span_trim_lines(span_skip(rest, 1));
        while (rest.len > 0 && strchr("\"'", rest.at[0]) != NULL)
            rest = span_skip(rest, 1);
        size_t len = 0;
        while (len < rest.len && strchr("\"' \t\r\n;,/>?<", rest.at[len]) == NULL)
            len++;
        *out = span_first(rest, len);
        return len > 0;
    }
    return false;
}

/* The name in the XML declaration, or in the first <meta> that has one. */
static bool
declared(struct span bytes, struct span *out)
{
    struct span head = span_trim_lines(span_first(bytes, SNIFFED_BYTES));
    size_t end;
    if (span_starts(head, SPAN("<?xml")) && span_find(head, SPAN("?>"), &end) &&
        read_value(span_first(head, end), SPAN("encoding"), out))
        return true;
    for (size_t at; span_find_char(head, '<', &at);) {
        head = span_skip(head, at + 1);
        if (!span_equal_nocase(span_first(head, 4), SPAN("meta")))
            continue;
        size_t close = head.len;
        span_find_char(head, '>', &close);
        if (read_value(span_first(head, close), SPAN("charset"), out))
            return true;
    }
    return false;
}

static void
convert_by_table(struct span bytes, const struct decode_table *table, struct buffer *out)
{
    struct span high[128], rest = span_of(table->high);
    for (size_t i = 0; i < 128; i++)
        high[i] = span_cut(&rest, ' ');
    for (size_t at = 0; at < bytes.len;) {
        size_t plain = at;
        while (plain < bytes.len && (unsigned char)bytes.at[plain] < 0x80)
            plain++;
        buffer_add(out, (struct span){ bytes.at + at, plain - at });
        for (at = plain; at < bytes.len && (unsigned char)bytes.at[at] >= 0x80; at++)
            buffer_add(out, high[(unsigned char)bytes.at[at] - 0x80]);
    }
}

/* A byte that begins nothing becomes U+FFFD. */
static void
convert_by_iconv(struct span bytes, iconv_t other, struct buffer *out)
{
    char *from = (char *)bytes.at; /* iconv's signature says char **, but it only reads */
    size_t left = bytes.len;
    while (left > 0) {
        size_t room = left * 2 + 16;
        char *into = buffer_reserve(out, room), *to = into;
        size_t result = iconv(other, &from, &left, &to, &room);
        buffer_grew(out, (size_t)(to - into));
        if (result != (size_t)-1 || errno == E2BIG)
            continue;
        buffer_add(out, REPLACEMENT);
        from++;
        left--;
    }
}

/* The mark `bytes` begin with says what they are. */
static bool
marked(struct span *bytes, struct span *out)
{
    static const struct {
        struct span mark;
        const char *name;
    } marks[] = { { SPAN("\xEF\xBB\xBF"), "utf-8" },
                  { SPAN("\xFF\xFE"), "utf-16le" },
                  { SPAN("\xFE\xFF"), "utf-16be" } };
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (span_starts(*bytes, marks[i].mark)) {
            *bytes = span_skip(*bytes, marks[i].mark.len);
            *out = span_of(marks[i].name);
            return true;
        }
    return false;
}

static bool
is_ascii(struct span bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        if ((unsigned char)bytes.at[i] >= 0x80)
            return false;
    return true;
}

/* Servers say iso-8859-1 of everything, and whoever saves a page leaves its <meta> as it was: what
 * is valid UTF-8 beyond ASCII was not written in another encoding by accident. And a <meta> that
 * could be read says UTF-16 in vain. */
static struct span
believed(struct span name, struct span bytes, bool valid)
{
    bool wide = span_equal_nocase(span_first(name, 6), SPAN("utf-16"));
    bool plain = find_table(name) == NULL && is_ascii(bytes); /* some encode in seven bits */
    return wide || (valid && !plain) ? SPAN("utf-8") : name;
}

static struct span
choose(struct span bytes, bool valid, const struct decode_hints *hints)
{
    struct span name;
    if (hints->source.len > 0 && decode_knows(hints->source))
        return known_name(hints->source);
    if (hints->http.len > 0) {
        if (!read_value(hints->http, SPAN("charset"), &name))
            name = hints->http;
        if (decode_knows(name))
            return believed(known_name(name), bytes, valid);
    }
    if (declared(bytes, &name) && decode_knows(name))
        return believed(known_name(name), bytes, valid);
    return valid ? SPAN("utf-8") : SPAN("windows-1252");
}

/* Into UTF-8, whatever form; the name as it is kept. */
static struct span
convert(struct span bytes, struct span name, struct buffer *out)
{
    const struct decode_table *table = find_table(name);
    if (table != NULL) {
        convert_by_table(bytes, table, out);
        return buffer_span(out);
    }
    iconv_t other =
        span_equal_nocase(name, SPAN("utf-8")) ? (iconv_t)-1 /* NOLINT */ : open_other(name);
    if (is_no_iconv(other))
        return bytes;
    convert_by_iconv(bytes, other, out);
    iconv_close(other);
    return buffer_span(out);
}

void
decode(struct span bytes, const struct decode_hints *hints, struct region *region,
       struct decoded *out)
{
    struct buffer wide = BUFFER_EMPTY, clean = BUFFER_EMPTY;
    struct span name;
    bool named = marked(&bytes, &name), valid = text_is_utf8(bytes);
    if (!named)
        name = choose(bytes, valid, hints);
    struct span text = convert(bytes, name, &wide);
    bool same = text.at == bytes.at;
    text_nfc(text, &clean);
    out->text = region_copy(region, buffer_span(&clean));
    out->charset = region_copy(region, name).at;
    size_t at;
    out->mended = same ? !valid : !text_is_utf8(text) || span_find(text, REPLACEMENT, &at);
    buffer_fini(&wide);
    buffer_fini(&clean);
}
