/* SPDX-License-Identifier: ISC */
/* Bad input: each is told by file and line, with what to do, and nothing else suffers. */
#include "archiving.h"
#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "---\ntitle: Tin\n"
#define MEGABYTE (1024 * 1024)

/* `count` times `word`, as what stands behind a story's `head`. */
static void
write_long(const char *path, const char *head, const char *word, size_t count, const char *tail)
{
    size_t len = strlen(word), at = strlen(head);
    char *text = malloc(at + count * len + strlen(tail) + 1);
    ck_assert_ptr_nonnull(text);
    strcpy(text, head);
    for (size_t i = 0; i < count; i++, at += len)
        memcpy(text + at, word, len);
    strcpy(text + at, tail);
    content_write(path, text);
    free(text);
}

static void
write_huge(void)
{
    write_long("stories/xau.gmi", HEAD "---\n", "Một dòng.\n", 100 * MEGABYTE / 12, "");
}

static void
write_terms(void)
{
    write_long("stories/xau.gmi", HEAD "cities: [", "hue, ", 10000, "hue]\n---\n");
}

static void
write_year_0(void)
{
    content_write("stories/xau.gmi", HEAD "date: 0000-07-12\n---\n");
}

static void
write_year_9999(void)
{
    content_write("stories/xau.gmi", HEAD "lang: vi\ndate: 9999\n---\n");
}

static void
write_second_of_slug(void)
{
    content_write("stories/2025/tot.gmi", HEAD "---\nKhác.\n");
}

static void
write_circle(void)
{
    content_write("cities.yaml", "- {slug: ha-noi, name: Hà Nội}\n"
                                 "- {slug: hue, name: Huế, until: 2020-01-01, into: thua-thien}\n"
                                 "- {slug: thua-thien, name: Thừa Thiên, into: hue}\n");
}

static void
write_alias_of_two(void)
{
    content_write("cities.yaml", "- {slug: ha-noi, name: Hà Nội, aliases: [Cố đô]}\n"
                                 "- {slug: hue, name: Huế, aliases: [Cố đô]}\n");
}

static void
write_reserved_slug(void)
{
    content_write("cities.yaml", "- {slug: ha-noi, name: Hà Nội}\n- {slug: undated, name: Huế}\n");
}

static void
write_slug_twice(void)
{
    content_write("themes.yaml", "- {slug: y-te, name: Y tế}\n- {slug: y-te, name: Sức khỏe}\n");
}

static const struct {
    void (*write)(void);
    const char *told;
} of_stories[] = {
    { write_huge, "stories/xau.gmi:1: a story holds at most 4194304 bytes: split it, " },
    { write_terms, "stories/xau.gmi:3: cities has 10001 entries: keep 64 at most\n" },
    { write_year_0, "stories/xau.gmi:3: date `0000-07-12` is no date: write 2024, " },
    { write_year_9999, "stories/xau.gmi:4: date `9999` is no date: write 2024, " },
    { write_second_of_slug, "stories/2025/tot.gmi:1: stories/2024/tot.gmi has the same slug: "
                            "rename one of them\n" },
};

static const struct {
    void (*write)(void);
    const char *told;
} of_taxonomies[] = {
    { write_circle, "cities.yaml:2: into: `hue` is absorbed by itself in the end: take out" },
    { write_alias_of_two,
      "cities.yaml:2: `Cố đô` names two terms: hue, and ha-noi on line 1: take" },
    { write_reserved_slug, "cities.yaml:2: slug: `undated` can't be one: write small letters" },
    { write_slug_twice, "themes.yaml:2: the slug `y-te` is taken: line 1 has it: give one" },
};

static void
set_up(void)
{
    archiving_set_up();
    content_write("cities.yaml", "- {slug: ha-noi, name: Hà Nội}\n- {slug: hue, name: Huế}\n");
    content_write("stories/2024/tot.gmi", HEAD "date: 2024-07-12\ncities: [hue]\n---\n");
    index_well();
}

START_TEST(a_bad_story_is_told_and_the_others_are_served)
{
    of_stories[_i].write();
    content_write("stories/moi.gmi", HEAD "date: 2024-07-13\ncities: [hue]\n---\n");
    struct told told = index_now();
    ck_assert_int_eq(told.status, STATUS_OK);
    ck_assert_uint_eq(told.summary.faulty, 1);
    ck_assert_msg(strncmp(told.reports, of_stories[_i].told, strlen(of_stories[_i].told)) == 0,
                  "%s", told.reports);
    ck_assert_str_eq(strchr(told.reports, '\n') + 1, "");
    ck_assert_str_eq(list_of("hue"), "moi tot");
    ck_assert_str_eq(answer("xau"), "nothing");
}
END_TEST

/* One that was good keeps what it said last. */
START_TEST(a_story_that_becomes_bad_keeps_its_last_good_version)
{
    content_write("stories/xau.gmi", HEAD "date: 2024-07-11\ncities: [hue]\n---\n");
    index_well();
    of_stories[_i].write();
    ck_assert_uint_eq(index_now().summary.faulty, 1);
    ck_assert_str_eq(list_of("hue"), "tot xau");
}
END_TEST

START_TEST(a_line_of_a_megabyte_is_a_story)
{
    write_long("stories/dai.gmi", HEAD "date: 2024-07-13\ncities: [hue]\n---\n", "Ở Huế trời mưa. ",
               MEGABYTE / 20, "\n");
    write_long("stories/dac.gmi", HEAD "date: 2024-07-14\ncities: [hue]\n---\n", "x", MEGABYTE,
               "\n");
    index_well();
    ck_assert_str_eq(list_of("hue"), "dac dai tot");
}
END_TEST

START_TEST(a_bad_taxonomy_is_told_and_what_was_served_is_served_on)
{
    of_taxonomies[_i].write();
    struct told told = index_now();
    ck_assert_int_eq(told.status, STATUS_BAD);
    ck_assert_msg(strncmp(told.reports, of_taxonomies[_i].told, strlen(of_taxonomies[_i].told)) ==
                      0,
                  "%s", told.reports);
    ck_assert_str_eq(list_of("hue"), "tot");
    ck_assert_str_eq(answer("tot"), "story");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("bad");
    TCase *tests = tcase_create("bad");
    tcase_add_checked_fixture(tests, set_up, archiving_tear_down);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, a_bad_story_is_told_and_the_others_are_served, 0,
                        sizeof of_stories / sizeof *of_stories);
    tcase_add_loop_test(tests, a_story_that_becomes_bad_keeps_its_last_good_version, 0, 4);
    tcase_add_test(tests, a_line_of_a_megabyte_is_a_story);
    tcase_add_loop_test(tests, a_bad_taxonomy_is_told_and_what_was_served_is_served_on, 0,
                        sizeof of_taxonomies / sizeof *of_taxonomies);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
