/* SPDX-License-Identifier: ISC */
#include "process/socket.h"

#include "testing.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const struct {
    const char *text, *printed;
} good[] = {
    { "127.0.0.1:1965", "127.0.0.1:1965" },
    { "[::]:1965", "[::]:1965" },
    { "*:70", "[::]:70" },
    { "[::1]:0", "[::1]:0" },
    { "[::ffff:10.0.0.1]:65535", "10.0.0.1:65535" },
};

START_TEST(an_address_is_read_and_printed)
{
    struct address address;
    char text[ADDRESS_TEXT];
    ck_assert(address_parse(span_of(good[_i].text), &address));
    ck_assert_str_eq(address_print(&address, text), good[_i].printed);
}
END_TEST

static const char *const bad[] = { "",        ":1965",       "127.0.0.1",     "127.0.0.1:",
                                   "::1:80x", "[::1:80",     "1.2.3.4:65536", "localhost:1965",
                                   "[]:80",   "1.2.3.256:1", "1.2.3.4:-1" };

START_TEST(what_is_no_address_is_refused)
{
    struct address address;
    ck_assert(!address_parse(span_of(bad[_i]), &address));
}
END_TEST

START_TEST(port_0_becomes_one_port_for_all_slots)
{
    struct address address;
    int sockets[3];
    bool fell_back;
    ck_assert(address_parse(SPAN("127.0.0.1:0"), &address));
    ck_assert_int_eq(socket_listen(&address, 3, sockets, &fell_back), STATUS_OK);
    ck_assert_int_ne(address_port(&address), 0);
    ck_assert(!fell_back);
    for (int i = 0; i < 3; i++) {
        struct sockaddr_in bound;
        socklen_t len = sizeof bound;
        ck_assert_int_eq(getsockname(sockets[i], (struct sockaddr *)&bound, &len), 0);
        ck_assert_int_eq(ntohs(bound.sin_port), address_port(&address));
        close(sockets[i]);
    }
}
END_TEST

START_TEST(a_port_somebody_listens_on_is_not_shared)
{
    struct address address, again;
    int sockets[1], more[1];
    bool fell_back;
    ck_assert(address_parse(SPAN("127.0.0.1:0"), &address));
    ck_assert_int_eq(socket_listen(&address, 1, sockets, &fell_back), STATUS_OK);
    again = address;
    ck_assert_int_eq(socket_listen(&again, 1, more, &fell_back), STATUS_FAILED);
    ck_assert_int_eq(errno, EADDRINUSE);
    close(sockets[0]);
}
END_TEST

/* Documentation's addresses (RFC 5737, RFC 3849) are nobody's. */
static const char *const foreign[] = { "192.0.2.1:0", "[2001:db8::1]:0" };

START_TEST(an_address_that_is_not_ours_is_told)
{
    struct address address;
    int sockets[2] = { -7, -7 };
    bool fell_back = true;
    ck_assert(address_parse(span_of(foreign[_i]), &address));
    ck_assert_int_eq(socket_listen(&address, 2, sockets, &fell_back), STATUS_FAILED);
    ck_assert(errno == EADDRNOTAVAIL || errno == EAFNOSUPPORT);
    ck_assert(!fell_back);
    ck_assert_int_eq(sockets[0], -7);
}
END_TEST

/* Where there is no IPv6 it is 0.0.0.0 that listens, and that is told. */
START_TEST(all_addresses_listen_to_ipv4_too)
{
    struct address address, again;
    int sockets[2];
    bool fell_back;
    ck_assert(address_parse(SPAN("*:0"), &address));
    ck_assert_int_eq(socket_listen(&address, 2, sockets, &fell_back), STATUS_OK);
    ck_assert(fell_back == (address.at.ss_family == AF_INET));
    int client = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert(address_parse(SPAN("127.0.0.1:1"), &again));
    ((struct sockaddr_in *)&again.at)->sin_port = htons(address_port(&address));
    ck_assert_int_eq(connect(client, (struct sockaddr *)&again.at, again.len), 0);
    close(client);
    close(sockets[0]);
    close(sockets[1]);
}
END_TEST

static int
dial_file(const char *path)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    snprintf(at.sun_path, sizeof at.sun_path, "%s", path);
    int refused = connect(fd, (struct sockaddr *)&at, sizeof at);
    close(fd);
    return refused;
}

START_TEST(a_socket_file_is_replaced_where_nobody_listens)
{
    char *folder = testing_folder(), path[100];
    struct stat facts;
    int first, second, third;
    snprintf(path, sizeof path, "%s/s", folder);
    ck_assert_int_eq(socket_listen_file(path, (gid_t)-1, &first), STATUS_OK);
    ck_assert_int_eq(stat(path, &facts), 0);
    ck_assert_int_eq(facts.st_mode & 0777, 0660);
    ck_assert_int_eq(dial_file(path), 0);
    ck_assert_int_eq(socket_listen_file(path, (gid_t)-1, &second), STATUS_BUSY);
    ck_assert_int_eq(dial_file(path), 0);
    close(first);
    ck_assert_int_eq(dial_file(path), -1);
    ck_assert_int_eq(socket_listen_file(path, (gid_t)-1, &third), STATUS_OK);
    ck_assert_int_eq(dial_file(path), 0);
    close(third);
    testing_folder_remove(folder);
}
END_TEST

START_TEST(what_is_no_socket_file_is_left_alone)
{
    char *folder = testing_folder(), path[256];
    int out;
    testing_write(folder, "s", "mine\n");
    snprintf(path, sizeof path, "%s/s", folder);
    ck_assert_int_eq(socket_listen_file(path, (gid_t)-1, &out), STATUS_FAILED);
    ck_assert_int_eq(errno, EEXIST);
    char *text = testing_read(folder, "s");
    ck_assert_str_eq(text, "mine\n");
    free(text);
    memset(path, 'a', SOCKET_PATH_MAX + 1);
    path[SOCKET_PATH_MAX + 1] = '\0';
    ck_assert_int_eq(socket_listen_file(path, (gid_t)-1, &out), STATUS_FAILED);
    ck_assert_int_eq(errno, ENAMETOOLONG);
    snprintf(path, sizeof path, "%s/nowhere/s", folder);
    ck_assert_int_eq(socket_listen_file(path, (gid_t)-1, &out), STATUS_FAILED);
    testing_folder_remove(folder);
}
END_TEST

/* What the kernel keeps of a backlog; 0: it does not tell. */
static unsigned
queue_of(int fd)
{
    struct tcp_info info = { 0 };
    socklen_t len = sizeof info;
    ck_assert_int_eq(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len), 0);
    return info.tcpi_sacked;
}

START_TEST(as_many_may_wait_as_the_kernel_lets)
{
    struct address address;
    int out;
    bool fell_back;
    unsigned most = 0;
    const char *setting = "/proc/sys/net/core/somaxconn";
    if (unshare(CLONE_NEWNET) == 0) { /* where it is ours to set, more than libc would ask for */
        FILE *file = fopen(setting, "w");
        if (file != NULL) {
            fputs("20000", file);
            fclose(file);
        }
    }
    FILE *file = fopen(setting, "r");
    if (file == NULL || fscanf(file, "%u", &most) != 1)
        most = 0;
    if (file != NULL)
        fclose(file);
    ck_assert(address_parse(SPAN("0.0.0.0:0"), &address));
    ck_assert_int_eq(socket_listen(&address, 1, &out, &fell_back), STATUS_OK);
    if (most > 0 && queue_of(out) > 0)
        ck_assert_uint_eq(queue_of(out), most);
    close(out);
}
END_TEST

START_TEST(as_many_descriptors_as_may_be_are_open)
{
    struct rlimit limit;
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = 64;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    socket_allow_many();
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    ck_assert_uint_eq(limit.rlim_cur, limit.rlim_max);
}
END_TEST

static const struct {
    const char *wanted, *at;
    bool may;
} ends[] = {
    { "127.0.0.1:0", "127.0.0.1:1965", true },
    { "[::]:1965", "[::]:1965", true },
    { "*:1965", "0.0.0.0:1965", true }, /* no IPv6 there */
    { "0.0.0.0:1965", "[::]:1965", false },
    { "127.0.0.1:1965", "127.0.0.1:1966", false },
    { "127.0.0.1:1965", "127.0.0.2:1965", false },
    { "[::1]:1965", "[::2]:1965", false },
    { "[::1]:1965", "0.0.0.0:1965", false },
};

START_TEST(who_wants_one_address_may_end_up_at_another)
{
    struct address wanted, at;
    ck_assert(address_parse(span_of(ends[_i].wanted), &wanted));
    ck_assert(address_parse(span_of(ends[_i].at), &at));
    ck_assert_int_eq(address_may_be(&wanted, &at), ends[_i].may);
}
END_TEST

START_TEST(a_socket_tells_where_it_listens)
{
    struct address wanted, at;
    bool fell_back;
    int one, other = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert(address_parse(SPAN("127.0.0.1:0"), &wanted));
    ck_assert_int_eq(socket_listen(&wanted, 1, &one, &fell_back), STATUS_OK);
    ck_assert(address_of(one, &at));
    ck_assert_uint_eq(address_port(&at), address_port(&wanted));
    ck_assert(!address_of(other, &at));
    close(one);
    close(other);
    ck_assert(!address_of(one, &at));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("socket");
    TCase *tests = tcase_create("socket");
    tcase_add_loop_test(tests, an_address_is_read_and_printed, 0, sizeof good / sizeof *good);
    tcase_add_loop_test(tests, what_is_no_address_is_refused, 0, sizeof bad / sizeof *bad);
    tcase_add_test(tests, port_0_becomes_one_port_for_all_slots);
    tcase_add_test(tests, a_port_somebody_listens_on_is_not_shared);
    tcase_add_loop_test(tests, an_address_that_is_not_ours_is_told, 0,
                        sizeof foreign / sizeof *foreign);
    tcase_add_test(tests, all_addresses_listen_to_ipv4_too);
    tcase_add_loop_test(tests, who_wants_one_address_may_end_up_at_another, 0,
                        sizeof ends / sizeof *ends);
    tcase_add_test(tests, a_socket_tells_where_it_listens);
    tcase_add_test(tests, a_socket_file_is_replaced_where_nobody_listens);
    tcase_add_test(tests, what_is_no_socket_file_is_left_alone);
    tcase_add_test(tests, as_many_may_wait_as_the_kernel_lets);
    tcase_add_test(tests, as_many_descriptors_as_may_be_are_open);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
