/* SPDX-License-Identifier: ISC */
/* One story told by several papers: the first keeps it, the others are told of in its file. */
#include "wire/also.h"

#include "wire/import.h"

#include "testing.h"

#include <stdlib.h>
#include <string.h>

#define NOON 1795496400 /* 2026-11-24T12:00:00+07:00 */
#define FIRST "stories/2026/cau-moi-noi-hai-bo-song.gmi"
#define TEXT                                                                                                                  \
    "Sáng nay, hàng trăm người dân hai bên bờ đã có mặt từ sớm để xem những chiếc xe đầu tiên " \
    "chạy qua cây cầu mới. Cầu dài hơn một cây số, rộng bốn làn xe, thay cho bến phà đã chạy "    \
    "suốt "                                                                                                                 \
    "ba mươi năm.\n\nÔng Bảy, người lái phà cuối cùng, nói ông sẽ chuyển sang trồng xoài cùng "       \
    "con "                                                                                                                    \
    "trai. Các em nhỏ ở cù lao từ nay đi học chỉ mất mười phút, không còn phải chờ nước ròng.\n"

static char *folder;
static struct import *import;
enum { SKIPPED = 99 };
static int last; /* an outcome; SKIPPED: nobody told of one */

static void
on_placed(void *whom, const struct placement *placement)
{
    (void)whom;
    last = placement->outcome;
}

static void
open_import(void)
{
    struct import_options options = { .content = folder, .report = on_placed, .lang = SPAN("vi") };
    struct fault fault;
    ck_assert_int_eq(import_open(&options, &import, &fault), STATUS_OK);
}

static void
set_up(void)
{
    ck_assert(clock_zone_set("Asia/Ho_Chi_Minh"));
    folder = testing_folder();
    open_import();
}

static void
tear_down(void)
{
    import_close(import);
    testing_folder_remove(folder);
}

/* What is remembered of the folder is learnt anew. */
static void
open_again(void)
{
    import_close(import);
    open_import();
}

static int
bring(const char *source, const char *title, const char *body)
{
    struct fault fault = { 0, "" };
    last = SKIPPED;
    struct document document = { .whole = true };
    document.text.title = span_of(title);
    document.text.body = span_of(body);
    document.text.date = SPAN("2026-11-24T10:00:00+07:00");
    struct intake_options intake = { .source = span_of(source), .alone = true, .now = NOON };
    enum status status = import_document(import, &document, &intake, &fault);
    ck_assert_msg(status == STATUS_OK, "%s", fault.what);
    return last;
}

static bool
file_has(const char *path, const char *text)
{
    char *file = testing_read(folder, path);
    bool has = file != NULL && strstr(file, text) != NULL;
    free(file);
    return has;
}

#define ONE "https://mot.example/cau-moi"
#define TWO "https://hai.example/khanh-thanh-cau"
#define LINK "\n\n=> " TWO " Cũng đăng tại hai.example\n"

START_TEST(who_comes_later_is_told_of_in_the_first_ones_file)
{
    ck_assert_int_eq(bring(ONE, "Cầu mới nối hai bờ sông", TEXT), PLACE_NEW);
    ck_assert_int_eq(bring(TWO, "Khánh thành cầu qua cù lao", "Hà Nội - " TEXT), PLACE_UPDATED);
    ck_assert(file_has(FIRST, LINK) && file_has(FIRST, "source: " ONE));
    ck_assert(!file_has("stories/2026/khanh-thanh-cau-qua-cu-lao.gmi", "title"));
    /* Nothing more comes of it, whoever remembers. */
    ck_assert_int_eq(bring(TWO, "Khánh thành cầu qua cù lao", TEXT), SKIPPED);
    open_again();
    ck_assert_int_eq(bring(TWO, "Khánh thành cầu qua cù lao", TEXT "Một câu khác hẳn.\n"), SKIPPED);
    ck_assert_int_eq(bring(ONE, "Cầu mới nối hai bờ sông", TEXT), PLACE_UNCHANGED);
    /* A third one; and an update keeps them. */
    ck_assert_int_eq(bring("https://ba.example/1", "Cầu mới nối hai bờ Sông!", "Tin vắn.\n"),
                     PLACE_UPDATED);
    ck_assert_int_eq(bring(ONE, "Cầu mới nối hai bờ sông", TEXT "Thêm một câu.\n"), PLACE_UPDATED);
    ck_assert(file_has(FIRST, "Thêm một câu.\n\n=> " TWO " Cũng đăng tại hai.example\n"
                              "=> https://ba.example/1 Cũng đăng tại ba.example\n"));
}
END_TEST

START_TEST(a_site_that_tells_a_story_twice_is_not_told_of)
{
    bring(ONE, "Cầu mới nối hai bờ sông", TEXT);
    ck_assert_int_eq(bring("https://mot.example/khac/cau-moi", "Cầu mới", TEXT), SKIPPED);
    ck_assert(!file_has(FIRST, "Cũng đăng tại"));
}
END_TEST

START_TEST(what_a_person_did_to_the_first_stays)
{
    bring(ONE, "Cầu mới nối hai bờ sông", TEXT);
    testing_write(folder, FIRST,
                  "---\ntitle: Cầu\ndate: 2026-11-24\nsource: " ONE "\nimported: 1\n---\n" TEXT);
    open_again();
    ck_assert_int_eq(bring(TWO, "Khánh thành cầu", TEXT), SKIPPED);
    ck_assert(!file_has(FIRST, "Cũng đăng tại"));
    testing_write(folder, FIRST,
                  "---\ntitle: Cầu\ndate: 2026-11-24\nsource: " ONE "\nimported: 1\n"
                  "state: withdrawn\n---\n" TEXT);
    open_again();
    ck_assert_int_eq(bring(TWO, "Khánh thành cầu", TEXT), SKIPPED);
}
END_TEST

START_TEST(other_stories_come_in_beside_it)
{
    bring(ONE, "Cầu mới nối hai bờ sông", TEXT);
    ck_assert_int_eq(bring(TWO, "Bến phà cũ thành chợ nổi", "Chợ họp từ bốn giờ sáng.\n"),
                     PLACE_NEW);
    ck_assert_int_eq(bring("https://hai.example/2", "Giá xoài hôm nay 23/11", "Giá tăng.\n"),
                     PLACE_NEW);
    ck_assert_int_eq(bring("https://hai.example/3", "Giá xoài hôm nay 24/11", "Giá giảm.\n"),
                     PLACE_NEW);
}
END_TEST

START_TEST(links_are_added_and_kept_in_order)
{
    struct region *region = region_new();
    struct span one = also_add(SPAN("Text.\n"), SPAN("https://b.example/1"), SPAN("B"), SPAN("en"),
                               region);
    ck_assert(span_equal(one, SPAN("Text.\n\n=> https://b.example/1 Also at B\n")));
    struct span two = also_add(one, SPAN("https://c.example/1"), SPAN(""), SPAN("vi"), region);
    struct span kept = also_keep(two, SPAN("New.\n"), region);
    ck_assert(span_equal(kept, SPAN("New.\n\n=> https://b.example/1 Also at B\n"
                                    "=> https://c.example/1 Cũng đăng tại c.example\n")));
    region_free(region);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("also");
    TCase *telling = tcase_create("telling");
    tcase_add_checked_fixture(telling, set_up, tear_down);
    tcase_add_test(telling, who_comes_later_is_told_of_in_the_first_ones_file);
    tcase_add_test(telling, a_site_that_tells_a_story_twice_is_not_told_of);
    tcase_add_test(telling, what_a_person_did_to_the_first_stays);
    tcase_add_test(telling, other_stories_come_in_beside_it);
    tcase_add_test(telling, links_are_added_and_kept_in_order);
    suite_add_tcase(suite, telling);
    return testing_run(suite);
}
