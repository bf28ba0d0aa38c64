/* SPDX-License-Identifier: ISC */
#include "wire/origins.h"

#include <string.h>

enum { OK = 200, TOO_MANY = 429, SERVER_ERROR = 500, PORT_HTTP = 80, PORT_HTTPS = 443 };

static struct span
name_of(const struct uri *uri, struct region *region)
{
    bool secure = span_equal_nocase(uri->scheme, SPAN("https"));
    bool six = uri->host_kind == URI_HOST_IPV6;
    return region_printf(region, "%s://%s%.*s%s:%u", secure ? "https" : "http", six ? "[" : "",
                         SPAN_ARG(uri->host), six ? "]" : "",
                         uri_port(uri, secure ? PORT_HTTPS : PORT_HTTP));
}

static bool
is_allowed_alike(const struct origin *origin, const struct guard *guard)
{
    if (origin->allowed_count != guard->allowed_count)
        return false;
    for (size_t i = 0; i < guard->allowed_count; i++) {
        const struct guard_allowance *one = &origin->allowed[i], *other = &guard->allowed[i];
        if (one->port != other->port ||
            memcmp(one->address.bytes, other->address.bytes, sizeof one->address.bytes) != 0)
            return false;
    }
    return true;
}

static struct guard_allowance *
copy_allowed(const struct guard *guard, struct region *region)
{
    struct guard_allowance *copy = region_array(region, guard->allowed_count, sizeof *copy);
    for (size_t i = 0; i < guard->allowed_count; i++)
        copy[i] = guard->allowed[i];
    return copy;
}

struct origin *
origin_of(struct origin **list, const struct uri *uri, const struct guard *guard,
          struct region *region)
{
    struct span name = name_of(uri, region);
    for (struct origin *origin = *list; origin != NULL; origin = origin->next)
        if (span_equal_nocase(origin->name, name) && is_allowed_alike(origin, guard))
            return origin;
    struct origin *origin = region_alloc(region, sizeof *origin);
    *origin = (struct origin){ .name = name,
                               .allowed = copy_allowed(guard, region),
                               .allowed_count = guard->allowed_count,
                               .next = *list };
    *list = origin;
    return origin;
}

/* What is not there forbids nothing; what can't be reached forbids all. Where we may not connect,
 * the page's own address will say so. */
void
origin_learn(struct origin *origin, const struct fetch_result *answer, struct region *region)
{
    bool answered = answer->end == FETCH_ANSWERED;
    bool closed = answered ? answer->status == TOO_MANY || answer->status >= SERVER_ERROR
                           : answer->end != FETCH_REFUSED;
    origin->state = closed ? ORIGIN_CLOSED : ORIGIN_KNOWN;
    origin->why = "";
    if (answered && answer->status == OK)
        robots_parse(region_copy(region, answer->body), SPAN("songtu"), region, &origin->robots);
    else if (answered && closed)
        origin->why = region_printf(region, "status %d", answer->status).at;
    else if (closed)
        origin->why = region_printf(region, "%s", answer->why).at;
}

struct span
origin_robots(const struct origin *origin, struct region *region)
{
    return region_printf(region, "%.*s/robots.txt", SPAN_ARG(origin->name));
}

bool
origin_allows(const struct origin *origin, const struct uri *uri)
{
    struct buffer target = BUFFER_EMPTY;
    buffer_add(&target, uri->path.len > 0 ? uri->path : SPAN("/"));
    if (uri->query.at != NULL)
        buffer_add_char(&target, '?');
    buffer_add(&target, uri->query);
    bool allowed = robots_allows(&origin->robots, buffer_span(&target));
    buffer_fini(&target);
    return allowed;
}
