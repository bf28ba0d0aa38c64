/* SPDX-License-Identifier: ISC */
/* newsdate.h - dates as Vietnamese newspaper pages write them: day first, maybe with a weekday, a
 * time and "(GMT+7)" (specs refresh 6.5). Pure. */
#pragma once

#include "base/region.h"
#include "base/span.h"

/* `line` says when, and nothing else: "Thứ hai, 23/11/2026, 13:08 (GMT+7)", "23-11-2026",
 * "Cập nhật: ngày 23 tháng 11 năm 2026", "23 Tháng Mười Một, 2026", "23/11/2026 1:08:00 CH". *out
 * is as date_parse reads it, in the region; a time without a zone is Vietnam's. A date that can't
 * be (31/02, month 13) is none, and so is one of the lunar calendar. */
bool newsdate_read(struct span line, struct region *region, struct span *out);

/* "5 phút trước", "hôm qua, 13:08", "cách đây 2 tháng": as exactly as it says, seen from `now`. */
bool newsdate_ago(struct span line, int64_t now, struct region *region, struct span *out);
/* It is such a line: a moment that only whoever saved the page knew. */
bool newsdate_is_ago(struct span line);

/* The one year a report speaks for: the only year its title names, as "năm 2024"; else the only
 * year of its lead, as "6 tháng đầu năm 2024". 0: none, or one of before the web. */
int newsdate_year(struct span title, struct span lead);
