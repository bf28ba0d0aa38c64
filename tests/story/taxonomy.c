/* SPDX-License-Identifier: ISC */
#include "story/taxonomy.h"

#include "base/buffer.h"
#include "testing.h"

#include <string.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

static struct region *region;

static void
set_up(void)
{
    ck_assert(clock_zone_set("Asia/Ho_Chi_Minh"));
    region = region_new();
}

static void
tear_down(void)
{
    region_free(region);
}

static struct taxonomy *
read_taxonomy(const char *yaml)
{
    struct taxonomy *taxonomy = NULL;
    struct fault fault = { 0, "" };
    ck_assert_msg(taxonomy_parse(span_of(yaml), region, &taxonomy, &fault) == STATUS_OK,
                  "line %zu: %s", fault.line, fault.what);
    return taxonomy;
}

static void
assert_span(struct span span, const char *expected)
{
    ck_assert_msg(span_equal(span, span_of(expected)), "`%.*s` is not `%s`", SPAN_ARG(span),
                  expected);
}

static const char cities[] = "# some cities\n"
                             "- slug: ha-noi\n"
                             "  name: {vi: Hà Nội, en: Hanoi}\n"
                             "  aliases: [thành phố Hà Nội, quận Ba Đình, Phụ nữ Thủ đô]\n"
                             "  cued: [Thủ đô, Thanh Xuân]\n"
                             "  central: true\n"
                             "- slug: ho-chi-minh\n"
                             "  name: TP Hồ Chí Minh\n"
                             "  aliases: [TP.HCM, TPHCM, thành phố Hồ Chí Minh, Sài Gòn,\n"
                             "            quận 1, thành phố Hoa phượng]\n"
                             "  cued: [Hồ Chí Minh]\n"
                             "  central: true\n"
                             "  central-since: 1976-07-02\n"
                             "- slug: can-tho\n"
                             "  name: {vi: Cần Thơ}\n"
                             "- slug: da-nang\n"
                             "  name: {vi: Đà Nẵng}\n"
                             "- slug: hai-phong\n"
                             "  name: {vi: Hải Phòng}\n"
                             "- slug: phu-tho\n"
                             "  name: {vi: Phú Thọ}\n"
                             "  from: 2025-07-01\n"
                             "- slug: hoa-binh\n"
                             "  name: {vi: Hòa Bình}\n"
                             "  cue: true\n"
                             "  until: 2025-06-30\n"
                             "  into: phu-tho\n"
                             "- slug: vung-tau\n"
                             "  name: {vi: Bà Rịa – Vũng Tàu}\n"
                             "- slug: dien-bien\n"
                             "  name: {vi: Điện Biên}\n"
                             "  not: [Điện Biên Phủ]\n"
                             "- slug: ha-nam\n"
                             "  name: {vi: Hà Nam}\n"
                             "  not: [Hà Nam Ninh]\n"
                             "- slug: ha-giang\n"
                             "  name: {vi: Hà Giang}\n"
                             "- slug: hue\n"
                             "  name: {vi: Huế}\n"
                             "  cue: true\n"
                             "- slug: long-bien\n"
                             "  name: {vi: Long Biên}\n"
                             "- slug: long-bien-2\n"
                             "  name: {vi: Lóng Biển}\n";

START_TEST(a_term_is_read_whole)
{
    const struct taxonomy *taxonomy = read_taxonomy(cities);
    ck_assert_uint_eq(taxonomy_count(taxonomy), 14);
    const struct term *term = taxonomy_at(taxonomy, 1);
    assert_span(term->slug, "ho-chi-minh");
    assert_span(term_name(term, SPAN("vi")), "TP Hồ Chí Minh");
    ck_assert_uint_eq(term->aliases.count, 6);
    assert_span(term->cued.at[0], "Hồ Chí Minh");
    ck_assert(term->central && !term->cue);
    ck_assert_int_eq(term->central_since.year, 1976);
    ck_assert_uint_eq(term->line, 7);
    ck_assert_int_eq(term->until.precision, DATE_NONE);
}
END_TEST

START_TEST(a_term_is_found_by_its_slug_and_knows_what_absorbed_it)
{
    const struct taxonomy *taxonomy = read_taxonomy(cities);
    for (size_t i = 0; i < taxonomy_count(taxonomy); i++)
        ck_assert_ptr_eq(taxonomy_find(taxonomy, taxonomy_at(taxonomy, i)->slug),
                         taxonomy_at(taxonomy, i));
    const struct term *old = taxonomy_find(taxonomy, SPAN("hoa-binh"));
    ck_assert_ptr_eq(old->into, taxonomy_find(taxonomy, SPAN("phu-tho")));
    ck_assert_int_eq(old->until.day, 30);
    ck_assert_ptr_null(old->into->into);
    ck_assert_ptr_null(taxonomy_find(taxonomy, SPAN("ha")));
    ck_assert_ptr_null(taxonomy_find(taxonomy, SPAN("")));
}
END_TEST

START_TEST(a_name_falls_back_to_the_first)
{
    const struct term *term = taxonomy_at(read_taxonomy(cities), 0);
    assert_span(term_name(term, SPAN("en")), "Hanoi");
    assert_span(term_name(term, SPAN("fr")), "Hà Nội");
    assert_span(term_name(term, SPAN("")), "Hà Nội");
}
END_TEST

START_TEST(terms_sort_as_the_vietnamese_alphabet_does)
{
    const struct taxonomy *taxonomy = read_taxonomy(
        "- {slug: f, name: Đồng Nai}\n- {slug: e, name: Điện Biên}\n- {slug: d, name: Dak}\n"
        "- {slug: c, name: Cà Mau}\n- {slug: b, name: Bắc Ninh}\n- {slug: a, name: An Giang}\n");
    for (size_t i = 1; i < taxonomy_count(taxonomy); i++)
        ck_assert_int_lt(
            span_compare(taxonomy_at(taxonomy, i)->order, taxonomy_at(taxonomy, i - 1)->order), 0);
}
END_TEST

START_TEST(an_empty_document_is_an_empty_taxonomy)
{
    static const char *const empty[] = { "", "# nothing\n", "[]\n" };
    for (size_t i = 0; i < 3; i++) {
        const struct taxonomy *taxonomy = read_taxonomy(empty[i]);
        struct term_list found = { NULL, 0, 0 };
        ck_assert_uint_eq(taxonomy_count(taxonomy), 0);
        ck_assert_ptr_null(taxonomy_find(taxonomy, SPAN("a")));
        taxonomy_match(taxonomy, SPAN("TP Hà Nội"), true, region, &found);
        ck_assert_uint_eq(found.count, 0);
    }
}
END_TEST

static const struct {
    const char *yaml;
    size_t line;
    const char *says;
} broken[] = {
    { "slug: a\n", 1, "a taxonomy is a list" },
    { "text\n", 1, "a taxonomy is a list" },
    { "- a\n", 1, "a term is written" },
    { "- slug: feed\n  name: x\n", 1, "`feed` can't be one" },
    { "- name: x\n  slug: archive\n", 2, "`archive` can't be one" },
    { "- slug: '2024'\n  name: x\n", 1, "can't be one" },
    { "- slug: atom.xml\n  name: x\n", 1, "can't be one" },
    { "- slug: Ha Noi\n  name: x\n", 1, "can't be one" },
    { "- slug: a\n  name: x\n- slug: a\n  name: y\n", 3, "line 1 has it" },
    { "- slug: a\n", 1, "without a name" },
    { "- name: a\n", 1, "without a slug" },
    { "- slug: a\n  name: {}\n", 2, "name: write" },
    { "- slug: a\n  name: [x]\n", 2, "name: a text" },
    { "- slug: a\n  name: ''\n", 2, "name: a text" },
    { "- slug: a\n  name: {vi: ''}\n", 2, "name: a text" },
    { "- slug: a\n  name: x\n  aliases: y\n", 3, "aliases is a list" },
    { "- slug: a\n  name: x\n  aliases:\n  - y\n  - ''\n", 5, "aliases: a text" },
    { "- slug: a\n  name: x\n  cue: maybe\n", 3, "cue is true or false" },
    { "- slug: a\n  name: x\n  central: 1\n", 3, "central is true or false" },
    { "- slug: a\n  name: x\n  until: 30/6/2025\n", 3, "until: `30/6/2025` is no date" },
    { "- slug: a\n  name: x\n  central-since: soon\n", 3, "central-since: `soon`" },
    { "- slug: a\n  name: x\n  into: c\n", 1, "no term `c`" },
    { "- slug: a\n  name: x\n  into: a\n", 1, "absorbed by itself" },
    { "- {slug: a, name: x, into: b}\n- {slug: b, name: y, into: c}\n- {slug: c, name: z, "
      "into: b}\n",
      1, "absorbed by itself" },
    { "- slug: a\n  nmae: x\n", 2, "unknown key `nmae`: known are slug, name" },
    { "- slug: a\n  name: x\n- slug: b\n  name: X\n", 3, "`X` names two terms: b, and a" },
    { "- slug: a\n  name: Hoà\n- slug: b\n  name: x\n  aliases: [y, Hòa]\n", 3, "names two terms" },
    { "- slug: a\n  name: x\n  cued: [y]\n- slug: b\n  name: z\n  aliases: [y]\n", 4,
      "names two terms" },
};

START_TEST(what_is_wrong_is_told_with_its_line)
{
    struct taxonomy *taxonomy = NULL;
    struct fault fault = { 0, "" };
    ck_assert_int_eq(taxonomy_parse(span_of(broken[_i].yaml), region, &taxonomy, &fault),
                     STATUS_BAD);
    ck_assert_msg(strstr(fault.what, broken[_i].says) != NULL, "%s: %s", broken[_i].yaml,
                  fault.what);
    ck_assert_msg(fault.line == broken[_i].line, "%s: line %zu", broken[_i].yaml, fault.line);
    ck_assert_ptr_null(taxonomy);
}
END_TEST

START_TEST(there_are_at_most_so_many_terms)
{
    for (int count = TAXONOMY_TERMS_MAX; count <= TAXONOMY_TERMS_MAX + 1; count++) {
        struct buffer yaml = BUFFER_EMPTY;
        struct taxonomy *taxonomy;
        for (int i = 0; i < count; i++)
            buffer_printf(&yaml, "- {slug: t%d, name: t%d}\n", i, i);
        ck_assert_int_eq(taxonomy_parse(buffer_span(&yaml), region, &taxonomy, NULL),
                         count <= TAXONOMY_TERMS_MAX ? STATUS_OK : STATUS_BAD);
        buffer_fini(&yaml);
    }
}
END_TEST

/* The slugs of what `text` speaks of, and that taxonomy_speaks_of is of the same mind. */
static void
assert_speaks_of(const struct taxonomy *taxonomy, const char *text, bool keywords,
                 const char *slugs)
{
    struct term_list found = { NULL, 0, 0 };
    struct buffer said = BUFFER_EMPTY;
    taxonomy_match(taxonomy, span_of(text), keywords, region, &found);
    for (size_t i = 0; i < found.count; i++) {
        buffer_printf(&said, "%s%.*s", i > 0 ? " " : "", SPAN_ARG(found.at[i]->slug));
        ck_assert(taxonomy_speaks_of(taxonomy, span_of(text), found.at[i]));
    }
    ck_assert_msg(strcmp(buffer_text(&said), slugs) == 0, "%s: %s", text, said.at);
    buffer_fini(&said);
}

static const struct {
    const char *text, *slugs;
} places[] = {
    { "", "" },
    { "Trời mưa.", "" },
    { "Mưa lớn ở Hà Nội", "ha-noi" },
    { "HÀ NỘI MƯA LỚN", "ha-noi" },
    { "Ha\xCC\x80 No\xCC\xA3\xCC\x82i", "ha-noi" },
    { "hà nội", "" }, /* a name has its capitals */
    { "Hà nội vụ", "" },
    { "Ha Noi, HAI PHONG va Hanoi", "ha-noi hai-phong" },
    { "ha noi", "" },
    { "Ha noi", "" },
    { "Hà Noi", "" },    /* half of the marks is another word */
    { "Long Bien", "" }, /* may mean two */
    { "Long Biên", "long-bien" },
    { "Hà, Nội", "" },
    { "Hà. Nội", "" },
    { "Hà (Nội)", "" },
    { "Hà\nNội", "" },
    { "Cần Thơ, Hà Nội, Cần Thơ", "can-tho ha-noi" },
    { "Đại học Cần Thơ", "can-tho" },

    { "Bà Rịa - Vũng Tàu", "vung-tau" },
    { "Bà Rịa-Vũng Tàu", "vung-tau" },
    { "Bà Rịa – Vũng Tàu", "vung-tau" },
    { "Bà Rịa Vũng Tàu", "vung-tau" },
    { "BA RIA - VUNG TAU", "vung-tau" },
    { "TP.HCM", "ho-chi-minh" },
    { "TP. HCM", "ho-chi-minh" },
    { "TP HCM", "ho-chi-minh" },
    { "tphcm", "" },
    { "tp Hồ Chí Minh", "ho-chi-minh" },
    { "TP.Hồ Chí Minh", "ho-chi-minh" },
    { "Thành phố Hồ Chí Minh", "ho-chi-minh" },
    { "thành phố hoa phượng nở", "ho-chi-minh" },
    { "Quận 1", "ho-chi-minh" },
    { "quận 10", "" },

    { "giải Hòa Bình", "" },
    { "vì hòa bình ở tỉnh nào", "" },
    { "Festival “Phụ nữ Thủ đô vì hòa bình”", "ha-noi" },
    { "tỉnh Hòa Bình", "hoa-binh" },
    { "Tỉnh Hoà Bình", "hoa-binh" },
    { "thuộc tỉnh Hòa Bình", "hoa-binh" },
    { "UBND tỉnh Hòa Bình; UBND Hòa Bình", "hoa-binh" },
    { "Sở Giáo dục và Đào tạo Hòa Bình", "hoa-binh" },
    { "Sở Văn hóa, Thể thao và Du lịch Hòa Bình", "hoa-binh" },
    { "cơ sở gốm Hòa Bình", "" },
    { "ở. Hòa Bình", "" },
    { "phường Hòa Bình", "" },
    { "huyện Hòa Bình", "" }, /* a district may be called like another province */
    { "quận Thanh Xuân", "ha-noi" },
    { "mùa Thanh Xuân", "" },
    { "Thủ đô Paris", "" },
    { "tại Thủ đô", "ha-noi" },

    { "Chủ tịch Hồ Chí Minh", "" },
    { "đường Hồ Chí Minh", "" },
    { "tư tưởng Hồ Chí Minh", "" },
    { "Đoàn TNCS Hồ Chí Minh", "" },
    { "ở Bảo tàng Hồ Chí Minh", "" },
    { "học tập tấm gương đạo đức Hồ Chí Minh", "" },
    { "ở Hồ Chí Minh", "ho-chi-minh" },
    { "Hội LHPN TP Hồ Chí Minh", "ho-chi-minh" },
    { "TP Hà Nội, Hải Phòng, Đà Nẵng, Hồ Chí Minh và Cần Thơ",
      "ha-noi hai-phong da-nang ho-chi-minh can-tho" },
    { "TP Cần Thơ và Hồ Chí Minh", "can-tho ho-chi-minh" },
    { "Hà Nội, Huế và Đà Nẵng", "ha-noi hue da-nang" },
    { "tuyến Hà Nội - Huế", "ha-noi hue" },
    { "Hà Nội. Huế", "ha-noi" },
    { "Hà Nội, Chủ tịch Hồ Chí Minh", "ha-noi" },
    { "Hà Nội và Chủ tịch Hồ Chí Minh", "ha-noi" },

    { "phố Huế", "" },
    { "ở phố Huế", "" },
    { "thành phố Huế", "hue" },
    { "số 5 đường Hà Giang", "" },
    { "tuyến đường Hà Giang", "ha-giang" },
    { "đường phố thành phố Hà Nội", "ha-noi" },
    { "chị Hà Giang", "" },
    { "Nguyễn Hà Giang", "" },
    { "Nguyễn Thị Hà Giang", "" },
    { "UBND Hà Giang", "ha-giang" },
    { "Chủ tịch Hội LHPN Hà Nội Lê Kim Anh", "ha-noi" },

    { "chiến thắng Điện Biên Phủ", "" },
    { "tỉnh Điện Biên.", "dien-bien" },
    { "Hà Nam Ninh", "" },
    { "Hà Nam, Ninh Bình", "ha-nam" },
    { "♊ Hà ♊ Nội ♊ Hà Nội \xFF", "ha-noi" },
};

START_TEST(a_text_speaks_of_the_places_it_names)
{
    assert_speaks_of(read_taxonomy(cities), places[_i].text, false, places[_i].slugs);
}
END_TEST

static const char themes[] = "- slug: giao-duc\n"
                             "  name: {vi: Giáo dục, en: Education}\n"
                             "  aliases: [tuyển sinh]\n"
                             "  keywords: [mầm non, học bổng]\n"
                             "- slug: binh-dang-gioi\n"
                             "  name: {vi: Bình đẳng giới}\n"
                             "  aliases: [giới]\n"
                             "  keywords: [khoảng cách giới, mẹ đỡ đầu]\n"
                             "- slug: phong-chong-toi-pham\n"
                             "  name: {vi: \"Phòng, chống tội phạm\"}\n"
                             "  keywords: [phòng chống tội phạm, mẹ đỡ đầu, mẹ]\n";

static const struct {
    const char *text;
    bool keywords;
    const char *slugs;
} subjects[] = {
    { "Giáo dục", false, "giao-duc" },
    { "ngành giáo dục", false, "giao-duc" },
    { "GIÁO DỤC MẦM NON", false, "giao-duc" },
    { "trường mầm non", false, "" },
    { "Trường Mầm non", true, "giao-duc" },
    { "Bình đẳng giới trong giáo dục", false, "binh-dang-gioi giao-duc" },
    { "thế giới", true, "" },
    { "giới", false, "binh-dang-gioi" },
    { " Giới. ", false, "binh-dang-gioi" },
    { "Tuyển sinh", true, "giao-duc" },
    { "Tuyển sinh 2024", true, "" },
    { "phòng, chống tội phạm", false, "phong-chong-toi-pham" },
    { "phòng chống tội phạm", false, "phong-chong-toi-pham" }, /* who has a comma may lose it */
    { "phòng. Chống tội phạm", true, "" },
    { "Mẹ đỡ đầu", true, "binh-dang-gioi phong-chong-toi-pham" },
    { "mẹ", true, "phong-chong-toi-pham" },
    { "mầm, non", true, "" },
};

START_TEST(a_text_speaks_of_themes_in_any_case)
{
    assert_speaks_of(read_taxonomy(themes), subjects[_i].text, subjects[_i].keywords,
                     subjects[_i].slugs);
}
END_TEST

/* Each mention of a text, with the words it is made of. */
static bool
on_mention(void *whom, const struct term *term, struct span words)
{
    buffer_printf(whom, "%.*s=%.*s;", SPAN_ARG(term->slug), SPAN_ARG(words));
    return true;
}

static const struct {
    const char *text, *said;
} mentions[] = {
    { "Mưa ở Hà  Nội, TP Cần Thơ và Hà\u00A0Nội.",
      "ha-noi=Hà  Nội;can-tho=Cần Thơ;ha-noi=Hà\u00A0Nội;" },
    { "Ha\u0300 No\u0323\u0302i", "ha-noi=Ha\u0300 No\u0323\u0302i;" },
    { "ﬁ Hà Nội", "ha-noi=Hà Nội;" }, /* a word whose letter text_key takes apart */
    { "Trời mưa", "" },
};

START_TEST(a_mention_is_told_with_its_words)
{
    struct buffer said = BUFFER_EMPTY;
    taxonomy_mentions(read_taxonomy(cities), span_of(mentions[_i].text), true, on_mention, &said);
    ck_assert_str_eq(buffer_text(&said), mentions[_i].said);
    buffer_fini(&said);
}
END_TEST

START_TEST(a_section_of_a_site_is_found_by_the_word_in_its_address)
{
    const struct taxonomy *taxonomy = read_taxonomy("- slug: suc-khoe\n"
                                                    "  name: {vi: Sức khỏe - Y tế, en: Health}\n"
                                                    "  aliases: [Y tế, Đời sống]\n"
                                                    "- slug: gia-dinh\n"
                                                    "  name: {vi: Gia đình, en: Family}\n"
                                                    "  aliases: [đợi sông]\n"
                                                    "  keywords: [nhà cửa]\n");
    static const char *const words[][2] = { { "suc-khoe", "suc-khoe" },
                                            { "y-te", "suc-khoe" },
                                            { "suc-khoe-y-te", "suc-khoe" },
                                            { "health", "suc-khoe" },
                                            { "family", "gia-dinh" },
                                            { "doi-song", NULL },
                                            { "nha-cua", NULL },
                                            { "", NULL },
                                            { "zzz", NULL } };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const struct term *term = taxonomy_section(taxonomy, span_of(words[i][0]));
        if (words[i][1] == NULL)
            ck_assert_msg(term == NULL, "%s", words[i][0]);
        else
            assert_span(term->slug, words[i][1]);
    }
}
END_TEST

START_TEST(what_was_found_before_is_kept_and_not_doubled)
{
    const struct taxonomy *taxonomy = read_taxonomy(cities);
    struct term_list found = { NULL, 0, 0 };
    taxonomy_match(taxonomy, SPAN("Cần Thơ"), false, region, &found);
    taxonomy_match(taxonomy, SPAN("Hà Nội, Cần Thơ, Hải Phòng"), false, region, &found);
    ck_assert_uint_eq(found.count, 3);
    assert_span(found.at[0]->slug, "can-tho");
    assert_span(found.at[2]->slug, "hai-phong");
    ck_assert(!taxonomy_speaks_of(taxonomy, SPAN("Hà Nội"), found.at[0]));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("taxonomy");
    TCase *tests = tcase_create("taxonomy");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_term_is_read_whole);
    tcase_add_test(tests, a_term_is_found_by_its_slug_and_knows_what_absorbed_it);
    tcase_add_test(tests, a_name_falls_back_to_the_first);
    tcase_add_test(tests, terms_sort_as_the_vietnamese_alphabet_does);
    tcase_add_test(tests, an_empty_document_is_an_empty_taxonomy);
    tcase_add_loop_test(tests, what_is_wrong_is_told_with_its_line, 0, COUNT(broken));
    tcase_add_test(tests, there_are_at_most_so_many_terms);
    tcase_add_loop_test(tests, a_text_speaks_of_the_places_it_names, 0, COUNT(places));
    tcase_add_loop_test(tests, a_text_speaks_of_themes_in_any_case, 0, COUNT(subjects));
    tcase_add_loop_test(tests, a_mention_is_told_with_its_words, 0, COUNT(mentions));
    tcase_add_test(tests, a_section_of_a_site_is_found_by_the_word_in_its_address);
    tcase_add_test(tests, what_was_found_before_is_kept_and_not_doubled);
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
