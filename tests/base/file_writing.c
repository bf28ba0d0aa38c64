/* SPDX-License-Identifier: ISC */
/* fsync and the renames are ours here: they go into a diary, and fail where a test says so. */
#include "base/file.h"

#include "testing.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

static char *path;
static int folder = -1;
static struct buffer diary;
static int fsync_fails, renameat2_fails; /* with this errno; 0: not at all */

/* What is done, not to which temporary file. */
static void
note(const char *what)
{
    buffer_printf(&diary, "%s%s", diary.len > 0 ? ", " : "", what);
}

int
fsync(int descriptor)
{
    struct stat facts;
    ck_assert_int_eq(fstat(descriptor, &facts), 0);
    note(S_ISDIR(facts.st_mode) ? "sync folder" : "sync file");
    errno = fsync_fails;
    return fsync_fails != 0 ? -1 : (int)syscall(SYS_fsync, descriptor);
}

int
renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
    note(flags == RENAME_NOREPLACE ? "rename onto nothing" : "rename");
    errno = renameat2_fails;
    return renameat2_fails != 0
               ? -1
               : (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
}

int
renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    note("rename");
    return (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, 0);
}

static void
set_up(void)
{
    path = testing_folder();
    folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ck_assert_int_ge(folder, 0);
    fsync_fails = renameat2_fails = 0;
    diary = BUFFER_EMPTY;
}

static void
tear_down(void)
{
    close(folder);
    testing_folder_remove(path);
    buffer_fini(&diary);
}

static void
assert_holds(const char *file, const char *expected)
{
    char *text = testing_read(path, file);
    ck_assert_msg(text != NULL, "%s is not there", file);
    ck_assert_str_eq(text, expected);
    free(text);
}

/* All that lies in the folder, in the alphabet's order. */
static void
assert_lists(const char *where, const char *expected)
{
    struct dirent **entries;
    struct buffer list = BUFFER_EMPTY;
    char whole[4200];
    snprintf(whole, sizeof whole, "%s/%s", path, where);
    int count = scandir(whole, &entries, NULL, alphasort);
    ck_assert_int_ge(count, 0);
    for (int i = 0; i < count; i++) {
        if (strcmp(entries[i]->d_name, ".") != 0 && strcmp(entries[i]->d_name, "..") != 0)
            buffer_printf(&list, "%s%s", list.len > 0 ? " " : "", entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    ck_assert_str_eq(buffer_text(&list), expected);
    buffer_fini(&list);
}

static mode_t
mode_of(const char *file)
{
    struct stat facts;
    ck_assert_int_eq(fstatat(folder, file, &facts, 0), 0);
    return facts.st_mode & 07777;
}

START_TEST(a_file_is_replaced_whole_and_for_good)
{
    testing_write(path, "sub/a", "old");
    ck_assert_int_eq(file_write(folder, "sub/a", SPAN("new\0!"), 0640), STATUS_OK);
    ck_assert_str_eq(buffer_text(&diary), "sync file, rename, sync folder");
    ck_assert_int_eq(mode_of("sub/a"), 0640);
    assert_lists("sub", "a");
    assert_holds("sub/a", "new");
}
END_TEST

START_TEST(the_mode_is_what_was_asked_for_whatever_the_mask)
{
    mode_t before = umask(077);
    ck_assert_int_eq(file_write(folder, "a", SPAN("a"), 0644), STATUS_OK);
    ck_assert_int_eq(file_create(folder, "key", SPAN("b"), 0600), STATUS_OK);
    ck_assert_int_eq(file_make_folder(folder, "made/below", 0755), STATUS_OK);
    umask(before);
    ck_assert_int_eq(mode_of("made"), 0755);
    ck_assert_int_eq(mode_of("made/below"), 0755);
    ck_assert_int_eq(mode_of("a"), 0644);
    ck_assert_int_eq(mode_of("key"), 0600);
}
END_TEST

static uid_t
owner_of(const char *file)
{
    struct stat facts;
    ck_assert_int_eq(fstatat(folder, file, &facts, AT_SYMLINK_NOFOLLOW), 0);
    return facts.st_uid;
}

START_TEST(what_root_makes_is_the_folders_owners)
{
    ck_assert_int_eq(fchown(folder, 1234, 1234), 0);
    ck_assert_int_eq(file_make_folder(folder, "made/below", 0755), STATUS_OK);
    ck_assert_int_eq(file_create(folder, "made/below/a", SPAN("a"), 0644), STATUS_OK);
    testing_write(path, "anna", "hers");
    ck_assert_int_eq(fchownat(folder, "anna", 2345, 2345, 0), 0);
    ck_assert_int_eq(file_write(folder, "anna", SPAN("hers still"), 0644), STATUS_OK);
    ck_assert_uint_eq(owner_of("made"), 1234);
    ck_assert_uint_eq(owner_of("made/below"), 1234);
    ck_assert_uint_eq(owner_of("made/below/a"), 1234);
    ck_assert_uint_eq(owner_of("anna"), 2345);
}
END_TEST

START_TEST(a_link_is_replaced_and_what_it_led_to_stays)
{
    testing_write(path, "target", "old");
    ck_assert_int_eq(symlinkat("target", folder, "a"), 0);
    ck_assert_int_eq(file_write(folder, "a", SPAN("new"), 0644), STATUS_OK);
    assert_holds("a", "new");
    assert_holds("target", "old");
}
END_TEST

START_TEST(an_absolute_path_needs_no_folder)
{
    char whole[4096];
    snprintf(whole, sizeof whole, "%s/a", path);
    ck_assert_int_eq(file_write(AT_FDCWD, whole, SPAN("here"), 0644), STATUS_OK);
    assert_holds("a", "here");
}
END_TEST

START_TEST(a_disk_that_fails_leaves_the_old_file_and_nothing_else)
{
    testing_write(path, "a", "old");
    fsync_fails = EIO;
    ck_assert_int_eq(file_write(folder, "a", SPAN("new"), 0644), STATUS_FAILED);
    ck_assert_int_eq(errno, EIO);
    ck_assert_int_eq(file_create(folder, "b", SPAN("new"), 0644), STATUS_FAILED);
    ck_assert_int_eq(errno, EIO);
    assert_holds("a", "old");
    assert_lists(".", "a");
}
END_TEST

START_TEST(what_can_not_be_replaced_leaves_no_temporary_file)
{
    testing_write(path, "folder/a", "");
    ck_assert_int_eq(file_write(folder, "folder", SPAN("new"), 0644), STATUS_FAILED);
    ck_assert_int_eq(errno, EISDIR);
    ck_assert_int_eq(file_write(folder, "none/a", SPAN("new"), 0644), STATUS_FAILED);
    ck_assert_int_eq(errno, ENOENT);
    assert_lists(".", "folder");
}
END_TEST

START_TEST(a_path_that_is_too_long_is_refused)
{
    char *endless = memory_new(5000);
    memset(endless, 'a', 4999);
    endless[4999] = '\0';
    ck_assert_int_eq(file_write(folder, endless, SPAN("new"), 0644), STATUS_FAILED);
    ck_assert_int_eq(errno, ENAMETOOLONG);
    ck_assert_int_eq(file_rename(folder, "a", endless), STATUS_FAILED);
    ck_assert_int_eq(errno, ENAMETOOLONG);
    ck_assert_int_eq(file_make_folder(folder, endless, 0755), STATUS_FAILED);
    ck_assert_int_eq(errno, ENAMETOOLONG);
    ck_assert_int_eq(file_make_folder(folder, "", 0755), STATUS_FAILED);
    free(endless);
}
END_TEST

START_TEST(a_full_disk_is_told)
{
    int full = open("/dev/full", O_WRONLY);
    ck_assert_int_eq(file_write_all(full, SPAN("a")), STATUS_FAILED);
    ck_assert_int_eq(errno, ENOSPC);
    ck_assert_int_eq(file_write_all(full, SPAN("")), STATUS_OK);
    close(full);
}
END_TEST

static void *
drain(void *from)
{
    char bytes[4096];
    size_t *count = memory_new(sizeof *count);
    *count = 0;
    for (ssize_t got; (got = read(*(int *)from, bytes, sizeof bytes)) > 0;)
        *count += (size_t)got;
    return count;
}

START_TEST(more_than_a_pipe_holds_is_written_whole)
{
    int pipes[2];
    pthread_t reader;
    void *count;
    struct buffer bytes = BUFFER_EMPTY;
    ck_assert_int_eq(pipe(pipes), 0);
    ck_assert_int_eq(pthread_create(&reader, NULL, drain, &pipes[0]), 0);
    memset(buffer_reserve(&bytes, 1000000), 'a', 1000000);
    buffer_grew(&bytes, 1000000);
    ck_assert_int_eq(file_write_all(pipes[1], buffer_span(&bytes)), STATUS_OK);
    close(pipes[1]);
    ck_assert_int_eq(pthread_join(reader, &count), 0);
    ck_assert_uint_eq(*(size_t *)count, 1000000);
    free(count);
    close(pipes[0]);
    buffer_fini(&bytes);
}
END_TEST

/* A file system that can't rename onto nothing says so in one of these ways. */
static const int kernels[] = { 0, EINVAL, ENOSYS };

START_TEST(creating_never_replaces)
{
    renameat2_fails = kernels[_i];
    ck_assert_int_eq(file_create(folder, "a", SPAN("first"), 0600), STATUS_OK);
    ck_assert_str_eq(buffer_text(&diary), "sync file, rename onto nothing, sync folder");
    ck_assert_int_eq(file_create(folder, "a", SPAN("second"), 0644), STATUS_BUSY);
    assert_holds("a", "first");
    ck_assert_int_eq(mode_of("a"), 0600);
    assert_lists(".", "a");
}
END_TEST

START_TEST(renaming_never_replaces)
{
    renameat2_fails = kernels[_i];
    testing_write(path, "a", "a");
    testing_write(path, "b", "b");
    testing_write(path, "old/c", "c");
    testing_write(path, "new/d", "d");
    ck_assert_int_eq(file_rename(folder, "a", "b"), STATUS_BUSY);
    assert_holds("a", "a");
    assert_holds("b", "b");
    ck_assert_int_eq(file_rename(folder, "nothing", "e"), STATUS_ABSENT);
    buffer_clear(&diary);
    ck_assert_int_eq(file_rename(folder, "old/c", "new/c"), STATUS_OK);
    ck_assert_str_eq(buffer_text(&diary), "rename onto nothing, sync folder, sync folder");
    assert_lists("old", "");
    assert_lists("new", "c d");
}
END_TEST

START_TEST(a_rename_that_may_not_last_is_told)
{
    testing_write(path, "a", "a");
    fsync_fails = EIO;
    ck_assert_int_eq(file_rename(folder, "a", "b"), STATUS_FAILED);
    ck_assert_int_eq(errno, EIO);
    fsync_fails = 0;
    renameat2_fails = EIO;
    ck_assert_int_eq(file_rename(folder, "b", "c"), STATUS_FAILED);
    assert_lists(".", "b");
}
END_TEST

START_TEST(folders_are_made_where_they_are_missing)
{
    ck_assert_int_eq(file_make_folder(folder, "a/b//c/", 0755), STATUS_OK);
    ck_assert_int_eq(file_make_folder(folder, "a/b/d", 0700), STATUS_OK);
    ck_assert_int_eq(file_make_folder(folder, "a/b/d", 0755), STATUS_OK);
    assert_lists("a/b", "c d");
    ck_assert_int_eq(mode_of("a/b/d"), 0700);
    ck_assert_int_eq(file_make_folder(AT_FDCWD, "/", 0755), STATUS_OK);
}
END_TEST

START_TEST(a_file_in_the_way_of_a_folder_is_told)
{
    testing_write(path, "a", "");
    ck_assert_int_eq(file_make_folder(folder, "a/b", 0755), STATUS_FAILED);
    ck_assert_int_eq(errno, ENOTDIR);
    ck_assert_int_eq(file_make_folder(folder, "a", 0755), STATUS_FAILED);
    ck_assert_int_eq(errno, ENOTDIR);
}
END_TEST

START_TEST(sweeping_takes_what_a_killed_writer_left)
{
    testing_write(path, "sub/.songtu-7-0", "half");
    testing_write(path, "sub/.songtu-7-1", "");
    testing_write(path, "sub/.songtu", "");
    testing_write(path, "sub/a.songtu-1", "");
    file_sweep(folder, "sub");
    assert_lists("sub", ".songtu a.songtu-1");
    file_sweep(folder, "none");
    file_sweep(folder, "sub/.songtu");
    assert_lists("sub", ".songtu a.songtu-1");
}
END_TEST

static void
add_tests(TCase *tests)
{
    tcase_add_test(tests, a_file_is_replaced_whole_and_for_good);
    tcase_add_test(tests, the_mode_is_what_was_asked_for_whatever_the_mask);
    tcase_add_test(tests, a_link_is_replaced_and_what_it_led_to_stays);
    tcase_add_test(tests, an_absolute_path_needs_no_folder);
    tcase_add_test(tests, a_disk_that_fails_leaves_the_old_file_and_nothing_else);
    tcase_add_test(tests, what_can_not_be_replaced_leaves_no_temporary_file);
    tcase_add_test(tests, a_path_that_is_too_long_is_refused);
    tcase_add_test(tests, a_full_disk_is_told);
    tcase_add_test(tests, more_than_a_pipe_holds_is_written_whole);
    tcase_add_loop_test(tests, creating_never_replaces, 0, COUNT(kernels));
    tcase_add_loop_test(tests, renaming_never_replaces, 0, COUNT(kernels));
    tcase_add_test(tests, a_rename_that_may_not_last_is_told);
    tcase_add_test(tests, folders_are_made_where_they_are_missing);
    tcase_add_test(tests, a_file_in_the_way_of_a_folder_is_told);
    tcase_add_test(tests, sweeping_takes_what_a_killed_writer_left);
}

int
main(void)
{
    Suite *suite = suite_create("file_writing");
    TCase *tests = tcase_create("file_writing");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    add_tests(tests);
    suite_add_tcase(suite, tests);
    TCase *root = tcase_create("root");
    tcase_set_tags(root, "root");
    tcase_add_checked_fixture(root, set_up, tear_down);
    tcase_add_test(root, what_root_makes_is_the_folders_owners);
    suite_add_tcase(suite, root);
    return testing_run(suite);
}
