/* SPDX-License-Identifier: ISC */
/* stream.h - readers who ask one page after another while something happens to the capsule. */
#pragma once

#include "capsule.h"

struct stream;

struct stream_count {
    size_t answered; /* 20, and whole */
    size_t refused;  /* nobody listened */
    size_t lost;     /* TCP connected, and no whole answer came */
    char how[200];   /* one of them was lost */
};

struct stream *stream_start(const struct capsule_run *run, size_t readers);
/* Waits until so many more answers came than at the call. */
void stream_flow(struct stream *stream, size_t answers);
/* Ends the readers, each after its answer; frees the stream. */
struct stream_count stream_stop(struct stream *stream);
