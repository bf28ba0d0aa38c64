/* SPDX-License-Identifier: ISC */
/* Any bytes as a line that says when: what is read is a date, and none is both a day and a moment
 * of long ago. */
#include "wire/newsdate.h"

#include "base/clock.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool claim)
{
    if (!claim)
        abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { NOW = 1795367400 };
    struct span line = { size > 0 ? (const char *)data : "", size }, text;
    struct region *region = region_new();
    struct date date;
    bool read = newsdate_read(line, region, &text);
    require(!read || (date_parse(text, &date) && date.precision >= DATE_DAY));
    bool ago = newsdate_ago(line, NOW, region, &text);
    require(ago == newsdate_is_ago(line) && !(read && ago));
    require(!ago || date_parse(text, &date));
    int year = newsdate_year(line, line);
    require(year == 0 || (year >= 1998 && year <= 2099));
    region_free(region);
    return 0;
}
