/* SPDX-License-Identifier: ISC */
/* import make FOLDER COUNT [SEED] - writes COUNT article pages, N.html: text of Vietnamese shape
 * import make FOLDER COUNT FOLDER-OF-PAGES - the same of html/KEY.html.gz, over and over, each copy
 *   with half of its words others
 * import parse FILE... - has libxml2 parse each file, and does nothing with the tree */
#include "base/file.h"
#include "base/span.h"
#include "prose.h"

#include <fcntl.h>
#include <glob.h>
#include <libxml/HTMLparser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
    PATH_BYTES = 4096,
    PAGE_BYTES_MAX = 6 * 1024 * 1024,
    PARAGRAPHS = 10,
    SENTENCES = 5,
    MENU = 40,
    TEASERS = 30,
    MANY = 100000000,
};

_Noreturn static void
give_up(const char *what, const char *why)
{
    fprintf(stderr, "bench_import: %s: %s\n", what, why);
    exit(2);
}

/* How a kind of site builds its pages: what stands before and behind each part. */
struct layout {
    const char *title, *lead, *body, *paragraph, *paragraph_end, *caption, *caption_end, *body_end;
    const char *author, *related;
};

static const struct layout layouts[] = {
    { "<h1 class='title-detail'>", "<p class='description'>", "<article class='fck_detail'>",
      "<p class='Normal'>", "</p>",
      "<figure class='tplCaption'><picture><img src='data:image/gif;base64,R0' data-src='/i.jpg'>"
      "</picture><figcaption><p class='Image'>",
      "</p></figcaption></figure>", "</article>",
      "<p class='Normal' style='text-align:right'><strong>", "<div class='box_category'>" },
    { "<h1 class='title margin-bottom-lg' itemprop='headline'>", "<div class='hometext m-bottom'>",
      "<div id='news-bodyhtml' class='bodytext margin-bottom-lg'>",
      "<div style='text-align: justify;'><span style='font-size:16px;'>", "</span></div>",
      "<table align='center' class='image'><tbody><tr><td><img src='/i.jpg'></td></tr><tr><td>",
      "</td></tr></tbody></table>", "</div>",
      "<p class='h5 text-right'><strong>Tác giả: ", "<div class='others'>" },
    { "<h1 class='entry-title'>", "<h2 class='sapo'>", "<div class='entry-content'>", "<p>", "</p>",
      "<figure class='wp-block-image'><img src='/i.jpg' srcset='/i-300.jpg 300w, /i-800.jpg 800w'>"
      "<figcaption>",
      "</figcaption></figure>", "</div>", "<p class='author vcard'><strong>",
      "<div class='related-posts'>" },
};

struct writing {
    struct prose *prose;
    struct dice dice;
    struct buffer *out;
};

static void
add_words(struct writing *it, size_t count)
{
    prose_words(it->prose, &it->dice, count, it->out);
}

static void
add_links(struct writing *it, size_t count, size_t words)
{
    buffer_add_text(it->out, "<ul>\n");
    for (size_t i = 0; i < count; i++) {
        uint64_t number = dice_roll(&it->dice, MANY);
        buffer_printf(it->out, "<li class='item'><h3><a href='/tin/%08u.html' title='",
                      (unsigned)number);
        add_words(it, words);
        buffer_add_text(it->out, "'>");
        add_words(it, words);
        buffer_add_text(it->out, "</a></h3></li>\n");
    }
    buffer_add_text(it->out, "</ul>\n");
}

/* What is on every page and is read by machines alone. */
static void
add_scripts(struct buffer *out)
{
    enum { LINES = 200 };
    buffer_add_text(out, "<style>");
    for (int i = 0; i < LINES; i++)
        buffer_printf(out, ".box-%d > .item { margin: 0 auto; width: %dpx }\n", i, i * 2);
    buffer_add_text(out, "</style>\n<script>");
    for (int i = 0; i < LINES; i++)
        buffer_printf(out, "window.slots.push({ id: 'slot-%d', size: [300, %d] });\n", i, i);
    buffer_add_text(out, "</script>\n");
}

static void
add_head(struct writing *it, struct span title, struct span lead, size_t number)
{
    buffer_printf(it->out,
                  "<!DOCTYPE html>\n<html lang='vi'><head><meta charset='utf-8'>"
                  "<title>%.*s - Báo Ví Dụ</title>\n<meta name='description' content='%.*s'>"
                  "<meta property='og:site_name' content='Báo Ví Dụ'>"
                  "<meta property='article:published_time' content='2026-11-%02zuT06:05:00+07:00'>"
                  "<link rel='canonical' href='https://vidu.example/tin-%07zu.html'>\n",
                  SPAN_ARG(title), SPAN_ARG(lead), number % 20 + 1, number);
    buffer_printf(it->out,
                  "<script type='application/ld+json'>{\"@type\":\"NewsArticle\","
                  "\"headline\":\"%.*s\",\"articleSection\":\"Thời sự\"}</script>\n",
                  SPAN_ARG(title));
    add_scripts(it->out);
    buffer_add_text(it->out, "</head>\n<body><header><nav class='menu'>");
    add_links(it, MENU, 1);
    buffer_add_text(it->out, "</nav></header>\n<div class='container'>");
}

static void
add_body(struct writing *it, const struct layout *layout)
{
    buffer_add_text(it->out, layout->body);
    for (int i = 0; i < PARAGRAPHS; i++) {
        buffer_add_text(it->out, layout->paragraph);
        for (int j = 0; j < SENTENCES; j++) {
            prose_sentence(it->prose, &it->dice, SPAN(""), it->out);
            buffer_add_char(it->out, ' ');
        }
        buffer_add_text(it->out, layout->paragraph_end);
        if (i % 4 != 1)
            continue;
        buffer_add_text(it->out, layout->caption);
        add_words(it, 6);
        buffer_add_text(it->out, ". Ảnh: Minh An");
        buffer_add_text(it->out, layout->caption_end);
    }
    buffer_printf(it->out, "%sHoài Thu</strong></p>\n%s\n", layout->author, layout->body_end);
}

static void
make_page(const struct prose *prose, uint64_t seed, size_t number, struct buffer *out)
{
    const struct layout *layout = &layouts[number % (sizeof layouts / sizeof *layouts)];
    struct buffer title = BUFFER_EMPTY, lead = BUFFER_EMPTY;
    struct writing it = { (struct prose *)prose, dice_of(seed, number), out };
    prose_words(prose, &it.dice, 7, &title);
    prose_sentence(prose, &it.dice, SPAN(""), &lead);
    add_head(&it, buffer_span(&title), buffer_span(&lead), number);
    buffer_printf(out, "%s%s</h1>\n<span class='date'>Thứ hai, %zu/11/2026, 06:05 (GMT+7)</span>\n",
                  layout->title, buffer_text(&title), number % 20 + 1);
    buffer_printf(out, "%s<b>%s</b>", layout->lead, buffer_text(&lead));
    buffer_add_text(out, layout->lead[1] == 'h'   ? "</h2>"
                         : layout->lead[1] == 'd' ? "</div>"
                                                  : "</p>");
    add_body(&it, layout);
    buffer_printf(out, "%s<h3>Tin liên quan</h3>", layout->related);
    add_links(&it, 4, 7);
    buffer_add_text(out, "</div>\n<aside class='sidebar'>");
    add_links(&it, TEASERS, 7);
    buffer_add_text(
        out,
        "</aside></div><footer><p>Báo Ví Dụ. Giấy phép số 01/GP.</p></footer></body></html>\n");
    buffer_fini(&title);
    buffer_fini(&lead);
}

static void
write_page(const char *folder, size_t number, struct span bytes)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/%zu.html", folder, number);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(bytes.at, 1, bytes.len, file) != bytes.len || fclose(file) != 0)
        give_up(path, "can't be written");
}

static void
read_packed(const char *path, struct buffer *out)
{
    enum { STEP = 65536 };
    gzFile file = gzopen(path, "rb");
    if (file == NULL)
        give_up(path, "can't be read");
    for (int got = 1; got > 0;) {
        got = gzread(file, buffer_reserve(out, STEP), STEP);
        if (got < 0)
            give_up(path, "is no gzip");
        buffer_grew(out, (size_t)got);
    }
    gzclose(file);
}

static bool
is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* The bytes of the tag, style or script that `rest` begins with; 0: it is text. */
static size_t
markup_length(struct span rest)
{
    static const char *const ends[][2] = { { "<script", "</script" }, { "<style", "</style" } };
    size_t end = 0;
    if (rest.at[0] != '<')
        return 0;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (span_starts(rest, span_of(ends[i][0])) && span_find(rest, span_of(ends[i][1]), &end))
            return end;
    return span_find_char(rest, '>', &end) ? end + 1 : rest.len;
}

/* It says which story this is: the same in all copies. */
static bool
tells_identity(struct span markup)
{
    static const char *const names[] = { "canonical", "og:url", "og:title", "twitter:title",
                                         "ld+json" };
    size_t at;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (span_find(markup, span_of(names[i]), &at))
            return true;
    return false;
}

/* Another story of the same shape: half its longer words are others, and it names no address. */
static void
vary(const struct prose *prose, uint64_t number, struct span page, struct buffer *out)
{
    struct dice dice = dice_of(1, number);
    enum { SHORT = 4 };
    while (page.len > 0) {
        size_t len = markup_length(page);
        bool text = len == 0;
        while (text && len < page.len && is_letter(page.at[len]))
            len++;
        len = len == 0 ? 1 : len;
        struct span part = span_first(page, len);
        if (text && len >= SHORT && dice_roll(&dice, 2) == 0)
            prose_words(prose, &dice, 1, out);
        else if (text || !tells_identity(part))
            buffer_add(out, part);
        page = span_skip(page, len);
    }
}

static void
make_copies(const char *folder, size_t count, const char *from, const struct prose *prose)
{
    char pattern[PATH_BYTES];
    glob_t found;
    snprintf(pattern, sizeof pattern, "%s/html/*.html.gz", from);
    if (glob(pattern, 0, NULL, &found) != 0)
        give_up(pattern, "there are none");
    for (size_t i = 0; i < count; i++) {
        struct buffer page = BUFFER_EMPTY, other = BUFFER_EMPTY;
        read_packed(found.gl_pathv[i % found.gl_pathc], &page);
        vary(prose, i, buffer_span(&page), &other);
        write_page(folder, i, buffer_span(&other));
        buffer_fini(&page);
        buffer_fini(&other);
    }
    globfree(&found);
}

static void
make(const char *folder, size_t count, const char *from)
{
    uint64_t seed = 1;
    bool copies = from != NULL && !span_number(span_of(from), MANY, &seed);
    struct prose *prose = prose_new(seed);
    struct buffer page = BUFFER_EMPTY;
    if (copies)
        make_copies(folder, count, from, prose);
    for (size_t i = 0; !copies && i < count; i++) {
        buffer_clear(&page);
        make_page(prose, seed, i, &page);
        write_page(folder, i, buffer_span(&page));
    }
    buffer_fini(&page);
    prose_free(prose);
}

static void
parse(const char *path)
{
    struct buffer bytes = BUFFER_EMPTY;
    if (file_read(AT_FDCWD, path, PAGE_BYTES_MAX, &bytes) != STATUS_OK)
        give_up(path, "can't be read");
    xmlDoc *document = htmlReadMemory(bytes.at, (int)bytes.len, NULL, NULL,
                                      HTML_PARSE_RECOVER | HTML_PARSE_NOERROR |
                                          HTML_PARSE_NOWARNING | HTML_PARSE_NONET);
    if (document == NULL)
        give_up(path, "libxml2 makes nothing of it");
    xmlFreeDoc(document);
    buffer_fini(&bytes);
}

int
main(int argc, char **argv)
{
    uint64_t count;
    if (argc >= 4 && strcmp(argv[1], "make") == 0 && span_number(span_of(argv[3]), MANY, &count))
        make(argv[2], count, argv[4]);
    else if (argc > 2 && strcmp(argv[1], "parse") == 0)
        for (int i = 2; i < argc; i++)
            parse(argv[i]);
    else
        give_up("usage", "make FOLDER COUNT [SEED|PAGES], or parse FILE...");
    return 0;
}
