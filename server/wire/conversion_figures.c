/* SPDX-License-Identifier: ISC */
#include "wire/conversion_walk.h"

#include <libxml/tree.h>
#include <string.h>

enum {
    FIGURE_NODES = 500,
    FIGURE_DEPTH = 4, /* from a figure down to what it shows */
};

void
figures_set_first(struct conversion_walk *walk, struct span caption)
{
    galley_media(&walk->galley, &walk->waiting[0].media, caption);
    walk->waiting_count--;
    memmove(walk->waiting, walk->waiting + 1, walk->waiting_count * sizeof *walk->waiting);
}

void
figures_set(struct conversion_walk *walk, struct span caption)
{
    while (walk->waiting_count > 0)
        figures_set_first(walk, walk->waiting_count == 1 ? caption : SPAN(""));
}

/* The figure that shows the node; NULL. */
static const struct _xmlNode *
figure_of(const struct _xmlNode *node)
{
    for (int i = 0; i < FIGURE_DEPTH && node != NULL; i++, node = node->parent)
        if (element_of(node) == ELEMENT_FIGURE)
            return node;
    return NULL;
}

struct span
figures_take_caption(struct conversion_walk *walk, const struct _xmlNode *node)
{
    const struct _xmlNode *figure = figure_of(node->parent);
    if (figure == NULL || figure == walk->captioned)
        return SPAN("");
    const struct _xmlNode *caption = element_find(figure, ELEMENT_CAPTION, FIGURE_NODES);
    walk->captioned = figure;
    walk->caption = SPAN("");
    return caption != NULL ? conversion_read_line(walk, caption) : SPAN("");
}

bool
figures_enter(struct conversion_walk *walk, const struct _xmlNode *node)
{
    (void)node;
    conversion_end(walk);
    walk->caption = SPAN("");
    return true;
}

/* A caption of nothing that could be set is a text. */
void
figures_leave(struct conversion_walk *walk, const struct _xmlNode *node)
{
    (void)node;
    conversion_end_paragraph(walk);
    if (walk->waiting_count == 0 && walk->caption.len > 0)
        galley_text(&walk->galley, walk->caption);
    figures_set(walk, walk->caption);
    walk->caption = SPAN("");
    galley_settle(&walk->galley);
}

/* Stands for a caption: it shows nothing itself. */
bool
figures_enter_caption(struct conversion_walk *walk, const struct _xmlNode *node)
{
    const struct _xmlNode *figure = figure_of(node);
    conversion_end_paragraph(walk);
    if (figure != NULL && figure == walk->captioned)
        return false;
    if (walk->waiting_count == 0 && figure == NULL)
        return true;
    struct span caption = conversion_read_line(walk, node);
    if (walk->waiting_count > 0)
        figures_set(walk, caption);
    else if (walk->caption.len == 0)
        walk->caption = caption;
    galley_settle(&walk->galley);
    return false;
}

bool
figures_enter_image(struct conversion_walk *walk, const struct _xmlNode *node)
{
    struct waiting waiting = { .within = !prose_is_blank(&walk->prose) };
    if (walk->options->no_images ||
        !media_read(node, ELEMENT_IMAGE, walk->base_uri, walk->region, &waiting.media))
        return false;
    if (walk->caption.len > 0) { /* its caption came first */
        figures_set(walk, SPAN(""));
        galley_media(&walk->galley, &waiting.media, walk->caption);
        walk->caption = SPAN("");
        return false;
    }
    if (walk->waiting_count == CONVERSION_WAITING_MAX)
        figures_set_first(walk, SPAN(""));
    walk->waiting[walk->waiting_count++] = waiting;
    return false;
}

bool
figures_enter_media(struct conversion_walk *walk, const struct _xmlNode *node)
{
    struct media media;
    if (!media_read(node, ELEMENT_MEDIA, walk->base_uri, walk->region, &media))
        return element_is_named(node, "object"); /* what is in it stands for it */
    conversion_end(walk);
    galley_media(&walk->galley, &media, figures_take_caption(walk, node));
    galley_settle(&walk->galley);
    return false;
}
