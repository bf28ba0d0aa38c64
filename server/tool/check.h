/* SPDX-License-Identifier: ISC */
/* check.h - what the parts of songtu check share. Only they include it. */
#pragma once

#include "pages/labels.h"
#include "tool/crawl.h"
#include "tool/findings.h"
#include "tool/tool.h"
#include "wire/terms.h"

struct check {
    const struct tool_options *options;
    struct region *region;
    struct findings findings;
    int content;
    struct labels *labels;
    struct terms terms;
    struct crawl *crawl;
    size_t stories, pages, links;
};

/* check_certificate.c: one line on stdout, and what is wrong into the findings. A missing one is
 * none: the daemon makes it. */
void check_certificate(struct check *check);
/* check_sources.c: what refresh is told to bring in, and where it is to be filed. */
void check_sources(struct check *check);
