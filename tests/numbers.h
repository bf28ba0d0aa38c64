/* SPDX-License-Identifier: ISC */
/* numbers.h - metrics read back by strict parsers, both forms to the same names:
 * "answers_total.gemini.20", "state_duration_seconds.reply.buckets.0.005" and .sum and .count. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { NUMBERS_MAX = 512 };

struct numbers {
    struct number {
        char name[128];
        double value;
    } at[NUMBERS_MAX];
    size_t count;
    char fault[256]; /* empty: the text is as it must be */
};

/* Prometheus' text format, as `promtool check metrics` looks at it: HELP and TYPE before each
 * family, names, labels, no double, _total behind counters, whole and growing histograms. */
void numbers_of_text(const char *text, struct numbers *out);
/* JSON, all of it; only the numbers are kept. */
void numbers_of_json(const char *text, struct numbers *out);
/* -1: there is none of that name. */
double numbers_get(const struct numbers *numbers, const char *name);
