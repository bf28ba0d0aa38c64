/* SPDX-License-Identifier: ISC */
#include "settings.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "base/uri.h"
#include "base/yaml.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FILE_BYTES_MAX = 256 * 1024, FLAGS_MAX = 64 };

/* Text -> field; false: it says no such thing. */
typedef bool read_fn(struct span text, struct region *region, void *into);

static bool
read_text(struct span text, struct region *region, void *into)
{
    if (span_has_char(text, '\0'))
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
    for (size_t i = 0; i < text.len; i++)
        if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-", text.at[i]) ==
                NULL ||
            text.at[i] == '\0')
            return false;
    return text.len >= 2 && text.len <= 35 && read_text(text, region, into);
}

static bool
read_address(struct span text, struct region *region, void *into)
{
    (void)region;
    return address_parse(text, into);
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
    static const char *const names[] = { "error", "warn", "info", "debug" };
    (void)region;
    for (int i = LOG_ERROR; i <= LOG_DEBUG; i++)
        if (span_equal(text, span_of(names[i]))) {
            *(enum log_level *)into = (enum log_level)i;
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

/* Where a setting may stand. */
enum { IN_FILE = 1, FLAG_TOOL = 2, FLAG_DAEMON = 4 };
enum { EVERYWHERE = IN_FILE | FLAG_TOOL | FLAG_DAEMON, SERVING = IN_FILE | FLAG_DAEMON };

#define INTO(field) offsetof(struct settings, field)

static const struct setting {
    const char *name;
    const char *value; /* what --help calls it */
    const char *wanted;
    read_fn *read;
    size_t into;
    const char *fallback; /* NULL: left as it is */
    unsigned where;
    bool is_path; /* in the file: seen from the file's folder */
    const char *help;
} table[] = {
    { "aliases", "NAMES", "host names with commas between", read_hosts, INTO(aliases), "", SERVING,
      false, "further host names of this capsule, with commas between" },
    { "certs", "DIR", "a folder", read_path, INTO(certs), "certs", EVERYWHERE, true,
      "where HOST/cert.pem and key.pem lie" },
    { "connections", "N", "a number from 1 to 1000000", read_count, INTO(connections), "4096",
      SERVING, false, "how many conversations each worker holds at once" },
    { "content", "DIR", "a folder", read_path, INTO(content), "content", EVERYWHERE, true,
      "the folder of stories" },
    { "drain", "SECONDS", "seconds, up to 86400", read_seconds, INTO(drain), "30", SERVING, false,
      "how long conversations may go on after SIGTERM" },
    { "gemini", "ADDR:PORT", "an address such as [::]:1965 or 127.0.0.1:1965", read_address,
      INTO(gemini), "[::]:1965", SERVING, false, "where to listen for Gemini" },
    { "host", "NAME", "a host name in ASCII (an IDN as xn--…)", read_host, INTO(host), "localhost",
      EVERYWHERE, false, "the capsule's host name" },
    { "language", "TAG", "a language tag such as vi or en", read_language, INTO(language), "vi",
      EVERYWHERE, false, "the capsule's language" },
    { "log", "FILE", "a file", read_path, INTO(log), NULL, SERVING, true,
      "where to log (default: standard error); SIGUSR1 opens it anew" },
    { "log-addresses", "HOW", "truncated or whole", read_addresses, INTO(whole_addresses),
      "truncated", SERVING, false, "readers' addresses in the log: truncated or whole" },
    { "log-level", "LEVEL", "error, warn, info or debug", read_level, INTO(log_level), "info",
      EVERYWHERE, false, "how much to say: error, warn, info, debug" },
    { "public-port", "PORT", "a port", read_port, INTO(public_port), "0", SERVING, false,
      "the port readers see, where a forward hides ours (0: the same)" },
    { "ready-fd", "N", "an open descriptor's number", read_fd, INTO(ready_fd), NULL, FLAG_DAEMON,
      false, "write the bound addresses there once it serves, and close it" },
    { "robots", "AGENTS", "virtual agents with commas between", read_texts, INTO(robots), "",
      SERVING, false, "whom robots.txt turns away: archiver, indexer, researcher, webproxy" },
    { "state", "DIR", "a folder", read_path, INTO(state), "var", EVERYWHERE, true,
      "where the archive lies (may be deleted at any time)" },
    { "time-zone", "ZONE", "a time zone this system knows, such as Asia/Ho_Chi_Minh", read_zone,
      INTO(zone), "Asia/Ho_Chi_Minh", EVERYWHERE, false, "the capsule's time zone" },
    { "title", "TEXT", "a text", read_text, INTO(title), "", IN_FILE | FLAG_DAEMON, false,
      "the capsule's title (default: the one in labels.yaml)" },
    { "user", "NAME", "a user's name", read_path, INTO(user), "songtu", SERVING, false,
      "whom workers and the watcher become when started as root" },
    { "workers", "N", "a number up to 64", read_workers, INTO(workers), "0", SERVING, false,
      "processes that answer (0: one per core)" },
};

enum { SETTINGS = sizeof table / sizeof *table };

/* One option as the command line gave it. */
struct flag {
    const struct setting *setting;
    struct span value;
};

struct flags {
    struct flag at[FLAGS_MAX];
    size_t count;
    const char *file;
    enum settings_wish wish;
};

static const struct setting *
find(struct span name)
{
    for (size_t i = 0; i < SETTINGS; i++)
        if (span_equal(name, span_of(table[i].name)))
            return &table[i];
    return NULL;
}

static unsigned
flag_of(enum settings_program program)
{
    return program == SETTINGS_DAEMON ? FLAG_DAEMON : FLAG_TOOL;
}

/* -h, --help, --version, and for the daemon -n: for the tool they belong to the command. */
static bool
take_wish(enum settings_program program, const char *word, struct flags *out)
{
    static const struct {
        const char *word;
        enum settings_wish wish;
    } wishes[] = { { "-h", WISH_HELP },
                   { "--help", WISH_HELP },
                   { "--version", WISH_VERSION },
                   { "-n", WISH_CHECK },
                   { "--check", WISH_CHECK } };
    for (size_t i = 0; program == SETTINGS_DAEMON && i < sizeof wishes / sizeof *wishes; i++)
        if (strcmp(word, wishes[i].word) == 0) {
            out->wish = wishes[i].wish;
            return true;
        }
    return false;
}

/* Reads argv[*at] if it is a setting's option; *at goes past its value. STATUS_ABSENT: it is none.
 */
static enum status
take_flag(enum settings_program program, int argc, char **argv, int *at, struct flags *out,
          struct fault *fault)
{
    struct span word = span_of(argv[*at]), name;
    struct span value = { NULL, 0 };
    bool is_file = span_equal(word, SPAN("-c"));
    if (!is_file && !span_starts(word, SPAN("--")))
        return STATUS_ABSENT;
    if (is_file) {
        name = word;
    } else {
        value = span_skip(word, 2);
        name = span_cut(&value, '=');
    }
    const struct setting *setting = is_file ? NULL : find(name);
    if (!is_file && (setting == NULL || (setting->where & flag_of(program)) == 0))
        return STATUS_ABSENT;
    if (value.at == NULL) {
        if (*at + 1 >= argc)
            return fault_set(fault, 0, "%s needs a value", argv[*at]);
        value = span_of(argv[++*at]);
    }
    if (is_file)
        out->file = value.at;
    else if (out->count == FLAGS_MAX)
        return fault_set(fault, 0, "too many options");
    else
        out->at[out->count++] = (struct flag){ setting, value };
    return STATUS_OK;
}

static enum status
take_flags(enum settings_program program, int *argc, char **argv, struct flags *out,
           struct fault *fault)
{
    int kept = 1;
    for (int i = 1; i < *argc; i++) {
        if (strcmp(argv[i], "--") == 0) {
            while (i < *argc)
                argv[kept++] = argv[i++];
            break;
        }
        if (take_wish(program, argv[i], out))
            continue;
        enum status status = take_flag(program, *argc, argv, &i, out, fault);
        if (status == STATUS_BAD)
            return status;
        if (status == STATUS_ABSENT)
            argv[kept++] = argv[i];
    }
    argv[kept] = NULL;
    *argc = kept;
    return STATUS_OK;
}

static enum status
set(const struct setting *setting, struct span value, struct region *region, struct settings *out,
    struct fault *fault)
{
    if (setting->read(value, region, (char *)out + setting->into))
        return STATUS_OK;
    return fault_set(fault, 0, "%s: `%.*s` is not %s", setting->name,
                     (int)(value.len < 60 ? value.len : 60), value.at != NULL ? value.at : "",
                     setting->wanted);
}

/* A path in the file is seen from the file's folder. */
static struct span
path_from_file(const char *file, struct span path, struct region *region)
{
    const char *slash = strrchr(file, '/');
    if (slash == NULL || path.len == 0 || path.at[0] == '/')
        return path;
    return region_printf(region, "%.*s/%.*s", (int)(slash - file), file, SPAN_ARG(path));
}

/* A list in the file: [a, b] or a, b. False: there is something else in it than texts. */
static bool
node_text(const struct yaml *node, struct region *region, struct span *out)
{
    struct buffer text = BUFFER_EMPTY;
    bool fine = node->kind != YAML_MAPPING;
    for (const struct yaml *item = node->down; item != NULL; item = item->next) {
        buffer_printf(&text, "%s%.*s", item == node->down ? "" : ",", SPAN_ARG(yaml_text(item)));
        fine = fine && item->kind == YAML_SCALAR;
    }
    *out = node->kind == YAML_SCALAR ? yaml_text(node) : region_copy(region, buffer_span(&text));
    buffer_fini(&text);
    return fine;
}

static enum status
set_from_node(const char *file, const struct yaml *node, struct region *region,
              struct settings *out, struct fault *fault)
{
    struct fault inner = { 0, "" };
    const struct setting *setting = find(node->key);
    struct span value;
    enum status status;
    if (setting == NULL || (setting->where & IN_FILE) == 0) {
        status = fault_set(&inner, 0, "no setting is called `%.*s`: see songtud --help",
                           (int)(node->key.len < 60 ? node->key.len : 60), node->key.at);
    } else if (!node_text(node, region, &value)) {
        status = fault_set(&inner, 0, "%s: there should be %s", setting->name, setting->wanted);
    } else {
        if (setting->is_path)
            value = path_from_file(file, value, region);
        status = set(setting, value, region, out, &inner);
    }
    if (status == STATUS_OK)
        return status;
    return fault_set(fault, node->key_line, "%s:%zu: %s", file, node->key_line, inner.what);
}

static enum status
read_file(const char *file, bool wanted, struct region *region, struct settings *out,
          struct fault *fault)
{
    struct buffer text = BUFFER_EMPTY;
    struct fault inner = { 0, "" };
    struct yaml *tree, *node;
    enum status status = file_read(AT_FDCWD, file, FILE_BYTES_MAX, &text);
    if (status == STATUS_ABSENT && !wanted) {
        status = STATUS_OK;
        goto done;
    }
    if (status != STATUS_OK) {
        status = fault_set(fault, 0, "%s can't be read: is it there, and a file of ours to read?",
                           file);
        goto done;
    }
    status = yaml_parse(region_copy(region, buffer_span(&text)), 1, region, &tree, &inner);
    if (status == STATUS_OK && tree->kind != YAML_MAPPING)
        status = fault_set(&inner, 1, "settings are written `name: value`");
    if (status != STATUS_OK) {
        fault_set(fault, inner.line, "%s:%zu: %s", file, inner.line, inner.what);
        goto done;
    }
    for (node = tree->down; status == STATUS_OK && node != NULL; node = node->next)
        status = set_from_node(file, node, region, out, fault);
    out->file = region_copy(region, span_of(file));

done:
    buffer_fini(&text);
    return status;
}

static enum status
settle(struct region *region, struct settings *out, struct fault *fault)
{
    struct span_list hosts = { { NULL, 0 }, 0 };
    span_list_add(&hosts, region, out->host);
    for (size_t i = 0; i < out->aliases.count; i++)
        if (!spans_have(hosts.spans, out->aliases.at[i]))
            span_list_add(&hosts, region, out->aliases.at[i]);
    out->hosts = hosts.spans;
    if (!clock_zone_set(out->zone.at))
        return fault_set(fault, 0, "time-zone: this system knows no `%s`", out->zone.at);
    return STATUS_OK;
}

enum status
settings_read(enum settings_program program, int *argc, char **argv, struct region *region,
              struct settings *out, enum settings_wish *wish, struct fault *fault)
{
    struct settings read = { .ready_fd = -1 };
    struct flags flags = { .wish = WISH_RUN };
    enum status status = take_flags(program, argc, argv, &flags, fault);
    for (size_t i = 0; status == STATUS_OK && i < SETTINGS; i++)
        if (table[i].fallback != NULL)
            status = set(&table[i], span_of(table[i].fallback), region, &read, fault);
    if (status == STATUS_OK && flags.wish != WISH_HELP && flags.wish != WISH_VERSION)
        status = read_file(flags.file != NULL ? flags.file : "songtu.yaml", flags.file != NULL,
                           region, &read, fault);
    for (size_t i = 0; status == STATUS_OK && i < flags.count; i++)
        status = set(flags.at[i].setting, flags.at[i].value, region, &read, fault);
    if (status == STATUS_OK)
        status = settle(region, &read, fault);
    if (status != STATUS_OK)
        return status;
    *out = read;
    *wish = flags.wish;
    return STATUS_OK;
}

void
settings_help(enum settings_program program, struct buffer *out)
{
    buffer_printf(out, "  %-24s %s\n", "-c FILE",
                  "the settings file (default songtu.yaml, if there)");
    for (size_t i = 0; i < SETTINGS; i++) {
        char option[64];
        if ((table[i].where & flag_of(program)) == 0)
            continue;
        snprintf(option, sizeof option, "--%s %s", table[i].name, table[i].value);
        buffer_printf(out, "  %-24s %s", option, table[i].help);
        if (table[i].fallback != NULL && table[i].fallback[0] != '\0')
            buffer_printf(out, " (default %s)", table[i].fallback);
        buffer_add_text(out, "\n");
    }
}
