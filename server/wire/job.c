/* SPDX-License-Identifier: ISC */
#include "wire/job.h"

#include "wire/target.h"

enum { NOT_MODIFIED = 304 };

struct job *
job_new(const struct fetch_wish *wish, struct origin *robots_of)
{
    struct region *region = region_new();
    struct job *job = memory_new(sizeof *job);
    *job = (struct job){ .region = region, .wish = *wish, .robots_of = robots_of };
    job->wish.url = region_copy(region, wish->url);
    job->wish.validators = (struct validators){ region_copy(region, wish->validators.url),
                                                region_copy(region, wish->validators.etag),
                                                region_copy(region, wish->validators.modified) };
    job->url = job->wish.url;
    job->for_good = true;
    return job;
}

void
job_free(struct job *job)
{
    transfer_free(job->transfer);
    region_free(job->region);
    free(job);
}

/* `reference`, as it stands on the page at the job's URL, becomes that; without a fragment. */
static bool
lead(struct job *job, const struct uri *base, struct span reference, struct uri *uri,
     struct span *url)
{
    struct span target;
    size_t fragment;
    if (!target_resolve(base, reference, job->region, &target))
        return false;
    if (span_find_char(target, '#', &fragment))
        target.len = fragment;
    *url = region_copy(job->region, target);
    return uri_parse(*url, URI_STRICT, uri);
}

bool
job_begin(struct job *job)
{
    return lead(job, NULL, job->wish.url, &job->uri, &job->url);
}

static bool
is_conditional(const struct job *job)
{
    const struct validators *validators = &job->wish.validators;
    return span_equal(validators->url, job->url) &&
           (validators->etag.len > 0 || validators->modified.len > 0);
}

struct transfer_order
job_order(const struct job *job)
{
    bool conditional = is_conditional(job);
    bool page = job->wish.kind == FETCH_PAGE, robots = job->robots_of != NULL;
    return (struct transfer_order){
        .url = job->url,
        .etag = conditional ? job->wish.validators.etag : (struct span){ NULL, 0 },
        .modified = conditional ? job->wish.validators.modified : (struct span){ NULL, 0 },
        .most = robots ? FETCH_ROBOTS_MAX
                : page ? FETCH_PAGE_MAX
                       : FETCH_FEED_MAX,
        .cut = robots,
        .guard = &job->wish.guard,
    };
}

bool
job_is_redirected(const struct answer *answer)
{
    return answer->end == FETCH_ANSWERED && answer->location.len > 0 &&
           (answer->status == 301 || answer->status == 302 || answer->status == 303 ||
            answer->status == 307 || answer->status == 308);
}

const char *
job_redirect(struct job *job, const struct answer *answer)
{
    struct uri uri;
    struct span url;
    if (job->hops == FETCH_REDIRECTS_MAX)
        return "more than 5 redirects";
    if (!lead(job, &job->uri, answer->location, &uri, &url))
        return "a redirect to what is no address of the web";
    const char *why = guard_refuses_redirect(&job->wish.guard, &job->uri, &uri);
    job->seen[job->hops++] = job->url;
    for (size_t i = 0; why == NULL && i < job->hops; i++)
        if (span_equal(job->seen[i], url))
            why = "redirects in a circle";
    job->for_good = job->for_good && (answer->status == 301 || answer->status == 308);
    job->url = url;
    job->uri = uri;
    return why;
}

/* What a 304 does not repeat still holds. */
static struct validators
validators_of(const struct job *job, const struct answer *answer)
{
    const struct validators *old = &job->wish.validators;
    bool again = answer->status == NOT_MODIFIED && is_conditional(job);
    return (struct validators){
        .url = job->url,
        .etag = again && answer->etag.len == 0 ? old->etag : answer->etag,
        .modified = again && answer->modified.len == 0 ? old->modified : answer->modified,
    };
}

struct fetch_result
job_result(const struct job *job, const struct answer *answer)
{
    struct fetch_result result = { .end = answer->end, .status = answer->status };
    result.why = answer->why;
    if (answer->end == FETCH_REFUSED)
        result.refused = job->url;
    if (answer->end != FETCH_ANSWERED)
        return result;
    if (job->hops > 0 && job->for_good)
        result.moved = job->url;
    result.conditional = is_conditional(job);
    result.validators = validators_of(job, answer);
    result.type = answer->type;
    result.retry_after = answer->retry_after;
    result.cache_control = answer->cache_control;
    result.expires = answer->expires;
    result.date = answer->date;
    result.body = answer->body;
    return result;
}
