/* SPDX-License-Identifier: ISC */
#include "tool/crawl.h"

#include "archive/index.h"
#include "base/uri.h"
#include "pages/pages.h"
#include "protocol/gemini.h"
#include "story/gemtext.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, BUSY_TRIES = 4 };

struct crawl {
    struct region *region;
    struct origin origin;
    struct capsule capsule;
    struct archive *archive;
    struct span front; /* "gemini://example.org:1965" */
    void *tree;        /* of struct address, by url */
    struct address *first, *last;
    size_t count, asked;
    char folder[PATH_BYTES];
};

static void
on_progress(void *whom, size_t done, size_t all)
{
    (void)whom;
    tool_progress("indexing", done, all);
}

static enum status
make_folder(char into[PATH_BYTES], struct fault *fault)
{
    const char *where = getenv("TMPDIR");
    int len = snprintf(into, PATH_BYTES, "%s/songtu-check-XXXXXX", where != NULL ? where : "/tmp");
    if (len < PATH_BYTES && mkdtemp(into) != NULL)
        return STATUS_OK;
    fault_set(fault, 0, "no folder can be made for a while: %s: %s", into, strerror(errno));
    into[0] = '\0';
    return STATUS_FAILED;
}

static void
remove_folder(const char *path)
{
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlinkat(dirfd(folder), entry->d_name, 0);
    if (folder != NULL)
        closedir(folder);
    rmdir(path);
}

/* An archive made from nothing has nothing to note in moved.yaml: the content folder is only read.
 */
static enum status
make_archive(struct crawl *crawl, const struct crawl_options *options, struct fault *fault)
{
    const struct tool_options *tool = options->tool;
    struct index_options index = { .content = tool->content,
                                   .state = crawl->folder,
                                   .lang = tool->lang,
                                   .zone = tool->zone,
                                   .now = clock_now(),
                                   .report = options->report,
                                   .progress = on_progress,
                                   .whom = options->whom };
    struct index_summary summary;
    char path[PATH_BYTES + 16];
    enum status status = make_folder(crawl->folder, fault);
    if (status == STATUS_OK)
        status = index_round(&index, &summary, fault);
    snprintf(path, sizeof path, "%s/archive.db", crawl->folder);
    if (status == STATUS_OK && archive_open(path, &crawl->archive, fault) != STATUS_OK)
        status = STATUS_FAILED;
    return status;
}

enum status
crawl_open(const struct crawl_options *options, struct crawl **out, struct fault *fault)
{
    const struct tool_options *tool = options->tool;
    char files[PATH_BYTES];
    struct crawl *crawl = memory_new(sizeof *crawl);
    snprintf(files, sizeof files, "%s/files", tool->content);
    *crawl =
        (struct crawl){ .region = region_new(),
                        .origin = { tool->hosts, tool->port, true },
                        .capsule = { .lang = tool->lang,
                                     .title = tool->title,
                                     .labels = options->labels,
                                     .origin = &crawl->origin,
                                     .files = open(files, O_PATH | O_DIRECTORY | O_CLOEXEC) } };
    bool literal = span_has_char(tool->hosts.at[0], ':');
    crawl->front = region_printf(crawl->region, "gemini://%s%.*s%s:%u", literal ? "[" : "",
                                 SPAN_ARG(tool->hosts.at[0]), literal ? "]" : "",
                                 (unsigned)tool->port);
    enum status status = make_archive(crawl, options, fault);
    if (status == STATUS_OK)
        *out = crawl;
    else
        crawl_close(crawl);
    return status;
}

static void
leave(void *address)
{
    (void)address; /* it lies in the region */
}

void
crawl_close(struct crawl *crawl)
{
    if (crawl == NULL)
        return;
    tdestroy(crawl->tree, leave);
    archive_close(crawl->archive);
    if (crawl->capsule.files >= 0)
        close(crawl->capsule.files);
    if (crawl->folder[0] != '\0')
        remove_folder(crawl->folder);
    region_free(crawl->region);
    free(crawl);
}

static int
by_url(const void *left, const void *right)
{
    const struct address *a = left, *b = right;
    return span_compare(a->url, b->url);
}

/* The one record of an address, made where there is none. */
static struct address *
note(struct crawl *crawl, struct span url)
{
    struct address wanted = { .url = url };
    struct address *const *known = tfind(&wanted, &crawl->tree, by_url);
    if (known != NULL)
        return *known;
    struct address *made = region_alloc(crawl->region, sizeof *made);
    made->url = region_copy(crawl->region, url);
    if (tsearch(made, &crawl->tree, by_url) == NULL)
        memory_end();
    if (crawl->last != NULL)
        crawl->last->next = made;
    else
        crawl->first = made;
    crawl->last = made;
    crawl->count++;
    return made;
}

/* Host names are the same in any case, and with a last dot. */
static bool
is_ours(const struct crawl *crawl, const struct uri *uri)
{
    struct span host = uri->host;
    bool ours = false;
    if (span_ends(host, SPAN(".")))
        host.len--;
    for (size_t i = 0; i < crawl->origin.hosts.count; i++)
        ours = ours || span_equal_nocase(host, crawl->origin.hosts.at[i]);
    return ours && span_equal_nocase(uri->scheme, SPAN("gemini")) &&
           uri_port(uri, 1965) == crawl->origin.port;
}

/* The address a link leads to; NULL where that is not ours. */
static struct address *
resolve(struct crawl *crawl, struct span path, struct span target)
{
    struct buffer base = BUFFER_EMPTY, url = BUFFER_EMPTY;
    struct uri from, uri;
    struct address *address = NULL;
    buffer_add(&base, crawl->front);
    uri_encode(path, "/", &base);
    if (uri_parse(buffer_span(&base), URI_LENIENT, &from) && uri_resolve(&from, target, &url) &&
        uri_parse(buffer_span(&url), URI_LENIENT, &uri) && is_ours(crawl, &uri))
        address = note(crawl, buffer_span(&url));
    buffer_fini(&base);
    buffer_fini(&url);
    return address;
}

/* Asks as a reader would: through the protocol, down to the last rule of it. */
static struct reply
answer(struct crawl *crawl, struct span url, struct region *region)
{
    struct question question;
    struct span line = region_printf(region, "%.*s\r\n", SPAN_ARG(url));
    if (gemini_parse(line, SPAN(""), &crawl->origin, region, &question) != PARSED_WHOLE)
        return (struct reply){ .answer = ANSWER_BAD };
    if (question.refused)
        return (struct reply){ .answer = question.refused ? ANSWER_REFUSED : ANSWER_ABSENT };
    struct reply reply = pages_answer(&crawl->capsule, crawl->archive, &question.request,
                                      clock_now(), region);
    if (reply.answer == ANSWER_FILE && reply.file.descriptor >= 0)
        close(reply.file.descriptor);
    return reply;
}

static struct reply
ask(struct crawl *crawl, struct address *address, struct region *region)
{
    struct reply reply;
    int tries = 0;
    do /* a query is capped in time, and this machine may be busy with other things */
        reply = answer(crawl, address->url, region);
    while (reply.answer == ANSWER_BUSY && ++tries < BUSY_TRIES);
    crawl->asked += address->code == 0;
    address->code = reply_code(&reply);
    if (reply.answer == ANSWER_MOVED) {
        struct buffer path = BUFFER_EMPTY;
        uri_encode(reply.words, "/", &path);
        address->moved_to = region_copy(crawl->region, buffer_span(&path));
        buffer_fini(&path);
    }
    if (reply.answer == ANSWER_FILE)
        address->mime = region_copy(crawl->region, reply.file.mime);
    return reply;
}

struct address *
crawl_ask(struct crawl *crawl, struct span path, struct span target)
{
    struct address *address = resolve(crawl, path, target);
    if (address != NULL && address->code == 0) {
        struct region *region = region_new();
        ask(crawl, address, region);
        region_free(region);
    }
    return address;
}

static void
follow(struct crawl *crawl, const struct page *page)
{
    struct gemtext walk = gemtext_walk(page->text);
    struct gemline line;
    while (gemtext_next(&walk, &line)) {
        struct address *address = line.kind == GEMLINE_LINK
                                      ? resolve(crawl, page->address, line.target)
                                      : NULL;
        if (address == NULL || address->from.len > 0)
            continue;
        address->from = region_copy(crawl->region, page->address);
        address->target = region_copy(crawl->region, line.target);
        address->line = line.number;
    }
}

struct address *
crawl_all(struct crawl *crawl, const volatile int *stop)
{
    size_t done = 0;
    resolve(crawl, SPAN("/"), SPAN("/"));
    for (struct address *at = crawl->first; at != NULL && !*stop; at = at->next) {
        struct region *region = region_new();
        struct reply reply = ask(crawl, at, region);
        if (reply.answer == ANSWER_PAGE)
            follow(crawl, &reply.page);
        region_free(region);
        tool_progress("asking", ++done, crawl->count);
    }
    return crawl->first;
}

size_t
crawl_count(const struct crawl *crawl)
{
    return crawl->asked;
}
