/* SPDX-License-Identifier: ISC */
/* reading_pack.c - the half of reading.h that goes through a cell's socket. Both ends are one
 * program: numbers are as the machine has them. */
#include "base/clock.h"
#include "base/text.h"
#include "base/uri.h"
#include "story/gemtext.h"
#include "wire/reading.h"

#include <string.h>

enum { MARK = 0x31545321, ITEMS_MAX = 1000, LIST_MAX = 100000 };

enum shape { TEXT, LINE, DATE, GEMTEXT, LINES, URLS, URL, FLAG, NUMBER };

/* One field: what it may hold, and where. */
struct slot {
    enum shape shape;
    size_t at;
};

#define AT(field) offsetof(struct document, field)
static const struct slot document_slots[] = {
    { LINE, AT(text.title) },
    { LINE, AT(text.author) },
    { LINE, AT(text.lead) },
    { LINES, AT(text.section) },
    { LINES, AT(text.tags) },
    { LINE, AT(text.dateline) },
    { LINES, AT(text.paragraphs) },
    { GEMTEXT, AT(text.body) },
    { DATE, AT(text.date) },
    { FLAG, AT(text.mended) },
    { URL, AT(url) },
    { URL, AT(canonical) },
    { TEXT, AT(id) },
    { LINE, AT(lang) },
    { LINE, AT(summary) },
    { DATE, AT(updated) },
    { LINE, AT(reason) },
    { LINE, AT(facts) },
    { URLS, AT(related) },
    { FLAG, AT(whole) },
    { FLAG, AT(unindexed) },
    { FLAG, AT(live) },
    { FLAG, AT(bare_id) },
};
#undef AT
#define AT(field) offsetof(struct reading, field)
static const struct slot reading_slots[] = {
    { LINE, AT(title) },        { NUMBER, AT(left) },      { NUMBER, AT(every) },
    { NUMBER, AT(skip_hours) }, { NUMBER, AT(skip_days) }, { FLAG, AT(mended) },
    { FLAG, AT(malformed) },    { FLAG, AT(cut) },
};
#undef AT
#define AT(field) offsetof(struct teaser, field)
static const struct slot teaser_slots[] = {
    { LINE, AT(title) },
    { LINE, AT(text) },
    { FLAG, AT(cut) },
};
#undef AT
#define AT(field) offsetof(struct reading_options, field)
static const struct slot option_slots[] = {
    { TEXT, AT(url) },          { TEXT, AT(type) },        { TEXT, AT(encoding) },
    { TEXT, AT(language) },     { TEXT, AT(recipe.body) }, { TEXT, AT(recipe.remove) },
    { TEXT, AT(recipe.title) }, { TEXT, AT(recipe.lead) }, { TEXT, AT(recipe.author) },
    { TEXT, AT(recipe.date) },  { FLAG, AT(no_images) },   { NUMBER, AT(now) },
};
#undef AT
#define COUNT(slots) (sizeof(slots) / sizeof *(slots))
_Static_assert(sizeof(size_t) == 8 && sizeof(int64_t) == 8, "a NUMBER has 64 bits");

static void
put_number(uint64_t number, struct buffer *out)
{
    buffer_add(out, (struct span){ (const char *)&number, sizeof number });
}

static void
put_text(struct span text, struct buffer *out)
{
    put_number(text.len, out);
    buffer_add(out, text);
}

static void
put(const struct slot *slots, size_t count, const void *from, struct buffer *out)
{
    for (size_t i = 0; i < count; i++) {
        const void *at = (const char *)from + slots[i].at;
        const struct spans *list = at;
        if (slots[i].shape == FLAG) {
            put_number(*(const bool *)at, out);
        } else if (slots[i].shape == NUMBER) {
            put_number(*(const uint64_t *)at, out);
        } else if (slots[i].shape == LINES || slots[i].shape == URLS) {
            put_number(list->count, out);
            for (size_t k = 0; k < list->count; k++)
                put_text(list->at[k], out);
        } else {
            put_text(*(const struct span *)at, out);
        }
    }
}

static bool
get_number(struct span *bytes, uint64_t most, uint64_t *out)
{
    uint64_t number;
    if (bytes->len < sizeof number)
        return false;
    memcpy(&number, bytes->at, sizeof number);
    *bytes = span_skip(*bytes, sizeof number);
    *out = number;
    return number <= most;
}

static bool
get_text(struct span *bytes, struct span *out)
{
    uint64_t len;
    if (!get_number(bytes, bytes->len, &len) || len > bytes->len)
        return false;
    *out = span_first(*bytes, len);
    *bytes = span_skip(*bytes, len);
    return true;
}

/* One line that can be shown. */
static bool
is_line(struct span text)
{
    for (size_t at = 0; at < text.len; at++) {
        unsigned char byte = (unsigned char)text.at[at];
        bool likely = byte < ' ' || byte == 0x7F || byte == 0xC2;
        if (likely && text_is_control(span_skip(text, at)))
            return false;
    }
    return text_is_nfc(text);
}

static bool
is_url(struct span text)
{
    struct uri uri;
    return text.len == 0 ||
           (uri_parse(text, URI_LENIENT, &uri) && uri.scheme.len > 0 && gemtext_may_link_to(&uri));
}

static bool
is_fit(enum shape shape, struct span text)
{
    struct date date;
    switch (shape) {
    case LINE:
    case LINES:
        return is_line(text);
    case DATE:
        return text.len == 0 || date_parse(text, &date);
    case GEMTEXT:
        return gemtext_check(text, 0, NULL) == STATUS_OK;
    case URL:
    case URLS:
        return is_url(text);
    case TEXT:
    case FLAG:
    case NUMBER:
        break;
    }
    return true;
}

static bool
get_list(struct span *bytes, enum shape shape, struct region *region, struct spans *out)
{
    uint64_t count;
    if (!get_number(bytes, LIST_MAX, &count) || count > bytes->len / sizeof count)
        return false;
    struct span *at = region_array(region, count, sizeof *at);
    for (size_t i = 0; i < count; i++)
        if (!get_text(bytes, &at[i]) || !is_fit(shape, at[i]))
            return false;
    *out = (struct spans){ at, count };
    return true;
}

static bool
get_one(struct span *bytes, enum shape shape, struct region *region, void *at)
{
    uint64_t number;
    if (shape == LINES || shape == URLS)
        return get_list(bytes, shape, region, at);
    if (shape == NUMBER)
        return get_number(bytes, UINT64_MAX, at);
    if (shape == FLAG) {
        bool fine = get_number(bytes, 1, &number);
        *(bool *)at = fine && number == 1;
        return fine;
    }
    return get_text(bytes, at) && is_fit(shape, *(struct span *)at);
}

static bool
get(struct span *bytes, const struct slot *slots, size_t count, struct region *region, void *into)
{
    for (size_t i = 0; i < count; i++)
        if (!get_one(bytes, slots[i].shape, region, (char *)into + slots[i].at))
            return false;
    return true;
}

void
reading_print(const struct reading *reading, struct buffer *out)
{
    put_number(MARK, out);
    put_number(reading->kind, out);
    put(reading_slots, COUNT(reading_slots), reading, out);
    put_number(reading->count, out);
    for (size_t i = 0; i < reading->count; i++) {
        const struct plaintext *text = &reading->at[i].text;
        put(document_slots, COUNT(document_slots), &reading->at[i], out);
        put_number(text->teaser_count, out);
        for (size_t k = 0; k < text->teaser_count; k++)
            put(teaser_slots, COUNT(teaser_slots), &text->teasers[k], out);
    }
}

static bool
get_teasers(struct span *bytes, struct region *region, struct plaintext *out)
{
    uint64_t count;
    if (!get_number(bytes, PLAINTEXT_TEASERS_MAX, &count))
        return false;
    struct teaser *teasers = region_array(region, count, sizeof *teasers);
    for (size_t i = 0; i < count; i++)
        if (!get(bytes, teaser_slots, COUNT(teaser_slots), region, &teasers[i]) ||
            teasers[i].title.len == 0)
            return false;
    out->teasers = teasers;
    out->teaser_count = count;
    return true;
}

static bool
get_documents(struct span *bytes, struct region *region, struct reading *out)
{
    uint64_t count;
    if (!get_number(bytes, ITEMS_MAX, &count))
        return false;
    struct document *documents = region_array(region, count, sizeof *documents);
    for (size_t i = 0; i < count; i++)
        if (!get(bytes, document_slots, COUNT(document_slots), region, &documents[i]) ||
            documents[i].text.title.len == 0 || !get_teasers(bytes, region, &documents[i].text))
            return false;
    out->at = documents;
    out->count = count;
    return true;
}

enum status
reading_parse(struct span bytes, struct region *region, struct reading *out)
{
    struct reading reading = { .kind = SOURCE_ANY };
    uint64_t mark, kind;
    if (!get_number(&bytes, MARK, &mark) || mark != MARK ||
        !get_number(&bytes, SOURCE_TEXT, &kind) || kind == SOURCE_ANY)
        return STATUS_BAD;
    reading.kind = (enum source_kind)kind;
    if (!get(&bytes, reading_slots, COUNT(reading_slots), region, &reading) ||
        !get_documents(&bytes, region, &reading) || bytes.len > 0 ||
        (reading.kind != SOURCE_FEED && reading.count != 1))
        return STATUS_BAD;
    *out = reading;
    return STATUS_OK;
}

void
reading_options_print(const struct reading_options *options, struct buffer *out)
{
    put_number(options->kind, out);
    put_number(options->links, out);
    put(option_slots, COUNT(option_slots), options, out);
}

bool
reading_options_parse(struct span *bytes, struct reading_options *out)
{
    uint64_t kind, links;
    if (!get_number(bytes, SOURCE_TEXT, &kind) || !get_number(bytes, CONVERSION_LINKS_NONE, &links))
        return false;
    *out = (struct reading_options){ .kind = (enum source_kind)kind,
                                     .links = (enum conversion_links)links };
    return get(bytes, option_slots, COUNT(option_slots), NULL, out);
}
