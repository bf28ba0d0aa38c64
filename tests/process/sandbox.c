/* SPDX-License-Identifier: ISC */
/* Who is locked in stays so: every test here locks a child in. */
#include "process/sandbox.h"
#include "process/landlock.h"
#include "process/probe.h"

#include "testing.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { REFUSED = 77, PATH_BYTES = 4096 };

static char *folder;
static char content[PATH_BYTES], state[PATH_BYTES], key[PATH_BYTES];
static struct probe_paths paths = { content, state, key };

static void
set_up(void)
{
    folder = testing_folder();
    snprintf(content, sizeof content, "%s/content", folder);
    snprintf(state, sizeof state, "%s/var", folder);
    snprintf(key, sizeof key, "%s/certs/key.pem", folder);
    testing_write(folder, "content/labels.yaml", "vi: {}\n");
    testing_write(folder, "content/stories/mot.gmi", "Một\n");
    testing_write(folder, "var/archive.db", "");
    testing_write(folder, "certs/key.pem", "secret\n");
}

static void
tear_down(void)
{
    testing_folder_remove(folder);
}

/* This kernel, or valgrind in its place, can do less: what is tested then is that it says so. */
static bool
can_all(void)
{
    struct fault fault;
    return sandbox_ask(SANDBOX_REQUIRE, &fault) == STATUS_OK;
}

static bool
enter(enum sandbox_role role)
{
    const struct sandbox_path worker[] = { { content, SANDBOX_READ } };
    const struct sandbox_path watcher[] = { { content, SANDBOX_WRITE }, { state, SANDBOX_WRITE } };
    struct fault fault;
    return sandbox_enter(SANDBOX_REQUIRE, role, role == SANDBOX_WATCHER ? watcher : worker,
                         role == SANDBOX_WATCHER  ? 2
                         : role == SANDBOX_WORKER ? 1
                                                  : 0,
                         &fault) == STATUS_OK;
}

/* What `claim` returns, in a child that is locked in (or not: role < 0). A signal is 128 and more.
 */
static int
in_child(int role, int (*claim)(const void *what), const void *what)
{
    int status;
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0)
        _exit(role >= 0 && !enter((enum sandbox_role)role) ? REFUSED : claim(what));
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int
try_probe(const void *what)
{
    return probe_try(what, &paths);
}

static bool
is_denial(int why)
{
    return why == EPERM || why == EACCES;
}

START_TEST(a_free_process_can_do_what_the_probe_tries)
{
    for (const struct probe *probe = probes; probe->deed != NULL; probe++) {
        bool executes = strcmp(probe->deed, "execute a program") == 0;
        ck_assert_msg(in_child(-1, try_probe, probe) == (executes ? 1 : 0), "%s", probe->deed);
    }
}
END_TEST

START_TEST(a_worker_can_do_none_of_it_but_read_content)
{
    for (const struct probe *probe = probes; can_all() && probe->deed != NULL; probe++) {
        int why = in_child(SANDBOX_WORKER, try_probe, probe);
        ck_assert_msg(probe->fine ? why == 0 : is_denial(why), "%s: %d", probe->deed, why);
    }
}
END_TEST

static const char *const watchers[] = { "open a file of the content folder",
                                        "list the content folder", "write in the content folder",
                                        "write in the state folder" };
static const char *const leak_search[] = { "start a process", "use ptrace" };

#define HAS(list, word) has(list, sizeof(list) / sizeof *(list), word)

static bool
has(const char *const *list, size_t count, const char *word)
{
    bool found = false;
    for (size_t i = 0; i < count; i++)
        found = found || strcmp(list[i], word) == 0;
    return found;
}

/* What the sanitizers' search for leaks does, it must be able to do in builds with sanitizers. */
static bool
is_for_sanitizers(const char *deed)
{
#if defined(__SANITIZE_ADDRESS__)
    return HAS(leak_search, deed);
#else
    (void)deed, (void)leak_search;
    return false;
#endif
}

START_TEST(a_watcher_keeps_content_and_state_and_does_nothing_else)
{
    for (const struct probe *probe = probes; can_all() && probe->deed != NULL; probe++) {
        int why = in_child(SANDBOX_WATCHER, try_probe, probe);
        if (!is_for_sanitizers(probe->deed))
            ck_assert_msg(HAS(watchers, probe->deed) ? why == 0 : is_denial(why), "%s: %d",
                          probe->deed, why);
    }
}
END_TEST

static void *
on_thread(void *done)
{
    *(bool *)done = true;
    return NULL;
}

static int
make_thread(const void *unused)
{
    pthread_t thread;
    bool done = false;
    (void)unused;
    int why = pthread_create(&thread, NULL, on_thread, &done);
    return why != 0 ? why : pthread_join(thread, NULL) != 0 || !done;
}

START_TEST(a_watcher_makes_threads_and_others_none)
{
    if (!can_all())
        return;
    ck_assert_int_eq(in_child(SANDBOX_WATCHER, make_thread, NULL), 0);
#if !defined(__SANITIZE_ADDRESS__)
    ck_assert_int_eq(in_child(SANDBOX_WORKER, make_thread, NULL), EPERM);
#endif
}
END_TEST

/* A parser and an exporter. */
static const enum sandbox_role blind[] = { SANDBOX_PARSER, SANDBOX_EXPORTER };

START_TEST(who_needs_no_file_opens_nothing_at_all)
{
    for (const struct probe *probe = probes; can_all() && probe->deed != NULL; probe++)
        if (!is_for_sanitizers(probe->deed))
            ck_assert_msg(is_denial(in_child(blind[_i], try_probe, probe)), "%s", probe->deed);
}
END_TEST

/* One conversation over a socket that listens already. */
static int
converse(const void *what)
{
    const int *listening = what;
    char word[4];
    struct pollfd fd = { .fd = *listening, .events = POLLIN };
    int one = poll(&fd, 1, -1) == 1 ? accept4(*listening, NULL, NULL, SOCK_CLOEXEC) : -1;
    if (one < 0 || recv(one, word, sizeof word, 0) != 3 || send(one, word, 3, MSG_NOSIGNAL) != 3)
        return 1;
    return shutdown(one, SHUT_WR) == 0 && close(one) == 0 ? 0 : 1;
}

START_TEST(an_exporter_converses)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    char got[4] = "";
    snprintf(at.sun_path, sizeof at.sun_path, "%.90s/socket", folder);
    int listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int one = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert(bind(listening, (struct sockaddr *)&at, sizeof at) == 0 && listen(listening, 1) == 0);
    ck_assert_int_eq(connect(one, (struct sockaddr *)&at, sizeof at), 0);
    ck_assert_int_eq(send(one, "GET", 3, 0), 3);
    if (can_all()) {
        ck_assert_int_eq(in_child(SANDBOX_EXPORTER, converse, &listening), 0);
        ck_assert_int_eq(recv(one, got, 3, 0), 3);
        ck_assert_str_eq(got, "GET");
    }
    close(one);
    close(listening);
}
END_TEST

/* What a parser lives by: bytes come by one descriptor and go by another, memory between. */
static int
parse(const void *what)
{
    const int *ends = what;
    enum { MUCH = 1024 * 1024 };
    char *memory = malloc(MUCH);
    ssize_t got = memory != NULL ? read(ends[0], memory, MUCH) : -1;
    bool fine = got == 3 && write(ends[1], memory, (size_t)got) == got;
    free(memory);
    return fine ? 0 : 1;
}

START_TEST(a_parser_reads_and_writes_what_is_open)
{
    int in[2], out[2];
    char got[4] = "";
    ck_assert(pipe(in) == 0 && pipe(out) == 0);
    ck_assert_int_eq(write(in[1], "tin", 3), 3);
    const int ends[] = { in[0], out[1] };
    if (can_all()) {
        ck_assert_int_eq(in_child(SANDBOX_PARSER, parse, ends), 0);
        ck_assert_int_eq(read(out[0], got, 3), 3);
        ck_assert_str_eq(got, "tin");
    }
    for (int i = 0; i < 2; i++)
        close(in[i]), close(out[i]);
}
END_TEST

/* A file that was open before, mapped and locked, as SQLite does with its shared memory. */
static int
use_shared_memory(const void *what)
{
    const int *descriptor = what;
    struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 120, .l_len = 1 };
    char *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, *descriptor, 0);
    if (shared == MAP_FAILED || fcntl(*descriptor, F_SETLK, &lock) != 0 ||
        pwrite(*descriptor, "x", 1, 4095) != 1)
        return 1;
    shared[0] = 'y';
    return munmap(shared, 4096) == 0 ? 0 : 1;
}

START_TEST(a_worker_goes_on_with_what_is_open)
{
    char path[PATH_BYTES + 16];
    snprintf(path, sizeof path, "%s/archive.db-shm", state);
    int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    ck_assert_int_ge(descriptor, 0);
    if (can_all())
        ck_assert_int_eq(in_child(SANDBOX_WORKER, use_shared_memory, &descriptor), 0);
    close(descriptor);
}
END_TEST

static int
ends_by_abort(const void *what)
{
    (void)what;
    abort();
}

static int
kills_another(const void *what)
{
    (void)what;
    pid_t parent = getppid(); /* asking is no deed: it is refused, and the next call needs it */
    return syscall(SYS_tgkill, parent > 0 ? parent : 1, 1, 0) == 0 ? 0 : errno;
}

START_TEST(who_is_locked_in_may_end_himself_and_nobody_else)
{
    if (!can_all())
        return;
    ck_assert_int_eq(in_child(SANDBOX_WORKER, ends_by_abort, NULL), 128 + SIGABRT);
    ck_assert_int_eq(in_child(SANDBOX_WORKER, kills_another, NULL), EPERM);
}
END_TEST

static int
enters_without_sandbox(const void *what)
{
    struct fault fault;
    (void)what;
    if (sandbox_enter(SANDBOX_OFF, SANDBOX_WORKER, NULL, 0, &fault) != STATUS_OK)
        return 1;
    return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0 && open(key, O_RDONLY | O_CLOEXEC) >= 0 ? 0
                                                                                               : 2;
}

START_TEST(off_is_off)
{
    ck_assert_int_eq(in_child(-1, enters_without_sandbox, NULL), 0);
}
END_TEST

static int
open_path(const void *path)
{
    return open(path, O_RDONLY | O_CLOEXEC) >= 0 ? 0 : errno;
}

START_TEST(a_folder_that_is_not_there_allows_nothing_and_harms_nobody)
{
    char aside[PATH_BYTES + 16], file[PATH_BYTES + 32];
    snprintf(aside, sizeof aside, "%s.aside", content);
    snprintf(file, sizeof file, "%s/labels.yaml", aside);
    ck_assert_int_eq(rename(content, aside), 0);
    if (can_all())
        ck_assert_int_eq(in_child(SANDBOX_WORKER, open_path, file), EACCES);
}
END_TEST

START_TEST(a_kernel_is_asked_for_no_more_than_it_knows)
{
    struct landlock_rights none = landlock_rights_of(0), first = landlock_rights_of(1);
    ck_assert(none.files == 0 && none.network == 0 && none.scope == 0);
    ck_assert_uint_eq(first.files, 0x1fff); /* as Linux 5.13 has them */
    ck_assert_uint_eq(landlock_rights_of(2).files, 0x3fff);
    ck_assert_uint_eq(landlock_rights_of(3).files, 0x7fff);
    ck_assert_uint_eq(landlock_rights_of(3).network, 0);
    ck_assert_uint_eq(landlock_rights_of(4).files, 0x7fff);
    ck_assert_uint_eq(landlock_rights_of(4).network, 3);
    ck_assert_uint_eq(landlock_rights_of(5).files, 0xffff);
    ck_assert_uint_eq(landlock_rights_of(5).scope, 0);
    ck_assert_uint_eq(landlock_rights_of(6).scope, 3);
    ck_assert_uint_eq(landlock_rights_of(1000).files, 0xffff); /* a kernel to come */
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("sandbox");
    TCase *tests = tcase_create("sandbox");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_free_process_can_do_what_the_probe_tries);
    tcase_add_test(tests, a_worker_can_do_none_of_it_but_read_content);
    tcase_add_test(tests, a_watcher_keeps_content_and_state_and_does_nothing_else);
    tcase_add_test(tests, a_watcher_makes_threads_and_others_none);
    tcase_add_loop_test(tests, who_needs_no_file_opens_nothing_at_all, 0, 2);
    tcase_add_test(tests, an_exporter_converses);
    tcase_add_test(tests, a_parser_reads_and_writes_what_is_open);
    tcase_add_test(tests, a_worker_goes_on_with_what_is_open);
    tcase_add_test(tests, who_is_locked_in_may_end_himself_and_nobody_else);
    tcase_add_test(tests, off_is_off);
    tcase_add_test(tests, a_folder_that_is_not_there_allows_nothing_and_harms_nobody);
    tcase_add_test(tests, a_kernel_is_asked_for_no_more_than_it_knows);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
