/* SPDX-License-Identifier: ISC */
/* A newspaper on loopback, and the capsule that follows it: what songtu refresh asks for, what it
 * makes of it, and what readers get. */
#include "capsule.h"

#include "base/clock.h"
#include "base/hash.h"
#include "scripted.h"
#include "testing.h"

#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TEXT_BYTES = 64 * 1024, PATH_BYTES = 4096, PAPERS = 4 };

#define SENTENCE \
    "Nước sông lên nhanh, nhiều tuyến phố ở trung tâm ngập sâu, giao thông bị chia cắt. "
#define FIRST "stories/2026/ha-noi-mua-lon.gmi"
#define SECOND "stories/2026/hue-nang-len.gmi"

/* What the newspaper has at an address. */
static struct paper {
    const char *path;
    char text[TEXT_BYTES];
    const char *status, *type;
    char etag[32];
} papers[PAPERS];

static struct scripted *server;
static struct capsule_run *run;

static bool
answer(struct scripted_visit *visit, struct span path, int times, void *whom)
{
    char headers[256];
    (void)times;
    (void)whom;
    for (struct paper *paper = papers; paper < papers + PAPERS && paper->path != NULL; paper++) {
        if (!span_equal(path, span_of(paper->path)))
            continue;
        const char *asked = scripted_asked(server, scripted_count(server) - 1);
        bool same = paper->etag[0] != '\0' && strstr(asked, paper->etag) != NULL;
        snprintf(headers, sizeof headers, "Content-Type: %s\r\n%s%s%s", paper->type,
                 paper->etag[0] != '\0' ? "ETag: " : "", paper->etag,
                 paper->etag[0] != '\0' ? "\r\n" : "");
        return scripted_reply(visit, same ? "304 Not Modified" : paper->status, headers,
                              same ? SPAN("") : span_of(paper->text));
    }
    return scripted_reply(visit, "404 Not Found", "", SPAN("no"));
}

static struct paper *
publish(size_t at, const char *path, const char *type)
{
    struct paper *paper = &papers[at];
    *paper = (struct paper){ .path = path, .status = "200 OK", .type = type };
    return paper;
}

static void
begin_feed(struct paper *paper)
{
    snprintf(paper->text, TEXT_BYTES,
             "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\" "
             "xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel>"
             "<title>Báo Ví Dụ</title><link>http://127.0.0.1:%d/</link>",
             scripted_port(server));
}

/* `words` are of the whole story; NULL: the feed has a teaser of it. */
static void
add_item(struct paper *paper, const char *title, const char *path, const char *words)
{
    size_t at = strlen(paper->text);
    at += (size_t)snprintf(paper->text + at, TEXT_BYTES - at,
                           "<item><title>%s</title><link>http://127.0.0.1:%d%s</link>"
                           "<pubDate>Fri, 20 Nov 2026 08:00:00 +0700</pubDate>",
                           title, scripted_port(server), path);
    if (words == NULL)
        snprintf(paper->text + at, TEXT_BYTES - at,
                 "<description>Chỉ có phần đầu…</description></item>");
    else
        snprintf(paper->text + at, TEXT_BYTES - at,
                 "<content:encoded><![CDATA[<p>%s</p><p>Sáng. " SENTENCE SENTENCE
                 "</p><p>Chiều. " SENTENCE SENTENCE SENTENCE SENTENCE
                 "</p>]]></content:encoded></item>",
                 words);
}

static void
end_feed(struct paper *paper)
{
    strcat(paper->text, "</channel></rss>");
}

/* Both stories; the first one's opening is `words`. */
static struct paper *
publish_feed(const char *words)
{
    struct paper *feed = publish(0, "/feed", "application/rss+xml");
    begin_feed(feed);
    add_item(feed, "Hà Nội mưa lớn", "/ha-noi-mua-1000001.html", words);
    add_item(feed, "Huế nắng lên", "/hue-nang-1000002.html", "Nắng đã lên ở Huế.");
    end_feed(feed);
    return feed;
}

static void
settle(const char *more)
{
    char text[2048];
    snprintf(text, sizeof text,
             "contact: toa-soan@example.org\nsources:\n- name: Báo Ví Dụ\n"
             "  url: http://127.0.0.1:%d/feed\n  allow-private: 127.0.0.1:%d\n%s",
             scripted_port(server), scripted_port(server), more);
    testing_write(run->folder, "songtu.yaml", text);
}

static void
set_up(void)
{
    char command[PATH_BYTES];
    memset(papers, 0, sizeof papers);
    server = scripted_start(answer, NULL, NULL, NULL);
    run = capsule_prepare();
    snprintf(command, sizeof command,
             "cd '%s/content' && rm -rf stories pages moved.yaml && mkdir stories && "
             "chown --reference=. stories",
             run->folder);
    ck_assert_int_eq(system(command), 0);
    settle("");
}

static void
tear_down(void)
{
    capsule_stop(run);
    scripted_stop(server);
}

static int
refresh(const char *arguments)
{
    char command[PATH_BYTES];
    snprintf(command, sizeof command, "refresh %s", arguments);
    return capsule_tool(run, command);
}

static char *
read_story(const char *path)
{
    char name[PATH_BYTES];
    snprintf(name, sizeof name, "content/%s", path);
    return testing_read(run->folder, name);
}

static bool
holds(const char *path, const char *words)
{
    char *text = read_story(path);
    bool found = text != NULL && strstr(text, words) != NULL;
    free(text);
    return found;
}

static size_t
count_files(void)
{
    char command[PATH_BYTES];
    size_t count = 0;
    snprintf(command, sizeof command, "find '%s/content/stories' -type f | wc -l", run->folder);
    FILE *pipe = popen(command, "r");
    ck_assert_int_eq(fscanf(pipe, "%zu", &count), 1);
    pclose(pipe);
    return count;
}

static void
edit(const char *path, const char *from, const char *to)
{
    char command[PATH_BYTES];
    snprintf(command, sizeof command, "sed -i 's|%s|%s|' '%s/content/%s'", from, to, run->folder,
             path);
    ck_assert_int_eq(system(command), 0);
}

static size_t
asked_for(const char *path)
{
    size_t count = 0;
    char line[256];
    snprintf(line, sizeof line, "GET %s ", path);
    for (size_t i = 0; i < scripted_count(server); i++)
        count += strncmp(scripted_asked(server, i), line, strlen(line)) == 0;
    return count;
}

START_TEST(a_feeds_stories_are_served)
{
    publish_feed("Mưa lớn ở Hà Nội.");
    ck_assert_int_eq(refresh("--dry-run"), 0);
    ck_assert_uint_eq(count_files(), 0);
    ck_assert_uint_eq(capsule_count(run, "log", "+title: Hà Nội mưa lớn"), 1);
    ck_assert_int_eq(refresh(""), 0);
    ck_assert_uint_eq(count_files(), 2);
    ck_assert(holds(FIRST, "cities: [ha-noi]"));
    ck_assert(holds(SECOND, "cities: [hue]"));
    ck_assert(holds(FIRST, "/ha-noi-mua-1000001.html\n"));
    capsule_launch(run);
    struct heard heard = capsule_ask(run, "/story/ha-noi-mua-lon");
    ck_assert_ptr_nonnull(strstr(buffer_text(&heard.bytes), "\nMưa lớn ở Hà Nội.\n"));
    buffer_fini(&heard.bytes);
    ck_assert_int_eq(capsule_status(run, "/story/hue-nang-len"), 20);
}
END_TEST

START_TEST(a_second_time_nothing_changes)
{
    strcpy(publish_feed("Mưa lớn ở Hà Nội.")->etag, "\"a1\"");
    ck_assert_int_eq(refresh(""), 0);
    char *before = read_story(FIRST);
    ck_assert_int_eq(refresh(""), 0); /* it is not due */
    ck_assert_uint_eq(scripted_count(server), 1);
    ck_assert_int_eq(refresh("bao-vi-du"), 0);
    ck_assert_uint_eq(scripted_count(server), 2);
    ck_assert_ptr_nonnull(strstr(scripted_asked(server, 1), "If-None-Match: \"a1\"\r\n"));
    ck_assert_ptr_nonnull(strstr(scripted_asked(server, 1), "toa-soan@example.org"));
    char *after = read_story(FIRST);
    ck_assert_str_eq(before, after);
    ck_assert_uint_eq(count_files(), 2);
    free(before);
    free(after);
}
END_TEST

START_TEST(who_asks_says_which_capsule_he_is_of)
{
    char text[512];
    publish_feed("Mưa lớn ở Hà Nội.");
    snprintf(text, sizeof text,
             "host: capsule.example\nsources:\n- name: Báo\n  url: http://127.0.0.1:%d/feed\n"
             "  allow-private: 127.0.0.1:%d\n",
             scripted_port(server), scripted_port(server));
    testing_write(run->folder, "songtu.yaml", text);
    ck_assert_int_eq(refresh(""), 0);
    ck_assert_ptr_nonnull(strstr(scripted_asked(server, 0), "(+gemini://capsule.example/;"));
}
END_TEST

START_TEST(a_story_that_changed_is_updated_in_place)
{
    publish_feed("Mưa lớn ở Hà Nội.");
    ck_assert_int_eq(refresh(""), 0);
    publish_feed("Mưa lớn ở Hà Nội đã ngớt.");
    ck_assert_int_eq(refresh("--force"), 0);
    ck_assert(holds(FIRST, "\nMưa lớn ở Hà Nội đã ngớt.\n"));
    ck_assert_uint_eq(count_files(), 2);
    ck_assert_uint_eq(capsule_count(run, "log", "updated " FIRST), 1);
    ck_assert_uint_eq(capsule_count(run, "var/previous/ha-noi-mua-lon.gmi", "Mưa lớn ở Hà Nội.\n"),
                      2);
}
END_TEST

START_TEST(a_story_with_another_headline_keeps_its_address)
{
    publish_feed("Mưa lớn ở Hà Nội.");
    ck_assert_int_eq(refresh(""), 0);
    struct paper *feed = publish(0, "/feed", "application/rss+xml");
    begin_feed(feed);
    add_item(feed, "Hà Nội hết mưa", "/ha-noi-het-mua-1000001.html", "Mưa đã tạnh.");
    end_feed(feed);
    ck_assert_int_eq(refresh("--force"), 0);
    ck_assert(holds(FIRST, "title: Hà Nội hết mưa\n"));
    ck_assert_uint_eq(count_files(), 2);
}
END_TEST

START_TEST(what_a_person_edited_is_kept)
{
    publish_feed("Mưa lớn ở Hà Nội.");
    ck_assert_int_eq(refresh(""), 0);
    edit(FIRST, "^Mưa lớn ở Hà Nội.$", "Mưa rất lớn, người biên tập viết.");
    publish_feed("Mưa lớn ở Hà Nội đã ngớt.");
    ck_assert_int_eq(refresh("--force"), 0);
    ck_assert(holds(FIRST, "\nMưa rất lớn, người biên tập viết.\n"));
    ck_assert(holds(FIRST ".incoming", "\nMưa lớn ở Hà Nội đã ngớt.\n"));
    ck_assert_uint_eq(count_files(), 3);
}
END_TEST

START_TEST(what_a_feed_names_no_more_stays)
{
    publish_feed("Mưa lớn ở Hà Nội.");
    ck_assert_int_eq(refresh(""), 0);
    struct paper *feed = publish(0, "/feed", "application/rss+xml");
    begin_feed(feed);
    add_item(feed, "Huế nắng lên", "/hue-nang-1000002.html", "Nắng đã lên ở Huế.");
    end_feed(feed);
    ck_assert_int_eq(refresh("--force"), 0);
    ck_assert(holds(FIRST, "\nMưa lớn ở Hà Nội.\n"));
    ck_assert_uint_eq(count_files(), 2);
}
END_TEST

START_TEST(what_was_withdrawn_or_deleted_does_not_come_back)
{
    publish_feed("Mưa lớn ở Hà Nội.");
    ck_assert_int_eq(refresh(""), 0);
    ck_assert_int_eq(capsule_tool(run, "index"), 0);
    ck_assert_int_eq(capsule_tool(run, "withdraw ha-noi-mua-lon"), 0);
    publish_feed("Mưa lớn ở Hà Nội đã ngớt.");
    ck_assert_int_eq(refresh("--force"), 0);
    ck_assert(!holds(FIRST, "đã ngớt"));
    testing_write(run->folder, "content/moved.yaml", "hue-nang-len: gone\n");
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/content/" SECOND, run->folder);
    ck_assert_int_eq(unlink(path), 0);
    publish_feed("Mưa lớn ở Hà Nội đã tạnh.");
    ck_assert_int_eq(refresh("--force"), 0);
    ck_assert_uint_eq(count_files(), 1);
}
END_TEST

START_TEST(a_broken_feed_changes_nothing)
{
    publish_feed("Mưa lớn ở Hà Nội.");
    ck_assert_int_eq(refresh(""), 0);
    strcpy(publish(0, "/feed", "text/html")->text, "<html><p>Bảo trì</p></html>");
    settle("  kind: feed\n");
    ck_assert_int_eq(refresh("--force"), 2);
    ck_assert_uint_eq(count_files(), 2);
    publish(0, "/feed", "text/plain")->status = "500 Internal Server Error";
    ck_assert_int_eq(refresh("--force"), 2);
    ck_assert_uint_eq(count_files(), 2);
    publish_feed("Mưa lớn ở Hà Nội.");
    ck_assert_int_eq(refresh("--force"), 0);
    ck_assert_uint_eq(count_files(), 2);
}
END_TEST

START_TEST(the_exit_status_tells_how_many_failed)
{
    char more[512];
    publish_feed("Mưa lớn ở Hà Nội.");
    snprintf(more, sizeof more,
             "- name: Không có\n  url: http://127.0.0.1:%d/none\n  allow-private: 127.0.0.1:%d\n",
             scripted_port(server), scripted_port(server));
    settle(more);
    ck_assert_int_eq(refresh(""), 1);
    ck_assert_uint_eq(count_files(), 2);
    ck_assert_int_eq(refresh("khong-co"), 2);
    ck_assert_int_eq(refresh("bao-vi-du"), 0);
    ck_assert_int_eq(refresh("ai-do"), 2);
    settle("  evry: 1h\n");
    ck_assert_int_eq(refresh(""), 2);
    ck_assert_uint_eq(
        capsule_count(run, "log", "songtu.yaml:6: a source has no `evry`: do you mean `every`?"),
        1);
}
END_TEST

START_TEST(a_story_the_feed_only_begins_is_read_on_its_page)
{
    struct paper *feed = publish(0, "/feed", "application/rss+xml");
    struct paper *page = publish(1, "/hue-1000003.html", "text/html; charset=utf-8");
    begin_feed(feed);
    add_item(feed, "Huế mưa ba ngày", "/hue-1000003.html", NULL);
    end_feed(feed);
    strcpy(page->text,
           "<!doctype html><html lang=vi><head><title>Huế mưa ba ngày - Báo Ví Dụ</title></head>"
           "<body><article><h1>Huế mưa ba ngày</h1><p>Mưa ba ngày ở Huế. " SENTENCE SENTENCE
           "</p><p>Học sinh nghỉ học. " SENTENCE SENTENCE "</p><p>Đường ngập nửa mét. " SENTENCE
           "</p></article></body></html>");
    ck_assert_int_eq(refresh(""), 0);
    ck_assert(holds("stories/2026/hue-mua-ba-ngay.gmi", "Học sinh nghỉ học. "));
    ck_assert_uint_eq(asked_for("/robots.txt"), 1);
    ck_assert_uint_eq(asked_for("/hue-1000003.html"), 1);
    for (size_t i = 1; i < scripted_count(server); i++)
        ck_assert_int_ge((int)(scripted_came(server, i) - scripted_left(server, i - 1)), 1900);
    strcat(feed->text, "\n");
    ck_assert_int_eq(refresh("--force"), 0);
    ck_assert_uint_eq(asked_for("/hue-1000003.html"), 1); /* nothing is new about it */
}
END_TEST

START_TEST(a_page_robots_may_not_read_is_shown_as_its_feed_has_it)
{
    struct paper *feed = publish(0, "/feed", "application/rss+xml");
    strcpy(publish(1, "/robots.txt", "text/plain")->text, "User-agent: *\nDisallow: /hue\n");
    begin_feed(feed);
    add_item(feed, "Huế mưa ba ngày", "/hue-1000003.html", NULL);
    end_feed(feed);
    ck_assert_int_eq(refresh(""), 0);
    ck_assert_uint_eq(asked_for("/hue-1000003.html"), 0);
    ck_assert(holds("stories/2026/hue-mua-ba-ngay.gmi", "hue-1000003.html Đọc tiếp tại Báo Ví Dụ"));
}
END_TEST

/* Two pages of one site, each a source. */
static void
settle_pages(void)
{
    char text[1024];
    int port = scripted_port(server);
    for (size_t i = 0; i < 2; i++)
        snprintf(publish(i, i == 0 ? "/mot.html" : "/hai.html", "text/html; charset=utf-8")->text,
                 TEXT_BYTES,
                 "<!doctype html><html lang=vi><head><title>Tin %zu</title></head><body><article>"
                 "<h1>Tin %zu</h1><p>" SENTENCE SENTENCE "</p><p>" SENTENCE SENTENCE
                 "</p><p>" SENTENCE "</p></article></body></html>",
                 i, i);
    snprintf(text, sizeof text,
             "contact: toa-soan@example.org\nsources:\n"
             "- name: Một\n  kind: page\n  url: http://127.0.0.1:%d/mot.html\n"
             "  allow-private: 127.0.0.1:%d\n"
             "- name: Hai\n  kind: page\n  url: http://127.0.0.1:%d/hai.html\n"
             "  allow-private: 127.0.0.1:%d\n",
             port, port, port, port);
    testing_write(run->folder, "songtu.yaml", text);
}

START_TEST(who_has_to_wait_has_not_failed)
{
    settle_pages();
    strcpy(publish(2, "/robots.txt", "text/plain")->text, "User-agent: *\nCrawl-delay: 600\n");
    ck_assert_int_eq(refresh(""), 0);
    ck_assert_uint_eq(asked_for("/robots.txt"), 1);
    ck_assert_uint_eq(asked_for("/mot.html"), 1);
    ck_assert_uint_eq(asked_for("/hai.html"), 0);
    ck_assert_uint_eq(capsule_count(run, "log", "1 of 2 sources asked, 0 failed"), 1);
    ck_assert_uint_eq(
        capsule_count(run, "log", "/hai.html: its site wants a longer pause between pages"), 1);
}
END_TEST

/* As an earlier refresh would have written it down. */
static void
remember_hold(const char *host)
{
    char sum[HASH_TEXT + 1], until[CLOCK_TEXT], text[512];
    int64_t later = clock_now() + 60 * 60;
    snprintf(text, sizeof text, "songtu refresh 1\nhold %s %s\n", clock_print(later, until), host);
    hash_text(span_of(text), sum);
    size_t at = strlen(text);
    snprintf(text + at, sizeof text - at, "sum %s\n", sum);
    testing_write(run->folder, "var/refresh.state", text);
}

START_TEST(a_host_that_asked_to_be_left_alone_is_not_asked_on_the_way_either)
{
    char text[512], type[128];
    int port = scripted_port(server);
    snprintf(type, sizeof type, "text/plain\r\nLocation: http://127.0.0.2:%d/there", port);
    publish(0, "/feed", type)->status = "302 Found";
    snprintf(text, sizeof text,
             "contact: toa-soan@example.org\nsources:\n- name: Báo\n"
             "  url: http://127.0.0.1:%d/feed\n"
             "  allow-private: [\"127.0.0.1:%d\", \"127.0.0.2:%d\"]\n",
             port, port, port);
    testing_write(run->folder, "songtu.yaml", text);
    remember_hold("127.0.0.2");
    ck_assert_int_eq(refresh(""), 0);
    ck_assert_uint_eq(asked_for("/feed"), 1);
    ck_assert_uint_eq(asked_for("/there"), 0);
    ck_assert_uint_eq(capsule_count(run, "log", "/feed: its host asked us to stay away"), 1);
    ck_assert_uint_eq(capsule_count(run, "log", "0 of 1 sources asked, 0 failed"), 1);
}
END_TEST

START_TEST(a_lost_state_costs_fetches_and_no_story)
{
    char command[PATH_BYTES];
    strcpy(publish_feed("Mưa lớn ở Hà Nội.")->etag, "\"a1\"");
    ck_assert_int_eq(refresh(""), 0);
    char *before = read_story(FIRST);
    snprintf(command, sizeof command, "rm -r '%s/var'", run->folder);
    ck_assert_int_eq(system(command), 0);
    ck_assert_int_eq(refresh(""), 0);
    char *after = read_story(FIRST);
    ck_assert_str_eq(before, after);
    ck_assert_uint_eq(count_files(), 2);
    ck_assert_ptr_null(strstr(scripted_asked(server, 1), "If-None-Match"));
    free(before);
    free(after);
}
END_TEST

START_TEST(one_page_is_imported_by_hand)
{
    char command[PATH_BYTES];
    struct paper *page = publish(0, "/hue-1000003.html?utm_source=x", "text/html; charset=utf-8");
    snprintf(page->text, TEXT_BYTES,
             "<!doctype html><html lang=vi><head><title>Huế mưa ba ngày - Báo Ví Dụ</title></head>"
             "<body><article><h1>Huế mưa ba ngày</h1><p>Mưa ba ngày ở Huế. " SENTENCE SENTENCE
             "</p><p>Học sinh nghỉ học. " SENTENCE SENTENCE "</p><p>Đường ngập nửa mét. " SENTENCE
             "</p></article></body></html>");
    snprintf(command, sizeof command,
             "import --dry-run --allow-private 127.0.0.1:%d "
             "'http://127.0.0.1:%d/hue-1000003.html?utm_source=x'",
             scripted_port(server), scripted_port(server));
    ck_assert_int_eq(capsule_tool(run, command), 0);
    ck_assert_uint_eq(count_files(), 0);
    ck_assert_uint_eq(capsule_count(run, "log", "+title: Huế mưa ba ngày"), 1);
    snprintf(command, sizeof command,
             "import --allow-private 127.0.0.1:%d "
             "'http://127.0.0.1:%d/hue-1000003.html?utm_source=x'",
             scripted_port(server), scripted_port(server));
    ck_assert_int_eq(capsule_tool(run, command), 0);
    ck_assert(holds("stories/2026/hue-mua-ba-ngay.gmi", "/hue-1000003.html\n") ||
              holds("stories/undated/hue-mua-ba-ngay.gmi", "/hue-1000003.html\n"));
    snprintf(command, sizeof command, "import 'http://127.0.0.1:%d/x'", scripted_port(server));
    ck_assert_int_eq(capsule_tool(run, command), 3);
    ck_assert_uint_ge(capsule_count(run, "log", "/x: "), 1);
}
END_TEST

START_TEST(check_tells_of_what_waits_beside_and_of_sources)
{
    publish_feed("Mưa lớn ở Hà Nội.");
    ck_assert_int_eq(refresh(""), 0);
    edit(FIRST, "^Mưa lớn ở Hà Nội.$", "Mưa rất lớn.");
    publish_feed("Mưa lớn ở Hà Nội đã ngớt.");
    ck_assert_int_eq(refresh("--force"), 0);
    settle("  cities: [atlantis]\n");
    ck_assert_int_eq(capsule_tool(run, "check"), 1);
    ck_assert_uint_eq(capsule_count(run, "log", FIRST ".incoming: hint: what its source says"), 1);
    ck_assert_uint_eq(capsule_count(run, "log",
                                    "songtu.yaml:3: the source `Báo Ví Dụ`: `atlantis` is not in "
                                    "cities.yaml: add it there"),
                      1);
}
END_TEST

/* Another newspaper's feed, of another host as far as anybody can see. */
static void
publish_elsewhere(const char *title, const char *words)
{
    struct paper *feed = publish(1, "/other", "application/rss+xml");
    begin_feed(feed);
    add_item(feed, title, "/x", words);
    end_feed(feed);
    char *link = strstr(feed->text, "<item>");
    link = strstr(link, "http://127.0.0.1:");
    memcpy(link, "http://127.0.0.2:", strlen("http://127.0.0.2:"));
}

START_TEST(a_story_that_two_papers_tell_is_one)
{
    char more[512];
    publish_feed("Mưa lớn ở Hà Nội.");
    publish_elsewhere("Hà Nội mưa lớn", "Mưa lớn ở Hà Nội.");
    snprintf(more, sizeof more,
             "- name: Báo Khác\n  url: http://127.0.0.1:%d/other\n  allow-private: 127.0.0.1:%d\n",
             scripted_port(server), scripted_port(server));
    settle(more);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(refresh("--force"), 0);
        ck_assert_uint_eq(count_files(), 2);
        ck_assert(holds(FIRST, "/x Cũng đăng tại Báo Khác\n"));
    }
    publish_feed("Mưa lớn ở Hà Nội đã ngớt.");
    ck_assert_int_eq(refresh("bao-vi-du"), 0);
    ck_assert(holds(FIRST, "/x Cũng đăng tại Báo Khác\n"));
    ck_assert(holds(FIRST, "\nMưa lớn ở Hà Nội đã ngớt.\n"));
    ck_assert_int_eq(refresh("--force"), 0);
    ck_assert_uint_eq(count_files(), 2);
}
END_TEST

START_TEST(the_daemon_refreshes_by_itself)
{
    publish_feed("Mưa lớn ở Hà Nội.");
    capsule_launch(run);
    capsule_wait(run, "/story/ha-noi-mua-lon", 20);
    capsule_await(run, "log", "refreshed sources=1 failed=0 new=2 updated=0", 1);
    ck_assert_uint_eq(scripted_count(server), 1);
    /* Whoever starts anew asks nobody who is not due. */
    ck_assert_int_eq(kill(run->master, SIGHUP), 0);
    capsule_await(run, "log", "serving generation=2", 1);
    publish_feed("Mưa lớn ở Hà Nội đã ngớt.");
    ck_assert_int_eq(refresh("--force"), 0);
    ck_assert_uint_eq(scripted_count(server), 2);
}
END_TEST

/* What scripts/refresh says, as cron would mail it; the caller's to free. */
static char *
run_as_cron(int wanted)
{
    char command[2 * PATH_BYTES + 128], here[PATH_BYTES];
    ck_assert_ptr_nonnull(getcwd(here, sizeof here));
    snprintf(command, sizeof command,
             "cd '%s' && SONGTU=./songtu '%s/scripts/refresh' --force >mail 2>&1", run->folder,
             here);
    int status = system(command);
    ck_assert_int_eq(WEXITSTATUS(status), wanted);
    return testing_read(run->folder, "mail");
}

START_TEST(cron_mails_what_is_new_and_what_fails_and_nothing_else)
{
    publish_feed("Mưa lớn ở Hà Nội.");
    char *first = run_as_cron(0), *second = run_as_cron(0);
    publish(0, "/feed", "text/plain")->status = "500 Internal Server Error";
    char *third = run_as_cron(2);
    ck_assert_ptr_eq(strchr(first, '\n') + 1, first + strlen(first)); /* one line */
    ck_assert_ptr_nonnull(strstr(first, "0 failed: 2 new, 0 updated"));
    ck_assert_str_eq(second, "");
    ck_assert_ptr_nonnull(strstr(third, "/feed: "));
    ck_assert_ptr_nonnull(strstr(third, "1 failed: 0 new, 0 updated"));
    free(first);
    free(second);
    free(third);
}
END_TEST

START_TEST(what_came_of_it_is_told_in_json)
{
    char command[PATH_BYTES];
    json_error_t error;
    publish_feed("Mưa lớn ở \"Hà Nội\".");
    snprintf(command, sizeof command, "cd '%s' && ./songtu refresh --json >out 2>>log",
             run->folder);
    ck_assert_int_eq(system(command), 0);
    char *text = testing_read(run->folder, "out");
    json_t *told = json_loads(text, 0, &error);
    ck_assert_msg(told != NULL, "%s: %s", error.text, text);
    const json_t *source = json_array_get(json_object_get(told, "sources"), 0);
    ck_assert_str_eq(json_string_value(json_object_get(source, "source")), "bao-vi-du");
    ck_assert_str_eq(json_string_value(json_object_get(source, "end")), "taken");
    ck_assert_int_eq(json_integer_value(json_object_get(source, "new")), 2);
    ck_assert_uint_eq(json_array_size(json_object_get(told, "stories")), 2);
    json_decref(told);
    free(text);
}
END_TEST

START_TEST(one_refresh_at_a_time)
{
    char command[PATH_BYTES];
    publish_feed("Mưa lớn ở Hà Nội.");
    ck_assert_int_eq(refresh(""), 0);
    snprintf(command, sizeof command,
             "cd '%s' && flock var/refresh.lock ./songtu refresh --force >>log 2>&1", run->folder);
    int status = system(command);
    ck_assert_int_eq(WEXITSTATUS(status), 2);
    ck_assert_uint_eq(scripted_count(server), 1);
    ck_assert_int_eq(refresh("--force"), 0);
}
END_TEST

/* Every file is whole, and there is no other but the stories. */
static void
assert_whole(void)
{
    ck_assert_uint_le(count_files(), 2 + 1); /* a killed writer's temporary one */
    char *first = read_story(FIRST), *second = read_story(SECOND);
    ck_assert(first == NULL || strstr(first, "Chiều. " SENTENCE) != NULL);
    ck_assert(second == NULL || strstr(second, "Chiều. " SENTENCE) != NULL);
    free(first);
    free(second);
}

START_TEST(killed_at_any_moment_it_loses_and_doubles_nothing)
{
    publish_feed("Mưa lớn ở Hà Nội.");
    for (int i = 0; i < capsule_kills(); i++) {
        pid_t child = fork();
        ck_assert_int_ge(child, 0);
        if (child == 0) {
            if (chdir(run->folder) != 0 || freopen("log", "a", stdout) == NULL ||
                dup2(STDOUT_FILENO, STDERR_FILENO) < 0)
                _exit(1);
            execl("./songtu", "songtu", "refresh", "--force", (char *)NULL);
            _exit(1);
        }
        struct timespec moment = { 0, (i * 7919L % 60) * 1000000L };
        nanosleep(&moment, NULL);
        kill(child, SIGKILL);
        ck_assert_int_eq(waitpid(child, NULL, 0), child);
        assert_whole();
    }
    ck_assert_int_eq(refresh("--force"), 0);
    assert_whole();
    ck_assert(holds(FIRST, "Mưa lớn ở Hà Nội.") && holds(SECOND, "Nắng đã lên ở Huế."));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("refreshing");
    TCase *tests = tcase_create("refreshing");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_set_timeout(tests, 240);
    tcase_add_test(tests, a_feeds_stories_are_served);
    tcase_add_test(tests, a_second_time_nothing_changes);
    tcase_add_test(tests, who_asks_says_which_capsule_he_is_of);
    tcase_add_test(tests, a_story_that_changed_is_updated_in_place);
    tcase_add_test(tests, a_story_with_another_headline_keeps_its_address);
    tcase_add_test(tests, what_a_person_edited_is_kept);
    tcase_add_test(tests, what_a_feed_names_no_more_stays);
    tcase_add_test(tests, what_was_withdrawn_or_deleted_does_not_come_back);
    tcase_add_test(tests, a_broken_feed_changes_nothing);
    tcase_add_test(tests, the_exit_status_tells_how_many_failed);
    tcase_add_test(tests, a_story_the_feed_only_begins_is_read_on_its_page);
    tcase_add_test(tests, a_page_robots_may_not_read_is_shown_as_its_feed_has_it);
    tcase_add_test(tests, who_has_to_wait_has_not_failed);
    tcase_add_test(tests, a_host_that_asked_to_be_left_alone_is_not_asked_on_the_way_either);
    tcase_add_test(tests, a_lost_state_costs_fetches_and_no_story);
    tcase_add_test(tests, one_page_is_imported_by_hand);
    tcase_add_test(tests, check_tells_of_what_waits_beside_and_of_sources);
    tcase_add_test(tests, a_story_that_two_papers_tell_is_one);
    tcase_add_test(tests, the_daemon_refreshes_by_itself);
    tcase_add_test(tests, cron_mails_what_is_new_and_what_fails_and_nothing_else);
    tcase_add_test(tests, what_came_of_it_is_told_in_json);
    tcase_add_test(tests, one_refresh_at_a_time);
    tcase_add_test(tests, killed_at_any_moment_it_loses_and_doubles_nothing);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
