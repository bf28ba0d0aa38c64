/* SPDX-License-Identifier: ISC */
/* job.h - a wish on its way: where it has been, what is asked next, what came of it. Pure. */
#pragma once

#include "wire/fetch.h"
#include "wire/transfer.h"

struct origin;

struct job {
    struct region *region;
    struct fetch_wish wish;   /* its spans are copies */
    struct origin *robots_of; /* whose robots.txt this is; NULL: a wish */
    struct span url;          /* asked now */
    struct uri uri;           /* of it; its host is where the job waits */
    struct span seen[FETCH_REDIRECTS_MAX];
    size_t hops;
    bool for_good; /* every redirect so far was */
    struct transfer *transfer;
    struct job *next; /* in whatever list it is */
};

struct job *job_new(const struct fetch_wish *wish, struct origin *robots_of);
void job_free(struct job *job);

/* Sets url and uri to where the wish leads; false: that is no address of the web. */
bool job_begin(struct job *job);
/* What is asked now; the limits and who asks are left open. */
struct transfer_order job_order(const struct job *job);
bool job_is_redirected(const struct answer *answer);
/* NULL: url and uri are where the answer leads. Else why that can't be. */
const char *job_redirect(struct job *job, const struct answer *answer);
struct fetch_result job_result(const struct job *job, const struct answer *answer);
