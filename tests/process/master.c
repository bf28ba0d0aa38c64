/* SPDX-License-Identifier: ISC */
/* The real master with real children; what a worker does here is to accept, say its generation's
 * number and close. */
#include "process/master.h"

#include "base/log.h"
#include "process/socket.h"
#include "testing.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SLOTS = 2, PATIENCE_MS = 10000 };

struct shared {
    volatile pid_t watcher, exporter;
    volatile pid_t ended;                /* the last worker that did */
    volatile char loads;                 /* worlds */
    volatile char kept;                  /* the world that stayed when another failed */
    volatile int refuse;                 /* no world loads */
    volatile int broken;                 /* workers end as soon as they begin */
    volatile int deaf;                   /* workers stop listening when told to, and stay */
    volatile int blind;                  /* the watcher can do nothing */
    volatile unsigned long long archive; /* its number; 0: none */
    volatile unsigned long long content;
    volatile int damaged; /* workers say so with each answer */
    volatile int told;    /* how often the watcher was */
    volatile int slow;    /* workers are not ready before it is 0 */
    volatile int begun;   /* workers, ever */
    volatile int full;    /* workers accept nobody */
    volatile int asked;   /* how often a worker was */
} * shared;

struct world {
    char number;
};

static int ready_pipe[2];
static struct metrics *metrics;
static struct counters *counters; /* NULL unless a test wants some */
static bool tells;                /* there is an exporter */
static const char *log_path;      /* NULL: standard error */
static int patience_ms;           /* with silent workers */

static void *
load(void *whom, const void *now)
{
    struct world *world = malloc(sizeof *world);
    (void)whom, (void)now;
    if (shared->refuse) {
        free(world);
        return NULL;
    }
    world->number = (char)('0' + ++shared->loads);
    return world;
}

static void
unload(void *whom, void *world)
{
    (void)whom;
    free(world);
}

static void
keep(void *whom, const void *now, const void *failed)
{
    (void)whom;
    ck_assert_ptr_ne(now, failed);
    shared->kept = ((const struct world *)now)->number;
}

static bool
servable(void *whom, void *world)
{
    (void)whom, (void)world;
    return true;
}

static unsigned long long
archive(void *whom, void *world)
{
    (void)whom, (void)world;
    return shared->archive;
}

static unsigned long long
content(void *whom, void *world)
{
    (void)whom, (void)world;
    return shared->content;
}

static _Noreturn void
stay(int listener)
{
    close(listener);
    for (;;)
        pause();
}

/* What a worker is told; whether it goes on. */
static bool
hear(int control)
{
    char word;
    if (read(control, &word, 1) != 1 || word != WORKER_ASKED)
        return false;
    shared->asked++;
    word = WORKER_READY;
    return write(control, &word, 1) == 1;
}

static int
work(void *world, size_t slot, const int *sockets, int control)
{
    char word = WORKER_READY;
    (void)slot;
    shared->begun++;
    while (shared->slow)
        poll(NULL, 0, 10);
    if (shared->broken || write(control, &word, 1) != 1)
        return 1;
    for (;;) {
        struct pollfd fds[] = { { control, POLLIN, 0 },
                                { shared->full ? -1 : sockets[0], POLLIN, 0 } };
        if (poll(fds, 2, -1) < 0)
            return 1;
        if (fds[0].revents != 0 && shared->deaf)
            stay(sockets[0]);
        if (fds[0].revents != 0 && !hear(control))
            return 0;
        if (fds[1].revents == 0 || shared->full)
            continue;
        int peer = accept(sockets[0], NULL, NULL);
        if (peer < 0)
            continue;
        metrics_add(metrics, METRIC_ACCEPTED, 1);
        metrics_add(metrics, METRIC_CONNECTIONS, 1); /* and never one less */
        char says[16];
        memset(says, 0, sizeof says);
        says[0] = ((struct world *)world)->number;
        memcpy(says + 4, &(pid_t){ getpid() }, sizeof(pid_t));
        if (write(peer, says, sizeof says) < 0)
            return 1;
        close(peer);
        word = WORKER_DAMAGED;
        if (shared->damaged && write(control, &word, 1) != 1)
            return 1;
    }
}

static int
watch(void *world)
{
    (void)world;
    if (shared->blind)
        return 1;
    sigset_t told;
    int signal;
    sigemptyset(&told);
    sigaddset(&told, SIGUSR1);
    shared->watcher = getpid();
    while (sigwait(&told, &signal) == 0)
        shared->told++;
    return 0;
}

static int
tell(void *world)
{
    (void)world;
    shared->exporter = getpid();
    return pause();
}

static void
ended(void *whom, pid_t worker)
{
    (void)whom;
    shared->ended = worker;
}

static void
ready(void *whom, void *world)
{
    (void)whom, (void)world;
    if (write(ready_pipe[1], "r", 1) != 1)
        abort();
}

static struct address address;
static int sockets[SLOTS * PROTOCOLS];
static pid_t master;

/* What a test wants to be otherwise, it sets in *shared between the two. */
static void
prepare(void)
{
    bool fell_back;
    int bound[SLOTS];
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert(shared != MAP_FAILED);
    metrics_free(metrics); /* of the test before, where there is no fork between them */
    ck_assert_int_eq(metrics_new(NULL, &metrics), STATUS_OK);
    shared->archive = shared->content = 1;
    ck_assert(address_parse(SPAN("127.0.0.1:0"), &address));
    ck_assert_int_eq(socket_listen(&address, SLOTS, bound, &fell_back), STATUS_OK);
    for (int i = 0; i < SLOTS * PROTOCOLS; i++)
        sockets[i] = i % PROTOCOLS == PROTOCOL_gemini ? bound[i / PROTOCOLS] : -1;
    ck_assert_int_eq(pipe(ready_pipe), 0);
}

/* False: it never served. */
static bool
launch(int drain_seconds)
{
    char word;
    master = fork();
    if (master == 0) {
        struct master_options options = {
            .slots = SLOTS,
            .sockets = sockets,
            .drain_seconds = drain_seconds,
            .patience_ms = patience_ms,
            .metrics = metrics,
            .counters = counters,
            .tell = tells ? tell : NULL,
            .tell_socket = tells ? dup(sockets[0]) : -1,
            .load = load,
            .unload = unload,
            .keep = keep,
            .servable = servable,
            .archive = archive,
            .content = content,
            .work = work,
            .watch = watch,
            .ended = ended,
            .ready = ready,
            .bequest = INHERITANCE_NONE,
            .elder = -1,
        };
        if (log_open("master", log_path, LOG_ERROR) != STATUS_OK)
            abort();
        _exit(master_run(&options, load(NULL, NULL)));
    }
    for (int i = 0; i < SLOTS; i++)
        close(sockets[i * PROTOCOLS]);
    close(ready_pipe[1]);
    return read(ready_pipe[0], &word, 1) == 1;
}

static void
start(void)
{
    prepare();
    ck_assert(launch(5));
}

static void
wait_for_master(int expected)
{
    int status;
    ck_assert_int_eq(waitpid(master, &status, 0), master);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), expected);
}

static void
stop(void)
{
    kill(master, SIGTERM);
    wait_for_master(0);
}

/* Connects; the world's number, or 0 where nobody answers. */
static char
ask(pid_t *worker)
{
    char says[16] = { 0 };
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&address.at, address.len) == 0 &&
        recv(fd, says, sizeof says, MSG_WAITALL) == (ssize_t)sizeof says)
        memcpy(worker, says + 4, sizeof *worker);
    close(fd);
    return says[0];
}

static void
wait_for_number(char number)
{
    pid_t worker;
    for (int i = 0; i < PATIENCE_MS / 10; i++) {
        if (ask(&worker) == number)
            return;
        poll(NULL, 0, 10);
    }
    ck_abort_msg("nobody of world %c answers", number);
}

static bool
is_alive(pid_t pid)
{
    return kill(pid, 0) == 0 || errno != ESRCH;
}

/* Until another generation of the same world answers. */
static void
wait_for_other_than(pid_t old)
{
    pid_t worker = 0;
    for (int i = 0; i < PATIENCE_MS / 10; i++) {
        if (ask(&worker) == '1' && !is_alive(old))
            return;
        poll(NULL, 0, 10);
    }
    ck_abort_msg("the old worker is still there");
}

START_TEST(a_killed_worker_is_back_and_nobody_else_notices)
{
    pid_t worker = 0, next = 0;
    start();
    for (int i = 0; i < 5; i++) {
        ck_assert_int_eq(ask(&worker), '1');
        ck_assert_int_eq(kill(worker, SIGKILL), 0);
        ck_assert_int_eq(ask(&next), '1');
        ck_assert_int_ne(next, worker);
        for (int wait = 0; shared->ended != worker; wait++, poll(NULL, 0, 1))
            ck_assert_int_lt(wait, PATIENCE_MS);
    }
    stop();
}
END_TEST

static void
allow_descriptors(rlim_t number)
{
    const struct rlimit limit = { number, 4096 };
    ck_assert_int_eq(prlimit(master, RLIMIT_NOFILE, &limit, NULL), 0);
}

START_TEST(a_worker_that_cannot_be_started_is_told_and_tried_again)
{
    char *folder = testing_folder(), path[4096], *log = NULL;
    pid_t worker = 0;
    snprintf(path, sizeof path, "%s/log", folder);
    log_path = path;
    start();
    ck_assert_int_eq(ask(&worker), '1');
    allow_descriptors(8); /* it has as many already */
    kill(worker, SIGKILL);
    for (int i = 0; log == NULL || strstr(log, "can't start the worker: Too many") == NULL; i++) {
        ck_assert_int_lt(i, PATIENCE_MS / 10);
        free(log);
        poll(NULL, 0, 10);
        log = testing_read(folder, "log");
    }
    free(log);
    int begun = shared->begun;
    allow_descriptors(1024);
    for (int i = 0; shared->begun == begun; i++, poll(NULL, 0, 10))
        ck_assert_int_lt(i, PATIENCE_MS / 10);
    stop();
    log_path = NULL;
    testing_folder_remove(folder);
}
END_TEST

START_TEST(a_reload_brings_the_new_world)
{
    start();
    kill(master, SIGHUP);
    wait_for_number('2');
    stop();
}
END_TEST

START_TEST(a_reload_that_is_refused_leaves_the_old_world)
{
    pid_t worker;
    start();
    shared->refuse = 1;
    kill(master, SIGHUP);
    poll(NULL, 0, 300);
    ck_assert_int_eq(ask(&worker), '1');
    stop();
}
END_TEST

static void
wait_for_end(pid_t pid)
{
    for (int i = 0; i < PATIENCE_MS / 10 && is_alive(pid); i++)
        poll(NULL, 0, 10);
    ck_assert(!is_alive(pid));
}

START_TEST(a_killed_watcher_is_back)
{
    start();
    while (shared->watcher == 0)
        poll(NULL, 0, 10);
    pid_t old = shared->watcher;
    ck_assert_int_eq(kill(old, SIGKILL), 0);
    for (int i = 0; i < PATIENCE_MS / 10 && shared->watcher == old; i++)
        poll(NULL, 0, 10);
    ck_assert_int_ne(shared->watcher, old);
    stop();
}
END_TEST

static uint64_t
count(enum metric what)
{
    struct metric_values values;
    metrics_sum(metrics, &values);
    return values.at[what];
}

static void
wait_for_count(enum metric what, uint64_t wanted)
{
    for (int i = 0; i < PATIENCE_MS / 10 && count(what) != wanted; i++)
        poll(NULL, 0, 10);
    ck_assert_uint_eq(count(what), wanted);
}

START_TEST(what_a_killed_worker_held_is_no_more_and_what_it_counted_stays)
{
    pid_t worker = 0;
    start();
    for (uint64_t i = 1; i <= 5; i++) {
        ck_assert_int_eq(ask(&worker), '1');
        wait_for_count(METRIC_ACCEPTED, i);
        ck_assert_uint_ge(count(METRIC_CONNECTIONS), 1);
        ck_assert_int_eq(kill(worker, SIGKILL), 0);
        /* What the other worker holds, at most; the master sees an end before it counts it. */
        for (int wait = 0; count(METRIC_CONNECTIONS) >= i && wait < PATIENCE_MS; wait++)
            poll(NULL, 0, 1);
        ck_assert_uint_lt(count(METRIC_CONNECTIONS), i);
    }
    kill(master, SIGHUP); /* all who held something leave */
    wait_for_number('2');
    stop();
    ck_assert_uint_eq(count(METRIC_CONNECTIONS), 0);
    ck_assert_uint_ge(count(METRIC_ACCEPTED), 6);
}
END_TEST

START_TEST(a_killed_exporter_is_back_and_leaves_with_the_master)
{
    tells = true;
    start();
    while (shared->exporter == 0)
        poll(NULL, 0, 10);
    pid_t old = shared->exporter;
    ck_assert_int_eq(kill(old, SIGKILL), 0);
    for (int i = 0; i < PATIENCE_MS / 10 && shared->exporter == old; i++)
        poll(NULL, 0, 10);
    ck_assert_int_ne(shared->exporter, old);
    old = shared->exporter;
    kill(master, SIGHUP); /* it gets the new world, too */
    for (int i = 0; i < PATIENCE_MS / 10 && shared->exporter == old; i++)
        poll(NULL, 0, 10);
    ck_assert_int_ne(shared->exporter, old);
    stop();
    ck_assert(!is_alive(shared->exporter));
    tells = false;
}
END_TEST

START_TEST(the_counters_tell_of_the_master)
{
    char *folder = testing_folder();
    struct counters_sample sample;
    struct fault fault;
    counters = counters_new(folder);
    start();
    for (int i = 0; counters_read(folder, &sample, &fault) != STATUS_OK ||
                    sample.values.at[METRIC_GENERATION] != 1;
         i++) {
        ck_assert_int_lt(i, PATIENCE_MS / 10);
        poll(NULL, 0, 10);
    }
    ck_assert_int_eq(sample.daemon, master);
    ck_assert_uint_eq(sample.values.at[METRIC_WORKERS_SERVING], SLOTS);
    kill(master, SIGHUP);
    for (int i = 0; sample.values.at[METRIC_GENERATION] != 2; i++) {
        ck_assert_int_lt(i, PATIENCE_MS / 10);
        poll(NULL, 0, 10);
        ck_assert_int_eq(counters_read(folder, &sample, &fault), STATUS_OK);
    }
    stop();
    ck_assert_int_eq(counters_read(folder, &sample, &fault), STATUS_ABSENT);
    counters_free(counters);
    counters = NULL;
    testing_folder_remove(folder);
}
END_TEST

START_TEST(the_children_of_a_killed_master_leave)
{
    pid_t worker;
    start();
    ck_assert_int_eq(ask(&worker), '1');
    while (shared->watcher == 0)
        poll(NULL, 0, 10);
    kill(master, SIGKILL);
    waitpid(master, NULL, 0);
    wait_for_end(worker);
    wait_for_end(shared->watcher);
}
END_TEST

START_TEST(a_clean_end_leaves_nobody)
{
    pid_t worker;
    start();
    ck_assert_int_eq(ask(&worker), '1');
    stop();
    ck_assert(!is_alive(worker));
    ck_assert_int_eq(ask(&worker), 0);
}
END_TEST

START_TEST(new_workers_that_do_not_come_up_leave_the_old_ones)
{
    pid_t worker;
    start();
    ck_assert_int_eq(ask(&worker), '1');
    shared->broken = 1;
    kill(master, SIGHUP);
    for (int i = 0; i < 5; i++) {
        ck_assert_int_eq(ask(&worker), '1');
        poll(NULL, 0, 50);
    }
    for (int i = 0; shared->kept != '1'; i++, poll(NULL, 0, 10))
        ck_assert_int_lt(i, PATIENCE_MS / 10);
    shared->broken = 0;
    kill(master, SIGHUP);
    wait_for_number('3');
    stop();
}
END_TEST

START_TEST(an_archive_made_anew_brings_new_workers)
{
    pid_t worker;
    start();
    ck_assert_int_eq(ask(&worker), '1');
    shared->archive = 2;
    wait_for_other_than(worker);
    stop();
}
END_TEST

START_TEST(another_content_folder_brings_new_workers_and_none_at_all_leaves_the_old)
{
    pid_t worker, same;
    start();
    ck_assert_int_eq(ask(&worker), '1');
    shared->content = 0;
    for (int i = 0; i < 10; i++) {
        ck_assert_int_eq(ask(&same), '1');
        poll(NULL, 0, 50);
    }
    ck_assert(is_alive(worker));
    shared->content = 2;
    wait_for_other_than(worker);
    stop();
}
END_TEST

/* Nobody else would begin them: the archive does not change again. */
START_TEST(new_workers_for_another_archive_are_begun_until_they_come_up)
{
    pid_t worker;
    start();
    ck_assert_int_eq(ask(&worker), '1');
    shared->broken = 1;
    shared->archive = 2;
    poll(NULL, 0, 1000);
    ck_assert(is_alive(worker));
    shared->broken = 0;
    wait_for_other_than(worker);
    stop();
}
END_TEST

START_TEST(the_watcher_is_told_of_damage_until_the_archive_is_another_one)
{
    pid_t worker;
    start();
    shared->damaged = 1;
    ck_assert_int_eq(ask(&worker), '1');
    for (int i = 0; shared->told == 0; i++) {
        ck_assert_int_lt(i, PATIENCE_MS / 10);
        poll(NULL, 0, 10);
    }
    ck_assert_int_eq(shared->told, 1);
    shared->slow = 1; /* or it may be a new one who answers */
    shared->archive = 2;
    ck_assert_int_eq(ask(&worker), '1'); /* what it says is of the former one */
    shared->damaged = 0;
    shared->slow = 0;
    wait_for_other_than(worker);
    ck_assert_int_eq(shared->told, 1);
    stop();
}
END_TEST

/* Said while those who know the new one came up, but were not there yet. */
START_TEST(damage_of_a_former_archive_is_not_told_of_the_new_one)
{
    pid_t worker;
    start();
    ck_assert_int_eq(ask(&worker), '1');
    shared->slow = 1;
    int begun = shared->begun;
    shared->archive = 2;
    while (shared->begun == begun)
        poll(NULL, 0, 10);
    shared->damaged = 1;
    ck_assert_int_eq(ask(&worker), '1');
    shared->damaged = 0;
    shared->slow = 0;
    wait_for_other_than(worker);
    kill(master, SIGHUP); /* whatever the master does then is done when the next world is there */
    wait_for_number('2');
    ck_assert_int_eq(shared->told, 0);
    stop();
}
END_TEST

START_TEST(a_log_opened_anew_is_everyones)
{
    pid_t worker;
    start();
    ck_assert_int_eq(ask(&worker), '1');
    while (shared->watcher == 0)
        poll(NULL, 0, 10);
    pid_t watcher = shared->watcher;
    kill(master, SIGUSR1);
    wait_for_other_than(worker);
    wait_for_end(watcher);
    stop();
}
END_TEST

START_TEST(a_log_opened_anew_is_everyones_though_new_workers_fail_at_first)
{
    pid_t worker;
    start();
    ck_assert_int_eq(ask(&worker), '1');
    shared->broken = 1;
    int begun = shared->begun;
    kill(master, SIGUSR1);
    for (int i = 0; shared->begun == begun; i++, poll(NULL, 0, 10))
        ck_assert_int_lt(i, PATIENCE_MS / 10);
    ck_assert(is_alive(worker));
    shared->broken = 0;
    wait_for_other_than(worker);
    stop();
}
END_TEST

START_TEST(reloads_asked_for_at_once_bring_the_newest_world)
{
    pid_t worker;
    start();
    for (int i = 0; i < 20; i++) {
        kill(master, SIGHUP);
        poll(NULL, 0, 1);
    }
    bool newest = false;
    for (int i = 0; i < PATIENCE_MS / 10 && !newest; i++) {
        poll(NULL, 0, 10);
        newest = shared->loads > 2 && ask(&worker) == '0' + shared->loads;
    }
    ck_assert(newest);
    stop();
}
END_TEST

START_TEST(workers_that_never_come_up_end_it)
{
    prepare();
    shared->broken = 1;
    ck_assert(!launch(5));
    wait_for_master(1);
}
END_TEST

START_TEST(a_watcher_that_can_do_nothing_ends_it_before_anything_was_served)
{
    prepare();
    shared->archive = 0;
    shared->blind = 1;
    ck_assert(!launch(5));
    wait_for_master(1);
}
END_TEST

START_TEST(the_first_archive_is_waited_for)
{
    pid_t worker;
    prepare();
    shared->archive = 0;
    pid_t helper = fork();
    if (helper == 0) {
        while (shared->watcher == 0)
            poll(NULL, 0, 10);
        shared->archive = 1;
        _exit(0);
    }
    ck_assert(launch(5));
    ck_assert_int_eq(ask(&worker), '1');
    waitpid(helper, NULL, 0);
    stop();
}
END_TEST

START_TEST(a_worker_that_does_not_leave_is_killed_when_its_time_is_up)
{
    pid_t worker;
    prepare();
    shared->deaf = 1;
    ck_assert(launch(1));
    ck_assert_int_eq(ask(&worker), '1');
    stop();
    ck_assert(!is_alive(worker));
}
END_TEST

/* More patience than the test has: only being told twice can end it. */
START_TEST(whoever_is_told_twice_leaves_at_once)
{
    pid_t worker;
    prepare();
    shared->deaf = 1;
    ck_assert(launch(600));
    ck_assert_int_eq(ask(&worker), '1');
    kill(master, SIGTERM);
    while (ask(&worker) != 0)
        poll(NULL, 0, 10);
    stop();
    ck_assert(!is_alive(worker));
}
END_TEST

/* Both queues have somebody, sooner or later. */
static void
ask_all(void)
{
    pid_t worker;
    for (int i = 0; i < 16; i++)
        ck_assert_int_eq(ask(&worker), '1');
}

START_TEST(a_stopped_worker_is_replaced_and_leaves_when_it_goes_on)
{
    pid_t worker = 0;
    patience_ms = 300;
    start();
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(ask(&worker), '1');
        kill(worker, SIGSTOP);
        ask_all();
        ck_assert(is_alive(worker));
        kill(worker, SIGCONT);
        wait_for_end(worker);
        ask_all();
    }
    stop();
    patience_ms = 0;
}
END_TEST

START_TEST(a_worker_that_stays_silent_is_killed)
{
    pid_t worker = 0;
    patience_ms = 50;
    start();
    ck_assert_int_eq(ask(&worker), '1');
    kill(worker, SIGSTOP);
    ask_all();
    wait_for_end(worker);
    ask_all();
    stop();
    patience_ms = 0;
}
END_TEST

START_TEST(a_silent_worker_of_a_former_world_is_killed)
{
    pid_t worker = 0;
    patience_ms = 50;
    start();
    ck_assert_int_eq(ask(&worker), '1');
    shared->deaf = 1;
    kill(master, SIGHUP);
    wait_for_number('2');
    ck_assert(is_alive(worker));
    wait_for_end(worker);
    shared->deaf = 0;
    stop();
    patience_ms = 0;
}
END_TEST

START_TEST(new_workers_that_hang_leave_the_old_ones)
{
    pid_t worker;
    patience_ms = 20;
    start();
    shared->slow = 1;
    kill(master, SIGHUP);
    for (int i = 0; shared->kept != '1'; i++, poll(NULL, 0, 10))
        ck_assert_int_lt(i, PATIENCE_MS / 10);
    ck_assert_int_eq(ask(&worker), '1');
    shared->slow = 0;
    kill(master, SIGHUP);
    wait_for_number('3');
    stop();
    patience_ms = 0;
}
END_TEST

/* It lets readers wait, and says that it is there. */
START_TEST(a_full_worker_stays)
{
    enum { READERS = 16, OFTEN = 8 };
    int readers[READERS];
    char says[16];
    patience_ms = 2000;
    start();
    shared->full = 1;
    for (int i = 0; i < READERS; i++) {
        readers[i] = socket(AF_INET, SOCK_STREAM, 0);
        ck_assert_int_eq(connect(readers[i], (struct sockaddr *)&address.at, address.len), 0);
    }
    for (int i = 0; shared->asked < OFTEN; i++, poll(NULL, 0, 10))
        ck_assert_int_lt(i, PATIENCE_MS / 10);
    ck_assert_int_eq(shared->begun, SLOTS);
    shared->full = 0;
    for (int i = 0; i < READERS; i++) {
        ck_assert_int_eq(recv(readers[i], says, sizeof says, MSG_WAITALL), sizeof says);
        close(readers[i]);
    }
    stop();
    patience_ms = 0;
}
END_TEST

static void
add_tests(TCase *tests)
{
    tcase_add_test(tests, new_workers_that_do_not_come_up_leave_the_old_ones);
    tcase_add_test(tests, an_archive_made_anew_brings_new_workers);
    tcase_add_test(tests, another_content_folder_brings_new_workers_and_none_at_all_leaves_the_old);
    tcase_add_test(tests, new_workers_for_another_archive_are_begun_until_they_come_up);
    tcase_add_test(tests, the_watcher_is_told_of_damage_until_the_archive_is_another_one);
    tcase_add_test(tests, damage_of_a_former_archive_is_not_told_of_the_new_one);
    tcase_add_test(tests, a_log_opened_anew_is_everyones);
    tcase_add_test(tests, a_log_opened_anew_is_everyones_though_new_workers_fail_at_first);
    tcase_add_test(tests, reloads_asked_for_at_once_bring_the_newest_world);
    tcase_add_test(tests, workers_that_never_come_up_end_it);
    tcase_add_test(tests, a_watcher_that_can_do_nothing_ends_it_before_anything_was_served);
    tcase_add_test(tests, the_first_archive_is_waited_for);
    tcase_add_test(tests, a_worker_that_does_not_leave_is_killed_when_its_time_is_up);
    tcase_add_test(tests, whoever_is_told_twice_leaves_at_once);
    tcase_add_test(tests, a_stopped_worker_is_replaced_and_leaves_when_it_goes_on);
    tcase_add_test(tests, a_worker_that_stays_silent_is_killed);
    tcase_add_test(tests, a_silent_worker_of_a_former_world_is_killed);
    tcase_add_test(tests, new_workers_that_hang_leave_the_old_ones);
    tcase_add_test(tests, a_full_worker_stays);
}

int
main(void)
{
    Suite *suite = suite_create("master");
    TCase *tests = tcase_create("master");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, a_killed_worker_is_back_and_nobody_else_notices);
    tcase_add_test(tests, a_reload_brings_the_new_world);
    tcase_add_test(tests, a_reload_that_is_refused_leaves_the_old_world);
    tcase_add_test(tests, a_killed_watcher_is_back);
    tcase_add_test(tests, what_a_killed_worker_held_is_no_more_and_what_it_counted_stays);
    tcase_add_test(tests, a_killed_exporter_is_back_and_leaves_with_the_master);
    tcase_add_test(tests, the_counters_tell_of_the_master);
    tcase_add_test(tests, the_children_of_a_killed_master_leave);
    tcase_add_test(tests, a_clean_end_leaves_nobody);
    add_tests(tests);
    suite_add_tcase(suite, tests);
    TCase *starving = tcase_create("starving");
    tcase_set_timeout(starving, 60);
    tcase_set_tags(starving, "no-valgrind"); /* which takes its own descriptors from ours */
    tcase_add_test(starving, a_worker_that_cannot_be_started_is_told_and_tried_again);
    suite_add_tcase(suite, starving);
    return testing_run(suite);
}
