/* SPDX-License-Identifier: ISC */
/* What a start asks of the machine, and what --check says of it. */
#include "capsule.h"

#include "testing.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum who { ANYBODY, AS_ROOT, AS_NOBODY };

static struct capsule_run *run;
static char *told;

static void
shell(const char *command)
{
    char line[8192];
    snprintf(line, sizeof line, "cd '%s' && %s", run->folder, command);
    ck_assert_msg(system(line) == 0, "%s", command);
}

static void
set_up(void)
{
    run = capsule_prepare();
    if (geteuid() == 0)
        shell("chown nobody .");
}

static void
tear_down(void)
{
    free(told);
    told = NULL;
    capsule_stop(run);
}

static void
become_nobody(void)
{
    const struct passwd *nobody = getpwnam("nobody");
    if (geteuid() == 0 &&
        (setgroups(0, NULL) != 0 || setgid(nobody->pw_gid) != 0 || setuid(nobody->pw_uid) != 0))
        _exit(126);
}

static void
ignore_children(void)
{
    signal(SIGCHLD, SIG_IGN);
}

/* Its exit status; what it said is in `told`. */
static int
songtud(enum who who, const char *settings, const char *word)
{
    int status;
    if (settings != NULL)
        testing_write(run->folder, "songtu.yaml", settings);
    pid_t pid = fork();
    if (pid == 0) {
        int file = chdir(run->folder) == 0 ? open("/dev/null", O_RDWR) : -1;
        int err = open("told", O_WRONLY | O_CREAT | O_TRUNC, 0644);
        dup2(file, STDOUT_FILENO);
        dup2(err, STDERR_FILENO);
        if (who == AS_NOBODY)
            become_nobody();
        execl("./songtud", "./songtud", "--workers", "1", word, (char *)NULL);
        _exit(127);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    free(told);
    told = testing_read(run->folder, "told");
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Lists all that is there, as it is. */
static void
look(const char *into)
{
    char command[256];
    snprintf(command, sizeof command,
             "find . -mindepth 1 ! -name told ! -name before ! -name after "
             "-printf '%%p %%i %%M %%u %%s %%T@\\n' | sort >%s",
             into);
    shell(command);
}

#define LOCAL "gemini: 127.0.0.1:0\n"

static const struct fault_row {
    enum who who;
    const char *settings, *before, *words;
} faults[] = {
    { AS_ROOT, "user: nemo\n" LOCAL, NULL,
      "songtu.yaml:1: user: started as root, and there is no user nemo: make one with" },
    { AS_ROOT, "user: root\n" LOCAL, NULL, "songtu.yaml:1: user: workers must not be root" },
    { ANYBODY, "content: nowhere\nuser: nobody\n" LOCAL, NULL,
      "songtu.yaml:1: content: nowhere can't be read: No such file" },
    { ANYBODY, "content: songtu\nuser: nobody\n" LOCAL, NULL,
      "songtu.yaml:1: content: songtu can't be read: Not a directory" },
    { AS_ROOT, "content: secret\nuser: nobody\n" LOCAL, "mkdir -m 700 secret",
      "songtu.yaml:1: content: secret can't be read: Permission denied" },
    { ANYBODY, "log: nowhere/log\nuser: nobody\n" LOCAL, NULL,
      "songtu.yaml:1: log: nowhere/log can't be opened: No such file" },
    { ANYBODY, "log: content\nuser: nobody\n" LOCAL, NULL,
      "songtu.yaml:1: log: content can't be opened: Is a directory" },
    { AS_NOBODY, "log: closed/log\n" LOCAL, "mkdir -m 555 closed",
      "songtu.yaml:1: log: closed/log can't be opened: Permission denied" },
    { ANYBODY, "state: songtu/var\nuser: nobody\n" LOCAL, NULL,
      "songtu.yaml:1: state: songtu/var can't be " },
    { ANYBODY, "state: songtu\nuser: nobody\n" LOCAL, NULL,
      "songtu.yaml:1: state: songtu can't be opened: Not a directory" },
    { AS_NOBODY, "state: closed\n" LOCAL, "mkdir -m 555 closed",
      "songtu.yaml:1: state: closed can't be written: Permission denied" },
    { AS_NOBODY, "state: closed/var\n" LOCAL, "mkdir -m 555 closed",
      "songtu.yaml:1: state: closed/var can't be made: Permission denied" },
    { AS_ROOT, "state: secret/var\nuser: nobody\n" LOCAL, "mkdir -m 700 secret",
      "songtu.yaml:1: state: secret/var can't be reached: Permission denied" },
    { ANYBODY, "state: var\nuser: nobody\n" LOCAL, "ln -s nowhere var",
      "songtu.yaml:1: state: var is a link that leads nowhere: make the folder" },
    { AS_NOBODY, "certs: closed\n" LOCAL, "mkdir -m 555 closed",
      "songtu.yaml:1: certs: closed/localhost/key.pem can't be made: Permission denied" },
    { ANYBODY, "user: nobody\n" LOCAL, "mkdir -p certs/localhost && touch certs/localhost/key.pem",
      "certs/localhost/key.pem is there, and certs/localhost/cert.pem is not: restore" },
    { ANYBODY, "user: nobody\n" LOCAL, "printf 'vi: [\\n' >content/labels.yaml",
      "content/labels.yaml:" },
    { ANYBODY, "gemini: 192.0.2.1:1965\nuser: nobody\n", NULL,
      "songtu.yaml:1: gemini: 192.0.2.1:1965 can't be listened on: Cannot assign" },
    { ANYBODY, "metrics: unix:songtu\nuser: nobody\n" LOCAL, NULL,
      "songtu.yaml:1: metrics: songtu can't be made: File exists" },
    { ANYBODY, "user: nobody\n" LOCAL, "mv songtu elsewhere",
      "songtu is not beside songtud: install both in one folder" },
};

/* A start fails, and --check has said so before, with the same words, and has changed nothing. */
START_TEST(what_keeps_a_start_from_serving_is_told_by_check)
{
    const struct fault_row *row = &faults[_i];
    if (row->who == AS_ROOT && geteuid() != 0) {
        printf("skipped: this takes root\n");
        return;
    }
    testing_write(run->folder, "songtu.yaml", row->settings);
    if (row->before != NULL)
        shell(row->before);
    look("before");
    ck_assert_msg(songtud(row->who, NULL, "--check") == 1, "%s", told);
    ck_assert_msg(strstr(told, row->words) != NULL, "%s", told);
    look("after");
    shell("diff before after >&2");
    ck_assert_int_eq(songtud(row->who, NULL, "--sandbox=on"), 1);
}
END_TEST

START_TEST(a_fresh_folder_has_no_fault)
{
    testing_write(run->folder, "songtu.yaml", "user: nobody\n" LOCAL);
    look("before");
    ck_assert_msg(songtud(ANYBODY, NULL, "-n") == 0, "%s", told);
    ck_assert_ptr_nonnull(strstr(told, "info: no certificate yet: a start makes one in certs/"));
    ck_assert_ptr_null(strstr(told, "error"));
    look("after");
    shell("diff before after >&2");
}
END_TEST

START_TEST(a_check_beside_the_daemon_finds_its_port_taken_and_nothing_else)
{
    char settings[128];
    testing_write(run->folder, "songtu.yaml", "user: nobody\n" LOCAL);
    capsule_launch(run);
    snprintf(settings, sizeof settings, "gemini: 127.0.0.1:%d\nuser: nobody\n", run->port);
    ck_assert_msg(songtud(ANYBODY, settings, "--check") == 0, "%s", told);
    ck_assert_ptr_nonnull(strstr(told, "info: songtu.yaml:1: gemini: somebody listens on 127.0."));
    ck_assert_ptr_null(strstr(told, "no certificate yet"));
    ck_assert_int_eq(capsule_status(run, "/"), 20);
}
END_TEST

/* Who can write in the folder above would otherwise choose what root gives away. */
START_TEST(root_gives_away_nothing_behind_a_link)
{
    static const char *const names[] = { "var", "var/" };
    char settings[64], words[4352];
    struct stat facts;
    if (geteuid() != 0) {
        printf("skipped: this takes root\n");
        return;
    }
    shell("mkdir real && ln -s real var");
    char *folder = realpath(run->folder, NULL);
    snprintf(settings, sizeof settings, "state: %s\nuser: nobody\n" LOCAL, names[_i]);
    snprintf(words, sizeof words,
             "songtu.yaml:1: state: %s is a link, and behind one root gives nothing to nobody: "
             "name the folder itself, --state %s/real\n",
             names[_i], folder);
    ck_assert_int_eq(songtud(AS_ROOT, settings, "--check"), 1);
    ck_assert_msg(strstr(told, words) != NULL, "%s", told);
    ck_assert_int_eq(songtud(AS_ROOT, settings, "--sandbox=on"), 1);
    ck_assert_msg(strstr(told, words) != NULL, "%s", told);
    snprintf(words, sizeof words, "%s/real", folder);
    ck_assert_int_eq(stat(words, &facts), 0);
    ck_assert_int_eq(facts.st_uid, 0);
    free(folder);
}
END_TEST

START_TEST(anybody_else_may_have_a_link_as_state_folder)
{
    shell("mkdir real && ln -s real var && { [ $(id -u) != 0 ] || chown nobody real; }");
    run->prepare = become_nobody;
    capsule_launch(run);
    ck_assert_int_eq(capsule_status(run, "/"), 20);
    shell("test -s real/archive.db");
}
END_TEST

START_TEST(children_are_missed_though_whoever_started_us_ignored_them)
{
    pid_t children[16];
    run->prepare = ignore_children;
    capsule_launch(run);
    size_t count = capsule_children(run, children, 16);
    ck_assert_uint_eq(count, 3);
    for (size_t i = 0; i < count; i++)
        kill(children[i], SIGKILL);
    testing_write(run->folder, "content/stories/2026/moi.gmi", "---\ntitle: Mới\n---\n");
    capsule_wait(run, "/story/moi", 20);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("starting");
    TCase *tests = tcase_create("starting");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, what_keeps_a_start_from_serving_is_told_by_check, 0,
                        sizeof faults / sizeof *faults);
    tcase_add_test(tests, a_fresh_folder_has_no_fault);
    tcase_add_test(tests, a_check_beside_the_daemon_finds_its_port_taken_and_nothing_else);
    tcase_add_loop_test(tests, root_gives_away_nothing_behind_a_link, 0, 2);
    tcase_add_test(tests, anybody_else_may_have_a_link_as_state_folder);
    tcase_add_test(tests, children_are_missed_though_whoever_started_us_ignored_them);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
