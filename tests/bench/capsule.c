/* SPDX-License-Identifier: ISC */
/* bench_capsule TAXONOMIES FOLDER COUNT [SEED [BYTES]] - writes a content folder of COUNT stories
 * of about BYTES (2048) each, filed by the cities.yaml and themes.yaml of the content folder
 * TAXONOMIES, which it copies. The first stories are the same however many there are. Prints the
 * path of each below FOLDER. */
#include "prose.h"

#include "base/file.h"
#include "base/region.h"
#include "story/slug.h"
#include "story/taxonomy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { THIS_YEAR = 2026, YEARS = 30, TERMS_MAX = 5, PATH_BYTES = 512 };

static const char *const names[] = { "cities.yaml", "themes.yaml" };

struct plan {
    const char *folder;
    uint64_t seed;
    size_t bytes;
    struct prose *prose;
    struct taxonomy *terms[2];
};

/* What a story's file is to say; `dice` goes on from there. */
struct draft {
    struct dice dice;
    struct buffer title, slug;
    int year, month, day; /* 0: not known */
    const struct term *terms[2][TERMS_MAX];
    size_t counts[2];
};

static _Noreturn void
end(const char *what)
{
    fprintf(stderr, "bench_capsule: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void
draft_fini(struct draft *draft)
{
    buffer_fini(&draft->title);
    buffer_fini(&draft->slug);
}

static struct draft
draft_name(const struct plan *plan, size_t number)
{
    struct draft draft = { .dice = dice_of(plan->seed, number) };
    prose_words(plan->prose, &draft.dice, 5 + dice_roll(&draft.dice, 7), &draft.title);
    slug_make(buffer_span(&draft.title), &draft.slug);
    buffer_printf(&draft.slug, "-%zu", number + 1);
    return draft;
}

/* The nearer to now, the more; some are known by the month, the year, or not at all. */
static void
draft_date(struct draft *draft)
{
    double back = (double)dice_roll(&draft->dice, 10000) / 10000;
    uint64_t exact = dice_roll(&draft->dice, 100);
    int year = THIS_YEAR - (int)(back * back * YEARS);
    draft->year = exact < 3 ? 0 : year;
    draft->month = exact < 7 ? 0 : 1 + (int)dice_roll(&draft->dice, year == THIS_YEAR ? 6 : 12);
    draft->day = exact < 12 ? 0 : 1 + (int)dice_roll(&draft->dice, 28);
}

static size_t
draft_count(struct draft *draft, const int *shares)
{
    int left = (int)dice_roll(&draft->dice, 100);
    size_t count = 0;
    while (count < TERMS_MAX && left >= shares[count])
        left -= shares[count++];
    return count;
}

static void
draft_terms(const struct plan *plan, struct draft *draft)
{
    static const int shares[2][TERMS_MAX + 1] = { { 10, 65, 14, 6, 2, 3 },
                                                  { 0, 55, 30, 15, 0, 0 } };
    for (int kind = 0; kind < 2; kind++) {
        size_t count = draft_count(draft, shares[kind]), all = taxonomy_count(plan->terms[kind]);
        for (size_t i = 0; i < count && all > 0; i++) {
            const struct term *term = taxonomy_at(plan->terms[kind], dice_rank(&draft->dice, all));
            bool doubled = false;
            for (size_t j = 0; j < draft->counts[kind]; j++)
                doubled = doubled || draft->terms[kind][j] == term;
            if (!doubled)
                draft->terms[kind][draft->counts[kind]++] = term;
        }
    }
}

static void
print_date(struct draft *draft, struct buffer *out)
{
    if (draft->year > 0)
        buffer_printf(out, "date: %04d", draft->year);
    if (draft->month > 0)
        buffer_printf(out, "-%02d", draft->month);
    if (draft->day > 0)
        buffer_printf(out, "-%02d", draft->day);
    if (draft->day > 0 && dice_roll(&draft->dice, 4) == 0)
        buffer_printf(out, "T%02d:%02d:00+07:00", (int)dice_roll(&draft->dice, 24),
                      (int)dice_roll(&draft->dice, 60));
    if (draft->year > 0)
        buffer_add_char(out, '\n');
    buffer_printf(out, "added: %04d-%02d-%02dT%02d:%02d:%02d+07:00\n",
                  draft->year > 0 ? draft->year : THIS_YEAR - 2,
                  draft->month > 0 ? draft->month : 1, draft->day > 0 ? draft->day : 1,
                  (int)dice_roll(&draft->dice, 24), (int)dice_roll(&draft->dice, 60),
                  (int)dice_roll(&draft->dice, 60));
}

static void
print_head(const struct plan *plan, struct draft *draft, size_t number, struct buffer *out)
{
    static const char *const keys[] = { "cities", "themes" };
    buffer_printf(out, "---\ntitle: %s\n", buffer_text(&draft->title));
    print_date(draft, out);
    for (int kind = 0; kind < 2; kind++) {
        buffer_printf(out, "%s: [", keys[kind]);
        for (size_t i = 0; i < draft->counts[kind]; i++)
            buffer_printf(out, "%s%.*s", i > 0 ? ", " : "", SPAN_ARG(draft->terms[kind][i]->slug));
        buffer_add_text(out, "]\n");
    }
    buffer_add_text(out, "summary: ");
    prose_sentence(plan->prose, &draft->dice, (struct span){ NULL, 0 }, out);
    buffer_add_char(out, '\n');
    if (number > 0 && dice_roll(&draft->dice, 25) == 0) {
        struct draft other = draft_name(plan, dice_roll(&draft->dice, number));
        buffer_printf(out, "related: [%s]\n", buffer_text(&other.slug));
        draft_fini(&other);
    }
    if (dice_roll(&draft->dice, 100) == 0)
        buffer_printf(out, "aliases: [bai-cu-%zu]\n", number + 1);
    if (dice_roll(&draft->dice, 100) == 0)
        buffer_add_text(out, "state: draft\n");
    buffer_add_text(out, "---\n");
}

static void
print_paragraph(const struct plan *plan, struct draft *draft, struct buffer *out)
{
    static const char *const marks[] = { "## ", "* ", "> " };
    size_t kind = dice_roll(&draft->dice, 12), sentences = 2 + dice_roll(&draft->dice, 4);
    if (kind == 0) {
        buffer_add_text(out, marks[0]);
        prose_words(plan->prose, &draft->dice, 4, out);
        buffer_add_text(out, "\n\n");
    } else if (kind < 3) {
        buffer_add_text(out, marks[kind]);
        sentences = 1;
    }
    for (size_t i = 0; i < sentences; i++) {
        size_t at = dice_roll(&draft->dice, 2 * TERMS_MAX);
        struct span place = at < draft->counts[0] ? draft->terms[0][at]->names[0].name
                                                  : (struct span){ NULL, 0 };
        if (i > 0)
            buffer_add_char(out, ' ');
        prose_sentence(plan->prose, &draft->dice, place, out);
    }
    buffer_add_text(out, "\n\n");
}

static void
write_file(const char *path, struct span text)
{
    FILE *file = fopen(path, "w");
    if (file == NULL || fwrite(text.at, 1, text.len, file) != text.len || fclose(file) != 0)
        end(path);
}

static void
write_story(const struct plan *plan, size_t number, struct buffer *text)
{
    char folder[PATH_BYTES], path[2 * PATH_BYTES];
    struct draft draft = draft_name(plan, number);
    draft_date(&draft);
    draft_terms(plan, &draft);
    buffer_clear(text);
    print_head(plan, &draft, number, text);
    while (text->len + 200 < plan->bytes)
        print_paragraph(plan, &draft, text);
    buffer_shorten(text, text->len - (span_ends(buffer_span(text), SPAN("\n\n")) ? 1 : 0));
    if (draft.year > 0)
        snprintf(folder, sizeof folder, "stories/%d/%02d", draft.year, draft.month);
    else
        snprintf(folder, sizeof folder, "stories/undated/%02zu", number % 12);
    printf("%s/%s.gmi\n", folder, buffer_text(&draft.slug));
    snprintf(path, sizeof path, "%s/%s", plan->folder, folder);
    if (file_make_folder(AT_FDCWD, path, 0755) != STATUS_OK)
        end(path);
    snprintf(path, sizeof path, "%s/%s/%s.gmi", plan->folder, folder, buffer_text(&draft.slug));
    write_file(path, buffer_span(text));
    draft_fini(&draft);
}

static void
take_taxonomies(struct plan *plan, const char *from, struct region *region)
{
    char path[PATH_BYTES];
    for (int kind = 0; kind < 2; kind++) {
        struct buffer text = BUFFER_EMPTY;
        struct fault fault = { 0, "" };
        snprintf(path, sizeof path, "%s/%s", from, names[kind]);
        if (file_read(AT_FDCWD, path, TAXONOMY_BYTES_MAX, &text) != STATUS_OK)
            end(path);
        if (taxonomy_parse(region_copy(region, buffer_span(&text)), region, &plan->terms[kind],
                           &fault) != STATUS_OK) {
            fprintf(stderr, "bench_capsule: %s:%zu: %s\n", path, fault.line, fault.what);
            exit(1);
        }
        snprintf(path, sizeof path, "%s/%s", plan->folder, names[kind]);
        write_file(path, buffer_span(&text));
        buffer_fini(&text);
    }
}

static size_t
number_of(int argc, char **argv, int at, size_t fallback)
{
    uint64_t number = fallback;
    if (argc > at && !span_number(span_of(argv[at]), 1000000000, &number)) {
        fprintf(stderr, "bench_capsule: %s is no number\n", argv[at]);
        exit(2);
    }
    return number;
}

int
main(int argc, char **argv)
{
    struct region *region = region_new();
    struct buffer text = BUFFER_EMPTY;
    if (argc < 4 || argc > 6) {
        fprintf(stderr, "usage: bench_capsule TAXONOMIES FOLDER COUNT [SEED [BYTES]]\n");
        return 2;
    }
    size_t count = number_of(argc, argv, 3, 0);
    struct plan plan = { .folder = argv[2],
                         .seed = number_of(argc, argv, 4, 1),
                         .bytes = number_of(argc, argv, 5, 2048) };
    umask(022);
    if (file_make_folder(AT_FDCWD, plan.folder, 0755) != STATUS_OK)
        end(plan.folder);
    take_taxonomies(&plan, argv[1], region);
    plan.prose = prose_new(plan.seed);
    for (size_t i = 0; i < count; i++)
        write_story(&plan, i, &text);
    prose_free(plan.prose);
    buffer_fini(&text);
    region_free(region);
    return fflush(stdout) == 0 ? 0 : 1;
}
