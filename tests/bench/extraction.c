/* SPDX-License-Identifier: ISC */
/* extraction FOLDER [PREDICTIONS] - how well and how fast articles are found on the pages of
 * FOLDER: html/KEY.html.gz, and what a human marked in ground-truth.json: {"KEY": {"articleBody":
 * "…"}}.
 *
 * Texts are compared as bags of four words in a row; each page weighs the same. Time is this
 * process's CPU from bytes to text. */
#include "base/text.h"
#include "wire/webpage.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

enum { SHINGLE = 4, PATH_BYTES = 4096, NOW = 1795490000 };

_Noreturn static void
give_up(const char *what, const char *why)
{
    fprintf(stderr, "extraction: %s: %s\n", what, why);
    exit(2);
}

/* Four words in a row, as one number. */
struct shingles {
    uint64_t *at;
    size_t count;
};

static int
compare_shingles(const void *one, const void *other)
{
    uint64_t a = *(const uint64_t *)one, b = *(const uint64_t *)other;
    return (a > b) - (a < b);
}

/* A word is letters, digits and low lines of any script, as Python's \w is. */
static bool
take_word(struct span *rest, uint64_t *hash)
{
    bool any = false;
    *hash = 14695981039346656037U;
    while (rest->len > 0) {
        struct text_word word;
        size_t len = text_next(*rest, NULL), step = len > 0 ? len : 1;
        bool inside = rest->at[0] == '_' ||
                      (text_word(span_first(*rest, step), 0, &word) && word.from == 0);
        if (!inside && any)
            break;
        for (size_t i = 0; inside && i < step; i++)
            *hash = (*hash ^ (unsigned char)rest->at[i]) * 1099511628211U;
        any = any || inside;
        *rest = span_skip(*rest, step);
    }
    return any;
}

static struct shingles
shingles_of(struct span text)
{
    struct shingles all = { memory_new((text.len + 1) * sizeof *all.at), 0 };
    size_t words = 0;
    for (uint64_t hash; take_word(&text, &hash);)
        all.at[words++] = hash;
    all.count = words >= SHINGLE ? words - SHINGLE + 1 : words > 0;
    for (size_t i = 0; i < all.count; i++) {
        uint64_t sum = 0;
        for (size_t j = i; j < i + SHINGLE && j < words; j++)
            sum = (sum ^ all.at[j]) * 0x9E3779B97F4A7C15U + (sum >> 29);
        all.at[i] = sum;
    }
    qsort(all.at, all.count, sizeof *all.at, compare_shingles);
    return all;
}

struct score {
    size_t right, wrong, missed;
};

static struct score
compare(struct span truth, struct span found)
{
    struct shingles want = shingles_of(truth), have = shingles_of(found);
    size_t right = 0, i = 0, j = 0;
    while (i < want.count && j < have.count) {
        int order = compare_shingles(&want.at[i], &have.at[j]);
        right += order == 0;
        i += order <= 0;
        j += order >= 0;
    }
    free(want.at);
    free(have.at);
    return (struct score){ right, have.count - right, want.count - right };
}

static void
read_page(const char *folder, const char *key, struct buffer *out)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/html/%s.html.gz", folder, key);
    gzFile file = gzopen(path, "rb");
    if (file == NULL)
        give_up(path, "can't be read");
    for (int got = 1; got > 0;) {
        got = gzread(file, buffer_reserve(out, 65536), 65536);
        if (got < 0)
            give_up(path, "is no gzip");
        buffer_grew(out, (size_t)got);
    }
    gzclose(file);
}

static double
milliseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Appends the article's text; returns how long that took. */
static double
extract(const struct buffer *bytes, struct buffer *text)
{
    struct webpage_options options = { .now = NOW };
    struct webpage page;
    struct fault fault;
    struct region *region = region_new();
    double begin = milliseconds();
    if (webpage_read(buffer_span(bytes), &options, region, &page, &fault) == STATUS_OK) {
        webpage_text(&page, text);
        webpage_fini(&page);
    }
    double took = milliseconds() - begin;
    region_free(region);
    return took;
}

/* Sums over all pages. */
struct table {
    double precision, recall;
    size_t with_found, with_truth, pages;
    double *times;
};

static void
count(struct table *table, struct score score, double time)
{
    size_t found = score.right + score.wrong, truth = score.right + score.missed;
    table->precision += found > 0 ? (double)score.right / (double)found : 0;
    table->recall += truth > 0 ? (double)score.right / (double)truth : 0;
    table->with_found += found > 0;
    table->with_truth += truth > 0;
    table->times[table->pages++] = time;
}

static int
compare_times(const void *one, const void *other)
{
    double a = *(const double *)one, b = *(const double *)other;
    return (a > b) - (a < b);
}

static void
print(struct table *table)
{
    double precision = table->precision / (double)(table->with_found > 0 ? table->with_found : 1);
    double recall = table->recall / (double)(table->with_truth > 0 ? table->with_truth : 1);
    double both = precision + recall;
    qsort(table->times, table->pages, sizeof *table->times, compare_times);
    printf("F1 %.3f  precision %.3f  recall %.3f  pages %zu\n",
           both > 0 ? 2 * precision * recall / both : 0, precision, recall, table->pages);
    printf("milliseconds a page: median %.2f  most %.2f\n", table->times[table->pages / 2],
           table->times[table->pages - 1]);
}

int
main(int argc, char **argv)
{
    char path[PATH_BYTES];
    json_error_t error;
    const char *key;
    json_t *entry;
    if (argc < 2 || argc > 3)
        give_up("usage", "extraction FOLDER [PREDICTIONS]");
    snprintf(path, sizeof path, "%s/ground-truth.json", argv[1]);
    json_t *truth = json_load_file(path, 0, &error), *found = json_object();
    if (json_object_size(truth) == 0)
        give_up(path, truth == NULL ? error.text : "has no pages");
    struct table table = { .times = memory_new(json_object_size(truth) * sizeof(double)) };
    json_object_foreach(truth, key, entry)
    {
        struct buffer bytes = BUFFER_EMPTY, text = BUFFER_EMPTY;
        read_page(argv[1], key, &bytes);
        double time = extract(&bytes, &text);
        struct span marked = span_of(json_string_value(json_object_get(entry, "articleBody")));
        count(&table, compare(marked, buffer_span(&text)), time);
        json_object_set_new(found, key, json_pack("{s:s}", "articleBody", buffer_text(&text)));
        buffer_fini(&bytes);
        buffer_fini(&text);
    }
    print(&table);
    if (argc > 2 && json_dump_file(found, argv[2], JSON_INDENT(1) | JSON_SORT_KEYS) != 0)
        give_up(argv[2], "can't be written");
    free(table.times);
    json_decref(truth);
    json_decref(found);
    return 0;
}
