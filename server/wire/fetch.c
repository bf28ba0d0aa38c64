/* SPDX-License-Identifier: ISC */
#include "wire/fetch.h"

#include "base/clock.h"
#include "wire/job.h"
#include "wire/manners.h"
#include "wire/origins.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define HELD "its host asked us to stay away"

enum { TOO_MANY = 429, POLL_MOST = 500, CONNECTIONS = 8, WHY_BYTES = 240 };

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

struct fetch {
    CURLM *multi;
    struct region *region;
    const struct fetch_limits *limits;
    const char *agent, *ca;
    const struct guard_address *own;
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
    job_free(job);
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
add_job(struct fetch *fetch, const struct fetch_wish *wish, struct origin *robots_of)
{
    struct job *job = job_new(wish, robots_of);
    job->wish.guard.own = fetch->own;
    job->wish.guard.own_count = fetch->own_count;
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
    struct job *robots = add_job(fetch, &wish, origin);
    job_begin(robots); /* it leads somewhere, as the origin's pages do */
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
    else if (is_held(fetch, job->uri.host)) /* its robots.txt, too, is not asked for */
        job_fail(fetch, job, FETCH_HELD, HELD);
    else if (may_read(fetch, job))
        manners_add(fetch->manners, job->uri.host, job->hops > 0 || job->robots_of != NULL, job);
}

static void
take_arrived(struct fetch *fetch)
{
    while (fetch->arrived != NULL) {
        struct job *job = fetch->arrived;
        fetch->arrived = job->next;
        if (fetch->arrived == NULL)
            fetch->last = &fetch->arrived;
        if (job_begin(job))
            job_ask(fetch, job);
        else
            job_fail(fetch, job, FETCH_REFUSED, "no address of the web");
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

static void
job_start(struct fetch *fetch, struct job *job, int64_t now)
{
    struct transfer_order order = job_order(job);
    const char *why = is_held(fetch, job->uri.host) ? HELD
                      : is_spent(fetch, job)        ? "its site wants a longer pause between pages"
                                                    : NULL;
    if (why != NULL) {
        manners_done(fetch->manners, job->uri.host, now - fetch->limits->pause);
        job_fail(fetch, job, FETCH_HELD, why);
        return;
    }
    order.limits = fetch->limits;
    order.agent = fetch->agent;
    order.ca = fetch->ca;
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

/* The answer to one question of the job's: the end, or the way on. */
static void
job_answered(struct fetch *fetch, struct job *job, const struct answer *answer)
{
    const char *why = NULL;
    if (answer->status == TOO_MANY && guard_is_public_name(&job->uri))
        fetch_hold(fetch, job->uri.host);
    if (job_is_redirected(answer) && (why = job_redirect(job, answer)) == NULL) {
        transfer_free(job->transfer);
        job->transfer = NULL;
        job_ask(fetch, job);
    } else if (why != NULL) {
        struct fetch_result result = { .end = FETCH_REFUSED, .why = why, .refused = job->url };
        result.status = answer->status;
        job_finish(fetch, job, &result);
    } else {
        struct fetch_result result = job_result(job, answer);
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
    job_free(job);
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
        code = curl_multi_perform(fetch->multi, &running);
        collect(fetch);
        int64_t patience = give_up(fetch);
        take_arrived(fetch);
        int64_t wait = start_ready(fetch);
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
    struct job *job = add_job(fetch, wish, NULL);
    *fetch->last = job;
    fetch->last = &job->next;
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
    signal(SIGPIPE, SIG_IGN);
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
    fetch->own_count = guard_own(region, &fetch->own);
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
