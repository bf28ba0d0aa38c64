/* SPDX-License-Identifier: ISC */
/* The archive is derived: after any series of changes every page, list, part and feed reads as it
 * would if the archive had been made from nothing. */
#include "asking.h"
#include "base/buffer.h"
#include "changing.h"
#include "story/gemtext.h"
#include "testing.h"

static void
set_up(void)
{
    asking_set_up();
    changing_begin(7, changing_stories(150));
}

static void
tear_down(void)
{
    changing_end();
    asking_tear_down();
}

static struct span_list found;
static void
meet(struct span address)
{
    if (!spans_have(found.spans, address))
        span_list_add(&found, asking_region, region_copy(asking_region, address));
}

/* No page names a story twice, nor a story itself. */
static void
meet_links(const char *path, struct span page)
{
    struct gemtext walk = gemtext_walk(page);
    struct gemline line;
    struct span_list stories = { { NULL, 0 }, 0 };
    span_list_add(&stories, asking_region, span_of(path));
    while (gemtext_next(&walk, &line))
        if (line.kind == GEMLINE_LINK && line.target.at[0] == '/') {
            meet(line.target);
            if (!span_starts(line.target, SPAN("/story/")))
                continue;
            ck_assert_msg(!spans_have(stories.spans, line.target), "%s: %.*s", path,
                          SPAN_ARG(line.target));
            span_list_add(&stories, asking_region, line.target);
        }
}

/* Another archive, made from nothing. */
static struct archive *
rebuild(void)
{
    struct archive *archive = NULL;
    struct fault fault = { 0, "" };
    const char *state = archiving_options.state;
    archiving_options.state = region_printf(asking_region, "%s/anew", archiving_folder).at;
    archiving_options.anew = true;
    ck_assert_int_eq(index_now().status, STATUS_OK);
    const char *path = region_printf(asking_region, "%s/archive.db", archiving_options.state).at;
    ck_assert_msg(archive_open(path, &archive, &fault) == STATUS_OK, "%s", fault.what);
    archiving_options.state = state;
    archiving_options.anew = false;
    return archive;
}

/* Asks until a search has had the time it takes: this machine may be busy with other things. */
static struct reply
ask_patiently(struct archive *anew, const char *path)
{
    struct reply reply;
    size_t at;
    int tries = 0;
    do
        reply = anew != NULL ? asking_of(anew, path) : asking_answer(path);
    while (span_find(reply.page.text, SPAN("\nViệc tìm đã dừng"), &at) && ++tries < 100);
    return reply;
}

/* What is at the address, in both. */
static struct reply
reads_the_same(struct archive *anew, const char *path)
{
    struct reply here = ask_patiently(NULL, path), there = ask_patiently(anew, path);
    ck_assert_msg(here.answer == there.answer, "%s: %d, and from nothing %d", path,
                  (int)here.answer, (int)there.answer);
    ck_assert_msg(span_equal(here.words, there.words) &&
                      span_equal(here.page.text, there.page.text) &&
                      span_equal(here.file.bytes, there.file.bytes),
                  "%s:\n%.900s\nand from nothing:\n%.900s", path,
                  region_copy(asking_region, here.page.text).at,
                  region_copy(asking_region, there.page.text).at);
    return here;
}

/* What is found, and in which order, in all its parts. */
static void
meet_searches(void)
{
    static const char *const searches[] = { "tin",
                                            "tin%20m%E1%BB%9Bi%20sort:best",
                                            "%22noi%203%22",
                                            "%22lan%201%22%20or%202",
                                            "tin%20-3",
                                            "city:noi-1",
                                            "city:noi-0%20theme:viec-1%20tin",
                                            "from:2020%20to:2021-06",
                                            "-theme:viec-0%20from:2022" };
    for (size_t i = 0; i < sizeof searches / sizeof *searches; i++)
        meet(region_printf(asking_region, "/search?%s", searches[i]));
}

/* How many pages links lead to: none is a dead end. */
static size_t
everything_reads_the_same(void)
{
    struct archive *anew = rebuild();
    found = (struct span_list){ { NULL, 0 }, 0 };
    meet(SPAN("/"));
    meet_searches();
    for (size_t i = 0; i < found.spans.count; i++) {
        const char *path = found.spans.at[i].at;
        struct reply reply = reads_the_same(anew, path);
        ck_assert_msg(reply.answer == ANSWER_PAGE || reply.answer == ANSWER_FILE ||
                          reply.answer == ANSWER_ASK,
                      "%s: %d", path, (int)reply.answer);
        meet_links(path, reply.page.text);
    }
    for (unsigned i = 0; i < changing_names(); i++) /* what is gone, or has moved, too */
        reads_the_same(anew, region_printf(asking_region, "/story/tin-%u", i).at);
    archive_close(anew);
    return found.spans.count;
}

START_TEST(every_page_reads_as_if_the_archive_were_made_from_nothing)
{
    size_t rounds = changing_count(500) / 10;
    (void)index_now();
    for (size_t i = 1; i <= rounds; i++) {
        changing_go(10);
        ck_assert_int_eq(index_now().status, STATUS_OK);
        if (i % (rounds / 2) != 0)
            continue;
        changing_mend();
        index_well();
        ck_assert_uint_gt(everything_reads_the_same(), 500);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("rebuilt");
    TCase *tests = tcase_create("rebuilt");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_tags(tests, "no-valgrind"); /* half a minute of what others do in one */
    tcase_add_test(tests, every_page_reads_as_if_the_archive_were_made_from_nothing);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
