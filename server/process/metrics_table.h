/* SPDX-License-Identifier: ISC */
/* metrics_table.h - every number the daemon counts, once: what it is called, how it counts, and
 * what it means. Included wherever one of these four means something:
 *
 *   FAMILY(id, kind, name, first label, second label, title, help)
 *   SERIES(id, family, value of the first label, of the second)    one number of a family
 *   ANSWER(protocol, status)                                       a SERIES of FAMILY_ANSWERS
 *   TIMES(id, family, value of the first label)                    one histogram of a family
 *
 * Whoever changes a row changes the layout, and the file of counters is made anew. Names are kept:
 * people's dashboards ask for them. No text here holds a quote, a backslash or a line end. */

#ifndef FAMILY
#define FAMILY(...)
#endif
#ifndef SERIES
#define SERIES(...)
#endif
#ifndef ANSWER
#define ANSWER(protocol, status) \
    SERIES(METRIC_ANSWER_##protocol##_##status, FAMILY_ANSWERS, #protocol, #status)
#endif
#ifndef TIMES
#define TIMES(...)
#endif

FAMILY(FAMILY_UPTIME, METRIC_AGE, "uptime_seconds", NULL, NULL, "Up",
       "Seconds since the daemon was started.")
SERIES(METRIC_STARTED, FAMILY_UPTIME, NULL, NULL)

FAMILY(FAMILY_GENERATION, METRIC_GAUGE, "generation", NULL, NULL, "Generation",
       "Generation of workers that serves; grows by one with every reload.")
SERIES(METRIC_GENERATION, FAMILY_GENERATION, NULL, NULL)

FAMILY(FAMILY_WORKERS, METRIC_GAUGE, "workers", "state", NULL, "Workers",
       "Worker processes: serving, or draining because others took their place.")
SERIES(METRIC_WORKERS_SERVING, FAMILY_WORKERS, "serving", NULL)
SERIES(METRIC_WORKERS_DRAINING, FAMILY_WORKERS, "draining", NULL)

FAMILY(FAMILY_ROUND, METRIC_GAUGE, "archive_round", NULL, NULL, "Archive round",
       "Round of the archive that is served; grows by one with every change of the content.")
SERIES(METRIC_ROUND, FAMILY_ROUND, NULL, NULL)

FAMILY(FAMILY_ROUND_AGE, METRIC_AGE, "archive_age_seconds", NULL, NULL, "Archive age",
       "Seconds since the archive was last changed.")
SERIES(METRIC_ROUND_TIME, FAMILY_ROUND_AGE, NULL, NULL)

FAMILY(FAMILY_ANSWERS, METRIC_COUNTER, "answers_total", "protocol", "status", "Answers",
       "Answers, also those cut off, by protocol and status.")
#define LINE(protocol, ...) \
    ANSWER(protocol, 20)    \
    ANSWER(protocol, 51)    \
    ANSWER(protocol, 10)    \
    ANSWER(protocol, 31)    \
    ANSWER(protocol, 40)    \
    ANSWER(protocol, 41)    \
    ANSWER(protocol, 44)    \
    ANSWER(protocol, 52)    \
    ANSWER(protocol, 53)    \
    ANSWER(protocol, 59)
#define HTTP(protocol, ...) \
    ANSWER(protocol, 200)   \
    ANSWER(protocol, 304)   \
    ANSWER(protocol, 301)   \
    ANSWER(protocol, 400)   \
    ANSWER(protocol, 404)   \
    ANSWER(protocol, 405)   \
    ANSWER(protocol, 410)   \
    ANSWER(protocol, 413)   \
    ANSWER(protocol, 414)   \
    ANSWER(protocol, 421)   \
    ANSWER(protocol, 429)   \
    ANSWER(protocol, 431)   \
    ANSWER(protocol, 500)   \
    ANSWER(protocol, 501)   \
    ANSWER(protocol, 503)   \
    ANSWER(protocol, 505)
PROTOCOL_TABLE(LINE, LINE, HTTP)
#undef LINE
#undef HTTP
SERIES(METRIC_ANSWER_OTHER, FAMILY_ANSWERS, "other", "other")

FAMILY(FAMILY_HANDSHAKES, METRIC_COUNTER, "handshakes_total", "result", NULL, "Handshakes",
       "TLS handshakes: full, resumed from a ticket, or failed, too slow ones among them.")
SERIES(METRIC_HANDSHAKE_FULL, FAMILY_HANDSHAKES, "full", NULL)
SERIES(METRIC_HANDSHAKE_RESUMED, FAMILY_HANDSHAKES, "resumed", NULL)
SERIES(METRIC_HANDSHAKE_FAILED, FAMILY_HANDSHAKES, "failed", NULL)

FAMILY(FAMILY_CONNECTIONS, METRIC_GAUGE, "connections", NULL, NULL, "Connections now",
       "Connections under way.")
SERIES(METRIC_CONNECTIONS, FAMILY_CONNECTIONS, NULL, NULL)

FAMILY(FAMILY_ACCEPTED, METRIC_COUNTER, "connections_total", NULL, NULL, "Connections",
       "Connections taken from the listening sockets.")
SERIES(METRIC_ACCEPTED, FAMILY_ACCEPTED, NULL, NULL)

FAMILY(FAMILY_REFUSED, METRIC_COUNTER, "refused_total", "limit", "answer", "Refused",
       "Connections refused, by the limit they met and what they were told: rate and connections "
       "of an address, or of its network. Of a worker: how often it was full and let others wait.")
SERIES(METRIC_REFUSED_RATE_TOLD, FAMILY_REFUSED, "rate", "44")
SERIES(METRIC_REFUSED_RATE, FAMILY_REFUSED, "rate", "none")
SERIES(METRIC_REFUSED_NETWORK_RATE_TOLD, FAMILY_REFUSED, "network-rate", "44")
SERIES(METRIC_REFUSED_NETWORK_RATE, FAMILY_REFUSED, "network-rate", "none")
SERIES(METRIC_REFUSED_HELD, FAMILY_REFUSED, "connections", "none")
SERIES(METRIC_REFUSED_NETWORK_HELD, FAMILY_REFUSED, "network-connections", "none")
SERIES(METRIC_REFUSED_WORKER, FAMILY_REFUSED, "worker", "none")

FAMILY(FAMILY_BYTES, METRIC_COUNTER, "bytes_total", "direction", NULL, "Bytes",
       "Bytes of requests (in) and of answers (out), without what TLS adds.")
SERIES(METRIC_BYTES_IN, FAMILY_BYTES, "in", NULL)
SERIES(METRIC_BYTES_OUT, FAMILY_BYTES, "out", NULL)

FAMILY(FAMILY_CACHE, METRIC_COUNTER, "cache_lookups_total", "result", NULL, "Cache",
       "Answers found in the cache of pages (hit), or written for the question (miss).")
SERIES(METRIC_CACHE_HIT, FAMILY_CACHE, "hit", NULL)
SERIES(METRIC_CACHE_MISS, FAMILY_CACHE, "miss", NULL)

FAMILY(FAMILY_STATES, METRIC_HISTOGRAM, "state_duration_seconds", "state", NULL, "Time in states",
       "Seconds that connections spent in each state, told as they leave it.")
TIMES(METRIC_TIME_HANDSHAKE, FAMILY_STATES, "handshake")
TIMES(METRIC_TIME_REQUEST, FAMILY_STATES, "request")
TIMES(METRIC_TIME_REPLY, FAMILY_STATES, "reply")
TIMES(METRIC_TIME_GOODBYE, FAMILY_STATES, "goodbye")

#undef FAMILY
#undef SERIES
#undef ANSWER
#undef TIMES
