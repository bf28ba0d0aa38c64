/* SPDX-License-Identifier: ISC */
#include "settings_table.h"

#include "base/clock.h"
#include "base/text.h"
#include "base/uri.h"
#include "net/limit.h"

#include <string.h>

/* Whatever bytes a path may have; a control byte is a slip, and would break lines. */
static bool
is_one_line(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] < ' ' || text.at[i] == 0x7F)
            return false;
    return true;
}

static bool
read_text(struct span text, struct region *region, void *into)
{
    if (!is_one_line(text))
        return false;
    *(struct span *)into = region_copy(region, text);
    return true;
}

/* Of all that may be a URI's host, what a name or an address is made of. */
static bool
is_host(struct span host)
{
    for (size_t i = 0; i < host.len; i++)
        if (host.at[i] == '\0' ||
            strchr("abcdefghijklmnopqrstuvwxyz0123456789-._:", host.at[i]) == NULL)
            return false;
    return host.len > 0;
}

static bool
read_host(struct span text, struct region *region, void *into)
{
    struct buffer lower = BUFFER_EMPTY;
    struct uri uri;
    buffer_printf(&lower, "//%.*s/", SPAN_ARG(text));
    for (size_t i = 0; i < lower.len; i++)
        if (lower.at[i] >= 'A' && lower.at[i] <= 'Z')
            lower.at[i] = (char)(lower.at[i] - 'A' + 'a');
    bool fine = text.len > 0 && text.len <= 253 && text.at[0] != '.' &&
                uri_parse(buffer_span(&lower), URI_STRICT, &uri) && uri.port.at == NULL &&
                uri.userinfo.at == NULL && is_host(uri.host) && span_equal(uri.path, SPAN("/"));
    if (fine)
        *(struct span *)into = region_copy(region, uri.host);
    buffer_fini(&lower);
    return fine;
}

static bool
read_list(struct span text, struct region *region, void *into, read_fn *read_item)
{
    struct span_list list = { { NULL, 0 }, 0 };
    for (struct span rest = text, item; rest.at != NULL;) {
        item = span_trim(span_cut(&rest, ','));
        struct span read;
        if (item.len == 0)
            continue;
        if (!read_item(item, region, &read))
            return false;
        span_list_add(&list, region, read);
    }
    *(struct spans *)into = list.spans;
    return true;
}

static bool
read_hosts(struct span text, struct region *region, void *into)
{
    return read_list(text, region, into, read_host);
}

static bool
read_texts(struct span text, struct region *region, void *into)
{
    return read_list(text, region, into, read_text);
}

static bool
read_path(struct span text, struct region *region, void *into)
{
    return text.len > 0 && read_text(text, region, into);
}

/* "https://example.org": what paths are put behind. */
static bool
read_web_url(struct span text, struct region *region, void *into)
{
    struct uri uri;
    if (span_ends(text, SPAN("/")))
        text.len--;
    bool fine = text.len == 0 ||
                (uri_parse(text, URI_STRICT, &uri) && uri.host.len > 0 && uri.path.len == 0 &&
                 uri.userinfo.at == NULL && uri.query.at == NULL && uri.fragment.at == NULL &&
                 (span_equal(uri.scheme, SPAN("https")) || span_equal(uri.scheme, SPAN("http"))));
    if (fine)
        *(struct span *)into = region_copy(region, text);
    return fine;
}

/* It stands in a header's brackets. */
static bool
read_contact(struct span text, struct region *region, void *into)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] <= ' ' || text.at[i] > '~' || text.at[i] == '(' || text.at[i] == ')')
            return false;
    return read_text(text, region, into);
}

static bool
read_zone(struct span text, struct region *region, void *into)
{
    struct span name;
    if (!read_text(text, region, &name) || !clock_zone_known(name.at))
        return false;
    *(struct span *)into = name;
    return true;
}

static bool
read_language(struct span text, struct region *region, void *into)
{
    return text_is_language(text) && read_text(text, region, into);
}

static bool
read_address(struct span text, struct region *region, void *into)
{
    (void)region;
    return address_parse(text, into);
}

/* Nothing: nowhere. */
static bool
read_no_address(struct span text, struct region *region, void *into)
{
    if (text.len > 0)
        return read_address(text, region, into);
    *(struct address *)into = (struct address){ .len = 0 };
    return true;
}

static bool
read_metrics(struct span text, struct region *region, void *into)
{
    struct address address;
    struct span path = span_skip(text, 5);
    bool is_path = span_starts(text, SPAN("unix:")) && path.len > 0 && path.len <= SOCKET_PATH_MAX;
    return (text.len == 0 || is_path || address_parse(text, &address)) &&
           read_text(text, region, into);
}

static bool
read_bounded(struct span text, uint64_t most, void *into)
{
    uint64_t number;
    if (!span_number(text, most, &number))
        return false;
    *(uint64_t *)into = number;
    return true;
}

static bool
read_port(struct span text, struct region *region, void *into)
{
    (void)region;
    return read_bounded(text, 65535, into);
}

static bool
read_workers(struct span text, struct region *region, void *into)
{
    (void)region;
    return read_bounded(text, 64, into);
}

static bool
read_count(struct span text, struct region *region, void *into)
{
    (void)region;
    return read_bounded(text, 1000000, into) && *(uint64_t *)into > 0;
}

static bool
read_seconds(struct span text, struct region *region, void *into)
{
    (void)region;
    return read_bounded(text, 86400, into);
}

/* There is time, if only a little. */
static bool
read_time(struct span text, struct region *region, void *into)
{
    return read_seconds(text, region, into) && *(uint64_t *)into > 0;
}

static bool
read_held(struct span text, struct region *region, void *into)
{
    (void)region;
    return read_bounded(text, LIMIT_PER_ADDRESS_MAX, into) && *(uint64_t *)into > 0;
}

static bool
read_rate(struct span text, struct region *region, void *into)
{
    (void)region;
    return rate_parse(text, into);
}

static bool
read_networks(struct span text, struct region *region, void *into)
{
    struct spans items;
    if (!read_texts(text, region, &items))
        return false;
    struct network *networks = region_array(region, items.count, sizeof *networks);
    for (size_t i = 0; i < items.count; i++)
        if (!network_parse(items.at[i], &networks[i]))
            return false;
    *(struct networks *)into = (struct networks){ networks, items.count };
    return true;
}

static bool
read_fd(struct span text, struct region *region, void *into)
{
    uint64_t number;
    (void)region;
    if (!span_number(text, 65535, &number))
        return false;
    *(int64_t *)into = (int64_t)number;
    return true;
}

static bool
read_level(struct span text, struct region *region, void *into)
{
    (void)region;
    for (int i = LOG_ERROR; i <= LOG_DEBUG; i++)
        if (span_equal(text, span_of(log_level_name((enum log_level)i)))) {
            *(enum log_level *)into = (enum log_level)i;
            return true;
        }
    return false;
}

static bool
read_sandbox(struct span text, struct region *region, void *into)
{
    (void)region;
    for (int i = SANDBOX_OFF; i <= SANDBOX_REQUIRE; i++)
        if (span_equal(text, span_of(sandbox_wishes[i]))) {
            *(enum sandbox_wish *)into = (enum sandbox_wish)i;
            return true;
        }
    return false;
}

static bool
read_addresses(struct span text, struct region *region, void *into)
{
    (void)region;
    *(bool *)into = span_equal(text, SPAN("whole"));
    return *(bool *)into || span_equal(text, SPAN("truncated"));
}

static bool
read_charset(struct span text, struct region *region, void *into)
{
    (void)region;
    *(bool *)into = span_equal_nocase(text, SPAN("ascii"));
    return *(bool *)into || span_equal_nocase(text, SPAN("utf-8"));
}

#define INTO(field) offsetof(struct settings, field)

/* Of a protocol: where it listens, and the port its readers see. Gemini's port is just the port. */
#define WHERE(id, port, listens, title)                                          \
    { #id,                                                                       \
      "ADDR:PORT",                                                               \
      "an address such as [::]:" #port " or 127.0.0.1:" #port,                   \
      (listens)[0] == '\0' ? read_no_address : read_address,                     \
      INTO(listen[PROTOCOL_##id]),                                               \
      listens,                                                                   \
      SERVING,                                                                   \
      ONE,                                                                       \
      RESTART,                                                                   \
      (listens)[0] == '\0' ? "where to listen for " title " (default: nowhere)"  \
                           : "where to listen for " title },                     \
        { PROTOCOL_##id == PROTOCOL_gemini ? "public-port" : #id "-public-port", \
          "PORT",                                                                \
          "a port",                                                              \
          read_port,                                                             \
          INTO(public_port[PROTOCOL_##id]),                                      \
          "0",                                                                   \
          SERVING,                                                               \
          ONE,                                                                   \
          RELOAD,                                                                \
          "the port " title "'s readers see, where a forward hides ours (0: the same)" },
#define WHERE_LINE(id, port, request_max, listens, title) WHERE(id, port, listens, title)
#define WHERE_PLAIN(id, port, request_max, listens, title)       \
    WHERE(id, port, listens, title){ #id "-charset",             \
                                     "NAME",                     \
                                     "utf-8 or ascii",           \
                                     read_charset,               \
                                     INTO(ascii[PROTOCOL_##id]), \
                                     "utf-8",                    \
                                     SERVING,                    \
                                     ONE,                        \
                                     RELOAD,                     \
                                     "what " title               \
                                     "'s readers get: utf-8, or ascii, which has no marks" },

const struct setting settings_table[] = {
    PROTOCOL_TABLE(WHERE_LINE, WHERE_PLAIN, WHERE){
        "aliases", "NAMES", "host names with commas between", read_hosts, INTO(aliases), "",
        SERVING, LIST, RELOAD, "further host names of this capsule, with commas between" },
    { "allow", "NETWORKS", "networks such as 10.0.0.0/8 with commas between", read_networks,
      INTO(allow), "", SERVING, LIST, RELOAD,
      "whom no limit is for: networks with commas between" },
    { "certs", "DIR", "a folder", read_path, INTO(certs), "certs", EVERYWHERE, PATH, RELOAD,
      "where HOST/cert.pem and key.pem lie" },
    { "connections", "N", "a number from 1 to 1000000", read_count, INTO(connections), "4096",
      SERVING, ONE, RELOAD, "how many conversations each worker holds at once" },
    { "connections-per-address", "N", "a number from 1 to 4000", read_held,
      INTO(connections_per_address), "64", SERVING, ONE, RELOAD,
      "how many conversations one address holds at once" },
    { "contact", "WHO", "a mail or web address", read_contact, INTO(contact), "", IN_FILE, ONE,
      RELOAD, "whom a site may turn to about what refresh fetches" },
    { "content", "DIR", "a folder", read_path, INTO(content), "content", EVERYWHERE, PATH, RELOAD,
      "the folder of stories" },
    { "drain", "SECONDS", "seconds, up to 86400", read_seconds, INTO(drain), "30", SERVING, ONE,
      RESTART, "how long conversations may go on after SIGTERM" },
    { "host", "NAME", "a host name in ASCII (an IDN as xn--…)", read_host, INTO(host), "localhost",
      EVERYWHERE, ONE, RELOAD, "the capsule's host name" },
    { "language", "TAG", "a language tag such as vi or en", read_language, INTO(language), "vi",
      EVERYWHERE, ONE, RELOAD, "the capsule's language" },
    { "log", "FILE", "a file", read_path, INTO(log), NULL, SERVING, PATH, RELOAD,
      "where to log (default: standard error); SIGUSR1 opens it anew" },
    { "log-addresses", "HOW", "truncated or whole", read_addresses, INTO(whole_addresses),
      "truncated", SERVING, ONE, RELOAD, "readers' addresses in the log: truncated or whole" },
    { "log-level", "LEVEL", "error, warn, info or debug", read_level, INTO(log_level), "info",
      EVERYWHERE, ONE, RELOAD, "how much to say: error, warn, info, debug" },
    { "metrics", "ADDR:PORT|unix:PATH", "an address such as 127.0.0.1:9965, or unix: and a path",
      read_metrics, INTO(metrics), "", SERVING, ONE, RESTART,
      "where to tell Prometheus the metrics: GET /metrics (default: nowhere)" },
    { "proxies", "NETWORKS", "networks such as 127.0.0.1 with commas between", read_networks,
      INTO(proxies), "", SERVING, LIST, RELOAD,
      "who is believed in X-Forwarded-For on the web: networks with commas between" },
    { "rate", "N/TIME", "a rate such as 600/1m (units s, m, h, d), or off", read_rate, INTO(rate),
      "600/1m", SERVING, ONE, RELOAD, "how often one address may ask, such as 60/5m, or off" },
    { "ready-fd", "N", "an open descriptor's number", read_fd, INTO(ready_fd), NULL, FLAG_DAEMON,
      ONE, RESTART, "write the bound addresses there once it serves, and close it" },
    { "robots", "AGENTS", "virtual agents with commas between", read_texts, INTO(robots), "",
      SERVING, LIST, RELOAD,
      "whom robots.txt turns away: archiver, indexer, researcher, webproxy" },
    { "sandbox", "HOW", "on, require or off", read_sandbox, INTO(sandbox), "on", EVERYWHERE, ONE,
      RELOAD,
      "whether workers and the watcher lock themselves in: on (as the kernel can), require, "
      "off" },
    { "sources", "LIST", "a list of sources", NULL, INTO(sources), NULL, IN_FILE, TREE, RELOAD,
      "what refresh brings stories in from" },
    { "state", "DIR", "a folder", read_path, INTO(state), "var", EVERYWHERE, PATH, RESTART,
      "where the archive lies (may be deleted at any time)" },
    { "time-zone", "ZONE", "a time zone this system knows, such as Asia/Ho_Chi_Minh", read_zone,
      INTO(zone), "Asia/Ho_Chi_Minh", EVERYWHERE, ONE, RELOAD, "the capsule's time zone" },
    { "title", "TEXT", "one line of text", read_text, INTO(title), "", IN_FILE | FLAG_DAEMON, ONE,
      RELOAD, "the capsule's title (default: the one in labels.yaml)" },
    { "upgrade", "SECONDS", "seconds, from 1 to 86400", read_time, INTO(upgrade), "120", SERVING,
      ONE, RESTART, "how long a new songtud may take till it serves, after SIGUSR2" },
    { "user", "NAME", "a user's name", read_path, INTO(user), "songtu", SERVING, ONE, RESTART,
      "whom workers and the watcher become when started as root" },
    { "web-certs", "DIR", "a folder", read_text, INTO(web_certs), "", SERVING, PATH, RELOAD,
      "where HOST/cert.pem and key.pem for the web lie (default: it is served without TLS)" },
    { "web-url", "URL", "an address such as https://example.org", read_web_url, INTO(web_url), "",
      SERVING, ONE, RELOAD, "the address browsers see, where a proxy hides ours" },
    { "workers", "N", "a number up to 64", read_workers, INTO(workers), "0", SERVING, ONE, RESTART,
      "processes that answer (0: one per core)" },
    { .name = NULL },
};

const struct setting *
setting_find(struct span name)
{
    for (const struct setting *setting = settings_table; setting->name != NULL; setting++)
        if (span_equal(name, span_of(setting->name)))
            return setting;
    return NULL;
}
