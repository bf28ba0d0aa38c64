/* SPDX-License-Identifier: ISC */
/* What belongs to pictures. */
#include "wire/webpage_parts.h"

#include "wire/shape.h"

#include <string.h>

enum { CAPTION_MAX = 400, BOX_MAX = 600, REST_MIN = 600 };

static bool
is_picture(const xmlNode *node)
{
    static const char *const names[] = { "img", "picture", "amp-img", "video", "iframe", "svg" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (html_is(node, names[i]))
            return true;
    return false;
}

bool
part_has_picture(const xmlNode *node)
{
    for (const xmlNode *it = node; it != NULL; it = html_next(it, node))
        if (is_picture(it))
            return true;
    return false;
}

/* An element that shows pictures, and whose text is about them, by its name: only where it is no
 * large part of the article. */
static bool
is_picture_box(const xmlNode *node, const xmlNode *body)
{
    const struct part *part = part_of(node);
    unsigned whole = part_of(body)->prose;
    bool rests = part->prose * 2 < whole || part->prose + REST_MIN < whole;
    if (html_is(node, "figure") || html_is(node, "figcaption"))
        return rests || part->text < BOX_MAX;
    bool named = part->words & WORD_CAPTION ||
                 (part->words & WORD_GALLERY && part_has_picture(node));
    return named && !(part->words & WORD_ARTICLE) && rests;
}

/* A small box, or a table, of a picture and few words. */
static bool
is_framed(const xmlNode *node)
{
    const struct part *part = part_of(node);
    return html_is(node, "table") && part->text > 0 && part->text < CAPTION_MAX &&
           part->blocks <= 1 && part_has_picture(node);
}

static bool
is_centred(const xmlNode *node)
{
    struct span style = html_attribute(node, "style");
    size_t at;
    return span_equal_nocase(html_attribute(node, "align"), SPAN("center")) ||
           (span_find(style, SPAN("text-align"), &at) && span_find(style, SPAN("center"), &at));
}

/* Names whoever took a picture, as English pages do. */
static bool
has_credit(struct span line)
{
    static const struct span marks[] = {
        SPAN("(Image"),   SPAN("(Photo"),       SPAN("Photo:"),      SPAN("Image:"),
        SPAN("Credit:"),  SPAN("PHOTO:"),       SPAN("Getty"),       SPAN("AP Photo"),
        SPAN("via AP"),   SPAN("/AP"),          SPAN("/ AP"),        SPAN("GETTY"),
        SPAN("Reuters)"), SPAN("Image credit"), SPAN("Courtesy of"), SPAN("(AFP"),
        SPAN("(EPA"),     SPAN("/ Reuters"),    SPAN("/Reuters"),    SPAN("REUTERS/"),
    };
    size_t at;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (span_find(line, marks[i], &at))
            return true;
    return shape_has_credit(line);
}

/* Nearly all of the leaf's text is in an element that is a caption by its name. */
static bool
is_named_caption(const xmlNode *leaf)
{
    for (xmlNode *node = parts_next((xmlNode *)leaf, leaf); node != NULL;
         node = parts_next(node, leaf))
        if (part_of(node)->words & WORD_CAPTION &&
            part_of(node)->text * 5 >= part_of(leaf)->text * 4)
            return true;
    return false;
}

/* The text of a leaf that stands right below a picture, or with it. */
static bool
is_below_picture(const xmlNode *leaf, bool with_picture, struct region *region)
{
    if (part_of(leaf)->text > CAPTION_MAX || part_of(leaf)->kind & HTML_HEADING)
        return false;
    static const char *const slanted[] = { "em", "i", "small", NULL };
    struct span line = html_line(leaf, region);
    return is_named_caption(leaf) || part_is_all(leaf, slanted) || is_centred(leaf) ||
           has_credit(line) || (with_picture && !shape_is_ended(line));
}

static void
make_caption(xmlNode *node)
{
    for (const xmlNode *up = node->parent; up != NULL; up = up->parent)
        if (html_is(up, "figcaption"))
            return;
    xmlNodeSetName(node, (const xmlChar *)"figcaption");
}

/* A paragraph that holds a picture and its caption becomes the figure they are. */
static void
make_figure(xmlNode *leaf, struct region *region)
{
    xmlNode *caption = part_new(leaf->doc, "figcaption", region), *next;
    for (xmlNode *node = leaf->children; node != NULL; node = next) {
        bool holds = !is_picture(node) && part_has_picture(node);
        next = holds ? html_next(node, leaf) : html_over(node, leaf);
        if (holds || is_picture(node))
            continue;
        xmlUnlinkNode(node);
        xmlAddChild(caption, node);
    }
    xmlAddChild(leaf, caption);
    xmlNodeSetName(leaf, (const xmlChar *)"figure");
}

static bool
is_quoted(const xmlNode *node)
{
    return html_is(node, "blockquote") || html_is(node, "pre");
}

/* Everything in the box that is text, but for what is quoted there. */
static void
caption_box(xmlNode *box, struct region *region)
{
    for (xmlNode *node = box; node != NULL;) {
        bool text = part_is_leaf(node) && part_of(node)->text > 0;
        if (text && part_has_picture(node) && !html_is(node, "figcaption"))
            make_figure(node, region);
        else if (text)
            make_caption(node);
        do
            node = is_quoted(node) ? html_over(node, box) : parts_next(node, box);
        while (node != NULL && (node->type != XML_ELEMENT_NODE || is_quoted(node)));
    }
}

/* What the pictures' texts leave of the body is hardly anything: the pictures' texts are the
 * article.
 */
static bool
is_told_in_captions(xmlNode *body)
{
    unsigned captions = 0, whole = part_of(body)->prose;
    for (xmlNode *node = parts_next(body, body); node != NULL;) {
        const struct part *part = part_of(node);
        bool box = html_is(node, "figure") || html_is(node, "figcaption") ||
                   part->words & (WORD_CAPTION | WORD_GALLERY);
        captions += box ? part->prose : 0;
        node = box ? parts_over(node, body) : parts_next(node, body);
    }
    return whole >= REST_MIN && captions * 3 > whole * 2;
}

void
body_caption(xmlNode *body, struct region *region)
{
    bool below = false;
    xmlNode *next;
    if (is_told_in_captions(body)) {
        for (xmlNode *node = body; node != NULL; node = parts_next(node, body))
            if (html_is(node, "figcaption"))
                xmlNodeSetName(node, (const xmlChar *)"div");
        return;
    }
    for (xmlNode *node = parts_next(body, body); node != NULL; node = next) {
        next = parts_next(node, body);
        if (is_quoted(node))
            continue;
        const struct part *part = part_of(node);
        if (!(part->kind & HTML_BLOCK)) {
            below = below || is_picture(node);
            continue;
        }
        if (is_picture_box(node, body) || is_framed(node)) {
            next = parts_over(node, body);
            caption_box(node, region);
            below = part->text == 0 && part_has_picture(node);
            continue;
        }
        if (!part_is_leaf(node) || part->text == 0)
            continue;
        bool with = part_has_picture(node);
        if ((below || with) && is_below_picture(node, with, region)) {
            if (with)
                make_figure(node, region);
            else
                make_caption(node);
        }
        below = with && part->text == 0;
    }
}

size_t
figures_above(struct survey *survey, xmlNode **into, size_t most)
{
    bool behind = false;
    size_t count = 0;
    for (xmlNode *node = survey->root; node != NULL && node != survey->body && count < most;) {
        xmlNode *next = html_next(node, survey->root);
        behind = behind || (survey->title != NULL && node == survey->title);
        bool figure = behind && html_is(node, "figure") && !part_of(node)->gone;
        if (figure && part_of(node)->text < BOX_MAX && part_has_picture(node) &&
            !part_is_below(survey->body, node)) {
            caption_box(node, survey->region);
            into[count++] = node;
            next = html_over(node, survey->root);
        } else if (node->type == XML_ELEMENT_NODE && part_of(node)->gone) {
            next = html_over(node, survey->root);
        }
        node = next;
    }
    return count;
}
