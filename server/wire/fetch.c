/* SPDX-License-Identifier: ISC */
#include "wire/fetch.h"

#include "base/clock.h"
#include "wire/manners.h"
#include "wire/origins.h"
#include "wire/target.h"
#include "wire/transfer.h"

#include <ifaddrs.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { OK = 200, NOT_MODIFIED = 304, TOO_MANY = 429, POLL_MOST = 500, CONNECTIONS = 8 };
enum { WHY_BYTES = 240 };

const struct fetch_limits fetch_manners = {
    .connect = 10 * 1000,
    .first_byte = 20 * 1000,
    .total = 60 * 1000,
    .slow_rate = 1024,
    .slow_time = 30,
    .pause = 2 * 1000,
    .pause_most = 30 * 1000,
    .hosts = 4,
};

/* A wish on its way, or the robots.txt that one waits for. */
struct job {
    struct region *region;
    struct fetch_wish wish;
    struct origin *robots_of; /* NULL: a wish */
    struct span url;          /* asked now; its host is where it waits */
    struct uri uri;
    struct span seen[FETCH_REDIRECTS_MAX];
    size_t hops;
    bool for_good;
    struct transfer *transfer;
    struct job *next;
};

struct fetch {
    CURLM *multi;
    struct region *region;
    const struct fetch_limits *limits;
    const char *agent, *ca;
    struct guard_address *own;
    size_t own_count;
    struct manners *manners;
    struct origin *origins;
    struct span_list held;
    struct job *arrived, **last; /* not yet looked at */
    struct job **running;
    size_t running_count, unfinished;
    volatile sig_atomic_t stopped;
};

static void job_ask(struct fetch *fetch, struct job *job);

/* Ends the job and tells whoever wished it. */
static void
job_finish(struct fetch *fetch, struct job *job, struct fetch_result *result)
{
    result->asked = job->wish.url;
    if (result->url.at == NULL)
        result->url = job->url;
    if (result->why == NULL)
        result->why = "";
    if (job->robots_of == NULL) {
        job->wish.done(job->wish.whom, result);
    } else {
        struct job *waiting = job->robots_of->waiting;
        origin_learn(job->robots_of, result, fetch->region);
        job->robots_of->waiting = NULL;
        while (waiting != NULL) {
            struct job *next = waiting->next;
            job_ask(fetch, waiting);
            waiting = next;
        }
    }
    fetch->unfinished--;
    transfer_free(job->transfer);
    region_free(job->region);
    free(job);
}

static void
job_fail(struct fetch *fetch, struct job *job, enum fetch_end end, const char *why)
{
    struct fetch_result result = { .end = end, .why = why };
    if (end == FETCH_REFUSED)
        result.refused = job->url;
    job_finish(fetch, job, &result);
}

static struct job *
job_new(struct fetch *fetch, const struct fetch_wish *wish, struct origin *robots_of)
{
    struct region *region = region_new();
    struct job *job = memory_new(sizeof *job);
    *job = (struct job){ .region = region, .wish = *wish, .robots_of = robots_of };
    job->wish.url = region_copy(region, wish->url);
    job->wish.validators = (struct validators){ region_copy(region, wish->validators.url),
                                                region_copy(region, wish->validators.etag),
                                                region_copy(region, wish->validators.modified) };
    job->wish.guard.own = fetch->own;
    job->wish.guard.own_count = fetch->own_count;
    job->for_good = true;
    fetch->unfinished++;
    return job;
}

static bool
is_held(const struct fetch *fetch, struct span host)
{
    for (size_t i = 0; i < fetch->held.spans.count; i++)
        if (span_equal_nocase(fetch->held.spans.at[i], host))
            return true;
    return false;
}

/* The origin's robots.txt comes first; then the job is asked again. */
static void
wait_for_robots(struct fetch *fetch, struct job *job, struct origin *origin)
{
    struct fetch_wish wish = { .kind = FETCH_FEED, .guard = job->wish.guard };
    bool unasked = origin->state == ORIGIN_UNASKED;
    struct job **last = &origin->waiting;
    while (*last != NULL)
        last = &(*last)->next;
    *last = job;
    origin->state = ORIGIN_ASKED;
    if (!unasked)
        return;
    wish.url = origin_robots(origin, fetch->region);
    struct job *robots = job_new(fetch, &wish, origin);
    robots->url = robots->wish.url;
    uri_parse(robots->url, URI_STRICT, &robots->uri);
    job_ask(fetch, robots);
}

/* false: the job waits, or has ended. */
static bool
may_read(struct fetch *fetch, struct job *job)
{
    if (job->robots_of != NULL || job->wish.kind != FETCH_PAGE)
        return true;
    struct origin *origin = origin_of(&fetch->origins, &job->uri, &job->wish.guard, fetch->region);
    char why[WHY_BYTES];
    switch (origin->state) {
    case ORIGIN_UNASKED:
    case ORIGIN_ASKED:
        wait_for_robots(fetch, job, origin);
        return false;
    case ORIGIN_CLOSED:
        snprintf(why, sizeof why, "robots.txt could not be had: %s", origin->why);
        job_fail(fetch, job, FETCH_UNREACHABLE, why);
        return false;
    case ORIGIN_KNOWN:
        break;
    }
    if (!origin_allows(origin, &job->uri)) {
        job_fail(fetch, job, FETCH_FORBIDDEN, "robots.txt forbids it");
        return false;
    }
    if (origin->robots.delay > 0 && origin->robots.delay <= fetch->limits->pause_most)
        manners_slow(fetch->manners, job->uri.host, origin->robots.delay);
    return true;
}

/* Where job->url may be asked for, the job waits for its turn. */
static void
job_ask(struct fetch *fetch, struct job *job)
{
    const char *why = guard_refuses_url(&job->wish.guard, &job->uri);
    job->next = NULL;
    if (why != NULL)
        job_fail(fetch, job, FETCH_REFUSED, why);
    else if (may_read(fetch, job))
        manners_add(fetch->manners, job->uri.host, job->hops > 0 || job->robots_of != NULL, job);
}

/* `reference`, as it stands on the page at the job's URL, becomes that; without a fragment. */
static bool
job_lead(struct job *job, const struct uri *base, struct span reference, struct uri *uri,
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

static void
take_arrived(struct fetch *fetch)
{
    while (fetch->arrived != NULL) {
        struct job *job = fetch->arrived;
        fetch->arrived = job->next;
        if (fetch->arrived == NULL)
            fetch->last = &fetch->arrived;
        if (job_lead(job, NULL, job->wish.url, &job->uri, &job->url)) {
            job_ask(fetch, job);
        } else {
            job->url = job->wish.url;
            job_fail(fetch, job, FETCH_REFUSED, "no address of the web");
        }
    }
}

/* The site wants a longer pause than a round lasts: one page a round. */
static bool
is_spent(struct fetch *fetch, struct job *job)
{
    if (job->robots_of != NULL || job->wish.kind != FETCH_PAGE)
        return false;
    struct origin *origin = origin_of(&fetch->origins, &job->uri, &job->wish.guard, fetch->region);
    bool spent = origin->spent;
    origin->spent = origin->robots.delay > fetch->limits->pause_most;
    return spent;
}

static bool
is_conditional(const struct job *job)
{
    const struct validators *validators = &job->wish.validators;
    return span_equal(validators->url, job->url) &&
           (validators->etag.len > 0 || validators->modified.len > 0);
}

static struct transfer_order
order_of(const struct fetch *fetch, const struct job *job)
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
        .limits = fetch->limits,
        .agent = fetch->agent,
        .ca = fetch->ca,
    };
}

static void
job_start(struct fetch *fetch, struct job *job, int64_t now)
{
    struct transfer_order order = order_of(fetch, job);
    const char *why = is_held(fetch, job->uri.host) ? "its host asked us to stay away"
                      : is_spent(fetch, job)        ? "its site wants a longer pause between pages"
                                                    : NULL;
    if (why != NULL) {
        manners_done(fetch->manners, job->uri.host, now - fetch->limits->pause);
        job_fail(fetch, job, FETCH_HELD, why);
        return;
    }
    if (transfer_new(&order, job, now, &job->transfer) != STATUS_OK ||
        curl_multi_add_handle(fetch->multi, transfer_handle(job->transfer)) != CURLM_OK)
        memory_end();
    fetch->running[fetch->running_count++] = job;
}

/* In milliseconds the next job may begin; -1: not before something has happened. */
static int64_t
start_ready(struct fetch *fetch)
{
    int64_t wait = -1, now = clock_monotonic();
    struct job *job;
    while ((job = manners_next(fetch->manners, now, &wait)) != NULL)
        job_start(fetch, job, now);
    return wait;
}

static bool
is_redirect(const struct answer *answer)
{
    return answer->end == FETCH_ANSWERED && answer->location.len > 0 &&
           (answer->status == 301 || answer->status == 302 || answer->status == 303 ||
            answer->status == 307 || answer->status == 308);
}

/* NULL: the job goes on at where the answer leads. Else why not. */
static const char *
job_redirect(struct job *job, const struct answer *answer)
{
    struct uri uri;
    struct span url;
    if (job->hops == FETCH_REDIRECTS_MAX)
        return "more than 5 redirects";
    if (!job_lead(job, &job->uri, answer->location, &uri, &url))
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

static struct fetch_result
result_of(const struct job *job, const struct answer *answer)
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

/* The answer to one question of the job's: the end, or the way on. */
static void
job_answered(struct fetch *fetch, struct job *job, const struct answer *answer)
{
    const char *why = NULL;
    if (answer->status == TOO_MANY && guard_is_public_name(&job->uri))
        fetch_hold(fetch, job->uri.host);
    if (is_redirect(answer) && (why = job_redirect(job, answer)) == NULL) {
        transfer_free(job->transfer);
        job->transfer = NULL;
        job_ask(fetch, job);
    } else if (why != NULL) {
        struct fetch_result result = { .end = FETCH_REFUSED, .why = why, .refused = job->url };
        result.status = answer->status;
        job_finish(fetch, job, &result);
    } else {
        struct fetch_result result = result_of(job, answer);
        job_finish(fetch, job, &result);
    }
}

/* Takes the job off the loop: its host rests now. */
static void
job_leave(struct fetch *fetch, struct job *job)
{
    size_t at = 0;
    while (fetch->running[at] != job)
        at++;
    fetch->running[at] = fetch->running[--fetch->running_count];
    curl_multi_remove_handle(fetch->multi, transfer_handle(job->transfer));
    manners_done(fetch->manners, job->uri.host, clock_monotonic());
}

static void
collect(struct fetch *fetch)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(fetch->multi, &left)) != NULL) {
        CURLcode code = message->data.result;
        char *whose = NULL;
        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &whose);
        struct job *job = (struct job *)(void *)whose;
        struct answer answer;
        job_leave(fetch, job);
        transfer_end(job->transfer, code, &answer);
        job_answered(fetch, job, &answer);
    }
}

/* Gives up who has not said a word; in how many milliseconds the next would be. */
static int64_t
give_up(struct fetch *fetch)
{
    int64_t now = clock_monotonic(), soonest = POLL_MOST;
    for (size_t i = 0; i < fetch->running_count; i++) {
        struct job *job = fetch->running[i];
        int64_t patience = transfer_patience(job->transfer, now);
        struct answer answer;
        if (patience > 0) {
            soonest = patience < soonest ? patience : soonest;
            continue;
        }
        job_leave(fetch, job);
        transfer_give_up(job->transfer, &answer);
        job_answered(fetch, job, &answer);
        return 0; /* the list is another */
    }
    return soonest;
}

static void
stop_job(struct fetch *fetch, struct job *job)
{
    job->robots_of = NULL; /* nobody is asked again */
    if (job->wish.done != NULL) {
        job_fail(fetch, job, FETCH_STOPPED, "the round was ended");
        return;
    }
    fetch->unfinished--;
    transfer_free(job->transfer);
    region_free(job->region);
    free(job);
}

static struct job *
take_any(struct fetch *fetch)
{
    struct job *job = fetch->arrived;
    if (fetch->running_count > 0) {
        job = fetch->running[0];
        job_leave(fetch, job);
        return job;
    }
    if (job != NULL) {
        fetch->arrived = job->next;
        if (fetch->arrived == NULL)
            fetch->last = &fetch->arrived;
        return job;
    }
    for (struct origin *origin = fetch->origins; origin != NULL; origin = origin->next)
        if ((job = origin->waiting) != NULL) {
            origin->waiting = job->next;
            return job;
        }
    return manners_drop(fetch->manners);
}

enum status
fetch_run(struct fetch *fetch, struct fault *fault)
{
    CURLMcode code = CURLM_OK;
    int running;
    while (fetch->unfinished > 0 && !fetch->stopped && code == CURLM_OK) {
        take_arrived(fetch);
        int64_t wait = start_ready(fetch);
        int64_t patience = give_up(fetch);
        code = curl_multi_perform(fetch->multi, &running);
        collect(fetch);
        if (wait < 0 || wait > patience)
            wait = patience;
        if (code == CURLM_OK && fetch->unfinished > 0 && fetch->arrived == NULL)
            code = curl_multi_poll(fetch->multi, NULL, 0, (int)wait, NULL);
    }
    struct job *job;
    while ((fetch->stopped || code != CURLM_OK) && (job = take_any(fetch)) != NULL)
        stop_job(fetch, job);
    if (code == CURLM_OK)
        return STATUS_OK;
    fault_write(fault, 0, "fetching: %s", curl_multi_strerror(code));
    return STATUS_FAILED;
}

void
fetch_stop(struct fetch *fetch)
{
    fetch->stopped = 1;
}

void
fetch_hold(struct fetch *fetch, struct span host)
{
    span_list_add(&fetch->held, fetch->region, region_copy(fetch->region, host));
}

void
fetch_add(struct fetch *fetch, const struct fetch_wish *wish)
{
    struct job *job = job_new(fetch, wish, NULL);
    *fetch->last = job;
    fetch->last = &job->next;
}

/* Our own addresses: nobody out there may lead us to them. */
static void
learn_own(struct fetch *fetch)
{
    struct ifaddrs *list = NULL;
    size_t count = 0;
    uint16_t port;
    if (getifaddrs(&list) != 0)
        return;
    for (struct ifaddrs *one = list; one != NULL; one = one->ifa_next)
        count++;
    fetch->own = region_array(fetch->region, count + 1, sizeof *fetch->own);
    for (struct ifaddrs *one = list; one != NULL; one = one->ifa_next)
        if (one->ifa_addr != NULL &&
            guard_address_of(one->ifa_addr, &fetch->own[fetch->own_count], &port))
            fetch->own_count++;
    freeifaddrs(list);
}

/* It stands in a header, and within brackets there. */
static bool
is_contact(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] <= ' ' || text.at[i] > '~' || text.at[i] == '(' || text.at[i] == ')')
            return false;
    return text.len > 0;
}

enum status
fetch_open(const struct fetch_options *options, struct fetch **out, struct fault *fault)
{
    if (!is_contact(span_of(options->contact)))
        return fault_set(fault, 0, "contact must be an address, without spaces or brackets");
    if (options->ca != NULL && access(options->ca, R_OK) != 0)
        return fault_set(fault, 0, "%s can't be read: name a file of certificates", options->ca);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        fault_write(fault, 0, "libcurl does not start");
        return STATUS_FAILED;
    }
    struct region *region = region_new();
    struct fetch *fetch = region_alloc(region, sizeof *fetch);
    *fetch = (struct fetch){ .region = region, .multi = curl_multi_init() };
    if (fetch->multi == NULL)
        memory_end();
    fetch->limits = options->limits != NULL ? options->limits : &fetch_manners;
    fetch->agent = region_printf(region, "songtu/" SONGTU_VERSION " (+%s; feed importer)",
                                 options->contact)
                       .at;
    fetch->ca = options->ca != NULL ? region_printf(region, "%s", options->ca).at : NULL;
    fetch->manners = manners_new(fetch->limits->hosts, fetch->limits->pause);
    fetch->running = region_array(region, fetch->limits->hosts, sizeof(struct job *));
    fetch->last = &fetch->arrived;
    curl_multi_setopt(fetch->multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS);
    learn_own(fetch);
    *out = fetch;
    return STATUS_OK;
}

void
fetch_close(struct fetch *fetch)
{
    struct job *job;
    if (fetch == NULL)
        return;
    while ((job = take_any(fetch)) != NULL) {
        job->wish.done = NULL;
        stop_job(fetch, job);
    }
    curl_multi_cleanup(fetch->multi);
    manners_free(fetch->manners);
    region_free(fetch->region);
    curl_global_cleanup();
}
