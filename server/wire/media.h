/* SPDX-License-Identifier: ISC */
/* media.h - images, films and frames of a page, as something one can lead to. Pure. */
#pragma once

#include "base/region.h"
#include "base/uri.h"
#include "wire/element.h"

enum media_kind { MEDIA_IMAGE, MEDIA_VIDEO, MEDIA_AUDIO, MEDIA_MAP };

struct media {
    enum media_kind kind;
    struct span target; /* as target_resolve has it */
    struct span words;  /* what the page calls it (alt, title); empty */
    struct span format; /* "JPEG"; empty where its name does not tell */
};

/* Reads an ELEMENT_IMAGE or ELEMENT_MEDIA. false: nothing to lead to: a spacer, a pixel that counts
 * readers, an emoji, a placeholder, data in the page itself.
 *
 * Of an image in several sizes it is the largest of at most 800 pixels; what a script would load
 * later counts before what stands there until then. */
bool media_read(const struct _xmlNode *node, enum element element, const struct uri *base,
                struct region *region, struct media *out);

/* "Ảnh: words (JPEG)", in the language. */
struct span
media_label(const struct media *media, struct span words, struct span lang, struct region *region);
