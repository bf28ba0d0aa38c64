/* SPDX-License-Identifier: ISC */
#include "net/certificate.h"
#include "tool/check.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

enum { SOON_DAYS = 30 };

static void
check_host_names(struct check *check, struct span path, const struct certificate_facts *facts)
{
    const struct spans hosts = check->options->hosts;
    for (size_t i = 0; i < hosts.count; i++) {
        bool named = false;
        for (size_t j = 0; j < facts->hosts.count; j++)
            named = named || span_equal_nocase(hosts.at[i], facts->hosts.at[j]);
        if (!named)
            findings_add(&check->findings, FINDING_FAULT, path, 0,
                         "it does not name the host %.*s: some readers will be warned",
                         SPAN_ARG(hosts.at[i]));
    }
}

static void
check_dates(struct check *check, struct span path, const struct certificate_facts *facts)
{
    int64_t now = clock_now();
    char when[CLOCK_TEXT];
    if (facts->until < now)
        findings_add(&check->findings, FINDING_FAULT, path, 0, "it ended on %s",
                     clock_print(facts->until, when));
    else if (facts->until < now + SOON_DAYS * 86400LL)
        findings_add(&check->findings, FINDING_HINT, path, 0, "it ends soon, on %s",
                     clock_print(facts->until, when));
    if (facts->from > now)
        findings_add(&check->findings, FINDING_FAULT, path, 0, "it begins only on %s",
                     clock_print(facts->from, when));
}

/* The key belongs to whom songtud starts as; anybody may run a check. */
static bool
is_kept_from_us(struct check *check, struct span folder)
{
    struct span key = region_printf(check->region, "%s/key.pem", folder.at);
    return access(key.at, R_OK) != 0 && errno == EACCES;
}

void
check_certificate(struct check *check)
{
    struct certificate_facts facts;
    struct fault fault = { 0, "" };
    struct span host = check->options->hosts.at[0];
    struct span folder = region_printf(check->region, "%s/%.*s", check->options->certs,
                                       SPAN_ARG(host));
    struct span path = region_printf(check->region, "%s/cert.pem", folder.at);
    switch (certificate_inspect(check->options->certs, host, check->region, &facts, &fault)) {
    case STATUS_OK:
        printf("certificate  %s\n", path.at);
        check_host_names(check, path, &facts);
        check_dates(check, path, &facts);
        break;
    case STATUS_ABSENT:
        printf("certificate  none yet: songtud makes %s\n", path.at);
        break;
    case STATUS_BAD:
    case STATUS_LIMIT:
    case STATUS_BUSY:
    case STATUS_FAILED:
        if (is_kept_from_us(check, folder))
            printf("certificate  not checked: its key is not ours to read\n");
        else
            findings_add(&check->findings, FINDING_FAULT, folder, 0, "%s", fault.what);
        break;
    }
}
