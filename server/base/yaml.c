/* SPDX-License-Identifier: ISC */
#include "base/yaml.h"

#include "base/buffer.h"
#include "base/text.h"

#include <string.h>
#include <yaml.h>

enum { DEPTH_MAX = 16, NODES_MAX = 100000, KEY_MAX = 1024 };

/* Reading: the events of one document, as a tree whose open branches lie on a stack. */
struct reader {
    yaml_parser_t parser;
    struct span text;
    struct region *region;
    struct fault *fault;
    size_t first_line;
    size_t nodes, depth;
    struct branch {
        struct yaml *node;  /* a sequence or mapping */
        struct yaml **tail; /* where its next child goes */
        struct span key;    /* a mapping's, read and waiting for its value */
        size_t key_line;
        bool has_key;
    } stack[DEPTH_MAX];
    struct yaml *root;
};

static size_t
line_of(const struct reader *reader, yaml_mark_t mark)
{
    return reader->first_line + mark.line;
}

/* Bytes that are no text are met before there are marks: their line is counted. */
static size_t
line_of_byte(const struct reader *reader, size_t offset)
{
    size_t line = reader->first_line;
    struct span before = span_first(reader->text, offset);
    for (span_cut(&before, '\n'); before.at != NULL; span_cut(&before, '\n'))
        line++;
    return line;
}

/* libyaml says of a tab only that nothing begins so. */
static bool
is_tab(const struct reader *reader, yaml_mark_t mark)
{
    struct span rest = reader->text;
    for (size_t i = 0; i < mark.line; i++)
        span_cut(&rest, '\n');
    for (size_t i = 0; i < mark.column; i++)
        rest = span_skip(rest, text_next(rest, NULL));
    return rest.len > 0 && rest.at[0] == '\t';
}

static enum status
broken(struct reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    yaml_mark_t mark = parser->problem_mark;
    if (parser->error == YAML_READER_ERROR)
        return fault_set(reader->fault, line_of_byte(reader, parser->problem_offset),
                         "text that is not UTF-8, or a control character (%s)", parser->problem);
    if (is_tab(reader, mark))
        return fault_set(reader->fault, line_of(reader, mark), "a tab where only spaces may stand");
    return fault_set(reader->fault, line_of(reader, mark), "%s%s%s",
                     parser->context != NULL ? parser->context : "",
                     parser->context != NULL ? ": " : "",
                     parser->problem != NULL ? parser->problem : "this is no YAML");
}

/* Other than line ends and tabs. */
static bool
has_control(struct span text)
{
    for (size_t len; (len = text_next(text, NULL)) > 0; text = span_skip(text, len))
        if (text_is_control(text) && text.at[0] != '\n' && text.at[0] != '\t')
            return true;
    return false;
}

static bool
key_stands(const struct yaml *mapping, struct span key)
{
    for (const struct yaml *child = mapping->down; child != NULL; child = child->next)
        if (span_equal(child->key, key))
            return true;
    return false;
}

static enum status
take_key(struct reader *reader, struct branch *branch, const yaml_event_t *event)
{
    struct span key = { (const char *)event->data.scalar.value, event->data.scalar.length };
    size_t line = line_of(reader, event->start_mark);
    if (key.len > KEY_MAX)
        return fault_set(reader->fault, line, "a key of over %d bytes", KEY_MAX);
    if (has_control(key))
        return fault_set(reader->fault, line, "a control character in the key");
    /* Mappings here are small, but a hostile one is not: looking back is bounded. */
    if (branch->node->count <= 1000 ? key_stands(branch->node, key) : false)
        return fault_set(reader->fault, line, "key `%.*s` stands twice", SPAN_ARG(key));
    branch->key = region_copy(reader->region, key);
    branch->key_line = line;
    branch->has_key = true;
    return STATUS_OK;
}

/* Hangs a new node where the reading stands. */
static enum status
add_node(struct reader *reader, enum yaml_kind kind, const yaml_event_t *event, struct yaml **out)
{
    struct branch *branch = reader->depth > 0 ? &reader->stack[reader->depth - 1] : NULL;
    size_t line = line_of(reader, event->start_mark);
    if (++reader->nodes > NODES_MAX)
        return fault_set(reader->fault, line, "more than %d entries", NODES_MAX);
    struct yaml *node = region_alloc(reader->region, sizeof *node);
    node->kind = kind;
    node->line = node->key_line = line;
    if (branch == NULL) {
        reader->root = node;
    } else {
        if (branch->has_key) {
            node->key = branch->key;
            node->key_line = branch->key_line;
            branch->has_key = false;
        }
        *branch->tail = node;
        branch->tail = &node->next;
        branch->node->count++;
    }
    *out = node;
    return STATUS_OK;
}

static bool
wants_key(const struct reader *reader)
{
    const struct branch *branch = &reader->stack[reader->depth > 0 ? reader->depth - 1 : 0];
    return reader->depth > 0 && branch->node->kind == YAML_MAPPING && !branch->has_key;
}

static enum status
refuse_extras(struct reader *reader, const yaml_event_t *event, const yaml_char_t *anchor,
              const yaml_char_t *tag)
{
    if (anchor == NULL && (tag == NULL || tag[0] == '\0'))
        return STATUS_OK;
    return fault_set(reader->fault, line_of(reader, event->start_mark),
                     "anchors (&) and tags (!) are not read here");
}

static enum status
on_scalar(struct reader *reader, const yaml_event_t *event)
{
    struct yaml *node;
    struct span text = { (const char *)event->data.scalar.value, event->data.scalar.length };
    enum status status = refuse_extras(reader, event, event->data.scalar.anchor,
                                       event->data.scalar.tag);
    if (status != STATUS_OK)
        return status;
    if (wants_key(reader))
        return take_key(reader, &reader->stack[reader->depth - 1], event);
    status = add_node(reader, YAML_SCALAR, event, &node);
    if (status != STATUS_OK)
        return status;
    if (has_control(text))
        return fault_set(reader->fault, node->line, "a control character in the text");
    node->text = region_copy(reader->region, text);
    node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    return STATUS_OK;
}

static enum status
on_open(struct reader *reader, enum yaml_kind kind, const yaml_event_t *event)
{
    struct yaml *node;
    size_t line = line_of(reader, event->start_mark);
    enum status status = kind == YAML_MAPPING
                             ? refuse_extras(reader, event, event->data.mapping_start.anchor,
                                             event->data.mapping_start.tag)
                             : refuse_extras(reader, event, event->data.sequence_start.anchor,
                                             event->data.sequence_start.tag);
    if (status != STATUS_OK)
        return status;
    if (wants_key(reader))
        return fault_set(reader->fault, line, "a key must be a plain text");
    if (reader->depth == DEPTH_MAX)
        return fault_set(reader->fault, line, "more than %d levels deep", DEPTH_MAX);
    status = add_node(reader, kind, event, &node);
    if (status == STATUS_OK)
        reader->stack[reader->depth++] = (struct branch){ .node = node, .tail = &node->down };
    return status;
}

static enum status
on_event(struct reader *reader, const yaml_event_t *event, size_t *documents)
{
    switch ((int)event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (++*documents > 1)
            return fault_set(reader->fault, line_of(reader, event->start_mark),
                             "a second document (---): only one is read");
        return STATUS_OK;
    case YAML_SCALAR_EVENT:
        return on_scalar(reader, event);
    case YAML_SEQUENCE_START_EVENT:
        return on_open(reader, YAML_SEQUENCE, event);
    case YAML_MAPPING_START_EVENT:
        return on_open(reader, YAML_MAPPING, event);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        reader->depth--;
        return STATUS_OK;
    case YAML_ALIAS_EVENT:
        return fault_set(reader->fault, line_of(reader, event->start_mark),
                         "aliases (*) are not read here");
    default:
        return STATUS_OK;
    }
}

static enum status
read_events(struct reader *reader)
{
    enum status status = STATUS_OK;
    size_t documents = 0;
    for (bool more = true; more && status == STATUS_OK;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&reader->parser, &event))
            return broken(reader);
        more = event.type != YAML_STREAM_END_EVENT;
        status = on_event(reader, &event, &documents);
        yaml_event_delete(&event);
    }
    return status;
}

enum status
yaml_parse(struct span text, size_t first_line, struct region *region, struct yaml **out,
           struct fault *fault)
{
    struct reader reader = {
        .text = text, .region = region, .fault = fault, .first_line = first_line
    };
    if (!yaml_parser_initialize(&reader.parser))
        memory_end();
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.parser,
                                 (const unsigned char *)(text.at != NULL ? text.at : ""), text.len);
    enum status status = read_events(&reader);
    yaml_parser_delete(&reader.parser);
    if (status != STATUS_OK)
        return status;
    if (reader.root == NULL || (reader.root->kind == YAML_SCALAR && reader.root->text.len == 0)) {
        reader.root = region_alloc(region, sizeof *reader.root);
        reader.root->kind = YAML_MAPPING;
        reader.root->line = reader.root->key_line = first_line;
    }
    *out = reader.root;
    return STATUS_OK;
}

struct yaml *
yaml_get(const struct yaml *node, const char *key)
{
    struct span wanted = span_of(key);
    if (node == NULL || node->kind != YAML_MAPPING)
        return NULL;
    for (struct yaml *child = node->down; child != NULL; child = child->next)
        if (span_equal(child->key, wanted))
            return child;
    return NULL;
}

struct span
yaml_text(const struct yaml *node)
{
    static const char *const nothings[] = { "~", "null", "Null", "NULL" };
    if (node == NULL || node->kind != YAML_SCALAR)
        return (struct span){ NULL, 0 };
    for (size_t i = 0; node->plain && i < sizeof nothings / sizeof *nothings; i++)
        if (span_equal(node->text, span_of(nothings[i])))
            return (struct span){ NULL, 0 };
    return node->text;
}

/* No controls, by Unicode; YAML takes them for line ends and a byte order mark. */
static bool
is_special(uint32_t point)
{
    return point == 0x2028 || point == 0x2029 || point == 0xFEFF;
}

/* Letters first, and nothing in it that YAML could take for something else. */
static bool
is_safe_plain(struct span text)
{
    static const char *const words[] = { "null", "Null", "NULL", "true", "false", "yes", "no" };
    unsigned char first = text.len > 0 ? (unsigned char)text.at[0] : 0;
    if (!((first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') || first >= 0xC3 ||
          (first >= '0' && first <= '9')))
        return false;
    uint32_t point;
    size_t len;
    for (struct span rest = text; rest.len > 0; rest = span_skip(rest, len))
        if ((len = text_next(rest, &point)) == 0 || text_is_control(rest) || is_special(point) ||
            strchr(":#,[]{}\"'\\`&*!|>%@=", rest.at[0]) != NULL)
            return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (span_equal(text, span_of(words[i])))
            return false;
    return text.at[text.len - 1] != ' ';
}

void
yaml_print_text(struct span text, struct buffer *out)
{
    if (is_safe_plain(text)) {
        buffer_add(out, text);
        return;
    }
    buffer_add_char(out, '"');
    while (text.len > 0) {
        uint32_t point = 0;
        size_t bytes = text_next(text, &point);
        if (bytes == 0) {
            buffer_add_text(out, "\\uFFFD");
            bytes = 1;
        } else if (point == '"' || point == '\\') {
            buffer_printf(out, "\\%c", (char)point);
        } else if (point < 0xA0 && text_is_control(text)) {
            buffer_printf(out, "\\x%02x", point);
        } else if (point == 0xA0 || is_special(point)) {
            buffer_printf(out, "\\u%04x", point);
        } else {
            buffer_add(out, span_first(text, bytes));
        }
        text = span_skip(text, bytes);
    }
    buffer_add_char(out, '"');
}
