/* SPDX-License-Identifier: ISC */
#include "process/calls.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Calls that are allowed only like this: (argument & mask) == value. SELF stands for our own
 * process id. Those that every request makes have no row: the kernel answers calls whose arguments
 * do not matter from a bitmap, without running the filter. */
enum { SELF = -1 };
static const struct condition {
    int call;
    unsigned argument;
    uint64_t mask;
    int64_t value;
} conditions[] = {
    { SCMP_SYS(mmap), 2, PROT_EXEC, 0 }, /* no code but the one that is there */
    { SCMP_SYS(mmap2), 2, PROT_EXEC, 0 },
    { SCMP_SYS(mprotect), 2, PROT_EXEC, 0 },
    { SCMP_SYS(tgkill), 0, 0xffffffff, SELF },       /* abort() */
    { SCMP_SYS(prlimit64), 2, UINT64_MAX, 0 },       /* asks, and sets nothing */
    { SCMP_SYS(ioctl), 1, 0xffffffff, SIOCOUTQNSD }, /* how far a reader is behind */
#ifndef SANITIZED
    { SCMP_SYS(clone), 0, CLONE_THREAD, CLONE_THREAD }, /* a thread, and no process */
#endif
};

bool
calls_can_be_filtered(void)
{
    /* A filter at no address: a kernel that would take one finds that out, EFAULT. */
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL, 0, 0) != 0 && errno == EFAULT;
}

static int
allow(scmp_filter_ctx filter, int call)
{
    const struct condition *row = conditions, *end = row + sizeof conditions / sizeof *row;
    while (row < end && row->call != call)
        row++;
    if (row == end)
        return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
    uint64_t value = row->value == SELF ? (uint64_t)getpid() : (uint64_t)row->value;
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1,
                            SCMP_CMP(row->argument, SCMP_CMP_MASKED_EQ, row->mask, value));
}

/* A call that is not on the list is refused, and the process lives on: a path of a library's that
 * no test of ours walks costs one reader an answer, not thousands their connections, and whoever
 * took the process over gains nothing by trying again. The kernel's log names each (type=1326).
 * Only calls in another architecture's words, which nothing of ours can make, end it. */
static int
fill(scmp_filter_ctx filter, const struct call_list *lists, size_t count)
{
    int error = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a tree, not a chain */
    /* Kernels before 4.14 do neither: there they are refused all the same. */
    (void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_LOG, 1);
    (void)seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    /* What it takes lies in memory, where no filter looks: whoever makes a thread then takes clone.
     */
    if (error == 0)
        error = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; error == 0 && k < lists[i].count; k++)
            error = allow(filter, lists[i].calls[k]);
    return error;
}

enum status
calls_enter(const struct call_list *lists, size_t count)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    int error = filter == NULL ? -ENOMEM : fill(filter, lists, count);
    if (error == 0)
        error = seccomp_load(filter);
    seccomp_release(filter);
    errno = -error;
    return error == 0 ? STATUS_OK : STATUS_FAILED;
}
