/* SPDX-License-Identifier: ISC */
#include "story/cue.h"

/* A word with a capital here must have one in the text. CUE_NONE: longer than a cue it ends with,
 * and none. */
static const struct {
    const char *text;
    enum cue cue;
} table[] = {
    { "tỉnh", CUE_PLACE },
    { "tp", CUE_PLACE },
    { "thành phố", CUE_PLACE },
    { "tỉnh như", CUE_PLACE },
    { "địa phương như", CUE_PLACE },
    { "ở", CUE_PLACE },
    { "tại", CUE_PLACE },
    { "thuộc", CUE_PLACE },
    { "quê", CUE_PLACE },
    { "cố đô", CUE_PLACE },
    { "ubnd", CUE_PLACE },
    { "ủy ban nhân dân", CUE_PLACE },
    { "hđnd", CUE_PLACE },
    { "hội đồng nhân dân", CUE_PLACE },
    { "đoàn đbqh", CUE_PLACE },
    { "mttq", CUE_PLACE },
    { "mặt trận tổ quốc", CUE_PLACE },
    { "tỉnh ủy", CUE_PLACE },
    { "thành ủy", CUE_PLACE },
    { "tỉnh đoàn", CUE_PLACE },
    { "thành đoàn", CUE_PLACE },
    { "đảng bộ", CUE_PLACE },
    { "nhân dân", CUE_PLACE },
    { "người dân", CUE_PLACE },
    { "phụ nữ", CUE_PLACE },
    { "lhpn", CUE_PLACE },
    { "hội nông dân", CUE_PLACE },
    { "hội cựu chiến binh", CUE_PLACE },
    { "hội ccb", CUE_PLACE },
    { "hội người cao tuổi", CUE_PLACE },
    { "hội chữ thập đỏ", CUE_PLACE },
    { "hội khuyến học", CUE_PLACE },
    { "hội nhà báo", CUE_PLACE },
    { "liên đoàn lao động", CUE_PLACE },
    { "lđlđ", CUE_PLACE },
    { "công an", CUE_PLACE },
    { "tòa án nhân dân", CUE_PLACE },
    { "tand", CUE_PLACE },
    { "viện kiểm sát nhân dân", CUE_PLACE },
    { "vksnd", CUE_PLACE },
    { "bộ chqs", CUE_PLACE },
    { "bộ chỉ huy quân sự", CUE_PLACE },
    { "bđbp", CUE_PLACE },
    { "bộ đội biên phòng", CUE_PLACE },
    { "bhxh", CUE_PLACE },
    { "bảo hiểm xã hội", CUE_PLACE },
    { "cục thuế", CUE_PLACE },
    { "bệnh viện đa khoa", CUE_PLACE },
    { "đại học", CUE_PLACE },
    { "du lịch", CUE_PLACE },
    { "đặc khu", CUE_DISTRICT },
    { "quận", CUE_DISTRICT },
    { "huyện", CUE_DISTRICT },
    { "thị xã", CUE_DISTRICT },
    { "tx", CUE_DISTRICT },
    { "đường", CUE_STREET },
    { "đường phố", CUE_STREET },
    { "phố", CUE_STREET },
    { "ngõ", CUE_STREET },
    { "ngách", CUE_STREET },
    { "đại lộ", CUE_STREET },
    { "xa lộ", CUE_STREET },
    { "khu phố", CUE_NONE },
    { "con đường", CUE_NONE },
    { "cung đường", CUE_NONE },
    { "chặng đường", CUE_NONE },
    { "tuyến đường", CUE_NONE },
    { "ông", CUE_PERSON },
    { "bà", CUE_PERSON },
    { "anh", CUE_PERSON },
    { "chị", CUE_PERSON },
    { "anh chị", CUE_NONE },
    { "tiếng anh", CUE_NONE },
    { "Bùi", CUE_PERSON },
    { "Đặng", CUE_PERSON },
    { "Đinh", CUE_PERSON },
    { "Đỗ", CUE_PERSON },
    { "Hoàng", CUE_PERSON },
    { "Huỳnh", CUE_PERSON },
    { "Lê", CUE_PERSON },
    { "Lương", CUE_PERSON },
    { "Ngô", CUE_PERSON },
    { "Nguyễn", CUE_PERSON },
    { "Phạm", CUE_PERSON },
    { "Phan", CUE_PERSON },
    { "Thị", CUE_PERSON },
    { "Trần", CUE_PERSON },
    { "Trịnh", CUE_PERSON },
    { "Trương", CUE_PERSON },
    { "Võ", CUE_PERSON },
    { "Vũ", CUE_PERSON },
};
enum { CUES = sizeof table / sizeof *table, OFFICE_MAX = 8 };

struct cues {
    struct {
        const struct word *words;
        size_t count;
    } at[CUES];
    struct spans joining;
    struct span office; /* "Sở", whose name stands between it and the place's */
};

struct cues *
cues_new(struct region *region)
{
    static const char *const joining[] = { "và", "hoặc", "cùng" };
    struct cues *cues = region_alloc(region, sizeof *cues);
    struct span_list list = { { NULL, 0 }, 0 };
    size_t count;
    for (size_t i = 0; i < sizeof joining / sizeof *joining; i++)
        span_list_add(&list, region, words_keep(span_of(joining[i]), region, &count)->key);
    cues->joining = list.spans;
    for (size_t i = 0; i < CUES; i++)
        cues->at[i].words = words_keep(span_of(table[i].text), region, &cues->at[i].count);
    cues->office = words_keep(SPAN("Sở"), region, &count)->key;
    return cues;
}

/* The cue at `cue` ends with words[end - 1]. */
static bool
ends_here(const struct word *cue, size_t count, const struct word *words, size_t end)
{
    if (count > end || !span_equal(cue[count - 1].key, words[end - 1].key))
        return false;
    const struct word *begin = words + end - count;
    for (size_t i = 0; i < count; i++)
        if (begin[i].gap > GAP_JOIN || (cue[i].capital && !begin[i].capital))
            return false;
    return words_equal(cue, begin, count);
}

/* "Sở Giáo dục và Đào tạo Hòa Bình", "Sở Văn hóa, Thể thao và Du lịch Hải Dương". */
static bool
is_behind_office(const struct cues *cues, const struct word *words, size_t at)
{
    for (size_t back = 1; back <= OFFICE_MAX && back <= at; back++) {
        const struct word *word = &words[at - back];
        if (word->gap > (back == 1 ? GAP_SPACE : GAP_COMMA))
            return false;
        if (word->capital && back > 1 && span_equal(word->key, cues->office))
            return true;
    }
    return false;
}

enum cue
cue_before(const struct cues *cues, const struct word *words, size_t at)
{
    enum cue longest = CUE_NONE;
    size_t words_in_it = 0;
    for (size_t i = 0; at > 0 && i < CUES; i++)
        if (cues->at[i].count > words_in_it &&
            ends_here(cues->at[i].words, cues->at[i].count, words, at)) {
            longest = table[i].cue;
            words_in_it = cues->at[i].count;
        }
    if (words_in_it == 0 && is_behind_office(cues, words, at))
        return CUE_PLACE;
    return longest;
}

size_t
cue_within(const struct cues *cues, const struct word *words, size_t count)
{
    size_t longest = 0;
    for (size_t i = 0; i < CUES; i++) {
        size_t own = cues->at[i].count;
        if ((table[i].cue == CUE_PLACE || table[i].cue == CUE_DISTRICT) && own > longest &&
            own < count && ends_here(cues->at[i].words, own, words, own))
            longest = own;
    }
    return longest;
}

bool
cue_joins(const struct cues *cues, struct span key)
{
    return spans_have(cues->joining, key);
}
