/* SPDX-License-Identifier: ISC */
/* Any bytes as a rate and as a network: what is read can be printed and read again, and a network
 * has its own first address. */
#include "net/budget.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span text = { (const char *)data, size };
    struct rate rate, again;
    struct network network;
    char printed[RATE_TEXT];
    if (rate_parse(text, &rate)) {
        assert(rate.count <= RATE_COUNT_MAX && rate.seconds <= RATE_SECONDS_MAX);
        assert(rate_parse(span_of(rate_print(rate, printed)), &again));
        assert(again.count == rate.count && again.seconds == rate.seconds);
    }
    if (network_parse(text, &network)) {
        struct network address = network;
        address.bits = 128;
        assert(network.bits <= 128 && networks_have((struct networks){ &network, 1 }, address));
    }
    return 0;
}
