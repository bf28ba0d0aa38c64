/* SPDX-License-Identifier: ISC */
/* bench_search ARCHIVE [TIMES [CPU_MS]] - asks an archive each line of stdin, TIMES (200) over, as
 * a worker does; prints what was found, and milliseconds of the processor: median, 99 of 100,
 * worst. A line may begin with a name and a tab. */
#include "archive/search.h"

#include "base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { TIMES = 200, PART = 20 };

static double
cpu_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int
by_value(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static struct search_found
search(struct archive *archive, struct span line, const struct search_budget *budget)
{
    struct region *region = region_new();
    struct wanted *wanted = region_alloc(region, sizeof *wanted);
    struct search_found found = { .count = 0 };
    wanted_parse(line, region, wanted);
    if (archive_begin(archive) != STATUS_OK ||
        archive_search(archive, wanted, budget, 0, PART, region, &found) != STATUS_OK) {
        fprintf(stderr, "bench_search: %.*s: no answer\n", SPAN_ARG(line));
        exit(1);
    }
    archive_end(archive);
    region_free(region);
    return found;
}

static void
measure(struct archive *archive, struct span line, size_t times, const struct search_budget *budget)
{
    double *took = memory_new(times * sizeof *took);
    struct span rest = line, name = span_cut(&rest, '\t');
    struct search_found found = { .count = 0 };
    for (size_t i = 0; i < times; i++) {
        double before = cpu_now();
        found = search(archive, rest.at != NULL ? rest : line, budget);
        took[i] = cpu_now() - before;
    }
    qsort(took, times, sizeof *took, by_value);
    printf("%-30.*s %5llu%s%s %8.2f %8.2f %8.2f\n", SPAN_ARG(name), (unsigned long long)found.count,
           found.more ? "+" : " ", found.late ? "!" : " ", took[times / 2], took[times * 99 / 100],
           took[times - 1]);
    free(took);
}

int
main(int argc, char **argv)
{
    struct archive *archive = NULL;
    struct fault fault = { 0, "" };
    uint64_t times = TIMES, cpu_ms = 12;
    char line[2048];
    if (argc < 2 || (argc > 2 && !span_number(span_of(argv[2]), 1000000, &times)) ||
        (argc > 3 && !span_number(span_of(argv[3]), 1000000, &cpu_ms)) ||
        archive_open(argv[1], &archive, &fault) != STATUS_OK) {
        fprintf(stderr, "bench_search ARCHIVE [TIMES [CPU_MS]]: %s\n", fault.what);
        return 2;
    }
    const struct search_budget budget = { (int64_t)cpu_ms, 10 * (int64_t)cpu_ms };
    printf("%-30s %7s %8s %8s %8s\n", "search", "found", "median", "p99", "worst");
    while (fgets(line, sizeof line, stdin) != NULL)
        measure(archive, span_trim_lines(span_of(line)), (size_t)times, &budget);
    archive_close(archive);
    return 0;
}
