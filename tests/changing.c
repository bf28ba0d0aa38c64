/* SPDX-License-Identifier: ISC */
#include "changing.h"

#include "testing.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { CITIES = 8, THEMES = 5, FOLDERS = 3, PATH_BYTES = 64 };

struct piece {
    unsigned name; /* of its slug: "tin-7" */
    unsigned folder;
    bool broken;
};

static uint64_t state;
static int64_t clock_of_theirs; /* when the next file is written */
static unsigned names, edits;
static struct piece *pieces;
static size_t count;

/* splitmix64 */
static uint64_t
draw(uint64_t below)
{
    uint64_t mixed = state += 0x9e3779b97f4a7c15u;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
    return (mixed ^ mixed >> 31) % below;
}

static const char *
path_of(const struct piece *piece, char into[PATH_BYTES])
{
    snprintf(into, PATH_BYTES, "stories/%u/tin-%u.gmi", piece->folder, piece->name);
    return into;
}

/* As a person's clock would have it: an edit never has the time of another. */
static void
put(const struct piece *piece, const char *text)
{
    char path[PATH_BYTES];
    content_write(path_of(piece, path), text);
    clock_of_theirs += 60 + (int64_t)draw(6000);
    const struct timespec times[] = { { .tv_sec = clock_of_theirs },
                                      { .tv_sec = clock_of_theirs } };
    ck_assert_int_eq(utimensat(AT_FDCWD, content_path(path), times, 0), 0);
}

static void
add_date(struct buffer *text)
{
    unsigned year = 2019 + (unsigned)draw(5), month = 1 + (unsigned)draw(12);
    unsigned day = 1 + (unsigned)draw(28);
    switch (draw(6)) {
    case 0:
        break;
    case 1:
        buffer_printf(text, "date: %u\n", year);
        break;
    case 2:
        buffer_printf(text, "date: %u-%02u\n", year, month);
        break;
    case 3:
        buffer_printf(text, "date: %u-%02u-%02uT%02u:00:00+07:00\n", year, month, day,
                      (unsigned)draw(24));
        break;
    default:
        buffer_printf(text, "date: %u-%02u-%02u\n", year, month, day);
    }
    if (draw(3) > 0)
        buffer_printf(text, "added: 2025-%02u-%02u\n", month, day);
}

static void
add_terms(struct buffer *text, const char *key, const char *term, unsigned of)
{
    buffer_printf(text, "%s: [", key);
    for (unsigned i = 0, comma = 0; i < of; i++)
        if (draw(of) == 0)
            buffer_printf(text, "%s%s-%u", comma++ > 0 ? ", " : "", term, i);
    buffer_add_text(text, "]\n");
}

static void
write_piece(struct piece *piece)
{
    static const char *const states[] = { "draft", "withdrawn" };
    struct buffer text = BUFFER_EMPTY;
    unsigned edit = edits++;
    buffer_printf(&text, "---\ntitle: Tin %u, lần %u\n", piece->name, edit);
    add_date(&text);
    add_terms(&text, "cities", "noi", CITIES);
    add_terms(&text, "themes", "viec", THEMES);
    if (draw(4) == 0) /* whatever became of them; itself, too */
        buffer_printf(&text, "related: [tin-%u, tin-%u, tin-%u]\n", (unsigned)draw(names),
                      (unsigned)draw(names), piece->name);
    if (draw(12) == 0)
        buffer_printf(&text, "state: %s\n", states[draw(2)]);
    buffer_printf(&text, "summary: Lần %u.\n---\nNơi %u có tin mới. Lần %u.\n", edit,
                  (unsigned)draw(CITIES), edit);
    put(piece, buffer_text(&text));
    piece->broken = false;
    buffer_fini(&text);
}

static void
add_piece(void)
{
    pieces = memory_grow(pieces, (count + 1) * sizeof *pieces);
    pieces[count] = (struct piece){ .name = names++, .folder = (unsigned)draw(FOLDERS) };
    write_piece(&pieces[count++]);
}

static void
break_piece(struct piece *piece)
{
    char text[64];
    snprintf(text, sizeof text, "---\ntitel: %u\n---\n", edits++);
    put(piece, text);
    piece->broken = true;
}

static void
move_piece(struct piece *piece, bool rename)
{
    char from[PATH_BYTES], to[PATH_BYTES];
    path_of(piece, from);
    if (rename)
        piece->name = names++;
    else
        piece->folder = (piece->folder + 1) % FOLDERS;
    content_rename(from, path_of(piece, to));
}

static void
remove_piece(struct piece *piece)
{
    char path[PATH_BYTES];
    content_remove(path_of(piece, path));
    *piece = pieces[--count];
}

static void
change(void)
{
    size_t kind = draw(20);
    struct piece *piece = count > 0 ? &pieces[draw(count)] : NULL;
    if (piece == NULL || kind < 3)
        add_piece();
    else if (kind < 5)
        remove_piece(piece);
    else if (kind < 7)
        move_piece(piece, true);
    else if (kind < 8)
        move_piece(piece, false);
    else if (kind < 9)
        break_piece(piece);
    else
        write_piece(piece);
}

void
changing_begin(uint64_t seed, size_t stories)
{
    struct buffer cities = BUFFER_EMPTY, themes = BUFFER_EMPTY;
    state = seed;
    clock_of_theirs = 1750000000;
    names = edits = 0;
    for (int i = 0; i < CITIES; i++)
        buffer_printf(&cities, "- {slug: noi-%d, name: Nơi %d%s}\n", i, i,
                      i == 7   ? ", until: 2025-06-30, into: noi-6"
                      : i == 6 ? ", until: 2025-06-30, into: noi-0"
                               : "");
    for (int i = 0; i < THEMES; i++)
        buffer_printf(&themes, "- {slug: viec-%d, name: Việc %d}\n", i, i);
    content_write("cities.yaml", buffer_text(&cities));
    content_write("themes.yaml", buffer_text(&themes));
    buffer_fini(&cities);
    buffer_fini(&themes);
    for (unsigned i = 0; i < FOLDERS; i++) {
        char folder[PATH_BYTES];
        snprintf(folder, sizeof folder, "stories/%u", i);
        ck_assert_int_eq(mkdir(content_path(folder), 0755), 0);
    }
    while (count < stories)
        add_piece();
}

void
changing_go(size_t changes)
{
    while (changes-- > 0)
        change();
}

void
changing_mend(void)
{
    for (size_t i = 0; i < count; i++)
        if (pieces[i].broken)
            write_piece(&pieces[i]);
}

void
changing_end(void)
{
    free(pieces);
    pieces = NULL;
    count = 0;
}

unsigned
changing_names(void)
{
    return names;
}

static size_t
from_environment(const char *name, size_t usual)
{
    const char *text = getenv(name);
    return text != NULL ? strtoul(text, NULL, 10) : usual;
}

size_t
changing_stories(size_t usual)
{
    return from_environment("STORIES", usual);
}

size_t
changing_count(size_t usual)
{
    return from_environment("CHANGES", usual);
}
