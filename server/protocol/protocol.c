/* SPDX-License-Identifier: ISC */
#include "protocol/protocol.h"

#include "protocol/gemini.h"

const struct protocol protocols[] = {
    { .name = "gemini",
      .port = 1965,
      .tls = true,
      .request_max = GEMINI_URL_MAX + 2,
      .parse = gemini_parse,
      .print = gemini_print,
      .code = gemini_code },
};

const size_t protocol_count = sizeof protocols / sizeof *protocols;

const struct protocol *
protocol_find(const char *name)
{
    for (size_t i = 0; i < protocol_count; i++)
        if (span_equal(span_of(name), span_of(protocols[i].name)))
            return &protocols[i];
    return NULL;
}
