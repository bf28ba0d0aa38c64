/* SPDX-License-Identifier: ISC */
/* find.h - a story's file, by the name it has in addresses. */
#pragma once

#include <stdbool.h>

enum { FIND_PATH_BYTES = 2048 };

/* Its path below the open content folder: "stories/2024/SLUG.gmi". false: there is none. */
bool find_story(int content, const char *slug, char found[FIND_PATH_BYTES]);
