/* SPDX-License-Identifier: ISC */
#include "tool/import_fetch.h"

#include <stdio.h>
#include <string.h>

static void
on_done(void *whom, const struct fetch_result *result)
{
    struct import_fetch *it = whom;
    if (result->end != FETCH_ANSWERED) {
        snprintf(it->why, sizeof it->why, "%s", result->why);
        return;
    }
    if (result->status != 200) {
        snprintf(it->why, sizeof it->why, "the server answers %d", result->status);
        return;
    }
    it->why[0] = '\0';
    buffer_add(&it->body, result->body);
    buffer_add(&it->type, result->type);
    buffer_add(&it->found, result->url);
}

/* The port that the address names is one to ask at. */
static void
open_port(struct import_fetch *it)
{
    struct uri uri;
    if (uri_parse(span_of(it->url), URI_LENIENT, &uri) && uri.port.len > 0)
        it->guard.port = uri_port(&uri, 0);
}

bool
import_fetch_get(struct import_fetch *it)
{
    const struct fetch_options options = { .contact = it->contact };
    struct fetch *fetch = NULL;
    struct fault fault = { 0, "" };
    open_port(it);
    const struct fetch_wish wish = {
        .url = span_of(it->url), .kind = FETCH_PAGE, .guard = it->guard, .done = on_done, .whom = it
    };
    snprintf(it->why, sizeof it->why, "nothing came");
    enum status status = fetch_open(&options, &fetch, &fault);
    if (status == STATUS_OK) {
        fetch_add(fetch, &wish);
        status = fetch_run(fetch, &fault);
    }
    fetch_close(fetch);
    if (status != STATUS_OK)
        snprintf(it->why, sizeof it->why, "%s", fault.what);
    return it->why[0] == '\0';
}

void
import_fetch_fini(struct import_fetch *it)
{
    buffer_fini(&it->body);
    buffer_fini(&it->type);
    buffer_fini(&it->found);
}
