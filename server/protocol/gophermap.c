/* SPDX-License-Identifier: ISC */
#include "protocol/gophermap.h"

#include "base/text.h"
#include "base/uri.h"
#include "protocol/plain.h"

#include <stdio.h>

enum { GOPHER_PORT = 70 };

/* Somewhere a menu leads. */
struct item {
    char type;
    struct span selector, host;
    uint16_t port;
};

bool
gophermap_is_type(char type)
{
    return span_has_char(SPAN("0123456789+gIThsdpMc;P"), type);
}

/* By a file's extension; what has another is 9. */
static const struct {
    char type;
    const char *extension;
} files[] = {
    { '0', "txt" },  { '0', "gmi" },  { '0', "gemini" }, { '0', "md" },
    { '0', "csv" },  { '0', "json" }, { '0', "xml" },    { '0', "atom" },
    { '0', "css" },  { 'h', "html" }, { 'g', "gif" },    { 'I', "jpg" },
    { 'I', "jpeg" }, { 'I', "png" },  { 'I', "webp" },   { 'I', "svg" },
};

static char
type_of(const struct place *place)
{
    struct span name = place->path, extension;
    for (struct span rest = place->path; rest.at != NULL;)
        name = span_cut(&rest, '/');
    extension = name;
    span_cut(&extension, '.');
    while (span_has_char(extension, '.'))
        span_cut(&extension, '.');
    for (size_t i = 0; extension.at != NULL && i < sizeof files / sizeof *files; i++)
        if (span_equal_nocase(extension, span_of(files[i].extension)))
            return files[i].type;
    if (span_starts(place->path, SPAN("/files/")) || extension.at != NULL)
        return '9';
    bool search = span_equal(place->path, SPAN("/search"));
    return search && place->query.at == NULL ? '7' : '1';
}

/* No byte of it would end the selector. */
static bool
is_selector(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] < ' ' || text.at[i] == 0x7F)
            return false;
    return text_is_utf8(text);
}

/* Selectors know no percent-encoding. */
static void
add_decoded(struct span text, bool ascii, struct buffer *out)
{
    struct buffer decoded = BUFFER_EMPTY;
    uri_decode(text, &decoded);
    if (!is_selector(buffer_span(&decoded)))
        buffer_add(out, text);
    else if (ascii)
        text_ascii(buffer_span(&decoded), out);
    else
        buffer_add(out, buffer_span(&decoded));
    buffer_fini(&decoded);
}

/* gopher://example.org:70/1/selector. false: it is none, or nothing a menu could say. */
static bool
find_gopher(struct span url, struct buffer *selector, struct item *out)
{
    struct uri uri;
    if (!uri_parse(url, URI_STRICT, &uri) || !span_equal_nocase(uri.scheme, SPAN("gopher")) ||
        uri.host.len == 0 || uri.userinfo.at != NULL)
        return false;
    char type = uri.path.len > 1 ? uri.path.at[1] : '1';
    uri_decode(span_skip(uri.path, 2), selector);
    if (uri.query.at != NULL) {
        buffer_add_char(selector, '?');
        uri_decode(uri.query, selector);
    }
    *out = (struct item){ type, buffer_span(selector), uri.host, uri_port(&uri, GOPHER_PORT) };
    return gophermap_is_type(type) && is_selector(out->selector);
}

static void
find_item(const struct origin *origin, const struct place *place, struct buffer *selector,
          struct item *out)
{
    *out = (struct item){ .host = origin->hosts.at[0], .port = origin->port };
    if (place->ours) {
        out->type = type_of(place);
        add_decoded(place->path, false, selector);
        if (place->query.at != NULL) {
            buffer_add_char(selector, '?');
            add_decoded(place->query, origin->ascii, selector);
        }
    } else if (find_gopher(place->url, selector, out)) {
        return;
    } else {
        buffer_clear(selector);
        *out = (struct item){ .type = 'h', .host = origin->hosts.at[0], .port = origin->port };
        buffer_printf(selector, "URL:%.*s", SPAN_ARG(place->url));
    }
    out->selector = buffer_span(selector);
}

static void
add_info(struct plain *plain, struct span text)
{
    buffer_add_char(plain->out, 'i');
    buffer_add(plain->out, text);
    buffer_add_text(plain->out, "\t\t-\t0\r\n");
}

/* What of the label does not fit its line follows as text. */
static void
add_item(struct plain *plain, const struct item *item, struct span label)
{
    struct span first = text_wrap(&label, PLAIN_COLUMNS);
    buffer_printf(plain->out, "%c%.*s\t%.*s\t%.*s\t%u\r\n", item->type, SPAN_ARG(first),
                  SPAN_ARG(item->selector), SPAN_ARG(item->host), (unsigned)item->port);
    if (label.len > 0)
        plain_add(plain, label, SPAN(""), SPAN(""));
}

static void
add_link(struct plain *plain, const struct place *place, struct span label)
{
    struct buffer selector = BUFFER_EMPTY;
    struct item item;
    find_item(plain->origin, place, &selector, &item);
    add_item(plain, &item, label);
    buffer_fini(&selector);
}

/* A story is there as a text, too. */
static void
add_as_text(struct plain *plain)
{
    const struct origin *origin = plain->origin;
    const struct page *page = plain->page;
    struct buffer selector = BUFFER_EMPTY, label = BUFFER_EMPTY;
    if (page->kind != PAGE_STORY || page->as_text.len == 0)
        return;
    buffer_printf(&selector, "%.*s.txt", SPAN_ARG(page->address));
    plain_words(origin, page->as_text, &label);
    struct item item = { '0', buffer_span(&selector), origin->hosts.at[0], origin->port };
    add_item(plain, &item, buffer_span(&label));
    buffer_fini(&selector);
    buffer_fini(&label);
}

void
gophermap_print_menu(const struct page *page, const struct origin *origin, struct buffer *out)
{
    struct plain plain = { .page = page,
                           .origin = origin,
                           .out = out,
                           .line = add_info,
                           .link = add_link,
                           .headed = add_as_text };
    plain_print(&plain);
    buffer_add_text(out, ".\r\n");
}

/* A dot alone would end the text for some clients. */
static void
add_text_line(struct plain *plain, struct span text)
{
    if (span_starts(text, SPAN(".")))
        buffer_add_char(plain->out, ' ');
    buffer_add(plain->out, text);
    buffer_add_text(plain->out, "\r\n");
}

/* Its address stands below the label, whole, to be taken from there. */
static void
add_text_link(struct plain *plain, const struct place *place, struct span label)
{
    const struct origin *origin = plain->origin;
    bool ascii = origin->ascii;
    char port[8] = "";
    plain_add(plain, label, ascii ? SPAN("-> ") : SPAN("→ "), ascii ? SPAN("   ") : SPAN("  "));
    if (origin->port != GOPHER_PORT)
        snprintf(port, sizeof port, ":%u", origin->port);
    if (place->ours)
        buffer_printf(plain->out, "  gopher://%.*s%s/%c%.*s\r\n", SPAN_ARG(origin->hosts.at[0]),
                      port, type_of(place), SPAN_ARG(place->url));
    else
        buffer_printf(plain->out, "  %.*s\r\n", SPAN_ARG(place->url));
}

void
gophermap_print_text(const struct page *page, const struct origin *origin, struct buffer *out)
{
    struct plain plain = {
        .page = page, .origin = origin, .out = out, .line = add_text_line, .link = add_text_link
    };
    plain_print(&plain);
}

void
gophermap_print_prompt(struct span words, struct span title, const struct origin *origin,
                       struct buffer *out)
{
    struct buffer shown = BUFFER_EMPTY;
    struct plain plain = { .origin = origin, .out = out, .line = add_info };
    struct item item = { '7', SPAN("/search"), origin->hosts.at[0], origin->port };
    plain_words(origin, words, &shown);
    plain_add(&plain, buffer_span(&shown), SPAN(""), SPAN(""));
    buffer_clear(&shown);
    plain_words(origin, title, &shown);
    add_item(&plain, &item, buffer_span(&shown));
    buffer_add_text(out, ".\r\n");
    buffer_fini(&shown);
}

void
gophermap_print_error(struct span words, const struct origin *origin, struct buffer *out)
{
    buffer_add_char(out, '3');
    plain_words(origin, words, out);
    buffer_add_text(out, "\t\terror.host\t1\r\n.\r\n");
}
