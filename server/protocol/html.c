/* SPDX-License-Identifier: ISC */
#include "protocol/html.h"

#include "base/hash.h"
#include "protocol/html_lines.h"
#include "protocol/markup.h"

#include <stdio.h>

/* One column of some 65 letters, the reader's own size of type, and his choice of light or dark. */
static const char style[] =
    ":root{color-scheme:light dark;--t:#1d1c1a;--b:#fcfbf8;--a:#0a4f96;--m:#5c5952}"
    "@media(prefers-color-scheme:dark){:root{--t:#e4e1d9;--b:#171715;--a:#8fbcf5;--m:#aaa69c}}"
    "body{margin:auto;max-width:40rem;padding:0 1.1rem 4rem;background:var(--b);color:var(--t);"
    "font:1.06rem/1.65 Charter,Georgia,serif;overflow-wrap:break-word}"
    "a{color:var(--a)}"
    ".s{position:absolute;left:-99rem}.s:focus{left:1rem;background:var(--b)}"
    "header{border-bottom:1px solid var(--m);padding:.9rem 0;font:1rem/1.5 system-ui}"
    "nav,form{display:flex;flex-wrap:wrap;gap:.3rem 1.1rem}"
    "nav a{text-decoration:none}nav a:first-child{font-weight:700;color:inherit}"
    "form{gap:.5rem;margin-top:.7rem}label{flex-basis:100%;color:var(--m);font-size:.9rem}"
    "input{flex:1;min-width:0}input,button{font:inherit;color:inherit;background:none;"
    "border:1px solid var(--m);border-radius:.4rem;padding:.35rem .7rem}"
    "h1,h2,h3{line-height:1.3;margin:2rem 0 .6rem;text-wrap:balance}"
    "h1{font-size:clamp(1.5rem,5vw,1.75rem)}"
    "h2{font-size:1.25rem}"
    "p{margin:.8rem 0}.d,li p{color:var(--m);font-size:.94rem}li p{margin:0}"
    "mark{all:unset;font-weight:700}"
    "ul{padding-left:1.2rem}.l{list-style:none;padding:0}.l li{margin:.65rem 0}"
    "blockquote{margin:1rem 0;padding-left:1rem;border-left:3px solid var(--m)}"
    "pre{overflow:auto;font-size:.85rem}"
    "img{display:block;max-width:100%;margin:.6rem 0}";

const char *
html_policy(void)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static char policy[256];
    unsigned char hash[HASH_BYTES + 1] = { 0 }; /* three by three */
    char text[HASH_BYTES / 3 * 4 + 5];
    if (policy[0] != '\0')
        return policy;
    hash_bytes(span_of(style), hash);
    for (size_t i = 0, at = 0; i < HASH_BYTES + 1; i += 3) {
        unsigned long bits = (unsigned long)hash[i] << 16 | (unsigned long)hash[i + 1] << 8 |
                             hash[i + 2];
        for (int shift = 18; shift >= 0; shift -= 6)
            text[at++] = digits[bits >> shift & 63];
    }
    text[sizeof text - 2] = '=';
    text[sizeof text - 1] = '\0';
    snprintf(policy, sizeof policy,
             "default-src 'none'; style-src 'sha256-%s'; img-src 'self' data:; "
             "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
             text);
    return policy;
}

static void
add_link(struct buffer *out, const char *kind, struct span base, struct span address,
         const char *behind)
{
    buffer_printf(out, "<link rel=\"%s\" href=\"", kind);
    markup_add(out, base);
    markup_add(out, address);
    buffer_printf(out, "%s\">\n", behind);
}

static void
add_meta(struct buffer *out, const char *property, struct span text)
{
    if (text.len == 0)
        return;
    buffer_printf(out, "<meta property=\"%s\" content=\"", property);
    markup_add(out, text);
    buffer_add_text(out, "\">\n");
}

/* Lists of stories have a feed of their own. */
static struct span
feed_scope(const struct page *page)
{
    bool scoped = page->kind == PAGE_INDEX && !span_ends(page->address, SPAN("/")) &&
                  (span_starts(page->address, SPAN("/city/")) ||
                   span_starts(page->address, SPAN("/theme/")));
    size_t at;
    struct span scope = scoped ? page->address : SPAN("");
    return span_find(scope, SPAN("/archive/"), &at) ? span_first(scope, at) : scope;
}

static void
add_json(struct buffer *out, const char *key, struct span text)
{
    if (text.len == 0)
        return;
    buffer_printf(out, ",\"%s\":", key);
    markup_add_json(out, text);
}

/* What search engines read (schema.org). */
static void
add_article(const struct page *page, struct buffer *out)
{
    struct buffer date = BUFFER_EMPTY;
    html_add_date(&page->date, &date);
    buffer_add_text(out,
                    "<script type=\"application/ld+json\">{\"@context\":\"https://schema.org\","
                    "\"@type\":\"NewsArticle\"");
    add_json(out, "headline", page->title);
    add_json(out, "inLanguage", page->lang);
    add_json(out, "datePublished", buffer_span(&date));
    if (page->author.len > 0) {
        buffer_add_text(out, ",\"author\":{\"@type\":\"Person\",\"name\":");
        markup_add_json(out, page->author);
        buffer_add_char(out, '}');
    }
    buffer_add_text(out, "}</script>\n");
    buffer_fini(&date);
}

/* What others show of a story they link to (ogp.me). */
static void
add_story(const struct page *page, const struct html_dress *dress, struct buffer *out)
{
    struct buffer url = BUFFER_EMPTY;
    buffer_add(&url, dress->base);
    buffer_add(&url, page->address);
    if (page->summary.len > 0) {
        buffer_add_text(out, "<meta name=\"description\" property=\"og:description\" content=\"");
        markup_add(out, page->summary);
        buffer_add_text(out, "\">\n");
    }
    add_meta(out, "og:type", SPAN("article"));
    add_meta(out, "og:title", page->title);
    add_meta(out, "og:url", buffer_span(&url));
    add_article(page, out);
    buffer_fini(&url);
}

static void
begin(struct span title, struct span lang, const struct html_dress *dress, struct buffer *out)
{
    buffer_add_text(out, "<!DOCTYPE html>\n<html lang=\"");
    markup_add(out, lang.len > 0 ? lang : SPAN("und"));
    buffer_add_text(out, "\">\n<head>\n<meta charset=\"utf-8\">\n<title>");
    markup_add(out, title);
    if (!span_equal(title, dress->title) && dress->title.len > 0) {
        buffer_add_text(out, " – ");
        markup_add(out, dress->title);
    }
    buffer_add_text(out, "</title>\n<meta name=\"viewport\" "
                         "content=\"width=device-width\">\n"
                         "<link rel=\"icon\" href=\"data:,\">\n");
}

static void
add_way(struct buffer *out, const char *address, struct span words)
{
    buffer_printf(out, "<a href=\"%s\">", address);
    markup_add(out, words);
    buffer_add_text(out, "</a>\n");
}

static void
add_header(const struct html_dress *dress, struct buffer *out)
{
    buffer_printf(out, "<style>%s</style>\n</head>\n<body>\n<a class=\"s\" href=\"#main\">", style);
    markup_add(out, dress->skip);
    buffer_add_text(out, "</a>\n<header>\n<nav>\n");
    add_way(out, "/", dress->title);
    add_way(out, "/city/", dress->cities);
    add_way(out, "/theme/", dress->themes);
    add_way(out, "/archive/", dress->archive);
    buffer_add_text(out, "</nav>\n<form action=\"/search\" role=\"search\">\n<label for=\"q\">");
    markup_add(out, dress->prompt);
    buffer_add_text(out, "</label>\n<input type=\"search\" id=\"q\" name=\"q\">\n"
                         "<button type=\"submit\">");
    markup_add(out, dress->search);
    buffer_add_text(out, "</button>\n</form>\n</header>\n<main id=\"main\">\n");
}

static void
finish(struct buffer *out)
{
    buffer_add_text(out, "</main>\n</body>\n</html>\n");
}

void
html_print(const struct page *page, const struct html_dress *dress, struct buffer *out)
{
    bool story = page->kind == PAGE_STORY;
    begin(page->title, page->lang, dress, out);
    if (page->kind == PAGE_SEARCH)
        buffer_add_text(out, "<meta name=\"robots\" content=\"noindex\">\n");
    else
        add_link(out, "canonical", dress->base, page->address, "");
    add_link(out, "alternate", dress->gemini, page->address, "\" type=\"text/gemini");
    add_link(out, "alternate", feed_scope(page), SPAN("/atom.xml"),
             "\" type=\"application/atom+xml");
    if (story)
        add_story(page, dress, out);
    add_header(dress, out);
    buffer_add_text(out, story ? "<article>\n" : "");
    html_add_lines(page, out);
    buffer_add_text(out, story ? "</article>\n" : "");
    finish(out);
}

void
html_print_words(struct span words, struct span lang, const struct html_dress *dress,
                 struct buffer *out)
{
    begin(words, lang, dress, out);
    buffer_add_text(out, "<meta name=\"robots\" content=\"noindex\">\n");
    add_header(dress, out);
    buffer_add_text(out, "<h1>");
    markup_add(out, words);
    buffer_add_text(out, "</h1>\n");
    finish(out);
}
