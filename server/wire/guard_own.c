/* SPDX-License-Identifier: ISC */
/* Apart from guard.c, which asks nobody. */
#include "wire/guard.h"

#include <ifaddrs.h>

size_t
guard_own(struct region *region, const struct guard_address **out)
{
    struct ifaddrs *list = NULL;
    size_t count = 0, kept = 0;
    uint16_t port;
    if (getifaddrs(&list) != 0)
        return 0;
    for (struct ifaddrs *one = list; one != NULL; one = one->ifa_next)
        count++;
    struct guard_address *own = region_array(region, count + 1, sizeof *own);
    for (struct ifaddrs *one = list; one != NULL; one = one->ifa_next)
        if (one->ifa_addr != NULL && guard_address_of(one->ifa_addr, &own[kept], &port))
            kept++;
    freeifaddrs(list);
    *out = own;
    return kept;
}
