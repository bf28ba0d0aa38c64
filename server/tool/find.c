/* SPDX-License-Identifier: ISC */
#include "tool/find.h"

#include "story/slug.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { DEPTH_MAX = 8 };

/* Finds the file below `folder` (relative to the content folder). */
static bool
find_below(int content, const char *folder, const char *name, int depth,
           char found[FIND_PATH_BYTES])
{
    struct dirent **names = NULL;
    bool done = false;
    int count = scandirat(content, folder, &names, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        struct stat facts;
        char path[FIND_PATH_BYTES];
        snprintf(path, sizeof path, "%s/%.300s", folder, names[i]->d_name);
        if (!done && names[i]->d_name[0] != '.' &&
            fstatat(content, path, &facts, AT_SYMLINK_NOFOLLOW) == 0) {
            if (S_ISREG(facts.st_mode) && strcmp(names[i]->d_name, name) == 0) {
                snprintf(found, FIND_PATH_BYTES, "%s", path);
                done = true;
            } else if (S_ISDIR(facts.st_mode) && depth < DEPTH_MAX) {
                done = find_below(content, path, name, depth + 1, found);
            }
        }
        free(names[i]);
    }
    free(names);
    return done;
}

bool
find_story(int content, const char *slug, char found[FIND_PATH_BYTES])
{
    char name[SLUG_MAX + 8];
    if (!slug_is_valid(span_of(slug)))
        return false;
    snprintf(name, sizeof name, "%s.gmi", slug);
    return find_below(content, "stories", name, 0, found);
}
