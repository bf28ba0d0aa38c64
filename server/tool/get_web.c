/* SPDX-License-Identifier: ISC */
#include "tool/get.h"

#include <curl/curl.h>

enum { URL_MAX = 8000 };

/* An answer while it comes. */
struct hearing {
    struct errand *errand;
    struct fault *fault;
    CURL *curl;
    bool told;
    int passed; /* an exit status, of what was passed on */
};

int
get_prepare_web(struct errand *errand)
{
    const struct uri *uri = &errand->uri;
    struct buffer url = BUFFER_EMPTY;
    bool literal = uri->host_kind == URI_HOST_IPV6;
    buffer_printf(&url, "%.*s://%s%.*s%s", SPAN_ARG(uri->scheme), literal ? "[" : "",
                  SPAN_ARG(uri->host), literal ? "]" : "");
    if (uri->port.len > 0)
        buffer_printf(&url, ":%.*s", SPAN_ARG(uri->port));
    get_add_encoded(uri->path.len > 0 ? uri->path : SPAN("/"), &url);
    if (uri->query.at != NULL)
        buffer_add_char(&url, '?');
    get_add_encoded(uri->query, &url);
    errand->url = region_copy(errand->region, buffer_span(&url));
    buffer_fini(&url);
    if (errand->url.len > URL_MAX)
        return command_misused("get", "a URL holds at most %d bytes", URL_MAX);
    return EXIT_FINE;
}

/* The status, and of a success what it is, of a redirect where it leads. */
static long
tell(struct hearing *hearing)
{
    long status = 0;
    const char *type = NULL, *where = NULL;
    curl_easy_getinfo(hearing->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(hearing->curl, CURLINFO_CONTENT_TYPE, &type);
    curl_easy_getinfo(hearing->curl, CURLINFO_REDIRECT_URL, &where);
    if (!hearing->told && status > 0)
        get_tell((int)status, span_of(where != NULL ? where : type));
    hearing->told = true;
    return status;
}

/* Of no success, the body is as little passed on as by other protocols. */
static size_t
on_bytes(char *bytes, size_t size, size_t count, void *whom)
{
    struct hearing *hearing = whom;
    struct span some = { bytes, size * count };
    if (tell(hearing) / 100 != 2)
        return some.len;
    hearing->passed = get_pass(hearing->errand, some, hearing->fault);
    return hearing->passed == EXIT_FINE ? some.len : 0;
}

static CURL *
make(struct hearing *hearing)
{
    const struct errand *errand = hearing->errand;
    CURL *curl = curl_easy_init();
    if (curl == NULL)
        memory_end();
    curl_easy_setopt(curl, CURLOPT_URL, errand->url.at);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "songtu/" SONGTU_VERSION);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)errand->dial.connect);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)errand->dial.whole);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, hearing);
    return curl;
}

static int
exit_of(long status)
{
    static const int exits[] = { [3] = EXIT_MOVED, [4] = EXIT_NEVER, [5] = EXIT_LATER };
    if (status == 429)
        return EXIT_LATER;
    if (status == 401)
        return EXIT_NOBODY;
    return status / 100 >= 3 && status / 100 <= 5 ? exits[status / 100] : EXIT_FINE;
}

/* It did not end well. */
static int
explain(const struct hearing *hearing, CURLcode code)
{
    if (hearing->passed != EXIT_FINE)
        return hearing->passed;
    fault_set(hearing->fault, 0, "%s%s", hearing->told ? "the body is cut off: " : "",
              code == CURLE_OPERATION_TIMEDOUT ? "the time is up" : curl_easy_strerror(code));
    return hearing->told ? EXIT_FAULTS : EXIT_FAILED;
}

int
get_ask_web(struct errand *errand, struct fault *fault)
{
    struct hearing hearing = { .errand = errand, .fault = fault };
    hearing.curl = make(&hearing);
    CURLcode code = curl_easy_perform(hearing.curl);
    int status = code == CURLE_OK ? exit_of(tell(&hearing)) : explain(&hearing, code);
    curl_easy_cleanup(hearing.curl);
    return status;
}
