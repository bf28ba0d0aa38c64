/* SPDX-License-Identifier: ISC */
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "base/uri.h"
#include "net/certificate.h"
#include "net/dial.h"
#include "protocol/gemini.h"
#include "tool/tool.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    PORT = 1965,
    HOST_MAX = 253,
    STEP_SECONDS = 10, /* connecting, and the handshake */
    TIMEOUT = 30,
    TIMEOUT_MAX = 86400,
    READ_BYTES = 16 * 1024, /* one TLS record */
};

static const uint64_t BODY_BYTES = 67108864; /* 64 MiB */

/* What the command line asks for. */
struct errand {
    struct region *region;
    struct dial_options dial;
    struct span request; /* with its CRLF */
    uint64_t body_max;
};

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

/* A person may type an IRI; what is asked for is a URI. */
static void
add_encoded(struct span part, struct buffer *out)
{
    struct buffer nfc = BUFFER_EMPTY;
    text_nfc(part, &nfc);
    uri_encode(buffer_span(&nfc), "!$&'()*+,;=:@/?%", out);
    buffer_fini(&nfc);
}

/* The request line; no fragment is ever told to a server, and an empty path is "/". */
static struct span
print_request(const struct uri *uri, struct region *region)
{
    struct buffer line = BUFFER_EMPTY;
    bool literal = uri->host_kind == URI_HOST_IPV6;
    buffer_printf(&line, "gemini://%s%.*s%s", literal ? "[" : "", SPAN_ARG(uri->host),
                  literal ? "]" : "");
    if (uri->port.len > 0)
        buffer_printf(&line, ":%.*s", SPAN_ARG(uri->port));
    add_encoded(uri->path.len > 0 ? uri->path : SPAN("/"), &line);
    if (uri->query.at != NULL)
        buffer_add_char(&line, '?');
    add_encoded(uri->query, &line);
    buffer_add_text(&line, "\r\n");
    struct span copy = region_copy(region, buffer_span(&line));
    buffer_fini(&line);
    return copy;
}

static int
take_url(struct errand *errand, const char *text)
{
    struct uri uri;
    if (!uri_parse(span_of(text), URI_LENIENT, &uri) || uri.scheme.len == 0 || uri.host.len == 0)
        return command_misused("get", "it takes a whole URL such as gemini://example.org/, its "
                                      "host in ASCII (an IDN as xn--…)");
    if (!span_equal_nocase(uri.scheme, SPAN("gemini")))
        return command_misused("get", "it speaks Gemini only: gemini://…");
    if (uri.userinfo.at != NULL)
        return command_misused("get", "a Gemini URL names no user: leave out what is before @");
    if (uri.host.len > HOST_MAX || span_has_char(uri.host, '%'))
        return command_misused("get",
                               "a host is a name of up to %d letters, digits, - and dots, "
                               "or an address",
                               HOST_MAX);
    if (uri_port(&uri, PORT) == 0)
        return command_misused("get", "no server is at port 0");
    if (span_ends(uri.host, SPAN(".")))
        uri.host.len--;
    errand->dial.host = region_copy(errand->region, uri.host).at;
    errand->dial.is_address = uri.host_kind != URI_HOST_NAME;
    errand->dial.port = uri_port(&uri, PORT);
    errand->request = print_request(&uri, errand->region);
    if (errand->request.len > GEMINI_URL_MAX + 2)
        return command_misused("get", "a Gemini URL holds at most %d bytes", GEMINI_URL_MAX);
    return EXIT_FINE;
}

static int
read_errand(int argc, char **argv, struct errand *errand)
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
        status = take_url(errand, argv[optind]);
    step = errand->dial.whole < STEP_SECONDS * 1000 ? errand->dial.whole : STEP_SECONDS * 1000;
    errand->dial.connect = errand->dial.handshake = step;
    return status;
}

/* Nothing in a stranger's line may move a terminal's cursor or hide what stands beside it. */
static void
print_head(const struct gemini_head *head)
{
    fprintf(stderr, "%d%s", head->status, head->meta.len > 0 ? " " : "");
    for (struct span rest = head->meta; rest.len > 0;) {
        uint32_t point = 0;
        size_t len = text_next(rest, &point);
        if (text_is_invisible(point))
            fprintf(stderr, "\\u{%X}", (unsigned)point);
        else
            fprintf(stderr, "%.*s", (int)len, rest.at);
        rest = span_skip(rest, len);
    }
    fprintf(stderr, "\n");
}

/* EXIT_FAILED: there is no answer; EXIT_FAULTS: what there is is none. */
static int
hear_head(struct dial *dial, struct buffer *heard, struct gemini_head *head, struct fault *fault)
{
    char shown[120];
    enum parsed parsed;
    while ((parsed = gemini_parse_head(buffer_span(heard), head)) == PARSED_PART) {
        enum status status = dial_read(dial, READ_BYTES, heard, fault);
        if (status == STATUS_ABSENT)
            fault_set(fault, 0, "it says goodbye without a whole answer");
        if (status != STATUS_OK)
            return heard->len > 0 ? EXIT_FAULTS : EXIT_FAILED;
    }
    if (parsed == PARSED_WHOLE)
        return EXIT_FINE;
    fault_set(fault, 0, "its answer begins with no Gemini header: %s",
              log_text(shown, sizeof shown, span_first(buffer_span(heard), 80)));
    return EXIT_FAULTS;
}

/* Passes the body on, beginning with what was heard behind the head. */
static int
pass_body(const struct errand *errand, struct dial *dial, struct buffer *heard, struct fault *fault)
{
    uint64_t left = errand->body_max;
    enum status status = STATUS_OK;
    while (status == STATUS_OK) {
        struct span some = span_first(buffer_span(heard),
                                      left < heard->len ? (size_t)left : heard->len);
        if (file_write_all(STDOUT_FILENO, some) != STATUS_OK) {
            fault_set(fault, 0, "standard output takes no more: %s", strerror(errno));
            return EXIT_FAILED;
        }
        if (some.len < heard->len) {
            fault_set(fault, 0, "the body is cut off: it holds more than %llu bytes",
                      (unsigned long long)errand->body_max);
            return EXIT_FAULTS;
        }
        left -= some.len;
        buffer_clear(heard);
        status = dial_read(dial, READ_BYTES, heard, fault);
    }
    if (status == STATUS_ABSENT)
        return EXIT_FINE;
    fault_set(fault, 0, "the body is cut off: %s",
              status == STATUS_BUSY ? "the time is up" : "it ends without a TLS goodbye");
    return EXIT_FAULTS;
}

static int
ask(const struct errand *errand, struct dial *dial, struct fault *fault)
{
    static const int exits[] = {
        [1] = EXIT_ASKED, [3] = EXIT_MOVED, [4] = EXIT_LATER, [5] = EXIT_NEVER, [6] = EXIT_NOBODY
    };
    struct buffer heard = BUFFER_EMPTY;
    struct gemini_head head;
    int status = EXIT_FAILED;
    if (dial_write(dial, errand->request, fault) == STATUS_OK)
        status = hear_head(dial, &heard, &head, fault);
    if (status == EXIT_FINE) {
        print_head(&head);
        buffer_drop(&heard, head.len);
        status = head.status / 10 == 2 ? pass_body(errand, dial, &heard, fault)
                                       : exits[head.status / 10];
    }
    buffer_fini(&heard);
    return status;
}

int
command_get(const struct tool_options *options, int argc, char **argv)
{
    struct errand errand = { .region = region_new(),
                             .dial = { .whole = TIMEOUT * 1000 },
                             .body_max = BODY_BYTES };
    struct dial *dial = NULL;
    struct fault fault = { 0, "" };
    (void)options;
    int status = read_errand(argc, argv, &errand);
    if (status == EXIT_FINE) {
        signal(SIGPIPE, SIG_IGN);
        status = dial_open(&errand.dial, &dial, &fault) == STATUS_OK ? ask(&errand, dial, &fault)
                                                                     : EXIT_FAILED;
        if (fault.what[0] != '\0')
            fprintf(stderr, "songtu get: %s: %s\n", errand.dial.host, fault.what);
    }
    dial_close(dial);
    region_free(errand.region);
    return status;
}
