/* SPDX-License-Identifier: ISC */
#include "wire/media.h"

#include "base/text.h"
#include "wire/target.h"

#include <libxml/tree.h>
#include <string.h>

enum { SMALL = 32, WIDE = 800, WORDS_MAX = 240 /* bytes of a label; what is longer is cut */ };

static bool
has_nocase(struct span text, const char *what)
{
    struct span word = span_of(what);
    for (size_t i = 0; i + word.len <= text.len; i++)
        if (span_equal_nocase(span_first(span_skip(text, i), word.len), word))
            return true;
    return false;
}

/* The number a text begins with; 0: none. */
static unsigned
leading_number(struct span text)
{
    unsigned number = 0;
    for (size_t i = 0; i < text.len && i < 6 && text.at[i] >= '0' && text.at[i] <= '9'; i++)
        number = number * 10 + (unsigned)(text.at[i] - '0');
    return number;
}

/* An image of these few pixels is a spacer, an icon, or counts readers. */
static bool
is_small(const struct _xmlNode *node)
{
    static const char *const sides[] = { "width", "height" };
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        struct span side = element_attribute(node, sides[i]);
        bool pixels = side.len > 0 && side.at[0] >= '0' && side.at[0] <= '9' &&
                      side.at[side.len - 1] != '%' && !span_ends(side, SPAN("em"));
        if (pixels && leading_number(side) <= SMALL)
            return true;
    }
    struct span style = element_attribute(node, "style");
    size_t at;
    return (span_find(style, SPAN("width:1px"), &at) || span_find(style, SPAN("width: 1px"), &at));
}

static bool
is_ornament(const struct _xmlNode *node)
{
    static const char *const called[] = { "emoji",  "smiley",   "smilies", "emoticon", "spacer",
                                          "avatar", "gravatar", "pixel",   NULL };
    return is_small(node) || element_is_called(node, called) ||
           span_equal_nocase(element_attribute(node, "role"), SPAN("presentation"));
}

/* The name says that it only keeps the place, or the time. */
static bool
is_placeholder(struct span target)
{
    static const char *const names[] = { "spacer",   "blank.gif", "placeholder", "transparent.",
                                         "1x1",      "pixel.gif", "lazyload.",   "loading.gif",
                                         "grey.gif", "no-image",  "noimage",     "/lazy.",
                                         "dot.gif" };
    size_t slash = target.len;
    while (slash > 0 && target.at[slash - 1] != '/')
        slash--;
    struct span name = span_skip(target, slash > 0 ? slash - 1 : 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (has_nocase(name, names[i]))
            return true;
    return false;
}

static bool
usable(const struct uri *base, struct span reference, struct region *region, struct span *out)
{
    struct span target;
    if (reference.len == 0 || !target_resolve(base, reference, region, &target) ||
        is_placeholder(target) || span_starts(target, SPAN("mailto:")))
        return false;
    *out = target;
    return true;
}

/* Takes one candidate off a srcset: "url 480w, url 2x"; its width, or 0. */
static struct span
take_candidate(struct span *rest, unsigned *width)
{
    static const char spaces[] = " \t\n\r\f";
    size_t from = 0, end;
    while (from < rest->len &&
           (rest->at[from] == ',' || span_has_char(span_of(spaces), rest->at[from])))
        from++;
    for (end = from; end < rest->len && !span_has_char(span_of(spaces), rest->at[end]);)
        end++;
    struct span url = span_skip(span_first(*rest, end), from);
    bool bare = url.len > 0 && url.at[url.len - 1] == ',';
    while (url.len > 0 && url.at[url.len - 1] == ',')
        url.len--;
    size_t stop = end;
    while (!bare && stop < rest->len && rest->at[stop] != ',')
        stop++;
    struct span size = span_trim_lines(span_skip(span_first(*rest, stop), end));
    *width = size.len > 0 && size.at[size.len - 1] == 'w' ? leading_number(size) : 0;
    *rest = span_skip(*rest, stop);
    return url;
}

/* The best of a srcset: the widest that is not too wide, or else the least wide. */
static bool
best_of_set(const struct uri *base, struct span set, struct region *region, struct span *out,
            unsigned *width)
{
    enum { CANDIDATES = 32 };
    bool any = false;
    for (int i = 0; i < CANDIDATES && set.len > 0; i++) {
        unsigned own;
        struct span target, url = take_candidate(&set, &own);
        bool fits = own <= WIDE;
        bool better = !any || (fits && (*width > WIDE || own > *width)) ||
                      (!fits && *width > WIDE && own < *width);
        if (url.len == 0 || !better || !usable(base, url, region, &target))
            continue;
        any = true;
        *width = own;
        *out = target;
    }
    return any;
}

static struct span
own_set(const struct _xmlNode *node)
{
    static const char *const names[] = { "data-srcset", "srcset", "data-lazy-srcset" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (element_attribute(node, names[i]).len > 0)
            return element_attribute(node, names[i]);
    return SPAN("");
}

/* The image's own srcset, or a <source>'s before it in a <picture>; what has no end tag may hold
 * what stands behind it. */
static struct span
set_of(const struct _xmlNode *node)
{
    enum { DEPTH = 8 };
    struct span set = own_set(node);
    for (int i = 0; i < DEPTH && set.len == 0 && node->parent != NULL; i++) {
        bool within = element_is_named(node->parent, "picture") ||
                      element_is_named(node->parent, "source");
        for (const xmlNode *other = within ? node->prev : NULL; other != NULL && set.len == 0;
             other = other->prev)
            set = own_set(other);
        node = node->parent;
        if (!within)
            break;
        set = set.len == 0 ? own_set(node) : set;
    }
    return set;
}

static bool
find_image(const struct _xmlNode *node, const struct uri *base, struct region *region,
           struct span *out)
{
    static const char *const later[] = {
        "data-src", "data-original", "data-lazy-src", "data-original-src", "data-lazy", "data-url",
        "src"
    };
    unsigned width = 0;
    struct span best;
    bool set = best_of_set(base, set_of(node), region, &best, &width);
    if (set && width > 0 && width <= WIDE) {
        *out = best;
        return true;
    }
    for (size_t i = 0; i < sizeof later / sizeof *later; i++)
        if (usable(base, element_attribute(node, later[i]), region, out))
            return true;
    if (set)
        *out = best;
    return set;
}

/* By the name's ending. */
static struct span
format_of(struct span target)
{
    static const char *const endings[][2] = { { ".jpg", "JPEG" },  { ".jpeg", "JPEG" },
                                              { ".png", "PNG" },   { ".gif", "GIF" },
                                              { ".webp", "WebP" }, { ".avif", "AVIF" },
                                              { ".svg", "SVG" },   { ".mp4", "MP4" },
                                              { ".mp3", "MP3" },   { ".webm", "WebM" } };
    struct uri uri;
    if (!uri_parse(target, URI_STRICT, &uri))
        return SPAN("");
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        struct span ending = span_of(endings[i][0]);
        if (uri.path.len > ending.len &&
            span_equal_nocase(span_skip(uri.path, uri.path.len - ending.len), ending))
            return span_of(endings[i][1]);
    }
    return SPAN("");
}

/* A file's name as alternative text says nothing: "IMG_2034.jpg". */
static struct span
said(struct span words)
{
    return words.len > 0 && format_of(words).len > 0 && !span_has_char(words, ' ') ? SPAN("")
                                                                                   : words;
}

static bool
read_image(const struct _xmlNode *node, const struct uri *base, struct region *region,
           struct media *out)
{
    struct media image = { .kind = MEDIA_IMAGE };
    if (is_ornament(node) || !find_image(node, base, region, &image.target))
        return false;
    image.words = said(element_attribute(node, "alt"));
    if (image.words.len == 0)
        image.words = said(element_attribute(node, "title"));
    image.format = format_of(image.target);
    *out = image;
    return true;
}

/* Its own address, or that of its first source. */
static bool
find_media(const struct _xmlNode *node, const struct uri *base, struct region *region,
           struct span *out)
{
    static const char *const names[] = { "src", "data-src", "data-lazy-src", "data" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (usable(base, element_attribute(node, names[i]), region, out))
            return true;
    for (const xmlNode *child = node->children; child != NULL; child = child->next)
        for (size_t i = 0; i < 2 && element_is_named(child, "source"); i++)
            if (usable(base, element_attribute(child, names[i]), region, out))
                return true;
    return false;
}

/* A frame holds a film as a rule; a map by its address; of an audio file its name tells. */
static enum media_kind
kind_of(const struct _xmlNode *node, struct span target, struct span format)
{
    if (element_is_named(node, "audio") || span_equal(format, SPAN("MP3")))
        return MEDIA_AUDIO;
    bool map = element_is_named(node, "iframe") && has_nocase(span_first(target, 60), "/maps");
    return map ? MEDIA_MAP : MEDIA_VIDEO;
}

/* A frame that shows nothing to come back to: an advertisement, or a site's front page. */
static bool
is_idle_frame(const struct _xmlNode *node, struct span target)
{
    static const char *const called[] = { "ad",     "ads",     "advert", "advertisement",
                                          "banner", "sponsor", NULL };
    static const char *const hosts[] = { "ad.",    "ads.",      "adserver.", "adservice.", "pixel.",
                                         "track.", "tracking.", "stats.",    "analytics." };
    struct uri uri;
    bool frame = element_is_named(node, "iframe") || element_is_named(node, "amp-iframe");
    if (!frame || !uri_parse(target, URI_STRICT, &uri))
        return false;
    bool idle = (uri.path.len <= 1 && uri.query.len == 0) || element_is_called(node, called);
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
        idle = idle || span_starts(uri.host, span_of(hosts[i]));
    return idle;
}

static bool
read_media(const struct _xmlNode *node, const struct uri *base, struct region *region,
           struct media *out)
{
    struct media media = { .kind = MEDIA_VIDEO };
    if (is_small(node) || !find_media(node, base, region, &media.target) ||
        is_idle_frame(node, media.target))
        return false;
    media.format = format_of(media.target);
    media.kind = kind_of(node, media.target, media.format);
    media.words = element_attribute(node, "title");
    if (media.words.len == 0)
        media.words = element_attribute(node, "aria-label");
    *out = media;
    return true;
}

bool
media_read(const struct _xmlNode *node, enum element element, const struct uri *base,
           struct region *region, struct media *out)
{
    if (element_is_hidden(node))
        return false;
    return element == ELEMENT_IMAGE ? read_image(node, base, region, out)
                                    : read_media(node, base, region, out);
}

static const char *
name_of(enum media_kind kind, struct span lang)
{
    static const char *const names[][2] = { [MEDIA_IMAGE] = { "Ảnh", "Image" },
                                            [MEDIA_VIDEO] = { "Video", "Video" },
                                            [MEDIA_AUDIO] = { "Âm thanh", "Audio" },
                                            [MEDIA_MAP] = { "Bản đồ", "Map" } };
    return names[kind][span_starts(lang, SPAN("en"))];
}

struct span
media_label(const struct media *media, struct span words, struct span lang, struct region *region)
{
    struct buffer label = BUFFER_EMPTY, clean = BUFFER_EMPTY;
    const char *name = name_of(media->kind, lang);
    text_clean(words, &clean);
    struct span rest = buffer_span(&clean);
    if (span_starts(rest, span_of(name)) && span_starts(span_skip(rest, strlen(name)), SPAN(":")))
        rest = span_trim(span_skip(rest, strlen(name) + 1));
    if (rest.len == 0 && media->kind != MEDIA_IMAGE)
        rest = target_host(media->target);
    bool cut = rest.len > WORDS_MAX;
    buffer_printf(&label, "%s%s%.*s%s", name, rest.len > 0 ? ": " : "",
                  SPAN_ARG(text_cut(rest, WORDS_MAX)), cut ? "…" : "");
    if (media->format.len > 0)
        buffer_printf(&label, " (%.*s)", SPAN_ARG(media->format));
    struct span copy = region_copy(region, buffer_span(&label));
    buffer_fini(&label);
    buffer_fini(&clean);
    return copy;
}
