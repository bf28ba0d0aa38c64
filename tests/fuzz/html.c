/* SPDX-License-Identifier: ISC */
/* Any page, printed as HTML: every tag is one of ours, they are nested well, and what is in the
 * page's words stays words. */
#include "protocol/html.h"
#include "base/text.h"
#include "protocol/markup.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool claim)
{
    if (!claim)
        abort();
}

static const char *const paired[] = { "html",   "head", "title", "style", "body",   "a",
                                      "header", "nav",  "form",  "label", "main",   "article",
                                      "button", "h1",   "h2",    "h3",    "p",      "ul",
                                      "li",     "pre",  "time",  "mark",  "script", "blockquote" };
static const char *const single[] = { "!DOCTYPE", "meta", "link", "input", "img" };

static bool
is_one_of(struct span name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (span_equal(name, span_of(names[i])))
            return true;
    return false;
}
#define ONE_OF(name, names) is_one_of(name, names, sizeof(names) / sizeof *(names))

/* What is open, the innermost last. */
static struct span open_tags[64];
static size_t depth;

static struct span
take_name(struct span *rest)
{
    size_t len = 0;
    while (len < rest->len && rest->at[len] != ' ' && rest->at[len] != '>')
        len++;
    struct span name = span_first(*rest, len);
    *rest = span_skip(*rest, len);
    return name;
}

/* Attributes are names, or names with values in quotes that hold no < and nothing that runs. */
static struct span
take_attributes(struct span rest)
{
    while (rest.len > 0 && rest.at[0] == ' ') {
        size_t at = 1, end;
        while (at < rest.len && strchr(" =>", rest.at[at]) == NULL)
            at++;
        bool address = span_equal(span_first(rest, at), SPAN(" href")) ||
                       span_equal(span_first(rest, at), SPAN(" src"));
        rest = span_skip(rest, at);
        if (!span_starts(rest, SPAN("=\"")))
            continue;
        rest = span_skip(rest, 2);
        require(span_find_char(rest, '"', &end));
        require(!span_has_char(span_first(rest, end), '<'));
        require(!address || !span_equal_nocase(span_first(rest, 11), SPAN("javascript:")));
        rest = span_skip(rest, end + 1);
    }
    require(span_starts(rest, SPAN(">")));
    return span_skip(rest, 1);
}

/* Script and style hold no tag but the one that ends them. */
static struct span
skip_raw(struct span rest, struct span name)
{
    size_t at;
    if (span_equal(name, SPAN("script")) || span_equal(name, SPAN("style"))) {
        require(span_find_char(rest, '<', &at));
        rest = span_skip(rest, at);
        require(span_starts(span_skip(rest, 2), name));
    }
    return rest;
}

static struct span
take_tag(struct span rest)
{
    bool closes = rest.len > 0 && rest.at[0] == '/';
    if (closes)
        rest = span_skip(rest, 1);
    struct span name = take_name(&rest);
    rest = take_attributes(rest);
    if (ONE_OF(name, single))
        return rest;
    require(ONE_OF(name, paired));
    if (closes) {
        require(depth > 0 && span_equal(open_tags[depth - 1], name));
        depth--;
        return rest;
    }
    require(depth < 64);
    open_tags[depth++] = name;
    return skip_raw(rest, name);
}

static void
check(struct span html)
{
    size_t at;
    require(text_is_utf8(html));
    depth = 0;
    while (span_find_char(html, '<', &at)) {
        for (size_t i = 0; i < at; i++)
            require(html.at[i] != '>' &&
                    (html.at[i] == '\n' || html.at[i] == '\t' || (unsigned char)html.at[i] >= ' '));
        html = take_tag(span_skip(html, at + 1));
    }
    require(depth == 0 && span_equal(html, SPAN("\n")));
}

/* JSON within a script: one object, whose quotes pair. */
static void
check_json(struct span text)
{
    struct buffer json = BUFFER_EMPTY;
    markup_add_json(&json, text);
    require(json.len >= 2 && json.at[0] == '"' && json.at[json.len - 1] == '"');
    for (size_t i = 1; i + 1 < json.len; i++)
        require(json.at[i] != '"' && json.at[i] != '<' && (unsigned char)json.at[i] >= ' ' &&
                (json.at[i] != '\\' || json.at[i + 1] == 'u'));
    buffer_fini(&json);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span rest = { size > 0 ? (const char *)data : "", size };
    struct buffer html = BUFFER_EMPTY;
    struct html_dress dress = { .base = SPAN("https://x"), .gemini = SPAN("gemini://x") };
    enum page_kind kind = size > 0 ? (enum page_kind)(data[0] % (PAGE_FEED + 1)) : PAGE_FRONT;
    struct page page = { .kind = kind, .date = { DATE_DAY, 2024, 7, 12, 0 } };
    rest = span_skip(rest, 1);
    page.title = span_cut(&rest, '\0');
    page.lang = span_cut(&rest, '\0');
    page.address = span_cut(&rest, '\0');
    page.summary = span_cut(&rest, '\0');
    page.author = span_cut(&rest, '\0');
    page.text = rest;
    dress.title = page.author;
    html_print(&page, &dress, &html);
    check(buffer_span(&html));
    buffer_clear(&html);
    html_print_words(page.text, page.lang, &dress, &html);
    check(buffer_span(&html));
    check_json(page.text);
    buffer_fini(&html);
    return 0;
}
