/* SPDX-License-Identifier: ISC */
#include "archive/moved.h"

#include "base/file.h"
#include "base/hash.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

enum { BYTES_MAX = 16 * 1024 * 1024 };

static const struct span GONE = { "gone", 4 };

/* How rows are looked for: by what moved, by where it leads. */
enum way { BY_KEY, BY_TARGET, WAYS };

/* A line of the file as it stands, and what it is to say. */
struct row {
    struct span text; /* with its end */
    struct span key;  /* what moved; empty: no entry begins here */
    struct span was;  /* where to, as it stands on this line; empty: it does not, or not alone */
    struct span to;   /* where to, now */
    bool dropped;     /* its slug is a story's again */
    size_t number;
    size_t next[WAYS]; /* in its slots, by its number; 0: it is the last */
};

struct rows {
    struct row *at;
    size_t count, room;
    struct region *region;
    size_t *slots[WAYS]; /* rows of a key, and those that lead somewhere, by hash */
    size_t mask;
};

static struct row *
add_row(struct rows *rows)
{
    if (rows->count == rows->room) {
        size_t room = rows->room == 0 ? 64 : 2 * rows->room;
        struct row *grown = region_array(rows->region, room, sizeof *grown);
        if (rows->count > 0)
            memcpy(grown, rows->at, rows->count * sizeof *grown);
        rows->at = grown;
        rows->room = room;
    }
    struct row *row = &rows->at[rows->count++];
    *row = (struct row){ .number = rows->count };
    return row;
}

static void
add_lines(struct rows *rows, struct span text)
{
    for (size_t end; text.len > 0; text = span_skip(text, end)) {
        end = span_find_char(text, '\n', &end) ? end + 1 : text.len;
        add_row(rows)->text = span_first(text, end);
    }
}

static void
add_entry(struct rows *rows, const struct yaml *node)
{
    if (rows->at == NULL || node->key_line > rows->count)
        return;
    struct row *row = &rows->at[node->key_line - 1];
    bool alone = row->key.len == 0 && node->line == node->key_line;
    row->key = node->key;
    row->to = yaml_text(node);
    row->was = alone ? row->to : (struct span){ NULL, 0 };
}

static enum status
refuse_form(struct fault *fault)
{
    return fault_set(fault, 1, "each line is `old-slug: new-slug`, or `old-slug: gone`");
}

static enum status
parse(struct span text, struct region *region, struct yaml **out, struct fault *fault)
{
    enum status status = yaml_parse(text, 1, region, out, fault);
    if (status == STATUS_OK && (*out)->kind != YAML_MAPPING)
        return refuse_form(fault);
    return status;
}

static enum status
read_rows(struct rows *rows, struct span text, struct fault *fault)
{
    struct yaml *tree;
    enum status status = parse(text, rows->region, &tree, fault);
    if (status != STATUS_OK)
        return status;
    add_lines(rows, text);
    for (const struct yaml *node = tree->down; node != NULL; node = node->next)
        add_entry(rows, node);
    return STATUS_OK;
}

static size_t *
slot_of(const struct rows *rows, enum way way, struct span word)
{
    static const unsigned char open_secret[HASH_SECRET] = "songtu moves...";
    return &rows->slots[way][hash_keyed(open_secret, word) & rows->mask];
}

/* Nobody asks what leads to `gone`. */
static void
link_row(struct rows *rows, size_t number, enum way way)
{
    struct row *row = &rows->at[number - 1];
    if (way == BY_TARGET && span_equal(row->to, GONE))
        return;
    size_t *slot = slot_of(rows, way, way == BY_KEY ? row->key : row->to);
    row->next[way] = *slot;
    *slot = number;
}

static void
link_rows(struct rows *rows, size_t more)
{
    size_t slots = 64;
    while (slots < 2 * (rows->count + more))
        slots *= 2;
    rows->mask = slots - 1;
    for (int way = 0; way < WAYS; way++)
        rows->slots[way] = region_array(rows->region, slots, sizeof *rows->slots[way]);
    for (size_t number = 1; number <= rows->count; number++)
        for (int way = 0; way < WAYS && rows->at[number - 1].key.len > 0; way++)
            link_row(rows, number, (enum way)way);
}

/* Those that lead to `from`, or only one of them, lead to `to` now. */
static void
lead_on(struct rows *rows, struct span from, const struct row *only, struct span to)
{
    size_t led = 0;
    for (size_t *at = slot_of(rows, BY_TARGET, from); *at > 0;) {
        struct row *row = &rows->at[*at - 1];
        if (!span_equal(row->to, from) || (only != NULL && row != only)) {
            at = &row->next[BY_TARGET];
            continue;
        }
        size_t number = *at;
        *at = row->next[BY_TARGET];
        row->next[BY_TARGET] = led;
        led = number;
    }
    while (led > 0) {
        size_t number = led;
        led = rows->at[number - 1].next[BY_TARGET];
        rows->at[number - 1].to = to;
        link_row(rows, number, BY_TARGET);
    }
}

static struct row *
find_row(const struct rows *rows, struct span key)
{
    for (size_t number = *slot_of(rows, BY_KEY, key); number > 0;) {
        assert(rows->at != NULL); /* the slots name its rows */
        struct row *row = &rows->at[number - 1];
        if (!row->dropped && span_equal(row->key, key))
            return row;
        number = row->next[BY_KEY];
    }
    return NULL;
}

static void
apply(struct rows *rows, const struct move *move)
{
    struct span to = move->to.len > 0 ? move->to : GONE;
    struct row *row = find_row(rows, move->from);
    struct row *back = move->to.len > 0 ? find_row(rows, move->to) : NULL;
    if (back != NULL && back != row)
        back->dropped = true;
    if (row == NULL) {
        row = add_row(rows);
        row->key = move->from;
        row->to = to;
        link_row(rows, rows->count, BY_KEY);
        link_row(rows, rows->count, BY_TARGET);
    } else if (span_equal(row->to, GONE)) {
        row->to = to;
        link_row(rows, (size_t)(row - rows->at) + 1, BY_TARGET);
    } else {
        lead_on(rows, row->to, row, to);
    }
    if (move->to.len > 0 && !span_equal(move->from, to))
        lead_on(rows, move->from, NULL, to);
}

/* Where `was` stands behind the key. */
static bool
find_value(const struct row *row, size_t *at)
{
    size_t key, colon, value;
    if (row->was.len == 0 || !span_find(row->text, row->key, &key) ||
        !span_find_char(span_skip(row->text, key + row->key.len), ':', &colon))
        return false;
    colon += key + row->key.len;
    if (!span_find(span_skip(row->text, colon), row->was, &value))
        return false;
    *at = colon + value;
    return true;
}

static enum status
print_row(const struct row *row, struct buffer *out, struct fault *fault)
{
    size_t at, comment;
    if (row->text.len == 0) {
        if (out->len > 0 && !span_ends(buffer_span(out), SPAN("\n")))
            buffer_add_char(out, '\n');
        buffer_printf(out, "%.*s: %.*s\n", SPAN_ARG(row->key), SPAN_ARG(row->to));
        return STATUS_OK;
    }
    if (row->key.len == 0 || (!row->dropped && span_equal(row->to, row->was))) {
        buffer_add(out, row->text);
        return STATUS_OK;
    }
    if (!find_value(row, &at))
        return fault_set(fault, row->number,
                         "`%.*s` and what it leads to must stand on one line of their own",
                         (int)(row->key.len < 60 ? row->key.len : 60), row->key.at);
    struct span rest = span_skip(row->text, at + row->was.len);
    if (!row->dropped) {
        buffer_add(out, span_first(row->text, at));
        buffer_add(out, row->to);
        buffer_add(out, rest);
    } else if (span_find_char(rest, '#', &comment)) {
        buffer_add(out, span_skip(rest, comment));
    }
    return STATUS_OK;
}

enum status
moved_edit(struct span text, const struct move *moves, size_t count, struct buffer *out,
           struct fault *fault)
{
    struct rows rows = { .region = region_new() };
    struct buffer edited = BUFFER_EMPTY;
    struct yaml *tree;
    enum status status = read_rows(&rows, text, fault);
    if (status != STATUS_OK)
        goto done;
    link_rows(&rows, count);
    for (size_t i = 0; i < count; i++)
        apply(&rows, &moves[i]);
    for (size_t i = 0; status == STATUS_OK && i < rows.count; i++)
        status = print_row(&rows.at[i], &edited, fault);
    if (status == STATUS_OK && parse(buffer_span(&edited), rows.region, &tree, NULL) != STATUS_OK)
        status = refuse_form(fault); /* it was no list of lines */
    if (status == STATUS_OK)
        buffer_add(out, buffer_span(&edited));

done:
    buffer_fini(&edited);
    region_free(rows.region);
    return status;
}

static enum status
read_text(int content, struct buffer *out, struct fault *fault)
{
    enum status status = file_read(content, "moved.yaml", BYTES_MAX, out);
    if (status == STATUS_LIMIT)
        return fault_set(fault, 0, "it holds at most %d bytes", BYTES_MAX);
    if (status != STATUS_OK && status != STATUS_ABSENT)
        return fault_set(fault, 0, "it can't be read: %s", strerror(errno));
    return STATUS_OK;
}

enum status
moved_read(int content, struct region *region, struct yaml **out, struct fault *fault)
{
    struct buffer text = BUFFER_EMPTY;
    enum status status = read_text(content, &text, fault);
    if (status == STATUS_OK)
        status = parse(buffer_span(&text), region, out, fault);
    buffer_fini(&text);
    return status;
}

enum status
moved_gone(int content, struct region *region, struct spans *out, struct fault *fault)
{
    struct span_list gone = { { NULL, 0 }, 0 };
    struct yaml *tree;
    enum status status = moved_read(content, region, &tree, fault);
    if (status != STATUS_OK)
        return status;
    for (const struct yaml *node = tree->down; node != NULL; node = node->next)
        if (span_equal(yaml_text(node), GONE))
            span_list_add(&gone, region, node->key);
    *out = gone.spans;
    return STATUS_OK;
}

enum status
moved_add(int content, const struct move *moves, size_t count, struct fault *fault)
{
    struct buffer before = BUFFER_EMPTY, after = BUFFER_EMPTY;
    enum status status = read_text(content, &before, fault);
    if (status == STATUS_OK)
        status = moved_edit(buffer_span(&before), moves, count, &after, fault);
    if (status == STATUS_OK && !span_equal(buffer_span(&before), buffer_span(&after)) &&
        file_write(content, "moved.yaml", buffer_span(&after), 0644) != STATUS_OK) {
        fault_set(fault, 0,
                  "it can't be written: %s: let whoever songtu runs as write in its folder",
                  strerror(errno));
        status = STATUS_FAILED;
    }
    buffer_fini(&before);
    buffer_fini(&after);
    return status;
}
