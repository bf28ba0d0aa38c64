/* SPDX-License-Identifier: ISC */
/* html_lines.h - gemtext as HTML, what stands within <main>. Only html.c includes it. */
#pragma once

#include "base/buffer.h"
#include "protocol/reply.h"

void html_add_lines(const struct page *page, struct buffer *out);
/* A date as <time> says it: "2024", "2024-07", "2024-07-12"; nothing where there is none. */
void html_add_date(const struct date *date, struct buffer *out);
