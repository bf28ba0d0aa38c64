/* SPDX-License-Identifier: ISC */
#include "pages/web.h"

#include "base/file.h"
#include "base/hash.h"
#include "protocol/html.h"
#include "protocol/http.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { PACKED_FROM = 512 }; /* bytes: less is not worth it */

struct dressing {
    const struct web *web;
    const struct capsule *capsule;
    const struct request *request;
    struct region *region;
};

/* The capsule's words, in the page's language. */
static struct html_dress
dress_in(const struct dressing *dressing, struct span lang)
{
    const struct capsule *capsule = dressing->capsule;
    struct span title = capsule->title;
    return (struct html_dress){
        .base = capsule->web,
        .gemini = dressing->web->gemini,
        .title = title.len > 0 ? title : label(capsule->labels, lang, "masthead"),
        .skip = label(capsule->labels, lang, "skip"),
        .search = label(capsule->labels, lang, "search"),
        .prompt = label(capsule->labels, lang, "search_prompt"),
        .cities = label(capsule->labels, lang, "cities"),
        .themes = label(capsule->labels, lang, "themes"),
        .archive = label(capsule->labels, lang, "archive"),
    };
}

static struct block *
copy_block(struct span bytes)
{
    struct block *block = block_new(bytes.len);
    if (block == NULL)
        memory_end();
    memcpy(block->bytes, bytes.at, bytes.len);
    return block;
}

/* NULL: it is no smaller so. */
static struct block *
pack(struct span bytes)
{
    enum { GZIP = 15 + 16 };
    z_stream stream = { .next_in = (Bytef *)(uintptr_t)bytes.at, .avail_in = (uInt)bytes.len };
    struct block *block = NULL;
    char *packed = memory_new(bytes.len);
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP, 8, Z_DEFAULT_STRATEGY) !=
        Z_OK)
        memory_end();
    stream.next_out = (Bytef *)packed;
    stream.avail_out = (uInt)bytes.len;
    if (deflate(&stream, Z_FINISH) == Z_STREAM_END)
        block = copy_block((struct span){ packed, stream.total_out });
    deflateEnd(&stream);
    free(packed);
    return block;
}

static void
set_tag(struct clothes *clothes, struct span bytes)
{
    char hash[HASH_TEXT + 1];
    hash_text(bytes, hash);
    snprintf(clothes->tag, sizeof clothes->tag, "%.16s", hash);
}

/* Hands a block to the reply, and keeps it if there is room; it is the reply's to drop. */
static void
give(const struct dressing *dressing, struct reply *reply, struct block **kept, struct block *made)
{
    if (made != NULL)
        cache_dress(dressing->capsule->cache, kept, made);
    reply->file.block = made != NULL ? made : block_hold(*kept);
    reply->file.size = (off_t)reply->file.block->len;
    reply->file.bytes = SPAN("");
}

/* What is kept is given packed, plain as it was made, or is made now. `bytes`: plain. */
static void
dress_kept(const struct dressing *dressing, struct reply *reply, struct span bytes)
{
    struct clothes *clothes = reply->clothes;
    struct block *made = NULL;
    if (clothes->tag[0] == '\0')
        set_tag(clothes, bytes);
    reply->varies = true;
    reply->tag = span_of(clothes->tag);
    if (dressing->request->wishes.gzip && clothes->packed == NULL && bytes.len >= PACKED_FROM)
        made = pack(bytes);
    if (made != NULL || (dressing->request->wishes.gzip && clothes->packed != NULL)) {
        give(dressing, reply, &clothes->packed, made);
        reply->tag = region_printf(dressing->region, "%s-z", clothes->tag);
        reply->packed = true;
        return;
    }
    give(dressing, reply, &clothes->plain, clothes->plain == NULL ? copy_block(bytes) : NULL);
}

/* The page in plain HTML, as it was made before or in the region. */
static struct span
print_page(const struct dressing *dressing, const struct reply *reply)
{
    struct buffer html = BUFFER_EMPTY;
    struct html_dress dress = dress_in(dressing, reply->page.lang);
    html_print(&reply->page, &dress, &html);
    struct span copy = region_copy(dressing->region, buffer_span(&html));
    buffer_fini(&html);
    return copy;
}

static bool
is_made(const struct reply *reply, bool gzip)
{
    const struct clothes *clothes = reply->clothes;
    return clothes != NULL && (gzip ? clothes->packed : clothes->plain) != NULL;
}

static struct reply
dress_page(const struct dressing *dressing, struct reply reply)
{
    struct span html = SPAN("");
    if (!is_made(&reply, dressing->request->wishes.gzip))
        html = print_page(dressing, &reply);
    reply.answer = ANSWER_FILE;
    reply.file = (struct file_reply){ .descriptor = -1,
                                      .bytes = html,
                                      .size = (off_t)html.len,
                                      .mime = SPAN("text/html; charset=utf-8") };
    reply.changed = dressing->web->changed;
    if (reply.clothes != NULL)
        dress_kept(dressing, &reply, html);
    return reply;
}

/* Of whom no robot is turned away by name, is told where all stories are. */
static void
add_sitemap(const struct dressing *dressing, struct reply *reply)
{
    const struct spans path = dressing->request->segments;
    if (path.count != 1 || !span_equal(path.at[0], SPAN("robots.txt")))
        return;
    reply->file.bytes = region_printf(dressing->region, "%.*s\nSitemap: %.*s/sitemap.xml\n",
                                      SPAN_ARG(reply->file.bytes),
                                      SPAN_ARG(dressing->capsule->web));
    reply->file.size = (off_t)reply->file.bytes.len;
}

/* A file of the folder is told by when it was written, and its size. */
static void
set_mark(const struct dressing *dressing, struct reply *reply)
{
    struct file_mark mark = reply->file.mark;
    if (reply->file.descriptor >= 0 && !file_mark_open(reply->file.descriptor, &mark))
        return;
    reply->tag = region_printf(dressing->region, "%llx-%llx", mark.written, mark.size);
    reply->changed = mark.written / 1000000000;
}

static struct reply
dress_file(const struct dressing *dressing, struct reply reply)
{
    if (reply.file.descriptor >= 0 || reply.file.block != NULL) {
        set_mark(dressing, &reply);
        return reply;
    }
    reply.changed = dressing->web->changed;
    add_sitemap(dressing, &reply);
    if (reply.clothes != NULL)
        dress_kept(dressing, &reply, reply.file.bytes);
    return reply;
}

/* What is to be said to a person, on a page of its own. */
static struct reply
dress_words(const struct dressing *dressing, struct reply reply)
{
    struct buffer html = BUFFER_EMPTY;
    struct span lang = reply.lang.len > 0 ? reply.lang : dressing->capsule->lang;
    struct html_dress dress = dress_in(dressing, lang);
    html_print_words(reply.words, lang, &dress, &html);
    reply.file = (struct file_reply){ .descriptor = -1,
                                      .bytes = region_copy(dressing->region, buffer_span(&html)),
                                      .mime = SPAN("text/html; charset=utf-8") };
    buffer_fini(&html);
    return reply;
}

/* Only the head is sent: what was to follow is let go. */
static void
strip(struct reply *reply)
{
    if (reply->file.descriptor >= 0)
        close(reply->file.descriptor);
    block_drop(reply->file.block);
    reply->file.descriptor = -1;
    reply->file.block = NULL;
    reply->file.bytes = SPAN("");
}

static struct reply
dress(const struct dressing *dressing, struct reply reply)
{
    if (reply.answer == ANSWER_PAGE)
        return dress_page(dressing, reply);
    if (reply.answer == ANSWER_FILE)
        return dress_file(dressing, reply);
    return reply.answer == ANSWER_MOVED ? reply : dress_words(dressing, reply);
}

struct reply
web_answer(const struct web *web, const struct capsule *capsule, struct archive *archive,
           const struct request *request, int64_t now, struct region *region)
{
    struct dressing dressing = { web, capsule, request, region };
    struct reply reply = dress(&dressing, pages_answer(capsule, archive, request, now, region));
    bool same = reply.answer == ANSWER_FILE && http_has(&request->wishes, &reply);
    if (same || (request->wishes.bare && reply.answer == ANSWER_FILE))
        strip(&reply);
    reply.secure = web->secure;
    if (same)
        reply.answer = ANSWER_SAME;
    return reply;
}
