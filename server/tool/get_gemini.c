/* SPDX-License-Identifier: ISC */
#include "tool/get.h"

#include "base/log.h"
#include "protocol/gemini.h"

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
    get_add_encoded(uri->path.len > 0 ? uri->path : SPAN("/"), &line);
    if (uri->query.at != NULL)
        buffer_add_char(&line, '?');
    get_add_encoded(uri->query, &line);
    buffer_add_text(&line, "\r\n");
    struct span copy = region_copy(region, buffer_span(&line));
    buffer_fini(&line);
    return copy;
}

int
get_prepare_gemini(struct errand *errand)
{
    errand->request = print_request(&errand->uri, errand->region);
    if (errand->request.len > GEMINI_URL_MAX + 2)
        return command_misused("get", "a Gemini URL holds at most %d bytes", GEMINI_URL_MAX);
    return EXIT_FINE;
}

/* EXIT_FAILED: there is no answer; EXIT_FAULTS: what there is is none. */
static int
hear_head(struct dial *dial, struct buffer *heard, struct gemini_head *head, struct fault *fault)
{
    char shown[120];
    enum parsed parsed;
    while ((parsed = gemini_parse_head(buffer_span(heard), head)) == PARSED_PART) {
        enum status status = dial_read(dial, GET_READ_BYTES, heard, fault);
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

static int
ask(struct errand *errand, struct dial *dial, struct fault *fault)
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
        get_tell(head.status, head.meta);
        buffer_drop(&heard, head.len);
        status = head.status / 10 == 2
                     ? get_pass_all(errand, dial, &heard, "it ends without a TLS goodbye", fault)
                     : exits[head.status / 10];
    }
    buffer_fini(&heard);
    return status;
}

int
get_ask_gemini(struct errand *errand, struct fault *fault)
{
    struct dial *dial = NULL;
    int status = dial_open(&errand->dial, &dial, fault) == STATUS_OK ? ask(errand, dial, fault)
                                                                     : EXIT_FAILED;
    dial_close(dial);
    return status;
}
