/* SPDX-License-Identifier: ISC */
/* Gopher: a selector and a line end; a menu, a text or bytes come back (RFC 1436, specs 5). */
#include "base/uri.h"
#include "protocol/gophermap.h"
#include "protocol/line.h"
#include "story/gemtext.h"

enum form { GOPHER_MENU = 1, GOPHER_TEXT };

/* Whether `words` asks for what Gopher+ knows, rather than for words. */
static bool
is_gopher_plus(struct span words)
{
    return words.len == 1 && span_has_char(SPAN("+!$"), words.at[0]);
}

/* Takes the type off a selector that was made of a URL, "/0/story/x"; '\0': there is none. */
static char
take_type(struct span *selector)
{
    struct span rest = *selector;
    if (span_starts(rest, SPAN("/")))
        rest = span_skip(rest, 1);
    if (rest.len < 2 || rest.at[1] != '/' || !gophermap_is_type(rest.at[0]))
        return '\0';
    *selector = span_skip(rest, 1);
    return rest.at[0];
}

static struct reply
file_of(struct span bytes, struct span mime)
{
    return (struct reply){
        .answer = ANSWER_FILE,
        .file = { .descriptor = -1, .size = (off_t)bytes.len, .bytes = bytes, .mime = mime },
    };
}

static void
add_escaped(struct span text, struct buffer *out)
{
    for (size_t i = 0; i < text.len; i++) {
        char byte = text.at[i];
        if (byte == '&' || byte == '<' || byte == '>' || byte == '"' || byte == '\'')
            buffer_printf(out, "&#%d;", byte);
        else
            buffer_add_char(out, byte);
    }
}

/* For a client that does not know "URL:" itself: a page that links there. false: we lead nobody to
 * such an address. */
static bool
lead_to(struct span url, struct region *region, struct question *out)
{
    struct buffer html = BUFFER_EMPTY;
    struct uri uri;
    if (!uri_parse(url, URI_STRICT, &uri) || uri.scheme.at == NULL || !gemtext_may_link_to(&uri))
        return false;
    buffer_add_text(&html, "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>");
    add_escaped(url, &html);
    buffer_add_text(&html, "</title></head>\n<body><p><a href=\"");
    add_escaped(url, &html);
    buffer_add_text(&html, "\">");
    add_escaped(url, &html);
    buffer_add_text(&html, "</a></p></body></html>\n");
    out->own = OWN_ALWAYS;
    out->reply = file_of(region_copy(region, buffer_span(&html)), SPAN("text/html; charset=utf-8"));
    buffer_fini(&html);
    return true;
}

/* What clients may know of this server: how its selectors are made, mostly. */
static struct reply
caps(const struct origin *origin, struct region *region)
{
    struct span text = region_printf(
        region,
        "CAPS\r\n\r\nCapsVersion=1\r\nExpireCapsAfter=86400\r\n\r\nPathDelimeter=/\r\n"
        "PathIdentity=.\r\nPathParent=..\r\nPathParentDouble=FALSE\r\n"
        "PathKeepPreDelimeter=FALSE\r\n\r\nServerSoftware=songtu\r\n"
        "ServerSoftwareVersion=" SONGTU_VERSION "\r\nServerArchitecture=Linux\r\n"
        "ServerDescription=%.*s\r\nServerDefaultEncoding=%s\r\n",
        SPAN_ARG(origin->hosts.at[0]), origin->ascii ? "US-ASCII" : "UTF-8");
    return file_of(text, SPAN("text/plain; charset=utf-8"));
}

static bool
is_search(struct span selector)
{
    if (span_starts(selector, SPAN("/")))
        selector = span_skip(selector, 1);
    return span_equal(selector, SPAN("search")) || span_equal(selector, SPAN("search/"));
}

/* "/story/x.txt" is the story as a text. */
static void
settle_form(char type, struct region *region, struct question *question)
{
    struct spans path = question->request.segments;
    question->form = type == '0' ? GOPHER_TEXT : GOPHER_MENU;
    if (path.count != 2 || !span_equal(path.at[0], SPAN("story")) ||
        !span_ends(path.at[1], SPAN(".txt")))
        return;
    struct span_list shorter = { { NULL, 0 }, 0 };
    span_list_add(&shorter, region, path.at[0]);
    span_list_add(&shorter, region, span_first(path.at[1], path.at[1].len - 4));
    question->request.segments = shorter.spans;
    question->form = GOPHER_TEXT;
}

/* What is asked of pages, but for caps.txt where nobody wrote one. false: no such name can be. */
static bool
read_selector(struct span selector, struct span words, const struct origin *origin,
              struct region *region, struct question *question)
{
    char type = take_type(&selector);
    struct span url = span_skip(selector, span_starts(selector, SPAN("/")));
    if (span_starts(url, SPAN("URL:")))
        return lead_to(span_skip(url, 4), region, question);
    if (is_search(selector) && words.len > 0 && !is_gopher_plus(words))
        selector = region_printf(region, "/search?%.*s", SPAN_ARG(words));
    if (!line_request(selector, true, region, &question->request))
        return false;
    settle_form(type, region, question);
    struct spans path = question->request.segments;
    if (path.count == 1 && span_equal(path.at[0], SPAN("caps.txt"))) {
        question->own = OWN_ELSE;
        question->reply = caps(origin, region);
    }
    return true;
}

enum parsed
gopher_parse(struct span bytes, struct span server_name, const struct origin *origin,
             struct region *region, struct question *out)
{
    struct question question = { .form = GOPHER_MENU };
    (void)server_name;
    enum parsed parsed = line_take(bytes, &out->line);
    if (parsed != PARSED_WHOLE)
        return parsed;
    struct span rest = question.line = out->line, selector = span_cut(&rest, '\t');
    struct span words = rest.at != NULL ? span_cut(&rest, '\t') : SPAN("");
    if (!read_selector(selector, words, origin, region, &question))
        return PARSED_BAD;
    *out = question;
    return PARSED_WHOLE;
}

void
gopher_print(const struct question *question, const struct reply *reply,
             const struct origin *origin, struct buffer *out)
{
    if (reply->answer == ANSWER_PAGE && question->form == GOPHER_TEXT)
        gophermap_print_text(&reply->page, origin, out);
    else if (reply->answer == ANSWER_PAGE)
        gophermap_print_menu(&reply->page, origin, out);
    else if (reply->answer == ANSWER_FILE)
        buffer_add(out, reply->file.bytes); /* if it is there */
    else if (reply->answer == ANSWER_ASK)
        gophermap_print_prompt(reply->words, reply->page.title, origin, out);
    else
        gophermap_print_error(reply->words, origin, out);
}
