/* SPDX-License-Identifier: ISC */
#include "wire/reference.h"

#include "testing.h"

static const struct {
    const char *text, *decoded;
    bool remains;
} texts[] = {
    { "", "", false },
    { "Ngã ba & ngã tư", "Ngã ba & ngã tư", false },
    { "&amp;&lt;&gt;&quot;&apos;", "&<>\"'", true },
    { "&amp;amp;", "&amp;", true },
    { "&nbsp;&eacute;&hellip;", "\xC2\xA0é…", true },
    { "&eacute;", "é", false },
    { "&#7871;&#x1EBF;&#X1ebf;", "ếếế", true },
    { "&#38;#38;", "&#38;", true },
    { "&#8217 &#8217", "’ ’", false },
    { "&#8217a &#; &#x; &; &none; &copy=1", "&#8217a &#; &#x; &; &none; &copy=1", false },
    { "a&#0;b&#xD800;c&#1;d&#x110000;e&#99999999999;f&#xFFFE;g", "abcdefg", true },
    { "&#147;&#128;&#129;&#x9F;", "“€Ÿ", true },
};

START_TEST(references_are_decoded_once)
{
    struct buffer decoded = BUFFER_EMPTY;
    reference_decode(span_of(texts[_i].text), &decoded);
    ck_assert_str_eq(decoded.len > 0 ? buffer_text(&decoded) : "", texts[_i].decoded);
    ck_assert_int_eq(reference_remains(span_of(texts[_i].text)), texts[_i].remains);
    buffer_fini(&decoded);
}
END_TEST

START_TEST(what_is_escaped_is_decoded_to_itself)
{
    struct buffer escaped = BUFFER_EMPTY, decoded = BUFFER_EMPTY;
    struct span text = SPAN("<a href=\"x?y&z\">&amp; 'ế'</a>");
    reference_escape(text, &escaped);
    ck_assert(!span_has_char(buffer_span(&escaped), '<'));
    reference_decode(buffer_span(&escaped), &decoded);
    ck_assert(span_equal(buffer_span(&decoded), text));
    buffer_fini(&escaped);
    buffer_fini(&decoded);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("reference");
    TCase *decoding = tcase_create("decoding");
    tcase_add_loop_test(decoding, references_are_decoded_once, 0,
                        (int)(sizeof texts / sizeof texts[0]));
    tcase_add_test(decoding, what_is_escaped_is_decoded_to_itself);
    suite_add_tcase(suite, decoding);
    return testing_run(suite);
}
