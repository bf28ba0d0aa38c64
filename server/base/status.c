/* SPDX-License-Identifier: ISC */
#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>

const char *
status_name(enum status status)
{
    static const char *const names[] = {
        [STATUS_OK] = "ok",       [STATUS_ABSENT] = "absent", [STATUS_BAD] = "bad",
        [STATUS_LIMIT] = "limit", [STATUS_BUSY] = "busy",     [STATUS_FAILED] = "failed",
    };
    return names[status];
}

void
fault_write(struct fault *fault, size_t line, const char *format, ...)
{
    if (fault == NULL)
        return;
    va_list arguments;
    va_start(arguments, format);
    fault->line = line;
    vsnprintf(fault->what, sizeof fault->what, format, arguments);
    va_end(arguments);
}
