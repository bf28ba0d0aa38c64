/* SPDX-License-Identifier: ISC */
/* Whatever happens to stories: rounds that are told what changed come to the archive that is made
 * from nothing of what is there. SEED in the environment is where chance begins. */
#include "archive/store.h"

#include "archiving.h"
#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STORIES = 40, ROUNDS = 60, DEEDS_MAX = 6, TOUCHED_MAX = 4 * DEEDS_MAX };

static uint64_t chance;
static struct region *region;
static struct span touched[TOUCHED_MAX];
static size_t touched_count;
static struct place {
    char path[64]; /* empty: there is none */
} stories[STORIES];
static unsigned named;

static unsigned
roll(unsigned sides)
{
    chance = chance * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(chance >> 33) % sides;
}

static void
touch(const char *path)
{
    ck_assert_uint_lt(touched_count, TOUCHED_MAX);
    touched[touched_count++] = region_copy(region, span_of(path));
}

static const char *
chosen(const char *const *list, unsigned count)
{
    return list[roll(count)];
}

static void
write_story(struct place *story)
{
    static const char *const dates[] = { "",
                                         "date: 2024\n",
                                         "date: 2024-07\n",
                                         "date: 2024-07-12\n",
                                         "date: 2023-01-01T10:00:00+07:00\n",
                                         "date: 2030-01-01\n" };
    static const char *const cities[] = { "", "hue", "ha-noi", "ha-noi, hue", "ha-tay, hue" };
    static const char *const themes[] = { "", "van-hoa", "the-thao", "the-thao, van-hoa" };
    static const char *const states[] = { "", "", "", "state: draft\n", "state: withdrawn\n" };
    char text[512];
    snprintf(text, sizeof text,
             "---\ntitle: Tin %u\nadded: 2024-01-0%u\n%scities: [%s]\nthemes: [%s]\n%s%s---\n"
             "Tại Huế có mưa. Hà Nội nắng, số %u.\n",
             roll(1000), 1 + roll(9), chosen(dates, 6), chosen(cities, 5), chosen(themes, 4),
             chosen(states, 5), roll(4) == 0 ? "aliases: [cu]\n" : "", roll(1000));
    content_write(story->path, text);
    touch(story->path);
}

static void
name_story(struct place *story, bool anew)
{
    static const char *const folders[] = { "stories", "stories/2024", "stories/2024/07" };
    const char *slash = strrchr(story->path, '/');
    char slug[32];
    if (anew)
        snprintf(slug, sizeof slug, "t%u.gmi", named++);
    else
        snprintf(slug, sizeof slug, "%s", slash + 1);
    snprintf(story->path, sizeof story->path, "%s/%s", chosen(folders, 3), slug);
}

static void
move_story(struct place *story)
{
    struct place before = *story;
    content_write("stories/2024/07/.there", "");
    name_story(story, roll(2) == 0);
    content_rename(before.path, story->path);
    touch(before.path);
    touch(story->path);
}

static void
do_something(void)
{
    struct place *story = &stories[roll(STORIES)];
    if (story->path[0] == '\0') {
        name_story(story, true);
        write_story(story);
    } else if (roll(5) == 0) {
        content_remove(story->path);
        touch(story->path);
        story->path[0] = '\0';
    } else if (roll(3) == 0) {
        move_story(story);
    } else {
        write_story(story);
    }
}

/* Rows of a query, in its order. */
static void
dump(sqlite3 *db, const char *sql, struct buffer *out)
{
    sqlite3_stmt *rows = NULL;
    ck_assert_msg(sqlite3_prepare_v2(db, sql, -1, &rows, NULL) == SQLITE_OK, "%s",
                  sqlite3_errmsg(db));
    while (sqlite3_step(rows) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(rows); i++)
            buffer_printf(out, "%s|", (const char *)sqlite3_column_text(rows, i));
        buffer_add_char(out, '\n');
    }
    sqlite3_finalize(rows);
}

/* All that readers are told, in no row's own numbers. */
static const char *
all_of(const char *state)
{
#define NAMES(l)                                                                                   \
    "(SELECT slug FROM term WHERE id = " l ".city), (SELECT slug FROM term WHERE id = " l ".theme" \
    ")"
    static const char *const queries[] = {
        "SELECT slug, title, summary, author, lang, source, precision, year, month, day, instant,"
        " added, state, served, related, body FROM story ORDER BY slug",
        "SELECT s.slug, x.kind, x.place, x.slug FROM story_term x JOIN story s ON s.id = x.story"
        " ORDER BY 1, 2, 3",
        "SELECT " NAMES("l") ", l.newest, s.slug, l.bucket, l.words FROM listing l"
                             " JOIN story s ON s.id = l.story ORDER BY 1, 2, 3",
        "SELECT " NAMES("t") ", t.bucket, t.count FROM tally t ORDER BY 1, 2, 3",
        "SELECT a.slug, a.owner, a.path, a.line, s.slug FROM alias a JOIN story s ON s.id = a.story"
        " ORDER BY 1, 2",
        "SELECT slug, target FROM moved ORDER BY slug",
        "SELECT folder, name, slug, line, what FROM file ORDER BY folder, name",
        "SELECT s.slug, hex(r.newest), r.filed FROM search_row r JOIN story s ON s.id = r.story"
        " ORDER BY 1",
    };
    struct buffer path = BUFFER_EMPTY, text = BUFFER_EMPTY;
    struct archive *archive = NULL; /* whoever may write would take the journals away */
    struct fault fault;
    buffer_printf(&path, "%s/archive.db", state);
    ck_assert_int_eq(archive_open(buffer_text(&path), &archive, &fault), STATUS_OK);
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++)
        dump(archive->db, queries[i], &text);
    archive_close(archive);
    const char *all = region_copy(region, buffer_span(&text)).at;
    buffer_fini(&path);
    buffer_fini(&text);
    return all;
}

static void
compare_with_a_new_one(unsigned round)
{
    const char *state = archiving_options.state;
    archiving_options.state = content_path("../moi");
    archiving_options.touched = NULL;
    archiving_options.anew = true;
    struct told told = index_now();
    ck_assert_msg(told.status == STATUS_OK, "%s", told.fault);
    const char *made = all_of(archiving_options.state);
    archiving_options.anew = false;
    archiving_options.state = state;
    const char *grown = all_of(state);
    size_t same = 0;
    while (grown[same] == made[same] && grown[same] != '\0')
        same++;
    same -= same < 40 ? same : 40;
    ck_assert_msg(strcmp(grown, made) == 0, "round %u: %.200s\nnot: %.200s", round, grown + same,
                  made + same);
}

START_TEST(rounds_come_to_what_is_there)
{
    const char *seed = getenv("SEED");
    chance = seed != NULL ? strtoull(seed, NULL, 10) : 1;
    content_write("cities.yaml", "- {slug: ha-noi, name: Hà Nội}\n- {slug: hue, name: Huế}\n"
                                 "- {slug: ha-tay, name: Hà Tây, into: ha-noi}\n");
    content_write("themes.yaml", "- {slug: van-hoa, name: Văn hóa}\n"
                                 "- {slug: the-thao, name: Thể thao}\n");
    content_write("stories/o-lai.gmi", "---\ntitle: Ở lại\n---\nỞ lại.\n");
    for (unsigned i = 0; i < ROUNDS; i++) {
        struct spans paths = { touched, 0 };
        touched_count = 0;
        for (unsigned deeds = 1 + roll(DEEDS_MAX); deeds > 0; deeds--)
            do_something();
        paths.count = touched_count;
        archiving_options.touched = i > 0 && roll(8) > 0 ? &paths : NULL;
        struct told told = index_now();
        ck_assert_msg(told.status == STATUS_OK, "round %u: %s", i, told.fault);
        ck_assert(told.summary.rebuilt == (i == 0));
        compare_with_a_new_one(i);
    }
}
END_TEST

static void
set_up(void)
{
    archiving_set_up();
    region = region_new();
}

static void
tear_down(void)
{
    region_free(region);
    archiving_tear_down();
}

int
main(void)
{
    Suite *suite = suite_create("property");
    TCase *tests = tcase_create("property");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, rounds_come_to_what_is_there);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
