/* SPDX-License-Identifier: ISC */
#include "wire/webpage_parts.h"

#include "base/uri.h"
#include "wire/lines.h"

#include <string.h>

enum { BODY_MIN = 250, BODY_SURE = 400, STUB_MAX = 1500, WALL_BYTES = 240, WORD_MIN = 3 };

/* What stands where the rest of an article would. */
static const struct wall {
    enum webpage_verdict verdict;
    const char *words;
} walls[] = {
    { WEBPAGE_LOGIN, "đăng nhập để đọc" },
    { WEBPAGE_LOGIN, "đăng nhập để xem" },
    { WEBPAGE_LOGIN, "vui lòng đăng nhập" },
    { WEBPAGE_LOGIN, "bạn cần đăng nhập" },
    { WEBPAGE_LOGIN, "vui lòng đăng ký" },
    { WEBPAGE_LOGIN, "đăng ký để đọc" },
    { WEBPAGE_LOGIN, "đăng ký để xem" },
    { WEBPAGE_LOGIN, "log in to continue" },
    { WEBPAGE_LOGIN, "sign in to continue" },
    { WEBPAGE_LOGIN, "register to continue" },
    { WEBPAGE_PAYWALL, "để đọc tiếp" },
    { WEBPAGE_PAYWALL, "dành cho thuê bao" },
    { WEBPAGE_PAYWALL, "dành riêng cho thành viên" },
    { WEBPAGE_PAYWALL, "dành cho hội viên trả phí" },
    { WEBPAGE_PAYWALL, "mua gói" },
    { WEBPAGE_PAYWALL, "to continue reading" },
    { WEBPAGE_PAYWALL, "to read the full" },
    { WEBPAGE_PAYWALL, "subscribe to continue" },
    { WEBPAGE_PAYWALL, "subscribe to read" },
    { WEBPAGE_PAYWALL, "for subscribers only" },
    { WEBPAGE_PAYWALL, "become a subscriber" },
};

enum { WALLS = sizeof walls / sizeof walls[0] };

static enum webpage_verdict
wall_in(struct span key, const struct span keys[WALLS])
{
    size_t at;
    for (size_t i = 0; i < WALLS; i++)
        if (span_find(key, keys[i], &at))
            return walls[i].verdict;
    return WEBPAGE_WHOLE;
}

/* The first block that says that one has to pay or to log in. */
static enum webpage_verdict
find_wall(const struct survey *survey)
{
    struct span keys[WALLS];
    bool behind = survey->title == NULL;
    for (size_t i = 0; i < WALLS; i++)
        keys[i] = line_key(span_of(walls[i].words), survey->region);
    for (xmlNode *node = survey->root; node != NULL; node = html_next(node, survey->root)) {
        behind = behind || node == survey->title;
        if (!behind || node->type != XML_ELEMENT_NODE || !part_is_leaf(node))
            continue;
        struct span line = html_line(node, survey->region);
        enum webpage_verdict verdict = line.len > 0 && line.len < WALL_BYTES
                                           ? wall_in(line_key(line, survey->region), keys)
                                           : WEBPAGE_WHOLE;
        if (verdict != WEBPAGE_WHOLE)
            return verdict;
    }
    return WEBPAGE_WHOLE;
}

/* Some word of the headline or the summary is in the text, nearly always in its first lines. */
static bool
speaks_of(struct span topic, struct span text, struct region *region)
{
    struct span words = line_key(topic, region);
    size_t count = 0, at;
    for (struct span rest = words; rest.len > 0;)
        count += span_cut(&rest, ' ').len >= WORD_MIN;
    while (count > 0 && text.len > 0) {
        struct span key = line_key(span_line(&text), region);
        for (struct span rest = words; rest.len > 0;) {
            struct span word = span_cut(&rest, ' ');
            if (word.len >= WORD_MIN && span_find(key, word, &at))
                return true;
        }
    }
    return count == 0;
}

static bool
is_front(const struct survey *survey, struct span url)
{
    struct uri uri;
    struct span canonical = survey->facts.at[FACT_CANONICAL];
    if (!uri_parse(url.len > 0 ? url : canonical, URI_LENIENT, &uri))
        return false;
    return uri.has_authority && uri.path.len <= 1 && uri.query.len == 0;
}

static void
say(struct webpage *page, enum webpage_verdict verdict, const char *reason)
{
    page->verdict = verdict;
    page->reason = reason;
}

static size_t
count_characters(struct span text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.at[i] & 0xC0) != 0x80;
    return count;
}

void
survey_judge(const struct survey *survey, struct span text, struct webpage *page)
{
    size_t length = count_characters(text);
    const struct facts *facts = &survey->facts;
    bool article = facts->article || facts->article_properties >= 4;
    enum webpage_verdict wall = length < STUB_MAX ? find_wall(survey) : WEBPAGE_WHOLE;
    if (facts->unfree)
        say(page, WEBPAGE_PAYWALL, "it says that it is for subscribers");
    else if (wall == WEBPAGE_PAYWALL)
        say(page, wall, "it wants to be paid for the rest");
    else if (wall == WEBPAGE_LOGIN)
        say(page, wall, "it wants its readers to log in");
    else if (length < BODY_MIN)
        say(page, WEBPAGE_NO_ARTICLE, "there is no text to speak of on it");
    else if (!article && (facts->listing || survey->cards || is_front(survey, page->base)))
        say(page, WEBPAGE_NO_ARTICLE, "it lists other pages");
    else if (!speaks_of(page->title, text, survey->region) &&
             (page->summary.len == 0 || !speaks_of(page->summary, text, survey->region)))
        say(page, WEBPAGE_DOUBTFUL, "the text found speaks of other things than the headline");
    else if (!article && length < BODY_SURE)
        say(page, WEBPAGE_DOUBTFUL, "the text found is short");
}
