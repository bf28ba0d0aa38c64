/* SPDX-License-Identifier: ISC */
#include "tool/get.h"

#include "base/file.h"
#include "base/text.h"
#include "net/certificate.h"

#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    HOST_MAX = 253,
    STEP_SECONDS = 10, /* connecting, and the handshake */
    TIMEOUT = 30,
    TIMEOUT_MAX = 86400,
};

static const uint64_t BODY_BYTES = 67108864; /* 64 MiB */

static const struct tongue tongues[] = {
    { "gemini", 1965, get_prepare_gemini, get_ask_gemini },
    { "gopher", 70, get_prepare_gopher, get_ask_gopher },
    { "nex", 1900, get_prepare_nex, get_ask_nex },
    { "http", 80, get_prepare_web, get_ask_web },
    { "https", 443, get_prepare_web, get_ask_web },
};

static const struct tongue *
tongue_find(struct span scheme)
{
    for (size_t i = 0; i < sizeof tongues / sizeof *tongues; i++)
        if (span_equal_nocase(scheme, span_of(tongues[i].scheme)))
            return &tongues[i];
    return NULL;
}

/* SHA-256 in hexadecimal, as people copy it: with "SHA-256" before it, colons, capitals. NULL: it
 * is none. */
static const char *
read_pin(struct span text, struct region *region)
{
    char *pin = region_alloc(region, FINGERPRINT_TEXT + 1);
    size_t len = 0;
    if (span_starts(text, SPAN("SHA-256")))
        text = span_trim(span_skip(text, 7));
    for (size_t i = 0; i < text.len; i++) {
        char digit = text.at[i] >= 'A' && text.at[i] <= 'F' ? (char)(text.at[i] + 32) : text.at[i];
        if (digit == ':' && len > 0 && len % 2 == 0 && i + 1 < text.len && text.at[i + 1] != ':')
            continue;
        if (len == FINGERPRINT_TEXT || digit == '\0' || strchr("0123456789abcdef", digit) == NULL)
            return NULL;
        pin[len++] = digit;
    }
    return len == FINGERPRINT_TEXT ? pin : NULL;
}

static int
take_option(struct errand *errand, int option, const char *value)
{
    uint64_t number;
    switch (option) {
    case 'p':
        errand->dial.pin = read_pin(span_of(value), errand->region);
        return errand->dial.pin != NULL
                   ? EXIT_FINE
                   : command_misused("get", "`%s` is no fingerprint: write 64 hexadecimal digits",
                                     value);
    case 't':
        if (!span_number(span_of(value), TIMEOUT_MAX, &number) || number == 0)
            return command_misused("get", "--timeout takes seconds, 1 to %d", TIMEOUT_MAX);
        errand->dial.whole = (int)number * 1000;
        return EXIT_FINE;
    case 'm':
        return span_number(span_of(value), INT64_MAX, &errand->body_max)
                   ? EXIT_FINE
                   : command_misused("get", "--max-bytes takes a number, not `%s`", value);
    default:
        return command_misused("get", "an option it does not know, or one without its value");
    }
}

void
get_add_encoded(struct span part, struct buffer *out)
{
    struct buffer nfc = BUFFER_EMPTY;
    text_nfc(part, &nfc);
    uri_encode(buffer_span(&nfc), "!$&'()*+,;=:@/?%", out);
    buffer_fini(&nfc);
}

static int
take_url(struct errand *errand, const char *text, const struct tongue **out)
{
    struct uri *uri = &errand->uri;
    if (!uri_parse(span_of(text), URI_LENIENT, uri) || uri->scheme.len == 0 || uri->host.len == 0)
        return command_misused("get", "it takes a whole URL such as gemini://example.org/, its "
                                      "host in ASCII (an IDN as xn--…)");
    const struct tongue *tongue = *out = tongue_find(uri->scheme);
    if (tongue == NULL)
        return command_misused("get", "it speaks gemini, gopher, nex, http and https");
    if (uri->userinfo.at != NULL)
        return command_misused("get", "it names no user: leave out what is before @");
    if (uri->host.len > HOST_MAX || span_has_char(uri->host, '%'))
        return command_misused("get",
                               "a host is a name of up to %d letters, digits, - and dots, "
                               "or an address",
                               HOST_MAX);
    if (uri_port(uri, tongue->port) == 0)
        return command_misused("get", "no server is at port 0");
    if (span_ends(uri->host, SPAN(".")))
        uri->host.len--;
    errand->dial.host = region_copy(errand->region, uri->host).at;
    errand->dial.is_address = uri->host_kind != URI_HOST_NAME;
    errand->dial.port = uri_port(uri, tongue->port);
    return tongue->prepare(errand);
}

static int
read_errand(int argc, char **argv, struct errand *errand, const struct tongue **tongue)
{
    static const struct option options[] = {
        { "pin", required_argument, NULL, 'p' },
        { "timeout", required_argument, NULL, 't' },
        { "max-bytes", required_argument, NULL, 'm' },
        { NULL, 0, NULL, 0 },
    };
    int option, status = EXIT_FINE, step;
    optind = 0; /* begin anew */
    opterr = 0;
    while (status == EXIT_FINE && (option = getopt_long(argc, argv, "", options, NULL)) != -1)
        status = take_option(errand, option, optarg);
    if (status == EXIT_FINE && optind + 1 != argc)
        status = command_misused("get", "it takes one URL");
    if (status == EXIT_FINE)
        status = take_url(errand, argv[optind], tongue);
    if (status == EXIT_FINE && errand->dial.pin != NULL && *tongue != tongue_find(SPAN("gemini")))
        status = command_misused("get", "--pin is for gemini:// alone");
    step = errand->dial.whole < STEP_SECONDS * 1000 ? errand->dial.whole : STEP_SECONDS * 1000;
    errand->dial.connect = errand->dial.handshake = step;
    return status;
}

void
get_tell(int status, struct span words)
{
    fprintf(stderr, "%d%s", status, words.len > 0 ? " " : "");
    for (struct span rest = words; rest.len > 0;) {
        uint32_t point = 0xFFFD;
        size_t len = text_next(rest, &point);
        if (len == 0 || text_is_control(rest) || text_is_invisible(point))
            fprintf(stderr, "\\u{%X}", (unsigned)point);
        else
            fprintf(stderr, "%.*s", (int)len, rest.at);
        rest = span_skip(rest, len > 0 ? len : 1);
    }
    fprintf(stderr, "\n");
}

int
get_pass(struct errand *errand, struct span some, struct fault *fault)
{
    uint64_t left = errand->body_max - errand->passed;
    struct span fits = span_first(some, left < some.len ? (size_t)left : some.len);
    if (file_write_all(STDOUT_FILENO, fits) != STATUS_OK) {
        fault_set(fault, 0, "standard output takes no more: %s", strerror(errno));
        return EXIT_FAILED;
    }
    errand->passed += fits.len;
    if (fits.len == some.len)
        return EXIT_FINE;
    fault_set(fault, 0, "the body is cut off: it holds more than %llu bytes",
              (unsigned long long)errand->body_max);
    return EXIT_FAULTS;
}

int
get_pass_all(struct errand *errand, struct dial *dial, struct buffer *heard, const char *ends,
             struct fault *fault)
{
    enum status status = STATUS_OK;
    while (status == STATUS_OK) {
        int passed = get_pass(errand, buffer_span(heard), fault);
        if (passed != EXIT_FINE)
            return passed;
        buffer_clear(heard);
        status = dial_read(dial, GET_READ_BYTES, heard, fault);
    }
    if (status == STATUS_ABSENT)
        return EXIT_FINE;
    fault_set(fault, 0, "the body is cut off: %s", status == STATUS_BUSY ? "the time is up" : ends);
    return EXIT_FAULTS;
}

int
command_get(const struct tool_options *options, int argc, char **argv)
{
    struct errand errand = { .region = region_new(),
                             .dial = { .whole = TIMEOUT * 1000 },
                             .body_max = BODY_BYTES };
    const struct tongue *tongue = NULL;
    struct fault fault = { 0, "" };
    (void)options;
    int status = read_errand(argc, argv, &errand, &tongue);
    if (status == EXIT_FINE) {
        signal(SIGPIPE, SIG_IGN);
        assert(tongue != NULL); /* read_errand has found one */
        status = tongue->ask(&errand, &fault);
        if (fault.what[0] != '\0')
            fprintf(stderr, "songtu get: %s: %s\n", errand.dial.host, fault.what);
    }
    region_free(errand.region);
    return status;
}
