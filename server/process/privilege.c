/* SPDX-License-Identifier: ISC */
#include "process/privilege.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum status
identity_find(const char *name, struct identity *out)
{
    struct passwd *entry = getpwnam(name);
    if (entry == NULL)
        return STATUS_ABSENT;
    out->user = entry->pw_uid;
    out->group = entry->pw_gid;
    snprintf(out->name, sizeof out->name, "%s", name);
    return STATUS_OK;
}

enum status
privilege_drop(const struct identity *identity)
{
    uid_t real, effective, saved;
    if (setgroups(0, NULL) != 0 || initgroups(identity->name, identity->group) != 0 ||
        setresgid(identity->group, identity->group, identity->group) != 0 ||
        setresuid(identity->user, identity->user, identity->user) != 0)
        return STATUS_FAILED;
    if (getresuid(&real, &effective, &saved) != 0 || real != identity->user ||
        effective != identity->user || saved != identity->user || getegid() != identity->group)
        return STATUS_FAILED;
    if (identity->user != 0 && (setuid(0) == 0 || seteuid(0) == 0))
        return STATUS_FAILED; /* we could get it back: it was not dropped */
    return STATUS_OK;
}

enum status
privilege_die_with(pid_t parent, int signal)
{
    if (prctl(PR_SET_PDEATHSIG, signal) != 0)
        return STATUS_FAILED;
    return getppid() == parent ? STATUS_OK : STATUS_FAILED;
}

enum status
privilege_never_more(void)
{
    const struct rlimit none = { 0, 0 };
    if (setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return STATUS_FAILED;
    return STATUS_OK;
}
