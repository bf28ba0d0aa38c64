/* SPDX-License-Identifier: ISC */
/* What two texts are to each other: prints of one text by several hands are near, other texts far.
 * Texts are made of syllables as Vietnamese has them, by chance that is the same each time. */
#include "wire/fingerprint.h"

#include "base/buffer.h"

#include "testing.h"

#include <string.h>

enum { TEXTS = 300, SENTENCES = 30, SYLLABLES = 18 };

static uint64_t
roll(uint64_t *state, uint64_t sides)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (*state >> 33) % sides;
}

static void
add_syllable(uint64_t *state, struct buffer *out)
{
    static const char *const onsets[] = { "b", "c", "d",  "đ",  "h",  "kh", "l",  "m",
                                          "n", "s", "th", "tr", "ph", "v",  "nh", "" };
    static const char *const rhymes[] = { "a",   "anh", "ông", "ường", "ế",   "iệt", "òa",
                                          "uân", "ân",  "ộ",   "ích",  "ăng", "ơi",  "ở",
                                          "ưa",  "en",  "ong", "ủy",   "ai",  "ước" };
    buffer_add_text(out, onsets[roll(state, sizeof onsets / sizeof *onsets)]);
    buffer_add_text(out, rhymes[roll(state, sizeof rhymes / sizeof *rhymes)]);
}

static void
add_sentence(uint64_t *state, struct buffer *out)
{
    buffer_add_char(out, 'X');
    for (int i = 0; i < SYLLABLES; i++) {
        add_syllable(state, out);
        buffer_add_char(out, i + 1 < SYLLABLES ? ' ' : '.');
    }
}

/* Text `number`, with one change to it. */
enum change { AS_IT_IS, WORD, SENTENCE_LESS, SENTENCE_MORE, SENTENCES_MOVED };

static struct fingerprint
read_text(uint64_t number, enum change change)
{
    struct buffer text = BUFFER_EMPTY;
    struct fingerprint fingerprint;
    uint64_t state = number * 7919 + 1, other = number + 12345;
    for (int i = 0; i < SENTENCES; i++) {
        size_t before = text.len;
        add_sentence(&state, &text);
        if (change == SENTENCE_LESS && i == 12)
            buffer_shorten(&text, before);
        if (change == WORD && i == 12) {
            buffer_shorten(&text, text.len - 6);
            add_syllable(&other, &text);
        }
        if (change == SENTENCE_MORE && i == 12)
            add_sentence(&other, &text);
        if (change == SENTENCES_MOVED && i == 12)
            buffer_add_text(&text, "\n\n");
        buffer_add_char(&text, i % 3 == 2 ? '\n' : ' ');
    }
    fingerprint_read(buffer_span(&text), &fingerprint);
    buffer_fini(&text);
    return fingerprint;
}

/* How many of TEXTS texts are within `bits` after the change. */
static int
count_within(enum change change, int bits)
{
    int count = 0;
    for (uint64_t i = 0; i < TEXTS; i++) {
        struct fingerprint before = read_text(i, AS_IT_IS), after = read_text(i, change);
        count += fingerprint_distance(&before, &after) <= bits;
        ck_assert(fingerprint_is_comparable(&before, &after));
    }
    return count;
}

START_TEST(a_text_that_was_edited_a_little_stays_near)
{
    ck_assert_int_ge(count_within(WORD, FINGERPRINT_SAME), TEXTS * 85 / 100);
    ck_assert_int_eq(count_within(WORD, FINGERPRINT_NEAR), TEXTS);
    ck_assert_int_ge(count_within(SENTENCE_LESS, FINGERPRINT_NEAR), TEXTS * 90 / 100);
    ck_assert_int_ge(count_within(SENTENCE_MORE, FINGERPRINT_NEAR), TEXTS * 90 / 100);
    ck_assert_int_eq(count_within(SENTENCES_MOVED, 0), TEXTS);
}
END_TEST

START_TEST(other_texts_are_far)
{
    static struct fingerprint texts[TEXTS];
    for (uint64_t i = 0; i < TEXTS; i++)
        texts[i] = read_text(i, AS_IT_IS);
    for (size_t i = 0; i < TEXTS; i++)
        for (size_t k = 0; k < i; k++)
            ck_assert_int_gt(fingerprint_distance(&texts[i], &texts[k]), FINGERPRINT_NEAR);
}
END_TEST

START_TEST(what_is_said_again_and_again_is_said_once)
{
    struct buffer one = BUFFER_EMPTY, other = BUFFER_EMPTY;
    struct fingerprint first, second;
    buffer_add_text(&one, "Mưa lớn trút xuống phố cổ từ nửa đêm.");
    buffer_add_text(&other, "Nắng đã lên trên bến sông từ sáng sớm.");
    for (int i = 0; i < 20; i++) {
        buffer_add_text(&one, " Độc giả gửi ý kiến về tòa soạn.");
        buffer_add_text(&other, " Độc giả gửi ý kiến về tòa soạn.");
    }
    fingerprint_read(buffer_span(&one), &first);
    fingerprint_read(buffer_span(&other), &second);
    ck_assert_int_gt(fingerprint_distance(&first, &second), FINGERPRINT_NEAR);
    buffer_fini(&one);
    buffer_fini(&other);
}
END_TEST

START_TEST(near_texts_share_a_band)
{
    struct fingerprint one = { .simhash = 0x0123456789ABCDEF }, other;
    for (int a = 0; a < 64; a++)
        for (int b = 0; b < 64; b++)
            for (int c = 0; c < 64; c++) {
                int shared = 0;
                other.simhash = one.simhash ^ (1ull << a | 1ull << b | 1ull << c);
                ck_assert_int_le(fingerprint_distance(&one, &other), FINGERPRINT_SAME);
                for (int band = 0; band < FINGERPRINT_BANDS; band++)
                    shared += fingerprint_band(&one, band) == fingerprint_band(&other, band);
                ck_assert_int_gt(shared, 0);
            }
}
END_TEST

#define TOLD "Nước rút, chợ hòa bình họp lại. Bà con quý kỷ niệm cũ."

/* What one paper prints, and another. */
static const struct {
    const char *one, *other;
    bool same;
} prints[] = {
    { TOLD "\n", TOLD "\n", true },
    { TOLD "\n", "NƯỚC RÚT; CHỢ HÒA BÌNH HỌP LẠI; bà con \"quý\" kỷ niệm cũ!\n", true },
    { TOLD "\n", "Nước rút, chợ hoà bình họp lại.  Bà con quý kỉ niệm cũ.\n", true },
    { TOLD "\n",
      "Nu\xCC\x9Bo\xCC\x9B\xCC\x81"
      "c rút, chợ hòa bình họp lại. Bà con quý kỷ niệm cũ.\n",
      true },
    { TOLD "\n", "Nước rút, chợ hòa bình họp lại.\n\nBà con quý kỷ niệm cũ.\n", true },
    { TOLD "\n", "Hà Nội - " TOLD "\n", true },
    { TOLD "\n", "(PLO)- " TOLD "\n", true },
    { TOLD "\n", "TPO - " TOLD "\n", true },
    { TOLD "\n", TOLD "\nChợ sau lũ. Ảnh: Lê An\n", true },
    { TOLD "\n", TOLD "\n=> https://bao.example/cho.jpg Ảnh: chợ sau lũ\n", true },
    { TOLD "\n", TOLD "\n=> https://bao.example/ Cũng đăng tại: Báo\n", true },
    { TOLD "\n", "Nước rút, chợ hòa bình họp lại. Bà con quý kỷ niệm mới.\n", false },
    { TOLD "\n", "Nước rút, cho hòa bình họp lại. Bà con quý kỷ niệm cũ.\n", false },
    { TOLD "\n", "Bà con quý kỷ niệm cũ. Nước rút, chợ hòa bình họp lại.\n", false },
    { "", "…\n", true },
};

START_TEST(how_a_paper_prints_a_text_does_not_count)
{
    struct fingerprint one, other;
    fingerprint_read(span_of(prints[_i].one), &one);
    fingerprint_read(span_of(prints[_i].other), &other);
    ck_assert_msg((memcmp(one.hash, other.hash, HASH_BYTES) == 0) == prints[_i].same, "%s",
                  prints[_i].other);
    if (prints[_i].same)
        ck_assert(one.simhash == other.simhash && one.syllables == other.syllables);
}
END_TEST

START_TEST(short_texts_and_such_of_other_lengths_are_not_compared)
{
    struct fingerprint brief = { .syllables = FINGERPRINT_NEAR_LEAST - 1 };
    struct fingerprint text = { .syllables = FINGERPRINT_NEAR_LEAST };
    struct fingerprint twice = { .syllables = 2 * FINGERPRINT_NEAR_LEAST };
    struct fingerprint more = { .syllables = 2 * FINGERPRINT_NEAR_LEAST + 1 };
    ck_assert(!fingerprint_is_comparable(&brief, &text));
    ck_assert(fingerprint_is_comparable(&text, &twice));
    ck_assert(!fingerprint_is_comparable(&more, &text));
}
END_TEST

static const struct {
    const char *one, *other;
    bool alike;
} titles[] = {
    { "Mưa lớn gây ngập phố cổ", "Mưa lớn gây ngập phố cổ", true },
    { "Mưa lớn gây ngập phố cổ", "MUA LON GAY NGAP PHO CO!", true },
    { "Mưa lớn gây ngập phố cổ Hội An", "Hội An: mưa lớn, gây ngập phố cổ", true },
    { "Mưa lớn gây ngập phố cổ Hội An", "Mưa lớn gây ngập tại phố cổ Hội An", true },
    { "Mưa lớn gây ngập phố cổ Hội An", "Nắng to làm khô phố cổ Hội An", false },
    { "Giá vàng hôm nay 23/11", "Giá vàng hôm nay 24/11", false },
    { "Kết quả xổ số miền Nam ngày 23/11/2026", "Kết quả xổ số miền Nam ngày 24/11/2026", false },
    { "Tỷ số 2-1 ở bán kết", "Tỷ số 1-2 ở bán kết", false },
    { "", "", false },
    { "", "Mưa lớn", false },
};

START_TEST(titles_are_alike_by_their_words_and_numbers)
{
    struct title_words one, other;
    title_words_read(span_of(titles[_i].one), &one);
    title_words_read(span_of(titles[_i].other), &other);
    double likeness = title_words_likeness(&one, &other);
    ck_assert_msg((likeness >= TITLE_LIKE) == titles[_i].alike, "%s: %g", titles[_i].other,
                  likeness);
    ck_assert(likeness == title_words_likeness(&other, &one)); /* exactly */
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("fingerprint");
    TCase *texts = tcase_create("texts");
    tcase_add_test(texts, what_is_said_again_and_again_is_said_once);
    tcase_add_loop_test(texts, how_a_paper_prints_a_text_does_not_count, 0,
                        (int)(sizeof prints / sizeof *prints));
    tcase_add_test(texts, short_texts_and_such_of_other_lengths_are_not_compared);
    tcase_add_loop_test(texts, titles_are_alike_by_their_words_and_numbers, 0,
                        (int)(sizeof titles / sizeof *titles));
    suite_add_tcase(suite, texts);
    TCase *many = tcase_create("many");
    tcase_set_tags(many, "no-valgrind"); /* thousands of texts, a million sums */
    tcase_add_test(many, a_text_that_was_edited_a_little_stays_near);
    tcase_add_test(many, other_texts_are_far);
    tcase_add_test(many, near_texts_share_a_band);
    suite_add_tcase(suite, many);
    return testing_run(suite);
}
