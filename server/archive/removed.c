/* SPDX-License-Identifier: ISC */
#include "archive/moved.h"
#include "archive/query.h"
#include "archive/writer.h"

#include "base/hash.h"
#include "story/slug.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHAIN_MAX = 32 };

/* moved.yaml by its keys, and the one answer that takes the archive: what is a story now. */
struct signpost {
    struct writer *writer;
    const struct yaml **at; /* in order of their keys */
    size_t count;
};

static int
by_key(const void *left, const void *right)
{
    const struct yaml *const *a = left, *const *b = right;
    return span_compare((*a)->key, (*b)->key);
}

static struct signpost
signpost_make(struct writer *writer)
{
    const struct yaml *tree = writer->moved;
    struct signpost post = { writer, region_array(writer->region, tree->count + 1, sizeof *post.at),
                             0 };
    for (const struct yaml *node = tree->down; node != NULL; node = node->next)
        post.at[post.count++] = node;
    if (post.count > 0)
        qsort(post.at, post.count, sizeof *post.at, by_key);
    return post;
}

static const struct yaml *
find_line(const struct signpost *post, struct span slug)
{
    const struct yaml wanted = { .key = slug }, *key = &wanted, **found = NULL;
    if (post->count > 0)
        found = bsearch(&key, post->at, post->count, sizeof *post->at, by_key);
    return found != NULL ? *found : NULL;
}

/* A story answers at this address itself: served, or withdrawn. */
static bool
is_story(struct writer *writer, struct span slug)
{
    sqlite3_stmt *find = store_get(writer->archive, SQL_STORY_OF_SLUG);
    store_bind_text(find, 1, slug);
    bool found = store_step(writer->archive, find) == STATUS_OK &&
                 (sqlite3_column_int(find, 1) != 0 ||
                  sqlite3_column_int(find, 2) == STORY_WITHDRAWN);
    store_done(find);
    return found;
}

/* The story that has the slug as an alias; else the empty span. */
static struct span
story_of_alias(struct writer *writer, struct span slug)
{
    struct span story = { NULL, 0 };
    sqlite3_stmt *find = store_get(writer->archive, SQL_FIND_ALIAS);
    store_bind_text(find, 1, slug);
    if (store_step(writer->archive, find) == STATUS_OK)
        story = store_text(find, 0, writer->region);
    store_done(find);
    return story;
}

/* Where whoever is led to `slug` ends: a story always ends a chain. The empty span: in a circle. */
static struct span
follow(const struct signpost *post, struct span slug)
{
    for (int i = 0; i < CHAIN_MAX; i++) {
        if (is_story(post->writer, slug))
            return slug;
        struct span story = story_of_alias(post->writer, slug);
        if (story.len > 0)
            return story;
        const struct yaml *line = find_line(post, slug);
        if (line == NULL)
            return slug;
        slug = yaml_text(line);
    }
    return (struct span){ NULL, 0 };
}

/* `place`: of lines that lead to one slug, the first says what the story was called first. */
static enum status
put(struct writer *writer, struct span from, struct span to, int64_t place)
{
    sqlite3_stmt *statement = store_get(writer->archive, SQL_MOVED_PUT);
    store_bind_text(statement, 1, from);
    store_bind_text(statement, 2, span_equal(to, SPAN("gone")) ? SPAN("") : to);
    sqlite3_bind_int64(statement, 3, place);
    return store_run(writer->archive, statement);
}

enum status
writer_moved_read(struct writer *writer)
{
    struct fault fault = { 0, "" };
    enum status status = moved_read(writer->content, writer->region, &writer->moved, &fault);
    if (status != STATUS_OK) {
        writer_report(writer, SPAN("moved.yaml"), &fault);
        fault_set(writer->fault, fault.line, "moved.yaml:%zu: %s", fault.line, fault.what);
    }
    return status;
}

static int
by_bytes(const void *left, const void *right)
{
    return span_compare(*(const struct span *)left, *(const struct span *)right);
}

/* What moved.yaml and `unnoted` say, in one number. */
static int64_t
sum_of(const struct writer *writer)
{
    struct buffer text = BUFFER_EMPTY;
    unsigned char hash[HASH_BYTES];
    int64_t sum;
    for (const struct yaml *node = writer->moved->down; node != NULL; node = node->next)
        buffer_printf(&text, "%.*s:%.*s\n", SPAN_ARG(node->key), SPAN_ARG(yaml_text(node)));
    hash_bytes(buffer_span(&text), hash);
    memcpy(&sum, hash, sizeof sum);
    buffer_fini(&text);
    return sum;
}

/* Those of the archive that are not among the keys. */
static enum status
drop_others(struct writer *writer, struct span_list *keys)
{
    struct span_list gone = { { NULL, 0 }, 0 };
    enum status status;
    struct span *at = (struct span *)(uintptr_t)keys->spans.at;
    if (keys->spans.count > 0)
        qsort(at, keys->spans.count, sizeof *at, by_bytes);
    sqlite3_stmt *moved = store_get(writer->archive, SQL_MOVED);
    while ((status = store_step(writer->archive, moved)) == STATUS_OK) {
        struct span slug = store_text(moved, 0, writer->region);
        if (keys->spans.count == 0 ||
            bsearch(&slug, at, keys->spans.count, sizeof *at, by_bytes) == NULL)
            span_list_add(&gone, writer->region, slug);
    }
    store_done(moved);
    return status == STATUS_ABSENT ? store_run_each(writer->archive, SQL_MOVED_DROP, gone.spans)
                                   : status;
}

static enum status
put_all(struct writer *writer, size_t *faults)
{
    struct signpost post = signpost_make(writer);
    struct span_list keys = { { NULL, 0 }, 0 };
    enum status status = STATUS_OK;
    for (const struct yaml *node = writer->moved->down; status == STATUS_OK && node != NULL;
         node = node->next) {
        struct fault fault = { 0, "" };
        struct span end = follow(&post, yaml_text(node));
        if (slug_is_valid(end)) {
            status = put(writer, node->key, end, node->line > 0 ? (int64_t)node->line : INT64_MAX);
            span_list_add(&keys, writer->region, node->key);
        } else if (!is_story(writer, node->key)) {
            fault_set(&fault, node->line, "`%.*s` leads nowhere: write a slug, or gone",
                      (int)(node->key.len < 60 ? node->key.len : 60), node->key.at);
            writer_report(writer, SPAN("moved.yaml"), &fault);
            ++*faults;
        }
    }
    return status == STATUS_OK ? drop_others(writer, &keys) : status;
}

/* Where no address is another one, and moved.yaml says the same, there is nothing to do. */
enum status
writer_moved(struct writer *writer)
{
    int64_t sum = sum_of(writer), before = 0;
    size_t faults = 0;
    if (store_meta(writer->archive, "moved", &before) == STATUS_OK && before == sum &&
        !writer->readdressed)
        return STATUS_OK;
    enum status status = put_all(writer, &faults);
    sum = faults > 0 ? 0 : sum; /* they are told each time */
    return status == STATUS_OK && sum != before ? store_set_meta(writer->archive, "moved", sum)
                                                : status;
}

/* What is to be noted of the files that are missing. */
struct removals {
    struct move *moves;
    size_t moved;
    struct span *slugs; /* of arrivals, in order */
    struct signpost post;
};

static int
by_hash(const void *left, const void *right)
{
    const struct arrival *a = left, *b = right;
    int order = memcmp(a->hash, b->hash, HASH_BYTES);
    return order != 0 ? order : (a->number > b->number) - (a->number < b->number);
}

static void
sort_arrivals(struct writer *writer, struct removals *removals)
{
    removals->slugs = region_array(writer->region, writer->arrived + 1, sizeof *removals->slugs);
    for (size_t i = 0; i < writer->arrived; i++)
        removals->slugs[i] = writer->arrivals[i].slug;
    qsort(removals->slugs, writer->arrived, sizeof *removals->slugs, by_bytes);
    if (writer->arrived > 0)
        qsort(writer->arrivals, writer->arrived, sizeof *writer->arrivals, by_hash);
}

/* The first file of this round that has the same bytes: the story moved there. */
static struct span
arrived_as(const struct writer *writer, const unsigned char *hash)
{
    size_t low = 0, high = writer->arrived;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(writer->arrivals[middle].hash, hash, HASH_BYTES) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < writer->arrived && memcmp(writer->arrivals[low].hash, hash, HASH_BYTES) == 0
               ? writer->arrivals[low].slug
               : (struct span){ NULL, 0 };
}

static bool
has_arrived(const struct writer *writer, const struct removals *removals, struct span slug)
{
    return writer->arrived > 0 &&
           bsearch(&slug, removals->slugs, writer->arrived, sizeof slug, by_bytes) != NULL;
}

/* It, or a folder it lies in, could not be looked at this time. */
static bool
is_unread(const struct writer *writer, struct span path)
{
    for (size_t i = 0; i < writer->unread.spans.count; i++) {
        struct span unread = writer->unread.spans.at[i];
        if (span_starts(path, unread) && (path.len == unread.len || path.at[unread.len] == '/'))
            return true;
    }
    return false;
}

static void
forgive_unread(struct writer *writer)
{
    size_t kept = 0;
    for (size_t i = 0; i < writer->missed; i++)
        if (!is_unread(writer, writer->missing[i].path))
            writer->missing[kept++] = writer->missing[i];
    writer->missed = kept;
}

/* A file of the archive's is there; in a round that looked at some files only, others may be. */
static bool
any_is_there(struct writer *writer)
{
    bool found = writer->met > 0 || writer->unread.spans.count > 0;
    if (found || writer->whole)
        return found;
    sqlite3_stmt *files = store_get(writer->archive, SQL_FILES);
    while (!found && store_step(writer->archive, files) == STATUS_OK)
        found = faccessat(writer->content, (const char *)sqlite3_column_text(files, 0), F_OK,
                          AT_SYMLINK_NOFOLLOW) == 0;
    store_done(files);
    return found;
}

/* Every story at once: rather a disk that is not there than a decision, unless moved.yaml says that
 * it was one. */
static enum status
refuse_all(struct writer *writer)
{
    if (writer->missed == 0 || any_is_there(writer))
        return STATUS_OK;
    struct signpost post = signpost_make(writer);
    for (size_t i = 0; i < writer->missed; i++) {
        struct span slug = writer->missing[i].slug;
        if (!is_story(writer, slug) || find_line(&post, slug) != NULL)
            continue;
        fault_set(writer->fault, 0,
                  "every story is gone from %s/stories at once: nothing is noted. Mount or put "
                  "back what belongs there; or, if they are to go, write `%.*s: gone` into "
                  "moved.yaml, and so for each",
                  writer->options->content, SPAN_ARG(slug));
        return STATUS_FAILED;
    }
    return STATUS_OK;
}

/* Since the last round a person has written into moved.yaml where the story that goes leads to. */
static bool
is_said(struct writer *writer, const struct removals *removals, struct span slug)
{
    const struct yaml *line = find_line(&removals->post, slug);
    if (line == NULL)
        return false;
    struct span now = follow(&removals->post, yaml_text(line)), before = { NULL, 0 };
    sqlite3_stmt *find = store_get(writer->archive, SQL_FIND_MOVED);
    store_bind_text(find, 1, slug);
    bool known = store_step(writer->archive, find) == STATUS_OK;
    if (known)
        before = store_text(find, 0, writer->region);
    store_done(find);
    return !known || !span_equal(before, span_equal(now, SPAN("gone")) ? SPAN("") : now);
}

static enum status
remove_one(struct writer *writer, const struct missing *missing, struct removals *removals)
{
    sqlite3_stmt *drop = store_get(writer->archive, SQL_FILE_DROP);
    store_bind_text(drop, 1, writer_folder_of(missing->path));
    store_bind_text(drop, 2, writer_name_of(missing->path));
    enum status status = store_run(writer->archive, drop);
    writer->quiet++;
    if (status != STATUS_OK || missing->slug.len == 0)
        return status;
    if (has_arrived(writer, removals, missing->slug))
        return STATUS_OK; /* it moved between folders: the same address */
    bool stays = false;   /* there were two files of this slug: the other has the address now */
    status = writer_reread(writer, missing->slug, &stays);
    if (status != STATUS_OK || stays)
        return status;
    sqlite3_stmt *find = store_get(writer->archive, SQL_STORY_OF_SLUG);
    store_bind_text(find, 1, missing->slug);
    bool was_served = store_step(writer->archive, find) == STATUS_OK &&
                      sqlite3_column_int(find, 1) != 0;
    store_done(find);
    struct span to = arrived_as(writer, missing->hash);
    if (was_served && (to.len > 0 || !is_said(writer, removals, missing->slug)))
        removals->moves[removals->moved++] = (struct move){ missing->slug, to };
    writer->summary.removed++;
    writer->readdressed = true;
    return writer_drop(writer, missing->slug);
}

/* What earlier rounds could not note, unless somebody else did, or a story has the address now. */
static enum status
recall(struct writer *writer, struct removals *removals)
{
    struct span_list slugs = { { NULL, 0 }, 0 }, targets = slugs;
    enum status status;
    sqlite3_stmt *unnoted = store_get(writer->archive, SQL_UNNOTED);
    while ((status = store_step(writer->archive, unnoted)) == STATUS_OK) {
        span_list_add(&slugs, writer->region, store_text(unnoted, 0, writer->region));
        span_list_add(&targets, writer->region, store_text(unnoted, 1, writer->region));
    }
    store_done(unnoted);
    if (status != STATUS_ABSENT)
        return status;
    removals->moves = region_array(writer->region, writer->missed + slugs.spans.count + 1,
                                   sizeof *removals->moves);
    for (size_t i = 0; i < slugs.spans.count; i++)
        if (!is_story(writer, slugs.spans.at[i]) &&
            find_line(&removals->post, slugs.spans.at[i]) == NULL)
            removals->moves[removals->moved++] = (struct move){ slugs.spans.at[i],
                                                                targets.spans.at[i] };
    return slugs.spans.count > 0
               ? store_run(writer->archive, store_get(writer->archive, SQL_UNNOTED_CLEAR))
               : STATUS_OK;
}

/* As if moved.yaml said it, until it can. */
static enum status
keep_unnoted(struct writer *writer, const struct move *move)
{
    struct yaml *node = region_alloc(writer->region, sizeof *node);
    *node = (struct yaml){ .key = move->from,
                           .text = move->to.len > 0 ? move->to : SPAN("gone"),
                           .next = writer->moved->down };
    writer->moved->down = node;
    writer->moved->count++;
    writer->summary.unnoted++;
    sqlite3_stmt *put = store_get(writer->archive, SQL_UNNOTED_PUT);
    store_bind_text(put, 1, move->from);
    store_bind_text(put, 2, move->to);
    return store_run(writer->archive, put);
}

/* Into moved.yaml, and anew from there: somebody may have changed it since the round began. Where
 * it can't be written, the archive keeps it for a later round. */
static enum status
note(struct writer *writer, const struct removals *removals)
{
    struct fault fault = { 0, "" };
    enum status status = moved_add(writer->content, removals->moves, removals->moved, &fault);
    if (status != STATUS_FAILED)
        return writer_moved_read(writer);
    writer_report(writer, SPAN("moved.yaml"), &fault);
    status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < removals->moved; i++)
        status = keep_unnoted(writer, &removals->moves[i]);
    return status;
}

enum status
writer_removed(struct writer *writer)
{
    struct removals removals = { .post = signpost_make(writer) };
    forgive_unread(writer);
    enum status status = refuse_all(writer);
    if (status == STATUS_OK)
        status = recall(writer, &removals);
    if (writer->missed > 0)
        sort_arrivals(writer, &removals);
    for (size_t i = 0; status == STATUS_OK && i < writer->missed; i++)
        status = remove_one(writer, &writer->missing[i], &removals);
    if (status == STATUS_OK && removals.moved > 0)
        status = note(writer, &removals);
    return status;
}
