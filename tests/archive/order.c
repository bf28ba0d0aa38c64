/* SPDX-License-Identifier: ISC */
/* DESIGN 6: newest first by the first instant of `date`, a less exact one after more exact ones of
 * the same period, then by `added`, then by slug; without `date`, by `added`. */
#include "archiving.h"
#include "testing.h"

#include <stdio.h>
#include <string.h>

static void
write_story(const char *slug, const char *front)
{
    char path[64], text[256];
    snprintf(path, sizeof path, "stories/%s.gmi", slug);
    snprintf(text, sizeof text, "---\ntitle: %s\n%s---\n%s.\n", slug, front, slug);
    content_write(path, text);
}

/* In the order they are to be listed in. */
static const struct {
    const char *slug, *front;
} stories[] = {
    { "chieu", "date: 2024-07-12T15:00:00+07:00\n" },
    { "sang", "date: 2024-07-12T08:00:00+07:00\n" },
    { "ngay", "date: 2024-07-12\nadded: 2026-01-01\n" },
    { "sau", "date: 2024-07-01T00:00:00+07:00\n" },
    { "ngay-1", "date: 2024-07-01\n" },
    { "thang", "date: 2024-07\nadded: 2026-01-02\n" },
    { "thang-b", "date: 2024-07\nadded: 2026-01-01\n" },
    { "thang-c", "date: 2024-07\nadded: 2026-01-01\n" },
    { "khong-ngay", "added: 2024-02-01\n" },
    { "nam", "date: 2024\n" },
    { "sau-1970", "date: 1970-01-02\n" },
    { "truoc-1970", "date: 1969-12-31T12:00:00+07:00\n" },
    { "giai-phong", "date: 1954-10-10\n" },
    { "doc-lap", "date: 1945-09-02\n" },
    { "xua", "date: 0100\n" },
};

START_TEST(the_newest_come_first)
{
    struct buffer wanted = BUFFER_EMPTY;
    for (size_t i = 0; i < sizeof stories / sizeof *stories; i++) {
        write_story(stories[i].slug, stories[i].front);
        buffer_printf(&wanted, "%s%s", i > 0 ? " " : "", stories[i].slug);
    }
    index_well();
    ck_assert_str_eq(list_of(""), buffer_text(&wanted));
    buffer_fini(&wanted);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("order");
    TCase *tests = tcase_create("order");
    tcase_add_checked_fixture(tests, archiving_set_up, archiving_tear_down);
    tcase_add_test(tests, the_newest_come_first);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
