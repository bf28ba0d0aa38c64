/* SPDX-License-Identifier: ISC */
/* songtu get against our own daemon, and against strangers of every kind. */
#include "capsule.h"
#include "stranger.h"

#include "base/region.h"
#include "net/certificate.h"
#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char *folder;
static struct certificate_facts facts;
static struct region *region;

/* What a run of the tool came to. */
struct run {
    int status;
    char *out, *err;
};

static void
set_up(void)
{
    static const struct span host = { "localhost", 9 };
    struct fault fault = { 0, "" };
    region = region_new();
    folder = testing_folder();
    ck_assert_int_eq(certificate_make(folder, (struct spans){ &host, 1 }, &fault), STATUS_OK);
    ck_assert_int_eq(certificate_inspect(folder, host, region, &facts, &fault), STATUS_OK);
}

static void
tear_down(void)
{
    testing_folder_remove(folder);
    region_free(region);
}

static struct run
run_get_into(const char *file, const char *arguments)
{
    char command[8192];
    snprintf(command, sizeof command, "cd '%s' && " PROGRAMS "/songtu get %s >%s 2>err </dev/null",
             folder, arguments, file);
    int status = system(command);
    return (struct run){ WIFEXITED(status) ? WEXITSTATUS(status) : -1, testing_read(folder, "out"),
                         testing_read(folder, "err") };
}

static struct run
run_get(const char *arguments)
{
    return run_get_into("out", arguments);
}

static void
run_fini(struct run *run)
{
    free(run->out);
    free(run->err);
}

/* Asks a stranger at "gemini://HOST:PORT/a?b"; what it was told comes back in *told. */
static struct run
get_from(enum behaviour behaviour, struct span answer, const char *host, const char *options,
         char **told)
{
    char arguments[1024];
    struct stranger stranger = stranger_start(folder, behaviour, answer, false);
    snprintf(arguments, sizeof arguments, "%s 'gemini://%s:%d/a?b'", options, host, stranger.port);
    struct run run = run_get(arguments);
    *told = stranger_end(&stranger);
    return run;
}

static void
expect(enum behaviour behaviour, struct span answer, const char *options, int status,
       const char *out, const char *err)
{
    char *told;
    struct run run = get_from(behaviour, answer, "localhost", options, &told);
    ck_assert_msg(run.status == status, "%.60s: %d %s", answer.at, run.status, run.err);
    ck_assert_msg(strcmp(run.out, out) == 0, "%.60s: %zu bytes", answer.at, strlen(run.out));
    ck_assert_msg(strstr(run.err, err) != NULL, "%.60s: %s", answer.at, run.err);
    run_fini(&run);
    free(told);
}

#define ANSWER(literal)                 \
    {                                   \
        "" literal, sizeof(literal) - 1 \
    }

static const struct {
    enum behaviour behaviour;
    struct span answer;
    int status;
    const char *out, *err;
} answers[] = {
    { ANSWERS, ANSWER("20 text/plain\r\nTin\n"), 0, "Tin\n", "20 text/plain\n" },
    { ANSWERS, ANSWER("20 text/plain\r\n"), 0, "", "20 text/plain\n" },
    { ANSWERS, ANSWER("20 text/plain\r\n\x1b[2J"), 0, "\x1b[2J", "20 text/plain\n" },
    { ANSWERS, ANSWER("10 Nhập từ cần tìm\r\n"), 10, "", "10 Nhập từ cần tìm\n" },
    { ANSWERS, ANSWER("31 /b\r\n"), 30, "", "31 /b\n" },
    { ANSWERS, ANSWER("44 30\r\nno body"), 40, "", "44 30\n" },
    { ANSWERS, ANSWER("51\r\n"), 50, "", "51\n" },
    { ANSWERS_NO_GOODBYE, ANSWER("52 gone\r\n"), 50, "", "52 gone\n" },
    { ANSWERS, ANSWER("60 a certificate\r\n"), 60, "", "60 a certificate\n" },
    { ANSWERS,
      ANSWER("51 a\xE2\x80\xAE"
             "b\r\n"),
      50, "", "51 a\\u{202E}b\n" },
    { ANSWERS_NO_GOODBYE, ANSWER("20 text/plain\r\nTi"), 1, "Ti", "the body is cut off: it ends" },
    { ANSWERS_NO_GOODBYE, ANSWER("20 text/pl"), 1, "", "the connection broke off" },
    { ANSWERS, ANSWER("20 text/pl"), 1, "", "it says goodbye without a whole answer" },
    { ANSWERS, ANSWER("20\r\nTin\n"), 1, "", "no Gemini header" },
    { ANSWERS, ANSWER("51 \x1b[2J\r\n"), 1, "", "no Gemini header: 51 \\x1b[2J" },
    { ANSWERS, ANSWER("HTTP/1.1 400 Bad Request\r\n\r\n"), 1, "", "no Gemini header: HTTP" },
    { ANSWERS, ANSWER(""), 3, "", "it says goodbye without a whole answer" },
    { CLOSES_WHEN_ASKED, ANSWER(""), 3, "", "the connection broke off" },
    { CLOSES_AT_ONCE, ANSWER(""), 3, "", "it speaks no TLS with us" },
    { SPEAKS_NO_TLS, ANSWER("20 text/plain\r\nTin\n"), 3, "", "it speaks no TLS with us" },
};

START_TEST(every_answer_has_its_exit_status)
{
    expect(answers[_i].behaviour, answers[_i].answer, "", answers[_i].status, answers[_i].out,
           answers[_i].err);
}
END_TEST

START_TEST(a_header_of_2000_bytes_is_refused)
{
    char bytes[2003] = "51 ";
    memset(bytes + 3, 'a', 1997);
    memcpy(bytes + 2000, "\r\n", 3);
    expect(ANSWERS, span_of(bytes), "", 1, "", "no Gemini header: 51 aaaa");
}
END_TEST

START_TEST(who_keeps_silent_is_left_when_the_time_is_up)
{
    expect(SILENT_AT_ONCE, SPAN(""), "--timeout 1", 3, "", "its TLS handshake takes too long");
    expect(ANSWERS_AND_WAITS, SPAN(""), "--timeout 1", 3, "", "the time is up");
    expect(ANSWERS_AND_WAITS, SPAN("20 te"), "--timeout 1", 1, "", "the time is up");
    expect(ANSWERS_AND_WAITS, SPAN("20 text/plain\r\nTi"), "--timeout 1", 1, "Ti",
           "the body is cut off: the time is up");
}
END_TEST

START_TEST(a_body_is_passed_on_whole_and_no_longer_than_allowed)
{
    enum { SIZE = 300000 };
    struct buffer answer = BUFFER_EMPTY;
    char *body = memory_new(SIZE + 1);
    for (size_t i = 0; i < SIZE; i++)
        body[i] = (char)('a' + (i * 7 + i / 251) % 26);
    body[SIZE] = '\0';
    buffer_printf(&answer, "20 text/plain\r\n%s", body);
    expect(ANSWERS, buffer_span(&answer), "", 0, body, "20 text/plain\n");
    expect(ANSWERS, buffer_span(&answer), "--max-bytes 300000", 0, body, "20 text/plain\n");
    body[SIZE - 1] = '\0';
    expect(ANSWERS, buffer_span(&answer), "--max-bytes 299999", 1, body, "more than 299999 bytes");
    buffer_fini(&answer);
    free(body);
}
END_TEST

START_TEST(an_output_that_takes_no_more_is_said)
{
    char arguments[128];
    struct stranger stranger = stranger_start(folder, ANSWERS, SPAN("20 a/b\r\nTin\n"), false);
    snprintf(arguments, sizeof arguments, "gemini://localhost:%d/", stranger.port);
    struct run run = run_get_into("/dev/full", arguments);
    ck_assert_int_eq(run.status, 3);
    ck_assert_ptr_nonnull(strstr(run.err, "standard output takes no more: No space left"));
    free(stranger_end(&stranger));
    run_fini(&run);
}
END_TEST

START_TEST(a_name_is_told_to_tls_and_an_address_is_not)
{
    static const struct span answer = ANSWER("51\r\n");
    char *told, wanted[128], arguments[128];
    struct run run = get_from(ANSWERS, answer, "localhost", "", &told);
    ck_assert(strncmp(told, "localhost gemini://localhost:", 29) == 0);
    ck_assert_ptr_nonnull(strstr(told, "/a?b\r\n"));
    run_fini(&run);
    free(told);
    run = get_from(ANSWERS, answer, "127.0.0.1", "", &told);
    ck_assert(strncmp(told, "- gemini://127.0.0.1:", 21) == 0);
    run_fini(&run);
    free(told);
    struct stranger stranger = stranger_start(folder, ANSWERS, answer, true);
    if (stranger.pid == 0)
        return; /* no IPv6 here */
    snprintf(arguments, sizeof arguments, "'gemini://[::1]:%d'", stranger.port);
    run = run_get(arguments);
    told = stranger_end(&stranger);
    ck_assert_int_eq(run.status, 50);
    snprintf(wanted, sizeof wanted, "- gemini://[::1]:%d/\r\n", stranger.port);
    ck_assert_str_eq(told, wanted);
    run_fini(&run);
    free(told);
}
END_TEST

START_TEST(what_a_person_types_is_asked_for_as_a_uri)
{
    struct stranger stranger = stranger_start(folder, ANSWERS, SPAN("51\r\n"), false);
    char arguments[256], wanted[256];
    snprintf(arguments, sizeof arguments, "'GEMINI://Localhost.:%d/hà-nội/%%41?từ khoá#x'",
             stranger.port);
    struct run run = run_get(arguments);
    ck_assert_int_eq(run.status, 2); /* a space is no part of it */
    run_fini(&run);
    snprintf(arguments, sizeof arguments, "'GEMINI://Localhost.:%d/ha\xCC\x80/%%41?từ#x'",
             stranger.port);
    run = run_get(arguments);
    ck_assert_msg(run.status == 50, "%s", run.err);
    char *told = stranger_end(&stranger);
    snprintf(wanted, sizeof wanted,
             "Localhost gemini://Localhost:%d/h%%C3%%A0/%%41?t%%E1%%BB%%AB\r\n", stranger.port);
    ck_assert_str_eq(told, wanted);
    run_fini(&run);
    free(told);
}
END_TEST

/* The fingerprint as some people write it: AB:CD:… */
static const char *
with_colons(const char *pin)
{
    char *text = region_alloc(region, 128);
    for (size_t i = 0, len = 0; pin[i] != '\0'; i++) {
        if (i > 0 && i % 2 == 0)
            text[len++] = ':';
        text[len++] = pin[i] >= 'a' ? (char)(pin[i] - 32) : pin[i];
    }
    return text;
}

START_TEST(the_pinned_server_is_asked)
{
    const char *const pins[] = { facts.certificate_hash, facts.key_hash,
                                 with_colons(facts.certificate_hash) };
    for (size_t i = 0; i < 9; i++) {
        char options[256];
        snprintf(options, sizeof options, "--pin '%s%s'", i / 3 == 1 ? "SHA-256 " : "",
                 pins[i % 3]);
        if (i / 3 == 2)
            options[5] = '=';
        expect(ANSWERS, SPAN("20 a/b\r\nTin\n"), options, 0, "Tin\n", "20 a/b\n");
    }
}
END_TEST

START_TEST(a_server_that_is_not_the_pinned_one_hears_no_request)
{
    char options[128], *told;
    char other[FINGERPRINT_TEXT + 1];
    strcpy(other, facts.certificate_hash);
    other[63] = other[63] == '0' ? '1' : '0';
    snprintf(options, sizeof options, "--pin %s", other);
    struct run run = get_from(ANSWERS, SPAN("20 a/b\r\nTin\n"), "localhost", options, &told);
    ck_assert_int_eq(run.status, 3);
    ck_assert_str_eq(run.out, "");
    ck_assert_ptr_nonnull(strstr(run.err, "it is not the one pinned"));
    ck_assert_ptr_nonnull(strstr(run.err, facts.certificate_hash));
    ck_assert_ptr_nonnull(strstr(run.err, facts.key_hash));
    ck_assert_str_eq(told, "localhost -");
    run_fini(&run);
    free(told);
}
END_TEST

START_TEST(nobody_there_is_said)
{
    struct run run = run_get("gemini://localhost:1/");
    ck_assert_int_eq(run.status, 3);
    ck_assert_str_eq(run.err, "songtu get: localhost: it can't be reached: Connection refused\n");
    run_fini(&run);
}
END_TEST

START_TEST(our_own_capsule_is_read)
{
    static const struct {
        const char *path;
        int status;
    } rows[] = { { "/", 0 }, { "/city", 30 }, { "/khong-co", 50 }, { "/city/%zz", 2 } };
    struct capsule_run *capsule = capsule_start();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char arguments[256];
        snprintf(arguments, sizeof arguments,
                 "--pin $('%s/songtu' --certs '%s/certs' cert | sed -n 's/^certificate *//p' | "
                 "cut -d' ' -f2) gemini://localhost:%d%s",
                 capsule->folder, capsule->folder, capsule->port, rows[i].path);
        struct run run = run_get(arguments);
        ck_assert_msg(run.status == rows[i].status, "%s: %d %s", rows[i].path, run.status, run.err);
        if (i == 0)
            ck_assert(strncmp(run.out, "# ", 2) == 0);
        run_fini(&run);
    }
    capsule_stop(capsule);
}
END_TEST

static const struct {
    const char *protocol, *path, *options;
    int status;
    const char *err, *begins;
} tongues[] = {
    { "gopher", "/", "", 0, "20 application/gopher-menu\n", "iSong Tử\t" },
    { "gopher", "", "", 0, "20 application/gopher-menu\n", "iSong Tử\t" },
    { "gopher", "/1/city/ha-noi", "", 0, "20 application/gopher-menu\n", "iHà Nội\t" },
    { "gopher", "/7/search?h%C3%A0%20n%E1%BB%99i", "", 0, "20 application/gopher-menu\n",
      "iKết quả tìm “hà nội”\t" },
    { "gopher", "/0/robots.txt", "", 0, "20 text/plain\n", "User-agent: *\n" },
    { "gopher", "/0/nope", "", 50, "50 Không tìm thấy trang này; hãy thử tìm ở /search.\n", "" },
    { "gopher", "/", "--max-bytes 10", 1, "the body is cut off: it holds more than 10 bytes\n",
      "iSong T" },
    { "nex", "", "", 0, "20 text/plain\n", "Song Tử\n" },
    { "nex", "/city/", "", 0, "20 text/plain\n", "Tỉnh, thành phố\n" },
    { "http", "", "", 0, "200 text/html; charset=utf-8\n", "<!DOCTYPE html>" },
    { "http", "/city", "", 30, "/city/\n", "" },
    { "http", "/nope", "", 50, "404 text/html; charset=utf-8\n", "" },
    { "http", "/", "--max-bytes 9", 1, "the body is cut off: it holds more than 9 bytes\n",
      "<!DOCTYPE" },
    { "https", "/", "", 3, "songtu get: localhost: ", "" },
};

START_TEST(the_other_protocols_are_told_alike)
{
    struct capsule_run *capsule = capsule_prepare();
    testing_write(capsule->folder, "songtu.yaml",
                  "gopher: 127.0.0.1:0\nnex: 127.0.0.1:0\nweb: 127.0.0.1:0\n");
    capsule_launch(capsule);
    for (size_t i = 0; i < sizeof tongues / sizeof *tongues; i++) {
        const char *protocol = tongues[i].protocol;
        const char *line = strstr(capsule->ready, protocol[0] == 'h' ? "web" : protocol);
        char arguments[256];
        int port = 0;
        ck_assert_int_eq(sscanf(line, "%*s 127.0.0.1:%d", &port), 1);
        snprintf(arguments, sizeof arguments, "%s '%s://localhost:%d%s'", tongues[i].options,
                 protocol, port, tongues[i].path);
        struct run run = run_get(arguments);
        ck_assert_msg(run.status == tongues[i].status, "%s: %d %s", arguments, run.status, run.err);
        ck_assert_msg(strstr(run.err, tongues[i].err) != NULL, "%s: %s", arguments, run.err);
        size_t len = strlen(tongues[i].begins);
        ck_assert_msg(strncmp(run.out, tongues[i].begins, len) == 0 &&
                          (len > 0 || run.out[0] == '\0'),
                      "%s: %.60s", arguments, run.out);
        run_fini(&run);
    }
    capsule_stop(capsule);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("getting");
    TCase *tests = tcase_create("getting");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, every_answer_has_its_exit_status, 0,
                        (int)(sizeof answers / sizeof *answers));
    tcase_add_test(tests, a_header_of_2000_bytes_is_refused);
    tcase_add_test(tests, who_keeps_silent_is_left_when_the_time_is_up);
    tcase_add_test(tests, a_body_is_passed_on_whole_and_no_longer_than_allowed);
    tcase_add_test(tests, an_output_that_takes_no_more_is_said);
    tcase_add_test(tests, a_name_is_told_to_tls_and_an_address_is_not);
    tcase_add_test(tests, what_a_person_types_is_asked_for_as_a_uri);
    tcase_add_test(tests, the_pinned_server_is_asked);
    tcase_add_test(tests, a_server_that_is_not_the_pinned_one_hears_no_request);
    tcase_add_test(tests, nobody_there_is_said);
    tcase_add_test(tests, our_own_capsule_is_read);
    tcase_add_test(tests, the_other_protocols_are_told_alike);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
