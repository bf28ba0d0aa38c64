/* SPDX-License-Identifier: ISC */
/* Addresses that moved or ended: what moved.yaml says, and where a reader is led. */
#include "archiving.h"
#include "testing.h"

#include "archive/moved.h"
#include "base/buffer.h"
#include "base/clock.h"

#include <stdio.h>
#include <string.h>

#define STORY(title) "---\ntitle: " title "\ndate: 2024\n---\nThân bài của " title ".\n"

/* What becomes of a file when moves are noted, up to a row without `from`. */
static const struct edit {
    const char *before;
    struct {
        const char *from, *to;
    } moves[3];
    const char *after;
} edits[] = {
    { "", { { "a", "b" } }, "a: b\n" },
    { "", { { "a", "" } }, "a: gone\n" },
    { "x: y", { { "a", "b" } }, "x: y\na: b\n" },
    { "# đầu\n\nx: y # vì sao\n", { { "a", "b" } }, "# đầu\n\nx: y # vì sao\na: b\n" },
    /* there and back: no circle */
    { "a: b\n", { { "b", "a" } }, "b: a\n" },
    { "a: b # một\nx: y\n", { { "b", "a" } }, "# một\nx: y\nb: a\n" },
    /* the old line is replaced where it stands */
    { "a: b # một\nx: y\n", { { "a", "c" } }, "a: c # một\nx: y\n" },
    { "a: gone\nx: y\n", { { "a", "c" } }, "a: c\nx: y\n" },
    { "a: c\n", { { "a", "" } }, "a: gone\n" },
    { "a: a # a\n", { { "a", "b" } }, "a: b # a\n" },
    { "\"a\":   \"b\"\r\n", { { "a", "c" } }, "\"a\":   \"c\"\r\n" },
    /* chains are flat; where one ends in a story that is gone, it may come back */
    { "a: b\n", { { "b", "c" } }, "a: c\nb: c\n" },
    { "a: b\n", { { "b", "c" }, { "c", "d" } }, "a: d\nb: d\nc: d\n" },
    { "a: b\n", { { "b", "" } }, "a: b\nb: gone\n" },
    { "a: b\n", { { "b", "c" }, { "c", "a" } }, "b: a\nc: a\n" },
    { "b: gone\n", { { "a", "b" } }, "a: b\n" },
    /* as it is already */
    { "a: b\n", { { "a", "b" } }, "a: b\n" },
    { "a: gone\n", { { "a", "" } }, "a: gone\n" },
    { "ab: abc\n", { { "a", "b" }, { "abc", "abd" } }, "ab: abd\na: b\nabc: abd\n" },
};

static enum status
edit(const char *before, const struct edit *row, struct buffer *after, struct fault *fault)
{
    struct move moves[3];
    size_t count = 0;
    while (count < 3 && row->moves[count].from != NULL) {
        moves[count].from = span_of(row->moves[count].from);
        moves[count].to = span_of(row->moves[count].to);
        count++;
    }
    return moved_edit(span_of(before), moves, count, after, fault);
}

START_TEST(a_move_is_noted_on_its_slugs_line_and_the_rest_stays)
{
    struct buffer after = BUFFER_EMPTY;
    struct fault fault = { 0, "" };
    ck_assert_msg(edit(edits[_i].before, &edits[_i], &after, &fault) == STATUS_OK, "%s",
                  fault.what);
    ck_assert_str_eq(buffer_text(&after), edits[_i].after);
    buffer_fini(&after);
}
END_TEST

/* Notes so many moves of slugs that have a line each; milliseconds of the processor. */
static int64_t
note_many(size_t many)
{
    struct buffer before = BUFFER_EMPTY, names = BUFFER_EMPTY, after = BUFFER_EMPTY;
    struct move *moves = memory_new(many * sizeof *moves);
    struct fault fault = { 0, "" };
    for (size_t i = 0; i < many; i++) {
        buffer_printf(&before, "cu-%06zu: moi-%06zu\n", i, i);
        buffer_printf(&names, "moi-%06zusau-%06zu", i, i);
    }
    for (size_t i = 0; i < many; i++) {
        struct span pair = span_skip(buffer_span(&names), i * 20);
        moves[i].from = span_first(pair, 10);
        moves[i].to = i % 2 == 0 ? span_first(span_skip(pair, 10), 10) : SPAN("");
    }
    int64_t begun = clock_cpu();
    ck_assert_int_eq(moved_edit(buffer_span(&before), moves, many, &after, &fault), STATUS_OK);
    int64_t took = clock_cpu() - begun;
    ck_assert(span_starts(buffer_span(&after), SPAN("cu-000000: sau-000000\n"
                                                    "cu-000001: moi-000001\n"
                                                    "cu-000002: sau-000002\n")));
    ck_assert(span_ends(buffer_span(&after), SPAN("998: sau-003998\nmoi-003999: gone\n")) ||
              span_ends(buffer_span(&after), SPAN("998: sau-031998\nmoi-031999: gone\n")));
    free(moves);
    buffer_fini(&before);
    buffer_fini(&names);
    buffer_fini(&after);
    return took;
}

/* As where a large capsule loses many stories at once. */
START_TEST(eight_times_the_moves_take_about_eight_times_as_long)
{
    int64_t few = note_many(4000);
    ck_assert_int_lt(note_many(32000), 24 * few + 200);
}
END_TEST

static const struct edit refused[] = {
    { "[a]\n", { { "a", "b" } }, ":1: " },
    { "x: y\n\"\n", { { "a", "b" } }, "found unexpected end of stream" },
    { "{x: y}\n", { { "a", "b" } }, ":1: each line is" },
    { "x: y\na:\n  b\n", { { "a", "c" } }, ":2: `a` and what it leads to must stand on one line" },
    { "a: [b]\n", { { "a", "c" } }, ":1: `a` and what it leads to must stand on one line" },
    { "a:\n", { { "a", "c" } }, "`a` and what it leads to must stand on one line" },
};

START_TEST(what_can_not_be_edited_is_told_with_its_line)
{
    struct buffer after = BUFFER_EMPTY;
    struct fault fault = { 0, "" };
    char told[300];
    ck_assert_int_eq(edit(refused[_i].before, &refused[_i], &after, &fault), STATUS_BAD);
    snprintf(told, sizeof told, ":%zu: %s", fault.line, fault.what);
    ck_assert_msg(strstr(told, refused[_i].after) != NULL, "%s", told);
    ck_assert_uint_eq(after.len, 0);
}
END_TEST

static void
set_up(void)
{
    archiving_set_up();
    content_write("stories/2024/a.gmi", STORY("A"));
    content_write("stories/2024/khac.gmi", STORY("Khác"));
    index_well();
}

static void
move_file(const char *from, const char *to)
{
    char before[64], after[64];
    snprintf(before, sizeof before, "stories/2024/%s.gmi", from);
    snprintf(after, sizeof after, "stories/2024/%s.gmi", to);
    content_rename(before, after);
    index_well();
}

START_TEST(there_and_back_again_is_no_circle)
{
    move_file("a", "b");
    ck_assert_str_eq(answer("a"), "b");
    move_file("b", "a");
    ck_assert_str_eq(answer("a"), "story");
    ck_assert_str_eq(answer("b"), "a");
    ck_assert_str_eq(content_read("moved.yaml"), "b: a\n");
    move_file("a", "c");
    ck_assert_str_eq(answer("a"), "c");
    ck_assert_str_eq(answer("b"), "c");
}
END_TEST

START_TEST(a_slug_used_again_leads_to_the_story_that_had_it_last)
{
    move_file("a", "b");
    content_write("stories/2024/a.gmi", STORY("Mới"));
    index_well();
    ck_assert_str_eq(answer("a"), "story");
    move_file("a", "c");
    ck_assert_str_eq(answer("a"), "c");
    ck_assert_str_eq(answer("b"), "story");
}
END_TEST

START_TEST(what_was_gone_and_is_back_can_move)
{
    content_remove("stories/2024/a.gmi");
    index_well();
    ck_assert_str_eq(answer("a"), "gone");
    content_write("stories/2024/a.gmi", STORY("A"));
    index_well();
    ck_assert_str_eq(answer("a"), "story");
    move_file("a", "b");
    ck_assert_str_eq(answer("a"), "b");
}
END_TEST

START_TEST(a_chain_ends_at_a_story_that_is_served_again)
{
    content_write("moved.yaml", "x: b\nb: khac\n");
    index_well();
    ck_assert_str_eq(answer("x"), "khac");
    content_write("stories/2024/b.gmi", STORY("B"));
    index_well();
    ck_assert_str_eq(answer("x"), "b");
    ck_assert_str_eq(answer("b"), "story");
    content_remove("stories/2024/b.gmi");
    index_well();
    ck_assert_str_eq(answer("x"), "gone");
    content_write("stories/2024/b.gmi", STORY("B"));
    index_well();
    ck_assert_str_eq(answer("x"), "b");
}
END_TEST

START_TEST(a_move_to_an_alias_leads_straight_to_the_story)
{
    content_write("stories/2024/b.gmi", "---\ntitle: B\naliases: [ten-cu]\n---\nB.\n");
    content_write("moved.yaml", "x: ten-cu\n");
    index_well();
    ck_assert_str_eq(answer("x"), "b");
    ck_assert_str_eq(answer("ten-cu"), "b");
}
END_TEST

START_TEST(a_circle_without_a_story_is_told_and_the_rest_leads_on)
{
    content_write("moved.yaml", "x: y\ny: x\nz: khac\nw: \"?\"\n");
    struct told told = index_now();
    ck_assert_int_eq(told.status, STATUS_OK);
    ck_assert_str_eq(told.reports, "moved.yaml:1: `x` leads nowhere: write a slug, or gone\n"
                                   "moved.yaml:2: `y` leads nowhere: write a slug, or gone\n"
                                   "moved.yaml:4: `w` leads nowhere: write a slug, or gone\n");
    ck_assert_str_eq(answer("x"), "nothing");
    ck_assert_str_eq(answer("z"), "khac");
}
END_TEST

START_TEST(a_file_that_can_not_be_read_stops_the_round)
{
    content_write("moved.yaml", "[a]\n");
    content_remove("stories/2024/a.gmi");
    struct told told = index_now();
    ck_assert_int_eq(told.status, STATUS_BAD);
    ck_assert_ptr_nonnull(strstr(told.fault, "moved.yaml:1: each line is"));
    ck_assert_str_eq(answer("a"), "story");
    content_write("moved.yaml", "");
    index_well();
    ck_assert_str_eq(answer("a"), "gone");
}
END_TEST

START_TEST(a_story_that_only_changes_its_folder_keeps_its_address)
{
    content_write("stories/2023/sau.gmi", STORY("Sau"));
    index_well();
    content_rename("stories/2024/a.gmi", "stories/2023/a.gmi");
    index_well();
    ck_assert_str_eq(answer("a"), "story");
    ck_assert_ptr_null(content_read("moved.yaml"));
}
END_TEST

/* Two files of one slug: one of them is served, whichever of the two goes. */
START_TEST(where_one_of_two_files_goes_the_other_has_the_address)
{
    static const char *const paths[] = { "stories/2023/a.gmi", "stories/2024/a.gmi" };
    content_write("stories/2023/a.gmi", STORY("A khác"));
    struct told told = index_now();
    ck_assert_ptr_nonnull(strstr(told.reports, "has the same slug: rename one of them"));
    content_remove(paths[_i]);
    index_well();
    ck_assert_str_eq(answer("a"), "story");
    ck_assert_ptr_null(content_read("moved.yaml"));
    content_remove(paths[1 - _i]);
    index_well();
    ck_assert_str_eq(answer("a"), "gone");
}
END_TEST

START_TEST(what_a_person_says_of_a_story_that_goes_stands)
{
    content_write("stories/mot.gmi", STORY("Một"));
    content_write("stories/hai.gmi", STORY("Hai"));
    content_write("stories/ba.gmi", STORY("Ba"));
    index_well();
    content_remove("stories/mot.gmi"); /* what it said is told in the second now */
    content_write("moved.yaml", "mot: hai # gộp vào hai\n");
    index_well();
    ck_assert_str_eq(content_read("moved.yaml"), "mot: hai # gộp vào hai\n");
    ck_assert_str_eq(answer("mot"), "hai");

    content_write("stories/mot.gmi", STORY("Một khác")); /* a line that is older than the story */
    index_well();
    content_remove("stories/mot.gmi");
    index_well();
    ck_assert_str_eq(answer("mot"), "gone");

    content_write("stories/mot.gmi", STORY("Một khác"));
    index_well();
    content_remove("stories/mot.gmi");
    content_write("moved.yaml", "mot: ba\n"); /* or one that was changed */
    index_well();
    ck_assert_str_eq(answer("mot"), "ba");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("moved");
    TCase *pure = tcase_create("the file"), *rounds = tcase_create("where it leads");
    tcase_add_loop_test(pure, a_move_is_noted_on_its_slugs_line_and_the_rest_stays, 0,
                        (int)(sizeof edits / sizeof *edits));
    tcase_add_test(pure, eight_times_the_moves_take_about_eight_times_as_long);
    tcase_add_loop_test(pure, what_can_not_be_edited_is_told_with_its_line, 0,
                        (int)(sizeof refused / sizeof *refused));
    tcase_add_checked_fixture(rounds, set_up, archiving_tear_down);
    tcase_add_test(rounds, there_and_back_again_is_no_circle);
    tcase_add_test(rounds, a_slug_used_again_leads_to_the_story_that_had_it_last);
    tcase_add_test(rounds, what_was_gone_and_is_back_can_move);
    tcase_add_test(rounds, a_chain_ends_at_a_story_that_is_served_again);
    tcase_add_test(rounds, a_move_to_an_alias_leads_straight_to_the_story);
    tcase_add_test(rounds, a_circle_without_a_story_is_told_and_the_rest_leads_on);
    tcase_add_test(rounds, a_file_that_can_not_be_read_stops_the_round);
    tcase_add_test(rounds, a_story_that_only_changes_its_folder_keeps_its_address);
    tcase_add_loop_test(rounds, where_one_of_two_files_goes_the_other_has_the_address, 0, 2);
    suite_add_tcase(suite, pure);
    tcase_add_test(rounds, what_a_person_says_of_a_story_that_goes_stands);
    suite_add_tcase(suite, rounds);
    return testing_run(suite);
}
