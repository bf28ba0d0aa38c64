/* SPDX-License-Identifier: ISC */
/* Each command's work, its exit statuses, and what it says when it is misused. */
#include "testing.h"
#include "tooling.h"

#include "archive/index.h"
#include "base/text.h"
#include "net/certificate.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define STORY "---\ntitle: Một\ncities: [ha-noi]\n---\nMột.\n"

static void
set_up(void)
{
    tooling_set_up();
    content_write("cities.yaml", "- slug: ha-noi\n  name: {vi: Hà Nội}\n");
    content_write("themes.yaml", "- slug: thi-dua\n  name: {vi: Thi đua}\n");
    content_write("stories/2024/mot.gmi", STORY);
}

static bool
says(const char *text, const char *words)
{
    return strstr(text, words) != NULL;
}

START_TEST(every_row_of_the_table_tells_how_it_is_used)
{
    for (const struct command *command = commands; command->name != NULL; command++) {
        struct span help = span_of(command->help), summary = span_of(command->summary);
        ck_assert(span_starts(span_of(command->synopsis), span_of(command->name)));
        ck_assert(span_ends(help, SPAN("\n")) && says(command->help, "Exit status: 0 "));
        ck_assert(summary.len > 0 && !span_ends(summary, SPAN(".")));
        for (struct span rest = help; rest.at != NULL;)
            ck_assert_msg(text_width(span_line(&rest)) <= 100, "%s", command->name);
        ck_assert(command[1].name == NULL || strcmp(command->name, command[1].name) < 0);
        ck_assert_ptr_eq(command_find(command->name), command);
    }
    ck_assert_ptr_null(command_find("frobnicate"));
    ck_assert_ptr_null(command_find(""));
}
END_TEST

/* Command lines no command understands. */
static const char *const misused[][6] = {
    { "cert", "x" },
    { "check", "x" },
    { "get" },
    { "get", "gemini://a/", "gemini://b/" },
    { "get", "--frob", "gemini://a/" },
    { "get", "--pin" },
    { "get", "--pin", "abc", "gemini://a/" },
    { "get", "--pin", "zz11111111111111111111111111111111111111111111111111111111111111",
      "gemini://a/" },
    { "get", "--pin", "111111111111111111111111111111111111111111111111111111111111111", /* 63 */
      "gemini://a/" },
    { "get", "--pin", "11111111111111111111111111111111111111111111111111111111111111111", /* 65 */
      "gemini://a/" },
    { "get", "--pin", "1:111111111111111111111111111111111111111111111111111111111111111",
      "gemini://a/" },
    { "get", "--pin",
      "11111111111111111111111111111111111111111111111111111111111111:11:", "gemini://a/" },
    { "get", "--timeout", "0", "gemini://a/" },
    { "get", "--timeout", "86401", "gemini://a/" },
    { "get", "--timeout", "-1", "gemini://a/" },
    { "get", "--max-bytes", "x", "gemini://a/" },
    { "search" },
    { "search", "--part" },
    { "search", "--part", "0", "mưa" },
    { "search", "--part", "51", "mưa" },
    { "search", "-mưa" },
    { "get", "" },
    { "get", "example.org" },
    { "get", "/a" },
    { "get", "//example.org/" },
    { "get", "gemini:example.org" },
    { "get", "gemini:///" },
    { "get", "ftp://example.org/" },
    { "get", "--pin", "1111111111111111111111111111111111111111111111111111111111111111",
      "https://example.org/" },
    { "get", "gopher://example.org/0/a%0Ab" },
    { "get", "gopher://user@example.org/" },
    { "get", "nex://example.org:0/" },
    { "get", "https://example.org/a b" },
    { "get", "gemini://user@example.org/" },
    { "get", "gemini://tiếngviệt.vn/" },
    { "get", "gemini://ex%61mple.org/" },
    { "get", "gemini://example.org:0/" },
    { "get", "gemini://example.org:65536/" },
    { "get", "gemini://[::1%25eth0]/" },
    { "get", "gemini://[::1/" },
    { "get", "gemini://example.org/a b" },
    { "get", "gemini://example.org/%zz" },
    { "get", "gemini://example.org/\x1b[2J" },
    { "import" },
    { "import", "--source", "https://example.org/a", "a", "b" },
    { "import", "--frob", "a" },
    { "import", "--source", "nope", "a" },
    { "import", "--source", "https://user@example.org/", "a" },
    { "import", "--source", "javascript://example.org/", "a" },
    { "import", "--date", "2024-13", "a" },
    { "import", "--lang", "x!", "a" },
    { "import", "a", "--city" },
    { "index", "x" },
    { "new" },
    { "new", "một", "hai" },
    { "new", "--frob", "một" },
    { "new", "--date", "hôm nay", "một" },
    { "new", "!?" },
    { "rename" },
    { "rename", "mot" },
    { "rename", "mot", "hai", "ba" },
    { "rename", "mot", "Hai!" },
    { "watch", "x" },
    { "why" },
    { "why", "mot", "hai" },
    { "withdraw" },
    { "withdraw", "mot", "hai" },
};

START_TEST(a_command_line_that_is_not_understood_is_refused_with_a_hint)
{
    const char *const *line = misused[_i];
    char hint[64];
    struct told told = tool(line[0], line[1], line[2], line[3], line[4], NULL);
    ck_assert_int_eq(told.status, EXIT_USAGE);
    ck_assert_str_eq(told.out, "");
    snprintf(hint, sizeof hint, "\nTry: songtu %s --help\n", line[0]);
    ck_assert_msg(says(told.err, hint), "%s", told.err);
    ck_assert_str_eq(content_read("stories/2024/mot.gmi"), STORY);
    ck_assert_ptr_null(content_read("moved.yaml"));
}
END_TEST

START_TEST(a_url_of_more_than_1024_bytes_is_not_asked_for)
{
    char url[1100] = "gemini://example.org/";
    memset(url + strlen(url), 'a', sizeof url - 1 - strlen(url));
    url[1025] = '\0';
    ck_assert(says(tool("get", url, NULL).err, "at most 1024 bytes"));
}
END_TEST

START_TEST(cert_shows_the_fingerprints_and_the_hosts)
{
    struct fault fault = { 0, "" };
    struct certificate_facts facts;
    struct region *region = region_new();
    char line[128];
    struct told told = tool("cert", NULL);
    ck_assert_int_eq(told.status, EXIT_FAULTS);
    ck_assert(says(told.err, "no certificate yet"));
    ck_assert_int_eq(certificate_make(tooling_options.certs, tooling_options.hosts, &fault), 0);
    ck_assert_int_eq(certificate_inspect(tooling_options.certs, tooling_options.hosts.at[0], region,
                                         &facts, &fault),
                     STATUS_OK);
    told = tool("cert", NULL);
    ck_assert_int_eq(told.status, EXIT_FINE);
    snprintf(line, sizeof line, "\ncertificate  SHA-256 %s\n", facts.certificate_hash);
    ck_assert(says(told.out, line));
    snprintf(line, sizeof line, "\nkey          SHA-256 %s\n", facts.key_hash);
    ck_assert(says(told.out, line));
    ck_assert(says(told.out, "\nhost         example.org\nhost         www.example.org\n"));
    region_free(region);
}
END_TEST

START_TEST(index_sums_up_its_round)
{
    struct told told = tool("index", NULL);
    ck_assert_str_eq(told.err, "");
    ck_assert_str_eq(told.out, "1 story served, 1 changed, 0 removed, 0 faulty\n");
    ck_assert_int_eq(told.status, EXIT_FINE);
    ck_assert_str_eq(tool("index", NULL).out, "1 story served, 0 changed, 0 removed, 0 faulty\n");
}
END_TEST

START_TEST(index_tells_a_faulty_file_with_its_line_and_goes_on)
{
    content_write("stories/2024/hai.gmi", "---\ntitle: Hai\ndate: 2024-13\n---\n");
    struct told told = tool("index", NULL);
    ck_assert(says(told.err, "/content/stories/2024/hai.gmi:3: "));
    ck_assert_str_eq(told.out, "1 story served, 1 changed, 0 removed, 1 faulty\n");
    ck_assert_int_eq(told.status, EXIT_FAULTS);
}
END_TEST

START_TEST(index_can_do_nothing_without_its_folders)
{
    content_write("cities.yaml", "- nope\n");
    TOOL_ENDS(EXIT_FAILED, "index");
    tooling_options.content = "/nowhere/at/all";
    TOOL_ENDS(EXIT_FAILED, "index");
    TOOL_ENDS(EXIT_FAILED, "watch");
    TOOL_ENDS(EXIT_FAILED, "new", "Hai");
    TOOL_ENDS(EXIT_FAILED, "rename", "mot", "hai");
    TOOL_ENDS(EXIT_FAILED, "withdraw", "mot");
}
END_TEST

START_TEST(rename_leads_the_old_address_to_the_new)
{
    struct told told = tool("rename", "mot", "hai", NULL);
    ck_assert_str_eq(told.err, "");
    ck_assert_int_eq(told.status, EXIT_FINE);
    ck_assert(says(told.out, "stories/2024/mot.gmi is now stories/2024/hai.gmi\n"));
    ck_assert(says(told.out, "1 story served"));
    ck_assert_ptr_null(content_read("stories/2024/mot.gmi"));
    ck_assert_str_eq(content_read("stories/2024/hai.gmi"), STORY);
    ck_assert_str_eq(content_read("moved.yaml"), "mot: hai\n");
}
END_TEST

/* An address used before is a story's again, or leads to the story that had it last. */
START_TEST(rename_there_and_back_leaves_no_circle)
{
    TOOL_ENDS(EXIT_FINE, "rename", "mot", "hai");
    TOOL_ENDS(EXIT_FINE, "rename", "hai", "mot");
    ck_assert_str_eq(content_read("moved.yaml"), "hai: mot\n");
    TOOL_ENDS(EXIT_FINE, "rename", "mot", "ba");
    ck_assert_str_eq(content_read("moved.yaml"), "hai: ba\nmot: ba\n");
}
END_TEST

START_TEST(rename_takes_nobodys_place)
{
    content_write("stories/2023/hai.gmi", STORY);
    TOOL_ENDS(EXIT_FAULTS, "rename", "mot", "hai");
    TOOL_ENDS(EXIT_FAULTS, "rename", "khong-co", "ba");
    TOOL_ENDS(EXIT_FAULTS, "rename", "../mot", "ba");
    ck_assert_str_eq(content_read("stories/2024/mot.gmi"), STORY);
    ck_assert_ptr_null(content_read("moved.yaml"));
}
END_TEST

/* `mot: gone` in moved.yaml would say that it is no more. */
START_TEST(no_story_is_called_gone)
{
    struct told told = tool("rename", "mot", "gone", NULL);
    ck_assert_int_eq(told.status, EXIT_USAGE);
    ck_assert(says(told.err, "`gone` is no slug for a story: write it like ha-noi-5-dieu"));
    ck_assert_str_eq(content_read("stories/2024/mot.gmi"), STORY);
    content_write("stories/2024/gone.gmi", STORY);
    told = tool("index", NULL);
    ck_assert_int_eq(told.status, EXIT_FAULTS);
    ck_assert(says(told.err, "stories/2024/gone.gmi:1: `gone` is moved.yaml's own word, no slug "
                             "for a story: write it like ha-noi-5-dieu.gmi\n"));
    TOOL_ENDS(EXIT_FINE, "new", "Gone");
    ck_assert_ptr_nonnull(content_read("stories/undated/gone-1.gmi"));
}
END_TEST

/* Its last good version is served on, which a new address would not have. */
START_TEST(rename_leaves_a_faulty_story_where_it_is)
{
    TOOL_ENDS(EXIT_FINE, "index");
    content_write("stories/2024/mot.gmi", "---\ntitle: Một\ndate: 2024-13\n---\nMột.\n");
    struct told told = tool("rename", "mot", "hai", NULL);
    ck_assert_int_eq(told.status, EXIT_FAULTS);
    ck_assert(says(told.err, "songtu rename: stories/2024/mot.gmi:3: date `2024-13` is no date"));
    ck_assert(says(told.err, ": mend it first\n"));
    ck_assert_ptr_nonnull(content_read("stories/2024/mot.gmi"));
    ck_assert_ptr_null(content_read("moved.yaml"));
}
END_TEST

START_TEST(rename_says_where_the_old_address_could_not_be_noted)
{
    content_write("moved.yaml", "[mot]\n");
    struct told told = tool("rename", "mot", "hai", NULL);
    ck_assert_int_eq(told.status, EXIT_FAILED);
    ck_assert(says(told.err, "songtu rename: moved.yaml:1: "));
    ck_assert_str_eq(content_read("moved.yaml"), "[mot]\n");
}
END_TEST

/* Whether the kernel lists it among those who wait for a flock. */
static bool
waits_for_a_lock(pid_t pid)
{
    char *locks = testing_read("/proc", "locks"), waiting[64];
    bool found = false;
    snprintf(waiting, sizeof waiting, " FLOCK  ADVISORY  WRITE %d ", (int)pid);
    for (char *at = locks; at != NULL && (at = strstr(at, "-> ")) != NULL; at += 3)
        found = found || strncmp(at + 2, waiting, strlen(waiting)) == 0;
    free(locks);
    return found;
}

static const struct {
    const char *command, *argument; /* behind `mot` */
} changing[] = { { "rename", "hai" }, { "withdraw", NULL } };

/* A round in between would see half of it, or write its own moved.yaml over ours. */
START_TEST(what_changes_the_content_waits_for_a_round_that_goes_on)
{
    int held, status;
    ck_assert_int_eq(index_lock(tooling_options.state, true, &held), STATUS_OK);
    pid_t child = fork();
    if (child == 0) {
        close(held);
        struct told told = tool(changing[_i].command, "mot", changing[_i].argument, NULL);
        _exit(told.status);
    }
    while (!waits_for_a_lock(child)) {
        ck_assert_msg(waitpid(child, &status, WNOHANG) == 0, "it did not wait");
        poll(NULL, 0, 5);
    }
    ck_assert_str_eq(content_read("stories/2024/mot.gmi"), STORY);
    ck_assert_ptr_null(content_read("moved.yaml"));
    close(held);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_FINE);
    const char *mot = content_read("stories/2024/mot.gmi");
    ck_assert(mot == NULL || strcmp(mot, STORY) != 0);
}
END_TEST

START_TEST(withdraw_takes_a_story_back_and_leaves_the_rest_of_it)
{
    struct told told = tool("withdraw", "mot", NULL);
    ck_assert_int_eq(told.status, EXIT_FINE);
    ck_assert(says(told.out, "0 stories served"));
    ck_assert_str_eq(content_read("stories/2024/mot.gmi"),
                     "---\ntitle: Một\ncities: [ha-noi]\nstate: withdrawn\n---\nMột.\n");
    TOOL_ENDS(EXIT_FINE, "withdraw", "mot"); /* twice is once */
    TOOL_ENDS(EXIT_FAULTS, "withdraw", "khong-co");
}
END_TEST

START_TEST(withdraw_does_not_touch_what_is_no_story)
{
    content_write("stories/2024/hai.gmi", "no front matter\n");
    struct told told = tool("withdraw", "hai", NULL);
    ck_assert_int_eq(told.status, EXIT_FAILED);
    ck_assert(says(told.err, "stories/2024/hai.gmi:1: "));
    ck_assert_str_eq(content_read("stories/2024/hai.gmi"), "no front matter\n");
}
END_TEST

START_TEST(new_begins_a_story_that_can_be_served)
{
    struct told told = tool("new", "--city", "ha-noi", "--theme", "thi-dua", "--date", "2024-07",
                            "Đường  về Hà Nội", NULL);
    ck_assert_str_eq(told.err, "");
    ck_assert_int_eq(told.status, EXIT_FINE);
    ck_assert(says(told.out, "/content/stories/2024/duong-ve-ha-noi.gmi\n"));
    const char *story = content_read("stories/2024/duong-ve-ha-noi.gmi");
    ck_assert(says(story, "title: Đường về Hà Nội\ndate: 2024-07\nadded: 20"));
    ck_assert(says(story, "cities: [ha-noi]\nthemes: [thi-dua]\n"));
    ck_assert_str_eq(tool("index", NULL).out, "2 stories served, 2 changed, 0 removed, 0 faulty\n");
    TOOL_ENDS(EXIT_FINE, "new", "--draft", "Nháp");
    ck_assert(says(content_read("stories/undated/nhap.gmi"), "state: draft\n"));
    ck_assert_str_eq(tool("index", NULL).out, "2 stories served, 1 changed, 0 removed, 0 faulty\n");
}
END_TEST

START_TEST(new_begins_none_under_a_term_or_a_name_it_can_not_have)
{
    struct told told = tool("new", "Một", NULL);
    ck_assert_int_eq(told.status, EXIT_FAULTS);
    ck_assert(says(told.err, "a story is called `mot` already"));
    TOOL_ENDS(EXIT_FAULTS, "new", "--city", "hue", "Hai");
    TOOL_ENDS(EXIT_FAULTS, "new", "--theme", "hue", "Hai");
    ck_assert_ptr_null(content_read("stories/undated/hai.gmi"));
}
END_TEST

START_TEST(import_writes_once_and_a_dry_run_nothing)
{
    static const char page[] = "tests/fixtures/plaintext/box.txt";
    struct told dry = tool("import", "--dry-run", page, NULL);
    ck_assert_str_eq(tool("index", NULL).out, "1 story served, 1 changed, 0 removed, 0 faulty\n");
    struct told wet = tool("import", page, NULL);
    ck_assert_int_eq(dry.status, EXIT_FINE);
    ck_assert_int_eq(wet.status, EXIT_FINE);
    ck_assert(says(dry.out, "would write stories/") && says(wet.out, "wrote stories/"));
    struct told again = tool("import", page, NULL);
    ck_assert_int_eq(again.status, EXIT_FINE);
    ck_assert(!says(again.out, "wrote ") && !says(again.out, "updated "));
}
END_TEST

/* The first story an import says it wrote: "stories/…gmi". */
static const char *
first_written(const char *out)
{
    static char path[512];
    ck_assert_msg(sscanf(out, "wrote %500s", path) == 1, "%s", out);
    return path;
}

START_TEST(import_lays_a_new_version_beside_what_a_person_edited)
{
    static const char page[] = "tests/fixtures/plaintext/box.txt";
    char edited[8192], incoming[600];
    const char *path = first_written(
        tool("import", "--source", "https://example.org/a", page, NULL).out);
    snprintf(edited, sizeof edited, "%sThêm một câu.\n", content_read(path));
    content_write(path, edited);
    struct told told = tool("import", "--source", "https://example.org/a", "--lang", "en", "--city",
                            "ha-noi", "--dry-run", page, NULL);
    ck_assert_msg(says(told.err, "was edited by a person: the new version would lie beside it"),
                  "%s%s", told.out, told.err);
    told = tool("import", "--source", "https://example.org/a", "--lang", "en", "--city", "ha-noi",
                page, NULL);
    ck_assert_int_eq(told.status, EXIT_FAULTS);
    ck_assert(says(told.err, "was edited by a person: the new version lies beside it"));
    ck_assert_str_eq(content_read(path), edited);
    snprintf(incoming, sizeof incoming, "%s.incoming", path);
    ck_assert(says(content_read(incoming), "lang: en\n"));
}
END_TEST

/* A person deleted it, or withdrew it: the same page brings it back no more. */
START_TEST(import_leaves_out_what_is_gone_or_withdrawn)
{
    static const char page[] = "tests/fixtures/plaintext/box.txt";
    char path[512], slug[512], file[1100];
    snprintf(path, sizeof path, "%s", first_written(tool("import", page, NULL).out));
    snprintf(slug, sizeof slug, "%s", strrchr(path, '/') + 1);
    *strrchr(slug, '.') = '\0';
    TOOL_ENDS(EXIT_FINE, "index");
    TOOL_ENDS(EXIT_FINE, "withdraw", slug);
    const char *withdrawn = content_read(path);
    struct told told = tool("import", page, NULL);
    ck_assert_int_eq(told.status, EXIT_FINE);
    ck_assert_msg(says(told.out, "left out stories/") && says(told.err, "is withdrawn: left out"),
                  "%s%s", told.out, told.err);
    ck_assert_str_eq(content_read(path), withdrawn);
    snprintf(file, sizeof file, "%s.incoming", path);
    ck_assert_ptr_null(content_read(file));
    snprintf(file, sizeof file, "%s/%s", tooling_options.content, path);
    ck_assert_int_eq(remove(file), 0);
    snprintf(file, sizeof file, "%s: gone\n", slug);
    content_write("moved.yaml", file);
    told = tool("import", page, NULL);
    ck_assert_int_eq(told.status, EXIT_FINE);
    ck_assert_msg(says(told.err, "is gone, as moved.yaml says: left out"), "%s", told.err);
    ck_assert_ptr_null(content_read(path));
    content_write("moved.yaml", "");
    ck_assert(says(tool("import", page, NULL).out, path));
    ck_assert_ptr_nonnull(content_read(path));
    content_write("moved.yaml", "[mot]\n");
    told = tool("import", page, NULL);
    ck_assert_int_eq(told.status, EXIT_FAULTS);
    ck_assert(says(told.err, "songtu import: moved.yaml:1: "));
}
END_TEST

START_TEST(import_says_where_nothing_can_be_filed)
{
    content_write("cities.yaml", "");
    content_write("themes.yaml", "");
    content_write("stories/2024/mot.gmi", "---\ntitle: Một\n---\n");
    struct told told = tool("import", "tests/fixtures/plaintext/box.txt", NULL);
    ck_assert_int_eq(told.status, EXIT_FINE);
    ck_assert(says(told.err, "/cities.yaml is missing or empty: no story is filed under a city\n"));
    ck_assert(
        says(told.err, "/themes.yaml is missing or empty: no story is filed under a theme\n"));
    ck_assert(says(told.out, " (cities none; themes none)\n"));
}
END_TEST

START_TEST(import_says_what_it_can_not_read)
{
    struct told told = tool("import", "/nowhere/at/all", NULL);
    ck_assert_int_eq(told.status, EXIT_FAILED);
    ck_assert_str_eq(told.err, "songtu import: /nowhere/at/all: No such file or directory\n");
    TOOL_ENDS(EXIT_FAILED, "import", "/");
    TOOL_ENDS(EXIT_FAULTS, "import", "/dev/null");
}
END_TEST

START_TEST(search_finds_what_the_index_has)
{
    struct told told = tool("search", "một", NULL);
    ck_assert_int_eq(told.status, EXIT_FAILED);
    ck_assert(says(told.err, "/archive.db: songtu index makes it\n"));
    content_write("stories/2024/hai.gmi", "---\ntitle: Hai\ndate: 2024-07\n---\nMột hai.\n");
    TOOL_ENDS(EXIT_FINE, "index");
    told = tool("search", "MOT", "hai", NULL);
    ck_assert_int_eq(told.status, EXIT_FINE);
    ck_assert_str_eq(told.out, "Hai\n  gemini://example.org/story/hai\n  2024-07\n"
                               "  *Một hai*.\n\n");
    ck_assert_str_eq(told.err, "1 story found\n");
    told = tool("search", "--", "-hai", NULL);
    ck_assert_str_eq(told.out, "Một\n  gemini://example.org/story/mot\n\n");
    told = tool("search", "--part", "2", "mot", NULL);
    ck_assert_str_eq(told.out, "");
    ck_assert_str_eq(told.err, "2 stories found\n");
    told = tool("search", "khongco", NULL);
    ck_assert_int_eq(told.status, EXIT_FAULTS);
    ck_assert_str_eq(told.err, "0 stories found\n");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("commands");
    TCase *tests = tcase_create("commands");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, set_up, tooling_tear_down);
    tcase_add_test(tests, every_row_of_the_table_tells_how_it_is_used);
    tcase_add_loop_test(tests, a_command_line_that_is_not_understood_is_refused_with_a_hint, 0,
                        (int)(sizeof misused / sizeof *misused));
    tcase_add_test(tests, a_url_of_more_than_1024_bytes_is_not_asked_for);
    tcase_add_test(tests, cert_shows_the_fingerprints_and_the_hosts);
    tcase_add_test(tests, index_sums_up_its_round);
    tcase_add_test(tests, index_tells_a_faulty_file_with_its_line_and_goes_on);
    tcase_add_test(tests, index_can_do_nothing_without_its_folders);
    tcase_add_test(tests, rename_leads_the_old_address_to_the_new);
    tcase_add_test(tests, rename_there_and_back_leaves_no_circle);
    tcase_add_test(tests, rename_takes_nobodys_place);
    tcase_add_test(tests, no_story_is_called_gone);
    tcase_add_test(tests, rename_leaves_a_faulty_story_where_it_is);
    tcase_add_test(tests, rename_says_where_the_old_address_could_not_be_noted);
    tcase_add_loop_test(tests, what_changes_the_content_waits_for_a_round_that_goes_on, 0,
                        (int)(sizeof changing / sizeof *changing));
    tcase_add_test(tests, withdraw_takes_a_story_back_and_leaves_the_rest_of_it);
    tcase_add_test(tests, withdraw_does_not_touch_what_is_no_story);
    tcase_add_test(tests, new_begins_a_story_that_can_be_served);
    tcase_add_test(tests, new_begins_none_under_a_term_or_a_name_it_can_not_have);
    tcase_add_test(tests, import_writes_once_and_a_dry_run_nothing);
    tcase_add_test(tests, import_lays_a_new_version_beside_what_a_person_edited);
    tcase_add_test(tests, import_leaves_out_what_is_gone_or_withdrawn);
    tcase_add_test(tests, import_says_where_nothing_can_be_filed);
    tcase_add_test(tests, import_says_what_it_can_not_read);
    tcase_add_test(tests, search_finds_what_the_index_has);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
