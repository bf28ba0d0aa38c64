/* SPDX-License-Identifier: ISC */
/* bench_answer ARCHIVE - asks for each path of stdin (NAME, tab, PATH a line) as a worker does, and
 * prints for each name medians of the processor's microseconds: with no page kept, and of pages
 * that are kept. */
#include "pages/pages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LINES_MAX = 4096, TURNS = 5, WARM = 50, CACHE_BYTES = 16 << 20 };

static struct asked {
    struct span name;
    struct request request;
    double cold, warm;
} all_asked[LINES_MAX];

static struct span host = SPAN("localhost");

static double
cpu_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static double
answer(const struct capsule *capsule, struct archive *archive, const struct request *request)
{
    struct region *region = region_new();
    double before = cpu_now();
    struct reply reply = pages_answer(capsule, archive, request, clock_now(), region);
    double took = cpu_now() - before;
    bool answered = reply.answer == ANSWER_PAGE || reply.answer == ANSWER_FILE;
    region_free(region);
    return answered ? took : -1;
}

/* false: there is no such page. */
static bool
measure(struct capsule *capsule, struct archive *archive, struct cache *cache, struct asked *one)
{
    capsule->cache = NULL;
    for (int i = 0; i < TURNS; i++) {
        double took = answer(capsule, archive, &one->request);
        if (took < 0)
            return false;
        one->cold = i == 0 || took < one->cold ? took : one->cold;
    }
    capsule->cache = cache;
    answer(capsule, archive, &one->request);
    for (int i = 0; i < WARM; i++)
        one->warm += answer(capsule, archive, &one->request) / WARM;
    return true;
}

static int
by_cold(const void *left, const void *right)
{
    const struct asked *a = left, *b = right;
    int order = span_compare(a->name, b->name);
    return order != 0 ? order : (a->cold > b->cold) - (a->cold < b->cold);
}

static void
report(size_t count)
{
    qsort(all_asked, count, sizeof *all_asked, by_cold);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i; end < count && span_equal(all_asked[end].name, all_asked[i].name);)
            end++;
        const struct asked *median = &all_asked[i + (end - i) / 2];
        printf("%.*s\t%.1f\t%.2f\n", SPAN_ARG(median->name), median->cold, median->warm);
    }
}

static size_t
read_asked(struct region *region)
{
    char line[1024];
    size_t count = 0;
    while (count < LINES_MAX && fgets(line, sizeof line, stdin) != NULL) {
        struct span rest = region_copy(region, span_trim_lines(span_of(line)));
        struct asked *one = &all_asked[count];
        one->name = span_cut(&rest, '\t');
        struct span path = span_cut(&rest, '?');
        count += request_from_path(path, rest, rest.at != NULL, region, &one->request);
    }
    return count;
}

int
main(int argc, char **argv)
{
    struct region *region = region_new();
    struct archive *archive = NULL;
    struct labels *labels = NULL;
    struct fault fault = { 0, "" };
    struct origin origin = { .hosts = { &host, 1 }, .port = 1965 };
    if (argc != 2 || labels_parse(SPAN(""), region, &labels, &fault) != STATUS_OK ||
        !clock_zone_set("Asia/Ho_Chi_Minh") ||
        archive_open(argv[1], &archive, &fault) != STATUS_OK) {
        fprintf(stderr, "usage: bench_answer ARCHIVE <PATHS: %s\n", fault.what);
        return 2;
    }
    struct capsule capsule = {
        .lang = SPAN("vi"), .labels = labels, .files = -1, .origin = &origin
    };
    struct cache *cache = cache_new(CACHE_BYTES);
    size_t count = read_asked(region), answered = 0;
    for (size_t i = 0; i < count; i++)
        if (measure(&capsule, archive, cache, &all_asked[i]))
            all_asked[answered++] = all_asked[i];
    report(answered);
    cache_free(cache);
    archive_close(archive);
    region_free(region);
    return 0;
}
