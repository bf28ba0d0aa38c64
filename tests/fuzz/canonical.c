/* SPDX-License-Identifier: ISC */
/* Any bytes for an address: its canonical form is one, too, and its own; and it is on its own site.
 */
#include "wire/canonical.h"

#include "base/uri.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct region *region = region_new();
    struct span url = { (const char *)data, size }, once, again;
    struct site_key key, same;
    struct uri uri;
    if (canonical_url(url, region, &once)) {
        if (!uri_parse(once, URI_STRICT, &uri) || uri.host.len == 0 || uri.fragment.at != NULL)
            abort();
        if (!canonical_url(once, region, &again) || !span_equal(once, again))
            abort();
        if (!canonical_same_site(once, url))
            abort();
        if (canonical_site_key(once, &key) &&
            (!canonical_site_key(again, &same) || !span_equal(key.number, same.number)))
            abort();
    }
    region_free(region);
    return 0;
}
