/* SPDX-License-Identifier: ISC */
/* settings_read in a folder of its own, where songtu.yaml is what a test wrote. */
#include "settings.h"

#include "base/clock.h"
#include "base/yaml.h"
#include "testing.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

enum { WORDS_MAX = 160 };

static char *folder;
static int home = -1;
static struct region *region;
static struct settings settings;
static enum settings_wish wish;
static struct fault fault;
static struct buffer left; /* what stays in argv, with spaces between */

static void
set_up(void)
{
    home = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    folder = testing_folder();
    ck_assert_int_eq(chdir(folder), 0);
    region = region_new();
    settings = (struct settings){ .workers = 777 };
    wish = WISH_RUN;
    fault = (struct fault){ 0, "" };
    left = BUFFER_EMPTY;
}

static void
tear_down(void)
{
    buffer_fini(&left);
    region_free(region);
    ck_assert_int_eq(fchdir(home), 0);
    close(home);
    testing_folder_remove(folder);
}

/* Reads a command line, its words parted by bars. */
static enum status
read_line(enum settings_program program, const char *line)
{
    char *words[WORDS_MAX + 2] = { (char *)(uintptr_t) "songtu" };
    int argc = 1;
    for (struct span rest = span_of(line[0] != '\0' ? line : NULL); rest.at != NULL; argc++) {
        ck_assert_int_le(argc, WORDS_MAX);
        words[argc] = (char *)(uintptr_t)region_copy(region, span_cut(&rest, '|')).at;
    }
    enum status status = settings_read(program, &argc, words, region, &settings, &wish, &fault);
    buffer_clear(&left);
    for (int i = 1; status == STATUS_OK && i < argc; i++)
        buffer_printf(&left, "%s%s", i > 1 ? " " : "", words[i]);
    if (status == STATUS_OK)
        ck_assert_ptr_null(words[argc]);
    return status;
}

static void
assert_reads(enum settings_program program, const char *line, const char *stays)
{
    enum status status = read_line(program, line);
    ck_assert_msg(status == STATUS_OK, "%s: %s", line, fault.what);
    ck_assert_str_eq(buffer_text(&left), stays);
}

static void
assert_refuses(enum settings_program program, const char *line, const char *says)
{
    ck_assert_msg(read_line(program, line) == STATUS_BAD, "%s", line);
    ck_assert_str_eq(fault.what, says);
    ck_assert_uint_eq(settings.workers, 777);
}

enum kind { TEXT, LIST, NUMBER, ADDRESS, LEVEL, FLAG, SANDBOX, RATE, NETWORKS };

/* Every setting once: how it is given, and how it reads. */
static const struct row {
    const char *name;
    enum kind kind;
    size_t at;
    const char *fallback, *given, *reads;
    bool in_file, in_tool;
} rows[] = {
#define AT(field) offsetof(struct settings, field)
    { "aliases", LIST, AT(aliases), "", "a.org, B.org,,a.org", "a.org,b.org,a.org", true, false },
    { "allow", NETWORKS, AT(allow), "", "10.0.0.0/8, ::1,", "10:0/104,0:1/128", true, false },
    { "certs", TEXT, AT(certs), "certs", "/keys here", "/keys here", true, true },
    { "connections", NUMBER, AT(connections), "4096", "1000000", "1000000", true, false },
    { "connections-per-address", NUMBER, AT(connections_per_address), "64", "4000", "4000", true,
      false },
    { "content", TEXT, AT(content), "content", "/stories", "/stories", true, true },
    { "drain", NUMBER, AT(drain), "30", "0", "0", true, false },
    { "gemini", ADDRESS, AT(listen[PROTOCOL_gemini]), "[::]:1965", "127.0.0.1:1966",
      "127.0.0.1:1966", true, false },
    { "gopher", ADDRESS, AT(listen[PROTOCOL_gopher]), "", "127.0.0.1:70", "127.0.0.1:70", true,
      false },
    { "gopher-charset", FLAG, AT(ascii[PROTOCOL_gopher]), "no", "ASCII", "yes", true, false },
    { "gopher-public-port", NUMBER, AT(public_port[PROTOCOL_gopher]), "0", "70", "70", true,
      false },
    { "host", TEXT, AT(host), "localhost", "Song-Tu.Example.ORG", "song-tu.example.org", true,
      true },
    { "language", TEXT, AT(language), "vi", "en-GB", "en-GB", true, true },
    { "log", TEXT, AT(log), "", "/log", "/log", true, false },
    { "log-addresses", FLAG, AT(whole_addresses), "no", "whole", "yes", true, false },
    { "log-level", LEVEL, AT(log_level), "2", "debug", "3", true, true },
    { "metrics", TEXT, AT(metrics), "", "unix:/run/songtu/m", "unix:/run/songtu/m", true, false },
    { "nex", ADDRESS, AT(listen[PROTOCOL_nex]), "", "0.0.0.0:1900", "0.0.0.0:1900", true, false },
    { "nex-charset", FLAG, AT(ascii[PROTOCOL_nex]), "no", "ascii", "yes", true, false },
    { "nex-public-port", NUMBER, AT(public_port[PROTOCOL_nex]), "0", "1", "1", true, false },
    { "public-port", NUMBER, AT(public_port[PROTOCOL_gemini]), "0", "65535", "65535", true, false },
    { "rate", RATE, AT(rate), "600/1m", "60/5m", "60/5m", true, false },
    { "ready-fd", NUMBER, AT(ready_fd), "-1", "3", "3", false, false },
    { "robots", LIST, AT(robots), "", "archiver , indexer", "archiver,indexer", true, false },
    { "sandbox", SANDBOX, AT(sandbox), "on", "require", "require", true, true },
    { "state", TEXT, AT(state), "var", "/var/lib/songtu", "/var/lib/songtu", true, true },
    { "time-zone", TEXT, AT(zone), "Asia/Ho_Chi_Minh", "Asia/Tokyo", "Asia/Tokyo", true, true },
    { "title", TEXT, AT(title), "", "Tin mới", "Tin mới", true, false },
    { "user", TEXT, AT(user), "songtu", "nobody", "nobody", true, false },
    { "web", ADDRESS, AT(listen[PROTOCOL_web]), "", "127.0.0.1:80", "127.0.0.1:80", true, false },
    { "web-public-port", NUMBER, AT(public_port[PROTOCOL_web]), "0", "443", "443", true, false },
    { "workers", NUMBER, AT(workers), "0", "64", "64", true, false },
#undef AT
};

/* A setting as a text, whatever it is. */
static const char *
shown(const struct row *row)
{
    static char address[ADDRESS_TEXT], rate[RATE_TEXT];
    const void *at = (const char *)&settings + row->at;
    const struct spans *list = at;
    const struct networks *networks = at;
    struct span text = region_copy(region, SPAN(""));
    switch (row->kind) {
    case TEXT:
        return region_copy(region, *(const struct span *)at).at;
    case LIST:
        for (size_t i = 0; i < list->count; i++)
            text = region_printf(region, "%s%s%s", text.at, i > 0 ? "," : "", list->at[i].at);
        return text.at;
    case NUMBER:
        return region_printf(region, "%lld", (long long)*(const int64_t *)at).at;
    case ADDRESS:
        return ((const struct address *)at)->len > 0 ? address_print(at, address) : "";
    case LEVEL:
        return region_printf(region, "%d", (int)*(const enum log_level *)at).at;
    case SANDBOX:
        return sandbox_wishes[*(const enum sandbox_wish *)at];
    case RATE:
        return rate_print(*(const struct rate *)at, rate);
    case NETWORKS: /* the first byte of IPv4, the last, the bits */
        for (size_t i = 0; i < networks->count; i++)
            text = region_printf(region, "%s%s%d:%d/%u", text.at, i > 0 ? "," : "",
                                 networks->at[i].at[12], networks->at[i].at[15],
                                 networks->at[i].bits);
        return text.at;
    case FLAG:
        return *(const bool *)at ? "yes" : "no";
    default:
        return "?";
    }
}

static void
assert_all_fall_back(void)
{
    for (int i = 0; i < COUNT(rows); i++)
        ck_assert_msg(strcmp(shown(&rows[i]), rows[i].fallback) == 0, "%s is %s", rows[i].name,
                      shown(&rows[i]));
}

START_TEST(every_setting_has_its_default)
{
    assert_reads(SETTINGS_DAEMON, "", "");
    assert_all_fall_back();
    ck_assert_uint_eq(settings.hosts.count, 1);
    ck_assert_uint_eq(settings.file.len, 0);
    assert_reads(SETTINGS_TOOL, "", "");
    assert_all_fall_back();
}
END_TEST

START_TEST(every_setting_is_an_option_of_the_daemon)
{
    const struct row *row = &rows[_i];
    const char *name = row->name, *given = row->given;
    assert_reads(SETTINGS_DAEMON, region_printf(region, "--%s=%s", name, given).at, "");
    ck_assert_str_eq(shown(row), row->reads);
    settings = (struct settings){ .workers = 777 };
    assert_reads(SETTINGS_DAEMON, region_printf(region, "--%s|%s", name, given).at, "");
    ck_assert_str_eq(shown(row), row->reads);
}
END_TEST

START_TEST(an_option_is_the_tools_or_its_commands)
{
    const struct row *row = &rows[_i];
    const char *option = region_printf(region, "--%s=%s", row->name, row->given).at;
    assert_reads(SETTINGS_TOOL, option, row->in_tool ? "" : option);
    ck_assert_str_eq(shown(row), row->in_tool ? row->reads : row->fallback);
}
END_TEST

START_TEST(a_setting_stands_in_the_file)
{
    const struct row *row = &rows[_i];
    const char *line = region_printf(region, "# mine\n%s: %s\n", row->name, row->given).at;
    testing_write(folder, "songtu.yaml", line);
    if (!row->in_file) {
        assert_refuses(SETTINGS_DAEMON, "",
                       "songtu.yaml:2: no setting is called `ready-fd`: see songtud --help");
        return;
    }
    for (enum settings_program program = SETTINGS_TOOL; program <= SETTINGS_DAEMON; program++) {
        assert_reads(program, "", "");
        ck_assert_str_eq(shown(row), row->reads);
        ck_assert(span_equal(settings.file, SPAN("songtu.yaml")));
    }
}
END_TEST

START_TEST(sources_are_kept_as_the_tree_they_are)
{
    testing_write(folder, "songtu.yaml", "contact: toa-soan@example.org\nsources:\n- name: Báo\n");
    for (enum settings_program program = SETTINGS_TOOL; program <= SETTINGS_DAEMON; program++) {
        assert_reads(program, "", "");
        ck_assert_str_eq(settings.contact.at, "toa-soan@example.org");
        ck_assert_ptr_nonnull(settings.sources);
        ck_assert_uint_eq(settings.sources->down->line, 3);
        ck_assert_str_eq(settings_place(&settings, "sources"), "songtu.yaml:2: sources");
    }
    assert_reads(SETTINGS_DAEMON, "--sources=a", "--sources=a");
}
END_TEST

/* What an option is for begins in one column, however long the option. */
static void
assert_aligned(struct span help)
{
    while (help.len > 0) {
        struct span line = span_line(&help);
        ck_assert_uint_gt(line.len, SETTINGS_HELP_COLUMNS + 3);
        struct span text = span_skip(line, SETTINGS_HELP_COLUMNS + 2);
        ck_assert_msg(text.at[0] == ' ' && text.at[1] != ' ', "%.*s", SPAN_ARG(line));
    }
}

START_TEST(help_tells_every_option_of_the_program_and_its_default)
{
    struct buffer daemon = BUFFER_EMPTY, tool = BUFFER_EMPTY;
    settings_help(SETTINGS_DAEMON, &daemon);
    settings_help(SETTINGS_TOOL, &tool);
    for (int i = 0; i < COUNT(rows); i++) {
        const char *option = region_printf(region, "\n  --%s ", rows[i].name).at;
        ck_assert_msg(strstr(buffer_text(&daemon), option) != NULL, "%s", rows[i].name);
        ck_assert((strstr(buffer_text(&tool), option) != NULL) == rows[i].in_tool);
    }
    ck_assert_int_eq(
        strncmp(buffer_text(&tool), "  -c FILE                       the settings", 44), 0);
    ck_assert_ptr_nonnull(strstr(buffer_text(&daemon),
                                 "\n  --gemini ADDR:PORT            where to listen "
                                 "for Gemini (default [::]:1965)\n"));
    assert_aligned(buffer_span(&daemon));
    assert_aligned(buffer_span(&tool));
    buffer_fini(&daemon);
    buffer_fini(&tool);
}
END_TEST

static const struct {
    const char *name, *value, *wanted;
} bad[] = {
    { "host", "", "a host name in ASCII (an IDN as xn--…)" },
    { "host", "a b", "a host name in ASCII (an IDN as xn--…)" },
    { "host", "a:1965", "a host name in ASCII (an IDN as xn--…)" },
    { "host", "hà-nội.vn", "a host name in ASCII (an IDN as xn--…)" },
    { "host", "a/b", "a host name in ASCII (an IDN as xn--…)" },
    { "host", "u@a", "a host name in ASCII (an IDN as xn--…)" },
    { "host", "a%41", "a host name in ASCII (an IDN as xn--…)" },
    { "host", "a,b", "a host name in ASCII (an IDN as xn--…)" },
    { "host", "..", "a host name in ASCII (an IDN as xn--…)" },
    { "aliases", "a.org,b c", "host names with commas between" },
    { "language", "v", "a language tag such as vi or en" },
    { "language", "vi2", "a language tag such as vi or en" },
    { "language", "--", "a language tag such as vi or en" },
    { "language", "vi_VN", "a language tag such as vi or en" },
    { "language", "a-language-tag-longer-than-any-known", "a language tag such as vi or en" },
    { "content", "", "a folder" },
    { "state", "", "a folder" },
    { "certs", "", "a folder" },
    { "log", "", "a file" },
    { "user", "", "a user's name" },
    { "gemini", "localhost:1965", "an address such as [::]:1965 or 127.0.0.1:1965" },
    { "gemini", "127.0.0.1", "an address such as [::]:1965 or 127.0.0.1:1965" },
    { "public-port", "65536", "a port" },
    { "workers", "65", "a number up to 64" },
    { "workers", "-1", "a number up to 64" },
    { "connections", "0", "a number from 1 to 1000000" },
    { "connections", "1000001", "a number from 1 to 1000000" },
    { "connections-per-address", "0", "a number from 1 to 4000" },
    { "connections-per-address", "4001", "a number from 1 to 4000" },
    { "rate", "", "a rate such as 600/1m (units s, m, h, d), or off" },
    { "rate", "600", "a rate such as 600/1m (units s, m, h, d), or off" },
    { "rate", "0/1m", "a rate such as 600/1m (units s, m, h, d), or off" },
    { "rate", "600/1w", "a rate such as 600/1m (units s, m, h, d), or off" },
    { "allow", "localhost", "networks such as 10.0.0.0/8 with commas between" },
    { "allow", "::1, 10.0.0.1/8", "networks such as 10.0.0.0/8 with commas between" },
    { "drain", "86401", "seconds, up to 86400" },
    { "upgrade", "0", "seconds, from 1 to 86400" },
    { "upgrade", "86401", "seconds, from 1 to 86400" },
    { "drain", "5s", "seconds, up to 86400" },
    { "drain", "1e3", "seconds, up to 86400" },
    { "workers", "4.0", "a number up to 64" },
    { "workers", "0x4", "a number up to 64" },
    { "workers", "+4", "a number up to 64" },
    { "workers", " 4", "a number up to 64" },
    { "workers", "1_0", "a number up to 64" },
    { "workers", "٤", "a number up to 64" },
    { "metrics", "9965", "an address such as 127.0.0.1:9965, or unix: and a path" },
    { "metrics", "unix:", "an address such as 127.0.0.1:9965, or unix: and a path" },
    { "metrics", "/run/x", "an address such as 127.0.0.1:9965, or unix: and a path" },
    { "log-level", "Info", "error, warn, info or debug" },
    { "log-addresses", "no", "truncated or whole" },
    { "nex-charset", "latin1", "utf-8 or ascii" },
    { "nex", "localhost:1900", "an address such as [::]:1900 or 127.0.0.1:1900" },
    { "time-zone", "Asia/Hanoi", "a time zone this system knows, such as Asia/Ho_Chi_Minh" },
    { "time-zone", "", "a time zone this system knows, such as Asia/Ho_Chi_Minh" },
};

START_TEST(a_bad_value_is_told_with_what_is_wanted)
{
    char says[512], line[512];
    snprintf(line, sizeof line, "--%s=%s", bad[_i].name, bad[_i].value);
    snprintf(says, sizeof says, "%s: `%s` is not %s", bad[_i].name, bad[_i].value, bad[_i].wanted);
    assert_refuses(SETTINGS_DAEMON, line, says);
    ck_assert_uint_eq(fault.line, 0);
}
END_TEST

START_TEST(a_bad_value_in_the_file_is_told_with_its_line)
{
    char says[512], text[512];
    snprintf(text, sizeof text, "# mine\n\n%s: \"%s\"\n", bad[_i].name, bad[_i].value);
    testing_write(folder, "songtu.yaml", text);
    snprintf(says, sizeof says, "songtu.yaml:3: %s: `%s` is not %s", bad[_i].name, bad[_i].value,
             bad[_i].wanted);
    assert_refuses(SETTINGS_DAEMON, "", says);
    ck_assert_uint_eq(fault.line, 3);
}
END_TEST

START_TEST(a_descriptor_is_a_number)
{
    assert_refuses(SETTINGS_DAEMON, "--ready-fd=x",
                   "ready-fd: `x` is not an open descriptor's number");
}
END_TEST

START_TEST(a_long_bad_value_is_told_in_part)
{
    assert_refuses(SETTINGS_DAEMON, region_printf(region, "--workers=%070d+", 1).at,
                   "workers: `000000000000000000000000000000000000000000000000000000000000` is not "
                   "a number up to 64");
}
END_TEST

START_TEST(a_host_name_is_not_longer_than_names_are)
{
    char line[300];
    snprintf(line, sizeof line, "--host=%0253d", 1);
    assert_reads(SETTINGS_DAEMON, line, "");
    snprintf(line, sizeof line, "--host=%0254d", 1);
    settings.workers = 777;
    ck_assert_int_eq(read_line(SETTINGS_DAEMON, line), STATUS_BAD);
}
END_TEST

static const struct {
    const char *text, *says;
} bad_files[] = {
    { "hots: a\n", "songtu.yaml:1: no setting is called `hots`: see songtud --help" },
    { "host: a\nHost: b\n", "songtu.yaml:2: no setting is called `Host`: see songtud --help" },
    { "host: a\nhost: b\n", "songtu.yaml:2: key `host` stands twice" },
    { "- host\n", "songtu.yaml:1: settings are written `name: value`" },
    { "host\n", "songtu.yaml:1: settings are written `name: value`" },
    { "host: a\nlog: b: c\n", "songtu.yaml:2: mapping values are not allowed in this context" },
    { "host: a\nrobots: {archiver: yes}\n",
      "songtu.yaml:2: robots: there should be virtual agents with commas between, not a mapping" },
    { "aliases: [a.org, [b.org]]\n",
      "songtu.yaml:1: aliases: an item of the list is no single text" },
    { "aliases:\n  - a.org\n  - ~\n",
      "songtu.yaml:3: aliases: an item of the list is no single text" },
    { "aliases: [\"a.org,b.org\"]\n",
      "songtu.yaml:1: aliases: an item of the list is no single text" },
    { "content: ~\n",
      "songtu.yaml:1: content: there is no value: write a folder, or no such line" },
    { "host: a\ntitle:\n",
      "songtu.yaml:2: title: there is no value: write one line of text, or no such line" },
    { "aliases: null\n", "songtu.yaml:1: aliases: there is no value: write host names with commas "
                         "between, or no such line" },
    { "title: [Một]\n", "songtu.yaml:1: title: there should be one line of text, not a list" },
    { "workers: [4]\n", "songtu.yaml:1: workers: there should be a number up to 64, not a list" },
    { "workers: {a: 4}\n",
      "songtu.yaml:1: workers: there should be a number up to 64, not a mapping" },
    { "host:\n  - a.org\n  - b.org\n", "songtu.yaml:1: host: there should be a host name in ASCII "
                                       "(an IDN as xn--…), not a list" },
    { "title: |\n  Một\n  Hai\n",
      "songtu.yaml:1: title: `Một\\x0aHai\\x0a` is not one line of text" },
    { "title: \"a\tb\"\n", "songtu.yaml:1: title: `a\\x09b` is not one line of text" },
    { "host: a\n\tworkers: 1\n", "songtu.yaml:2: a tab where only spaces may stand" },
    { "aliases:\n\t- a.org\n", "songtu.yaml:2: a tab where only spaces may stand" },
    { "host: &a a.org\n", "songtu.yaml:1: anchors (&) and tags (!) are not read here" },
    { "workers: !!int 4\n", "songtu.yaml:1: anchors (&) and tags (!) are not read here" },
    { "drain: 1\nworkers: *a\n", "songtu.yaml:2: aliases (*) are not read here" },
    { "host: a\n---\nhost: b\n", "songtu.yaml:2: a second document (---): only one is read" },
};

START_TEST(a_bad_file_is_told_with_its_line)
{
    testing_write(folder, "songtu.yaml", bad_files[_i].text);
    assert_refuses(SETTINGS_DAEMON, "", bad_files[_i].says);
    assert_refuses(SETTINGS_TOOL, "", bad_files[_i].says);
}
END_TEST

START_TEST(an_empty_text_said_on_purpose_is_one)
{
    testing_write(folder, "songtu.yaml", "title: \"\"\naliases: []\nrobots: ''\n");
    assert_reads(SETTINGS_DAEMON, "", "");
    assert_all_fall_back();
    settings.workers = 777;
    assert_refuses(SETTINGS_DAEMON, "--title=a\nb", "title: `a\\x0ab` is not one line of text");
}
END_TEST

START_TEST(no_file_is_read_where_none_is_named)
{
    testing_write(folder, "songtu.yaml", "nonsense\n");
    assert_reads(SETTINGS_TOOL, "-c||index", "index");
    ck_assert_uint_eq(settings.file.len, 0);
}
END_TEST

START_TEST(a_place_is_where_a_setting_was_told_last)
{
    testing_write(folder, "songtu.yaml", "# mine\nuser: a\nstate: there\n");
    assert_reads(SETTINGS_DAEMON, "--state=here", "");
    ck_assert_str_eq(settings_place(&settings, "user"), "songtu.yaml:2: user");
    ck_assert_str_eq(settings_place(&settings, "state"), "--state");
    ck_assert_str_eq(settings_place(&settings, "content"), "content");
}
END_TEST

START_TEST(what_only_a_restart_changes_is_kept_and_named)
{
    struct buffer kept = BUFFER_EMPTY;
    assert_reads(SETTINGS_DAEMON, "--workers=2|--log=a|--title=Một|--gemini=127.0.0.1:1", "");
    struct settings now = settings;
    assert_reads(SETTINGS_DAEMON, "--workers=3|--log=b|--title=Hai|--gemini=[::1]:2|--user=x", "");
    settings_keep(&now, region, &settings, &kept);
    ck_assert_str_eq(buffer_text(&kept), "gemini, user, workers");
    ck_assert_uint_eq(settings.workers, 2);
    ck_assert_str_eq(settings.user.at, "songtu");
    ck_assert_uint_eq(address_port(&settings.listen[PROTOCOL_gemini]), 1);
    ck_assert_str_eq(settings.log.at, "b");
    ck_assert_str_eq(settings.title.at, "Hai");
    buffer_clear(&kept);
    settings_keep(&now, region, &settings, &kept);
    ck_assert_str_eq(buffer_text(&kept), "");
    buffer_fini(&kept);
}
END_TEST

START_TEST(a_file_asked_for_has_to_be_there)
{
    assert_refuses(SETTINGS_DAEMON, "-c|none.yaml",
                   "none.yaml can't be read: is it there, and a file of ours to read?");
    assert_refuses(SETTINGS_TOOL, "index|-c|.",
                   ". can't be read: is it there, and a file of ours to read?");
    assert_refuses(SETTINGS_TOOL, "-c", "-c needs a value");
}
END_TEST

START_TEST(an_empty_file_changes_nothing)
{
    testing_write(folder, "songtu.yaml", "# nothing yet\n");
    assert_reads(SETTINGS_DAEMON, "", "");
    assert_all_fall_back();
}
END_TEST

START_TEST(the_command_line_wins_over_the_file_and_the_last_word_over_the_first)
{
    testing_write(folder, "songtu.yaml", "host: file.org\nstate: /file\naliases: [b.org]\n");
    testing_write(folder, "other.yaml", "host: other.org\n");
    assert_reads(SETTINGS_DAEMON, "--host=a.org|--host=b.org|--aliases=", "");
    ck_assert_str_eq(settings.host.at, "b.org");
    ck_assert_str_eq(settings.state.at, "/file");
    ck_assert_uint_eq(settings.aliases.count, 0);
    assert_reads(SETTINGS_DAEMON, "-c|songtu.yaml|-c|other.yaml", "");
    ck_assert_str_eq(settings.host.at, "other.org");
    ck_assert_str_eq(settings.state.at, "var");
}
END_TEST

START_TEST(options_stand_before_and_behind_the_command)
{
    assert_reads(SETTINGS_TOOL, "--host|a.org|new|--title|Tin mới|--state=/s|-h|--dry-run|x.gmi",
                 "new --title Tin mới -h --dry-run x.gmi");
    ck_assert_str_eq(settings.host.at, "a.org");
    ck_assert_str_eq(settings.state.at, "/s");
    ck_assert_uint_eq(settings.title.len, 0);
    ck_assert_int_eq(wish, WISH_RUN);
}
END_TEST

START_TEST(what_stands_behind_two_dashes_is_nobodys_option)
{
    assert_reads(SETTINGS_TOOL, "new|--host=a.org|--|--host=b.org|-c", "new -- --host=b.org -c");
    ck_assert_str_eq(settings.host.at, "a.org");
}
END_TEST

START_TEST(what_nobody_knows_stays)
{
    assert_reads(SETTINGS_DAEMON, "--hosts=a|-x|word|--|--workers=3",
                 "--hosts=a -x word -- "
                 "--workers=3");
    ck_assert_uint_eq(settings.workers, 0);
}
END_TEST

static const struct {
    const char *word;
    enum settings_wish wish;
} wishes[] = { { "-h", WISH_HELP },  { "--help", WISH_HELP },   { "--version", WISH_VERSION },
               { "-n", WISH_CHECK }, { "--check", WISH_CHECK }, { "--probe-sandbox", WISH_PROBE } };

START_TEST(a_wish_is_the_daemons_or_the_commands)
{
    assert_reads(SETTINGS_DAEMON, wishes[_i].word, "");
    ck_assert_int_eq(wish, wishes[_i].wish);
    assert_reads(SETTINGS_TOOL, wishes[_i].word, wishes[_i].word);
    ck_assert_int_eq(wish, WISH_RUN);
}
END_TEST

START_TEST(help_needs_no_good_file_and_a_check_does)
{
    testing_write(folder, "songtu.yaml", "nonsense: yes\n");
    assert_reads(SETTINGS_DAEMON, "--help", "");
    assert_reads(SETTINGS_DAEMON, "--version", "");
    ck_assert_int_eq(read_line(SETTINGS_DAEMON, "-n"), STATUS_BAD);
}
END_TEST

START_TEST(an_option_needs_its_value)
{
    assert_refuses(SETTINGS_DAEMON, "--workers=1|--host", "--host needs a value");
    assert_refuses(SETTINGS_TOOL, "index|--state", "--state needs a value");
}
END_TEST

START_TEST(sixty_four_options_are_enough)
{
    struct buffer line = BUFFER_EMPTY;
    for (int i = 0; i < 64; i++)
        buffer_printf(&line, "%s--workers=%d", i > 0 ? "|" : "", i);
    assert_reads(SETTINGS_DAEMON, buffer_text(&line), "");
    ck_assert_uint_eq(settings.workers, 63);
    settings.workers = 777;
    buffer_add_text(&line, "|--drain=1");
    assert_refuses(SETTINGS_DAEMON, buffer_text(&line), "too many options");
    buffer_fini(&line);
}
END_TEST

START_TEST(a_path_in_a_file_is_seen_from_the_files_folder)
{
    testing_write(folder, "etc/a.yaml",
                  "content: stories\nstate: ../var\ncerts: /keys\n"
                  "log: songtu.log\nuser: nobody\n");
    assert_reads(SETTINGS_DAEMON, "-c|etc/a.yaml|--content=here", "");
    ck_assert_str_eq(settings.content.at, "here");
    ck_assert_str_eq(settings.state.at, "etc/../var");
    ck_assert_str_eq(settings.certs.at, "/keys");
    ck_assert_str_eq(settings.log.at, "etc/songtu.log");
    ck_assert_str_eq(settings.user.at, "nobody");
    ck_assert_str_eq(settings.file.at, "etc/a.yaml");
}
END_TEST

START_TEST(a_path_in_the_working_folders_file_is_seen_from_there)
{
    testing_write(folder, "songtu.yaml", "content: stories\n");
    assert_reads(SETTINGS_TOOL, "", "");
    ck_assert_str_eq(settings.content.at, "stories");
}
END_TEST

START_TEST(the_hosts_are_the_name_and_its_aliases_once_each)
{
    testing_write(folder, "songtu.yaml",
                  "host: A.org\naliases:\n  - b.org\n  - a.org\n  - B.ORG\n");
    assert_reads(SETTINGS_DAEMON, "", "");
    ck_assert_uint_eq(settings.hosts.count, 2);
    ck_assert_str_eq(settings.hosts.at[0].at, "a.org");
    ck_assert_str_eq(settings.hosts.at[1].at, "b.org");
}
END_TEST

START_TEST(an_address_is_a_host_too)
{
    assert_reads(SETTINGS_DAEMON, "--host=192.0.2.1|--aliases=[2001:DB8::1]", "");
    ck_assert_str_eq(settings.hosts.at[0].at, "192.0.2.1");
    ck_assert_str_eq(settings.hosts.at[1].at, "2001:db8::1");
}
END_TEST

START_TEST(the_zone_is_the_processes_once_all_is_well)
{
    char text[CLOCK_TEXT];
    assert_reads(SETTINGS_DAEMON, "--time-zone=Asia/Tokyo", "");
    ck_assert_str_eq(clock_print(0, text), "1970-01-01T09:00:00+09:00");
    ck_assert_int_eq(read_line(SETTINGS_DAEMON, "--time-zone=UTC|--workers=65"), STATUS_BAD);
    ck_assert_str_eq(clock_print(0, text), "1970-01-01T09:00:00+09:00");
}
END_TEST

static void
add_setting_tests(TCase *tests)
{
    tcase_add_test(tests, every_setting_has_its_default);
    tcase_add_loop_test(tests, every_setting_is_an_option_of_the_daemon, 0, COUNT(rows));
    tcase_add_loop_test(tests, an_option_is_the_tools_or_its_commands, 0, COUNT(rows));
    tcase_add_loop_test(tests, a_setting_stands_in_the_file, 0, COUNT(rows));
    tcase_add_test(tests, sources_are_kept_as_the_tree_they_are);
    tcase_add_test(tests, help_tells_every_option_of_the_program_and_its_default);
    tcase_add_loop_test(tests, a_bad_value_is_told_with_what_is_wanted, 0, COUNT(bad));
    tcase_add_loop_test(tests, a_bad_value_in_the_file_is_told_with_its_line, 0, COUNT(bad));
    tcase_add_test(tests, a_descriptor_is_a_number);
    tcase_add_test(tests, a_long_bad_value_is_told_in_part);
    tcase_add_test(tests, a_host_name_is_not_longer_than_names_are);
}

static void
add_place_tests(TCase *tests)
{
    tcase_add_loop_test(tests, a_bad_file_is_told_with_its_line, 0, COUNT(bad_files));
    tcase_add_test(tests, an_empty_text_said_on_purpose_is_one);
    tcase_add_test(tests, no_file_is_read_where_none_is_named);
    tcase_add_test(tests, a_place_is_where_a_setting_was_told_last);
    tcase_add_test(tests, what_only_a_restart_changes_is_kept_and_named);
    tcase_add_test(tests, a_file_asked_for_has_to_be_there);
    tcase_add_test(tests, an_empty_file_changes_nothing);
    tcase_add_test(tests, the_command_line_wins_over_the_file_and_the_last_word_over_the_first);
    tcase_add_test(tests, options_stand_before_and_behind_the_command);
    tcase_add_test(tests, what_stands_behind_two_dashes_is_nobodys_option);
    tcase_add_test(tests, what_nobody_knows_stays);
    tcase_add_loop_test(tests, a_wish_is_the_daemons_or_the_commands, 0, COUNT(wishes));
    tcase_add_test(tests, help_needs_no_good_file_and_a_check_does);
    tcase_add_test(tests, an_option_needs_its_value);
    tcase_add_test(tests, sixty_four_options_are_enough);
    tcase_add_test(tests, a_path_in_a_file_is_seen_from_the_files_folder);
    tcase_add_test(tests, a_path_in_the_working_folders_file_is_seen_from_there);
    tcase_add_test(tests, the_hosts_are_the_name_and_its_aliases_once_each);
    tcase_add_test(tests, an_address_is_a_host_too);
    tcase_add_test(tests, the_zone_is_the_processes_once_all_is_well);
}

int
main(void)
{
    Suite *suite = suite_create("settings");
    TCase *tests = tcase_create("settings");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    add_setting_tests(tests);
    add_place_tests(tests);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
