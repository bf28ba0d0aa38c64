/* SPDX-License-Identifier: ISC */
#include "story/gemtext.h"

#include "base/text.h"
#include "base/uri.h"

struct gemtext
gemtext_walk(struct span text)
{
    return (struct gemtext){ text.len > 0 ? text : (struct span){ NULL, 0 }, false, 0 };
}

static void
read_link(struct span rest, struct gemline *out)
{
    size_t end = 0;
    rest = span_trim(rest);
    while (end < rest.len && rest.at[end] != ' ' && rest.at[end] != '\t')
        end++;
    out->kind = GEMLINE_LINK;
    out->target = span_first(rest, end);
    out->text = span_trim(span_skip(rest, end));
}

static void
read_heading(struct span whole, struct gemline *out)
{
    int level = 1;
    while (level < 3 && (size_t)level < whole.len && whole.at[level] == '#')
        level++;
    out->kind = GEMLINE_HEADING;
    out->level = level;
    out->text = span_trim(span_skip(whole, (size_t)level));
}

static void
read_line(bool *preformatted, struct gemline *out)
{
    struct span whole = out->whole;
    if (span_starts(whole, SPAN("```"))) {
        out->kind = GEMLINE_TOGGLE;
        out->text = *preformatted ? SPAN("") : span_trim(span_skip(whole, 3));
        *preformatted = !*preformatted;
    } else if (*preformatted) {
        out->kind = GEMLINE_PREFORMATTED;
    } else if (span_starts(whole, SPAN("=>"))) {
        read_link(span_skip(whole, 2), out);
    } else if (span_starts(whole, SPAN("#"))) {
        read_heading(whole, out);
    } else if (span_starts(whole, SPAN("* "))) {
        out->kind = GEMLINE_ITEM;
        out->text = span_trim(span_skip(whole, 2));
    } else if (span_starts(whole, SPAN(">"))) {
        out->kind = GEMLINE_QUOTE;
        out->text = span_trim(span_skip(whole, 1));
    }
}

bool
gemtext_next(struct gemtext *walk, struct gemline *out)
{
    if (walk->rest.at == NULL || walk->rest.len == 0)
        return false;
    struct gemline line = { .kind = GEMLINE_TEXT, .number = ++walk->number };
    line.whole = line.text = span_line(&walk->rest);
    read_line(&walk->preformatted, &line);
    *out = line;
    return true;
}

/* A character that may not stand in a page; its line in *line. */
static bool
find_control(struct span text, size_t *line)
{
    *line = 1;
    for (; text.len > 0; text = span_skip(text, text_next(text, NULL))) {
        if (text.at[0] == '\n')
            ++*line;
        else if (text.at[0] != '\t' && text_is_control(text))
            return true;
    }
    return false;
}

static enum status
check_link(const struct gemline *line, struct fault *fault)
{
    struct uri uri;
    if (line->whole.len < 3 || line->whole.at[2] != ' ')
        return fault_set(fault, line->number, "write one space behind =>");
    if (line->target.len == 0 || !uri_parse(line->target, URI_STRICT, &uri))
        return fault_set(fault, line->number,
                         "the link's address is no URI: percent-encode what is not plain ASCII");
    if (line->text.len == 0)
        return fault_set(fault, line->number, "the link has no label");
    return STATUS_OK;
}

static enum status
check_line(const struct gemline *line, int heading_1, int *headings, struct fault *fault)
{
    if (line->kind == GEMLINE_LINK)
        return check_link(line, fault);
    if (line->kind == GEMLINE_HEADING) {
        size_t level = (size_t)line->level;
        if (line->text.len == 0 || line->whole.at[level] != ' ')
            return fault_set(fault, line->number, "write a space and a text behind the #");
        *headings += level == 1;
        if (level == 1 && heading_1 == 0)
            return fault_set(fault, line->number,
                             "a level-1 heading: the title is one already, use ## here");
        if (level == 1 && line->number != 1)
            return fault_set(fault, line->number, "a level-1 heading that is not the first line");
    }
    if (line->kind != GEMLINE_PREFORMATTED && span_has_char(line->whole, '\t'))
        return fault_set(fault, line->number, "a tab: use spaces");
    return STATUS_OK;
}

static enum status
check_lines(struct span text, int heading_1, struct fault *fault)
{
    struct gemtext walk = gemtext_walk(text);
    struct gemline line;
    int headings = 0;
    size_t opened = 0;
    while (gemtext_next(&walk, &line)) {
        enum status status = check_line(&line, heading_1, &headings, fault);
        if (status != STATUS_OK)
            return status;
        if (line.kind == GEMLINE_TOGGLE)
            opened = line.number;
    }
    if (walk.preformatted)
        return fault_set(fault, opened, "the preformatted block that begins here is never closed");
    if (headings != heading_1)
        return fault_set(fault, 1, "the first line is no level-1 heading");
    return STATUS_OK;
}

enum status
gemtext_check(struct span text, int heading_1, struct fault *fault)
{
    size_t line = 1;
    if (text.len == 0 && heading_1 == 0)
        return STATUS_OK;
    if (!text_is_utf8(text))
        return fault_set(fault, 1, "the text is not UTF-8");
    if (!text_is_nfc(text))
        return fault_set(fault, 1, "the text is not in Unicode normal form C");
    if (span_has_char(text, '\r') || find_control(text, &line))
        return fault_set(fault, line, "a control character (or a CR)");
    if (!span_ends(text, SPAN("\n")))
        return fault_set(fault, line, "the last line does not end with a line feed");
    return check_lines(text, heading_1, fault);
}

/* `text` made fit for one line behind a mark, or the placeholder where nothing is left of it. */
static void
add_clean(struct buffer *out, const char *mark, struct span text)
{
    struct buffer clean = BUFFER_EMPTY;
    text_clean(text, &clean);
    buffer_add_text(out, mark);
    buffer_add(out, clean.len > 0 ? buffer_span(&clean) : SPAN("…"));
    buffer_add_char(out, '\n');
    buffer_fini(&clean);
}

static bool
reads_as_other(struct span line)
{
    return span_starts(line, SPAN("=>")) || span_starts(line, SPAN("#")) ||
           span_starts(line, SPAN("* ")) || span_starts(line, SPAN(">")) ||
           span_starts(line, SPAN("```")) || span_equal(line, SPAN("*"));
}

void
gemtext_add_text(struct buffer *out, struct span text)
{
    struct buffer clean = BUFFER_EMPTY;
    text_clean(text, &clean);
    if (reads_as_other(buffer_span(&clean)))
        buffer_add_char(out, ' ');
    buffer_add(out, buffer_span(&clean));
    buffer_add_char(out, '\n');
    buffer_fini(&clean);
}

void
gemtext_add_heading(struct buffer *out, int level, struct span text)
{
    static const char *const marks[] = { "# ", "## ", "### " };
    add_clean(out, marks[level < 1 ? 0 : level > 3 ? 2 : level - 1], text);
}

void
gemtext_add_item(struct buffer *out, struct span text)
{
    add_clean(out, "* ", text);
}

void
gemtext_add_quote(struct buffer *out, struct span text)
{
    add_clean(out, "> ", text);
}

/* As it is where it is a URI; else with what can't stand there escaped, and if that is none either
 * ("//a@@b"), with every mark escaped: then it is a plain relative path. */
static void
add_target(struct buffer *out, struct span target)
{
    struct buffer encoded = BUFFER_EMPTY;
    struct uri uri;
    buffer_add(&encoded, target);
    if (!uri_parse(buffer_span(&encoded), URI_STRICT, &uri)) {
        buffer_clear(&encoded);
        uri_encode(target, "/?&=+,;@!$'()*", &encoded);
    }
    if (!uri_parse(buffer_span(&encoded), URI_STRICT, &uri)) {
        buffer_clear(&encoded);
        uri_encode(target, "", &encoded);
    }
    buffer_add(out, encoded.len > 0 ? buffer_span(&encoded) : SPAN("/"));
    buffer_fini(&encoded);
}

void
gemtext_add_link(struct buffer *out, struct span target, struct span label)
{
    struct buffer clean = BUFFER_EMPTY;
    text_clean(label, &clean);
    buffer_add_text(out, "=> ");
    size_t at = out->len;
    add_target(out, target);
    struct span written = { out->at + at, out->len - at };
    struct buffer again = BUFFER_EMPTY;
    buffer_add(&again, written);
    buffer_add_char(out, ' ');
    buffer_add(out, clean.len > 0 ? buffer_span(&clean) : buffer_span(&again));
    buffer_add_char(out, '\n');
    buffer_fini(&again);
    buffer_fini(&clean);
}

/* What is left of it without controls; a toggle is looked for only then. */
static void
add_preformatted_line(struct buffer *out, struct span line)
{
    struct buffer kept = BUFFER_EMPTY, nfc = BUFFER_EMPTY;
    for (size_t bytes; line.len > 0; line = span_skip(line, bytes > 0 ? bytes : 1)) {
        bytes = text_next(line, NULL);
        if (bytes > 0 && !text_is_control(line))
            buffer_add(&kept, span_first(line, bytes));
    }
    text_nfc(buffer_span(&kept), &nfc);
    if (span_starts(buffer_span(&nfc), SPAN("```")))
        buffer_add_char(out, ' ');
    buffer_add(out, buffer_span(&nfc));
    buffer_add_char(out, '\n');
    buffer_fini(&nfc);
    buffer_fini(&kept);
}

void
gemtext_add_preformatted(struct buffer *out, struct span alt, struct span lines)
{
    struct buffer clean = BUFFER_EMPTY;
    text_clean(alt, &clean);
    buffer_printf(out, "```%s%.*s\n", clean.len > 0 ? " " : "", SPAN_ARG(buffer_span(&clean)));
    while (lines.at != NULL && lines.len > 0)
        add_preformatted_line(out, span_line(&lines));
    buffer_add_text(out, "```\n");
    buffer_fini(&clean);
}

void
gemtext_add_blank(struct buffer *out)
{
    struct span so_far = buffer_span(out);
    if (so_far.len > 0 && !span_ends(so_far, SPAN("\n\n")) && !span_equal(so_far, SPAN("\n")))
        buffer_add_char(out, '\n');
}
