/* SPDX-License-Identifier: ISC */
/* The real daemon in every protocol: one page says the same in all of them; and plain ones meet
 * whoever comes. */
#include "capsule.h"

#include "base/clock.h"
#include "base/region.h"
#include "base/text.h"
#include "base/uri.h"
#include "protocol/gemini.h"
#include "story/gemtext.h"
#include "testing.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))
#define STORY "/story/nam-thanh-pho-so-ket-phong-trao-phu-nu-nua-dau-nam-2024"
#define STORY_TEXT "/story/nam-thanh-pho-so-ket-phong-trao-phu-nu-nua-dau-nam-2024.txt"

static struct capsule_run *run;
static struct region *region;

static void
set_up(void)
{
    region = region_new();
    run = capsule_prepare();
    testing_write(run->folder, "songtu.yaml",
                  "gopher: 127.0.0.1:0\nnex: 127.0.0.1:0\nweb: 127.0.0.1:0\n");
    capsule_launch(run);
}

static void
tear_down(void)
{
    capsule_stop(run);
    region_free(region);
}

static struct span
ask(const char *protocol, struct span bytes)
{
    return capsule_ask_plainly(run, protocol, bytes, region);
}

static struct span
ask_for(const char *protocol, struct span path)
{
    return ask(protocol, region_printf(region, "%.*s\r\n", SPAN_ARG(path)));
}

/* What a page says, however it is printed: its words without a space between, and where it leads,
 * one a line. */
struct said {
    struct buffer words, links;
};

static void
say_words(struct said *said, struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] != ' ' && text.at[i] != '\n' && text.at[i] != '\r')
            buffer_add_char(&said->words, text.at[i]);
}

/* Without escapes, and without the slash that Nex has its links end in. */
static void
say_link(struct said *said, struct span target)
{
    if (target.len > 1 && span_ends(target, SPAN("/")))
        target.len--;
    uri_decode(target, &said->links);
    buffer_add_char(&said->links, '\n');
}

static struct said
read_gemtext(struct span text)
{
    struct said said = { BUFFER_EMPTY, BUFFER_EMPTY };
    struct gemtext walk = gemtext_walk(text);
    struct gemline line;
    while (gemtext_next(&walk, &line)) {
        if (line.kind == GEMLINE_TOGGLE)
            continue;
        say_words(&said, line.text);
        if (line.kind == GEMLINE_LINK)
            say_link(&said, line.target);
    }
    return said;
}

/* A heading's rule has no words; a mark in front is none. */
static void
say_line(struct said *said, struct span text)
{
    bool rule = text.len > 0;
    for (size_t i = 0; i < text.len; i++)
        rule = rule && (text.at[i] == '=' || text.at[i] == '-');
    if (span_starts(text, SPAN("• ")))
        text = span_skip(text, strlen("• "));
    else if (span_starts(text, SPAN("> ")))
        text = span_skip(text, 2);
    if (!rule)
        say_words(said, text);
}

static struct said
read_menu(struct span menu)
{
    struct said said = { BUFFER_EMPTY, BUFFER_EMPTY };
    ck_assert(span_ends(menu, SPAN("\r\n.\r\n")));
    menu.len -= 3;
    while (menu.len > 0) {
        struct span line = span_line(&menu), text = span_cut(&line, '\t');
        struct span selector = span_cut(&line, '\t'), host = span_cut(&line, '\t');
        ck_assert_msg(line.at != NULL && !span_has_char(line, '\t'), "%.*s", SPAN_ARG(text));
        ck_assert_uint_le(text_width(span_skip(text, 1)), 67);
        if (text.at[0] == 'i') {
            say_line(&said, span_skip(text, 1));
            continue;
        }
        ck_assert_msg(span_equal(host, SPAN("localhost")), "%.*s", SPAN_ARG(host));
        if (span_starts(selector, SPAN("/story/")) && span_ends(selector, SPAN(".txt")))
            continue; /* the story as a text: more than the page says */
        say_words(&said, span_skip(text, 1));
        say_link(&said, span_skip(selector, text.at[0] == 'h' ? strlen("URL:") : 0));
    }
    return said;
}

static struct said
read_nex(struct span text)
{
    struct said said = { BUFFER_EMPTY, BUFFER_EMPTY };
    while (text.len > 0) {
        struct span line = span_line(&text);
        if (!span_starts(line, SPAN("=> "))) {
            say_line(&said, line);
            continue;
        }
        struct span label = span_skip(line, 3), target = span_cut(&label, ' ');
        say_words(&said, label);
        say_link(&said, target);
    }
    return said;
}

/* Text that is markup's no longer. */
static void
say_html(struct said *said, struct span text)
{
    static const char *const entities[][2] = {
        { "&amp;", "&" }, { "&lt;", "<" }, { "&gt;", ">" }, { "&quot;", "\"" }, { "&#39;", "'" },
    };
    while (text.len > 0) {
        size_t len = 1;
        struct span letter = span_first(text, 1);
        for (int i = 0; i < COUNT(entities); i++)
            if (span_starts(text, span_of(entities[i][0]))) {
                letter = span_of(entities[i][1]);
                len = strlen(entities[i][0]);
            }
        say_words(said, letter);
        text = span_skip(text, len);
    }
}

/* The main part, whose tags are dropped but for where links lead. */
static struct said
read_html(struct span html)
{
    struct said said = { BUFFER_EMPTY, BUFFER_EMPTY };
    size_t from, to, at;
    ck_assert(span_find(html, SPAN("<main id=\"main\">"), &from));
    ck_assert(span_find(html, SPAN("</main>"), &to));
    for (struct span rest = span_skip(span_first(html, to), from); rest.at != NULL;) {
        say_html(&said, span_cut(&rest, '<'));
        struct span tag = span_cut(&rest, '>');
        if (!span_starts(tag, SPAN("a ")) || !span_find(tag, SPAN("href=\""), &at))
            continue;
        struct span target = span_skip(tag, at + strlen("href=\""));
        say_link(&said, span_cut(&target, '"'));
    }
    return said;
}

static void
assert_says(const char *protocol, struct span path, const struct said *page, struct said said)
{
    ck_assert_msg(span_equal(buffer_span(&page->links), buffer_span(&said.links)),
                  "%s, %.*s: leads to\n%.*sinstead of\n%.*s", protocol, SPAN_ARG(path),
                  SPAN_ARG(buffer_span(&said.links)), SPAN_ARG(buffer_span(&page->links)));
    ck_assert_msg(span_equal(buffer_span(&page->words), buffer_span(&said.words)),
                  "%s, %.*s: says\n%.*s\ninstead of\n%.*s", protocol, SPAN_ARG(path),
                  SPAN_ARG(buffer_span(&said.words)), SPAN_ARG(buffer_span(&page->words)));
    buffer_fini(&said.links);
    buffer_fini(&said.words);
}

static struct span
ask_web(struct span path)
{
    struct span answer = ask("web", region_printf(region,
                                                  "GET %.*s HTTP/1.1\r\nHost: localhost:%d\r\n"
                                                  "Connection: close\r\n\r\n",
                                                  SPAN_ARG(path), capsule_port(run, "web")));
    ck_assert_msg(span_starts(answer, SPAN("HTTP/1.1 200")), "%.*s: %.40s", SPAN_ARG(path),
                  answer.at);
    return answer;
}

/* Every protocol says what Gemini does, twice with the same bytes; what Gemini's page links to on
 * this capsule goes to *found. */
static void
compare(struct span path, struct span text, struct span_list *found)
{
    struct said page = read_gemtext(text);
    struct span menu = ask_for("gopher", path), nex = ask_for("nex", path);
    ck_assert(span_equal(menu, ask_for("gopher", path)));
    ck_assert(span_equal(nex, ask_for("nex", path)));
    if (!span_starts(path, SPAN("/story/")))
        ck_assert_msg(menu.len <= 30000, "%.*s: %zu bytes", SPAN_ARG(path), menu.len);
    assert_says("gopher", path, &page, read_menu(menu));
    assert_says("nex", path, &page, read_nex(nex));
    assert_says("web", path, &page, read_html(ask_web(path)));
    for (struct span rest = buffer_span(&page.links); rest.len > 0;) {
        struct span link = span_line(&rest);
        if (span_starts(link, SPAN("/")) && !spans_have(found->spans, link))
            span_list_add(found, region, region_copy(region, link));
    }
    buffer_fini(&page.links);
    buffer_fini(&page.words);
}

START_TEST(every_page_says_the_same_in_every_protocol)
{
    struct span_list found = { { NULL, 0 }, 0 };
    size_t pages = 0;
    span_list_add(&found, region, SPAN("/"));
    for (size_t i = 0; i < found.spans.count; i++) {
        struct span path = found.spans.at[i];
        struct heard answer = capsule_ask(run, path.at);
        struct gemini_head head;
        ck_assert_int_eq(gemini_parse_head(buffer_span(&answer.bytes), &head), PARSED_WHOLE);
        if (head.status == 31) /* the list was of addresses without their last slash */
            span_list_add(&found, region, region_copy(region, head.meta));
        else if (span_starts(head.meta, SPAN("text/gemini")) && ++pages)
            compare(path, region_copy(region, span_skip(buffer_span(&answer.bytes), head.len)),
                    &found);
        buffer_fini(&answer.bytes);
    }
    ck_assert_uint_gt(pages, 50);
}
END_TEST

static const struct {
    const char *protocol;
    struct span bytes;
    const char *begins; /* the answer; "": there is none */
} guests[] = {
    { "gopher", SPAN("\r\n"), "iSong Tử\t" },
    { "gopher", SPAN("\t$\r\n"), "iSong Tử\t" },
    { "gopher", SPAN("/\t+\r\n"), "iSong Tử\t" },
    { "gopher", SPAN("1/city/\n"), "iTỉnh, thành phố\t" },
    { "gopher", SPAN("/city\r\n"), "iTỉnh, thành phố\t" },
    { "gopher", SPAN("/search\tha noi\r\n"), "iKết quả tìm “ha noi”\t" },
    { "gopher", SPAN("/search\t\r\n"), "iNhập từ cần tìm, có dấu hay không dấu\t" },
    { "gopher", SPAN("/search\t\t\t\t\r\n"), "iNhập từ cần tìm" },
    { "gopher", SPAN("caps.txt\r\n"), "CAPS\r\n" },
    { "gopher", SPAN("/robots.txt\r\n"), "User-agent: *\n" },
    { "gopher", SPAN("/nope\r\n"), "3Không tìm thấy trang này" },
    { "gopher", SPAN("/files/../../songtu.yaml\r\n"), "3" },
    { "gopher", SPAN("/\ra\r\n"), "3" },
    { "gopher", SPAN("\r\r\r\n"), "3" },
    { "gopher", SPAN("/\x1b[2J\x07\r\n"), "3" },
    { "gopher", SPAN("\0\r\n"), "3" },
    { "gopher", SPAN("URL:https://example.org/\"><script>\r\n"), "3" },
    { "gopher", SPAN("URL:javascript:alert(1)\r\n"), "3" },
    { "gopher", SPAN("URL:https://example.org/?a&b\r\n"), "<!DOCTYPE html>" },
    { "gopher", SPAN("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), "" },
    { "gopher", SPAN("POST /\t HTTP/1.1\r\n\r\n"), "" },
    { "gopher", SPAN("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"), "" },
    { "nex", SPAN("\n"), "Song Tử\n" },
    { "nex", SPAN("city/\r\n"), "Tỉnh, thành phố\n" },
    { "nex", SPAN("/search/?ha%20noi\n"), "Kết quả tìm “ha noi”\n" },
    { "nex", SPAN("/search/\n"), "Nhập từ cần tìm" },
    { "nex", SPAN("/../x\n"), "Yêu cầu không hợp lệ." },
    { "nex", SPAN("/nope\n"), "Không tìm thấy trang này" },
    { "nex", SPAN("GET / HTTP/1.1\r\n\r\n"), "" },
    { "nex", SPAN("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"), "" },
};

START_TEST(whoever_comes_gets_a_clear_answer_or_the_end)
{
    for (int i = 0; i < COUNT(guests); i++) {
        struct span answer = ask(guests[i].protocol, guests[i].bytes);
        struct span begins = span_of(guests[i].begins);
        ck_assert_msg(begins.len > 0 ? span_starts(answer, begins) : answer.len == 0,
                      "%d, %s: %.60s", i, guests[i].protocol, answer.at);
    }
    capsule_await(run, "log", "access: gopher peer=127.0.0.0 status=59", 6);
    capsule_await(run, "log", "access: nex peer=127.0.0.0 status=51", 1);
    capsule_await(run, "log", "request=\"/\\x1b[2J\\x07\"", 1);
    ck_assert_uint_eq(capsule_count(run, "log", "HTTP/1.1"), 0);
}
END_TEST

/* So that no reset overtakes the answer. */
START_TEST(a_selector_without_end_is_refused_and_read_away)
{
    enum { MANY = 20000 };
    char *line = memory_new(MANY);
    memset(line, 'a', MANY);
    struct span answer = ask("gopher", (struct span){ line, MANY });
    ck_assert_msg(span_starts(answer, SPAN("3Yêu cầu không hợp lệ.")), "%.40s", answer.at);
    free(line);
}
END_TEST

START_TEST(who_says_nothing_is_left_after_ten_seconds)
{
    static const char *const words[] = { "", "/ci" };
    int fds[COUNT(words)];
    int64_t start = clock_monotonic();
    for (int i = 0; i < COUNT(words); i++) {
        fds[i] = capsule_dial_to(run, "gopher");
        ck_assert_int_ge(send(fds[i], words[i], strlen(words[i]), MSG_NOSIGNAL), 0);
    }
    for (int i = 0; i < COUNT(words); i++) {
        char byte;
        ck_assert_int_eq(recv(fds[i], &byte, 1, 0), 0);
        int64_t took = clock_monotonic() - start;
        ck_assert_msg(took > 9500 && took < 14000, "%lld", (long long)took);
        close(fds[i]);
    }
}
END_TEST

START_TEST(what_listens_outlives_reload_and_upgrade)
{
    int port = capsule_port(run, "gopher");
    ck_assert_int_eq(kill(run->master, SIGHUP), 0);
    capsule_await(run, "log", "serving generation=2", 1);
    ck_assert(span_starts(ask_for("gopher", SPAN("/")), SPAN("iSong Tử")));
    pid_t old = capsule_upgrade(run);
    ck_assert_int_eq(waitpid(old, NULL, 0), old);
    ck_assert_int_eq(capsule_port(run, "gopher"), port);
    ck_assert(span_starts(ask_for("gopher", SPAN("/")), SPAN("iSong Tử")));
    ck_assert(span_starts(ask_for("nex", SPAN("/")), SPAN("Song Tử")));
}
END_TEST

/* What was printed for one of them is nothing for the other. */
START_TEST(each_listener_has_letters_of_its_own)
{
    static const char *const lines[] = { "/",     "/city/ha-noi", "/search\thà nội",
                                         "/nope", "/search",      "/about",
                                         STORY,   STORY_TEXT };
    size_t at;
    ck_assert(span_starts(ask_for("gopher", SPAN("/")), SPAN("iSong Tử")));
    testing_write(run->folder, "songtu.yaml",
                  "gopher: 127.0.0.1:0\ngopher-charset: ascii\nnex: 127.0.0.1:0\n"
                  "web: 127.0.0.1:0\n");
    ck_assert_int_eq(kill(run->master, SIGHUP), 0);
    capsule_await(run, "log", "serving generation=2", 1);
    for (int i = 0; i < COUNT(lines); i++) {
        struct span answer = ask_for("gopher", span_of(lines[i]));
        ck_assert_uint_gt(answer.len, 0);
        for (size_t byte = 0; byte < answer.len; byte++)
            ck_assert_msg((unsigned char)answer.at[byte] < 0x80, "%s: %.40s", lines[i],
                          answer.at + byte);
    }
    ck_assert(span_find(ask_for("gopher", SPAN("/search\thà nội")), SPAN("\t/story/"), &at));
    ck_assert(span_find(ask_for("gopher", SPAN("caps.txt")),
                        SPAN("\r\nServerDefaultEncoding=US-ASCII\r\n"), &at));
    ck_assert(span_starts(ask_for("nex", SPAN("/")), SPAN("Song Tử\n")));
    ck_assert(span_starts(ask_for("gopher", SPAN("/")), SPAN("iSong Tu\t")));
}
END_TEST

/* Their doors are drained as Gemini's is: who is being answered is answered. */
START_TEST(an_end_lets_plain_readers_finish)
{
    char heard[65536];
    ssize_t got, all = 0;
    int fd = capsule_dial_to(run, "gopher");
    ck_assert_int_eq(send(fd, "/ci", 3, MSG_NOSIGNAL), 3);
    capsule_wait(run, "/", 20);
    ck_assert_int_eq(kill(run->master, SIGTERM), 0);
    ck_assert_int_eq(send(fd, "ty/\r\n", 5, MSG_NOSIGNAL), 5);
    while ((got = recv(fd, heard, sizeof heard, 0)) > 0)
        all += got;
    ck_assert_int_eq(got, 0);
    ck_assert_int_gt(all, 100);
    close(fd);
    ck_assert_int_eq(capsule_end(run), 0);
}
END_TEST

START_TEST(answers_are_counted_by_protocol)
{
    for (int i = 0; i < 3; i++)
        ask_for("gopher", SPAN("/"));
    ask_for("nex", SPAN("/nope"));
    capsule_await(run, "log", "access: nex", 1);
    for (int64_t start = clock_monotonic(); clock_monotonic() - start < 10000;) {
        ck_assert_int_eq(capsule_tool(run, "status --json"), 0); /* into the log */
        if (capsule_count(run, "log", "\"gopher\": {\"20\": 3") > 0 &&
            capsule_count(run, "log", "\"nex\": {\"20\": 0, \"51\": 1") > 0)
            return;
    }
    ck_abort_msg("they are not");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("speaking");
    TCase *tests = tcase_create("speaking");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, every_page_says_the_same_in_every_protocol);
    tcase_add_test(tests, whoever_comes_gets_a_clear_answer_or_the_end);
    tcase_add_test(tests, a_selector_without_end_is_refused_and_read_away);
    tcase_add_test(tests, who_says_nothing_is_left_after_ten_seconds);
    tcase_add_test(tests, what_listens_outlives_reload_and_upgrade);
    tcase_add_test(tests, each_listener_has_letters_of_its_own);
    tcase_add_test(tests, an_end_lets_plain_readers_finish);
    tcase_add_test(tests, answers_are_counted_by_protocol);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
