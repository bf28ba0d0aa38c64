/* SPDX-License-Identifier: ISC */
#include "base/uri.h"

#include "testing.h"

#include <check.h>
#include <stdio.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

/* The parts between bars, so that a case is one line: "-" is not there. */
static const char *
part(struct span span)
{
    static char texts[8][64];
    static size_t next;
    char *text = texts[next++ % 8];
    if (span.at == NULL)
        return "-";
    snprintf(text, sizeof texts[0], "%.*s", SPAN_ARG(span));
    return text;
}

static bool
parses(struct span text, enum uri_rules rules)
{
    struct uri uri;
    return uri_parse(text, rules, &uri);
}

static const struct {
    const char *text, *parts; /* scheme|userinfo|host|port|path|query|fragment */
} taken_apart[] = {
    { "gemini://example.org", "gemini|-|example.org|-||-|-" },
    { "gemini://example.org/", "gemini|-|example.org|-|/|-|-" },
    { "GEMINI://Example.ORG:1965/a/b?q", "GEMINI|-|Example.ORG|1965|/a/b|q|-" },
    { "gemini://u:p@example.org/", "gemini|u:p|example.org|-|/|-|-" },
    { "gemini://@example.org/", "gemini||example.org|-|/|-|-" },
    { "gemini://example.org:/", "gemini|-|example.org||/|-|-" },
    { "gemini://example.org?", "gemini|-|example.org|-|||-" },
    { "gemini://example.org/?", "gemini|-|example.org|-|/||-" },
    { "gemini://example.org/#", "gemini|-|example.org|-|/|-|" },
    { "gemini://example.org/?#", "gemini|-|example.org|-|/||" },
    { "gemini://example.org/a?b?c/d#e?f", "gemini|-|example.org|-|/a|b?c/d|e?f" },
    { "gemini://[2001:db8::7]:1966/", "gemini|-|2001:db8::7|1966|/|-|-" },
    { "gemini://[::ffff:192.0.2.1]", "gemini|-|::ffff:192.0.2.1|-||-|-" },
    { "gemini://192.0.2.1/", "gemini|-|192.0.2.1|-|/|-|-" },
    { "gemini://h%41st/%2e%2F", "gemini|-|h%41st|-|/%2e%2F|-|-" },
    { "gemini:///path", "gemini|-||-|/path|-|-" },
    { "//host/path", "-|-|host|-|/path|-|-" },
    { "/path", "-|-|-|-|/path|-|-" },
    { "//", "-|-||-||-|-" },
    { "path/a:b", "-|-|-|-|path/a:b|-|-" },
    { "?q", "-|-|-|-||q|-" },
    { "#f", "-|-|-|-||-|f" },
    { "", "-|-|-|-||-|-" },
    { "mailto:Mai@example.org", "mailto|-|-|-|Mai@example.org|-|-" },
    { "urn:example:animal:nose", "urn|-|-|-|example:animal:nose|-|-" },
    { "tel:+84-24-1234-5678", "tel|-|-|-|+84-24-1234-5678|-|-" },
};

START_TEST(a_reference_is_taken_apart)
{
    struct uri uri;
    char parts[256];
    ck_assert(uri_parse(span_of(taken_apart[_i].text), URI_STRICT, &uri));
    snprintf(parts, sizeof parts, "%s|%s|%s|%s|%s|%s|%s", part(uri.scheme), part(uri.userinfo),
             part(uri.host), part(uri.port), part(uri.path), part(uri.query), part(uri.fragment));
    ck_assert_str_eq(parts, taken_apart[_i].parts);
    ck_assert(uri.has_authority == (uri.host.at != NULL));
}
END_TEST

static const struct {
    const char *text;
    enum uri_host kind;
} hosts[] = {
    { "gemini://example.org/", URI_HOST_NAME },       { "gemini://192.0.2.1/", URI_HOST_IPV4 },
    { "gemini://192.0.2/", URI_HOST_NAME },           { "gemini://192.0.2.256/", URI_HOST_NAME },
    { "gemini://192.0.2.1./", URI_HOST_NAME },        { "gemini://[::1]/", URI_HOST_IPV6 },
    { "gemini://[1:2:3:4:5:6:7:8]/", URI_HOST_IPV6 }, { "gemini:///", URI_HOST_NAME },
};

START_TEST(a_host_is_a_name_or_an_address)
{
    struct uri uri;
    ck_assert(uri_parse(span_of(hosts[_i].text), URI_STRICT, &uri));
    ck_assert_int_eq(uri.host_kind, hosts[_i].kind);
}
END_TEST

static const char *const refused[] = {
    ":",
    ":a",
    "1a:b",
    "a_b:c",
    "hé:c",
    "g emini://h/",
    "gemini://h/%",
    "gemini://h/%z",
    "gemini://h/%zz",
    "gemini://h/%4",
    "gemini://h/%4g",
    "gemini://h/?%",
    "gemini://h/#%zz",
    "gemini://%zz/",
    "gemini://u%@h/",
    "gemini://a@b@c/",
    "gemini://h:99999/",
    "gemini://h:65536/",
    "gemini://h:-1/",
    "gemini://h:19 65/",
    "gemini://h:1965:1965/",
    "gemini://h:99999999999999999999999/",
    "gemini://[::1/",
    "gemini://[]/",
    "gemini://[::1]x/",
    "gemini://[::1]]/",
    "gemini://[fe80::1%25eth0]/",
    "gemini://[fe80::1%eth0]/",
    "gemini://[v1.future]/",
    "gemini://[127.0.0.1]/",
    "gemini://[1:2:3:4:5:6:7:8:9]/",
    "gemini://[1::2::3]/",
    "gemini://::1/",
    "gemini://h/a b",
    "gemini://h/ ",
    " gemini://h/",
    "gemini://h/\t",
    "gemini://h/\r",
    "gemini://h/\n",
    "gemini://h/\x01",
    "gemini://h/\x7f",
    "gemini://h/\\",
    "gemini:\\\\h\\",
    "gemini://h/<>",
    "gemini://h/\"",
    "gemini://h/^",
    "gemini://h/`",
    "gemini://h/{|}",
    "gemini://h/[a]",
    "gemini://h/#a#b",
    "\xEF\xBB\xBFgemini://h/",
};

START_TEST(what_is_no_reference_is_refused)
{
    ck_assert(!parses(span_of(refused[_i]), URI_STRICT));
    ck_assert(!parses(span_of(refused[_i]), URI_LENIENT));
}
END_TEST

START_TEST(a_nul_byte_is_refused_anywhere)
{
    ck_assert(!parses(SPAN("gemini://h/\0"), URI_LENIENT));
    ck_assert(!parses(SPAN("gemini://h\0/"), URI_LENIENT));
    ck_assert(!parses(SPAN("gemini://[::1\0]/"), URI_LENIENT));
    ck_assert(!parses(SPAN("gem\0ini://h/"), URI_LENIENT));
    ck_assert(!parses(SPAN("gemini://h:19\0/"), URI_LENIENT));
}
END_TEST

START_TEST(an_escaped_nul_is_left_to_whoever_decodes)
{
    ck_assert(parses(SPAN("gemini://h/%00"), URI_STRICT));
}
END_TEST

START_TEST(the_result_is_untouched_when_refused)
{
    struct uri uri = { .scheme = SPAN("kept") };
    ck_assert(!uri_parse(SPAN("gemini://h/%zz"), URI_STRICT, &uri));
    ck_assert(span_equal(uri.scheme, SPAN("kept")));
}
END_TEST

static const char *const raw[] = {
    "gemini://h/thành-phố", "gemini://h/?hà+nội",          "/thành/phố",
    "gemini://h/#mục",      "gemini://h/\xF0\x9F\x8C\x8F",
};

START_TEST(raw_utf_8_is_for_the_lenient)
{
    ck_assert(parses(span_of(raw[_i]), URI_LENIENT));
    ck_assert(!parses(span_of(raw[_i]), URI_STRICT));
}
END_TEST

static const char *const never_raw[] = {
    "gemini://hà-nội.vn/",         /* a host is ASCII */
    "gemini://mai-à@h/",           /* as is userinfo */
    "gemini://h/\xE0\xA0",         /* cut short */
    "gemini://h/\xC0\xAF",         /* overlong */
    "gemini://h/\xED\xA0\x80",     /* a surrogate */
    "gemini://h/\xFF",             /* never UTF-8 */
    "gemini://h/\xF4\x90\x80\x80", /* beyond Unicode */
    "gemini://h/\xC2\x85",         /* a C1 control */
    "gemini://h/\xE2\x80\xAE",     /* turns the direction of what follows */
    "gemini://h/?\x80",
};

START_TEST(broken_or_hidden_utf_8_is_refused_by_the_lenient_too)
{
    ck_assert(!parses(span_of(never_raw[_i]), URI_LENIENT));
}
END_TEST

static const struct {
    const char *text;
    uint16_t port;
} ports[] = {
    { "gemini://h/", 1965 },   { "gemini://h:/", 1965 },       { "gemini://h:0/", 0 },
    { "gemini://h:7/", 7 },    { "gemini://h:65535/", 65535 }, { "gemini://h:000070/", 70 },
    { "gemini://[::1]:9", 9 },
};

START_TEST(a_port_falls_back_when_empty)
{
    struct uri uri;
    ck_assert(uri_parse(span_of(ports[_i].text), URI_STRICT, &uri));
    ck_assert_uint_eq(uri_port(&uri, 1965), ports[_i].port);
}
END_TEST

static const struct {
    const char *text, *decoded;
} escapes[] = {
    { "", "" },
    { "plain", "plain" },
    { "a%20b", "a b" },
    { "%2525", "%25" }, /* once */
    { "%2e%2E%2f", "../" },
    { "h%C3%A0", "hà" },
    { "a+b", "a+b" },
    { "%", "%" },
    { "100%", "100%" },
    { "%zz%41", "%zzA" },
    { "%%41", "%A" },
    { "%4", "%4" },
};

START_TEST(escapes_are_decoded_once)
{
    struct buffer out = BUFFER_EMPTY;
    uri_decode(span_of(escapes[_i].text), &out);
    ck_assert_str_eq(buffer_text(&out), escapes[_i].decoded);
    buffer_fini(&out);
}
END_TEST

START_TEST(an_escaped_nul_is_decoded_as_a_byte)
{
    struct buffer out = BUFFER_EMPTY;
    uri_decode(SPAN("a%00b"), &out);
    ck_assert(span_equal(buffer_span(&out), SPAN("a\0b")));
    buffer_fini(&out);
}
END_TEST

START_TEST(all_but_the_unreserved_are_encoded)
{
    struct buffer out = BUFFER_EMPTY;
    uri_encode(SPAN("Az09-._~ /\0%hà"), NULL, &out);
    uri_encode(SPAN("|a/b?c"), "/", &out);
    ck_assert_str_eq(buffer_text(&out), "Az09-._~%20%2F%00%25h%C3%A0%7Ca/b%3Fc");
    buffer_fini(&out);
}
END_TEST

START_TEST(what_is_encoded_decodes_to_itself)
{
    struct buffer bytes = BUFFER_EMPTY, encoded = BUFFER_EMPTY, decoded = BUFFER_EMPTY;
    for (int byte = 0; byte < 256; byte++)
        buffer_add_char(&bytes, (char)byte);
    uri_encode(buffer_span(&bytes), "", &encoded);
    uri_decode(buffer_span(&encoded), &decoded);
    ck_assert(parses(buffer_span(&encoded), URI_STRICT));
    ck_assert(span_equal(buffer_span(&bytes), buffer_span(&decoded)));
    buffer_fini(&bytes);
    buffer_fini(&encoded);
    buffer_fini(&decoded);
}
END_TEST

static const struct {
    const char *path, *without; /* NULL: it climbs */
} dotted[] = {
    { "", "" },
    { "/", "/" },
    { "/a/b/c/./../../g", "/a/g" },
    { "mid/content=5/../6", "mid/6" },
    { "/.", "/" },
    { "/a/.", "/a/" },
    { "/a/..", "/" },
    { "/a/../", "/" },
    { "/a/b/..", "/a/" },
    { "/./a", "/a" },
    { "/a//b", "/a//b" },
    { "/a//../b", "/a/b" },
    { "/...", "/..." },
    { "/.a/..b/c../d.", "/.a/..b/c../d." },
    { "/a/%2e%2E/b", "/b" },
    { "/a/.%2e/b", "/b" },
    { "/a/%2e/b", "/a/b" },
    { "/a/%2e%2e%2e", "/a/%2e%2e%2e" },
    { "./a", "a" },
    { ".", "" },
    { "/..", NULL },
    { "/../", NULL },
    { "/../../etc/passwd", NULL },
    { "/a/../..", NULL },
    { "/a/../../a", NULL },
    { "/%2e%2e/a", NULL },
    { "..", NULL },
    { "../a", NULL },
};

START_TEST(dot_segments_are_removed_but_never_climb_above_the_root)
{
    struct buffer out = BUFFER_EMPTY;
    buffer_add_text(&out, "kept/");
    bool stayed = uri_remove_dots(span_of(dotted[_i].path), &out);
    ck_assert(stayed == (dotted[_i].without != NULL));
    ck_assert_str_eq(buffer_text(&out) + 5, stayed ? dotted[_i].without : "");
    buffer_fini(&out);
}
END_TEST

static void
assert_resolves(const char *from, const char *reference, const char *target)
{
    struct buffer out = BUFFER_EMPTY;
    struct uri base;
    ck_assert(uri_parse(span_of(from), URI_LENIENT, &base));
    bool resolved = uri_resolve(&base, span_of(reference), &out);
    ck_assert_msg(resolved == (target != NULL), "%s on %s", reference, from);
    ck_assert_str_eq(buffer_text(&out), target != NULL ? target : "");
    buffer_fini(&out);
}

/* RFC 3986, 5.4, without the fragments. */
static const struct {
    const char *reference, *target;
} examples[] = {
    { "g:h", "g:h" },
    { "g", "http://a/b/c/g" },
    { "./g", "http://a/b/c/g" },
    { "g/", "http://a/b/c/g/" },
    { "/g", "http://a/g" },
    { "//g", "http://g" },
    { "?y", "http://a/b/c/d;p?y" },
    { "g?y", "http://a/b/c/g?y" },
    { "#s", "http://a/b/c/d;p?q" },
    { "g#s", "http://a/b/c/g" },
    { "g?y#s", "http://a/b/c/g?y" },
    { ";x", "http://a/b/c/;x" },
    { "g;x", "http://a/b/c/g;x" },
    { "g;x?y#s", "http://a/b/c/g;x?y" },
    { "", "http://a/b/c/d;p?q" },
    { ".", "http://a/b/c/" },
    { "./", "http://a/b/c/" },
    { "..", "http://a/b/" },
    { "../", "http://a/b/" },
    { "../g", "http://a/b/g" },
    { "../..", "http://a/" },
    { "../../", "http://a/" },
    { "../../g", "http://a/g" },
    { "../../../g", "http://a/g" },
    { "../../../../g", "http://a/g" },
    { "/./g", "http://a/g" },
    { "/../g", "http://a/g" },
    { "g.", "http://a/b/c/g." },
    { ".g", "http://a/b/c/.g" },
    { "g..", "http://a/b/c/g.." },
    { "..g", "http://a/b/c/..g" },
    { "./../g", "http://a/b/g" },
    { "./g/.", "http://a/b/c/g/" },
    { "g/./h", "http://a/b/c/g/h" },
    { "g/../h", "http://a/b/c/h" },
    { "g;x=1/./y", "http://a/b/c/g;x=1/y" },
    { "g;x=1/../y", "http://a/b/c/y" },
    { "g?y/./x", "http://a/b/c/g?y/./x" },
    { "g?y/../x", "http://a/b/c/g?y/../x" },
    { "g#s/./x", "http://a/b/c/g" },
    { "g#s/../x", "http://a/b/c/g" },
    { "http:g", "http:g" },
};

START_TEST(the_examples_of_rfc_3986_resolve_as_it_says)
{
    assert_resolves("http://a/b/c/d;p?q", examples[_i].reference, examples[_i].target);
}
END_TEST

static const struct {
    const char *base, *reference, *target; /* NULL: refused */
} more[] = {
    { "gemini://h", "a", "gemini://h/a" },
    { "gemini://h", "", "gemini://h" },
    { "gemini://h", "?q", "gemini://h?q" },
    { "gemini://h/a?q", "b", "gemini://h/b" },
    { "gemini://h/a", "?", "gemini://h/a?" },
    { "gemini://u@h:1966/a", "/b", "gemini://u@h:1966/b" },
    { "gemini://[::1]:1966/a", "b", "gemini://[::1]:1966/b" },
    { "gemini://h/a", "//[::2]:/c", "gemini://[::2]:/c" },
    { "gemini://h/thành/phố", "hà-nội", "gemini://h/thành/hà-nội" },
    { "/cities/hue", "da-nang", "/cities/da-nang" },
    { "gemini://h/a", "b c", NULL },
    { "gemini://h/a", "%zz", NULL },
    { "urn:a", "/.//host/b", NULL },
    { "file:/a", "..//host", NULL },
    { "a", "./c:d", NULL },

    { "", "", "" },
};

START_TEST(a_reference_resolves_on_the_page_it_was_found_on)
{
    assert_resolves(more[_i].base, more[_i].reference, more[_i].target);
}
END_TEST

static void
add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, a_reference_is_taken_apart, 0, COUNT(taken_apart));
    tcase_add_loop_test(tests, a_host_is_a_name_or_an_address, 0, COUNT(hosts));
    tcase_add_loop_test(tests, what_is_no_reference_is_refused, 0, COUNT(refused));
    tcase_add_test(tests, a_nul_byte_is_refused_anywhere);
    tcase_add_test(tests, an_escaped_nul_is_left_to_whoever_decodes);
    tcase_add_test(tests, the_result_is_untouched_when_refused);
    tcase_add_loop_test(tests, raw_utf_8_is_for_the_lenient, 0, COUNT(raw));
    tcase_add_loop_test(tests, broken_or_hidden_utf_8_is_refused_by_the_lenient_too, 0,
                        COUNT(never_raw));
    tcase_add_loop_test(tests, a_port_falls_back_when_empty, 0, COUNT(ports));
    tcase_add_loop_test(tests, escapes_are_decoded_once, 0, COUNT(escapes));
    tcase_add_test(tests, an_escaped_nul_is_decoded_as_a_byte);
    tcase_add_test(tests, all_but_the_unreserved_are_encoded);
    tcase_add_test(tests, what_is_encoded_decodes_to_itself);
    tcase_add_loop_test(tests, dot_segments_are_removed_but_never_climb_above_the_root, 0,
                        COUNT(dotted));
    tcase_add_loop_test(tests, the_examples_of_rfc_3986_resolve_as_it_says, 0, COUNT(examples));
    tcase_add_loop_test(tests, a_reference_resolves_on_the_page_it_was_found_on, 0, COUNT(more));
}

int
main(void)
{
    Suite *suite = suite_create("uri");
    TCase *tests = tcase_create("uri");
    add_tests(tests);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
