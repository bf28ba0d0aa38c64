/* SPDX-License-Identifier: ISC */
#include "settings.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/yaml.h"
#include "settings_table.h"

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

enum { FILE_BYTES_MAX = 256 * 1024, FLAGS_MAX = 64 };

/* One option as the command line gave it. */
struct flag {
    const struct setting *setting;
    struct span value;
};

/* How a setting was told: one for each row of the table. */
struct said {
    struct span text;
    const char *place;
};

struct flags {
    struct flag at[FLAGS_MAX];
    size_t count;
    const char *file;
    enum settings_wish wish;
};

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
    } wishes[] = { { "-h", WISH_HELP },           { "--help", WISH_HELP },
                   { "--version", WISH_VERSION }, { "-n", WISH_CHECK },
                   { "--check", WISH_CHECK },     { "--probe-sandbox", WISH_PROBE } };
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
    const struct setting *setting = is_file ? NULL : setting_find(name);
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

static struct said *
said_of(const struct settings *settings, const struct setting *setting)
{
    return &settings->said[setting - settings_table];
}

static enum status
set(const struct setting *setting, struct span value, const char *place, struct region *region,
    struct settings *out, struct fault *fault)
{
    if (setting->read(value, region, (char *)out + setting->into)) {
        *said_of(out, setting) = (struct said){ region_copy(region, value), place };
        return STATUS_OK;
    }
    char shown[61];
    return fault_set(fault, 0, "%s: `%s` is not %s", setting->name,
                     log_text(shown, sizeof shown, value), setting->wanted);
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

/* Nothing at all, ~ or null. */
static bool
is_nothing(const struct yaml *node)
{
    return node->kind == YAML_SCALAR && node->plain && yaml_text(node).len == 0;
}

/* The items of a list with commas between, as the command line has them. */
static enum status
join(const struct setting *setting, const struct yaml *list, struct region *region,
     struct span *out, struct fault *fault)
{
    struct buffer text = BUFFER_EMPTY;
    enum status status = STATUS_OK;
    for (const struct yaml *item = list->down; item != NULL; item = item->next) {
        struct span words = yaml_text(item);
        if (words.len == 0 || span_has_char(words, ','))
            status = fault_set(fault, item->line, "%s: an item of the list is no single text",
                               setting->name);
        buffer_printf(&text, "%s%.*s", item == list->down ? "" : ",", SPAN_ARG(words));
    }
    *out = region_copy(region, buffer_span(&text));
    buffer_fini(&text);
    return status;
}

static enum status
node_text(const struct setting *setting, const struct yaml *node, struct region *region,
          struct span *out, struct fault *fault)
{
    if (is_nothing(node))
        return fault_set(fault, node->key_line, "%s: there is no value: write %s, or no such line",
                         setting->name, setting->wanted);
    if (node->kind == YAML_SEQUENCE && setting->shape == LIST)
        return join(setting, node, region, out, fault);
    if (node->kind != YAML_SCALAR)
        return fault_set(fault, node->key_line, "%s: there should be %s, not a %s", setting->name,
                         setting->wanted, node->kind == YAML_SEQUENCE ? "list" : "mapping");
    *out = yaml_text(node);
    return STATUS_OK;
}

static enum status
set_from_node(const char *file, const struct yaml *node, struct region *region,
              struct settings *out, struct fault *fault)
{
    struct fault inner = { node->key_line, "" };
    const struct setting *setting = setting_find(node->key);
    struct span value;
    enum status status;
    if (setting == NULL || (setting->where & IN_FILE) == 0) {
        status = fault_set(&inner, node->key_line,
                           "no setting is called `%.*s`: see songtud --help",
                           (int)(node->key.len < 60 ? node->key.len : 60), node->key.at);
    } else {
        const char *place =
            region_printf(region, "%s:%zu: %s", file, node->key_line, setting->name).at;
        if (setting->shape == TREE) {
            *(const struct yaml **)((char *)out + setting->into) = node;
            *said_of(out, setting) = (struct said){ { NULL, 0 }, place };
            return STATUS_OK;
        }
        status = node_text(setting, node, region, &value, &inner);
        if (status == STATUS_OK && setting->shape == PATH)
            value = path_from_file(file, value, region);
        if (status == STATUS_OK)
            status = set(setting, value, place, region, out, &inner);
    }
    if (status == STATUS_OK)
        return status;
    size_t line = inner.line != 0 ? inner.line : node->key_line;
    return fault_set(fault, line, "%s:%zu: %s", file, line, inner.what);
}

static enum status
read_file(const char *file, bool wanted, struct region *region, struct settings *out,
          struct fault *fault)
{
    struct buffer text = BUFFER_EMPTY;
    struct fault inner = { 0, "" };
    struct yaml *tree, *node;
    if (file[0] == '\0')
        return STATUS_OK;
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

static enum status
set_from_flag(const struct flag *flag, struct region *region, struct settings *out,
              struct fault *fault)
{
    const char *place = region_printf(region, "--%s", flag->setting->name).at;
    return set(flag->setting, flag->value, place, region, out, fault);
}

static struct said *
said_new(struct region *region)
{
    size_t count = 0;
    while (settings_table[count].name != NULL)
        count++;
    struct said *said = region_array(region, count, sizeof *said);
    for (size_t i = 0; i < count; i++)
        said[i] = (struct said){ { NULL, 0 }, settings_table[i].name };
    return said;
}

enum status
settings_read(enum settings_program program, int *argc, char **argv, struct region *region,
              struct settings *out, enum settings_wish *wish, struct fault *fault)
{
    struct settings read = { .ready_fd = -1, .said = said_new(region) };
    struct flags flags = { .wish = WISH_RUN };
    enum status status = take_flags(program, argc, argv, &flags, fault);
    for (const struct setting *row = settings_table; status == STATUS_OK && row->name != NULL;
         row++)
        if (row->fallback != NULL)
            status = set(row, span_of(row->fallback), row->name, region, &read, fault);
    if (status == STATUS_OK && flags.wish != WISH_HELP && flags.wish != WISH_VERSION)
        status = read_file(flags.file != NULL ? flags.file : "songtu.yaml", flags.file != NULL,
                           region, &read, fault);
    for (size_t i = 0; status == STATUS_OK && i < flags.count; i++)
        status = set_from_flag(&flags.at[i], region, &read, fault);
    if (status == STATUS_OK)
        status = settle(region, &read, fault);
    if (status != STATUS_OK)
        return status;
    *out = read;
    *wish = flags.wish;
    return STATUS_OK;
}

const char *
settings_place(const struct settings *settings, const char *name)
{
    return said_of(settings, setting_find(span_of(name)))->place;
}

void
settings_keep(const struct settings *now, struct region *region, struct settings *wanted,
              struct buffer *kept)
{
    for (const struct setting *row = settings_table; row->name != NULL; row++) {
        const struct said *said = said_of(now, row);
        if (row->effect != RESTART || span_equal(said->text, said_of(wanted, row)->text))
            continue;
        buffer_printf(kept, "%s%s", kept->len > 0 ? ", " : "", row->name);
        if (set(row, said->text, row->name, region, wanted, NULL) != STATUS_OK)
            assert(!"what was read once is read again");
    }
}

void
settings_help(enum settings_program program, struct buffer *out)
{
    buffer_printf(out, "  %-*s %s\n", SETTINGS_HELP_COLUMNS, "-c FILE",
                  "the settings file (default songtu.yaml, if there)");
    for (const struct setting *row = settings_table; row->name != NULL; row++) {
        char option[64];
        if ((row->where & flag_of(program)) == 0)
            continue;
        snprintf(option, sizeof option, "--%s %s", row->name, row->value);
        buffer_printf(out, "  %-*s %s", SETTINGS_HELP_COLUMNS, option, row->help);
        if (row->fallback != NULL && row->fallback[0] != '\0')
            buffer_printf(out, " (default %s)", row->fallback);
        buffer_add_text(out, "\n");
    }
}
