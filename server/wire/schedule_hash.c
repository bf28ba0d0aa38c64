/* SPDX-License-Identifier: ISC */
/* What changes by itself in a body, and is no news. */
#include "wire/schedule.h"

#include "base/buffer.h"

/* From a mark to the end of what it begins; case does not count. */
static const struct noise {
    struct span begin, end;
} noises[] = {
    { SPAN("<lastbuilddate"), SPAN("</lastbuilddate>") },
    { SPAN("<!--"), SPAN("-->") }, /* "page generated in 0.2 seconds" */
    { SPAN("<script"), SPAN("</script>") },
    { SPAN("<style"), SPAN("</style>") },
    { SPAN("<noscript"), SPAN("</noscript>") },
    { SPAN("<iframe"), SPAN("</iframe>") }, /* what advertising comes in */
    { SPAN("<ins "), SPAN("</ins>") },
    { SPAN("<input"), SPAN(">") }, /* a form's token against forgery */
    { SPAN("<meta name=\"csrf"), SPAN(">") },
    { SPAN(" nonce=\""), SPAN("\"") },
};

/* Of a feed, what stands before its first item: dates of the feed itself. */
static const struct noise heads[] = {
    { SPAN("<pubdate"), SPAN("</pubdate>") },
    { SPAN("<updated"), SPAN("</updated>") },
    { SPAN("<dc:date"), SPAN("</dc:date>") },
};

static bool
begins(struct span text, struct span what)
{
    return text.len >= what.len && span_equal_nocase(span_first(text, what.len), what);
}

/* Which ends no longer come, so that nothing is looked for twice. */
struct looking {
    const struct noise *table;
    size_t count;
    unsigned ended;
};

static bool
find_end(struct span text, struct span end, size_t *at)
{
    for (*at = 0; *at + end.len <= text.len; ++*at)
        if (begins(span_skip(text, *at), end))
            return true;
    return false;
}

/* How long the noise is that stands first; 0: none. What never ends is none. */
static size_t
noise_at(struct span text, struct looking *looking)
{
    for (size_t i = 0; i < looking->count; i++) {
        const struct noise *noise = &looking->table[i];
        size_t at;
        if ((looking->ended >> i & 1) != 0 || !begins(text, noise->begin))
            continue;
        if (find_end(span_skip(text, noise->begin.len), noise->end, &at))
            return noise->begin.len + at + noise->end.len;
        looking->ended |= 1U << i;
    }
    return 0;
}

void
schedule_hash(struct span body, char out[HASH_TEXT + 1])
{
    struct looking anywhere = { noises, sizeof noises / sizeof *noises, 0 };
    struct looking in_head = { heads, sizeof heads / sizeof *heads, 0 };
    struct buffer kept = BUFFER_EMPTY;
    bool head = true;
    while (body.len > 0) {
        bool mark = body.at[0] == '<' || body.at[0] == ' ';
        size_t noise = mark ? noise_at(body, &anywhere) : 0;
        head = head && !(mark && (begins(body, SPAN("<item")) || begins(body, SPAN("<entry"))));
        if (noise == 0 && mark && head)
            noise = noise_at(body, &in_head);
        if (noise == 0)
            buffer_add_char(&kept, body.at[0]);
        body = span_skip(body, noise > 0 ? noise : 1);
    }
    hash_text(buffer_span(&kept), out);
    buffer_fini(&kept);
}
