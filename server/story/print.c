/* SPDX-License-Identifier: ISC */
/* print.c - the other half of story.h: stories as files. */
#include "base/hash.h"
#include "base/yaml.h"
#include "story/story.h"

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
    for (size_t i = 0; i < slugs.count; i++) {
        buffer_add_text(out, i > 0 ? ", " : "");
        yaml_print_text(slugs.at[i], out);
    }
    buffer_add_text(out, "]\n");
}

void
story_print(const struct story *story, struct buffer *out)
{
    static const char *const states[] = {
        [STORY_DRAFT] = "draft", [STORY_WITHDRAWN] = "withdrawn"
    };
    buffer_add_text(out, "---\n");
    print_text("title", story->title, out);
    if (story->date_text.len > 0)
        buffer_printf(out, "date: %.*s\n", SPAN_ARG(story->date_text));
    if (story->added_text.len > 0)
        buffer_printf(out, "added: %.*s\n", SPAN_ARG(story->added_text));
    print_slugs("cities", story->cities, out);
    print_slugs("themes", story->themes, out);
    print_text("summary", story->summary, out);
    print_text("author", story->author, out);
    print_text("lang", story->lang, out);
    print_text("source", story->source, out);
    print_text("imported", story->imported, out);
    print_slugs("related", story->related, out);
    print_slugs("aliases", story->aliases, out);
    if (story->state != STORY_PUBLISHED)
        buffer_printf(out, "state: %s\n", states[story->state]);
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

enum status
story_set(struct span file, const char *key, struct span value, struct buffer *out,
          struct fault *fault)
{
    struct region *region = region_new();
    struct story story;
    enum status status = story_parse(file, region, &story, fault);
    region_free(region);
    if (status != STATUS_OK)
        return status;
    struct span rest = file, name = span_of(key);
    bool set = false, front = true;
    buffer_add(out, span_cut(&rest, '\n'));
    while (rest.at != NULL && front) {
        struct span line = span_cut(&rest, '\n');
        buffer_add_char(out, '\n');
        front = !span_starts(line, SPAN("---"));
        bool ours = front && span_starts(line, name) && line.len > name.len &&
                    line.at[name.len] == ':';
        if (ours || (!front && !set))
            buffer_printf(out, "%s: %.*s%s", key, SPAN_ARG(value), ours ? "" : "\n");
        set = set || ours;
        if (!ours)
            buffer_add(out, line);
    }
    if (rest.at != NULL) {
        buffer_add_char(out, '\n');
        buffer_add(out, rest);
    }
    return STATUS_OK;
}
