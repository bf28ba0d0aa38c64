/* SPDX-License-Identifier: ISC */
#include "process/sandbox.h"

#include "process/calls.h"
#include "process/landlock.h"

#include <assert.h>
#include <errno.h>
#include <seccomp.h>
#include <string.h>

enum { PATHS_MAX = 16, LISTS_MAX = 6 };

const char *const sandbox_wishes[] = {
    [SANDBOX_OFF] = "off",
    [SANDBOX_ON] = "on",
    [SANDBOX_REQUIRE] = "require",
};

/* Memory, time, an orderly end, and what is open already. */
static const int living[] = {
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(close),
    SCMP_SYS(lseek),
    SCMP_SYS(_llseek),
    SCMP_SYS(fstat),
    SCMP_SYS(fstat64),
    SCMP_SYS(brk),
    SCMP_SYS(mmap),
    SCMP_SYS(mmap2),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(mprotect),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    SCMP_SYS(futex_time64),
    SCMP_SYS(rseq),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigreturn),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(tgkill),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(getrandom),
    SCMP_SYS(prlimit64),
    SCMP_SYS(sysinfo),
    SCMP_SYS(time),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_gettime64),
    SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(clock_nanosleep_time64),
#ifdef SANITIZED /* asks for the stack's bounds where a function does not return */
    SCMP_SYS(sigaltstack),
#endif
};

/* Files, as far as landlock lets them; SQLite's locks, and what it writes into its shared memory.
 */
static const int reading[] = {
    SCMP_SYS(open),    SCMP_SYS(openat),    SCMP_SYS(openat2),    SCMP_SYS(dup),
    SCMP_SYS(stat),    SCMP_SYS(stat64),    SCMP_SYS(lstat),      SCMP_SYS(lstat64),
    SCMP_SYS(statx),   SCMP_SYS(fstatat64), SCMP_SYS(newfstatat), SCMP_SYS(access),
    SCMP_SYS(getcwd),  SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink),
    SCMP_SYS(pread64), SCMP_SYS(preadv2),   SCMP_SYS(pwrite64),   SCMP_SYS(readlinkat),
    SCMP_SYS(fcntl),   SCMP_SYS(fcntl64),
};

/* Conversations over sockets that were made before. */
static const int talking[] = {
    SCMP_SYS(accept4), SCMP_SYS(recv),       SCMP_SYS(recvfrom), SCMP_SYS(recvmsg),
    SCMP_SYS(send),    SCMP_SYS(sendto),     SCMP_SYS(sendmsg),  SCMP_SYS(shutdown),
    SCMP_SYS(ioctl),   SCMP_SYS(setsockopt),
};

static const int looping[] = {
    SCMP_SYS(epoll_ctl),    SCMP_SYS(epoll_wait),      SCMP_SYS(epoll_pwait),
    SCMP_SYS(epoll_pwait2), SCMP_SYS(timerfd_settime),
};

static const int waiting[] = { SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(ppoll_time64) };

static const int writing[] = {
    SCMP_SYS(ftruncate),     SCMP_SYS(ftruncate64),
    SCMP_SYS(fsync),         SCMP_SYS(fdatasync),
    SCMP_SYS(flock),         SCMP_SYS(fchmod),
    SCMP_SYS(fchown),        SCMP_SYS(fchown32),
    SCMP_SYS(mkdir),         SCMP_SYS(mkdirat),
    SCMP_SYS(rename),        SCMP_SYS(renameat),
    SCMP_SYS(renameat2),     SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),      SCMP_SYS(getdents),
    SCMP_SYS(getdents64),    SCMP_SYS(inotify_add_watch),
    SCMP_SYS(inotify_init1), SCMP_SYS(inotify_rm_watch),
};

/* Stories are read by several at once. Where a list of processors can't be read, the kernel is
 * asked for them. */
static const int threading[] = { SCMP_SYS(clone), SCMP_SYS(set_robust_list),
                                 SCMP_SYS(sched_getaffinity) };

#define LIST(calls)                            \
    {                                          \
        calls, sizeof(calls) / sizeof *(calls) \
    }
#define READS LANDLOCK_ACCESS_FS_READ_FILE
#define LISTS LANDLOCK_ACCESS_FS_READ_DIR
#define WRITES                                                                                   \
    (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE | LANDLOCK_ACCESS_FS_MAKE_REG | \
     LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR)

/* What builds for tests need besides; no production build has any of it. */
static const int checking[] = {
#ifdef SANITIZED /* the search for leaks at the end: a thread stops the process by ptrace */
    SCMP_SYS(clone),       SCMP_SYS(ptrace),   SCMP_SYS(wait4),   SCMP_SYS(prctl), SCMP_SYS(openat),
    SCMP_SYS(sched_yield), SCMP_SYS(getdents), SCMP_SYS(getppid), SCMP_SYS(open),
#endif
#ifdef COVERAGE_FOLDER /* counts are written at the end */
    SCMP_SYS(openat),      SCMP_SYS(fcntl),    SCMP_SYS(access),
#endif
    SCMP_SYS(read), /* no list is empty */
};
static const struct landlock_rule checking_rules[] = {
#ifdef SANITIZED
    { "/proc", READS | LISTS },
#endif
#ifdef COVERAGE_FOLDER
    { COVERAGE_FOLDER, READS | LISTS | WRITES },
#endif
    { "/", 0 },
};

/* What each role may: the calls, and with landlock what reading and writing mean to it. A worker
 * opens what it can name, and lists no folder; it writes nothing but what is open already. */
static const struct {
    struct call_list calls[LISTS_MAX];
    uint64_t read, write;
} roles[] = {
    [SANDBOX_WORKER] = { { LIST(living), LIST(reading), LIST(talking), LIST(looping) },
                         READS,
                         READS },
    [SANDBOX_WATCHER] = { { LIST(living), LIST(reading), LIST(writing), LIST(waiting),
                            LIST(checking), LIST(threading) },
                          READS | LISTS,
                          READS | LISTS | WRITES },
    [SANDBOX_EXPORTER] = { { LIST(living), LIST(talking), LIST(waiting), LIST(checking) }, 0, 0 },
    [SANDBOX_PARSER] = { { LIST(living), LIST(checking) }, 0, 0 },
};

enum status
sandbox_ask(enum sandbox_wish wish, struct fault *fault)
{
    const char *missing = NULL;
    if (wish == SANDBOX_OFF)
        return STATUS_OK;
    if (landlock_version() == 0)
        missing = "landlock (in Linux since 5.13, where lsm= has it): what processes may open is "
                  "limited by their user's rights alone";
    if (!calls_can_be_filtered())
        missing = missing != NULL ? "landlock and seccomp: processes can't be locked in"
                                  : "seccomp: processes may make any system call";
    if (missing == NULL)
        return STATUS_OK;
    fault_write(fault, 0, "this kernel has no %s%s", missing,
                wish == SANDBOX_REQUIRE ? ", and `sandbox: require` is set" : "");
    return wish == SANDBOX_REQUIRE ? STATUS_BAD : STATUS_ABSENT;
}

static enum status
enter_landlock(enum sandbox_role role, const struct sandbox_path *paths, size_t count)
{
    enum { CHECKING = sizeof checking_rules / sizeof *checking_rules };
    struct landlock_rule rules[PATHS_MAX + CHECKING];
    assert(count <= PATHS_MAX);
    for (size_t i = 0; i < count; i++)
        rules[i] = (struct landlock_rule){ paths[i].path, paths[i].access == SANDBOX_WRITE
                                                              ? roles[role].write
                                                              : roles[role].read };
    memcpy(rules + count, checking_rules, sizeof checking_rules);
    return landlock_enter(rules, count + CHECKING);
}

enum status
sandbox_enter(enum sandbox_wish wish, enum sandbox_role role, const struct sandbox_path *paths,
              size_t count, struct fault *fault)
{
    if (wish == SANDBOX_OFF)
        return STATUS_OK;
    if (sandbox_ask(wish, fault) == STATUS_BAD)
        return STATUS_BAD;
    if (landlock_version() > 0 && enter_landlock(role, paths, count) != STATUS_OK)
        return fault_set(fault, 0, "landlock: %s", strerror(errno));
    if (calls_can_be_filtered() && calls_enter(roles[role].calls, LISTS_MAX) != STATUS_OK)
        return fault_set(fault, 0, "seccomp: %s", strerror(errno));
    return STATUS_OK;
}
