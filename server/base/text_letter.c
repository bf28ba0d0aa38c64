/* SPDX-License-Identifier: ISC */
/* text_letter.c - the letters Vietnamese is written with: what each is made of, and whole. */
#include "base/text_point.h"

/* Behind a to z, by number. */
enum { A_BREVE = TEXT_LETTERS_ASCII, A_HAT, E_HAT, O_HAT, O_HORN, U_HORN, D_BAR };
enum { BREVE = 0x306, HAT = 0x302, HORN = 0x31B, DOT_BELOW = 0x323 };

static const struct {
    char base;
    uint16_t quality;           /* the mark on it; 0: none */
    uint16_t whole[TEXT_TONES]; /* without a tone and with each; 0: Unicode has no such letter */
} letters[TEXT_LETTERS] = {
    { 'a', 0, { 'a', 0xE0, 0x1EA3, 0xE3, 0xE1, 0x1EA1 } },
    { 'b', 0, { 'b', 0, 0, 0, 0, 0x1E05 } },
    { 'c', 0, { 'c', 0, 0, 0, 0x107, 0 } },
    { 'd', 0, { 'd', 0, 0, 0, 0, 0x1E0D } },
    { 'e', 0, { 'e', 0xE8, 0x1EBB, 0x1EBD, 0xE9, 0x1EB9 } },
    { 'f', 0, { 'f', 0, 0, 0, 0, 0 } },
    { 'g', 0, { 'g', 0, 0, 0, 0x1F5, 0 } },
    { 'h', 0, { 'h', 0, 0, 0, 0, 0x1E25 } },
    { 'i', 0, { 'i', 0xEC, 0x1EC9, 0x129, 0xED, 0x1ECB } },
    { 'j', 0, { 'j', 0, 0, 0, 0, 0 } },
    { 'k', 0, { 'k', 0, 0, 0, 0x1E31, 0x1E33 } },
    { 'l', 0, { 'l', 0, 0, 0, 0x13A, 0x1E37 } },
    { 'm', 0, { 'm', 0, 0, 0, 0x1E3F, 0x1E43 } },
    { 'n', 0, { 'n', 0x1F9, 0, 0xF1, 0x144, 0x1E47 } },
    { 'o', 0, { 'o', 0xF2, 0x1ECF, 0xF5, 0xF3, 0x1ECD } },
    { 'p', 0, { 'p', 0, 0, 0, 0x1E55, 0 } },
    { 'q', 0, { 'q', 0, 0, 0, 0, 0 } },
    { 'r', 0, { 'r', 0, 0, 0, 0x155, 0x1E5B } },
    { 's', 0, { 's', 0, 0, 0, 0x15B, 0x1E63 } },
    { 't', 0, { 't', 0, 0, 0, 0, 0x1E6D } },
    { 'u', 0, { 'u', 0xF9, 0x1EE7, 0x169, 0xFA, 0x1EE5 } },
    { 'v', 0, { 'v', 0, 0, 0x1E7D, 0, 0x1E7F } },
    { 'w', 0, { 'w', 0x1E81, 0, 0, 0x1E83, 0x1E89 } },
    { 'x', 0, { 'x', 0, 0, 0, 0, 0 } },
    { 'y', 0, { 'y', 0x1EF3, 0x1EF7, 0x1EF9, 0xFD, 0x1EF5 } },
    { 'z', 0, { 'z', 0, 0, 0, 0x17A, 0x1E93 } },
    [A_BREVE] = { 'a', BREVE, { 0x103, 0x1EB1, 0x1EB3, 0x1EB5, 0x1EAF, 0x1EB7 } },
    [A_HAT] = { 'a', HAT, { 0xE2, 0x1EA7, 0x1EA9, 0x1EAB, 0x1EA5, 0x1EAD } },
    [E_HAT] = { 'e', HAT, { 0xEA, 0x1EC1, 0x1EC3, 0x1EC5, 0x1EBF, 0x1EC7 } },
    [O_HAT] = { 'o', HAT, { 0xF4, 0x1ED3, 0x1ED5, 0x1ED7, 0x1ED1, 0x1ED9 } },
    [O_HORN] = { 'o', HORN, { 0x1A1, 0x1EDD, 0x1EDF, 0x1EE1, 0x1EDB, 0x1EE3 } },
    [U_HORN] = { 'u', HORN, { 0x1B0, 0x1EEB, 0x1EED, 0x1EEF, 0x1EE9, 0x1EF1 } },
    [D_BAR] = { 0, 0, { 0x111, 0, 0, 0, 0, 0 } },
};

static const uint16_t tone_marks[TEXT_TONES] = { 0, 0x300, 0x309, 0x303, 0x301, DOT_BELOW };

/* Latin-1's small letters from U+00E0 on; its capitals stand 0x20 before. Letter 0 without a tone:
 * none of ours. */
static const struct text_letter latin_1[] = {
    [0x00] = { 'a' - 'a', 1 }, [0x01] = { 'a' - 'a', 4 }, [0x02] = { A_HAT, 0 },
    [0x03] = { 'a' - 'a', 3 }, [0x08] = { 'e' - 'a', 1 }, [0x09] = { 'e' - 'a', 4 },
    [0x0A] = { E_HAT, 0 },     [0x0C] = { 'i' - 'a', 1 }, [0x0D] = { 'i' - 'a', 4 },
    [0x12] = { 'o' - 'a', 1 }, [0x13] = { 'o' - 'a', 4 }, [0x14] = { O_HAT, 0 },
    [0x15] = { 'o' - 'a', 3 }, [0x19] = { 'u' - 'a', 1 }, [0x1A] = { 'u' - 'a', 4 },
    [0x1D] = { 'y' - 'a', 4 }, [0x1F] = { 0, 0 },
};

static const struct {
    uint16_t capital, small;
    struct text_letter letter;
} extended[] = {
    { 0x110, 0x111, { D_BAR, 0 } },     { 0x1AF, 0x1B0, { U_HORN, 0 } },
    { 0x1A0, 0x1A1, { O_HORN, 0 } },    { 0x102, 0x103, { A_BREVE, 0 } },
    { 0x128, 0x129, { 'i' - 'a', 3 } }, { 0x168, 0x169, { 'u' - 'a', 3 } },
};

/* From U+1EA0 on, each a capital and a small letter. */
static const struct text_letter additional[] = {
    { 'a' - 'a', 5 }, { 'a' - 'a', 2 }, { A_HAT, 4 },     { A_HAT, 1 },     { A_HAT, 2 },
    { A_HAT, 3 },     { A_HAT, 5 },     { A_BREVE, 4 },   { A_BREVE, 1 },   { A_BREVE, 2 },
    { A_BREVE, 3 },   { A_BREVE, 5 },   { 'e' - 'a', 5 }, { 'e' - 'a', 2 }, { 'e' - 'a', 3 },
    { E_HAT, 4 },     { E_HAT, 1 },     { E_HAT, 2 },     { E_HAT, 3 },     { E_HAT, 5 },
    { 'i' - 'a', 2 }, { 'i' - 'a', 5 }, { 'o' - 'a', 5 }, { 'o' - 'a', 2 }, { O_HAT, 4 },
    { O_HAT, 1 },     { O_HAT, 2 },     { O_HAT, 3 },     { O_HAT, 5 },     { O_HORN, 4 },
    { O_HORN, 1 },    { O_HORN, 2 },    { O_HORN, 3 },    { O_HORN, 5 },    { 'u' - 'a', 5 },
    { 'u' - 'a', 2 }, { U_HORN, 4 },    { U_HORN, 1 },    { U_HORN, 2 },    { U_HORN, 3 },
    { U_HORN, 5 },    { 'y' - 'a', 1 }, { 'y' - 'a', 5 }, { 'y' - 'a', 2 }, { 'y' - 'a', 3 },
};

/* Of two bytes. */
static bool
take_two(uint32_t point, struct text_letter *out)
{
    for (size_t i = 0; i < sizeof extended / sizeof *extended; i++)
        if (extended[i].small == point || extended[i].capital == point) {
            *out = extended[i].letter;
            return true;
        }
    if (point < 0xC0 || point > 0xFF)
        return false;
    *out = latin_1[point & 0x1F];
    return out->letter != 0 || out->tone != 0;
}

size_t
text_letter_next(struct span text, struct text_letter *out)
{
    const unsigned char *bytes = (const unsigned char *)text.at;
    if (text.len == 0)
        return 0;
    if (bytes[0] < 0x80) {
        unsigned char small = bytes[0] | 0x20;
        *out = (struct text_letter){ (uint8_t)(small - 'a'), 0 };
        return small >= 'a' && small <= 'z';
    }
    if (bytes[0] >= 0xC3 && bytes[0] <= 0xC6 && text.len > 1 && text_is_tail(text.at[1]))
        return take_two((bytes[0] & 0x1Fu) << 6 | (bytes[1] & 0x3Fu), out) ? 2 : 0;
    if (bytes[0] != 0xE1 || text.len < 3 || !text_is_tail(text.at[1]) || !text_is_tail(text.at[2]))
        return 0;
    uint32_t point = 0x1000u | (bytes[1] & 0x3Fu) << 6 | (bytes[2] & 0x3Fu);
    size_t at = (point - 0x1EA0) / 2;
    if (point < 0x1EA0 || at >= sizeof additional / sizeof *additional)
        return 0;
    *out = additional[at];
    return 3;
}

uint32_t
text_letter_whole(struct text_letter letter)
{
    return letters[letter.letter].whole[letter.tone];
}

uint32_t
text_tone_mark(size_t tone)
{
    return tone_marks[tone];
}

size_t
text_letter_apart(struct text_letter letter, int32_t into[TEXT_LETTER_PARTS])
{
    size_t count = 0;
    uint16_t quality = letters[letter.letter].quality, tone = tone_marks[letter.tone];
    bool below = tone == DOT_BELOW && quality != HORN; /* in Unicode's order of marks */
    into[count++] = letter.letter == D_BAR ? letters[D_BAR].whole[0] : letters[letter.letter].base;
    if (below)
        into[count++] = tone;
    if (quality != 0)
        into[count++] = quality;
    if (tone != 0 && !below)
        into[count++] = tone;
    return count;
}

uint32_t
text_letter_join(char base, uint32_t quality, uint32_t tone)
{
    size_t letter = (size_t)(base - 'a'), which = 0;
    while (which < TEXT_TONES && tone_marks[which] != tone)
        which++;
    if (quality != 0)
        for (letter = TEXT_LETTERS_ASCII; letter < TEXT_LETTERS; letter++)
            if (letters[letter].base == base && letters[letter].quality == quality)
                break;
    return letter < TEXT_LETTERS && which < TEXT_TONES ? letters[letter].whole[which] : 0;
}
