/* SPDX-License-Identifier: ISC */
/* yaml.h - YAML as small trees whose nodes know their line.
 *
 * libyaml reads; this room bounds: depth 16, 100,000 nodes; no anchors, aliases, tags or second
 * document; no key twice. Scalars are text: what they mean is up to who asked. Text that is not
 * UTF-8 or holds control characters is refused. */
#pragma once

#include "base/region.h"
#include "base/span.h"
#include "base/status.h"

enum yaml_kind { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };

struct yaml {
    enum yaml_kind kind;
    size_t line;       /* of its first byte, counted from 1 */
    size_t key_line;   /* of its key, in a mapping */
    struct span key;   /* in a mapping; else empty */
    struct span text;  /* of a scalar */
    bool plain;        /* of a scalar: it stood without quotes */
    struct yaml *down; /* the first child of a sequence or mapping */
    struct yaml *next; /* the next sibling */
    size_t count;      /* children */
};

/* An empty document gives an empty mapping. `first_line` is where the text begins in its file
 * (counted from 1), so that faults name the file's line. The tree lives in the region. */
enum status yaml_parse(struct span text, size_t first_line, struct region *region,
                       struct yaml **out, struct fault *fault) MUST_CHECK;

/* The child under a key; NULL where there is none or `node` is no mapping (or NULL). */
struct yaml *yaml_get(const struct yaml *node, const char *key);
/* A scalar's text; the empty span where `node` is NULL or no scalar, or is plain ~ or null. */
struct span yaml_text(const struct yaml *node);

/* Appends `text` as a YAML scalar that reads back as itself: plain where that is safe, else
 * double-quoted. */
struct buffer;
void yaml_print_text(struct span text, struct buffer *out);
