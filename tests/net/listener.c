/* SPDX-License-Identifier: ISC */
/* A listener and its clients in one process, in turns: who may come in, and how long each state of
 * a conversation may last. */
#include "net/listener.h"

#include "base/clock.h"
#include "base/log.h"
#include "net/certificate.h"
#include "process/socket.h"
#include "testing.h"

#include <errno.h>
#include <event2/event.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { SHORT_MS = 60, REPLY_MS = 300, LONG_MS = 20000, PAGE_BYTES = 32 << 20 };

static const struct span host = SPAN("localhost");
static const char question[] = "gemini://localhost/\r\n";

static char *folder;
static struct event_base *base;
static struct tls *tls;
static struct origin origin;
static struct address address;
static int door;
static void *memory;
static struct limit *limit;
static struct deadlines deadlines;
static struct listener *listener;
static struct span page;
static size_t connections;
static int room_of_clients; /* bytes their kernel keeps for them */

static struct reply
on_question(void *whom, const struct request *request, struct region *region)
{
    (void)whom, (void)request, (void)region;
    return (struct reply){ .answer = ANSWER_PAGE, .page = { .lang = SPAN("vi"), .text = page } };
}

static void
set_up(void)
{
    bool fell_back;
    char log[4096];
    folder = testing_folder();
    snprintf(log, sizeof log, "%s/log", folder);
    ck_assert_int_eq(log_open("test", log, LOG_INFO), STATUS_OK);
    base = event_base_new();
    ck_assert(address_parse(SPAN("127.0.0.1:0"), &address));
    ck_assert_int_eq(socket_listen(&address, 1, &door, &fell_back), STATUS_OK);
    origin = (struct origin){ { &host, 1 }, 1965, true, false };
    deadlines = (struct deadlines){ LONG_MS, LONG_MS, LONG_MS, SHORT_MS, 0, LONG_MS };
    page = SPAN("# Tin\n");
    connections = 100;
    room_of_clients = 4096;
    limit = NULL;
    memory = NULL;
    tls = NULL;
}

static void
begin_as(enum protocol_id protocol)
{
    struct listener_options options = { .base = base,
                                        .protocol = &protocols[protocol],
                                        .socket = door,
                                        .tls = tls,
                                        .origin = &origin,
                                        .connections_max = connections,
                                        .limit = limit,
                                        .answer = on_question,
                                        .deadlines = &deadlines };
    listener = listener_start(&options);
}

static void
begin(void)
{
    begin_as(PROTOCOL_gemini);
}

static void
begin_limited(const char *rate, uint64_t held)
{
    struct limit_size size = limit_size(1, 100);
    struct limit_options options = { .held = held };
    ck_assert(rate_parse(span_of(rate), &options.rate));
    memory = memory_new(limit_bytes(size));
    memset(memory, 0, limit_bytes(size));
    limit = limit_new(limit_table_init(memory, size, (const unsigned char *)"0123456789abcdef"),
                      &options, getpid());
    begin();
}

static void
begin_with_tls(void)
{
    struct fault fault;
    ck_assert_int_eq(certificate_make(folder, (struct spans){ &host, 1 }, &fault), STATUS_OK);
    ck_assert_int_eq(tls_new(folder, host, &tls, &fault), STATUS_OK);
    begin();
}

static void
tear_down(void)
{
    listener_stop(listener);
    limit_free(limit);
    tls_free(tls);
    event_base_free(base);
    close(door);
    free(memory);
    testing_folder_remove(folder);
}

static void
serve(void)
{
    event_base_loop(base, EVLOOP_NONBLOCK);
}

/* A client at 127.0.0.`at`, not let in yet. */
static int
knock(int at)
{
    struct sockaddr_in from = { .sin_family = AF_INET };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    from.sin_addr.s_addr = htonl(0x7f000000u + (unsigned)at);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room_of_clients, sizeof room_of_clients);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&from, sizeof from), 0);
    ck_assert(connect(fd, (struct sockaddr *)&address.at, address.len) == 0 ||
              errno == EINPROGRESS);
    return fd;
}

static int
dial(int at)
{
    int fd = knock(at);
    serve();
    return fd;
}

/* What it is told until the end; the caller's to free. */
static char *
hear(int fd)
{
    struct buffer heard = BUFFER_EMPTY;
    for (;;) {
        serve();
        ssize_t got = recv(fd, buffer_reserve(&heard, 4096), 4096, 0);
        if (got == 0 || (got < 0 && errno != EAGAIN))
            break;
        if (got > 0)
            buffer_grew(&heard, (size_t)got);
        poll(&(struct pollfd){ .fd = fd, .events = POLLIN }, 1, 1);
    }
    close(fd);
    char *text = memory_text(buffer_span(&heard));
    buffer_fini(&heard);
    return text;
}

static char *
ask(int at)
{
    int fd = dial(at);
    (void)!send(fd, question, sizeof question - 1, MSG_NOSIGNAL);
    return hear(fd);
}

static void
assert_told(int at, const char *words)
{
    char *heard = ask(at);
    ck_assert_str_eq(heard, words);
    free(heard);
}

/* 44, the seconds, and nothing else. */
static void
assert_told_to_wait(int at, unsigned least, unsigned most)
{
    char *heard = ask(at), words[32];
    unsigned seconds = 0;
    ck_assert_int_eq(sscanf(heard, "44 %u", &seconds), 1);
    ck_assert(seconds >= least && seconds <= most);
    snprintf(words, sizeof words, "44 %u\r\n", seconds);
    ck_assert_str_eq(heard, words);
    free(heard);
}

static void
wait_for_busy(size_t count)
{
    for (int i = 0; listener_busy(listener) != count; i++, poll(NULL, 0, 1)) {
        ck_assert_int_lt(i, LONG_MS / 2);
        serve();
    }
}

static size_t
count_in_log(const char *words)
{
    char *log = testing_read(folder, "log");
    size_t count = 0;
    for (const char *at = log; (at = strstr(at, words)) != NULL; at++)
        count++;
    free(log);
    return count;
}

static const char fine[] = "20 text/gemini; charset=utf-8; lang=vi\r\n# Tin\n";

START_TEST(who_asks_too_often_is_told_to_wait_and_then_nothing_while_others_are_served)
{
    begin_limited("5/5m", 100);
    for (int i = 0; i < 5; i++)
        assert_told(1, fine);
    for (int i = 0; i < LIMIT_PATIENCE; i++) {
        assert_told_to_wait(1, 50, 60);
        if (i < 2)
            assert_told(2, fine);
    }
    for (int i = 0; i < 50; i++)
        assert_told(1, "");
    assert_told(2, fine);
    ck_assert_uint_eq(count_in_log("status=44"), LIMIT_PATIENCE);
    ck_assert_uint_eq(count_in_log("status=20"), 8);
    ck_assert_uint_eq(count_in_log("peer=127.0.0.0 limit=rate\n"), 1);
    wait_for_busy(0);
}
END_TEST

START_TEST(who_holds_too_many_conversations_gets_no_more_until_one_is_over)
{
    int held[3];
    begin_limited("off", 3);
    for (int i = 0; i < 3; i++)
        held[i] = dial(1);
    for (int i = 0; i < 20; i++)
        assert_told(1, "");
    assert_told(2, fine);
    wait_for_busy(3);
    close(held[0]);
    wait_for_busy(2);
    assert_told(1, fine);
    ck_assert_uint_eq(count_in_log("peer=127.0.0.0 limit=connections\n"), 1);
    close(held[1]);
    close(held[2]);
}
END_TEST

/* One who does something every few milliseconds; returns how long it was put up with. */
static int64_t
endure(int fd, int64_t start, void (*act)(int fd))
{
    while (listener_busy(listener) > 0) {
        ck_assert_int_lt(clock_monotonic() - start, LONG_MS / 2);
        poll(NULL, 0, 2);
        act(fd);
        serve();
    }
    close(fd);
    return clock_monotonic() - start;
}

static void
do_nothing(int fd)
{
    (void)fd;
}

/* A client's first words: the head of a record of TLS, and of its hello. */
static void
dribble_a_hello(int fd)
{
    static const char hello[9] = { 0x16, 3, 1, 1, 0, 1, 0, 0, (char)0xfc };
    static size_t at;
    char more = at < sizeof hello ? hello[at] : 0;
    at++;
    (void)send(fd, &more, 1, MSG_NOSIGNAL);
}

static void
dribble_a_request(int fd)
{
    static size_t at;
    (void)send(fd, at < sizeof question - 3 ? &question[at] : "a", 1, MSG_NOSIGNAL);
    at++;
}

static void
read_a_byte(int fd)
{
    char byte;
    (void)!recv(fd, &byte, 1, 0);
}

static const struct {
    const char *name, *says;
    void (*act)(int fd);
    int *deadline;
    bool with_tls, large;
} delays[] = {
    { "silent", "", do_nothing, &deadlines.handshake, true, false },
    { "half a hello", "\x16\x03\x01\x01", do_nothing, &deadlines.handshake, true, false },
    { "a dribbled hello", "", dribble_a_hello, &deadlines.handshake, true, false },
    { "silent without TLS", "", do_nothing, &deadlines.request, false, false },
    { "half a request", "gemini://localh", do_nothing, &deadlines.request, false, false },
    { "a dribbled request", "", dribble_a_request, &deadlines.request, false, false },
    { "never reading", question, do_nothing, &deadlines.reply, false, true },
    { "reading a byte now and then", question, read_a_byte, &deadlines.reply, false, true },
    { "never leaving", question, do_nothing, &deadlines.goodbye, false, false },
};

START_TEST(no_state_lasts_longer_than_its_deadline)
{
    char *large = memory_new(PAGE_BYTES);
    memset(large, 'a', PAGE_BYTES);
    if (delays[_i].large)
        page = (struct span){ large, PAGE_BYTES };
    *delays[_i].deadline = SHORT_MS;
    if (delays[_i].with_tls)
        begin_with_tls();
    else
        begin();
    int64_t start = clock_monotonic();
    int fd = dial(1);
    (void)send(fd, delays[_i].says, strlen(delays[_i].says), MSG_NOSIGNAL);
    int64_t took = endure(fd, start, delays[_i].act);
    ck_assert_msg(took >= SHORT_MS - 10 && took < 10 * SHORT_MS, "%s: %lld", delays[_i].name,
                  (long long)took);
    free(large);
}
END_TEST

/* Who is silent is looked at before, to save memory: that makes his time no longer. */
static const struct {
    const char *says;
    bool at_once;
} lines[] = {
    { "/\r\n", true },
    { "/\n", true },
    { "/\r\nand more", true },
    { "\x16\x03\x01", false }, /* what it goes on to say is read away */
    { "GET / HTTP/1.1\r\n", false },
};

START_TEST(who_asks_in_one_plain_line_is_done_with_his_answer)
{
    char heard[64];
    ssize_t got = -1;
    deadlines.goodbye = LONG_MS;
    begin_as(PROTOCOL_gopher);
    int fd = dial(1);
    (void)send(fd, lines[_i].says, strlen(lines[_i].says), MSG_NOSIGNAL);
    for (int i = 0; got < 0; i++, poll(NULL, 0, 1)) {
        ck_assert_int_lt(i, LONG_MS / 2);
        serve();
        got = recv(fd, heard, sizeof heard, 0);
    }
    ck_assert_int_eq(got > 0, lines[_i].at_once);
    ck_assert_uint_eq(listener_busy(listener), lines[_i].at_once ? 0 : 1);
    close(fd);
}
END_TEST

START_TEST(a_look_on_the_way_makes_no_deadline_longer)
{
    enum { SECOND_MS = 1000 };
    deadlines.handshake = SECOND_MS;
    begin_with_tls();
    int64_t start = clock_monotonic();
    int64_t took = endure(dial(1), start, do_nothing);
    ck_assert_msg(took >= SECOND_MS - 10 && took < SECOND_MS * 3 / 2, "%lld", (long long)took);
}
END_TEST

static void
read_some(int fd)
{
    char bytes[16384];
    (void)!recv(fd, bytes, sizeof bytes, 0);
}

static int
ask_for_large(char *large)
{
    memset(large, 'a', PAGE_BYTES);
    page = (struct span){ large, PAGE_BYTES };
    deadlines.reply = REPLY_MS;
    room_of_clients = 1 << 20; /* segments on loopback have 64 KB: a few of them */
    int room = 1 << 18;
    setsockopt(door, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    begin();
    int fd = dial(1);
    (void)send(fd, question, sizeof question - 1, MSG_NOSIGNAL);
    serve();
    return fd;
}

START_TEST(who_takes_a_little_at_a_time_does_not_hold_his_place_for_ever)
{
    enum { MORE_THAN_THAT = 1 << 30 };
    char *large = memory_new(PAGE_BYTES);
    deadlines.reply_rate = MORE_THAN_THAT;
    int64_t start = clock_monotonic();
    int64_t took = endure(ask_for_large(large), start, read_some);
    ck_assert_msg(took >= REPLY_MS - 10 && took < 5 * REPLY_MS, "%lld", (long long)took);
    free(large);
}
END_TEST

START_TEST(who_takes_enough_may_go_on)
{
    char *large = memory_new(PAGE_BYTES);
    deadlines.reply_rate = 1000;
    int fd = ask_for_large(large);
    for (int64_t start = clock_monotonic(); clock_monotonic() - start < 4 * REPLY_MS;) {
        poll(NULL, 0, 5);
        read_some(fd);
        serve();
        ck_assert_uint_eq(listener_busy(listener), 1);
    }
    close(fd);
    free(large);
}
END_TEST

START_TEST(who_only_waits_gives_way_where_there_is_no_place)
{
    enum { MOST = 4 };
    int held[MOST];
    char byte;
    connections = MOST;
    deadlines.patience = 0;
    begin();
    for (int i = 0; i < MOST; i++)
        held[i] = dial(1);
    wait_for_busy(MOST);
    assert_told(2, fine);
    assert_told(2, fine);
    for (int i = 0; i < MOST; i++) { /* the oldest one did; the first answer's place was free */
        ssize_t got = recv(held[i], &byte, 1, 0);
        ck_assert_int_eq(got, i == 0 ? 0 : -1);
        close(held[i]);
    }
}
END_TEST

/* Who comes is not let in, for longer than it takes to look again. */
static void
assert_waits(int fd)
{
    enum { LOOKS_MS = 350 };
    char byte;
    size_t busy = listener_busy(listener);
    (void)send(fd, question, sizeof question - 1, MSG_NOSIGNAL);
    for (int64_t start = clock_monotonic(); clock_monotonic() - start < LOOKS_MS;) {
        serve();
        poll(NULL, 0, 1);
    }
    ck_assert_int_eq(recv(fd, &byte, 1, 0), -1);
    ck_assert_uint_eq(listener_busy(listener), busy);
}

/* Two who ask for much and read nothing, or who came a moment ago. */
START_TEST(who_is_answered_or_has_just_come_keeps_his_place)
{
    int held[2];
    char *large = memory_new(PAGE_BYTES);
    memset(large, 'a', PAGE_BYTES);
    page = (struct span){ large, PAGE_BYTES };
    connections = 2;
    deadlines.patience = _i == 0 ? 0 : LONG_MS;
    begin();
    for (int i = 0; i < 2; i++) {
        held[i] = dial(1);
        if (_i == 0)
            (void)send(held[i], question, sizeof question - 1, MSG_NOSIGNAL);
        serve();
    }
    wait_for_busy(2);
    int fd = knock(2);
    assert_waits(fd);
    page = SPAN("# Tin\n");
    close(held[0]);
    char *heard = hear(fd);
    ck_assert_str_eq(heard, fine);
    close(held[1]);
    free(heard);
    free(large);
}
END_TEST

/* From here on no descriptor can be had; or again some. */
static void
allow_descriptors(bool allowed)
{
    struct rlimit limits;
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limits), 0);
    limits.rlim_cur = allowed ? limits.rlim_max : 0;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limits), 0);
}

/* Comes while there are no descriptors, and is let in when there are. */
static int
come_starving(size_t count)
{
    int fd = knock(1);
    allow_descriptors(false);
    serve();
    allow_descriptors(true);
    wait_for_busy(count);
    return fd;
}

START_TEST(lack_of_descriptors_is_told_again_only_when_it_was_over)
{
    int held[4];
    begin();
    for (size_t i = 0; i < 4; i++)
        held[i] = come_starving(i + 1);
    ck_assert_uint_eq(count_in_log("can't accept: Too many open files"), 1);
    for (int i = 0; i < 4; i++)
        close(held[i]);
    wait_for_busy(0);
    serve();
    close(come_starving(1));
    ck_assert_uint_eq(count_in_log("can't accept: Too many open files"), 2);
}
END_TEST

START_TEST(who_only_waits_gives_way_where_there_is_no_descriptor)
{
    int held[2];
    char byte;
    struct rlimit limits;
    deadlines.patience = 0;
    begin();
    for (size_t i = 0; i < 2; i++) {
        held[i] = dial(1);
        wait_for_busy(i + 1);
    }
    int fd = knock(2), next = dup(fd);
    close(next);
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limits), 0);
    limits.rlim_cur = (rlim_t)next;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limits), 0);
    serve();
    allow_descriptors(true);
    ck_assert_uint_eq(listener_busy(listener), 2);
    ck_assert_int_eq(recv(held[0], &byte, 1, 0), 0);
    ck_assert_int_eq(recv(held[1], &byte, 1, 0), -1);
    for (int i = 0; i < 2; i++)
        close(held[i]);
    wait_for_busy(1);
    close(fd);
}
END_TEST

START_TEST(a_pause_lasts_though_somebody_leaves)
{
    enum { MOST = 8, PAUSE_MS = 100 };
    int held[MOST + 2];
    connections = MOST;
    begin();
    for (int i = 0; i < MOST; i++)
        held[i] = dial(1);
    wait_for_busy(MOST);
    for (int i = MOST; i < MOST + 2; i++)
        held[i] = knock(1);
    int64_t begun = clock_monotonic();
    allow_descriptors(false);
    for (int i = 0; i < 3; i++)
        close(held[i]);
    wait_for_busy(MOST - 3);
    serve();
    allow_descriptors(true);
    close(held[3]);
    for (int i = 0; i < 5; i++)
        serve();
    size_t busy = listener_busy(listener);
    if (clock_monotonic() - begun < PAUSE_MS)
        ck_assert_uint_eq(busy, MOST - 4);
    wait_for_busy(MOST - 2); /* both who waited come in */
    ck_assert_uint_eq(count_in_log("can't accept"), 1);
    for (int i = 4; i < MOST + 2; i++)
        close(held[i]);
    wait_for_busy(0);
    serve();
    ck_assert_uint_eq(count_in_log("no longer full"), 1);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("listener");
    TCase *tests = tcase_create("listener");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests,
                   who_asks_too_often_is_told_to_wait_and_then_nothing_while_others_are_served);
    tcase_add_test(tests, who_holds_too_many_conversations_gets_no_more_until_one_is_over);
    tcase_add_loop_test(tests, who_asks_in_one_plain_line_is_done_with_his_answer, 0,
                        sizeof lines / sizeof *lines);
    tcase_add_test(tests, a_look_on_the_way_makes_no_deadline_longer);
    tcase_add_loop_test(tests, no_state_lasts_longer_than_its_deadline, 0,
                        sizeof delays / sizeof *delays);
    tcase_add_test(tests, who_only_waits_gives_way_where_there_is_no_place);
    tcase_add_loop_test(tests, who_is_answered_or_has_just_come_keeps_his_place, 0, 2);
    suite_add_tcase(suite, tests);
    TCase *pace = tcase_create("pace");
    tcase_set_timeout(pace, 60);
    tcase_set_tags(pace, "no-valgrind"); /* which is too slow to be asked how fast */
    tcase_add_checked_fixture(pace, set_up, tear_down);
    tcase_add_test(pace, who_takes_a_little_at_a_time_does_not_hold_his_place_for_ever);
    tcase_add_test(pace, who_takes_enough_may_go_on);
    suite_add_tcase(suite, pace);
    TCase *starving = tcase_create("starving");
    tcase_set_timeout(starving, 60);
    tcase_set_tags(starving, "no-valgrind"); /* which takes its own descriptors from ours */
    tcase_add_checked_fixture(starving, set_up, tear_down);
    tcase_add_test(starving, lack_of_descriptors_is_told_again_only_when_it_was_over);
    tcase_add_test(starving, who_only_waits_gives_way_where_there_is_no_descriptor);
    tcase_add_test(starving, a_pause_lasts_though_somebody_leaves);
    suite_add_tcase(suite, starving);
    return testing_run(suite);
}
