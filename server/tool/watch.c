/* SPDX-License-Identifier: ISC */
#include "archive/archive.h"
#include "archive/index.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/log.h"
#include "tool/clerk.h"
#include "tool/folders.h"
#include "tool/said.h"
#include "tool/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum {
    SETTLE_MS = 80, /* an editor's save is several events and one round */
    LOOK_MS = 500,  /* how often the archive itself is looked for */
    SCAN_MS = 2000, /* where inotify can't tell */
    SCAN_PART = 20, /* and then no more than such a part of the time */
    RETRY_SECONDS = 5,
    NOTE_SECONDS = 30, /* till moved.yaml is tried again */
    MEND_MS = 2000,    /* between two mended archives; doubles */
    MEND_MOST_MS = 10 * 60 * 1000,
    PATH_BYTES = 4096,
};

struct watch {
    const struct tool_options *options;
    int signals;
    bool ended; /* a signal said so */
    struct folders *folders;
    bool scanning;              /* inotify's limits are reached */
    int64_t scan_due;           /* then; clock_monotonic */
    struct touched touched;     /* since the last round, and what was faulty in it */
    bool dirty;                 /* there is to be a round */
    int64_t next_due;           /* an instant; 0: none */
    unsigned long long archive; /* its identity after the last round */
    unsigned long long content; /* likewise the folder's, before it */
    unsigned long long cell;    /* of the folders we are locked into; 0: we are not */
    struct said said;           /* of files */
    struct fault failure;       /* of the last round, or no words */
    size_t unnoted;             /* addresses that moved.yaml can't be told */
    bool served;                /* a round succeeded, or an archive was there */
    bool damaged;               /* so somebody says of the archive */
    int64_t mended,
        mend_wait; /* when it was made anew for that; what the next one waits behind it */
};

static void
on_fault(void *whom, const char *path, const struct fault *fault)
{
    struct watch *watch = whom;
    struct buffer text = BUFFER_EMPTY;
    touched_add(&watch->touched, span_of(path)); /* told of till it is mended */
    buffer_printf(&text, "%s/%s:", watch->options->content, path);
    if (fault->line > 0)
        buffer_printf(&text, "%zu:", fault->line);
    buffer_printf(&text, " %s", fault->what);
    if (said_is_new(&watch->said, buffer_span(&text)))
        log_warn("%s", buffer_text(&text));
    buffer_fini(&text);
}

/* What lasts is said once, and that it is over. */
static void
tell_failure(struct watch *watch, const struct fault *fault)
{
    if (strcmp(fault->what, watch->failure.what) == 0)
        return;
    if (fault->what[0] != '\0')
        log_error("the archive stays as it was: %s", fault->what);
    else
        log_info("the archive is up to date again");
    watch->failure = *fault;
}

/* What nobody could note is noted as soon as it can be. */
static void
tell_unnoted(struct watch *watch, const struct index_summary *summary)
{
    int64_t again = clock_now() + NOTE_SECONDS;
    if (summary->unnoted != watch->unnoted && summary->unnoted > 0)
        log_error("moved.yaml can't be written, and addresses=%zu that moved or are gone are kept "
                  "in the archive alone",
                  summary->unnoted);
    else if (summary->unnoted != watch->unnoted)
        log_info("moved.yaml is up to date again");
    watch->unnoted = summary->unnoted;
    if (summary->unnoted > 0 && (watch->next_due == 0 || watch->next_due > again))
        watch->next_due = again;
}

static unsigned long long
identify_archive(const struct watch *watch)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/archive.db", watch->options->state);
    return archive_identity(path);
}

static void
tell_scanning(struct watch *watch, bool scanning, int why)
{
    if (scanning == watch->scanning)
        return;
    if (!scanning)
        log_info("inotify tells of every folder again");
    else
        log_warn("inotify can't tell of every folder: %s%s: looking every %d s or so instead",
                 strerror(why),
                 why == EMFILE                    ? " (fs.inotify.max_user_instances)"
                 : why == ENOSPC || why == ENOMEM ? " (fs.inotify.max_user_watches)"
                                                  : "",
                 SCAN_MS / 1000);
    watch->scanning = scanning;
}

/* The folder may be another one than last time: what happens in the old one is nothing to us. */
static void
follow_content(struct watch *watch)
{
    watch->content = file_identity(AT_FDCWD, watch->options->content);
    bool all = folders_watch(watch->folders);
    tell_scanning(watch, !all, errno);
}

/* At once the first time; the more often, the later. */
static int64_t
mend_due(const struct watch *watch)
{
    return watch->mended == 0 ? 0 : watch->mended + watch->mend_wait;
}

/* false: a signal said to end. */
static bool
read_signals(struct watch *watch)
{
    struct signalfd_siginfo news;
    while (read(watch->signals, &news, sizeof news) == sizeof news) {
        if (news.ssi_signo != SIGUSR1)
            return false;
        watch->damaged = true;
    }
    return true;
}

static void
note_mending(struct watch *watch, bool done)
{
    int64_t now = clock_monotonic();
    bool again = watch->mended != 0 && now - watch->mended < 2 * MEND_MOST_MS;
    watch->mend_wait = !again ? MEND_MS : watch->mend_wait * 2;
    if (watch->mend_wait > MEND_MOST_MS)
        watch->mend_wait = MEND_MOST_MS;
    watch->mended = now;
    if (!done)
        return;
    watch->ended = !read_signals(watch); /* what was said of the former archive is past */
    watch->damaged = false;
}

static void
tell_done(struct watch *watch, const struct index_summary *summary)
{
    watch->next_due = summary->next_due;
    tell_unnoted(watch, summary);
    watch->served = true;
    if (summary->changed > 0 || summary->removed > 0 || summary->rebuilt)
        log_info("indexed stories=%zu changed=%zu removed=%zu faulty=%zu%s", summary->stories,
                 summary->changed, summary->removed, summary->faulty,
                 summary->rebuilt ? " (made anew)" : "");
}

/* Where all was looked at, it is some time until that is done again unasked. */
static void
note_scan(struct watch *watch, int64_t begun)
{
    int64_t now = clock_monotonic(), wait = (now - begun) * SCAN_PART;
    watch->scan_due = now + (wait < SCAN_MS ? SCAN_MS : wait);
}

static bool
do_round(struct watch *watch)
{
    struct touched touched = watch->touched;
    struct index_options index = { .content = watch->options->content,
                                   .state = watch->options->state,
                                   .lang = watch->options->lang,
                                   .zone = watch->options->zone,
                                   .now = clock_now(),
                                   .wait = true,
                                   .anew = watch->damaged && clock_monotonic() >= mend_due(watch),
                                   .touched = touched.all ? NULL : &touched.paths.spans,
                                   .report = on_fault,
                                   .whom = watch };
    struct index_summary summary;
    struct fault fault = { 0, "" };
    int64_t begun = clock_monotonic();
    watch->dirty = false;
    watch->touched = (struct touched){ .region = NULL };
    if (touched.all)
        follow_content(watch);
    bool done = index_round(&index, &summary, &fault) == STATUS_OK;
    watch->touched.any = false; /* what is faulty waits for another reason */
    if (index.anew || (watch->damaged && done && summary.rebuilt))
        note_mending(watch, done);
    said_turn(&watch->said, done);
    tell_failure(watch, &fault);
    watch->archive = identify_archive(watch);
    if (touched.all)
        note_scan(watch, begun);
    touched_fini(&touched);
    if (done) {
        tell_done(watch, &summary);
    } else {
        watch->next_due = clock_now() + RETRY_SECONDS;
        watch->touched.all = true; /* nobody knows how far it came */
    }
    return done;
}

static int
time_to_wait(const struct watch *watch)
{
    if (watch->next_due == 0)
        return LOOK_MS;
    int64_t wait = (watch->next_due - clock_now()) * 1000;
    return wait < 0 ? 0 : wait < LOOK_MS ? (int)wait : LOOK_MS;
}

/* Anything may be other than it was. */
static bool
is_all_in_doubt(const struct watch *watch)
{
    return identify_archive(watch) != watch->archive ||
           file_identity(AT_FDCWD, watch->options->content) != watch->content ||
           (watch->scanning && clock_monotonic() >= watch->scan_due);
}

/* false: a signal said to end. */
static bool
wait_for_change(struct watch *watch)
{
    struct pollfd fds[] = { { folders_descriptor(watch->folders), POLLIN, 0 },
                            { watch->signals, POLLIN, 0 } };
    if (poll(fds, 2, time_to_wait(watch)) < 0 && errno != EINTR)
        return false;
    if (fds[1].revents != 0 && !read_signals(watch))
        return false;
    if (fds[0].revents != 0) {
        poll(&fds[1], 1, SETTLE_MS);
        folders_read(watch->folders, &watch->touched);
    }
    if (is_all_in_doubt(watch))
        watch->touched.any = watch->touched.all = true;
    watch->dirty = watch->touched.any || (watch->damaged && clock_monotonic() >= mend_due(watch)) ||
                   (watch->next_due != 0 && clock_now() >= watch->next_due);
    return !watch->ended;
}

static unsigned long long
identify_cell(const struct watch *watch)
{
    unsigned long long content = file_identity(AT_FDCWD, watch->options->content);
    return (content ^ file_identity(AT_FDCWD, watch->options->state) >> 1) | 1;
}

/* From here on there is nothing but content and state, and what lies in content may lie elsewhere
 * if a link leads there. Others are done with the outside by then: OpenSSL has read its settings,
 * and SQLite spills into the state folder. */
static bool
lock_in(struct watch *watch)
{
    static const char *const names[] = { "stories", "pages", "cities.yaml", "themes.yaml" };
    enum { OWN = 3, NAMES = sizeof names / sizeof *names };
    const struct tool_options *options = watch->options;
    char linked[NAMES][PATH_BYTES];
    unsigned char hash[HASH_BYTES];
    struct sandbox_path paths[OWN + NAMES] = { { options->content, SANDBOX_WRITE },
                                               { options->state, SANDBOX_WRITE },
                                               { "/dev/urandom", SANDBOX_READ } };
    struct fault fault = { 0, "" };
    if (options->sandbox == SANDBOX_OFF)
        return true;
    for (size_t i = 0; i < NAMES; i++) {
        snprintf(linked[i], PATH_BYTES, "%s/%s", options->content, names[i]);
        paths[OWN + i] = (struct sandbox_path){ linked[i], SANDBOX_READ };
    }
    hash_bytes(SPAN(""), hash);
    setenv("SQLITE_TMPDIR", options->state, 1);
    if (file_make_folder(AT_FDCWD, options->state, 0755) != STATUS_OK)
        log_warn("%s can't be made: %s", options->state, strerror(errno));
    watch->cell = identify_cell(watch);
    if (sandbox_enter(options->sandbox, SANDBOX_WATCHER, paths, OWN + NAMES, &fault) == STATUS_OK)
        return true;
    log_error("the watcher can't be locked in: %s", fault.what);
    return false;
}

/* Into another folder of that name nobody gets any more: the master starts one who does. */
static bool
is_in_its_cell(const struct watch *watch)
{
    if (watch->cell == 0 || identify_cell(watch) == watch->cell)
        return true;
    log_info("the content or the state folder is another one");
    return false;
}

int
command_watch(const struct tool_options *options, int argc, char **argv)
{
    struct watch watch = { .options = options };
    sigset_t heard;
    int status = EXIT_FAILED;
    const char *sources = argc == 3 && strcmp(argv[1], "--refresh") == 0 ? argv[2] : NULL;
    if (argc > 1 && sources == NULL)
        return command_misused("watch", "what is `%s`?", argv[1]);
    sigemptyset(&heard);
    sigaddset(&heard, SIGTERM);
    sigaddset(&heard, SIGINT);
    sigaddset(&heard, SIGUSR1);
    sigprocmask(SIG_BLOCK, &heard, NULL);
    watch.signals = signalfd(-1, &heard, SFD_CLOEXEC | SFD_NONBLOCK);
    watch.folders = folders_new(options->content);
    watch.touched.all = true;
    watch.served = identify_archive(&watch) != 0;
    if (sources != NULL && !clerk_start(options, sources))
        log_error("nobody refreshes: %s", strerror(errno));
    if (!lock_in(&watch))
        goto done;
    if (!do_round(&watch) && !watch.served)
        goto done; /* nothing to serve, and nothing to wait for */
    while (wait_for_change(&watch) && is_in_its_cell(&watch))
        if (watch.dirty)
            do_round(&watch);
    status = EXIT_FINE;

done:
    touched_fini(&watch.touched);
    folders_free(watch.folders);
    said_fini(&watch.said);
    return status;
}
