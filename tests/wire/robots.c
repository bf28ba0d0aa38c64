/* SPDX-License-Identifier: ISC */
#include "wire/robots.h"

#include "base/buffer.h"
#include "testing.h"

#include <stdio.h>
#include <string.h>

static struct region *region;

static void
begin(void)
{
    region = region_new();
}

static void
end(void)
{
    region_free(region);
}

static struct robots
parse(const char *text)
{
    struct robots robots;
    robots_parse(span_of(text), SPAN("songtu"), region, &robots);
    return robots;
}

/* With one group for us. */
static const struct {
    const char *rules, *target;
    bool allowed;
} rows[] = {
    { "", "/a", true },
    { "Disallow:", "/a", true },
    { "Disallow: /", "/", false },
    { "Disallow: /", "/robots.txt", true },
    { "Disallow: /a", "/a", false },
    { "Disallow: /a", "/abc?d", false },
    { "Disallow: /a", "/A", true },
    { "Disallow: /a/", "/a", true },
    { "Disallow: a", "/a", true },
    /* The longest rule that matches wins; Allow among equals. */
    { "Allow: /a\nDisallow: /", "/ab", true },
    { "Disallow: /\nAllow: /a", "/ab", true },
    { "Disallow: /ab\nAllow: /a", "/ab", false },
    { "Disallow: /a\nAllow: /a", "/a", true },
    { "Allow: /a\nDisallow: /*.htm", "/a.htm", false },
    { "Allow: /a.htm\nDisallow: /*.htm", "/a.htm", true },
    /* * and $. */
    { "Disallow: /*.php", "/a/b.php?c", false },
    { "Disallow: /*.php$", "/a/b.php?c", true },
    { "Disallow: /*.php$", "/a/b.php", false },
    { "Disallow: /*.php$", "/a.php/b.php", false },
    { "Disallow: /a$", "/a", false },
    { "Disallow: /a$", "/ab", true },
    { "Disallow: /*", "/", false },
    { "Disallow: *", "/a", false },
    { "Disallow: /a*b*c", "/a-b-b-c-d", false },
    { "Disallow: /a*b*c", "/a-c-b", true },
    { "Disallow: /a*bc$", "/a-bcbc", false },
    { "Disallow: /a*a$", "/a", true },
    { "Disallow: /a**b", "/a-b", false },
    { "Disallow: /$/a", "/$/ab", false }, /* it ends nothing in the middle */
    /* Escapes: one form for both. */
    { "Disallow: /%61", "/a", false },
    { "Disallow: /a", "/%61", false },
    { "Disallow: /\xC3\xAA", "/%c3%aa", false },
    { "Disallow: /%C3%AA", "/\xC3\xAA", false },
    { "Disallow: /a%2fb", "/a/b", true },
    { "Disallow: /a%2Fb", "/a%2fb", false },
    { "Disallow: /a%2A", "/a*", false },
    { "Disallow: /a%2A", "/abc", true },
    { "Disallow: /%zz", "/%zz", false },
    /* What is written around rules. */
    { "disallow :/a # all of it", "/ab", false },
    { "Disallow: /a#b", "/a", false },
    { "Disallow\t:\t/a", "/a", false },
    { "Disallow /a", "/a", true },
    { "Noindex: /a", "/a", true },
    { "Sitemap: https://a.vn/s.xml\nDisallow: /a", "/a", false },
};

START_TEST(a_rule_is_for_what_it_matches)
{
    char text[512];
    snprintf(text, sizeof text, "User-agent: songtu\n%s\n", rows[_i].rules);
    struct robots robots = parse(text);
    ck_assert_msg(robots_allows(&robots, span_of(rows[_i].target)) == rows[_i].allowed, "%s: %s",
                  rows[_i].rules, rows[_i].target);
}
END_TEST

/* Which groups are for us: /a tells. */
static const struct {
    const char *text;
    bool allowed;
} groups[] = {
    { "Disallow: /a\n", true }, /* nobody's */
    { "User-agent: *\nDisallow: /a", false },
    { "User-agent: other\nDisallow: /a", true },
    { "User-agent: other\nUser-agent: songtu\nDisallow: /a", false },
    { "User-agent: songtu\nUser-agent: other\nDisallow: /a", false },
    { "User-agent: songtu\nUser-agent: other\n\n# x\nDisallow: /a", false },
    { "User-agent: *\nDisallow: /a\nUser-agent: songtu\nDisallow: /b", true },
    { "User-agent: songtu\nDisallow: /b\nUser-agent: *\nDisallow: /a", true },
    { "User-agent: *\nAllow: /a\nUser-agent: songtu\nDisallow: /a", false },
    { "User-agent: songtu\nDisallow: /b\nUser-agent: x\nDisallow: /c\nUser-agent: songtu\n"
      "Disallow: /a",
      false }, /* two groups are one */
    { "User-agent: SongTu/2.0 (news)\nDisallow: /a", false },
    { "User-agent: song\nDisallow: /a", true },
    { "User-agent: songtubot\nDisallow: /a", true },
    { "User-agent: songtu\nUser-agent: other", true },
    { "User-agent: songtu\nSitemap: /s\nUser-agent: other\nDisallow: /a", false },
    { "\xEF\xBB\xBFUser-agent: *\r\nDisallow: /a\r\n", false },
    { "User-agent: *\rDisallow: /a\r", false },
    { "<!doctype html><p>404: /a", true },
};

START_TEST(a_group_is_for_those_it_names)
{
    struct robots robots = parse(groups[_i].text);
    ck_assert_msg(robots_allows(&robots, SPAN("/a")) == groups[_i].allowed, "%s", groups[_i].text);
}
END_TEST

static const struct {
    const char *text;
    int64_t delay;
} delays[] = {
    { "User-agent: *\nCrawl-delay: 10", 10000 },
    { "User-agent: *\nCrawl-delay: 2.5", 2500 },
    { "User-agent: *\nCrawl-delay: 0", 0 },
    { "User-agent: *\nCrawl-delay: -1", 0 },
    { "User-agent: *\nCrawl-delay: soon", 0 },
    { "User-agent: *\nCrawl-delay: 99999999999", 0 },
    { "User-agent: other\nCrawl-delay: 10", 0 },
    { "User-agent: *\nCrawl-delay: 10\nUser-agent: songtu\nDisallow: /a", 0 },
    { "User-agent: *\nCrawl-delay: 3\nCrawl-delay: 5\nCrawl-delay: 4", 5000 },
};

START_TEST(a_delay_is_the_longest_asked_for)
{
    ck_assert_int_eq(parse(delays[_i].text).delay, delays[_i].delay);
}
END_TEST

START_TEST(a_foes_rules_cost_little)
{
    struct buffer text = BUFFER_EMPTY;
    char target[2000];
    memset(target, 'a', sizeof target);
    target[0] = '/';
    buffer_add_text(&text, "User-agent: *\n");
    for (int i = 0; i < 3 * ROBOTS_RULES_MAX; i++)
        buffer_printf(&text, "Disallow: /*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*ab%d\n", i);
    struct robots robots;
    robots_parse(buffer_span(&text), SPAN("songtu"), region, &robots);
    ck_assert_uint_eq(robots.count, ROBOTS_RULES_MAX);
    ck_assert(robots_allows(&robots, (struct span){ target, sizeof target }));
    buffer_fini(&text);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof *(table))

int
main(void)
{
    Suite *suite = suite_create("robots");
    TCase *reading = tcase_create("reading");
    tcase_add_checked_fixture(reading, begin, end);
    tcase_add_loop_test(reading, a_rule_is_for_what_it_matches, 0, COUNT(rows));
    tcase_add_loop_test(reading, a_group_is_for_those_it_names, 0, COUNT(groups));
    tcase_add_loop_test(reading, a_delay_is_the_longest_asked_for, 0, COUNT(delays));
    tcase_add_test(reading, a_foes_rules_cost_little);
    suite_add_tcase(suite, reading);
    return testing_run(suite);
}
