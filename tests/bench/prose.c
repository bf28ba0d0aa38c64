/* SPDX-License-Identifier: ISC */
#include "prose.h"

#include "base/text.h"

#include <math.h>
#include <string.h>

enum { WORDS = 8000 };

/* What stands before a back vowel, and before e, ê, i. */
static const char *const onsets[][2] = {
    { "", "" },      { "b", "b" },   { "c", "k" },   { "ch", "ch" }, { "d", "d" }, { "đ", "đ" },
    { "g", "gh" },   { "h", "h" },   { "kh", "kh" }, { "l", "l" },   { "m", "m" }, { "n", "n" },
    { "ng", "ngh" }, { "nh", "nh" }, { "ph", "ph" }, { "r", "r" },   { "s", "s" }, { "t", "t" },
    { "th", "th" },  { "tr", "tr" }, { "v", "v" },   { "x", "x" },
};

/* The tone stands where the asterisk is. */
static const char *const rhymes[] = {
    "a*",   "a*c",  "a*ch", "a*i",  "a*m",  "a*n",   "a*ng",  "a*nh", "a*o",  "a*p",
    "a*t",  "a*u",  "a*y",  "ă*c",  "ă*m",  "ă*n",   "ă*ng",  "ă*p",  "ă*t",  "â*m",
    "â*n",  "â*ng", "â*t",  "â*u",  "â*y",  "o*",    "o*c",   "o*i",  "o*n",  "o*ng",
    "o*t",  "ô*",   "ô*c",  "ô*i",  "ô*n",  "ô*ng",  "ô*t",   "ơ*",   "ơ*i",  "ơ*n",
    "ơ*p",  "u*",   "u*c",  "u*i",  "u*ng", "u*t",   "uô*c",  "uô*i", "uô*n", "uô*ng",
    "ư*",   "ư*c",  "ư*ng", "ươ*c", "ươ*i", "ươ*n",  "ươ*ng", "ươ*t", "e*",   "e*o",
    "e*n",  "e*t",  "ê*",   "ê*n",  "ê*nh", "ê*t",   "i*",    "i*ch", "i*m",  "i*n",
    "i*nh", "i*t",  "iê*c", "iê*m", "iê*n", "iê*ng", "iê*t",  "iê*u",
};

static const char *const tones[] = { "\u0301", "\u0323", "", "\u0300", "\u0309", "\u0303" };

static const char *const common[] = { "và",    "của",   "có",  "các",   "là",    "được",
                                      "cho",   "trong", "với", "người", "những", "một",
                                      "không", "để",    "này", "khi",   "đã",    "ở",
                                      "đến",   "năm",   "về",  "theo",  "từ",    "nhiều" };

enum {
    ONSETS = sizeof onsets / sizeof *onsets,
    RHYMES = sizeof rhymes / sizeof *rhymes,
    COMMON = sizeof common / sizeof *common,
};

struct prose {
    char *words[WORDS];
};

struct dice
dice_of(uint64_t seed, uint64_t number)
{
    struct dice dice = { (seed + 1) * 0x9e3779b97f4a7c15 ^ (number + 1) * 0xd1342543de82ef95 };
    dice_roll(&dice, 2);
    return dice;
}

uint64_t
dice_roll(struct dice *dice, uint64_t sides)
{
    uint64_t mixed = dice->state += 0x9e3779b97f4a7c15;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
    return (mixed ^ mixed >> 31) % sides;
}

size_t
dice_rank(struct dice *dice, size_t ranks)
{
    double part = (double)dice_roll(dice, 1 << 24) / (1 << 24);
    return (size_t)exp(part * log((double)ranks + 1)) - 1;
}

static void
add_syllable(struct dice *dice, struct buffer *out)
{
    const char *rhyme = rhymes[dice_roll(dice, RHYMES)];
    const char *mark = strchr(rhyme, '*');
    bool front = strchr("ei", rhyme[0]) != NULL || strncmp(rhyme, "ê", 2) == 0;
    bool stopped = mark[1] != '\0' && strchr("cpt", mark[1]) != NULL;
    buffer_add_text(out, onsets[dice_roll(dice, ONSETS)][front]);
    buffer_add(out, (struct span){ rhyme, (size_t)(mark - rhyme) });
    buffer_add_text(out, tones[dice_roll(dice, stopped ? 2 : 6)]);
    buffer_add_text(out, mark + 1);
}

struct prose *
prose_new(uint64_t seed)
{
    struct prose *prose = memory_new(sizeof *prose);
    struct dice dice = dice_of(seed, UINT64_MAX - 1);
    struct buffer loose = BUFFER_EMPTY, word = BUFFER_EMPTY;
    for (size_t i = 0; i < WORDS; i++) {
        buffer_clear(&loose);
        buffer_clear(&word);
        add_syllable(&dice, &loose);
        if (dice_roll(&dice, 3) > 0) {
            buffer_add_char(&loose, ' ');
            add_syllable(&dice, &loose);
        }
        text_nfc(buffer_span(&loose), &word);
        prose->words[i] = memory_text(i < COMMON ? span_of(common[i]) : buffer_span(&word));
    }
    buffer_fini(&loose);
    buffer_fini(&word);
    return prose;
}

void
prose_free(struct prose *prose)
{
    for (size_t i = 0; prose != NULL && i < WORDS; i++)
        free(prose->words[i]);
    free(prose);
}

/* The letter that begins at `at` as a capital, in as many bytes: so it is for all of Vietnamese. */
static void
make_capital(char *at, size_t len)
{
    if (len == 1 && *at >= 'a' && *at <= 'z')
        *at = (char)(*at - 0x20);
    else if (len == 2 && (unsigned char)*at == 0xc3)
        at[1] = (char)(at[1] - 0x20);
    else if (len > 1)
        at[len - 1] = (char)(at[len - 1] - 1);
}

static void
add_word(const struct prose *prose, struct dice *dice, struct buffer *out)
{
    buffer_add_text(out, prose->words[dice_rank(dice, WORDS)]);
}

void
prose_words(const struct prose *prose, struct dice *dice, size_t count, struct buffer *out)
{
    size_t begin = out->len;
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buffer_add_char(out, ' ');
        add_word(prose, dice, out);
    }
    make_capital(out->at + begin, text_next(span_skip(buffer_span(out), begin), NULL));
}

void
prose_sentence(const struct prose *prose, struct dice *dice, struct span place, struct buffer *out)
{
    size_t half = 4 + dice_roll(dice, 6), rest = 4 + dice_roll(dice, 8);
    if (place.len > 0)
        buffer_printf(out, "Tại %.*s, ", SPAN_ARG(place));
    prose_words(prose, dice, half, out);
    buffer_add_text(out, dice_roll(dice, 3) == 0 ? "," : "");
    for (size_t i = 0; i < rest; i++) {
        buffer_add_char(out, ' ');
        add_word(prose, dice, out);
    }
    buffer_add_char(out, '.');
}
