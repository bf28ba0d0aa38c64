/* SPDX-License-Identifier: ISC */
/* Files that are read by several at once come out as if one had read them. */
#include "archive/readers.h"

#include "archiving.h"
#include "testing.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FILES = 500 };

static struct desk desk;
static struct region *region;

static void
set_up(void)
{
    archiving_set_up();
    region = region_new();
    struct taxonomy *none = NULL;
    ck_assert_int_eq(taxonomy_parse(SPAN(""), region, &none, NULL), STATUS_OK);
    desk = (struct desk){ open(archiving_options.content, O_RDONLY | O_DIRECTORY), { none, none } };
}

static void
tear_down(void)
{
    close(desk.content);
    region_free(region);
    archiving_tear_down();
}

static void
write_files(void)
{
    char path[64], text[128];
    for (int i = 0; i < FILES; i++) {
        snprintf(path, sizeof path, "stories/t%d.gmi", i);
        snprintf(text, sizeof text, i % 7 == 3 ? "Tin %d" : "---\ntitle: Tin %d\n---\nThân bài.\n",
                 i);
        content_write(path, text);
    }
}

/* The `number`-th, as it must be. */
static void
assert_is(const struct reading *reading, int number)
{
    char text[64];
    snprintf(text, sizeof text, "stories/t%d.gmi", number);
    ck_assert_str_eq(reading->path.at, text);
    ck_assert_int_eq(reading->status, STATUS_OK);
    ck_assert_int_eq(reading->parsed, number % 7 == 3 ? STATUS_BAD : STATUS_OK);
    snprintf(text, sizeof text, "Tin %d", number);
    if (reading->parsed == STATUS_OK)
        ck_assert(span_equal(reading->story.title, span_of(text)));
    else
        ck_assert_uint_gt(strlen(reading->fault.what), 0);
}

static void
take(struct readers *readers, int number)
{
    struct reading *reading = readers_take(readers);
    assert_is(reading, number);
    reading_free(reading);
}

/* How large each is said to be: many are ahead, or one at a time. */
static const int64_t sizes[] = { 100, 1 << 30 };

START_TEST(what_is_read_comes_out_in_the_order_asked_for)
{
    struct readers *readers = readers_new(&desk);
    char path[64], slug[16];
    int taken = 0;
    write_files();
    for (int i = 0; i < FILES; i++) {
        while (readers_are_full(readers))
            take(readers, taken++);
        ck_assert(sizes[_i] == 100 || taken == i);
        snprintf(path, sizeof path, "stories/t%d.gmi", i);
        snprintf(slug, sizeof slug, "t%d", i);
        readers_ask(readers, span_of(path), span_of(slug), sizes[_i]);
    }
    while (readers_are_asked(readers))
        take(readers, taken++);
    ck_assert_int_eq(taken, FILES);
    readers_free(readers);
}
END_TEST

START_TEST(what_nobody_takes_is_let_go)
{
    struct readers *readers = readers_new(&desk);
    write_files();
    for (int i = 0; !readers_are_full(readers); i++) {
        char path[64];
        snprintf(path, sizeof path, "stories/t%d.gmi", i);
        readers_ask(readers, span_of(path), SPAN("t"), 100);
    }
    take(readers, 0);
    readers_free(readers);
}
END_TEST

enum { LARGE = 2 * 1024 * 1024, PATIENCE = 5000 };
static atomic_bool over;

static void *
keep_writing(void *unused)
{
    int file = open(content_path("stories/dai.gmi"), O_WRONLY);
    for (unsigned turn = 0; !atomic_load(&over); turn++)
        if (pwrite(file, turn % 2 == 0 ? "a" : "b", 1, LARGE - 2) != 1)
            break;
    close(file);
    return unused;
}

static enum status
read_large(void)
{
    struct reading *reading = reading_new(SPAN("stories/dai.gmi"), SPAN("dai"));
    reading_do(reading, &desk);
    enum status status = reading->status;
    reading_free(reading);
    return status;
}

START_TEST(a_file_that_changes_while_it_is_read_is_left_for_later)
{
    pthread_t writing;
    char *text = memory_new(LARGE + 1);
    memset(text, 'a', LARGE);
    text[LARGE] = '\0';
    content_write("stories/dai.gmi", text);
    free(text);
    ck_assert_int_eq(read_large(), STATUS_OK);
    atomic_store(&over, false);
    ck_assert_int_eq(pthread_create(&writing, NULL, keep_writing, NULL), 0);
    int left = PATIENCE;
    while (left > 0 && read_large() != STATUS_BUSY)
        left--;
    atomic_store(&over, true);
    pthread_join(writing, NULL);
    ck_assert_int_gt(left, 0);
    ck_assert_int_eq(read_large(), STATUS_OK);
}
END_TEST

START_TEST(what_is_gone_or_no_file_is_told_apart)
{
    struct reading *reading = reading_new(SPAN("stories/khong-co.gmi"), SPAN("khong-co"));
    reading_do(reading, &desk);
    ck_assert_int_eq(reading->status, STATUS_ABSENT);
    reading_free(reading);
    ck_assert_int_eq(symlink("a.gmi", content_path("stories/lien-ket.gmi")), 0);
    reading = reading_new(SPAN("stories/lien-ket.gmi"), SPAN("lien-ket"));
    reading_do(reading, &desk);
    ck_assert_int_eq(reading->status, STATUS_ABSENT);
    reading_free(reading);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("readers");
    TCase *tests = tcase_create("readers");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, what_is_read_comes_out_in_the_order_asked_for, 0, 2);
    tcase_add_test(tests, what_nobody_takes_is_let_go);
    tcase_add_test(tests, a_file_that_changes_while_it_is_read_is_left_for_later);
    tcase_add_test(tests, what_is_gone_or_no_file_is_told_apart);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
