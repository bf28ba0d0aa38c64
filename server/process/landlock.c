/* SPDX-License-Identifier: ISC */
#include "process/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What each version of landlock learned to refuse. */
static const struct {
    int since;
    struct landlock_rights rights;
} lessons[] = {
    { 1,
      { .files = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                 LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |
                 LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
                 LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |
                 LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |
                 LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
                 LANDLOCK_ACCESS_FS_MAKE_SYM } },
    { 2, { .files = LANDLOCK_ACCESS_FS_REFER } },
    { 3, { .files = LANDLOCK_ACCESS_FS_TRUNCATE } },
    { 4, { .network = LANDLOCK_ACCESS_NET_BIND_TCP | LANDLOCK_ACCESS_NET_CONNECT_TCP } },
    { 5, { .files = LANDLOCK_ACCESS_FS_IOCTL_DEV } },
    { 6, { .scope = LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | LANDLOCK_SCOPE_SIGNAL } },
};

/* What can be allowed to a file that is no folder. */
static const uint64_t OF_FILES = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                                 LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_TRUNCATE |
                                 LANDLOCK_ACCESS_FS_IOCTL_DEV;

int
landlock_version(void)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return version > 0 ? (int)version : 0;
}

struct landlock_rights
landlock_rights_of(int version)
{
    struct landlock_rights all = { 0, 0, 0 };
    for (size_t i = 0; i < sizeof lessons / sizeof *lessons; i++)
        if (lessons[i].since <= version) {
            all.files |= lessons[i].rights.files;
            all.network |= lessons[i].rights.network;
            all.scope |= lessons[i].rights.scope;
        }
    return all;
}

static enum status
allow(int ruleset, const struct landlock_rule *rule, uint64_t refusable)
{
    struct stat facts;
    int descriptor = open(rule->path, O_PATH | O_CLOEXEC);
    if (descriptor < 0)
        return errno == ENOENT || errno == ENOTDIR ? STATUS_OK : STATUS_FAILED;
    long failed = fstat(descriptor, &facts);
    uint64_t files = rule->files & refusable & (S_ISDIR(facts.st_mode) ? ~0ULL : OF_FILES);
    struct landlock_path_beneath_attr beneath = { .allowed_access = files,
                                                  .parent_fd = descriptor };
    if (failed == 0 && files != 0)
        failed = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
    int why = errno;
    close(descriptor);
    errno = why;
    return failed == 0 ? STATUS_OK : STATUS_FAILED;
}

enum status
landlock_enter(const struct landlock_rule *rules, size_t count)
{
    /* The kernel's struct landlock_ruleset_attr is these three in this order; one that knows fewer
     * of them takes the rest where it is zero. */
    struct landlock_rights rights = landlock_rights_of(landlock_version());
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &rights, sizeof rights, 0);
    if (ruleset < 0)
        return STATUS_FAILED;
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < count; i++)
        status = allow(ruleset, &rules[i], rights.files);
    if (status == STATUS_OK && (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
                                syscall(SYS_landlock_restrict_self, ruleset, 0) != 0))
        status = STATUS_FAILED;
    int why = errno;
    close(ruleset);
    errno = why;
    return status;
}
