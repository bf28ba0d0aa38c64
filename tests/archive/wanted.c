/* SPDX-License-Identifier: ISC */
/* What a line of words and conditions is read as. */
#include "archive/wanted.h"

#include "base/buffer.h"
#include "testing.h"

#include <string.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

static struct region *region;

static void
set_up(void)
{
    region = region_new();
}

static void
tear_down(void)
{
    region_free(region);
}

/* "ha 'noi mua' -x city:y 2023-01..2024-06 best": the plain words, parts of several in quotes. */
static const char *
read_as(const char *text)
{
    struct wanted *wanted = region_alloc(region, sizeof *wanted);
    struct buffer out = BUFFER_EMPTY;
    wanted_parse(span_of(text), region, wanted);
    for (size_t i = 0; i < wanted->count; i++) {
        const struct wanted_part *part = &wanted->at[i];
        const char *quote = part->words > 1 ? "'" : "";
        buffer_printf(&out, "%s%s%.*s%s ", part->unwanted ? "-" : "", quote,
                      SPAN_ARG(span_skip(part->plain, part->filed ? 1 : 0)), quote);
    }
    const struct date *from = &wanted->from, *to = &wanted->to;
    if (from->precision != DATE_NONE)
        buffer_printf(&out, "from %d-%d-%d ", from->year, from->month, from->day);
    if (to->precision != DATE_NONE)
        buffer_printf(&out, "to %d-%d-%d ", to->year, to->month, to->day);
    if (wanted->best)
        buffer_add_text(&out, "best ");
    const char *copy = region_copy(region, buffer_span(&out)).at;
    buffer_fini(&out);
    return copy;
}

static const struct {
    const char *text, *means;
} lines[] = {
    { "", "" },
    { " \t+ ", "" },
    { "ha noi", "ha noi " },
    { "Hà Nội", "ha noi " },
    { "HÀ\r\nNỘI", "ha noi " },
    { "Ha\xCC\x80 No\xCC\x82\xCC\xA3i", "ha noi " },
    { "ha+noi", "ha noi " },
    { "ha ha ha", "ha " },
    { "đường", "duong " },
    { "\"Hà Nội\" mưa", "'ha noi' mua " },
    { "“Hà Nội” «mưa»", "'ha noi' mua " },
    { "\"ha noi", "ha noi " }, /* never closed */
    { "covid-19", "'covid 19' " },
    { "-mưa -\"mưa to\" nắng", "-mua -'mua to' nang " },
    { "- mưa", "mua " },
    { "--mưa", "-mua " },
    { "city:ha-noi", "city:ha-noi " },
    { "CITY:Ha-Noi", "city:ha-noi " },
    { "city:\"Hà Nội\" mưa", "city:ha-noi mua " },
    { "-city:ha-noi mưa", "-city:ha-noi mua " },
    { "theme:y-te", "theme:y-te " },
    { "city: mưa", "city mua " },
    { "city:!", "city " },
    { "from:2023-01 to:2024-06", "from 2023-1-1 to 2024-6-1 " },
    { "from:2023 to:2024-02-29", "from 2023-1-1 to 2024-2-29 " },
    { "from:2023-13", "'from 2023 13' " },
    { "-from:2023", "-'from 2023' " },
    { "sort:best mưa", "mua best " },
    { "sort:worst", "'sort worst' " },
    { "tổng:mưa", "'tong mua' " },
    { "AND OR NOT NEAR(", "and or not near " },
    { "ha* ^noi {title}: (mua", "ha noi title mua " },
    { "'; DROP TABLE story", "drop table story " },
    { "\"\" \"\"\"", "" },
    { "\xFF\xFE h\x01"
      "a",
      "ha " },
    { "?!.,", "" },
};

START_TEST(a_line_is_read_so)
{
    ck_assert_str_eq(read_as(lines[_i].text), lines[_i].means);
}
END_TEST

START_TEST(marks_count_only_where_they_were_typed)
{
    struct wanted *wanted = region_alloc(region, sizeof *wanted);
    wanted_parse(SPAN("ha nội HOÀ hòa"), region, wanted);
    ck_assert_uint_eq(wanted->count, 3); /* hoà is hòa */
    ck_assert_uint_eq(wanted->at[0].marked.len, 0);
    ck_assert_uint_gt(wanted->at[1].marked.len, wanted->at[1].plain.len);
    ck_assert_uint_gt(wanted->at[2].marked.len, wanted->at[2].plain.len);
}
END_TEST

START_TEST(what_is_too_much_is_not_looked_for)
{
    struct wanted *wanted = region_alloc(region, sizeof *wanted);
    struct buffer text = BUFFER_EMPTY;
    for (int i = 0; i < 2000; i++)
        buffer_printf(&text, "%d ", i);
    wanted_parse(buffer_span(&text), region, wanted);
    ck_assert_uint_eq(wanted->count, WANTED_PARTS_MAX);
    ck_assert_uint_le(wanted->text.len, WANTED_BYTES_MAX);
    ck_assert(wanted->cut);
    wanted_parse(span_first(buffer_span(&text), 100), region, wanted);
    ck_assert(!wanted->cut);
    buffer_fini(&text);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("wanted");
    TCase *tests = tcase_create("wanted");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, a_line_is_read_so, 0, COUNT(lines));
    tcase_add_test(tests, marks_count_only_where_they_were_typed);
    tcase_add_test(tests, what_is_too_much_is_not_looked_for);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
