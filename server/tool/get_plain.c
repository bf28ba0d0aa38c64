/* SPDX-License-Identifier: ISC */
/* Gopher and Nex have no header: it is told as far as the address, or an error's menu, tells one.
 */
#include "base/text.h"
#include "tool/get.h"

enum { SELECTOR_MAX = 1024, LINE_MAX_BYTES = 1024 };

/* By a Gopher item's type; of others it is a stream of bytes. */
static const struct {
    char type;
    const char *mime;
} mimes[] = {
    { '0', "text/plain" },
    { '1', "application/gopher-menu" },
    { '7', "application/gopher-menu" },
    { 'h', "text/html" },
    { 'g', "image/gif" },
};

/* "/0/about" is of type 0, "" of type 1. */
static char
type_of(const struct uri *uri)
{
    return uri->path.len > 1 ? uri->path.at[1] : '1';
}

static int
take_request(struct errand *errand, struct buffer *line, const char *protocol)
{
    struct span text = buffer_span(line);
    int status = EXIT_FINE;
    size_t at;
    if (text.len > SELECTOR_MAX || span_find_char(text, '\n', &at) ||
        span_find_char(text, '\r', &at) || span_find_char(text, '\0', &at))
        status = command_misused("get", "a %s request is one line of at most %d bytes", protocol,
                                 SELECTOR_MAX);
    buffer_add_text(line, "\r\n");
    errand->request = region_copy(errand->region, buffer_span(line));
    errand->dial.plain = true;
    buffer_fini(line);
    return status;
}

/* What a server is asked for has no escapes; words to search for stand behind a tab. */
int
get_prepare_gopher(struct errand *errand)
{
    const struct uri *uri = &errand->uri;
    struct buffer line = BUFFER_EMPTY;
    uri_decode(span_skip(uri->path, 2), &line);
    if (uri->query.at != NULL)
        buffer_add_char(&line, type_of(uri) == '7' ? '\t' : '?');
    uri_decode(uri->query, &line);
    return take_request(errand, &line, "Gopher");
}

int
get_prepare_nex(struct errand *errand)
{
    const struct uri *uri = &errand->uri;
    struct buffer line = BUFFER_EMPTY;
    get_add_encoded(uri->path.len > 0 ? uri->path : SPAN("/"), &line);
    if (uri->query.at != NULL)
        buffer_add_char(&line, '?');
    get_add_encoded(uri->query, &line);
    return take_request(errand, &line, "Nex");
}

/* The answer's first line, as far as it is one. */
static enum status
hear_line(struct dial *dial, struct buffer *heard, struct fault *fault)
{
    enum status status = STATUS_OK;
    size_t end;
    while (status == STATUS_OK && heard->len < LINE_MAX_BYTES &&
           !span_find_char(buffer_span(heard), '\n', &end))
        status = dial_read(dial, GET_READ_BYTES, heard, fault);
    return status;
}

/* "3No such thing<TAB>…<TAB>…<TAB>1": the words in it; at NULL: it is none. */
static struct span
error_of(struct span heard)
{
    struct span line = span_line(&heard), words = span_cut(&line, '\t');
    bool error = span_starts(words, SPAN("3")) && span_has_char(line, '\t');
    return error ? span_skip(words, 1) : (struct span){ NULL, 0 };
}

static int
ask(struct errand *errand, const char *mime, bool has_errors, struct fault *fault)
{
    struct buffer heard = BUFFER_EMPTY;
    struct dial *dial = NULL;
    int status = EXIT_FAILED;
    enum status came = dial_open(&errand->dial, &dial, fault);
    if (came == STATUS_OK)
        came = dial_write(dial, errand->request, fault);
    if (came == STATUS_OK)
        came = hear_line(dial, &heard, fault);
    struct span error = has_errors ? error_of(buffer_span(&heard)) : (struct span){ NULL, 0 };
    if (came != STATUS_OK && (came != STATUS_ABSENT || heard.len == 0)) {
        if (came == STATUS_ABSENT)
            fault_set(fault, 0, "it hangs up without an answer");
        status = heard.len > 0 ? EXIT_FAULTS : EXIT_FAILED;
    } else if (error.at != NULL) {
        get_tell(EXIT_NEVER, error);
        status = EXIT_NEVER;
    } else {
        get_tell(20, span_of(mime));
        status = get_pass_all(errand, dial, &heard, "the connection broke off", fault);
    }
    buffer_fini(&heard);
    dial_close(dial);
    return status;
}

int
get_ask_gopher(struct errand *errand, struct fault *fault)
{
    const char *mime = "application/octet-stream";
    for (size_t i = 0; i < sizeof mimes / sizeof *mimes; i++)
        if (mimes[i].type == type_of(&errand->uri))
            mime = mimes[i].mime;
    return ask(errand, mime, true, fault);
}

int
get_ask_nex(struct errand *errand, struct fault *fault)
{
    return ask(errand, "text/plain", false, fault);
}
