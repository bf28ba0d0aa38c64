/* SPDX-License-Identifier: ISC */
/* A page costs the archive as much among many stories as among few. */
#include "asking.h"
#include "testing.h"

enum { FEW = 300, MANY = 10 * FEW };

/* Filed alike, in three months of one year, so that every list is a full one among few already. */
static void
add(unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++) {
        static const char *const months[] = { "2024-06", "2024-07", "2024-08" };
        content_write(region_printf(asking_region, "stories/%u/tin-%u.gmi", i % 10, i).at,
                      region_printf(asking_region,
                                    "---\ntitle: Tin %u\ndate: %s-%02uT%02u:%02u:00+07:00\n"
                                    "cities: [%s]\nthemes: [sach]\nsummary: Tin %u.\n---\nTin.\n",
                                    i, months[i % 3], 1 + i / 3 % 28, i / 84 % 24, i / 2016 % 60,
                                    i % 2 == 0 ? "hue" : "vinh", i)
                          .at);
    }
    index_well();
}

static const struct {
    const char *few, *many; /* the same kind of page among them */
    unsigned percent;       /* of the steps that few cost, at most */
} kinds[] = {
    { "/", "/", 110 },
    { "/city/", "/city/", 110 },
    { "/theme/", "/theme/", 110 },
    { "/city/hue", "/city/hue", 110 },
    { "/city/hue/sach", "/city/hue/sach", 110 },
    { "/feed", "/feed", 110 },
    { "/theme/sach/atom.xml", "/theme/sach/atom.xml", 110 },
    { "/archive/", "/archive/", 110 },
    { "/archive/2024", "/archive/2024", 110 },
    { "/archive/2024/07/1", "/archive/2024/07/1", 110 },
    { "/archive/2024/07", "/archive/2024/07", 110 },
    { "/archive/2024/07/1", "/archive/2024/07/10", 200 }, /* there the key is walked to */
    { "/story/tin-150", "/story/tin-150", 150 },
    { "/story/no", "/story/no", 110 },
};
enum { KINDS = sizeof kinds / sizeof *kinds };

START_TEST(a_page_costs_as_much_among_many_as_among_few)
{
    uint64_t few[KINDS];
    content_write("cities.yaml", "- {slug: hue, name: Huế}\n- {slug: vinh, name: Vinh}\n");
    content_write("themes.yaml", "- {slug: sach, name: Sách}\n");
    add(0, FEW);
    for (int i = 0; i < KINDS; i++)
        few[i] = asking_steps(kinds[i].few);
    add(FEW, MANY);
    for (int i = 0; i < KINDS; i++) {
        uint64_t many = asking_steps(kinds[i].many);
        ck_assert_msg(many * 100 <= few[i] * kinds[i].percent,
                      "%s: %llu steps among %d stories, %llu among %d", kinds[i].many,
                      (unsigned long long)few[i], FEW, (unsigned long long)many, MANY);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("costs");
    TCase *tests = tcase_create("costs");
    tcase_set_tags(tests, "no-valgrind");
    tcase_add_checked_fixture(tests, asking_set_up, asking_tear_down);
    tcase_add_test(tests, a_page_costs_as_much_among_many_as_among_few);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
