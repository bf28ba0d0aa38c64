/* SPDX-License-Identifier: ISC */
#include "wire/canonical.h"

#include "base/buffer.h"

#include "testing.h"

static struct region *region;

static void
open_region(void)
{
    region = region_new();
}

static void
close_region(void)
{
    region_free(region);
}

static const struct {
    const char *url, *canonical;
} urls[] = {
    { "HTTPS://Bao.Example/Tin", "https://bao.example/Tin" },
    { "https://bao.example", "https://bao.example/" },
    { "https://bao.example.:443/", "https://bao.example/" },
    { "http://bao.example:80/a", "http://bao.example/a" },
    { "http://bao.example:8080/a", "http://bao.example:8080/a" },
    { "gemini://bao.example:1965/a", "gemini://bao.example/a" },
    { "https://[2001:DB8::1]:443/a", "https://[2001:db8::1]/a" },
    { "https://bao.example/a#binh-luan", "https://bao.example/a" },
    { "https://bao.example/a?", "https://bao.example/a" },
    { "https://www.bao.example/a", "https://www.bao.example/a" },
    /* Who came from where. */
    { "https://bao.example/a?utm_source=rss&utm_medium=feed", "https://bao.example/a" },
    { "https://bao.example/a?fbclid=x&id=7&gclid=y&zarsrc=30&gidzl=z&vn_source=rss&ref=home",
      "https://bao.example/a?id=7" },
    { "https://bao.example/a?UTM_Campaign=1", "https://bao.example/a" },
    { "https://bao.example/a?reference=1", "https://bao.example/a?reference=1" },
    /* What is left, in order. */
    { "https://bao.example/a?muc=2&id=9&&id=10", "https://bao.example/a?id=10&id=9&muc=2" },
    /* Escapes. */
    { "https://bao.example/%7Ean/%c3%a0%2f?q=%41%26", "https://bao.example/~an/%C3%A0%2F?q=A%26" },
    { "https://bao.example/hà", "https://bao.example/h%C3%A0" },
    { "https://bao.example/a/./b/../c", "https://bao.example/a/c" },
    { "https://bao.example/a/%2e%2E/c", "https://bao.example/c" },
    /* Forms for telephones. */
    { "https://m.bao.example/a", "https://bao.example/a" },
    { "https://amp.bao.example/a", "https://bao.example/a" },
    { "https://mobile.bao.example/a", "https://bao.example/a" },
    { "https://m.example/a", "https://m.example/a" },
    { "https://bao.example/a/amp", "https://bao.example/a" },
    { "https://bao.example/a/amp/", "https://bao.example/a" },
    { "https://bao.example/a-123456.amp", "https://bao.example/a-123456" },
    { "https://bao.example/amp/a-123456.html", "https://bao.example/a-123456.html" },
    { "https://bao.example/a?amp=1", "https://bao.example/a" },
    { "https://bao.example/den-amp", "https://bao.example/den-amp" },
    /* None. */
    { "/a", NULL },
    { "mailto:an@bao.example", NULL },
    { "https://", NULL },
    { "", NULL },
};

START_TEST(an_address_has_one_form)
{
    struct span canonical = { NULL, 0 }, again;
    bool good = canonical_url(span_of(urls[_i].url), region, &canonical);
    ck_assert_int_eq(good, urls[_i].canonical != NULL);
    if (!good)
        return;
    ck_assert_str_eq(canonical.at, urls[_i].canonical);
    ck_assert(canonical_url(canonical, region, &again) && span_equal(canonical, again));
}
END_TEST

static const struct {
    const char *url, *claim, *chosen;
} claims[] = {
    { "https://bao.example/a?trang=2", "https://bao.example/a", "https://bao.example/a" },
    { "https://m.bao.example/a", "https://www.bao.example/a", "https://www.bao.example/a" },
    { "https://bao.example/a", "https://khac.example/a", "https://bao.example/a" },
    { "https://bao.example/a", "https://bao.example/", "https://bao.example/a" },
    { "https://bao.example/a", "", "https://bao.example/a" },
    { "https://bao.example/a", "khong phai", "https://bao.example/a" },
};

START_TEST(what_a_page_says_is_believed_on_its_own_site)
{
    struct span chosen;
    ck_assert(
        canonical_choose(span_of(claims[_i].url), span_of(claims[_i].claim), region, &chosen));
    ck_assert_str_eq(chosen.at, claims[_i].chosen);
}
END_TEST

static const struct {
    const char *url, *host, *number;
} keys[] = {
    { "https://plo.example/mua-lon-post898996.html", "plo.example", "898996" },
    { "https://www.vtc.example/mua-lon-ar1007122.html", "vtc.example", "1007122" },
    { "https://express.example/mua-lon-4812345.html", "express.example", "4812345" },
    { "https://tre.example/mua-lon-20261123090012345.htm", "tre.example", "20261123090012345" },
    { "https://tre.example/185261123090012345.htm", "tre.example", "185261123090012345" },
    { "https://bao.example/tin/4812345/mua-lon", "bao.example", "4812345" },
    { "https://bao.example/4812345-mua-lon.html", "bao.example", "4812345" },
    { "https://bao.example/mua-lon-d123456", "bao.example", "123456" },
    /* Numbers that a title, a date or a section has. */
    { "https://bao.example/nam-hoc-2026.html", NULL, NULL },
    { "https://bao.example/tin-20261123.html", NULL, NULL },
    { "https://bao.example/tin-202611.html", NULL, NULL },
    { "https://bao.example/giai-thuong-50000.html", NULL, NULL },
    { "https://bao.example/2026/11/mua-lon", NULL, NULL },
    { "https://bao.example/a123456b/mua-lon", NULL, NULL },
    { "https://bao.example/", NULL, NULL },
};

START_TEST(a_site_knows_its_stories_by_number)
{
    struct site_key key;
    bool found = canonical_site_key(span_of(keys[_i].url), &key);
    ck_assert_int_eq(found, keys[_i].number != NULL);
    if (found) {
        ck_assert(span_equal(key.host, span_of(keys[_i].host)));
        ck_assert(span_equal(key.number, span_of(keys[_i].number)));
    }
}
END_TEST

START_TEST(a_long_query_stays_as_it_is)
{
    struct buffer url = BUFFER_EMPTY;
    struct span canonical;
    buffer_add_text(&url, "https://bao.example/a?z=1");
    for (int i = 0; i < 100; i++)
        buffer_add_text(&url, "&b=2");
    ck_assert(canonical_url(buffer_span(&url), region, &canonical));
    ck_assert(span_equal(canonical, buffer_span(&url)));
    buffer_fini(&url);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("canonical");
    TCase *addresses = tcase_create("addresses");
    tcase_add_checked_fixture(addresses, open_region, close_region);
    tcase_add_loop_test(addresses, an_address_has_one_form, 0, (int)(sizeof urls / sizeof *urls));
    tcase_add_loop_test(addresses, what_a_page_says_is_believed_on_its_own_site, 0,
                        (int)(sizeof claims / sizeof *claims));
    tcase_add_loop_test(addresses, a_site_knows_its_stories_by_number, 0,
                        (int)(sizeof keys / sizeof *keys));
    tcase_add_test(addresses, a_long_query_stays_as_it_is);
    suite_add_tcase(suite, addresses);
    return testing_run(suite);
}
