/* SPDX-License-Identifier: ISC */
#include "base/text.h"

#include "base/text_point.h"
#include "testing.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

typedef void convert_fn(struct span text, struct buffer *out);

static void
assert_becomes(convert_fn *convert, const char *text, const char *expected)
{
    struct buffer out = BUFFER_EMPTY;
    convert(span_of(text), &out);
    ck_assert_str_eq(buffer_text(&out), expected);
    buffer_fini(&out);
}

/* How the keys of two texts compare. */
static int
compare_by(convert_fn *convert, const char *a, const char *b)
{
    struct buffer one = BUFFER_EMPTY, other = BUFFER_EMPTY;
    convert(span_of(a), &one);
    convert(span_of(b), &other);
    int order = span_compare(buffer_span(&one), buffer_span(&other));
    buffer_fini(&one);
    buffer_fini(&other);
    return order;
}

static const struct {
    struct span bytes;
    bool good;
} encodings[] = {
    { { NULL, 0 }, true },
    { SPAN("Hà Nội"), true },
    { SPAN("a\0b"), true },
    { SPAN("\xF0\x9F\x8C\x8F"), true },
    { SPAN("\xF4\x8F\xBF\xBF"), true },
    { SPAN("\xF4\x90\x80\x80"), false }, /* beyond U+10FFFF */
    { SPAN("\x80"), false },
    { SPAN("\xC3"), false },
    { SPAN("\xC0\x80"), false },     /* overlong */
    { SPAN("\xE0\x9F\xBF"), false }, /* overlong */
    { SPAN("\xED\xA0\x80"), false }, /* a surrogate */
    { SPAN("\xFF"), false },
    { SPAN("abc\xE1\xBB"), false },
};

/* The short way round in text_next. */
START_TEST(a_character_begins_as_unicode_says)
{
    static const unsigned char tails[] = { 0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F,
                                           0xA0, 0xBF, 0xC0, 0xC3, 0xE1, 0xFF };
    enum { TAILS = sizeof tails / sizeof *tails };
    for (unsigned i = 0; i < 256u * TAILS * TAILS; i++) {
        const unsigned char bytes[] = { (unsigned char)(i / TAILS / TAILS),
                                        tails[i / TAILS % TAILS], tails[i % TAILS] };
        for (size_t len = 1; len <= sizeof bytes; len++) {
            uint32_t point = 0;
            utf8proc_int32_t expected = 0;
            utf8proc_ssize_t whole = utf8proc_iterate(bytes, (utf8proc_ssize_t)len, &expected);
            size_t taken = text_next((struct span){ (const char *)bytes, len }, &point);
            ck_assert_uint_eq(taken, whole > 0 ? (size_t)whole : 0);
            ck_assert(taken == 0 || point == (uint32_t)expected);
        }
    }
}
END_TEST

START_TEST(utf_8_is_told_from_other_bytes)
{
    ck_assert(text_is_utf8(encodings[_i].bytes) == encodings[_i].good);
}
END_TEST

START_TEST(the_next_character_has_its_length_and_point)
{
    uint32_t point = 7;
    ck_assert_uint_eq(text_next(SPAN("ộ!"), &point), 3);
    ck_assert_uint_eq(point, 0x1ED9);
    ck_assert_uint_eq(text_next(SPAN("\0"), &point), 1);
    ck_assert_uint_eq(point, 0);
    ck_assert_uint_eq(text_next(SPAN("\xE1\xBB"), NULL), 0);
    ck_assert_uint_eq(text_next(span_of(NULL), NULL), 0);
}
END_TEST

START_TEST(controls_are_c0_and_c1_and_del)
{
    ck_assert(text_is_control(SPAN("\0")));
    ck_assert(text_is_control(SPAN("\x1B[2J")));
    ck_assert(text_is_control(SPAN("\x7F")));
    ck_assert(text_is_control(SPAN("\xC2\x9B")));
    ck_assert(!text_is_control(SPAN("\xC2\xA0")));
    ck_assert(!text_is_control(SPAN("\x9B")));
    ck_assert(!text_is_control(SPAN("a\x01")));
    ck_assert(!text_is_control(span_of(NULL)));
}
END_TEST

/* One word typed in every way; the first column is NFC. */
static const struct {
    const char *nfc, *text;
} forms[] = {
    { "Hà Nội", "Hà Nội" },
    { "Hà Nội", "Ha\u0300 No\u0302\u0323i" },
    { "Hà Nội", "Ha\u0300 No\u0323\u0302i" },
    { "Hà Nội", "Ha\u0300 Nô\u0323i" }, /* CP1258 */
    { "Hà Nội", "Ha\u0340 Nô\u0323i" }, /* the old tone mark */
    { "Việt", "Viê\u0323t" },
    { "trường", "trươ\u0300ng" },
    { "trường", "tru\u031Bo\u031B\u0300ng" },
    { "trường", "tru\u031Bo\u0300\u031Bng" }, /* the horn belongs before the tone */
    { "ĐẮK LẮK", "ĐĂ\u0301K LĂ\u0301K" },
    { "ấ", "a\u0302\u0301" },
    { "Å ℓ", "\u212B ℓ" },
    { "각", "\u1100\u1161\u11A8" },
    { "ạ\u0301b", "a\u0301\u0323b" },
    { "가\u11A7\u11A8", "\u1100\u1161\u11A7\u11A8" }, /* no final consonant */
    { "\u0301a", "\u0301a" },
    { "", "" },
};

static const struct {
    const char *text;
    bool fine;
} languages[] = {
    { "vi", true },
    { "en-GB", true },
    { "es-419", true },
    { "sl-rozaj-biske", true },
    { "de-CH-1996", true },
    { "", false },
    { "v", false },
    { "vi2", false },
    { "vi-", false },
    { "-vi", false },
    { "vi--VN", false },
    { "vi_VN", false },
    { "42", false },
    { "tiếng", false },
    { "vietnamese", false },
    { "vi-vietnames", false },
    { "vi-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-a-aa", false },
};

START_TEST(a_language_tag_has_its_form)
{
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++)
        ck_assert_msg(text_is_language(span_of(languages[i].text)) == languages[i].fine, "%s",
                      languages[i].text);
}
END_TEST

START_TEST(every_way_to_type_a_letter_becomes_one)
{
    assert_becomes(text_nfc, forms[_i].text, forms[_i].nfc);
    assert_becomes(text_nfc, forms[_i].nfc, forms[_i].nfc);
}
END_TEST

START_TEST(broken_bytes_become_replacement_characters)
{
    assert_becomes(text_nfc, "a\xFF\xE1\xBB.", "a\uFFFD\uFFFD\uFFFD.");
    assert_becomes(text_nfc, "a\xCC", "a\uFFFD");
    assert_becomes(text_nfc, "e\xFF\u0301", "e\uFFFD\u0301");
}
END_TEST

START_TEST(text_is_nfc_when_nfc_leaves_it_alone)
{
    ck_assert(text_is_nfc(SPAN("Thừa Thiên Huế: “đẹp” – 2024…")));
    ck_assert(text_is_nfc(SPAN("Привет, 各 각")));
    ck_assert(text_is_nfc(span_of(NULL)));
    ck_assert(!text_is_nfc(SPAN("Ha\u0300")));
    ck_assert(!text_is_nfc(SPAN("\u2126")));
    ck_assert(!text_is_nfc(SPAN("a\xFF")));
}
END_TEST

/* Every letter with every row of up to three of the marks that Vietnamese has. */
START_TEST(letters_and_marks_join_as_unicode_says)
{
    static const uint32_t marks[] = { 0,     0x306, 0x302, 0x31B, 0x300,
                                      0x309, 0x303, 0x301, 0x323, 0x308 };
    enum { MARKS = sizeof marks / sizeof *marks };
    for (int letter = 'A'; letter <= 'z'; letter++)
        for (size_t i = 0; i < (size_t)MARKS * MARKS * MARKS; i++) {
            struct buffer text = BUFFER_EMPTY, out = BUFFER_EMPTY;
            const uint32_t row[] = { marks[i % MARKS], marks[i / MARKS % MARKS],
                                     marks[i / MARKS / MARKS] };
            buffer_add_char(&text, (char)letter);
            for (size_t k = 0; k < 3; k++)
                if (row[k] != 0)
                    text_add(&text, row[k]);
            utf8proc_uint8_t *whole = utf8proc_NFC((const utf8proc_uint8_t *)buffer_text(&text));
            text_nfc(buffer_span(&text), &out);
            ck_assert_str_eq(buffer_text(&out), (const char *)whole);
            free(whole);
            buffer_fini(&text);
            buffer_fini(&out);
        }
}
END_TEST

/* The short way round in text_nfc relies on it. */
START_TEST(no_letter_of_vietnamese_changes_in_nfc)
{
    static const char *const letters = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộ"
                                       "ơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ";
    struct buffer out = BUFFER_EMPTY;
    text_nfc(span_of(letters), &out);
    ck_assert_str_eq(buffer_text(&out), letters);
    buffer_fini(&out);
}
END_TEST

START_TEST(a_letter_with_very_many_marks_takes_no_quadratic_time)
{
    struct buffer marks = BUFFER_EMPTY, once = BUFFER_EMPTY, twice = BUFFER_EMPTY;
    buffer_add_char(&marks, 'q');
    for (int i = 0; i < 200000; i++)
        buffer_add_text(&marks, i % 2 == 0 ? "\u0301" : "\u0323");
    text_nfc(buffer_span(&marks), &once);
    text_nfc(buffer_span(&once), &twice);
    ck_assert_uint_eq(once.len, marks.len);
    ck_assert(span_equal(buffer_span(&once), buffer_span(&twice)));
    buffer_fini(&marks);
    buffer_fini(&once);
    buffer_fini(&twice);
}
END_TEST

static const struct {
    const char *text, *clean;
} dirty[] = {
    { "", "" },
    { " \t\r\n", "" },
    { "  Hà \t\r\n Nội ", "Hà Nội" },
    { "1\u00A0000\u2009\u3000km\u2028", "1 000 km" },
    { "a\x1B[31mb\x07\x7F", "a[31mb" },
    { "a\xC2\x85"
      "b\xC2\x9B"
      "c",
      "a bc" },
    { "\uFEFFa\u200Bb\u202Ec\u2066d\u2060e\u00ADf\u061Cg", "abcdefg" },
    { "so\u00ADng", "song" },
    { "x\uFFFEy\uFDD0z", "xyz" },
    { "e\u200D\u0301", "é" }, /* normal form comes last */
    { "a\xFF", "a\uFFFD" },
    { "\xC3\x01\xA0", "\uFFFD\uFFFD" }, /* what is removed joins no bytes */
    { "Ha\u0300 Nô\u0323i", "Hà Nội" },
    { "12/07 · “Hà Nội” – ưỡỹ…", "12/07 · “Hà Nội” – ưỡỹ…" }, /* as nearly all text is */
    { "Hà  Nội", "Hà Nội" },
    { "Hà Nội ", "Hà Nội" },
    { "Hà\u2028Nội\u0301", "Hà Nộí" },
    { "ỹ\u0309", "ỹ\u0309" },
    { "Hà Nội\n", "Hà Nội" },
    { " \u0301Hà\u00A0 \n", "\u0301Hà" },
    { "Hà\xC3", "Hà\uFFFD" },
    { "Hà\xE1\xBB", "Hà\uFFFD\uFFFD" },
};

START_TEST(clean_text_is_one_line_fit_to_be_shown)
{
    assert_becomes(text_clean, dirty[_i].text, dirty[_i].clean);
    ck_assert(!text_is_clean(span_of(dirty[_i].text)) ||
              strcmp(dirty[_i].text, dirty[_i].clean) == 0);
}
END_TEST

static const struct {
    const char *text, *folded;
} folds[] = {
    { "", "" },
    { "Hà Nội, 2024", "ha noi 2024" },
    { "HÀ NỘI", "ha noi" },
    { "Ha\u0300 Nô\u0323i", "ha noi" },
    { "Đắk Lắk – đẹp", "dak lak dep" },
    { "Ðà Nẵng ð Ɖ", "da nang d d" },
    { "  «Thừa Thiên-Huế»!  ", "thua thien hue" },
    { "2.769 thành viên", "2 769 thanh vien" },
    { "Straße Ærø Łódź œuvre", "strasse aero lodz oeuvre" },
    { "soft\u00ADhyphen zero\u200Bwidth", "softhyphen zerowidth" },
    { "ﬁ m² Ａ１", "fi m2 a1" },
    { "Россия 日本 x", "x" },
    { "a日b", "a b" },
    { "😀", "" },
    { "a\xFFz", "a z" },
};

START_TEST(folding_leaves_plain_words)
{
    assert_becomes(text_fold, folds[_i].text, folds[_i].folded);
}
END_TEST

START_TEST(what_is_folded_follows_what_was_there)
{
    struct buffer out = BUFFER_EMPTY;
    buffer_add_text(&out, "there:");
    text_fold(SPAN(" Huế!"), &out);
    text_key(SPAN(" Huế!"), &out);
    ck_assert_str_eq(buffer_text(&out), "there:huehuế");
    buffer_fini(&out);
}
END_TEST

static const struct {
    const char *one, *other;
} same_keys[] = {
    { "hòa", "hoà" },
    { "thủy", "thuỷ" },
    { "khỏe", "khoẻ" },
    { "Khánh Hòa", "KHÁNH HOÀ" },
    { "TP. Hoà Bình", "tp hòa bình" },
    { "Ha\u0300  Nô\u0323i", "Hà Nội" },
    { "hóa học", "ho\u0301a ho\u0323c" },
    { "a\u0301\u0302n", "ấn" },
    { "bác sỹ", "bác sĩ" },
    { "Mỹ Tho", "Mĩ Tho" },
    { "Đà Nẵng", "Ðà Nẵng" },
    { "Thừa Thiên - Huế", "Thừa Thiên–Huế" },
    { "“Hà Nội”", "hà nội" },
    { "Москва", "москва" },
};

START_TEST(two_spellings_of_a_word_have_one_key)
{
    ck_assert_int_eq(compare_by(text_key, same_keys[_i].one, same_keys[_i].other), 0);
}
END_TEST

static const struct {
    const char *one, *other;
} other_keys[] = {
    { "hòa", "hóa" },
    { "hòa", "hoa" },
    { "mơ", "mo" },
    { "mô", "mơ" },
    { "đà", "dà" },
    { "năm", "nam" },
    { "hoà bình", "hòabình" },
    { "quý", "quí" },
    { "tay", "tai" },
    { "yến", "iến" },
    { "thúy", "thúi" },
    { "España", "Espana" },
    { "й", "и" },
};

START_TEST(two_words_have_two_keys)
{
    ck_assert_int_ne(compare_by(text_key, other_keys[_i].one, other_keys[_i].other), 0);
}
END_TEST

static const struct {
    const char *text, *key;
} keys[] = {
    { "", "" },
    { " - ", "" },
    { "Thủ đô", "thủ đô" },
    { "hòa", "hoà" },
    { "quý", "quý" },
    { "TP.HCM (2024)", "tp hcm 2024" },
    { "Юг и 日本", "юг и 日本" },
    { "\u0301a", "a" },
    { "TOÁN, bằng", "toa\u0144 b\u0103ng\u0300" },
    { "ký1 1á2 éđ", "ky1\u0301 1a2\u0301 eđ\u0301" },
    { "résumé áà", "resum\u00E9\u0301 a\u00E1\u0300" },
    { "a\u00A0b\u2011c\u2026d·e", "a b c d e" },
    { "a\xC2 b\xE2\x80", "a b" },
    { "ngoằnngoèongoằnngoèongoằnngoèongoằnngoèongoằnngoèongoằnngoèoà",
      "ngo\u0103nngoeongo\u0103nngoeongo\u0103nngoeongo\u0103nngoeongo\u0103nngoeongo\u0103nngoeo"
      "\u00E0"
      "\u0300\u0300\u0300\u0300\u0300\u0300\u0300\u0300\u0300\u0300\u0300\u0300" },
    { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaay",
      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaay" },
};

START_TEST(a_key_keeps_letters_and_moves_tones)
{
    assert_becomes(text_key, keys[_i].text, keys[_i].key);
}
END_TEST

/* All letters of Vietnamese, large and small, with all tones, as NFC and as NFD has them. */
struct typed {
    char nfc[8], nfd[16];
};

static void
type_letters(struct typed out[512], size_t *count)
{
    enum { LATIN_FROM = 'A', LATIN_END = 0x1F00 };
    *count = 0;
    for (uint32_t point = LATIN_FROM; point < LATIN_END; point++) {
        struct buffer text = BUFFER_EMPTY;
        struct text_letter letter;
        text_add(&text, point);
        if (text_letter_next(buffer_span(&text), &letter) == text.len) {
            utf8proc_uint8_t *apart = utf8proc_NFD((const utf8proc_uint8_t *)buffer_text(&text));
            ck_assert_uint_lt(*count, 512);
            struct typed *typed = &out[(*count)++];
            snprintf(typed->nfc, sizeof typed->nfc, "%s", buffer_text(&text));
            snprintf(typed->nfd, sizeof typed->nfd, "%s", (const char *)apart);
            free(apart);
        }
        buffer_fini(&text);
    }
}

/* The short way round in text_key, and the long one. */
START_TEST(letters_and_their_parts_make_one_key)
{
    static struct typed letters[512];
    static const char *const around[][2] = { { "", "" }, { "ngh", "" }, { "", "nh 2 kỹ" } };
    size_t count;
    type_letters(letters, &count);
    ck_assert_uint_eq(count, 2 * (12 * 6 + 1 + 20)); /* vowels, đ, other consonants */
    for (size_t i = 0; i < count * count; i++) {
        const struct typed *one = &letters[i / count], *other = &letters[i % count];
        const char *const *beside = around[i % (sizeof around / sizeof *around)];
        char nfc[64], nfd[64];
        snprintf(nfc, sizeof nfc, "%s%s%s%s", beside[0], one->nfc, other->nfc, beside[1]);
        snprintf(nfd, sizeof nfd, "%s%s%s%s", beside[0], one->nfd, other->nfd, beside[1]);
        ck_assert_msg(compare_by(text_key, nfc, nfd) == 0, "%s", nfc);
    }
}
END_TEST

START_TEST(a_letter_is_taken_apart_as_unicode_says)
{
    static struct typed letters[512];
    size_t count;
    type_letters(letters, &count);
    for (size_t i = 0; i < count; i++) {
        struct span text = span_of(letters[i].nfc);
        int32_t ours[TEXT_FOLDED_MAX], theirs[TEXT_FOLDED_MAX];
        uint32_t point;
        text_next(text, &point);
        size_t parts = text_take_folded(&text, ours);
        utf8proc_ssize_t expected = utf8proc_decompose_char(
            (utf8proc_int32_t)point, theirs, TEXT_FOLDED_MAX,
            UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD, NULL);
        ck_assert_int_eq((utf8proc_ssize_t)parts, expected);
        for (size_t k = 0; k < parts; k++)
            ck_assert_int_eq(ours[k], theirs[k]);
        ck_assert_uint_eq(text.len, 0);
    }
}
END_TEST

START_TEST(the_onsets_qu_and_gi_keep_their_tones_apart)
{
    ck_assert_int_ne(compare_by(text_key, "gìn", "gin"), 0);
    ck_assert_int_ne(compare_by(text_key, "gìn", "gín"), 0);
    ck_assert_int_ne(compare_by(text_key, "quý", "quỳ"), 0);
    ck_assert_int_eq(compare_by(text_key, "qúy", "quý"), 0);
}
END_TEST

/* In order. */
static const char *const alphabet[] = {
    "",  "2024", "a",  "à",      "ả",     "ã",  "á",   "ạ",    "ai",  "an", "ă", "ằ", "â",
    "ấ", "b",    "c",  "d",      "đ",     "e",  "ê",   "f",    "g",   "h",  "i", "j", "k",
    "l", "m",    "ma", "ma túy", "mà cả", "mạ", "mai", "mạnh", "mâm", "n",  "o", "ô", "ơ",
    "p", "q",    "r",  "s",      "t",     "u",  "ư",   "v",    "w",   "x",  "y", "z", "ж",
};

static const char *const places[] = {
    "An Giang",  "Bà Rịa - Vũng Tàu", "Bắc Giang", "Bắc Kạn",  "Bắc Ninh",  "Bến Tre",
    "Cà Mau",    "Cần Thơ",           "Đà Nẵng",   "Đắk Lắk",  "Điện Biên", "Đồng Nai",
    "Đồng Tháp", "Gia Lai",           "Hà Giang",  "Hà Nam",   "Hà Nội",    "Hà Tĩnh",
    "Hải Dương", "Hải Phòng",         "Hậu Giang", "Hoà Bình", "Huế",       "Hưng Yên",
    "Yên Bái",
};

START_TEST(the_alphabet_is_in_order)
{
    ck_assert_int_lt(compare_by(text_collate, alphabet[_i], alphabet[_i + 1]), 0);
}
END_TEST

START_TEST(places_are_in_order)
{
    ck_assert_int_lt(compare_by(text_collate, places[_i], places[_i + 1]), 0);
}
END_TEST

START_TEST(spelling_and_case_do_not_change_the_order)
{
    ck_assert_int_eq(compare_by(text_collate, "hòa bình", "HOÀ BÌNH"), 0);
    ck_assert_int_gt(compare_by(text_collate, "kỹ", "kim"), 0); /* y stays y here */
}
END_TEST

static const struct {
    const char *text;
    size_t columns;
} widths[] = {
    { "", 0 },     { "Hà Nội", 6 }, { "Ha\u0300 Nô\u0323i", 6 }, { "日本", 4 }, { "😀", 2 },
    { "\x1B", 0 }, { "a\xFF", 2 },
};

START_TEST(a_terminal_needs_so_many_columns)
{
    ck_assert_uint_eq(text_width(span_of(widths[_i].text)), widths[_i].columns);
}
END_TEST

static const struct {
    const char *text;
    size_t bytes;
    const char *cut;
} cuts[] = {
    { "Hà Nội", 100, "Hà Nội" },
    { "Hà Nội", 8, "Hà Nộ" },
    { "Hàà", 2, "H" },
    { "Hà", 0, "" },
    { "ộ", 2, "" },
    { "một hai ba bốn năm", 16, "một hai ba" },
    { "mot hai ba bon nam", 16, "mot hai ba bon" },
    { "mot hai ba bon nam", 14, "mot hai ba bon" },
    { "mot hai ba bon nam", 15, "mot hai ba bon" },
    { "a verylongwordindeed", 15, "a verylongwordi" }, /* the space is too far back */
    { "xa\u0301", 2, "x" },                            /* a letter keeps its marks */
    { "    ", 2, "" },
};

START_TEST(a_cut_keeps_characters_and_words_whole)
{
    struct span cut = text_cut(span_of(cuts[_i].text), cuts[_i].bytes);
    ck_assert_msg(span_equal(cut, span_of(cuts[_i].cut)), "\"%.*s\"", SPAN_ARG(cut));
}
END_TEST

static const char *const sentences[] = {
    "Một câu.",
    "TP. Hồ Chí Minh có 2.769 thành viên.",
    "Ông A. Nguyễn đến lúc 9.30 sáng!",
    "PGS.TS. Trần Văn B. đã phát biểu.",
    "Bà nói: “Chúng tôi rất vui.”",
    "\"Thật ư?\"",
    "Một.\u00A0Hai.",
    "Chờ đã...",
    "Rồi sao…",
    "Thế à?!",
    "Vâng ạ.",
    "(Theo TTXVN.)",
    "1. Mục tiêu của năm 2024.",
    "2.1. Giải pháp, v.v. và còn nữa.",
    "Xem example.org/a.html nhé.",
    "Không có dấu chấm",
};

/* Joined by `between` they come apart again. */
static void
assert_come_apart(const char *between, size_t count)
{
    struct buffer text = BUFFER_EMPTY;
    for (size_t i = 0; i < count; i++)
        buffer_printf(&text, "%s%s", i > 0 ? between : "", sentences[i]);
    struct span rest = buffer_span(&text);
    for (size_t i = 0; i < count; i++) {
        struct span sentence = text_sentence(&rest);
        ck_assert_msg(span_equal(sentence, span_of(sentences[i])), "%.*s", SPAN_ARG(sentence));
        ck_assert((rest.at == NULL) == (i + 1 == count));
    }
    buffer_fini(&text);
}

START_TEST(sentences_come_apart)
{
    assert_come_apart(" ", COUNT(sentences));
    assert_come_apart("  ", COUNT(sentences));
    assert_come_apart("\n", COUNT(sentences));
    assert_come_apart("\r\n\r\n", COUNT(sentences));
}
END_TEST

START_TEST(a_line_end_ends_a_sentence)
{
    struct span rest = SPAN(" Tiêu đề\nĐoạn văn. ");
    ck_assert(span_equal(text_sentence(&rest), SPAN("Tiêu đề")));
    ck_assert(span_equal(text_sentence(&rest), SPAN("Đoạn văn.")));
    ck_assert_ptr_null(rest.at);
}
END_TEST

START_TEST(no_text_has_no_sentence)
{
    struct span rest = SPAN(" \n ");
    ck_assert_uint_eq(text_sentence(&rest).len, 0);
    ck_assert_ptr_null(rest.at);
    ck_assert_uint_eq(text_sentence(&rest).len, 0);
}
END_TEST

static void
add_form_tests(TCase *tests)
{
    tcase_add_loop_test(tests, utf_8_is_told_from_other_bytes, 0, COUNT(encodings));
    tcase_add_test(tests, a_character_begins_as_unicode_says);
    tcase_add_test(tests, the_next_character_has_its_length_and_point);
    tcase_add_test(tests, controls_are_c0_and_c1_and_del);
    tcase_add_loop_test(tests, every_way_to_type_a_letter_becomes_one, 0, COUNT(forms));
    tcase_add_test(tests, broken_bytes_become_replacement_characters);
    tcase_add_test(tests, text_is_nfc_when_nfc_leaves_it_alone);
    tcase_add_test(tests, no_letter_of_vietnamese_changes_in_nfc);
    tcase_add_test(tests, a_letter_with_very_many_marks_takes_no_quadratic_time);
    tcase_add_loop_test(tests, clean_text_is_one_line_fit_to_be_shown, 0, COUNT(dirty));
}

static void
add_word_tests(TCase *tests)
{
    tcase_add_loop_test(tests, folding_leaves_plain_words, 0, COUNT(folds));
    tcase_add_test(tests, what_is_folded_follows_what_was_there);
    tcase_add_loop_test(tests, two_spellings_of_a_word_have_one_key, 0, COUNT(same_keys));
    tcase_add_loop_test(tests, two_words_have_two_keys, 0, COUNT(other_keys));
    tcase_add_loop_test(tests, a_key_keeps_letters_and_moves_tones, 0, COUNT(keys));
    tcase_add_test(tests, letters_and_their_parts_make_one_key);
    tcase_add_test(tests, a_letter_is_taken_apart_as_unicode_says);
    tcase_add_test(tests, the_onsets_qu_and_gi_keep_their_tones_apart);
    tcase_add_loop_test(tests, the_alphabet_is_in_order, 0, COUNT(alphabet) - 1);
    tcase_add_loop_test(tests, places_are_in_order, 0, COUNT(places) - 1);
    tcase_add_test(tests, spelling_and_case_do_not_change_the_order);
}

static void
add_layout_tests(TCase *tests)
{
    tcase_add_loop_test(tests, a_terminal_needs_so_many_columns, 0, COUNT(widths));
    tcase_add_loop_test(tests, a_cut_keeps_characters_and_words_whole, 0, COUNT(cuts));
    tcase_add_test(tests, sentences_come_apart);
    tcase_add_test(tests, a_line_end_ends_a_sentence);
    tcase_add_test(tests, no_text_has_no_sentence);
}

/* "plain/marked@from-to" of each word. */
static const struct {
    const char *text, *words;
} words[] = {
    { "", "" },
    { " .,-", "" },
    { "Hà Nội, 2024", "ha/ha\xCC\x80@0-3 noi/no\xCC\x82i\xCC\xA3@4-9 2024/2024@11-15 " },
    { "Ha\xCC\x80 No\xCC\x82\xCC\xA3i", /* NFD, in another order */
      "ha/ha\xCC\x80@0-4 noi/no\xCC\x82i\xCC\xA3@5-12 " },
    { "hoà", "hoa/hoa\xCC\x80@0-4 " },
    { "HÒA", "hoa/hoa\xCC\x80@0-4 " },
    { "Đức", "duc/đu\xCC\x9B"
             "c\xCC\x81@0-6 " },
    { "TP.HCM", "tp/tp@0-2 hcm/hcm@3-6 " },
    { "Москва́", "москва/москва\xCC\x81@0-14 " },
    { "so\xC2\xADng", "song/song@0-6 " }, /* a soft hyphen */
    { "a\xFFz", "a/a@0-1 z/z@2-3 " },
};

START_TEST(a_word_has_two_forms_and_a_place)
{
    struct buffer found = BUFFER_EMPTY;
    struct text_word word = { .to = 0 };
    struct span text = span_of(words[_i].text);
    while (text_word(text, word.to, &word))
        buffer_printf(&found, "%.*s/%.*s@%zu-%zu ", (int)word.plain_len, word.plain,
                      (int)word.marked_len, word.marked, word.from, word.to);
    ck_assert_str_eq(buffer_text(&found), words[_i].words);
    buffer_fini(&found);
}
END_TEST

START_TEST(a_word_without_end_is_cut)
{
    struct text_word word;
    char text[3000];
    memset(text, 'a', sizeof text);
    ck_assert(text_word((struct span){ text, sizeof text }, 0, &word));
    ck_assert_uint_eq(word.to, sizeof text);
    ck_assert_uint_eq(word.plain_len, TEXT_WORD_MAX);
    ck_assert(!text_word_is_marked(&word));
}
END_TEST

static const struct {
    const char *text;
    size_t columns;
    const char *lines;
} wraps[] = {
    { "", 5, "" },
    { "   ", 5, "" },
    { "a b c", 5, "a b c" },
    { "một hai ba", 7, "một hai|ba" },
    { "một  hai   ba", 7, "một|hai|ba" },
    { "abcdefgh ij", 5, "abcde|fgh|ij" },
    { "e\xCC\x81"
      "e\xCC\x81"
      "e\xCC\x81",
      2,
      "e\xCC\x81"
      "e\xCC\x81|e\xCC\x81" },
    { "\xE4\xB8\xAD\xE6\x96\x87\xE5\xAD\x97", 5, "\xE4\xB8\xAD\xE6\x96\x87|\xE5\xAD\x97" },
    { "\xE4\xB8\xAD", 1, "\xE4\xB8\xAD" },
    { "a\xFF b", 2, "a\xFF|b" },
    { "abc def ", 7, "abc def" },
};

START_TEST(a_text_breaks_into_lines_by_columns)
{
    struct buffer lines = BUFFER_EMPTY;
    struct span rest = span_of(wraps[_i].text);
    do {
        buffer_add_text(&lines, lines.len > 0 ? "|" : "");
        buffer_add(&lines, text_wrap(&rest, wraps[_i].columns));
    } while (rest.len > 0);
    ck_assert_str_eq(buffer_text(&lines), wraps[_i].lines);
    buffer_fini(&lines);
}
END_TEST

static const char *const typed[][2] = {
    { "Đường phố Hà Nội", "Duong pho Ha Noi" },
    { "ươ ƯƠ ấỵ", "uo UO ay" },
    { "“Mưa” – 30°C… 5 €", "\"Mua\" - 30oC... 5 EUR" },
    { "œuvre ½ ﬁ ＡＢ", "oeuvre 1/2 fi AB" },
    { "tab\there\n", "tab\there\n" },
    { "中 \xFF", "? ?" },
};

START_TEST(a_typewriter_has_no_marks)
{
    struct buffer out = BUFFER_EMPTY;
    text_ascii(span_of(typed[_i][0]), &out);
    ck_assert_str_eq(buffer_text(&out), typed[_i][1]);
    buffer_fini(&out);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("text");
    TCase *tests = tcase_create("text");
    add_form_tests(tests);
    add_word_tests(tests);
    add_layout_tests(tests);
    tcase_add_test(tests, letters_and_marks_join_as_unicode_says);
    tcase_add_loop_test(tests, a_text_breaks_into_lines_by_columns, 0, COUNT(wraps));
    tcase_add_loop_test(tests, a_typewriter_has_no_marks, 0, COUNT(typed));
    tcase_add_test(tests, a_language_tag_has_its_form);
    tcase_add_loop_test(tests, a_word_has_two_forms_and_a_place, 0, COUNT(words));
    tcase_add_test(tests, a_word_without_end_is_cut);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
