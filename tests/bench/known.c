/* SPDX-License-Identifier: ISC */
/* bench_known FOLDER - what recognising stories costs in the content folder FOLDER, whose stories
 * are all told once: how long it takes to learn them, to ask for each, and how many are taken for
 * another one, by which evidence. */
#include "wire/known.h"

#include "base/clock.h"
#include "story/story.h"
#include "wire/stories.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

enum { EVIDENCES = KNOWN_BY_TITLE + 1 };

struct bench {
    struct known *known;
    int descriptor;
    size_t asked, wrong[EVIDENCES];
};

static void
on_story(void *whom, struct span path, struct span slug, struct span bytes)
{
    struct bench *bench = whom;
    struct region *region = region_new();
    struct story story;
    struct known_answer answer;
    struct fingerprint text;
    (void)slug;
    if (story_parse(bytes, region, &story, NULL) == STATUS_OK) {
        fingerprint_read(story.body, &text);
        struct known_question question = { .url = SPAN("https://elsewhere.example/a"),
                                           .title = story.title,
                                           .text = &text,
                                           .instant = story.date.precision >= DATE_DAY
                                                          ? story.date.instant
                                                          : story.added.instant };
        known_put(bench->known, path, (struct span){ NULL, 0 }, NULL);
        known_find(bench->known, &question, &answer);
        known_put(bench->known, path, bytes, NULL);
        bench->wrong[answer.by] += answer.verdict != KNOWN_NEW;
        bench->asked++;
    }
    region_free(region);
}

static long
peak_kib(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

int
main(int count, char **arguments)
{
    struct bench bench = { .descriptor = -1 };
    if (count == 2)
        bench.descriptor = open(arguments[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (bench.descriptor < 0 || !clock_zone_set("Asia/Ho_Chi_Minh")) {
        fprintf(stderr, "usage: bench_known FOLDER\n");
        return 2;
    }
    long before = peak_kib();
    int64_t begun = clock_cpu();
    if (known_read(bench.descriptor, &bench.known) != STATUS_OK)
        return 1;
    printf("learnt %zu stories in %lld ms of CPU, %ld KiB\n", known_count(bench.known),
           (long long)(clock_cpu() - begun), peak_kib() - before);
    begun = clock_cpu();
    if (stories_read(bench.descriptor, on_story, &bench) != STATUS_OK)
        return 1;
    printf("asked for %zu in %lld ms\n", bench.asked, (long long)(clock_cpu() - begun));
    for (int by = 1; by < EVIDENCES; by++)
        printf("taken for another by %s: %zu\n", known_by_name((enum known_by)by), bench.wrong[by]);
    known_free(bench.known);
    return 0;
}
