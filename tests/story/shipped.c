/* SPDX-License-Identifier: ISC */
/* The shipped cities.yaml and themes.yaml: what they say of Vietnam, and what a story is filed
 * under by them. */
#include "story/taxonomy.h"

#include "base/buffer.h"
#include "testing.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

static struct region *region;
static const struct taxonomy *cities, *themes;

static const struct taxonomy *
read_taxonomy(const char *path)
{
    struct taxonomy *taxonomy = NULL;
    struct fault fault = { 0, "" };
    char *yaml = testing_read(".", path);
    ck_assert_ptr_nonnull(yaml);
    ck_assert_msg(taxonomy_parse(region_copy(region, span_of(yaml)), region, &taxonomy, &fault) ==
                      STATUS_OK,
                  "%s:%zu: %s", path, fault.line, fault.what);
    free(yaml);
    return taxonomy;
}

static void
set_up(void)
{
    ck_assert(clock_zone_set("Asia/Ho_Chi_Minh"));
    region = region_new();
    cities = read_taxonomy("content/cities.yaml");
    themes = read_taxonomy("content/themes.yaml");
}

static void
tear_down(void)
{
    region_free(region);
}

/* Today's units and, behind each, the provinces of before 1 July 2025 that are part of it. */
static const char *const units[] = {
    "an-giang kien-giang",
    "bac-ninh bac-giang",
    "ca-mau bac-lieu",
    "can-tho hau-giang soc-trang",
    "cao-bang",
    "da-nang quang-nam",
    "dak-lak phu-yen",
    "dien-bien",
    "dong-nai binh-phuoc",
    "dong-thap tien-giang",
    "gia-lai binh-dinh",
    "ha-noi",
    "ha-tinh",
    "hai-phong hai-duong",
    "ho-chi-minh ba-ria-vung-tau binh-duong",
    "hue",
    "hung-yen thai-binh",
    "khanh-hoa ninh-thuan",
    "lai-chau",
    "lam-dong binh-thuan dak-nong",
    "lang-son",
    "lao-cai yen-bai",
    "nghe-an",
    "ninh-binh ha-nam nam-dinh",
    "phu-tho hoa-binh vinh-phuc",
    "quang-ngai kon-tum",
    "quang-ninh",
    "quang-tri quang-binh",
    "son-la",
    "tay-ninh long-an",
    "thai-nguyen bac-kan",
    "thanh-hoa",
    "tuyen-quang ha-giang",
    "vinh-long ben-tre tra-vinh",
};

START_TEST(thirty_four_units_hold_the_sixty_three_of_before)
{
    size_t terms = 0;
    for (int i = 0; i < COUNT(units); i++) {
        struct span rest = span_of(units[i]);
        const struct term *unit = taxonomy_find(cities, span_cut(&rest, ' '));
        ck_assert_msg(unit != NULL && unit->into == NULL, "%s", units[i]);
        ck_assert_int_eq(unit->until.precision, DATE_NONE);
        for (terms++; rest.at != NULL; terms++) {
            const struct term *former = taxonomy_find(cities, span_cut(&rest, ' '));
            ck_assert_msg(former != NULL && former->into == unit, "%s", units[i]);
            ck_assert(former->until.precision == DATE_DAY && former->until.year == 2025 &&
                      former->until.month == 6 && former->until.day == 30);
        }
    }
    ck_assert_int_eq(COUNT(units), 34);
    ck_assert_uint_eq(terms, 63);
    ck_assert_uint_eq(taxonomy_count(cities), 63);
}
END_TEST

/* The cities under the central government, and the day each became one; "": before our time. */
static const struct {
    const char *slug, *since;
} central[] = {
    { "can-tho", "2004-01-01" },  { "da-nang", "1997-01-01" },
    { "dong-nai", "2026-04-30" }, { "ha-noi", "" },
    { "hai-phong", "" },          { "hue", "2025-01-01" },
    { "ho-chi-minh", "" },
};

START_TEST(seven_cities_are_central_each_since_its_day)
{
    size_t seen = 0;
    for (size_t i = 0; i < taxonomy_count(cities); i++) {
        const struct term *term = taxonomy_at(cities, i);
        struct date since = { .precision = DATE_NONE };
        if (!term->central)
            continue;
        ck_assert_uint_lt(seen, COUNT(central));
        ck_assert_msg(span_equal(term->slug, span_of(central[seen].slug)), "%.*s",
                      SPAN_ARG(term->slug));
        if (central[seen].since[0] != '\0')
            ck_assert(date_parse(span_of(central[seen].since), &since));
        ck_assert_int_eq(term->central_since.precision, since.precision);
        if (since.precision != DATE_NONE)
            ck_assert_int_eq(term->central_since.instant, since.instant);
        seen++;
    }
    ck_assert_uint_eq(seen, COUNT(central));
}
END_TEST

START_TEST(every_term_is_found_by_its_name)
{
    const struct taxonomy *both[] = { cities, themes };
    ck_assert_uint_ge(taxonomy_count(themes), 10);
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < taxonomy_count(both[k]); i++) {
            const struct term *term = taxonomy_at(both[k], i);
            struct span text = region_printf(region, "Tin từ tỉnh %.*s.",
                                             SPAN_ARG(term_name(term, SPAN("vi"))));
            ck_assert_msg(taxonomy_speaks_of(both[k], text, term), "%.*s", SPAN_ARG(text));
        }
}
END_TEST

static void
assert_speaks_of(const struct taxonomy *taxonomy, const char *text, bool keywords,
                 const char *slugs)
{
    struct term_list found = { NULL, 0, 0 };
    struct buffer said = BUFFER_EMPTY;
    taxonomy_match(taxonomy, span_of(text), keywords, region, &found);
    for (size_t i = 0; i < found.count; i++)
        buffer_printf(&said, "%s%.*s", i > 0 ? " " : "", SPAN_ARG(found.at[i]->slug));
    ck_assert_msg(strcmp(buffer_text(&said), slugs) == 0, "%s: `%s`, not `%s`", text,
                  buffer_text(&said), slugs);
    buffer_fini(&said);
}

static const struct {
    const char *text, *slugs;
} places[] = {
    /* the capital, and other people's */
    { "Thủ đô", "ha-noi" },
    { "Thủ đô Hà Nội", "ha-noi" },
    { "Tại Thủ đô, trời trở lạnh", "ha-noi" },
    { "Chị em hướng về Thủ đô ngàn năm văn hiến", "ha-noi" },
    { "Phụ nữ Thủ đô làm kinh tế", "ha-noi" },
    { "PHỤ NỮ THỦ ĐÔ LÀM KINH TẾ", "ha-noi" },
    { "phụ nữ Thủ đô Trung hậu - Sáng tạo", "ha-noi" },
    { "thủ đô Paris", "" },
    { "Thủ đô Paris", "" },
    { "tại thủ đô Paris (Pháp)", "" },
    { "tại Thủ đô Paris", "" },
    { "TẠI THỦ ĐÔ PARIS", "" },
    { "người dân thủ đô Bắc Kinh", "" },
    { "ở thủ đô Washington, D.C.", "" },
    { "ở thủ đô của nước bạn", "" },
    { "Thủ đô của Nhật Bản", "" },
    { "Thủ đô nước Pháp", "" },
    { "Thủ đô kháng chiến Tân Trào", "" },

    /* the man, and the city */
    { "Hồ Chí Minh", "" },
    { "Chủ tịch Hồ Chí Minh", "" },
    { "tại Lăng Chủ tịch Hồ Chí Minh", "" },
    { "CHỦ TỊCH HỒ CHÍ MINH", "" },
    { "CHU TICH HO CHI MINH", "" },
    { "Đoàn TNCS Hồ Chí Minh", "" },
    { "học tập và làm theo tư tưởng, đạo đức, phong cách Hồ Chí Minh", "" },
    { "đường Hồ Chí Minh qua Trường Sơn", "" },
    { "đường mòn Hồ Chí Minh", "" },
    { "Học viện Chính trị quốc gia Hồ Chí Minh", "" },
    { "Bảo tàng Hồ Chí Minh chi nhánh TP Hồ Chí Minh", "ho-chi-minh" },
    { "TP.HCM", "ho-chi-minh" },
    { "TP. HỒ CHÍ MINH", "ho-chi-minh" },
    { "thành phố Hồ Chí Minh", "ho-chi-minh" },
    { "Hội LHPN quận 7, TP Hồ Chí Minh", "ho-chi-minh" },
    { "Sài Gòn vào mưa", "ho-chi-minh" },
    { "Theo báo Sài Gòn Giải Phóng", "" },
    { "Ngân hàng Sài Gòn Thương Tín", "" },

    /* peace, and the province */
    { "vì hòa bình", "" },
    { "Vì hoà bình và phát triển", "" },
    { "HÒA BÌNH CHO TRẺ EM", "" },
    { "Thành phố vì hòa bình", "" },
    { "công viên Hòa Bình", "" },
    { "Đại học Hòa Bình", "" },
    { "tỉnh Hòa Bình", "hoa-binh" },
    { "tỉnh Hoà Bình", "hoa-binh" },
    { "TỈNH HOÀ BÌNH", "hoa-binh" },
    { "tỉnh Ho\xCC\x80"
      "a Bi\xCC\x80nh",
      "hoa-binh" }, /* decomposed, the tone on the first vowel */
    { "tỉnh Hoa\xCC\x80 Bi\xCC\x80nh", "hoa-binh" },
    { "phụ nữ bình dương", "" },
    { "tỉnh Bình Dương", "binh-duong" },
    { "ở Bình Dương và Đồng Nai", "binh-duong dong-nai" },
    { "khu vực châu Á - Thái Bình Dương", "" },
    { "ở Thái Bình Dương", "" },
    { "tỉnh Thái Bình", "thai-binh" },
    { "quê Thái Bình", "thai-binh" },

    /* names within longer ones */
    { "tỉnh Hà Nam Ninh", "" },
    { "Hà Nam Ninh", "" },
    { "tỉnh Hà Nam", "ha-nam" },
    { "HÀ NAM", "ha-nam" },
    { "tỉnh Hà Nam (Trung Quốc)", "" },
    { "tỉnh Hà Nam, Trung Quốc", "" },
    { "Hà Nam, Ninh Bình", "ha-nam ninh-binh" },
    { "chiến thắng Điện Biên Phủ", "" },
    { "70 năm Chiến thắng Điện Biên Phủ tại Hà Nội", "ha-noi" },
    { "tỉnh Điện Biên", "dien-bien" },
    { "đường Điện Biên Phủ", "" },
    { "vùng Đồng Tháp Mười", "" },
    { "tỉnh Đồng Tháp", "dong-thap" },
    { "Bình Định Vương Lê Lợi", "" },
    { "Bình Định", "binh-dinh" },
    { "Bà Rịa - Vũng Tàu", "ba-ria-vung-tau" },
    { "biển Vũng Tàu", "ho-chi-minh" },
    { "xa lộ Hà Nội", "" },
    { "Thừa Thiên - Huế", "hue" },

    /* a stadium, a ward, a province */
    { "sân vận động Phú Thọ", "" },
    { "tại Nhà thi đấu Phú Thọ", "" },
    { "địa đạo ở Phú Thọ Hòa", "" },
    { "tỉnh Phú Thọ", "phu-tho" },
    { "TỈNH PHÚ THỌ", "phu-tho" },

    /* letters */
    { "ở HN, HP và SG", "ha-noi hai-phong ho-chi-minh" },
    { "máy 150 HP", "" },
    { "BR-VT", "ba-ria-vung-tau" },

    /* one syllable */
    { "vinh dự đón nhận", "" },
    { "Vinh dự đón nhận", "" },
    { "VINH DANH PHỤ NỮ", "" },
    { "Hà Nội - Vinh danh điển hình", "ha-noi" },
    { "chị Vinh", "" },
    { "Nguyễn Quang Vinh", "" },
    { "TP Vinh", "nghe-an" },
    { "Đại học Vinh", "nghe-an" },
    { "hoa huệ", "" },
    { "Hoa Huệ nở", "" },
    { "chị Huế", "" },
    { "phố Huế", "" },
    { "TP Huế", "hue" },
    { "cố đô Huế", "hue" },
    { "ở Huế", "hue" },
    { "quán bún bò huế", "" },
    { "tại Cố đô", "hue" },
    { "Cố đô Hoa Lư", "ninh-binh" },

    /* what the page says, in every clothing */
    { "HÀ NỘI, HẢI PHÒNG VÀ ĐÀ NẴNG", "ha-noi hai-phong da-nang" },
    { "HA NOI, HAI PHONG, DA NANG", "ha-noi hai-phong da-nang" },
    { "Ha\xCC\x80 No\xCC\xA3\xCC\x82i", "ha-noi" },
    { "Ha\xCC\x80 N\xC3\xB4\xCC\xA3i", "ha-noi" }, /* ô, and a dot below of its own */
    { "TP Hà Nội, Hải Phòng, Đà Nẵng, Hồ Chí Minh và Cần Thơ",
      "ha-noi hai-phong da-nang ho-chi-minh can-tho" },
    { "quận Liên Chiểu, TP Đà Nẵng", "da-nang" },
    { "xã Thanh Liệt, huyện Thanh Trì", "ha-noi" },
};

START_TEST(a_story_is_filed_where_it_speaks_of)
{
    assert_speaks_of(cities, places[_i].text, false, places[_i].slugs);
}
END_TEST

static const struct {
    const char *text, *slugs;
} subjects[] = {
    { "Sức khỏe", "suc-khoe" },
    { "SỨC KHOẺ", "suc-khoe" },
    { "Chăm sóc sức khỏe phụ nữ nông thôn", "suc-khoe" },
    { "những người yếu thế, cô đơn, sức khỏe yếu", "" },
    { "những người yếu thế, cô đơn, sức khoẻ yếu", "" },
    { "rèn luyện sức khỏe", "" },
    { "vì lý do sức khỏe", "" },
    { "chúc sức khỏe các mẹ", "" },
    { "sức khỏe của doanh nghiệp", "" },
    { "khám sức khỏe cho doanh nghiệp", "suc-khoe kinh-te" },
    { "Bảo vệ môi trường", "moi-truong" },
    { "môi trường làm việc thân thiện", "" },
    { "cải thiện môi trường đầu tư", "" },
    { "trả lời báo chí", "" },
    { "Giải báo chí về phụ nữ", "bao-chi" },
    { "phối hợp với Sở Văn hóa và Thể thao", "" },
    { "Bộ Văn hóa, Thể thao và Du lịch", "" },
    { "Ngày hội thể thao", "the-thao" },
    { "tuyên truyền, phổ biến, giáo dục pháp luật", "phap-luat" },
    { "người cao tuổi", "nguoi-cao-tuoi" },
};

START_TEST(a_story_is_filed_under_what_it_is_about)
{
    assert_speaks_of(themes, subjects[_i].text, true, subjects[_i].slugs);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("shipped");
    TCase *tests = tcase_create("shipped");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, thirty_four_units_hold_the_sixty_three_of_before);
    tcase_add_test(tests, seven_cities_are_central_each_since_its_day);
    tcase_add_test(tests, every_term_is_found_by_its_name);
    suite_add_tcase(suite, tests);
    TCase *filing = tcase_create("filing");
    tcase_add_checked_fixture(filing, set_up, tear_down);
    tcase_set_tags(filing, "no-valgrind"); /* which reads the taxonomies for each of them */
    tcase_add_loop_test(filing, a_story_is_filed_where_it_speaks_of, 0, COUNT(places));
    tcase_add_loop_test(filing, a_story_is_filed_under_what_it_is_about, 0, COUNT(subjects));
    suite_add_tcase(suite, filing);
    return testing_run(suite);
}
