/* SPDX-License-Identifier: ISC */
#include "archive/index.h"
#include "archive/moved.h"
#include "base/buffer.h"
#include "base/file.h"
#include "base/region.h"
#include "story/slug.h"
#include "story/story.h"
#include "tool/find.h"
#include "tool/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Runs `change` while no round looks at the folder, and a round behind it. */
static int
change_content(const struct tool_options *options, char **argv,
               int (*change)(int content, char **argv))
{
    int held = -1, content = -1, status = EXIT_FAILED;
    if (index_lock(options->state, true, &held) != STATUS_OK)
        fprintf(stderr, "songtu %s: %s/lock: %s\n", argv[0], options->state, strerror(errno));
    else if ((content = open(options->content, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
        fprintf(stderr, "songtu %s: %s: %s\n", argv[0], options->content, strerror(errno));
    else
        status = change(content, argv);
    if (content >= 0)
        close(content);
    if (held >= 0)
        close(held);
    return status == EXIT_FINE ? command_index(options, 1, argv) : status;
}

/* The last good version of what can't be read is served under the old address, and would be under
 * none. */
static bool
can_be_read(int content, const char *path)
{
    struct buffer text = BUFFER_EMPTY;
    struct region *region = region_new();
    struct story story;
    struct fault fault = { 0, "" };
    enum status status = file_read(content, path, STORY_BYTES_MAX, &text);
    if (status == STATUS_OK)
        status = story_parse(buffer_span(&text), region, &story, &fault);
    if (status != STATUS_OK)
        fprintf(stderr, "songtu rename: %s:%zu: %s: mend it first\n", path, fault.line,
                fault.what[0] != '\0' ? fault.what : strerror(errno));
    region_free(region);
    buffer_fini(&text);
    return status == STATUS_OK;
}

static int
rename_story(int content, char **argv)
{
    const char *old = argv[1], *new = argv[2];
    char path[FIND_PATH_BYTES], taken[FIND_PATH_BYTES], to[FIND_PATH_BYTES + SLUG_MAX];
    struct fault fault = { 0, "" };
    if (!find_story(content, old, path)) {
        fprintf(stderr, "songtu rename: no story is called `%s`\n", old);
        return EXIT_FAULTS;
    }
    if (find_story(content, new, taken)) {
        fprintf(stderr, "songtu rename: `%s` is there already: %s\n", new, taken);
        return EXIT_FAULTS;
    }
    if (!can_be_read(content, path))
        return EXIT_FAULTS;
    const char *slash = strrchr(path, '/');
    snprintf(to, sizeof to, "%.*s/%s.gmi", (int)(slash - path), path, new);
    /* The file first: were we killed now, the next round would see what became of it. */
    if (file_rename(content, path, to) != STATUS_OK) {
        fprintf(stderr, "songtu rename: %s: %s\n", path, strerror(errno));
        return EXIT_FAILED;
    }
    if (moved_add(content, &(struct move){ span_of(old), span_of(new) }, 1, &fault) != STATUS_OK) {
        fprintf(stderr, "songtu rename: moved.yaml:%zu: %s\n", fault.line, fault.what);
        return EXIT_FAILED;
    }
    printf("%s is now %s\n", path, to);
    return EXIT_FINE;
}

int
command_rename(const struct tool_options *options, int argc, char **argv)
{
    if (argc != 3)
        return command_misused("rename", "it takes the old slug and the new one");
    if (!slug_is_valid_for_story(span_of(argv[2])))
        return command_misused("rename", "`%s` is no slug%s: write it like ha-noi-5-dieu", argv[2],
                               slug_is_valid(span_of(argv[2])) ? " for a story" : "");
    return change_content(options, argv, rename_story);
}

static int
withdraw_story(int content, char **argv)
{
    const char *slug = argv[1];
    char path[FIND_PATH_BYTES];
    struct buffer before = BUFFER_EMPTY, after = BUFFER_EMPTY;
    struct fault fault = { 0, "" };
    if (!find_story(content, slug, path)) {
        fprintf(stderr, "songtu withdraw: no story is called `%s`\n", slug);
        return EXIT_FAULTS;
    }
    enum status status = file_read(content, path, STORY_BYTES_MAX, &before);
    if (status == STATUS_OK)
        status = story_set(buffer_span(&before), "state", SPAN("withdrawn"), &after, &fault);
    if (status == STATUS_OK)
        status = file_write(content, path, buffer_span(&after), 0644);
    if (status == STATUS_OK)
        printf("%s is withdrawn; set `state: published` in it to undo this\n", path);
    else
        fprintf(stderr, "songtu withdraw: %s:%zu: %s\n", path, fault.line,
                fault.what[0] != '\0' ? fault.what : strerror(errno));
    buffer_fini(&before);
    buffer_fini(&after);
    return status == STATUS_OK ? EXIT_FINE : EXIT_FAILED;
}

int
command_withdraw(const struct tool_options *options, int argc, char **argv)
{
    if (argc != 2)
        return command_misused("withdraw", "it takes one slug");
    return change_content(options, argv, withdraw_story);
}
