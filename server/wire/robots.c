/* SPDX-License-Identifier: ISC */
#include "wire/robots.h"

#include "base/buffer.h"

enum { DELAY_MOST = 24 * 60 * 60, MILLI = 1000, DIGITS = 3, NIBBLE = 4, HEX = 16, TEN = 10 };

/* What has been read of the groups for one agent. */
struct reader {
    struct span agent;
    struct region *region;
    struct robots_rule *rules;
    size_t count;
    int64_t delay;
    bool naming; /* user-agent lines follow each other */
    bool for_us; /* the group is for the agent */
    bool found;  /* one was */
};

static int
digit_of(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    byte |= 0x20;
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + TEN : -1;
}

static bool
is_unreserved(int byte)
{
    return (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z') ||
           byte == '-' || byte == '.' || byte == '_' || byte == '~';
}

/* Takes an octet off *rest, escaped or not. */
static int
take_octet(struct span *rest, bool *escaped)
{
    int high = rest->len >= DIGITS && rest->at[0] == '%' ? digit_of(rest->at[1]) : -1;
    int low = high >= 0 ? digit_of(rest->at[2]) : -1;
    int byte = (unsigned char)rest->at[0];
    *escaped = low >= 0;
    *rest = span_skip(*rest, *escaped ? DIGITS : 1);
    return *escaped ? high << NIBBLE | low : byte;
}

/* One form for what may be escaped or not (RFC 9309, 2.2.2). What is special in a pattern is so
 * only where it stands raw. */
static struct span
normal(struct span text, bool pattern, struct region *region)
{
    struct buffer out = BUFFER_EMPTY;
    while (text.len > 0) {
        bool escaped;
        int byte = take_octet(&text, &escaped);
        bool special = byte == '*' || byte == '$';
        bool means = pattern && (byte == '*' || text.len == 0); /* $ does so at the end only */
        if (is_unreserved(byte) || (!escaped && byte > ' ' && byte < 0x7f && (means || !special)))
            buffer_add_char(&out, (char)byte);
        else
            buffer_printf(&out, "%%%02X", (unsigned)byte);
    }
    struct span normal = region_copy(region, buffer_span(&out));
    buffer_fini(&out);
    return normal;
}

static void
add_rule(struct reader *reader, struct span value, bool allows)
{
    if (!reader->for_us || value.len == 0 || reader->count == ROBOTS_RULES_MAX)
        return;
    reader->rules[reader->count++] = (struct robots_rule){ normal(value, true, reader->region),
                                                           allows };
}

/* Seconds, with a fraction maybe; the largest that any group for us names. */
static void
add_delay(struct reader *reader, struct span value)
{
    uint64_t whole = 0, tenths = 0;
    size_t dot = value.len;
    span_find_char(value, '.', &dot);
    struct span fraction = span_first(span_skip(value, dot + 1), 1);
    if (!reader->for_us || !span_number(span_first(value, dot), DELAY_MOST, &whole) ||
        (fraction.len > 0 && !span_number(fraction, TEN, &tenths)))
        return;
    int64_t delay = (int64_t)(whole * MILLI + tenths * MILLI / TEN);
    if (delay > reader->delay)
        reader->delay = delay;
}

/* The product's name, without version or anything behind. */
static struct span
product_of(struct span value)
{
    size_t len = 0;
    while (len < value.len && (value.at[len] == '-' || value.at[len] == '_' ||
                               ((value.at[len] | 0x20) >= 'a' && (value.at[len] | 0x20) <= 'z')))
        len++;
    return span_equal(span_first(value, 1), SPAN("*")) ? SPAN("*") : span_first(value, len);
}

static void
read_agent(struct reader *reader, struct span value)
{
    bool named = span_equal_nocase(product_of(value), reader->agent);
    reader->for_us = named || (reader->naming && reader->for_us);
    reader->naming = true;
    reader->found |= named;
}

static void
read_line(struct reader *reader, struct span line)
{
    size_t at;
    if (span_find_char(line, '#', &at))
        line.len = at;
    if (!span_find_char(line, ':', &at))
        return;
    struct span name = span_trim(span_first(line, at)), value = span_trim(span_skip(line, at + 1));
    bool allows = span_equal_nocase(name, SPAN("allow"));
    if (span_equal_nocase(name, SPAN("user-agent"))) {
        read_agent(reader, value);
        return;
    }
    if (allows || span_equal_nocase(name, SPAN("disallow")))
        add_rule(reader, value, allows);
    else if (span_equal_nocase(name, SPAN("crawl-delay")))
        add_delay(reader, value);
    else
        return; /* a sitemap, say, ends no list of agents */
    reader->naming = false;
}

static bool
read_for(struct span bytes, struct span agent, struct region *region, struct robots *out)
{
    struct reader reader = { .agent = agent, .region = region };
    reader.rules = region_array(region, ROBOTS_RULES_MAX, sizeof *reader.rules);
    while (bytes.at != NULL) {
        struct span line = span_line(&bytes);
        while (line.at != NULL)
            read_line(&reader, span_first(span_cut(&line, '\r'), ROBOTS_LINE_MAX));
    }
    *out = (struct robots){ reader.rules, reader.count, reader.delay };
    return reader.found;
}

void
robots_parse(struct span bytes, struct span agent, struct region *region, struct robots *out)
{
    struct span mark = SPAN("\xEF\xBB\xBF");
    if (span_starts(bytes, mark))
        bytes = span_skip(bytes, mark.len);
    if (!read_for(bytes, agent, region, out))
        read_for(bytes, SPAN("*"), region, out);
}

/* Each part between two stars is looked for as early as it stands; what must end the target is
 * looked for at its end. */
static bool
matches(struct span pattern, struct span target)
{
    bool anchored = span_ends(pattern, SPAN("$"));
    pattern.len -= anchored ? 1 : 0;
    bool first = true;
    while (pattern.at != NULL) {
        struct span part = span_cut(&pattern, '*');
        bool last = pattern.at == NULL;
        size_t at = 0;
        if (first && !span_starts(target, part))
            return false;
        if (last && anchored)
            return first ? span_equal(target, part) : span_ends(target, part);
        if (!first && part.len > 0 && !span_find(target, part, &at))
            return false;
        target = span_skip(target, at + part.len);
        first = false;
    }
    return true;
}

bool
robots_allows(const struct robots *robots, struct span target)
{
    struct region *region = region_new();
    struct span path = normal(target, false, region);
    const struct robots_rule *best = NULL;
    for (size_t i = 0; i < robots->count; i++) {
        const struct robots_rule *rule = &robots->at[i];
        bool longer = best == NULL || rule->pattern.len > best->pattern.len ||
                      (rule->pattern.len == best->pattern.len && rule->allows);
        if (longer && matches(rule->pattern, path))
            best = rule;
    }
    region_free(region);
    return best == NULL || best->allows || span_equal(target, SPAN("/robots.txt"));
}
