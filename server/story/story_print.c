/* SPDX-License-Identifier: ISC */
/* story_print.c - the writing half of story.h: stories as files, and changes to those files. */
#include "base/hash.h"
#include "base/yaml.h"
#include "story/parts.h"
#include "story/story.h"

#include <string.h>

static void
print_line(const char *key, struct span value, struct buffer *out)
{
    if (value.len > 0)
        buffer_printf(out, "%s: %.*s\n", key, SPAN_ARG(value));
}

static void
print_text(const char *key, struct span text, struct buffer *out)
{
    if (text.len == 0)
        return;
    buffer_printf(out, "%s: ", key);
    yaml_print_text(text, out);
    buffer_add_char(out, '\n');
}

static void
print_slugs(const char *key, struct spans slugs, struct buffer *out)
{
    if (slugs.count == 0)
        return;
    buffer_printf(out, "%s: [", key);
    for (size_t i = 0; i < slugs.count; i++)
        buffer_printf(out, "%s%.*s", i > 0 ? ", " : "", SPAN_ARG(slugs.at[i]));
    buffer_add_text(out, "]\n");
}

static void
print_texts(const char *key, struct spans texts, struct buffer *out)
{
    if (texts.count == 0)
        return;
    buffer_printf(out, "%s:\n", key);
    for (size_t i = 0; i < texts.count; i++) {
        buffer_add_text(out, "- ");
        yaml_print_text(texts.at[i], out);
        buffer_add_char(out, '\n');
    }
}

/* A URI has no space, so none of its colons can be taken for a key's but the last byte. */
static void
print_uri(const char *key, struct span uri, struct buffer *out)
{
    if (uri.len > 0 && uri.at[uri.len - 1] == ':')
        print_text(key, uri, out);
    else
        print_line(key, uri, out);
}

void
story_print(const struct story *story, struct buffer *out)
{
    static const char *const states[] = {
        [STORY_PUBLISHED] = NULL, [STORY_DRAFT] = "draft", [STORY_WITHDRAWN] = "withdrawn"
    };
    buffer_add_text(out, "---\n");
    print_text("title", story->title, out);
    print_line("date", story->date_text, out);
    print_line("added", story->added_text, out);
    print_slugs("cities", story->cities, out);
    print_slugs("themes", story->themes, out);
    print_text("summary", story->summary, out);
    print_text("author", story->author, out);
    print_line("lang", story->lang, out);
    print_uri("source", story->source, out);
    print_text("imported", story->imported, out);
    print_texts("evidence", story->evidence, out);
    print_slugs("related", story->related, out);
    print_slugs("aliases", story->aliases, out);
    print_line("state", span_of(states[story->state]), out);
    buffer_add_text(out, "---\n");
    buffer_add(out, story->body);
}

void
story_print_imported(const struct story *story, struct buffer *out)
{
    struct story marked = *story;
    struct buffer plain = BUFFER_EMPTY;
    char hash[HASH_TEXT + 1];
    marked.imported = (struct span){ NULL, 0 };
    story_print(&marked, &plain);
    hash_text(buffer_span(&plain), hash);
    marked.imported = span_of(hash);
    story_print(&marked, out);
    buffer_fini(&plain);
}

bool
story_is_as_imported(struct span file)
{
    const struct span key = SPAN("imported:");
    struct parts parts;
    if (parts_split(file, &parts, NULL) != STATUS_OK)
        return false;
    for (struct span rest = parts.front; rest.len > 0;) {
        size_t at = (size_t)(rest.at - file.at);
        struct span line = span_line(&rest);
        if (!span_starts(line, key))
            continue;
        struct buffer others = BUFFER_EMPTY;
        char hash[HASH_TEXT + 1];
        buffer_add(&others, span_first(file, at));
        buffer_add(&others, span_skip(file, at + line.len + 1));
        hash_text(buffer_span(&others), hash);
        buffer_fini(&others);
        return span_equal(span_trim(span_skip(line, key.len)), span_of(hash));
    }
    return false;
}

/* Where a line of the front matter begins; the end where it has no such line. */
static size_t
line_at(struct span front, size_t number)
{
    struct span rest = front;
    for (size_t line = PARTS_FRONT_LINE; line < number && rest.len > 0; line++)
        span_cut(&rest, '\n');
    return front.len - rest.len;
}

/* `lines` without the comments and blank lines it ends with: they belong to what follows. */
static struct span
without_comments(struct span lines)
{
    size_t keep = 0;
    for (struct span rest = lines; rest.len > 0;) {
        struct span line = span_trim(span_line(&rest));
        if (line.len > 0 && line.at[0] != '#')
            keep = lines.len - rest.len;
    }
    return span_first(lines, keep);
}

/* The comment `line` ends with, and the spaces before it; empty where it has none. */
static struct span
comment_of(struct span line)
{
    char quote = '\0';
    for (size_t i = 0; i < line.len; i++) {
        char byte = line.at[i];
        if (quote == '"' && byte == '\\')
            i++;
        else if (quote != '\0')
            quote = byte == quote ? '\0' : quote;
        else if ((byte == '"' || byte == '\'') && i > 0 && strchr(" [,'", line.at[i - 1]) != NULL)
            quote = byte;
        else if (byte == '#' && i > 0 && line.at[i - 1] == ' ')
            return span_skip(line, span_trim(span_first(line, i)).len);
    }
    return (struct span){ NULL, 0 };
}

/* The lines a key and its value stand on; none, at the end, where the front matter has no such
 * key. STATUS_BAD: they can't be told from others. */
static enum status
lines_of(struct span front, const struct yaml *tree, const char *key, struct span *out,
         struct fault *fault)
{
    const struct yaml *node = yaml_get(tree, key);
    size_t begin = node != NULL ? line_at(front, node->key_line) : front.len;
    size_t end = node != NULL && node->next != NULL ? line_at(front, node->next->key_line)
                                                    : front.len;
    struct span lines = span_first(span_skip(front, begin), end > begin ? end - begin : 0);
    /* Keys that are indented, in quotes or in braces: a new line would not stand among them. */
    struct span first = node != NULL ? lines
                                     : span_skip(front, line_at(front, tree->down->key_line));
    if (!span_starts(first, node != NULL ? span_of(key) : tree->down->key))
        return fault_set(fault, node != NULL ? node->key_line : PARTS_FRONT_LINE,
                         "`%s` can't be set: write the front matter as `key: value`, one to a line "
                         "and not indented",
                         key);
    *out = without_comments(lines);
    return STATUS_OK;
}

/* Appends `file` with `lines` of it replaced by the key and its value. */
static void
replace_lines(struct span file, struct span lines, const char *key, struct span value,
              struct buffer *out)
{
    struct span rest = file, more = lines;
    span_cut(&rest, '\n');
    bool crlf = rest.at != NULL && rest.at - file.at > 1 && rest.at[-2] == '\r';
    struct span line = span_line(&more);
    size_t begin = (size_t)(lines.at - file.at);
    buffer_add(out, span_first(file, begin));
    buffer_printf(out, "%s: %.*s", key, SPAN_ARG(value));
    if (more.len == 0)
        buffer_add(out, comment_of(line));
    buffer_add_text(out, crlf ? "\r\n" : "\n");
    buffer_add(out, span_skip(file, begin + lines.len));
}

/* `file` is known to be a story, so what is wrong with the result is the new value. */
static enum status
set_value(struct span file, const char *key, struct span value, struct region *region,
          struct buffer *out, struct fault *fault)
{
    struct parts parts;
    struct yaml *tree;
    struct span lines;
    struct story story;
    enum status status = parts_split(file, &parts, fault);
    if (status == STATUS_OK)
        status = yaml_parse(parts.front, PARTS_FRONT_LINE, region, &tree, fault);
    if (status == STATUS_OK)
        status = lines_of(parts.front, tree, key, &lines, fault);
    if (status != STATUS_OK)
        return status;
    replace_lines(file, lines, key, value, out);
    return story_parse(buffer_span(out), region, &story, fault);
}

enum status
story_set(struct span file, const char *key, struct span value, struct buffer *out,
          struct fault *fault)
{
    struct region *region = region_new();
    struct buffer changed = BUFFER_EMPTY;
    struct story story;
    enum status status = story_parse(file, region, &story, fault);
    if (status == STATUS_OK)
        status = set_value(file, key, value, region, &changed, fault);
    if (status == STATUS_OK)
        buffer_add(out, buffer_span(&changed));
    buffer_fini(&changed);
    region_free(region);
    return status;
}
