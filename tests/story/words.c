/* SPDX-License-Identifier: ISC */
#include "story/words.h"

#include "base/text.h"
#include "testing.h"

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

/* The words with what stands between them: "^" before a capital; " ", "-", "," or "|" behind. */
static const struct {
    const char *text, *words;
} texts[] = {
    { "", "" },
    { " \n", "" },
    { "a", "a|" },
    { "Hà  nội", "^hà nội|" },
    { "ĐÀ NẴNG", "^đà ^nẵng|" },
    { "Ha\xCC\x80 NO\xCC\xA3\xCC\x82I", "^hà ^nội|" },
    { "hoà thuỷ", "hòa thủy|" },
    { "TP.HCM", "^tp-^hcm|" },
    { "TP. Huế, tp. huế", "^tp-^huế,tp-huế|" },
    { "về Huế. Vinh", "về ^huế|^vinh|" },
    { "Bà Rịa - Vũng Tàu", "^bà ^rịa-^vũng ^tàu|" },
    { "Bà Rịa–Vũng Tàu", "^bà ^rịa-^vũng ^tàu|" },
    { "a,b, c ,d", "a,b,c,d|" },
    { "a (b) “c” d: e; f/g", "a|b|c|d|e|f|g|" },
    { "a\nb\r\nc", "a|b|c|" },
    { "a...b. c", "a|b|c|" },
    { "quận 7", "quận 7|" },
    { "19/8", "19|8|" },
    { "Ea H'leo", "^ea ^h-leo|" },
    { "a\xC2\xA0"
      "b",
      "a b|" },
    { "a\xC2\xAD"
      "b c",
      "ab c|" }, /* a soft hyphen parts nothing */
    { "a\xE2\x80\x8B"
      "b",
      "ab|" },
    { "x \xC2\xBD y", "x|y|" }, /* ½, which its key takes for two words */
    { "\xC2\xBD Hà \xCC\x80 nội", "^hà nội|" },
    { "hà \xE2\x99\x8A nội", "hà|nội|" },
    { "\xFF"
      "a\xFF",
      "a|" },
    { "Москва 北京", "^москва 北京|" },
};

START_TEST(a_text_is_its_words_and_what_parts_them)
{
    static const char gaps[] = {
        [GAP_SPACE] = ' ', [GAP_JOIN] = '-', [GAP_COMMA] = ',', [GAP_BREAK] = '|'
    };
    struct buffer said = BUFFER_EMPTY, expected = BUFFER_EMPTY;
    struct words words;
    words_init(&words, span_of(texts[_i].text));
    for (size_t i = 0; i < words.count; i++)
        buffer_printf(&said, "%s%.*s%c", words.at[i].capital ? "^" : "", SPAN_ARG(words.at[i].key),
                      gaps[words.at[i].gap]);
    /* Keys hold their tones at the end of the word: the table is read by the same rule. */
    for (struct span rest = span_of(texts[_i].words); rest.len > 0;) {
        size_t len = 0;
        while (len < rest.len && span_has_char(SPAN("^ -,|"), rest.at[len]) == false)
            len++;
        text_key(span_first(rest, len), &expected);
        buffer_add(&expected, span_first(span_skip(rest, len), 1));
        rest = span_skip(rest, len + 1);
    }
    ck_assert_str_eq(buffer_text(&said), buffer_text(&expected));
    buffer_fini(&said);
    buffer_fini(&expected);
    words_fini(&words);
}
END_TEST

START_TEST(kept_words_outlive_their_text)
{
    struct region *region = region_new();
    char text[] = "Hà Nội";
    size_t count;
    const struct word *words = words_keep(span_of(text), region, &count);
    text[0] = 'x';
    ck_assert_uint_eq(count, 2);
    ck_assert(words[0].capital && span_equal(words[0].key, SPAN("hà")));
    ck_assert(words_equal(words, words, 2));
    ck_assert(!words_equal(words, words + 1, 1));
    region_free(region);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("words");
    TCase *tests = tcase_create("words");
    tcase_add_loop_test(tests, a_text_is_its_words_and_what_parts_them, 0, COUNT(texts));
    tcase_add_test(tests, kept_words_outlive_their_text);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
