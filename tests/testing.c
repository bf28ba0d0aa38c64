/* SPDX-License-Identifier: ISC */
#include "testing.h"

#include "base/buffer.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Check reads both from the environment. false: there is nothing left to run. */
static bool
choose_tests(void)
{
    const char *wanted = getenv("CK_INCLUDE_TAGS");
    if (geteuid() == 0)
        return true;
    const char *unwanted = getenv("CK_EXCLUDE_TAGS");
    struct buffer tags = BUFFER_EMPTY;
    buffer_printf(&tags, "root %s", unwanted != NULL ? unwanted : "");
    setenv("CK_EXCLUDE_TAGS", buffer_text(&tags), 1);
    buffer_fini(&tags);
    return wanted == NULL || strcmp(wanted, "root") != 0;
}

int
testing_run(Suite *suite)
{
    if (!choose_tests()) {
        printf("skipped: not root\n");
        srunner_free(srunner_create(suite));
        return TESTING_SKIPPED;
    }
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}

int
testing_run_about(const char *path, Suite *suite)
{
    if (access(path, R_OK) == 0)
        return testing_run(suite);
    printf("skipped: %s is not here\n", path);
    srunner_free(srunner_create(suite));
    return TESTING_SKIPPED;
}

char *
testing_folder(void)
{
    const char *where = getenv("TMPDIR");
    struct buffer path = BUFFER_EMPTY;
    buffer_printf(&path, "%s/songtu-test-XXXXXX", where != NULL ? where : "/tmp");
    char *folder = memory_text(buffer_span(&path));
    buffer_fini(&path);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    return folder;
}

static int
remove_one(const char *path, const struct stat *facts, int kind, struct FTW *where)
{
    (void)facts, (void)kind, (void)where;
    return remove(path);
}

void
testing_folder_remove(char *folder)
{
    if (folder != NULL)
        nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(folder);
}

void
testing_write(const char *folder, const char *path, const char *text)
{
    char whole[4096];
    snprintf(whole, sizeof whole, "%s/%s", folder, path);
    for (char *slash = whole + strlen(folder) + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        if (mkdir(whole, 0755) != 0)
            ck_assert_int_eq(errno, EEXIST);
        *slash = '/';
    }
    FILE *file = fopen(whole, "w");
    ck_assert_msg(file != NULL, "%s: %s", whole, strerror(errno));
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

char *
testing_read(const char *folder, const char *path)
{
    char whole[4096];
    struct buffer text = BUFFER_EMPTY;
    char *copy = NULL;
    snprintf(whole, sizeof whole, "%s/%s", folder, path);
    if (file_read(AT_FDCWD, whole, 64u << 20, &text) == STATUS_OK)
        copy = memory_text(buffer_span(&text));
    buffer_fini(&text);
    return copy;
}

void
testing_aborts(void (*run)(void))
{
    int status;
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        close(STDERR_FILENO);
        if (open("/dev/null", O_WRONLY) >= 0)
            run();
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status));
    ck_assert_int_eq(WTERMSIG(status), SIGABRT);
}
