/* SPDX-License-Identifier: ISC */
/* exporter.h - the process that tells Prometheus the numbers: GET /metrics over HTTP/1, one
 * conversation at a time, apart from whatever serves readers. */
#pragma once

#include "base/span.h"
#include "process/metrics.h"

enum { EXPORTER_REQUEST_MAX = 4096, EXPORTER_DEADLINE_MS = 2000 };

enum exporter_asked {
    ASKED_PART,      /* more must come */
    ASKED_METRICS,   /* 200 */
    ASKED_BAD,       /* 400 */
    ASKED_ELSEWHERE, /* 404 */
    ASKED_OTHERWISE, /* 405: neither GET nor HEAD */
    ASKED_TOO_MUCH,  /* 431 */
};

struct exporter_question {
    enum exporter_asked asked;
    bool head; /* without the body */
};

/* Reads a request from the bytes received so far. Pure. */
struct exporter_question exporter_parse(struct span bytes);

/* Answers whoever connects to `socket` (listening, non-blocking), each within
 * EXPORTER_DEADLINE_MS. Returns an exit status, should it fail. */
int exporter_run(const struct metrics *metrics, int socket);
