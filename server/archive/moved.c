/* SPDX-License-Identifier: ISC */
#include "archive/moved.h"

#include "archive/writer.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/yaml.h"
#include "story/slug.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { BYTES_MAX = 16 * 1024 * 1024, CHAIN_MAX = 32 };

static enum status
read_tree(int content, struct buffer *text, struct region *region, struct yaml **out,
          struct fault *fault)
{
    enum status status = file_read(content, "moved.yaml", BYTES_MAX, text);
    if (status != STATUS_OK && status != STATUS_ABSENT)
        return fault_set(fault, 0, "it can't be read: %s", strerror(errno));
    status = yaml_parse(buffer_span(text), 1, region, out, fault);
    if (status == STATUS_OK && (*out)->kind != YAML_MAPPING)
        return fault_set(fault, 1, "each line is `old-slug: new-slug`, or `old-slug: gone`");
    return status;
}

enum status
moved_add(int content, struct span from, struct span to, struct fault *fault)
{
    struct region *region = region_new();
    struct buffer text = BUFFER_EMPTY;
    struct yaml *tree;
    enum status status = read_tree(content, &text, region, &tree, fault);
    if (status == STATUS_OK && yaml_get(tree, region_copy(region, from).at) != NULL)
        goto done; /* it stands there */
    if (status == STATUS_OK) {
        if (text.len > 0 && !span_ends(buffer_span(&text), SPAN("\n")))
            buffer_add_char(&text, '\n');
        buffer_printf(&text, "%.*s: %.*s\n", SPAN_ARG(from),
                      SPAN_ARG(to.len > 0 ? to : SPAN("gone")));
        status = yaml_parse(buffer_span(&text), 1, region, &tree, fault);
    }
    if (status == STATUS_OK &&
        file_write(content, "moved.yaml", buffer_span(&text), 0644) != STATUS_OK) {
        fault_set(fault, 0, "it can't be written: %s", strerror(errno));
        status = STATUS_FAILED;
    }
done:
    buffer_fini(&text);
    region_free(region);
    return status;
}

/* Where a chain of moves ends; NULL: in a circle. */
static const struct yaml *
follow(const struct yaml *tree, const struct yaml *node, struct region *region)
{
    for (int i = 0; i < CHAIN_MAX; i++) {
        const struct yaml *next = yaml_get(tree, region_copy(region, yaml_text(node)).at);
        if (next == NULL)
            return node;
        node = next;
    }
    return NULL;
}

static enum status
put(struct writer *writer, struct span from, struct span to)
{
    sqlite3_stmt *statement = store_get(writer->archive, SQL_MOVED_PUT);
    store_bind_text(statement, 1, from);
    store_bind_text(statement, 2, span_equal(to, SPAN("gone")) ? SPAN("") : to);
    return store_run(writer->archive, statement);
}

enum status
writer_moved(struct writer *writer)
{
    struct buffer text = BUFFER_EMPTY;
    struct fault fault = { 0, "" };
    struct yaml *tree;
    enum status status = read_tree(writer->content, &text, writer->region, &tree, &fault);
    if (status != STATUS_OK) {
        writer_report(writer, SPAN("moved.yaml"), &fault);
        fault_set(writer->fault, fault.line, "moved.yaml:%zu: %s", fault.line, fault.what);
        buffer_fini(&text);
        return STATUS_BAD;
    }
    status = store_run(writer->archive, store_get(writer->archive, SQL_MOVED_CLEAR));
    for (const struct yaml *node = tree->down; status == STATUS_OK && node != NULL;
         node = node->next) {
        const struct yaml *end = follow(tree, node, writer->region);
        if (end == NULL || !slug_is_valid(yaml_text(end))) {
            fault_set(&fault, node->line, "`%.*s` leads nowhere: write a slug, or gone",
                      (int)(node->key.len < 60 ? node->key.len : 60), node->key.at);
            writer_report(writer, SPAN("moved.yaml"), &fault);
            continue;
        }
        status = put(writer, node->key, yaml_text(end));
    }
    buffer_fini(&text);
    return status;
}

static int
by_bytes(const void *left, const void *right)
{
    return span_compare(*(const struct span *)left, *(const struct span *)right);
}

/* A file of this round that has the same bytes: the story moved there. */
static struct span
arrived_as(const struct writer *writer, const void *hash, int len)
{
    for (size_t i = 0; len == HASH_BYTES && i < writer->arrived; i++)
        if (memcmp(writer->arrivals[i].hash, hash, HASH_BYTES) == 0)
            return writer->arrivals[i].slug;
    return (struct span){ NULL, 0 };
}

struct removal {
    struct span path, slug, to;
};

static enum status
remove_one(struct writer *writer, const struct removal *removal)
{
    struct fault fault = { 0, "" };
    sqlite3_stmt *drop = store_get(writer->archive, SQL_FILE_DROP);
    store_bind_text(drop, 1, removal->path);
    enum status status = store_run(writer->archive, drop);
    if (status != STATUS_OK || removal->slug.len == 0)
        return status;
    sqlite3_stmt *find = store_get(writer->archive, SQL_STORY_OF_SLUG);
    store_bind_text(find, 1, removal->slug);
    bool was_served = store_step(writer->archive, find) == STATUS_OK &&
                      sqlite3_column_int(find, 1) != 0;
    store_done(find);
    for (size_t i = 0; i < writer->arrived; i++)
        if (span_equal(writer->arrivals[i].slug, removal->slug))
            return STATUS_OK; /* it moved between folders: the same address */
    status = writer_drop(writer, removal->slug);
    writer->summary.removed++;
    if (status != STATUS_OK || !was_served)
        return status;
    if (moved_add(writer->content, removal->slug, removal->to, &fault) != STATUS_OK)
        writer_report(writer, SPAN("moved.yaml"), &fault);
    return put(writer, removal->slug, removal->to);
}

enum status
writer_removed(struct writer *writer)
{
    struct removal *removals = NULL;
    size_t count = 0, room = 0;
    struct span *seen = (struct span *)(uintptr_t)writer->seen.spans.at;
    if (writer->seen.spans.count > 0)
        qsort(seen, writer->seen.spans.count, sizeof *seen, by_bytes);
    enum status status;
    sqlite3_stmt *files = store_get(writer->archive, SQL_FILES);
    while ((status = store_step(writer->archive, files)) == STATUS_OK) {
        struct span path = { (const char *)sqlite3_column_text(files, 0),
                             (size_t)sqlite3_column_bytes(files, 0) };
        if (writer->seen.spans.count > 0 &&
            bsearch(&path, seen, writer->seen.spans.count, sizeof *seen, by_bytes) != NULL)
            continue;
        if (count == room) {
            room = room == 0 ? 16 : 2 * room;
            removals = memory_grow(removals, room * sizeof *removals);
        }
        removals[count++] = (struct removal){
            store_text(files, 0, writer->region), store_text(files, 1, writer->region),
            arrived_as(writer, sqlite3_column_blob(files, 2), sqlite3_column_bytes(files, 2))
        };
    }
    store_done(files);
    for (size_t i = 0; status == STATUS_ABSENT && i < count; i++)
        if (remove_one(writer, &removals[i]) != STATUS_OK)
            status = STATUS_FAILED;
    free(removals);
    return status == STATUS_ABSENT ? STATUS_OK : status;
}
