/* SPDX-License-Identifier: ISC */
/* What an article's first lines make of its summary. */
#include "wire/intake.h"

#include "testing.h"

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

static const struct {
    const char *lead, *summary;
} leads[] = {
    { "Trời mưa. Nước lên. Cầu ngập.", "Trời mưa. Nước lên." },
    { "TPO - Trời mưa.", "Trời mưa." },
    { "(PLO)- Trời mưa.", "Trời mưa." },
    { "(PLO) – Trời mưa.", "Trời mưa." },
    { "(Dân trí) - Trời mưa.", "Trời mưa." },
    { "(Báo Ví Dụ) - Trời mưa.", "Trời mưa." },
    { "VOV.VN - Trời mưa.", "Trời mưa." },
    { "GD&TĐ - Trời mưa.", "Trời mưa." },
    { "VDO — Trời mưa.", "Trời mưa." },
    { "HUẾ - Trời mưa.", "HUẾ - Trời mưa." },
    { "TP.HCM - Trời mưa.", "TP.HCM - Trời mưa." },
    { "Hà Nội - Trời mưa.", "Hà Nội - Trời mưa." },
    { "(Ở Huế) trời mưa.", "(Ở Huế) trời mưa." },
    { "NASA cho biết trời mưa.", "NASA cho biết trời mưa." },
    { "TPO -", "TPO -" },
    { "", "" },
};

START_TEST(a_summary_is_the_first_sentences_without_the_agency)
{
    struct region *region = region_new();
    const struct plaintext page = { .title = SPAN("Mưa"), .lead = span_of(leads[_i].lead) };
    const struct intake_options options = { .now = 0 };
    struct terms terms;
    struct arrivals arrivals;
    ck_assert_int_eq(taxonomy_parse(SPAN(""), region, &terms.cities, NULL), STATUS_OK);
    ck_assert_int_eq(taxonomy_parse(SPAN(""), region, &terms.themes, NULL), STATUS_OK);
    intake_make(&page, &terms, &options, region, &arrivals);
    ck_assert_str_eq(region_copy(region, arrivals.at[0].story.summary).at, leads[_i].summary);
    region_free(region);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("intake");
    TCase *tests = tcase_create("intake");
    tcase_add_loop_test(tests, a_summary_is_the_first_sentences_without_the_agency, 0,
                        COUNT(leads));
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
