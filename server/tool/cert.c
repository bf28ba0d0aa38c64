/* SPDX-License-Identifier: ISC */
#include "base/clock.h"
#include "net/certificate.h"
#include "tool/tool.h"

#include <stdio.h>

int
command_cert(const struct tool_options *options, int argc, char **argv)
{
    struct certificate_facts facts;
    struct fault fault = { 0, "" };
    struct region *region = region_new();
    char from[CLOCK_TEXT], until[CLOCK_TEXT];
    if (argc > 1) {
        region_free(region);
        return command_misused("cert", "what is `%s`?", argv[1]);
    }
    struct span host = options->hosts.at[0];
    enum status status = certificate_inspect(options->certs, host, region, &facts, &fault);
    if (status == STATUS_OK) {
        printf("file         %s/%.*s/cert.pem\n", options->certs, SPAN_ARG(host));
        printf("certificate  SHA-256 %s\n", facts.certificate_hash);
        printf("key          SHA-256 %s\n", facts.key_hash);
        printf("valid        %s to %s\n", clock_print(facts.from, from),
               clock_print(facts.until, until));
        for (size_t i = 0; i < facts.hosts.count; i++)
            printf("host         %.*s\n", SPAN_ARG(facts.hosts.at[i]));
    } else {
        fprintf(stderr, "songtu cert: %s\n", fault.what);
    }
    region_free(region);
    return status == STATUS_OK ? EXIT_FINE : EXIT_FAULTS;
}
