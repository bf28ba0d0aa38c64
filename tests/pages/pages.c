/* SPDX-License-Identifier: ISC */
/* What a reader is shown: whole pages, asked of an archive made from a content folder. */
#include "asking.h"
#include "base/buffer.h"
#include "story/gemtext.h"
#include "testing.h"

#include <string.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

static const char cities[] =
    "- {slug: can-tho, name: Cần Thơ, central: true}\n"
    "- {slug: an-giang, name: An Giang}\n"
    "- {slug: dak-lak, name: Đắk Lắk}\n"
    "- {slug: da-nang, name: Đà Nẵng, central: true}\n"
    "- {slug: phu-tho, name: Phú Thọ}\n"
    "- {slug: hoa-binh, name: Hòa Bình, until: 2025-06-30, into: phu-tho}\n";
static const char themes[] = "- {slug: the-thao, name: Thể thao}\n"
                             "- {slug: an-sinh, name: An sinh}\n";

static void
set_up(void)
{
    asking_set_up();
    content_write("cities.yaml", cities);
    content_write("themes.yaml", themes);
    content_write("pages/about.gmi", "---\ntitle: Giới thiệu\n---\nVề trang này.\n");
    content_write("files/favicon.txt", "♊\n");
    content_write("stories/bon.gmi",
                  "---\ntitle: Bốn nơi\ndate: 2024-07-12\nauthor: Nga\n"
                  "cities: [dak-lak, da-nang, an-giang, can-tho]\nthemes: [the-thao, an-sinh]\n"
                  "source: https://bao.example/1.html\n"
                  "summary: Bốn nơi cùng tập.\n---\nBốn nơi cùng tập.\n");
    content_write("stories/tran.gmi", "---\ntitle: Trần\nadded: 2024-01-01\n---\nTrần.\n");
    index_well();
}

static const struct {
    const char *path, *text;
} pages[] = {
    { "/", "# Song Tử\n"
           "Tin tức gọn nhẹ, theo địa phương và theo chủ đề\n"
           "\n"
           "## Tin mới\n"
           "=> /story/bon Bốn nơi\n"
           "12/07/2024 · Bốn nơi cùng tập.\n"
           "=> /story/tran Trần\n"
           "\n"
           "=> /archive/ Lưu trữ\n"
           "=> /search Tìm kiếm\n"
           "\n"
           "## Tỉnh, thành phố\n"
           "=> /city/can-tho Cần Thơ (1 tin)\n"
           "=> /city/da-nang Đà Nẵng (1 tin)\n"
           "=> /city/an-giang An Giang (1 tin)\n"
           "=> /city/dak-lak Đắk Lắk (1 tin)\n"
           "=> /city/ Tất cả tỉnh, thành phố\n"
           "\n"
           "## Chủ đề\n"
           "=> /theme/an-sinh An sinh (1 tin)\n"
           "=> /theme/the-thao Thể thao (1 tin)\n"
           "=> /theme/ Tất cả chủ đề\n"
           "\n"
           "## Theo dõi tin mới\n"
           "=> /feed Theo dõi bằng Gemini\n"
           "=> /atom.xml Theo dõi bằng Atom\n"
           "\n"
           "=> /about Giới thiệu\n" },
    { "/story/bon", "# Bốn nơi\n"
                    "12/07/2024 · Nga\n"
                    "\n"
                    "Bốn nơi cùng tập.\n"
                    "\n"
                    "## Chuyên mục\n"
                    "=> /city/can-tho Cần Thơ\n"
                    "=> /city/da-nang Đà Nẵng\n"
                    "=> /city/an-giang An Giang\n"
                    "=> /city/dak-lak Đắk Lắk\n"
                    "=> /theme/the-thao Thể thao\n"
                    "=> /theme/an-sinh An sinh\n"
                    "\n"
                    "=> https://bao.example/1.html Bài gốc\n"
                    "\n"
                    "=> / Trang chủ\n" },
    { "/story/tran", "# Trần\n"
                     "Không rõ ngày xuất bản\n"
                     "\n"
                     "Trần.\n"
                     "\n"
                     "=> / Trang chủ\n" },
    { "/about", "# Giới thiệu\n"
                "\n"
                "Về trang này.\n"
                "\n"
                "=> / Trang chủ\n" },
    { "/city/", "# Tỉnh, thành phố\n"
                "\n"
                "## Thành phố trực thuộc Trung ương\n"
                "=> /city/can-tho Cần Thơ (1 tin)\n"
                "=> /city/da-nang Đà Nẵng (1 tin)\n"
                "\n"
                "## Tỉnh\n"
                "=> /city/an-giang An Giang (1 tin)\n"
                "=> /city/dak-lak Đắk Lắk (1 tin)\n"
                "=> /city/phu-tho Phú Thọ (0 tin)\n"
                "\n"
                "## Tỉnh cũ\n"
                "=> /city/hoa-binh Hòa Bình (0 tin) – nay thuộc Phú Thọ\n"
                "\n"
                "=> / Trang chủ\n" },
    { "/theme/", "# Chủ đề\n"
                 "\n"
                 "=> /theme/an-sinh An sinh (1 tin)\n"
                 "=> /theme/the-thao Thể thao (1 tin)\n"
                 "\n"
                 "=> / Trang chủ\n" },
    { "/city/hoa-binh", "# Hòa Bình\n"
                        "\n"
                        "=> /city/phu-tho Hòa Bình – nay thuộc Phú Thọ\n"
                        "\n"
                        "Chưa có tin nào.\n"
                        "\n"
                        "=> /city/hoa-binh/feed Theo dõi bằng Gemini\n"
                        "=> /city/hoa-binh/atom.xml Theo dõi bằng Atom\n"
                        "\n"
                        "=> /city/ Tỉnh, thành phố\n"
                        "\n"
                        "=> / Trang chủ\n" },
    { "/city/da-nang", "# Đà Nẵng\n"
                       "\n"
                       "=> /story/bon Bốn nơi\n"
                       "12/07/2024 · Bốn nơi cùng tập.\n"
                       "\n"
                       "## Lưu trữ\n"
                       "=> /city/da-nang/archive/2024 Năm 2024 (1 tin)\n"
                       "=> /city/da-nang/archive/2024/07 Tháng 7 năm 2024 (1 tin)\n"
                       "\n"
                       "## Đà Nẵng: theo chủ đề\n"
                       "=> /city/da-nang/an-sinh An sinh (1 tin)\n"
                       "=> /city/da-nang/the-thao Thể thao (1 tin)\n"
                       "\n"
                       "=> /city/da-nang/feed Theo dõi bằng Gemini\n"
                       "=> /city/da-nang/atom.xml Theo dõi bằng Atom\n"
                       "\n"
                       "=> /city/ Tỉnh, thành phố\n"
                       "\n"
                       "=> / Trang chủ\n" },
    { "/city/da-nang/the-thao", "# Đà Nẵng: Thể thao\n"
                                "\n"
                                "=> /story/bon Bốn nơi\n"
                                "12/07/2024 · Bốn nơi cùng tập.\n"
                                "\n"
                                "## Lưu trữ\n"
                                "=> /city/da-nang/the-thao/archive/2024 Năm 2024 (1 tin)\n"
                                "=> /city/da-nang/the-thao/archive/2024/07 Tháng 7 năm 2024 (1 "
                                "tin)\n"
                                "\n"
                                "=> /city/da-nang/the-thao/feed Theo dõi bằng Gemini\n"
                                "=> /city/da-nang/the-thao/atom.xml Theo dõi bằng Atom\n"
                                "\n"
                                "=> /city/da-nang Trở lại Đà Nẵng\n"
                                "=> /theme/the-thao Trở lại Thể thao\n"
                                "=> /city/ Tỉnh, thành phố\n"
                                "\n"
                                "=> / Trang chủ\n" },
    { "/archive/", "# Lưu trữ\n"
                   "\n"
                   "=> /archive/2024 Năm 2024 (1 tin)\n"
                   "=> /archive/undated Không rõ ngày (1 tin)\n"
                   "\n"
                   "=> / Trang chủ\n" },
    { "/city/da-nang/archive/", "# Đà Nẵng: Lưu trữ\n"
                                "\n"
                                "=> /city/da-nang/archive/2024 Năm 2024 (1 tin)\n"
                                "\n"
                                "=> /city/da-nang Trở lại Đà Nẵng\n"
                                "\n"
                                "=> / Trang chủ\n" },
    { "/archive/2024/07", "# Lưu trữ: Tháng 7 năm 2024\n"
                          "\n"
                          "=> /story/bon Bốn nơi\n"
                          "12/07/2024 · Bốn nơi cùng tập.\n"
                          "\n"
                          "=> /archive/2024 Năm 2024\n"
                          "=> /archive/ Lưu trữ\n"
                          "\n"
                          "=> / Trang chủ\n" },
    { "/archive/undated", "# Lưu trữ: Không rõ ngày\n"
                          "\n"
                          "=> /story/tran Trần\n"
                          "\n"
                          "=> /archive/ Lưu trữ\n"
                          "\n"
                          "=> / Trang chủ\n" },
};

START_TEST(a_page_reads_so)
{
    struct reply reply = asking_answer(pages[_i].path);
    struct fault fault = { 0, "" };
    ck_assert_int_eq(reply.answer, ANSWER_PAGE);
    ck_assert_str_eq(region_copy(asking_region, reply.page.text).at, pages[_i].text);
    ck_assert_msg(gemtext_check(reply.page.text, 1, &fault) == STATUS_OK, "%s", fault.what);
    struct span rest = span_skip(reply.page.text, strlen("# ")), heading = span_line(&rest);
    ck_assert(span_equal(reply.page.title, heading));
}
END_TEST

START_TEST(a_long_list_has_parts_that_lead_to_each_other)
{
    for (int i = 1; i <= PAGES_LIST_MAX + 1; i++)
        content_write(region_printf(asking_region, "stories/dai-%d.gmi", i).at,
                      "---\ntitle: Dài\ndate: 2023\n---\n");
    index_well();
    static const struct {
        const char *path, *begins, *ends;
    } parts[] = {
        { "/archive/2023", "# Lưu trữ: Năm 2023\n\nPhần 2\n\n=> /story/dai-1 Dài\nNăm 2023\n\n",
          "\n\n=> /archive/2023/00/1 Tin cũ hơn\n\n=> /archive/ Lưu trữ\n\n=> / Trang chủ\n" },
        { "/archive/2023/00/1", "# Lưu trữ: Năm 2023\n\nPhần 1\n\n=> /story/dai-",
          "\n\n=> /archive/2023/00/2 Tin mới hơn\n\n=> /archive/ Lưu trữ\n\n=> / Trang chủ\n" },
    };
    for (size_t i = 0; i < 2; i++) {
        struct span text = asking_answer(parts[i].path).page.text;
        ck_assert_msg(span_starts(text, span_of(parts[i].begins)), "%.*s", SPAN_ARG(text));
        ck_assert_msg(span_ends(text, span_of(parts[i].ends)), "%.*s", SPAN_ARG(text));
    }
}
END_TEST

static const struct {
    const char *path;
    enum answer answer;
    const char *to;
} addresses[] = {
    { "/files/a.txt", ANSWER_FILE, NULL },
    { "/files/a.txt/", ANSWER_ABSENT, NULL },
    { "/files/a.txt//", ANSWER_ABSENT, NULL },
    { "/files/a.txt/.", ANSWER_ABSENT, NULL },
    { "/files/", ANSWER_ABSENT, NULL },
    { "/files", ANSWER_ABSENT, NULL },
    { "/favicon.txt", ANSWER_FILE, NULL },
    { "/favicon.txt/", ANSWER_ABSENT, NULL },
    { "/robots.txt", ANSWER_FILE, NULL },
    { "/robots.txt/", ANSWER_ABSENT, NULL },
    { "/story/bon/", ANSWER_MOVED, "/story/bon" },
    { "/about/", ANSWER_MOVED, "/about" },
    { "/city", ANSWER_MOVED, "/city/" },
    { "/archive", ANSWER_MOVED, "/archive/" },
    { "/feed/", ANSWER_MOVED, "/feed" },
    { "/atom.xml/", ANSWER_MOVED, "/atom.xml" },
    { "/city/da-nang/an-sinh/atom.xml/", ANSWER_MOVED, "/city/da-nang/an-sinh/atom.xml" },
    { "/feed/1", ANSWER_ABSENT, NULL },
    { "/city/nope/feed", ANSWER_ABSENT, NULL },
    { "/city/da-nang/nope/atom.xml", ANSWER_ABSENT, NULL },
    { "/city/da-nang/archive", ANSWER_MOVED, "/city/da-nang/archive/" },
    { "/nope/", ANSWER_ABSENT, NULL },
};

START_TEST(an_address_has_one_form)
{
    struct reply reply = asking_answer(addresses[_i].path);
    ck_assert_msg(reply.answer == addresses[_i].answer, "%s", addresses[_i].path);
    if (addresses[_i].to != NULL)
        ck_assert(span_equal(reply.words, span_of(addresses[_i].to)));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("pages");
    TCase *tests = tcase_create("pages");
    tcase_add_checked_fixture(tests, set_up, asking_tear_down);
    tcase_add_loop_test(tests, a_page_reads_so, 0, COUNT(pages));
    tcase_add_test(tests, a_long_list_has_parts_that_lead_to_each_other);
    tcase_add_loop_test(tests, an_address_has_one_form, 0, COUNT(addresses));
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
