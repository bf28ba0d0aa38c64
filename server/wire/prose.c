/* SPDX-License-Identifier: ISC */
#include "wire/prose.h"

#include "base/text.h"
#include "wire/shape.h"
#include "wire/target.h"

#include <libxml/tree.h>
#include <string.h>

void
prose_init(struct prose *prose, const struct uri *base, struct region *region)
{
    memset(prose, 0, sizeof *prose);
    prose->base = base;
    prose->region = region;
}

void
prose_fini(struct prose *prose)
{
    buffer_fini(&prose->text);
}

static struct prose_link *
last_link(struct prose *prose)
{
    return &prose->links[prose->link_count - 1];
}

static bool
prose_is_blank_from(const struct prose *prose, size_t from)
{
    return span_trim_lines(span_skip(buffer_span(&prose->text), from)).len == 0;
}

void
prose_pause(struct prose *prose)
{
    if (prose->linked)
        last_link(prose)->to = prose->text.len;
}

void
prose_clear(struct prose *prose)
{
    bool begins = prose->linked && prose_is_blank_from(prose, last_link(prose)->from);
    struct prose_link open = begins ? *last_link(prose) : (struct prose_link){ .from = 0 };
    buffer_clear(&prose->text);
    prose->link_count = 0;
    if (begins) { /* a link around paragraphs is the first one's */
        open.from = 0;
        prose->links[prose->link_count++] = open;
    } else if (prose->linked) {
        prose->linked = false;
        prose->unlinked++;
    }
}

bool
prose_is_blank(const struct prose *prose)
{
    return prose_is_blank_from(prose, 0);
}

static bool
ends_with_space(const struct prose *prose)
{
    return prose->text.len > 0 && strchr(" \n", prose->text.at[prose->text.len - 1]) != NULL;
}

/* What windows-1252 has where Latin-1 has controls; 0: nothing. */
static void
add_windows(struct prose *prose, unsigned char byte)
{
    static const char *const points[32] = { "€", "",  "‚", "ƒ", "„", "…", "†", "‡", "ˆ", "‰", "Š",
                                            "‹", "Œ", "",  "Ž", "",  "",  "‘", "’", "“", "”", "•",
                                            "–", "—", "˜", "™", "š", "›", "œ", "",  "ž", "Ÿ" };
    buffer_add_text(&prose->text, points[byte - 0x80]);
}

/* The bytes in front that need no look: neither white space nor what may be a control. */
static size_t
plain_length(struct span text)
{
    size_t len = 0;
    while (len < text.len && (unsigned char)text.at[len] > ' ' &&
           (unsigned char)text.at[len] != 0xC2)
        len++;
    return len;
}

static bool
is_space(char byte)
{
    return byte != '\0' && strchr(" \t\n\r\f", byte) != NULL;
}

/* Adds the character in front that plain_length stopped at; how long it is. */
static size_t
add_special(struct prose *prose, struct span text)
{
    unsigned char second = text.len > 1 ? (unsigned char)text.at[1] : 0;
    if (is_space(text.at[0])) {
        if (!ends_with_space(prose))
            buffer_add_char(&prose->text, ' ');
        return 1;
    }
    if ((unsigned char)text.at[0] == 0xC2 && second >= 0x80 && second < 0xA0) {
        add_windows(prose, second);
        return 2;
    }
    buffer_add_char(&prose->text, text.at[0]);
    return 1;
}

void
prose_add(struct prose *prose, struct span text)
{
    size_t room = PROSE_BYTES_MAX - prose->text.len; /* which is never more: see below */
    if (text.len > room) {
        text = text_cut(text, room);
        prose->cut = true;
    }
    while (text.len > 0 && prose->text.len + 3 < PROSE_BYTES_MAX) {
        size_t len = plain_length(text);
        if (len > 0)
            buffer_add(&prose->text, span_first(text, len));
        else
            len = add_special(prose, text);
        text = span_skip(text, len);
    }
}

void
prose_break(struct prose *prose)
{
    if (prose->text.len + 3 < PROSE_BYTES_MAX)
        buffer_add_char(&prose->text, '\n');
}

/* The words the element begins with, as far as one may see by looking at its first child. */
static struct span
first_words(const struct _xmlNode *node)
{
    enum { DEPTH = 8 };
    for (int i = 0; i < DEPTH && node != NULL; i++) {
        if (element_of(node) == ELEMENT_TEXT)
            return span_trim_lines(span_of((const char *)node->content));
        node = node->type == XML_ELEMENT_NODE ? node->children : NULL;
    }
    return SPAN("");
}

/* What is raised and is a link is a note: "[1]". */
static bool
is_note(const struct _xmlNode *node)
{
    struct span words = first_words(node);
    return element_find(node, ELEMENT_LINK, 4) != NULL && words.len > 0 && words.at[0] != '[' &&
           words.at[0] != '(';
}

/* "10<sup>2</sup>" is 10^2, "1<sup>er</sup>" 1er. */
static bool
is_power(const struct prose *prose, const struct _xmlNode *node)
{
    struct span words = first_words(node);
    size_t len = prose->text.len;
    unsigned char last = len > 0 ? (unsigned char)prose->text.at[len - 1] : ' ';
    bool behind = last >= 0x80 || last == ')' || (last >= '0' && last <= '9') ||
                  (last >= 'a' && last <= 'z') || (last >= 'A' && last <= 'Z');
    return behind && words.len > 0 &&
           ((words.at[0] >= '0' && words.at[0] <= '9') || words.at[0] == '-' ||
            words.at[0] == '+' || span_starts(words, SPAN("−")));
}

static void
open_link(struct prose *prose, const struct _xmlNode *node)
{
    struct span target;
    bool good = !prose->linked && prose->link_count < PROSE_LINKS_MAX &&
                target_resolve(prose->base, element_attribute(node, "href"), prose->region,
                               &target);
    if (!good || !target_is_worth_telling(prose->base, target)) {
        prose->unlinked++;
        return;
    }
    prose->links[prose->link_count++] = (struct prose_link){
        .target = target, .title = element_attribute(node, "title"), .from = prose->text.len
    };
    prose->linked = true;
}

static void
close_link(struct prose *prose)
{
    if (prose->unlinked > 0) {
        prose->unlinked--;
        return;
    }
    last_link(prose)->to = prose->text.len;
    prose->linked = false;
}

static void
open_raised(struct prose *prose, const struct _xmlNode *node)
{
    if (is_note(node))
        prose_add(prose, SPAN("["));
    else if (is_power(prose, node))
        prose_add(prose, SPAN("^"));
}

bool
prose_enter(struct prose *prose, const struct _xmlNode *node, enum element element)
{
    if (element == ELEMENT_TEXT)
        prose_add(prose, span_of((const char *)node->content));
    if (element == ELEMENT_TEXT || element == ELEMENT_NONE)
        return false;
    if (element == ELEMENT_BREAK)
        prose_break(prose);
    else if (element == ELEMENT_LINK)
        open_link(prose, node);
    else if (element == ELEMENT_RAISED)
        open_raised(prose, node);
    else if (element == ELEMENT_SAID)
        prose_add(prose, SPAN("“"));
    else if (element == ELEMENT_RUBY)
        prose_add(prose, SPAN(" ("));
    return element != ELEMENT_BREAK;
}

void
prose_leave(struct prose *prose, const struct _xmlNode *node, enum element element)
{
    if (element == ELEMENT_LINK)
        close_link(prose);
    else if (element == ELEMENT_RAISED && is_note(node))
        prose_add(prose, SPAN("]"));
    else if (element == ELEMENT_SAID)
        prose_add(prose, SPAN("”"));
    else if (element == ELEMENT_RUBY)
        prose_add(prose, SPAN(")"));
}

/* A block's text is parted from what stands around it. */
static bool
is_block(enum element element)
{
    return element != ELEMENT_TEXT && element != ELEMENT_NONE && element != ELEMENT_INLINE &&
           element != ELEMENT_LINK && element != ELEMENT_RAISED && element != ELEMENT_SAID &&
           element != ELEMENT_RUBY && element != ELEMENT_BREAK && element != ELEMENT_CITED;
}

static bool
on_enter(void *whom, const struct _xmlNode *node, enum element element)
{
    struct prose *prose = whom;
    if (element == ELEMENT_SPARE || element == ELEMENT_MEDIA || element == ELEMENT_IMAGE ||
        element_is_hidden(node))
        return false;
    if (is_block(element))
        prose_add(prose, SPAN(" "));
    return prose_enter(prose, node, element);
}

static void
on_leave(void *whom, const struct _xmlNode *node, enum element element)
{
    prose_leave(whom, node, element);
    if (is_block(element))
        prose_add(whom, SPAN(" "));
}

void
prose_read(struct prose *prose, const struct _xmlNode *node, size_t *steps)
{
    struct element_walk walk = { on_enter, on_leave, prose, steps };
    if (!element_walk(&walk, node))
        prose->cut = true;
}

struct passages
passages_of(const struct prose *prose, enum breaks breaks)
{
    return (struct passages){ .prose = prose, .breaks = breaks };
}

/* Where the line that begins at `at` ends. */
static size_t
line_end(struct span text, size_t at)
{
    size_t len;
    return span_find_char(span_skip(text, at), '\n', &len) ? at + len : text.len;
}

/* Where the paragraph that begins at `at` ends: before an empty line. */
static size_t
paragraph_end(struct span text, size_t at)
{
    size_t end = line_end(text, at);
    while (end < text.len) {
        size_t next = line_end(text, end + 1);
        if (span_trim_lines(span_skip(span_first(text, next), end + 1)).len == 0)
            break;
        end = next;
    }
    return end;
}

/* One line of a poem by its looks: short, and begun with a capital, a digit or a quote. */
static bool
is_verse_line(struct span line)
{
    enum { COLUMNS = 60 };
    uint32_t point;
    line = span_trim(line);
    return text_next(line, &point) > 0 && text_width(line) <= COLUMNS &&
           (text_is_upper(point) || point == '"' || point == 0x201C || point == 0x2013 ||
            point == '-');
}

static bool
is_verse(struct span paragraph)
{
    enum { LEAST = 4 };
    size_t lines = 0;
    for (struct span rest = paragraph; rest.at != NULL; lines++)
        if (!is_verse_line(span_cut(&rest, '\n')))
            return false;
    return lines >= LEAST;
}

/* How far the next passage of a paragraph goes that may end with any of its lines: a long one that
 * has come to its end does. */
static size_t
loose_end(struct span text, size_t at, size_t end)
{
    enum { LONG = 60 };
    for (size_t line = at; line < end;) {
        size_t stop = line_end(text, line);
        struct span said = span_trim_lines(span_skip(span_first(text, stop), line));
        if (said.len > LONG && shape_is_ended(said))
            return stop;
        line = stop + 1;
    }
    return end;
}

bool
passages_next(struct passages *passages, struct passage *out)
{
    struct span text = buffer_span(&passages->prose->text);
    bool first = passages->at >= passages->end;
    while (passages->at < text.len && is_space(text.at[passages->at]))
        passages->at++;
    if (passages->at >= text.len)
        return false;
    first = first || passages->at >= passages->end;
    if (first) {
        passages->end = paragraph_end(text, passages->at);
        struct span whole = span_skip(span_first(text, passages->end), passages->at);
        passages->lines = passages->breaks == BREAKS_LINES || is_verse(whole);
    }
    size_t end = passages->lines                    ? line_end(text, passages->at)
                 : passages->breaks == BREAKS_LOOSE ? loose_end(text, passages->at, passages->end)
                                                    : passages->end;
    *out = (struct passage){ .text = span_skip(span_first(text, end), passages->at),
                             .from = passages->at,
                             .to = end,
                             .goes_on = passages->lines && !first };
    passages->at = end;
    return true;
}
