/* SPDX-License-Identifier: ISC */
#include "story/gemtext.h"

#include "base/text.h"
#include "base/uri.h"

#include <assert.h>
#include <string.h>

struct gemtext
gemtext_walk(struct span text)
{
    return (struct gemtext){ text, false, 0 };
}

/* The type a line's first bytes give it, outside of preformatted blocks. */
static enum gemline_kind
kind_of(struct span line)
{
    if (span_starts(line, SPAN("=>")))
        return GEMLINE_LINK;
    if (span_starts(line, SPAN("```")))
        return GEMLINE_TOGGLE;
    if (span_starts(line, SPAN("#")))
        return GEMLINE_HEADING;
    if (span_starts(line, SPAN("* ")))
        return GEMLINE_ITEM;
    return span_starts(line, SPAN(">")) ? GEMLINE_QUOTE : GEMLINE_TEXT;
}

static void
read_link(struct gemline *line)
{
    struct span rest = span_trim(span_skip(line->whole, 2));
    size_t len = 0;
    while (len < rest.len && rest.at[len] != ' ' && rest.at[len] != '\t')
        len++;
    line->target = span_first(rest, len);
    line->text = span_trim(span_skip(rest, len));
}

static void
read_heading(struct gemline *line)
{
    size_t level = 1;
    while (level < 3 && level < line->whole.len && line->whole.at[level] == '#')
        level++;
    line->level = (int)level;
    line->text = span_trim(span_skip(line->whole, level));
}

static void
read_line(struct gemline *line)
{
    line->kind = kind_of(line->whole);
    switch (line->kind) {
    case GEMLINE_LINK:
        read_link(line);
        break;
    case GEMLINE_HEADING:
        read_heading(line);
        break;
    case GEMLINE_ITEM:
        line->text = span_trim(span_skip(line->whole, 2));
        break;
    case GEMLINE_QUOTE:
        line->text = span_trim(span_skip(line->whole, 1));
        break;
    case GEMLINE_TOGGLE:
        line->text = span_trim(span_skip(line->whole, 3));
        break;
    case GEMLINE_TEXT:
    case GEMLINE_PREFORMATTED:
        break;
    }
}

bool
gemtext_next(struct gemtext *walk, struct gemline *out)
{
    if (walk->rest.len == 0)
        return false;
    struct gemline line = { .number = ++walk->number };
    line.whole = line.text = span_line(&walk->rest);
    bool toggle = span_starts(line.whole, SPAN("```"));
    if (walk->preformatted && toggle) /* text behind a closing toggle says nothing */
        line.kind = GEMLINE_TOGGLE, line.text = SPAN("");
    else if (walk->preformatted)
        line.kind = GEMLINE_PREFORMATTED;
    else
        read_line(&line);
    walk->preformatted = walk->preformatted != toggle;
    *out = line;
    return true;
}

static enum status
check_link(const struct gemline *line, struct fault *fault)
{
    struct uri uri;
    if (line->target.len == 0)
        return fault_set(fault, line->number,
                         "a link without an address: write `=> address label`");
    if (!uri_parse(line->target, URI_STRICT, &uri))
        return fault_set(fault, line->number,
                         "the link's address is no URI: percent-encode what is not plain ASCII");
    if (line->text.len == 0)
        return fault_set(fault, line->number, "the link has no label: write it behind the address");
    return STATUS_OK;
}

/* A mark that is not first in its line is one only to the person who wrote it. With one space
 * before it, it is a text by intent: gemtext_add_text writes that. */
static enum status
check_text(const struct gemline *line, struct fault *fault)
{
    struct span trimmed = span_trim(line->whole);
    if (span_starts(line->whole, SPAN("  ")) && kind_of(trimmed) != GEMLINE_TEXT)
        return fault_set(fault, line->number,
                         "spaces before `%.*s`: it counts only as the line's first",
                         trimmed.at[0] == '*' ? 1 : 2, trimmed.at);
    return STATUS_OK;
}

static enum status
check_line(const struct gemline *line, int heading_1, struct fault *fault)
{
    if (line->kind == GEMLINE_LINK)
        return check_link(line, fault);
    if (line->kind == GEMLINE_TEXT)
        return check_text(line, fault);
    if (line->kind != GEMLINE_HEADING || line->level != 1)
        return STATUS_OK;
    if (heading_1 == 0)
        return fault_set(fault, line->number,
                         "a level-1 heading: the title is one already, write ## here");
    if (line->number != 1)
        return fault_set(fault, line->number,
                         "a level-1 heading below the first line: write ## here");
    return STATUS_OK;
}

static enum status
check_lines(struct span text, int heading_1, struct fault *fault)
{
    struct gemtext walk = gemtext_walk(text);
    struct gemline line;
    size_t opened = 0;
    while (gemtext_next(&walk, &line)) {
        enum status status = check_line(&line, heading_1, fault);
        if (status != STATUS_OK)
            return status;
        if (line.number == 1 && heading_1 > 0 &&
            (line.kind != GEMLINE_HEADING || line.level != 1 || line.text.len == 0))
            return fault_set(fault, 1, "the first line is no level-1 heading: write `# title`");
        if (line.kind == GEMLINE_TOGGLE)
            opened = line.number;
    }
    if (walk.preformatted)
        return fault_set(fault, opened,
                         "the preformatted block that begins here is never closed: add ```");
    return STATUS_OK;
}

/* The length of the control character that stands first, a tab included; 0: none does. */
static size_t
control_length(struct span text)
{
    unsigned char byte = (unsigned char)text.at[0];
    if (byte == 0xC2)
        return text.len > 1 && (unsigned char)text.at[1] < 0xA0 ? 2 : 0;
    return (byte < ' ' && byte != '\n') || byte == 0x7F ? 1 : 0;
}

static bool
has_control(struct span text)
{
    for (; text.len > 0; text = (struct span){ text.at + 1, text.len - 1 })
        if (control_length(text) > 0)
            return true;
    return false;
}

/* What keeps one line from being text, in words; NULL: nothing does. */
static const char *
wrong_bytes(struct span line)
{
    if (!text_is_utf8(line))
        return "bytes that are not UTF-8: save the file as UTF-8";
    if (span_has_char(line, '\t'))
        return "a tab: write spaces";
    if (span_has_char(line, '\r'))
        return "a carriage return: end lines with a line feed alone";
    if (has_control(line))
        return "a control character: remove it";
    if (!text_is_nfc(line))
        return "text that is not in Unicode's normal form C";
    return NULL;
}

/* The whole text at once, as nearly every text is well; line by line only to find the fault. */
static enum status
check_bytes(struct span text, struct fault *fault)
{
    const char *wrong = NULL;
    if (text_is_nfc(text) && !has_control(text)) /* what is not UTF-8 is not NFC */
        return STATUS_OK;
    for (size_t number = 1; text.at != NULL; number++)
        if ((wrong = wrong_bytes(span_cut(&text, '\n'))) != NULL)
            return fault_set(fault, number, "%s", wrong);
    return fault_set(fault, 1, "text that is not in Unicode's normal form C");
}

enum status
gemtext_check(struct span text, int heading_1, struct fault *fault)
{
    assert(heading_1 == 0 || heading_1 == 1);
    if (text.len == 0)
        return heading_1 == 0 ? STATUS_OK : fault_set(fault, 1, "an empty page: write `# title`");
    enum status status = check_bytes(text, fault);
    if (status == STATUS_OK)
        status = check_lines(text, heading_1, fault);
    if (status == STATUS_OK && text.at[text.len - 1] != '\n') {
        size_t number = 1;
        for (struct span rest = text; span_has_char(rest, '\n'); number++)
            span_cut(&rest, '\n');
        return fault_set(fault, number, "the last line does not end with a line feed");
    }
    return status;
}

/* Appends `text` behind `mark`, as one line; an empty one where nothing of it can be shown. */
static void
add_marked(struct buffer *out, const char *mark, struct span text)
{
    size_t before = out->len;
    buffer_add_text(out, mark);
    size_t begin = out->len;
    text_clean(text, out);
    if (out->len == begin)
        buffer_shorten(out, before);
    buffer_add_char(out, '\n');
}

void
gemtext_add_text(struct buffer *out, struct span text)
{
    struct buffer clean = BUFFER_EMPTY;
    text_clean(text, &clean);
    if (kind_of(buffer_span(&clean)) != GEMLINE_TEXT)
        buffer_add_char(out, ' ');
    buffer_add(out, buffer_span(&clean));
    buffer_add_char(out, '\n');
    buffer_fini(&clean);
}

void
gemtext_add_heading(struct buffer *out, int level, struct span text)
{
    static const char *const marks[] = { "# ", "## ", "### " };
    assert(level >= 1 && level <= 3);
    add_marked(out, marks[level - 1], text);
}

void
gemtext_add_item(struct buffer *out, struct span text)
{
    add_marked(out, "* ", text);
}

void
gemtext_add_quote(struct buffer *out, struct span text)
{
    add_marked(out, "> ", text);
}

static bool
is_escape(struct span text)
{
    static const char digits[] = "0123456789abcdefABCDEF";
    return text.len > 2 && text.at[0] == '%' && memchr(digits, text.at[1], 22) != NULL &&
           memchr(digits, text.at[2], 22) != NULL;
}

/* Appends `text` with every byte but those of URIs, and `also`, percent-encoded; escapes stay. */
static void
encode_target(struct buffer *out, struct span target, const char *also)
{
    while (target.len > 0) {
        size_t len = is_escape(target) ? 3 : 1;
        if (len == 3)
            buffer_add(out, span_first(target, len));
        else
            uri_encode(span_first(target, len), also, out);
        target = span_skip(target, len);
    }
}

bool
gemtext_may_link_to(const struct uri *uri)
{
    static const char *const schemes[] = { "https",  "http",    "gemini", "gopher",
                                           "mailto", "spartan", "nex" };
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (span_equal_nocase(uri->scheme, span_of(schemes[i])))
            return true;
    return uri->scheme.at == NULL;
}

bool
gemtext_begins_with_date(struct span label)
{
    uint64_t number;
    return label.len >= 10 && span_number(span_first(label, 4), 9999, &number) &&
           label.at[4] == '-' && label.at[7] == '-';
}

/* An absolute path of our own making, as most targets are: a URI reference as it stands. */
static bool
is_plain_path(struct span target)
{
    if (!span_starts(target, SPAN("/")) || span_starts(target, SPAN("//")))
        return false;
    for (size_t i = 0; i < target.len; i++) {
        char byte = target.at[i];
        if (!((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '/' ||
              byte == '-' || byte == '.'))
            return false;
    }
    return true;
}

/* Appends a target as a URI: what has no business in one is percent-encoded, and only that.
 * false: it can't be made one, or none to link to, and nothing is appended. */
static bool
add_target(struct buffer *out, struct span target)
{
    /* Brackets and # belong to some places of a URI only. */
    static const char *const kept[] = { ":/?#[]@!$&'()*+,;=", ":/?#@!$&'()*+,;=",
                                        ":/?@!$&'()*+,;=" };
    size_t before = out->len;
    struct uri uri;
    if (is_plain_path(target)) {
        buffer_add(out, target);
        return true;
    }
    for (size_t i = 0; target.len > 0 && i < sizeof kept / sizeof *kept; i++) {
        encode_target(out, target, kept[i]);
        if (uri_parse(span_skip(buffer_span(out), before), URI_STRICT, &uri) &&
            gemtext_may_link_to(&uri))
            return true;
        buffer_shorten(out, before);
    }
    return false;
}

/* Where there is no address to link to, the words stay: "label (target)". */
static void
add_unlinked(struct buffer *out, struct span target, struct span label)
{
    struct buffer words = BUFFER_EMPTY;
    buffer_add(&words, label);
    if (target.len > 0)
        buffer_printf(&words, "%s%.*s%s", label.len > 0 ? " (" : "", SPAN_ARG(target),
                      label.len > 0 ? ")" : "");
    gemtext_add_text(out, buffer_span(&words));
    buffer_fini(&words);
}

void
gemtext_add_link(struct buffer *out, struct span target, struct span label)
{
    struct buffer uri = BUFFER_EMPTY, clean = BUFFER_EMPTY;
    target = span_trim_lines(target);
    text_clean(label, &clean);
    if (add_target(&uri, target)) {
        buffer_add_text(out, "=> ");
        buffer_add(out, buffer_span(&uri));
        buffer_add_char(out, ' ');
        buffer_add(out, buffer_span(clean.len > 0 ? &clean : &uri));
        buffer_add_char(out, '\n');
    } else {
        add_unlinked(out, target, buffer_span(&clean));
    }
    buffer_fini(&clean);
    buffer_fini(&uri);
}

/* Appends what may stand in a preformatted line. */
static void
keep_shown(struct buffer *out, struct span line)
{
    enum { TAB_STOP = 8 };
    size_t column = 0;
    while (line.len > 0) {
        uint32_t point;
        size_t len = text_next(line, &point);
        struct span shown = len > 0 ? span_first(line, len) : SPAN("\xEF\xBF\xBD");
        if (line.at[0] == '\t')
            shown = span_first(SPAN("        "), TAB_STOP - column % TAB_STOP);
        else if (len > 0 && (text_is_control(line) || text_is_invisible(point)))
            shown = SPAN("");
        buffer_add(out, shown);
        column += text_width(shown);
        line = span_skip(line, len > 0 ? len : 1);
    }
}

/* Appends one preformatted line, in NFC and without its line end. */
static void
add_as_it_stands(struct buffer *out, struct span line)
{
    struct buffer shown = BUFFER_EMPTY, normal = BUFFER_EMPTY;
    keep_shown(&shown, line);
    text_nfc(buffer_span(&shown), &normal);
    if (span_starts(buffer_span(&normal), SPAN("```")))
        buffer_add_char(out, ' ');
    buffer_add(out, buffer_span(&normal));
    buffer_fini(&normal);
    buffer_fini(&shown);
}

void
gemtext_add_preformatted(struct buffer *out, struct span alt, struct span lines)
{
    buffer_add_text(out, "```");
    text_clean(alt, out);
    buffer_add_char(out, '\n');
    while (lines.len > 0) {
        add_as_it_stands(out, span_line(&lines));
        buffer_add_char(out, '\n');
    }
    buffer_add_text(out, "```\n");
}

void
gemtext_add_blank(struct buffer *out)
{
    struct span lines = buffer_span(out);
    if (lines.len > 0 && !span_ends(lines, SPAN("\n\n")) && !span_equal(lines, SPAN("\n")))
        buffer_add_char(out, '\n');
}
