/* SPDX-License-Identifier: ISC */
/* What is remembered, as lines: `key value`, an entry beginning with its `source`. */
#include "base/clock.h"
#include "wire/diary.h"

#include <stddef.h>
#include <stdio.h>

#define FIRST "songtu refresh "
#define VERSION "1"

enum { SIXTEEN = 16, ESCAPE_BYTES = 3, TEN = 10, KEY_BYTES = 64 };

enum kind { TEXT, COUNT, SECONDS, TIME, STATE, FLAG };

static const struct field {
    struct span key;
    enum kind kind;
    size_t into;
} fields[] = {
#define FIELD(key, kind, into)                              \
    {                                                       \
        SPAN(key), kind, offsetof(struct diary_entry, into) \
    }
    FIELD("page", FLAG, page),
    FIELD("state", STATE, state),
    FIELD("instead", TEXT, instead),
    FIELD("asked", TIME, asked),
    FIELD("due", TIME, due),
    FIELD("every", SECONDS, every),
    FIELD("wished", SECONDS, wished),
    FIELD("skip-hours", COUNT, skip_hours),
    FIELD("skip-days", COUNT, skip_days),
    FIELD("etag", TEXT, validators.etag),
    FIELD("last-modified", TEXT, validators.modified),
    FIELD("validators-of", TEXT, validators.url),
    FIELD("recipe", TEXT, recipe),
    FIELD("hash", TEXT, hash),
    FIELD("items", COUNT, items),
    FIELD("stories", TEXT, stories),
    FIELD("moved", TEXT, moved),
    FIELD("moved-times", COUNT, moved_times),
    FIELD("moved-since", TIME, moved_since),
    FIELD("failures", COUNT, failures),
    FIELD("failing-since", TIME, failing_since),
    FIELD("missing", COUNT, missing),
    FIELD("missing-since", TIME, missing_since),
    FIELD("odd-times", COUNT, odd_times),
    FIELD("odd-since", TIME, odd_since),
#undef FIELD
};

static const char *const states[] = {
    [DIARY_LIVE] = "live", [DIARY_DISABLED] = "disabled", [DIARY_GONE] = "gone"
};

#define COUNT_OF(table) (sizeof(table) / sizeof *(table))

/* A value may hold any bytes, as servers choose some; a line has no controls in it. */
static void
print_text(struct span key, struct span text, struct buffer *out)
{
    buffer_add(out, key);
    buffer_add_char(out, ' ');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        if (byte < ' ' || byte == 0x7f || byte == '\\')
            buffer_printf(out, "\\%02x", byte);
        else
            buffer_add_char(out, (char)byte);
    }
    buffer_add_char(out, '\n');
}

static void
print_time(struct span key, int64_t instant, struct buffer *out)
{
    char text[CLOCK_TEXT];
    if (instant != 0 && *clock_print(instant, text) != '\0')
        print_text(key, span_of(text), out);
}

static void
print_number(struct span key, uint64_t number, struct buffer *out)
{
    if (number != 0)
        buffer_printf(out, "%.*s %llu\n", SPAN_ARG(key), (unsigned long long)number);
}

static void
print_field(const struct diary_entry *entry, const struct field *field, struct buffer *out)
{
    const void *from = (const char *)entry + field->into;
    switch (field->kind) {
    case TEXT:
        if (((const struct span *)from)->len > 0)
            print_text(field->key, *(const struct span *)from, out);
        break;
    case COUNT:
        print_number(field->key, *(const uint64_t *)from, out);
        break;
    case SECONDS:
        if (*(const int64_t *)from > 0)
            print_number(field->key, (uint64_t) * (const int64_t *)from, out);
        break;
    case TIME:
        print_time(field->key, *(const int64_t *)from, out);
        break;
    case STATE:
        if (*(const enum diary_state *)from != DIARY_LIVE)
            print_text(field->key, span_of(states[*(const enum diary_state *)from]), out);
        break;
    case FLAG:
        print_number(field->key, *(const bool *)from, out);
        break;
    }
}

void
diary_print(const struct diary *diary, struct buffer *out)
{
    char sum[HASH_TEXT + 1], until[CLOCK_TEXT], key[KEY_BYTES];
    const struct diary_entry *entry;
    const struct diary_hold *hold;
    size_t begin = out->len;
    buffer_add_text(out, FIRST VERSION "\n");
    for (size_t at = 0; (hold = diary_next_hold(diary, &at)) != NULL;)
        if (*clock_print(hold->until, until) != '\0') {
            snprintf(key, sizeof key, "hold %s", until);
            print_text(span_of(key), hold->host, out);
        }
    for (size_t at = 0; (entry = diary_next(diary, &at)) != NULL;) {
        print_text(SPAN("source"), entry->source, out);
        print_text(SPAN("url"), entry->url, out);
        for (size_t i = 0; i < COUNT_OF(fields); i++)
            print_field(entry, &fields[i], out);
    }
    hash_text(span_skip(buffer_span(out), begin), sum);
    buffer_printf(out, "sum %s\n", sum);
}

/* What is being read. */
struct reader {
    struct diary *diary;
    struct span source; /* its url must follow; at == NULL: none */
    struct diary_entry *entry;
    size_t entries;
};

static int
digit_of(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + TEN : -1;
}

static bool
read_text(struct reader *reader, struct span value, struct span *out)
{
    struct buffer text = BUFFER_EMPTY;
    bool good = true;
    while (good && value.len > 0) {
        bool escaped = value.at[0] == '\\';
        int high = escaped && value.len >= ESCAPE_BYTES ? digit_of(value.at[1]) : -1;
        int low = high >= 0 ? digit_of(value.at[2]) : -1;
        good = !escaped || low >= 0;
        char byte = value.at[0];
        if (escaped && good)
            byte = (char)(unsigned char)(high * SIXTEEN + low);
        buffer_add_char(&text, byte);
        value = span_skip(value, escaped ? ESCAPE_BYTES : 1);
    }
    if (good)
        *out = diary_keep(reader->diary, buffer_span(&text));
    buffer_fini(&text);
    return good;
}

static bool
read_time(struct span value, int64_t *out)
{
    struct date date;
    if (!date_parse(value, &date) || date.precision != DATE_SECOND)
        return false;
    *out = date.instant;
    return true;
}

static bool
read_seconds(struct span value, int64_t *out)
{
    uint64_t number;
    if (!span_number(value, INT64_MAX, &number))
        return false;
    *out = (int64_t)number;
    return true;
}

static bool
read_state(struct span value, enum diary_state *out)
{
    for (size_t i = 0; i < COUNT_OF(states); i++)
        if (span_equal(value, span_of(states[i]))) {
            *out = (enum diary_state)i;
            return true;
        }
    return false;
}

static bool
read_field(struct reader *reader, const struct field *field, struct span value)
{
    void *into = (char *)reader->entry + field->into;
    switch (field->kind) {
    case TEXT:
        return read_text(reader, value, into);
    case COUNT:
        return span_number(value, UINT64_MAX, into);
    case SECONDS:
        return read_seconds(value, into);
    case TIME:
        return read_time(value, into);
    case STATE:
        return read_state(value, into);
    case FLAG:
        return (*(bool *)into = span_equal(value, SPAN("1")));
    }
    return false;
}

static bool
read_hold(struct reader *reader, struct span value)
{
    struct span until = span_cut(&value, ' '), host;
    int64_t instant;
    if (!read_time(until, &instant) || !read_text(reader, value, &host))
        return false;
    diary_hold(reader->diary, host, instant);
    return true;
}

static bool
read_url(struct reader *reader, struct span value)
{
    struct span url;
    if (reader->source.at == NULL || !read_text(reader, value, &url) ||
        diary_find(reader->diary, reader->source, url) != NULL ||
        ++reader->entries > DIARY_ENTRIES_MAX)
        return false;
    reader->entry = diary_at(reader->diary, reader->source, url);
    reader->source = (struct span){ NULL, 0 };
    return true;
}

static bool
read_line(struct reader *reader, struct span line)
{
    struct span value = line, key = span_cut(&value, ' ');
    if (value.at == NULL)
        return false;
    if (span_equal(key, SPAN("url")))
        return read_url(reader, value);
    if (reader->source.at != NULL)
        return false;
    if (span_equal(key, SPAN("hold")))
        return read_hold(reader, value);
    if (span_equal(key, SPAN("source")))
        return read_text(reader, value, &reader->source);
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        if (span_equal(key, fields[i].key))
            return reader->entry != NULL && read_field(reader, &fields[i], value);
    return false;
}

/* The lines without the last, which tells their sum; false: they have another. */
static bool
check_sum(struct span bytes, struct span *lines)
{
    char sum[HASH_TEXT + 1];
    size_t last = HASH_TEXT + sizeof "sum \n" - 1;
    if (bytes.len < last)
        return false;
    struct span body = span_first(bytes, bytes.len - last);
    struct span end = span_skip(bytes, body.len);
    hash_text(body, sum);
    if (!span_starts(end, SPAN("sum ")) || !span_ends(end, SPAN("\n")) ||
        !span_equal(span_first(span_skip(end, 4), HASH_TEXT), span_of(sum)))
        return false;
    *lines = body;
    return true;
}

enum status
diary_parse(struct span bytes, struct diary **out, struct fault *fault)
{
    struct span rest = bytes, first = span_line(&rest);
    struct reader reader = { .diary = NULL };
    size_t line = 1;
    if (!span_starts(first, SPAN(FIRST)))
        return fault_set(fault, 1, "it is not what a refresh remembers");
    if (!span_equal(first, SPAN(FIRST VERSION)))
        return fault_set(fault, 1, "it is of a version that this songtu can't read");
    if (!check_sum(bytes, &rest))
        return fault_set(fault, 0, "it is torn: the sum at its end is not that of its lines");
    reader.diary = diary_new();
    span_line(&rest);
    bool good = true;
    while (good && rest.len > 0) {
        line++;
        good = read_line(&reader, span_line(&rest));
    }
    if (!good || reader.source.at != NULL) {
        diary_free(reader.diary);
        return fault_set(fault, line, "it can't be read");
    }
    *out = reader.diary;
    return STATUS_OK;
}
