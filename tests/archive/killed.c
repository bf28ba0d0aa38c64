/* SPDX-License-Identifier: ISC */
/* The writer is killed at any moment, of a first round or a later one: the archive opens, and holds
 * a round, whole. KILLS in the environment says how often. */
#include "archive/store.h"

#include "archiving.h"
#include "testing.h"

#include "base/clock.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { STORIES = 30, KILLS = 100, AFRESH = 7 /* one in so many kills is of a first round */ };

static int
kills(void)
{
    const char *text = getenv("KILLS");
    return text != NULL ? atoi(text) : KILLS;
}

/* All stories say the same number, in title, words and month. */
static void
write_all(int turn)
{
    char name[64], text[256];
    for (int i = 0; i < STORIES; i++) {
        snprintf(name, sizeof name, "stories/%d/tin-%d.gmi", i % 3, i);
        snprintf(text, sizeof text,
                 "---\ntitle: Vòng %d\ndate: 2024-%02d-12\nthemes: [y-te]\n---\nLần w%d.\n", turn,
                 turn % 12 + 1, turn);
        content_write(name, text);
    }
}

/* Microseconds that a round took, if it was not killed. */
static int64_t
round_killed_after(int64_t microseconds)
{
    int64_t begun = clock_monotonic();
    struct timespec wait = { microseconds / 1000000, microseconds % 1000000 * 1000 };
    pid_t writer = fork();
    ck_assert_int_ge(writer, 0);
    if (writer == 0) {
        struct index_summary summary;
        _exit(index_round(&archiving_options, &summary, NULL) == STATUS_OK ? 0 : 1);
    }
    if (microseconds > 0) {
        nanosleep(&wait, NULL);
        kill(writer, SIGKILL);
    }
    int status = -1;
    ck_assert_int_eq(waitpid(writer, &status, 0), writer);
    ck_assert(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    return (clock_monotonic() - begun) * 1000;
}

static int
number(struct archive *archive, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    ck_assert_msg(sqlite3_prepare_v2(archive->db, sql, -1, &statement, NULL) == SQLITE_OK, "%s: %s",
                  sql, sqlite3_errmsg(archive->db));
    ck_assert_int_eq(sqlite3_step(statement), SQLITE_ROW);
    int value = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

/* The turn its stories are of; -1: there is no archive, which is right until a first round is
 * done. */
static int
turn_of_archive(void)
{
    struct archive *archive = NULL;
    struct fault fault = { 0, "" };
    char path[4096], sql[128];
    snprintf(path, sizeof path, "%s/var/archive.db", archiving_folder);
    enum status status = archive_open(path, &archive, &fault);
    if (status == STATUS_ABSENT)
        return -1;
    ck_assert_msg(status == STATUS_OK, "%s", fault.what);
    int turn = number(archive, "SELECT substr(title, 6) FROM story LIMIT 1");
    snprintf(sql, sizeof sql, "SELECT count(*) FROM story WHERE title = 'Vòng %d'", turn);
    ck_assert_int_eq(number(archive, sql), STORIES);
    ck_assert_int_eq(number(archive, "SELECT count(*) FROM story"), STORIES);
    ck_assert_int_eq(number(archive, "SELECT count(*) FROM listing WHERE city = 0 AND theme = 0"),
                     STORIES);
    snprintf(sql, sizeof sql,
             "SELECT count FROM tally WHERE city = 0 AND theme > 0 AND bucket = 202400 + %d",
             turn % 12 + 1);
    ck_assert_int_eq(number(archive, sql), STORIES);
    snprintf(sql, sizeof sql, "SELECT count(*) FROM search WHERE search MATCH '\"w%d\"'", turn);
    ck_assert_int_eq(number(archive, sql), STORIES);
    ck_assert_int_eq(number(archive, "SELECT integrity_check = 'ok' FROM pragma_integrity_check"),
                     1);
    archive_close(archive);
    return turn;
}

static void
remove_archive(void)
{
    static const char *const ends[] = { "", "-wal", "-shm" };
    char path[4096];
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(path, sizeof path, "%s/var/archive.db%s", archiving_folder, ends[i]);
        unlink(path);
    }
}

START_TEST(the_archive_holds_a_whole_round)
{
    int64_t first, later;
    int held = 1, new_ones = 0, old_ones = 0;
    content_write("themes.yaml", "- {slug: y-te, name: Y tế}\n");
    write_all(0);
    first = round_killed_after(0);
    write_all(1);
    later = round_killed_after(0);
    ck_assert_int_eq(turn_of_archive(), 1);
    srand(1);
    for (int turn = 2; turn < kills() + 2; turn++) {
        bool afresh = turn % AFRESH == 0;
        int before = held;
        if (afresh)
            remove_archive();
        write_all(turn);
        (void)round_killed_after(1 + rand() % (afresh ? first : later));
        held = turn_of_archive();
        ck_assert(held == turn || held == (afresh ? -1 : before));
        new_ones += held == turn;
        old_ones += held != turn;
    }
    printf("%d kills: %d rounds were done, %d were not\n", kills(), new_ones, old_ones);
    ck_assert_int_gt(old_ones, kills() / 10);
    (void)round_killed_after(0);
    ck_assert_int_eq(turn_of_archive(), kills() + 1);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("killed");
    TCase *tests = tcase_create("killed");
    tcase_add_checked_fixture(tests, archiving_set_up, archiving_tear_down);
    tcase_set_timeout(tests, 600);
    tcase_set_tags(tests, "no-valgrind"); /* where each killed writer begins slowly */
    tcase_add_test(tests, the_archive_holds_a_whole_round);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
