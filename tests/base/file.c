/* SPDX-License-Identifier: ISC */
#include "base/file.h"

#include "testing.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

static char *path;
static int folder = -1;

static void
set_up(void)
{
    path = testing_folder();
    folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ck_assert_int_ge(folder, 0);
}

static void
tear_down(void)
{
    close(folder);
    testing_folder_remove(path);
}

static enum status
read_whole(const char *file, size_t most, const char *expected)
{
    struct buffer out = BUFFER_EMPTY;
    buffer_add_text(&out, "kept:");
    enum status status = file_read(folder, file, most, &out);
    ck_assert_str_eq(buffer_text(&out) + 5, status == STATUS_OK ? expected : "");
    buffer_fini(&out);
    return status;
}

START_TEST(an_identity_is_of_what_the_path_leads_to_now)
{
    testing_write(path, "a", "1");
    testing_write(path, "b", "1");
    ck_assert_int_eq(symlinkat("a", folder, "link"), 0);
    unsigned long long a = file_identity(folder, "a");
    ck_assert(a != 0 && a != file_identity(folder, "b") && a != file_identity(folder, "."));
    ck_assert_uint_eq(file_identity(folder, "link"), a);
    testing_write(path, "a", "22");
    ck_assert_uint_eq(file_identity(folder, "a"), a);
    ck_assert_int_eq(renameat(folder, "b", folder, "a"), 0);
    ck_assert(file_identity(folder, "link") != a);
    ck_assert_uint_eq(file_identity(folder, "b"), 0);
}
END_TEST

START_TEST(a_folder_made_anew_is_another_one_whatever_its_number)
{
    unsigned long long before;
    for (int i = 0; i < 20; i++) {
        ck_assert_int_eq(mkdirat(folder, "again", 0755), 0);
        before = file_identity(folder, "again");
        ck_assert_int_eq(unlinkat(folder, "again", AT_REMOVEDIR), 0);
        poll(NULL, 0, 20); /* a file system's clock ticks every few milliseconds */
        ck_assert_int_eq(mkdirat(folder, "again", 0755), 0);
        ck_assert(file_identity(folder, "again") != before);
        ck_assert_int_eq(unlinkat(folder, "again", AT_REMOVEDIR), 0);
    }
}
END_TEST

START_TEST(a_file_is_read_whole_or_not_at_all)
{
    testing_write(path, "a", "five!");
    testing_write(path, "none", "");
    ck_assert_int_eq(read_whole("a", 5, "five!"), STATUS_OK);
    ck_assert_int_eq(read_whole("a", 1000, "five!"), STATUS_OK);
    ck_assert_int_eq(read_whole("a", 4, NULL), STATUS_LIMIT);
    ck_assert_int_eq(read_whole("a", 0, NULL), STATUS_LIMIT);
    ck_assert_int_eq(read_whole("none", 0, ""), STATUS_OK);
}
END_TEST

/* /proc tells no size: what is read is bounded all the same. */
START_TEST(a_file_that_is_longer_than_it_says_is_bounded_too)
{
    struct buffer out = BUFFER_EMPTY;
    ck_assert_int_eq(file_read(AT_FDCWD, "/proc/self/status", 10, &out), STATUS_LIMIT);
    ck_assert_uint_eq(out.len, 0);
    ck_assert_int_eq(file_read(AT_FDCWD, "/proc/self/status", 100000, &out), STATUS_OK);
    ck_assert_uint_gt(out.len, 10);
    buffer_fini(&out);
}
END_TEST

START_TEST(a_large_file_is_read_in_pieces)
{
    struct buffer bytes = BUFFER_EMPTY, out = BUFFER_EMPTY;
    for (int i = 0; i < 50000; i++)
        buffer_printf(&bytes, "%d\n", i);
    ck_assert_int_eq(file_write(folder, "a", buffer_span(&bytes), 0644), STATUS_OK);
    ck_assert_int_eq(file_read(folder, "a", bytes.len, &out), STATUS_OK);
    ck_assert(span_equal(buffer_span(&bytes), buffer_span(&out)));
    buffer_fini(&bytes);
    buffer_fini(&out);
}
END_TEST

/* What is there and no file: all of them would make a careless reader wait, or worse. */
static void
make_oddities(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert_int_eq(mkdirat(folder, "folder", 0755), 0);
    ck_assert_int_eq(mkfifoat(folder, "fifo", 0644), 0);
    ck_assert_int_eq(symlinkat("loop", folder, "loop"), 0);
    ck_assert_int_eq(symlinkat("nowhere", folder, "dangling"), 0);
    ck_assert_int_eq(symlinkat("/dev/zero", folder, "device"), 0);
    testing_write(path, "file", "");
    snprintf(address.sun_path, sizeof address.sun_path, "%s/socket", path);
    ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    close(listener);
}

static const char *const oddities[] = { "folder", "fifo",     "loop",        "dangling", "device",
                                        "socket", "file/sub", "nowhere/sub", "nowhere" };

START_TEST(what_is_no_file_is_not_there)
{
    int descriptor = -7;
    off_t size = -7;
    make_oddities();
    ck_assert_int_eq(read_whole(oddities[_i], 100, NULL), STATUS_ABSENT);
    ck_assert_int_eq(file_open_beneath(folder, oddities[_i], &descriptor, &size), STATUS_ABSENT);
    ck_assert_int_eq(file_open_beneath_slowly(folder, oddities[_i], &descriptor, &size),
                     STATUS_ABSENT);
    ck_assert_int_eq(descriptor, -7);
    ck_assert_int_eq(size, -7);
}
END_TEST

START_TEST(no_folder_is_the_systems_no)
{
    int descriptor;
    off_t size;
    struct buffer out = BUFFER_EMPTY;
    ck_assert_int_eq(file_read(-1, "a", 9, &out), STATUS_FAILED);
    ck_assert_int_eq(errno, EBADF);
    ck_assert_int_eq(file_open_beneath(-1, "a", &descriptor, &size), STATUS_FAILED);
    ck_assert_int_eq(file_open_beneath_slowly(-1, "a", &descriptor, &size), STATUS_FAILED);
    ck_assert_int_eq(errno, EBADF);
    buffer_fini(&out);
}
END_TEST

typedef enum status open_fn(int folder, const char *path, int *out, off_t *size);

static open_fn *const openers[] = { file_open_beneath, file_open_beneath_slowly };

static void
assert_opens(open_fn *opener, const char *file, const char *expected)
{
    char text[16] = "";
    int descriptor;
    off_t size = -1;
    ck_assert_msg(opener(folder, file, &descriptor, &size) == STATUS_OK, "%s", file);
    ck_assert_int_eq(size, (off_t)strlen(expected));
    ck_assert_int_eq(read(descriptor, text, sizeof text - 1), (ssize_t)strlen(expected));
    ck_assert_str_eq(text, expected);
    ck_assert((fcntl(descriptor, F_GETFD) & FD_CLOEXEC) != 0);
    close(descriptor);
}

START_TEST(a_file_beneath_is_opened)
{
    testing_write(path, "a", "one");
    testing_write(path, "b/c/d e", "three");
    testing_write(path, "b/..d", "dots");
    assert_opens(openers[_i], "a", "one");
    assert_opens(openers[_i], "b/c/d e", "three");
    assert_opens(openers[_i], "b/..d", "dots");
}
END_TEST

static const char *const outside[] = {
    "../secret", "..",         "public/../../secret", "/etc/passwd",    "up/secret",
    "away",      "public/out", "public/far/passwd",   "/proc/self/exe", "",
    ".",         "public/",    "public//../secret",   "public/fd/0",    "public/self"
};

static int
count_descriptors(void)
{
    DIR *entries = opendir("/proc/self/fd");
    int count = 0;
    while (readdir(entries) != NULL)
        count++;
    closedir(entries);
    return count;
}

/* The folder opened is capsule; the secret lies beside it, the links lead out in every way. */
START_TEST(nothing_outside_is_ever_opened)
{
    int descriptor = -7;
    off_t size;
    testing_write(path, "secret", "secret");
    testing_write(path, "capsule/public/a", "a");
    int capsule = openat(folder, "capsule", O_RDONLY | O_DIRECTORY);
    ck_assert_int_eq(symlinkat("..", capsule, "up"), 0);
    ck_assert_int_eq(symlinkat("../secret", capsule, "away"), 0);
    ck_assert_int_eq(symlinkat("../../secret", capsule, "public/out"), 0);
    ck_assert_int_eq(symlinkat("/etc", capsule, "public/far"), 0);
    ck_assert_int_eq(symlinkat("/proc/self/fd", capsule, "public/fd"), 0);
    ck_assert_int_eq(symlinkat("/proc/self/exe", capsule, "public/self"), 0);
    int before = count_descriptors();
    for (int i = 0; i < COUNT(outside); i++)
        ck_assert_msg(openers[_i](capsule, outside[i], &descriptor, &size) == STATUS_ABSENT, "%s",
                      outside[i]);
    ck_assert_int_eq(descriptor, -7);
    ck_assert_int_eq(count_descriptors(), before);
    close(capsule);
}
END_TEST

START_TEST(a_link_that_stays_within_is_followed_where_the_kernel_can_tell)
{
    int descriptor;
    off_t size;
    testing_write(path, "a/b", "here");
    ck_assert_int_eq(symlinkat("a", folder, "folder"), 0);
    ck_assert_int_eq(symlinkat("a/b", folder, "file"), 0);
    if (syscall(SYS_openat2, -1, "", NULL, (size_t)0) != 0 && errno != ENOSYS) {
        assert_opens(file_open_beneath, "folder/b", "here");
        assert_opens(file_open_beneath, "file", "here");
    } else { /* an old kernel, or valgrind */
        printf("skipped in part: there is no openat2 here\n");
    }
    ck_assert_int_eq(file_open_beneath_slowly(folder, "folder/b", &descriptor, &size),
                     STATUS_ABSENT);
    ck_assert_int_eq(file_open_beneath_slowly(folder, "file", &descriptor, &size), STATUS_ABSENT);
}
END_TEST

START_TEST(a_name_that_is_too_long_is_not_there)
{
    char name[NAME_MAX + 8];
    int descriptor;
    off_t size;
    memset(name, 'a', sizeof name);
    name[NAME_MAX + 1] = '\0';
    ck_assert_int_eq(openers[_i](folder, name, &descriptor, &size), STATUS_ABSENT);
    strcpy(name + NAME_MAX + 1, "/b");
    ck_assert_int_eq(openers[_i](folder, name, &descriptor, &size), STATUS_ABSENT);
}
END_TEST

START_TEST(a_lock_is_held_by_one_at_a_time)
{
    int first, second = -7;
    ck_assert_int_eq(file_lock(folder, "lock", false, &first), STATUS_OK);
    ck_assert_int_eq(file_lock(folder, "lock", false, &second), STATUS_BUSY);
    ck_assert_int_eq(second, -7);
    close(first);
    ck_assert_int_eq(file_lock(folder, "lock", false, &second), STATUS_OK);
    close(second);
}
END_TEST

START_TEST(a_lock_that_can_not_be_is_told)
{
    int descriptor;
    ck_assert_int_eq(symlinkat("elsewhere", folder, "lock"), 0);
    ck_assert_int_eq(file_lock(folder, "lock", false, &descriptor), STATUS_FAILED);
    ck_assert_int_eq(errno, ELOOP);
    ck_assert_int_eq(file_lock(folder, "none/lock", true, &descriptor), STATUS_FAILED);
    ck_assert_int_eq(errno, ENOENT);
}
END_TEST

struct waiter {
    int descriptor;
    enum status status;
};

static void *
wait_for_lock(void *whom)
{
    struct waiter *waiter = whom;
    waiter->status = file_lock(folder, "lock", true, &waiter->descriptor);
    return NULL;
}

/* Whoever waits gets the file that has the name then, not the one deleted meanwhile. */
START_TEST(a_waiter_gets_the_lock_on_the_file_that_has_the_name)
{
    int first, third;
    pthread_t thread;
    struct waiter waiter = { -1, STATUS_BAD };
    ck_assert_int_eq(file_lock(folder, "lock", true, &first), STATUS_OK);
    ck_assert_int_eq(pthread_create(&thread, NULL, wait_for_lock, &waiter), 0);
    ck_assert_int_eq(unlinkat(folder, "lock", 0), 0);
    close(first);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert_int_eq(waiter.status, STATUS_OK);
    ck_assert_int_eq(file_lock(folder, "lock", false, &third), STATUS_BUSY);
    close(waiter.descriptor);
}
END_TEST

static void
add_reading_tests(TCase *tests)
{
    tcase_add_test(tests, an_identity_is_of_what_the_path_leads_to_now);
    tcase_add_test(tests, a_folder_made_anew_is_another_one_whatever_its_number);
    tcase_add_test(tests, a_file_is_read_whole_or_not_at_all);
    tcase_add_test(tests, a_file_that_is_longer_than_it_says_is_bounded_too);
    tcase_add_test(tests, a_large_file_is_read_in_pieces);
    tcase_add_loop_test(tests, what_is_no_file_is_not_there, 0, COUNT(oddities));
    tcase_add_test(tests, no_folder_is_the_systems_no);
    tcase_add_loop_test(tests, a_file_beneath_is_opened, 0, COUNT(openers));
    tcase_add_loop_test(tests, nothing_outside_is_ever_opened, 0, COUNT(openers));
    tcase_add_test(tests, a_link_that_stays_within_is_followed_where_the_kernel_can_tell);
    tcase_add_loop_test(tests, a_name_that_is_too_long_is_not_there, 0, COUNT(openers));
}

static void
add_lock_tests(TCase *tests)
{
    tcase_add_test(tests, a_lock_is_held_by_one_at_a_time);
    tcase_add_test(tests, a_lock_that_can_not_be_is_told);
    tcase_add_test(tests, a_waiter_gets_the_lock_on_the_file_that_has_the_name);
}

int
main(void)
{
    Suite *suite = suite_create("file");
    TCase *tests = tcase_create("file");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    add_reading_tests(tests);
    add_lock_tests(tests);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
