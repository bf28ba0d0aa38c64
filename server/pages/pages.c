/* SPDX-License-Identifier: ISC */
#include "pages/pages.h"

#include "pages/sheet.h"
#include "story/gemtext.h"

static struct spans
behind(struct spans spans, size_t count)
{
    return (struct spans){ spans.at + count, spans.count - count };
}

static struct reply
absent(struct sheet *sheet)
{
    return sheet_words(sheet, ANSWER_ABSENT, "not_found");
}

static struct reply
hand_answer(struct sheet *sheet, struct span name)
{
    struct record page;
    enum status status = archive_find_page(sheet->archive, name, sheet->region, &page);
    if (status != STATUS_OK)
        return sheet_failed(sheet, status);
    if (page.lang.len > 0)
        sheet->lang = page.lang;
    gemtext_add_heading(&sheet->text, 1, page.title);
    gemtext_add_blank(&sheet->text);
    buffer_add(&sheet->text, page.body);
    sheet_home(sheet);
    return sheet_reply(sheet, PAGE_HAND, page.title,
                       region_printf(sheet->region, "/%.*s", SPAN_ARG(name)));
}

/* What every scope has, at these names; slug_is_valid_for_term keeps terms from having them. */
static const struct facet {
    const char *name;
    struct reply (*answer)(struct sheet *sheet, struct scope scope, struct spans rest);
} facets[] = {
    { "archive", periods_answer },
    { "atom.xml", atom_answer },
    { "feed", gemfeed_answer },
};

static const struct facet *
facet_of(struct spans path)
{
    for (size_t i = 0; path.count > 0 && i < sizeof facets / sizeof *facets; i++)
        if (span_equal(path.at[0], span_of(facets[i].name)))
            return &facets[i];
    return NULL;
}

/* What stands behind a term: its page, or one of its facets. */
static struct reply
scope_answer(struct sheet *sheet, struct scope scope, struct spans rest)
{
    const struct facet *facet = facet_of(rest);
    if (rest.count == 0)
        return section_answer(sheet, scope);
    return facet != NULL ? facet->answer(sheet, scope, behind(rest, 1)) : absent(sheet);
}

/* A further part of a long list of terms: no slug is a number. 0: it is none. */
static uint64_t
terms_part(struct spans path)
{
    enum { MOST = 9999 };
    uint64_t part = 0;
    bool is_part = path.count == 1 && path.at[0].len > 0 && path.at[0].at[0] != '0' &&
                   span_number(path.at[0], MOST, &part);
    return is_part && part > 1 ? part : 0;
}

static struct reply
city_answer(struct sheet *sheet, struct spans path)
{
    struct scope scope = { .city = path.count > 0 ? path.at[0] : SPAN("") };
    if (path.count == 0 || terms_part(path) > 0)
        return terms_answer(sheet, CITY, path.count == 0 ? 1 : terms_part(path));
    path = behind(path, 1);
    if (path.count > 0 && facet_of(path) == NULL) {
        scope.theme = path.at[0];
        path = behind(path, 1);
    }
    return scope_answer(sheet, scope, path);
}

static struct reply
theme_answer(struct sheet *sheet, struct spans path)
{
    if (path.count == 0 || terms_part(path) > 0)
        return terms_answer(sheet, THEME, path.count == 0 ? 1 : terms_part(path));
    return scope_answer(sheet, (struct scope){ .theme = path.at[0] }, behind(path, 1));
}

static struct reply
archive_answer(struct sheet *sheet, struct spans path)
{
    return periods_answer(sheet, (struct scope){ 0 }, path);
}

static struct reply
atom_route(struct sheet *sheet, struct spans path)
{
    return atom_answer(sheet, (struct scope){ 0 }, path);
}

static struct reply
gemfeed_route(struct sheet *sheet, struct spans path)
{
    return gemfeed_answer(sheet, (struct scope){ 0 }, path);
}

static struct reply
story_answer(struct sheet *sheet, struct spans path)
{
    return path.count == 1 ? article_answer(sheet, path.at[0]) : absent(sheet);
}

static struct reply
favicon_answer(struct sheet *sheet, struct spans path)
{
    struct span name = SPAN("favicon.txt");
    return path.count == 0 ? files_answer(sheet, (struct spans){ &name, 1 }) : absent(sheet);
}

/* Where there is none, Gopher makes one of what it knows. */
static struct reply
caps_answer(struct sheet *sheet, struct spans path)
{
    struct span name = SPAN("caps.txt");
    return path.count == 0 ? files_answer(sheet, (struct spans){ &name, 1 }) : absent(sheet);
}

static struct reply
robots_route(struct sheet *sheet, struct spans path)
{
    return path.count == 0 ? robots_answer(sheet) : absent(sheet);
}

static struct reply
sitemap_route(struct sheet *sheet, struct spans path)
{
    return path.count == 0 ? sitemap_answer(sheet, path) : absent(sheet);
}

static struct reply
sitemap_part(struct sheet *sheet, struct spans path)
{
    return path.count == 1 ? sitemap_answer(sheet, path) : absent(sheet);
}

static const struct route {
    const char *name;                                               /* the first segment */
    struct reply (*answer)(struct sheet *sheet, struct spans path); /* what is behind it */
    enum {
        OF_PAGES,
        OF_FOLDER, /* with nothing behind it the address ends in a slash */
        OF_FILES,  /* no address ends in one */
        OF_INPUT,  /* a redirect would lose what was typed */
    } kind;
} routes[] = {
    { "archive", archive_answer, OF_FOLDER },    { "atom.xml", atom_route, OF_PAGES },
    { "caps.txt", caps_answer, OF_FILES },       { "city", city_answer, OF_FOLDER },
    { "favicon.txt", favicon_answer, OF_FILES }, { "feed", gemfeed_route, OF_PAGES },
    { "files", files_answer, OF_FILES },         { "robots.txt", robots_route, OF_FILES },
    { "search", results_answer, OF_INPUT },      { "sitemap", sitemap_part, OF_PAGES },
    { "sitemap.xml", sitemap_route, OF_PAGES },  { "story", story_answer, OF_PAGES },
    { "theme", theme_answer, OF_FOLDER },
};

/* The one address of each page: a list of terms or years ends in a slash, the others do not. */
static bool
ends_in_slash(struct spans path, const struct route *route)
{
    bool is_folder = route != NULL && route->kind == OF_FOLDER;
    return path.count == 0 ||
           (is_folder && (path.count == 1 || span_equal(path.at[path.count - 1], SPAN("archive"))));
}

static bool
is_canonical(const struct request *request, const struct route *route)
{
    return (route != NULL && route->kind == OF_INPUT) ||
           request->slash == ends_in_slash(request->segments, route);
}

static struct span
other_form(struct sheet *sheet, const struct request *request)
{
    struct buffer path = BUFFER_EMPTY;
    for (size_t i = 0; i < request->segments.count; i++)
        buffer_printf(&path, "/%.*s", SPAN_ARG(request->segments.at[i]));
    if (!request->slash)
        buffer_add_char(&path, '/');
    struct span copy = region_copy(sheet->region, buffer_span(&path));
    buffer_fini(&path);
    return copy;
}

static const struct route *
route_of(const struct request *request)
{
    const struct spans path = request->segments;
    for (size_t i = 0; path.count > 0 && i < sizeof routes / sizeof *routes; i++)
        if (span_equal(path.at[0], span_of(routes[i].name)))
            return &routes[i];
    return NULL;
}

static struct reply
dispatch(struct sheet *sheet, const struct request *request)
{
    const struct spans path = request->segments;
    const struct route *route = route_of(request);
    if (path.count == 0)
        return front_answer(sheet);
    if (route != NULL && route->kind == OF_FILES && request->slash)
        return absent(sheet);
    struct reply reply = route != NULL     ? route->answer(sheet, behind(path, 1))
                         : path.count == 1 ? hand_answer(sheet, path.at[0])
                                           : absent(sheet);
    bool found = reply.answer == ANSWER_PAGE ||
                 (reply.answer == ANSWER_FILE && route != NULL && route->kind != OF_FILES);
    if (found && !is_canonical(request, route))
        return sheet_moved(sheet, other_form(sheet, request));
    return reply;
}

/* Asks the archive, as it is after one round. */
static struct reply
ask(struct sheet *sheet, const struct request *request)
{
    struct cache *cache = sheet->capsule->cache;
    struct reply reply;
    enum status status = archive_begin(sheet->archive);
    if (status != STATUS_OK)
        return sheet_failed(sheet, status == STATUS_ABSENT ? STATUS_FAILED : status);
    cache_renew(cache, archive_round(sheet->archive));
    if (!cache_find(cache, request, &reply)) {
        reply = dispatch(sheet, request);
        reply.clothes = cache_keep(cache, request, &reply);
    }
    archive_end(sheet->archive);
    return reply;
}

static struct reply
answer(const struct capsule *capsule, struct archive *archive, const struct request *request,
       struct region *region)
{
    struct sheet sheet = { .capsule = capsule,
                           .archive = archive,
                           .region = region,
                           .request = request,
                           .lang = capsule->lang,
                           .text = BUFFER_EMPTY };
    const struct route *route = route_of(request);
    struct reply reply;
    if (route != NULL && route->kind == OF_FILES)
        reply = dispatch(&sheet, request); /* the archive knows nothing of files */
    else if (!cache_find(capsule->cache, request, &reply))
        reply = ask(&sheet, request);
    buffer_fini(&sheet.text);
    return reply;
}

struct reply
pages_answer(const struct capsule *capsule, struct archive *archive, const struct request *request,
             int64_t now, struct region *region)
{
    enum { MOVES_MOST = 2 };
    struct request loose = *request;
    struct reply reply;
    (void)now;
    if (!request->loose)
        return answer(capsule, archive, request, region);
    for (int moves = 0; moves <= MOVES_MOST; moves++) {
        loose.slash = ends_in_slash(loose.segments, route_of(&loose));
        reply = answer(capsule, archive, &loose, region);
        if (reply.answer != ANSWER_MOVED ||
            !request_from_path(reply.words, SPAN(""), false, region, &loose))
            break;
    }
    return reply;
}
