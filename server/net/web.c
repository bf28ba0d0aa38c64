/* SPDX-License-Identifier: ISC */
#include "net/web.h"

#include "base/log.h"

struct web *
web_start(const struct listener_options *options)
{
    log_error("%s is not spoken yet", options->protocol->title);
    return NULL;
}

void
web_drain(struct web *web)
{
    (void)web;
}

size_t
web_busy(const struct web *web)
{
    (void)web;
    return 0;
}

void
web_stop(struct web *web)
{
    (void)web;
}
