/* SPDX-License-Identifier: ISC */
/* An answer goes out whole, from a file and from memory alike, over a plain stream. */
#include "net/outgoing.h"

#include "testing.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static const size_t sizes[] = { 0,
                                1,
                                OUTGOING_PIECE - 3,
                                OUTGOING_PIECE - 2,
                                OUTGOING_PIECE,
                                OUTGOING_PIECE + 1,
                                3 * OUTGOING_PIECE + 7 };

static int waits; /* for the disk, since `heard` began */

static struct buffer
content_of(size_t size)
{
    struct buffer content = BUFFER_EMPTY;
    for (size_t i = 0; i < size; i++)
        buffer_add_char(&content, (char)(i * 31 >> 3));
    return content;
}

static int
file_of(struct span content)
{
    int file = memfd_create("content", MFD_CLOEXEC);
    ck_assert_int_eq(write(file, content.at, content.len), (ssize_t)content.len);
    return file;
}

/* What the other end hears, head and all. */
static struct buffer
heard(struct reply reply, off_t cut)
{
    struct buffer all = BUFFER_EMPTY;
    char bytes[4096];
    int ends[2];
    ssize_t got;
    waits = 0;
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    struct stream *stream = stream_open(ends[0], NULL);
    struct outgoing outgoing = OUTGOING_EMPTY;
    outgoing_take(&outgoing, &reply);
    buffer_add_text(&outgoing.head, "20");
    if (cut >= 0)
        ck_assert_int_eq(ftruncate(outgoing.file, cut), 0);
    for (enum outgoing_flow flow; (flow = outgoing_gather(&outgoing, stream)) != OUTGOING_OVER;)
        do {
            waits += flow == OUTGOING_LATER;
            poll(NULL, 0, flow == OUTGOING_LATER);
            ck_assert_int_ne(stream_flush(stream), STREAM_BROKEN);
            while ((got = read(ends[1], bytes, sizeof bytes)) > 0)
                buffer_add(&all, (struct span){ bytes, (size_t)got });
        } while (stream_owes(stream));
    ck_assert_uint_eq(outgoing.bytes, all.len);
    outgoing_fini(&outgoing);
    stream_close(stream);
    close(ends[1]);
    return all;
}

static void
assert_whole(struct buffer all, struct span content)
{
    ck_assert_uint_eq(all.len, content.len + 2);
    ck_assert_int_eq(memcmp(all.at, "20", 2), 0);
    ck_assert(span_equal(span_skip(buffer_span(&all), 2), content));
    buffer_fini(&all);
}

START_TEST(a_file_and_a_block_go_out_alike)
{
    struct buffer content = content_of(sizes[_i]);
    struct span bytes = buffer_span(&content);
    struct block *block = block_new(bytes.len);
    struct reply reply = { .answer = ANSWER_FILE,
                           .file = { .descriptor = file_of(bytes), .size = (off_t)bytes.len } };
    assert_whole(heard(reply, -1), bytes);
    if (bytes.len > 0)
        memcpy(block->bytes, bytes.at, bytes.len);
    reply.file.descriptor = -1;
    reply.file.block = block_hold(block);
    assert_whole(heard(reply, -1), bytes);
    ck_assert_uint_eq(block->holders, 1);
    block_drop(block);
    buffer_fini(&content);
}
END_TEST

START_TEST(a_file_cut_meanwhile_ends_where_it_ends)
{
    struct buffer content = content_of(3 * OUTGOING_PIECE);
    struct reply reply = { .answer = ANSWER_FILE,
                           .file = { .descriptor = file_of(buffer_span(&content)),
                                     .size = (off_t)content.len } };
    assert_whole(heard(reply, 100), span_first(buffer_span(&content), 100));
    buffer_fini(&content);
}
END_TEST

/* A file nobody has read of late. */
static int
cold_file(const char *folder, const char *name, struct span content)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    ck_assert_int_eq(write(file, content.at, content.len), (ssize_t)content.len);
    ck_assert_int_eq(fsync(file), 0);
    ck_assert_int_eq(posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED), 0);
    return file;
}

/* The kernel says what would have to be waited for. It may begin to bring it, too: so this is
 * asked of a file of its own. */
static bool
is_told(const char *folder)
{
    char byte;
    int file = cold_file(folder, "asked", SPAN("x"));
    bool told = preadv2(file, &(struct iovec){ &byte, 1 }, 1, 0, RWF_NOWAIT) < 0 && errno == EAGAIN;
    close(file);
    return told;
}

START_TEST(what_the_disk_must_bring_comes_whole_and_nobody_waits_for_it)
{
    struct buffer content = content_of(40 * OUTGOING_PIECE);
    char *folder = testing_folder();
    bool told = is_told(folder);
    struct reply reply = { .answer = ANSWER_FILE,
                           .file = { .descriptor = cold_file(folder, "cold", buffer_span(&content)),
                                     .size = (off_t)content.len } };
    assert_whole(heard(reply, -1), buffer_span(&content));
    ck_assert(!told || waits > 0);
    if (!told)
        printf("nothing here is ever cold: skipped\n");
    buffer_fini(&content);
    testing_folder_remove(folder);
}
END_TEST

START_TEST(an_answer_without_a_file_is_its_head)
{
    assert_whole(heard((struct reply){ .answer = ANSWER_PAGE }, -1), SPAN(""));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("outgoing");
    TCase *tests = tcase_create("outgoing");
    tcase_add_loop_test(tests, a_file_and_a_block_go_out_alike, 0, sizeof sizes / sizeof *sizes);
    tcase_add_test(tests, a_file_cut_meanwhile_ends_where_it_ends);
    tcase_add_test(tests, what_the_disk_must_bring_comes_whole_and_nobody_waits_for_it);
    tcase_add_test(tests, an_answer_without_a_file_is_its_head);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
