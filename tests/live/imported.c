/* SPDX-License-Identifier: ISC */
/* Saved newspaper pages, imported into an empty folder and served: every story is reached. */
#include "capsule.h"
#include "crawl.h"

#include "testing.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIXTURES "tests/fixtures/plaintext"
#define ARTICLE "../shared/data/article.txt"

static struct region *region;

static void
set_up(void)
{
    region = region_new();
}

static void
tear_down(void)
{
    region_free(region);
}

static size_t
count_stories(const struct capsule_run *run)
{
    char command[4096];
    size_t count = 0;
    snprintf(command, sizeof command, "find '%s'/content/stories -name '*.gmi' | wc -l",
             run->folder);
    FILE *pipe = popen(command, "r");
    ck_assert_int_eq(fscanf(pipe, "%zu", &count), 1);
    pclose(pipe);
    return count;
}

/* How many stories the fixture's own list has. */
static size_t
count_expected(const char *list)
{
    size_t count = 0;
    char *text = testing_read(FIXTURES, list);
    ck_assert_msg(text != NULL, "%s is missing", list);
    for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
        line += line != text;
        count += strncmp(line, "== ", 3) == 0;
    }
    free(text);
    return count;
}

/* How many stories the page became; all of them are served. */
static size_t
serve_import(const char *page)
{
    char command[8192], file[4096];
    struct capsule_run *run = capsule_prepare();
    snprintf(command, sizeof command,
             "cd '%s'/content && rm -rf stories pages moved.yaml && mkdir stories", run->folder);
    ck_assert_int_eq(system(command), 0);
    char *path = realpath(page, NULL);
    snprintf(file, sizeof file, "import --source https://bao.example/1.html '%s'", path);
    ck_assert_int_eq(capsule_tool(run, file), 0);
    free(path);
    size_t stories = count_stories(run);
    capsule_launch(run);
    ck_assert_uint_eq(capsule_crawl(run, region).stories, stories);
    capsule_stop(run);
    return stories;
}

START_TEST(the_newspaper_page_becomes_eleven_stories_all_reached)
{
    ck_assert_uint_eq(serve_import(ARTICLE), 11);
}
END_TEST

START_TEST(every_fixture_becomes_its_stories_all_reached)
{
    size_t pages = 0;
    DIR *folder = opendir(FIXTURES);
    ck_assert_ptr_nonnull(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char path[512], list[512];
        const char *end = strrchr(entry->d_name, '.');
        if (end == NULL || strcmp(end, ".txt") != 0)
            continue;
        snprintf(path, sizeof path, FIXTURES "/%s", entry->d_name);
        snprintf(list, sizeof list, "%.*s.stories", (int)(end - entry->d_name), entry->d_name);
        ck_assert_msg(serve_import(path) == count_expected(list), "%s", path);
        pages++;
    }
    closedir(folder);
    ck_assert_uint_eq(pages, 12);
}
END_TEST

int
main(int argc, char **argv)
{
    bool article = argc > 1 && strcmp(argv[1], "article") == 0;
    Suite *suite = suite_create("imported");
    TCase *tests = tcase_create("imported");
    tcase_set_timeout(tests, 240);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    if (article)
        tcase_add_test(tests, the_newspaper_page_becomes_eleven_stories_all_reached);
    else
        tcase_add_test(tests, every_fixture_becomes_its_stories_all_reached);
    suite_add_tcase(suite, tests);
    return article ? testing_run_about(ARTICLE, suite) : testing_run(suite);
}
