/* SPDX-License-Identifier: ISC */
#include "wire/feed_mend.h"

#include "base/text.h"
#include "wire/feed.h"
#include "wire/reference.h"

#include <string.h>

enum { NAME_BYTES = 100 };

struct mend {
    struct span rest;
    struct buffer *out;
    struct mended *mended;
    struct fault *fault;
    struct span open[FEED_DEPTH_MAX]; /* names, as they were printed */
    size_t depth, elements;
    size_t text; /* bytes since the last tag */
    bool ended;  /* the root is closed */
};

static enum status
limit(struct mend *mend, const char *what, long most)
{
    fault_write(mend->fault, 0, "more than %ld %s: no feed needs that", most, what);
    return STATUS_LIMIT;
}

static bool
is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static bool
is_name_start(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
}

static bool
is_name(char byte)
{
    return is_name_start(byte) || (byte >= '0' && byte <= '9') || byte == '.' || byte == '-' ||
           byte == ':';
}

/* A name with one colon at most, and something on both sides of it; empty where there is none. */
static struct span
take_name(struct span *rest)
{
    size_t len = 0, colons = 0;
    if (rest->len == 0 || !is_name_start(rest->at[0]))
        return (struct span){ NULL, 0 };
    for (; len < rest->len && is_name(rest->at[len]); len++)
        colons += rest->at[len] == ':';
    struct span name = span_first(*rest, len);
    size_t at;
    if (colons > 1 || len > NAME_BYTES ||
        (span_find_char(name, ':', &at) && (at + 1 == len || !is_name_start(name.at[at + 1]))))
        return (struct span){ NULL, 0 };
    *rest = span_skip(*rest, len);
    return name;
}

static void
skip_spaces(struct span *rest)
{
    while (rest->len > 0 && is_space(rest->at[0]))
        *rest = span_skip(*rest, 1);
}

/* Behind `mark`, or at the end where there is none: then the document was cut. */
static struct span
take_until(struct mend *mend, struct span *rest, struct span mark)
{
    size_t at;
    struct span all = *rest;
    if (!span_find(all, mark, &at)) {
        mend->mended->cut = mend->mended->malformed = true;
        *rest = span_skip(all, all.len);
        return all;
    }
    *rest = span_skip(all, at + mark.len);
    return span_first(all, at);
}

/* One character of text at the front of *rest, which is no tag's. */
static void
add_character(struct mend *mend, struct span *rest, bool references)
{
    uint32_t point = (unsigned char)rest->at[0], meant;
    size_t len = 1;
    struct reference reference = { 0, 0, false };
    if (references && point == '&')
        reference = reference_read(*rest);
    if (reference.len > 0) {
        len = reference.len;
        meant = reference.point;
    } else {
        len = text_next(*rest, &point);
        len = len > 0 ? len : 1;
        meant = reference_character(point);
        mend->mended->malformed = mend->mended->malformed || meant != point ||
                                  (references && point == '&');
    }
    if (meant == '&' || meant == '<' || meant == '>' || meant == '"')
        reference_escape((struct span){ (const char[]){ (char)meant }, 1 }, mend->out);
    else if (meant != 0)
        reference_add(meant, mend->out);
    *rest = span_skip(*rest, len);
}

/* Begins no character that add_character has to look at: a control, one of XML's signs. */
static bool
is_plain(unsigned char byte)
{
    return byte >= ' ' && byte != '&' && byte != '<' && byte != '>' && byte != '"' &&
           byte != 0x7F && byte != 0xC2 && byte != 0xEF;
}

/* Text that holds no tags; with references to read, or without (CDATA). */
static void
add_text(struct mend *mend, struct span text, bool references)
{
    while (text.len > 0) {
        size_t plain = 0;
        while (plain < text.len && is_plain((unsigned char)text.at[plain]))
            plain++;
        buffer_add(mend->out, span_first(text, plain));
        text = span_skip(text, plain);
        if (text.len > 0)
            add_character(mend, &text, references);
    }
}

static enum status
take_text(struct mend *mend, struct span text, bool references)
{
    mend->text += text.len;
    if (mend->text > FEED_TEXT_MAX)
        return limit(mend, "bytes in one text", (long)FEED_TEXT_MAX);
    if (mend->depth > 0)
        add_text(mend, text, references);
    return STATUS_OK;
}

static void
close_one(struct mend *mend)
{
    struct span name = mend->open[--mend->depth];
    buffer_printf(mend->out, "</%.*s>", SPAN_ARG(name));
    mend->ended = mend->depth == 0;
}

static void
close_until(struct mend *mend, size_t depth)
{
    while (mend->depth > depth)
        close_one(mend);
}

/* How many elements are open below the last one of this name, and itself; 0: there is none. */
static size_t
find_open(const struct mend *mend, struct span name)
{
    for (size_t i = mend->depth; i > 0; i--)
        if (span_equal_nocase(mend->open[i - 1], name))
            return i;
    return 0;
}

static bool
is_item(struct span name)
{
    return span_equal_nocase(name, SPAN("item")) || span_equal_nocase(name, SPAN("entry"));
}

static bool
is_one_of(struct span name, const char *const names[])
{
    for (; *names != NULL; names++)
        if (span_equal_nocase(name, span_of(*names)))
            return true;
    return false;
}

/* What must be closed before an element of this name may begin: items stand in the channel or the
 * root, and nowhere else; a field of an item in none of those that hold text alone; paragraphs and
 * items of lists in none of their kind, as in HTML. */
static size_t
depth_for(const struct mend *mend, struct span name)
{
    static const char *const texts[] = { "title", "link",      "guid",    "pubDate",
                                         "id",    "published", "updated", NULL };
    static const char *const fields[] = { "title",   "link",      "guid",      "pubDate",
                                          "id",      "published", "updated",   "category",
                                          "author",  "summary",   "enclosure", "description",
                                          "content", NULL };
    static const char *const flat[] = { "p", "li", NULL };
    struct span top = mend->depth > 0 ? mend->open[mend->depth - 1] : SPAN("");
    if (is_item(name)) {
        size_t channel = find_open(mend, SPAN("channel"));
        return channel > 0 ? channel : mend->depth > 0;
    }
    bool ends = (is_one_of(name, fields) && is_one_of(top, texts)) ||
                (is_one_of(name, flat) && span_equal_nocase(name, top));
    return ends ? mend->depth - 1 : mend->depth;
}

static void
close_implied(struct mend *mend, struct span name)
{
    size_t depth = depth_for(mend, name);
    mend->mended->malformed = mend->mended->malformed || depth < mend->depth;
    close_until(mend, depth);
}

/* HTML's, in a text that should have been escaped. */
static bool
is_void(struct span name)
{
    static const char *const names[] = { "br", "img", "hr", NULL };
    return is_one_of(name, names);
}

/* A value whose quote is missing ends where its tag does. */
static struct span
take_quoted(struct mend *mend, struct span *rest)
{
    struct span quote = span_first(*rest, 1), before = span_skip(*rest, 1);
    bool cut = mend->mended->cut;
    *rest = before;
    struct span value = take_until(mend, rest, quote);
    size_t close, tag;
    if (span_find_char(value, '>', &close) && span_find_char(span_skip(value, close), '<', &tag) &&
        !span_has_char(span_first(value, close), '<')) {
        mend->mended->malformed = true;
        mend->mended->cut = cut;
        *rest = span_skip(before, close);
        return span_first(before, close);
    }
    return value;
}

static struct span
take_value(struct mend *mend, struct span *rest)
{
    size_t len = 0;
    skip_spaces(rest);
    if (span_starts(*rest, SPAN("\"")) || span_starts(*rest, SPAN("'")))
        return take_quoted(mend, rest);
    mend->mended->malformed = true;
    while (len < rest->len && !is_space(rest->at[len]) && rest->at[len] != '>')
        len++;
    struct span value = span_first(*rest, len);
    *rest = span_skip(*rest, len);
    return value;
}

/* The attributes of a tag, up to its end. */
static enum status
take_attributes(struct mend *mend, struct span *rest)
{
    struct span names[FEED_ATTRIBUTES_MAX];
    size_t count = 0;
    for (skip_spaces(rest); rest->len > 0 && rest->at[0] != '>' && rest->at[0] != '<';
         skip_spaces(rest)) {
        struct span name = take_name(rest), value = SPAN("");
        if (name.len == 0) { /* the "/" of an empty one, or none of XML's */
            mend->mended->malformed = mend->mended->malformed || rest->at[0] != '/';
            *rest = span_skip(*rest, 1);
            continue;
        }
        skip_spaces(rest);
        if (span_starts(*rest, SPAN("="))) {
            *rest = span_skip(*rest, 1);
            value = take_value(mend, rest);
        }
        if (count == FEED_ATTRIBUTES_MAX)
            return limit(mend, "attributes of one element", FEED_ATTRIBUTES_MAX);
        if (spans_have((struct spans){ names, count }, name))
            continue;
        names[count++] = name;
        buffer_printf(mend->out, " %.*s=\"", SPAN_ARG(name));
        add_text(mend, value, true);
        buffer_add_char(mend->out, '"');
    }
    return STATUS_OK;
}

/* Behind "<", where a name begins. */
static enum status
take_start(struct mend *mend, struct span name)
{
    close_implied(mend, name);
    if (mend->depth == FEED_DEPTH_MAX)
        return limit(mend, "elements within each other", FEED_DEPTH_MAX);
    if (++mend->elements > FEED_ELEMENTS_MAX)
        return limit(mend, "elements", (long)FEED_ELEMENTS_MAX);
    buffer_printf(mend->out, "<%.*s", SPAN_ARG(name));
    enum status status = take_attributes(mend, &mend->rest);
    if (status != STATUS_OK)
        return status;
    bool empty = mend->rest.at[-1] == '/' || is_void(name);
    mend->mended->malformed = mend->mended->malformed || !span_starts(mend->rest, SPAN(">"));
    if (span_starts(mend->rest, SPAN(">")))
        mend->rest = span_skip(mend->rest, 1);
    buffer_add_char(mend->out, '>');
    mend->open[mend->depth++] = name;
    if (empty)
        close_one(mend);
    return STATUS_OK;
}

/* Behind "</". */
static enum status
take_end(struct mend *mend)
{
    struct span name = take_name(&mend->rest);
    (void)take_until(mend, &mend->rest, SPAN(">"));
    size_t at = name.len > 0 ? find_open(mend, name) : 0;
    if (at == 0 || at != mend->depth)
        mend->mended->malformed = mend->mended->malformed || name.len == 0 || !is_void(name);
    if (at > 0)
        close_until(mend, at - 1);
    return STATUS_OK;
}

/* RSS 0.91's, which names a document type of its own; anything else defines entities, or is no
 * feed.
 */
static enum status
take_doctype(struct mend *mend)
{
    struct span type = take_until(mend, &mend->rest, SPAN(">"));
    struct span rest = type;
    skip_spaces(&rest);
    struct span name = take_name(&rest);
    if (span_equal_nocase(name, SPAN("rss")) && !span_has_char(type, '[') && mend->depth == 0)
        return STATUS_OK;
    if (span_equal_nocase(name, SPAN("html")))
        return fault_set(mend->fault, 0, "a page of HTML, no feed");
    return fault_set(mend->fault, 0,
                     "it has a document type of its own, which no feed needs: refused");
}

/* Behind "<!" or "<?". */
static enum status
take_declaration(struct mend *mend)
{
    static const struct span cdata = { "![CDATA[", 8 };
    if (span_starts(mend->rest, cdata)) {
        mend->rest = span_skip(mend->rest, cdata.len);
        return take_text(mend, take_until(mend, &mend->rest, SPAN("]]>")), false);
    }
    if (span_starts(mend->rest, SPAN("!--"))) {
        mend->rest = span_skip(mend->rest, 3);
        (void)take_until(mend, &mend->rest, SPAN("-->"));
        return STATUS_OK;
    }
    if (span_equal_nocase(span_first(mend->rest, 8), SPAN("!DOCTYPE"))) {
        mend->rest = span_skip(mend->rest, 8);
        return take_doctype(mend);
    }
    bool instruction = mend->rest.at[0] == '?';
    mend->mended->malformed = mend->mended->malformed || !instruction;
    (void)take_until(mend, &mend->rest, instruction ? SPAN("?>") : SPAN(">"));
    return STATUS_OK;
}

/* At "<": a tag, or a sign that stands for itself. */
static enum status
take_markup(struct mend *mend)
{
    struct span behind = span_skip(mend->rest, 1), name;
    size_t text = mend->text;
    mend->text = 0;
    if (span_starts(behind, SPAN("!")) || span_starts(behind, SPAN("?"))) {
        mend->text = text;
        mend->rest = behind;
        return take_declaration(mend);
    }
    if (span_starts(behind, SPAN("/"))) {
        mend->rest = span_skip(behind, 1);
        return take_end(mend);
    }
    name = take_name(&behind);
    if (name.len > 0) {
        mend->rest = behind;
        if (mend->depth > 0 || feed_mend_is_root(name))
            return take_start(mend, name);
        return STATUS_OK; /* junk before the root */
    }
    mend->mended->malformed = true;
    mend->text = text;
    mend->rest = behind;
    return take_text(mend, SPAN("&lt;"), true);
}

bool
feed_mend_is_root(struct span name)
{
    static const char *const roots[] = { "rss", "feed", "rdf" };
    size_t colon;
    if (span_find_char(name, ':', &colon))
        name = span_skip(name, colon + 1);
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
        if (span_equal_nocase(name, span_of(roots[i])))
            return true;
    return false;
}

enum status
feed_mend(struct span text, struct buffer *out, struct mended *mended, struct fault *fault)
{
    struct mend mend = { .rest = text, .out = out, .mended = mended, .fault = fault };
    enum status status = STATUS_OK;
    *mended = (struct mended){ false, false, false };
    while (status == STATUS_OK && mend.rest.len > 0 && !mend.ended) {
        size_t at = mend.rest.len;
        span_find_char(mend.rest, '<', &at);
        struct span before = span_first(mend.rest, at);
        mend.rest = span_skip(mend.rest, at);
        status = take_text(&mend, before, true);
        if (status == STATUS_OK && mend.rest.len > 0)
            status = take_markup(&mend);
    }
    if (status != STATUS_OK)
        return status;
    if (mend.elements == 0)
        return fault_set(fault, 0, "no element in it");
    mended->cut = mended->cut || !mend.ended;
    for (size_t i = 0; i < mend.depth; i++)
        mended->in_item = mended->in_item || is_item(mend.open[i]);
    close_until(&mend, 0);
    return STATUS_OK;
}
