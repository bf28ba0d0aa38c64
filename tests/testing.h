/* SPDX-License-Identifier: ISC */
/* testing.h - what all tests share. */
#pragma once

#include <check.h>

enum { TESTING_SKIPPED = 77 }; /* ctest tells of it: SKIP_RETURN_CODE */

/* Runs the suite; returns main's exit status. A case with the tag `no-valgrind` is left out under
 * valgrind. A case with the tag `root` takes root: ctest runs it
 * apart, as NAME-as-root, and tells where it was skipped. */
int testing_run(Suite *suite);
/* … of a suite that is about a file which not every checkout has beside it: TESTING_SKIPPED where
 * it is missing. */
int testing_run_about(const char *path, Suite *suite);
/* A fresh folder below $TMPDIR or /tmp: the caller's, until testing_folder_remove. */
char *testing_folder(void);
void testing_folder_remove(char *folder); /* with all it holds */
/* Writes FOLDER/PATH, making folders as needed; ends the test where it can't. */
void testing_write(const char *folder, const char *path, const char *text);
/* The file's content; the caller's to free. NULL where there is none. */
char *testing_read(const char *folder, const char *path);
/* Runs it in a child, which must abort(). */
void testing_aborts(void (*run)(void));
