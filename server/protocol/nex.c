/* SPDX-License-Identifier: ISC */
/* Nex: a path and a line end; plain text comes back, in which "=> " begins a link (specs 7). */
#include "protocol/line.h"
#include "protocol/plain.h"

enum form { NEX_PAGE = 1 };

enum parsed
nex_parse(struct span bytes, struct span server_name, const struct origin *origin,
          struct region *region, struct question *out)
{
    struct question question = { .form = NEX_PAGE };
    (void)server_name, (void)origin;
    enum parsed parsed = line_take(bytes, &out->line);
    if (parsed != PARSED_WHOLE)
        return parsed;
    question.line = out->line;
    if (!line_request(question.line, false, region, &question.request))
        return PARSED_BAD;
    *out = question;
    return PARSED_WHOLE;
}

static void
add_line(struct plain *plain, struct span text)
{
    if (span_starts(text, SPAN("=>"))) /* it is none */
        buffer_add_char(plain->out, ' ');
    buffer_add(plain->out, text);
    buffer_add_char(plain->out, '\n');
}

/* Clients see by the address what they get: a page whose links live ends in a slash, and what has
 * an extension is a file. */
static bool
is_file(struct span path)
{
    struct span name = path;
    for (struct span rest = path; rest.at != NULL;)
        name = span_cut(&rest, '/');
    return span_starts(path, SPAN("/files/")) || span_has_char(name, '.');
}

static void
add_link(struct plain *plain, const struct place *place, struct span label)
{
    struct buffer *out = plain->out;
    buffer_add_text(out, "=> ");
    buffer_add(out, place->ours ? place->path : place->url);
    if (place->ours && !is_file(place->path) && !span_ends(place->path, SPAN("/")))
        buffer_add_char(out, '/');
    if (place->ours && place->query.at != NULL)
        buffer_printf(out, "?%.*s", SPAN_ARG(place->query));
    buffer_printf(out, " %.*s\n", SPAN_ARG(label));
}

/* There is no way to be asked for words but by the address. */
static void
add_prompt(const struct reply *reply, const struct origin *origin, struct buffer *out)
{
    plain_words(origin, reply->words, out);
    buffer_printf(out, "\n\n    nex://%.*s/search/?…\n\n=> /\n", SPAN_ARG(origin->hosts.at[0]));
}

void
nex_print(const struct question *question, const struct reply *reply, const struct origin *origin,
          struct buffer *out)
{
    struct plain plain = {
        .page = &reply->page, .origin = origin, .out = out, .line = add_line, .link = add_link
    };
    (void)question;
    if (reply->answer == ANSWER_PAGE) {
        plain_print(&plain);
    } else if (reply->answer == ANSWER_FILE) {
        buffer_add(out, reply->file.bytes); /* if it is there */
    } else if (reply->answer == ANSWER_ASK) {
        add_prompt(reply, origin, out);
    } else {
        plain_words(origin, reply->words, out);
        buffer_add_char(out, '\n');
    }
}
