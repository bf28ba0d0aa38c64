/* SPDX-License-Identifier: ISC */
/* What stands around articles, line by line; and lines of articles that sound like it. */
#include "wire/furniture.h"

#include "testing.h"

#include <string.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof(table)[0]))

static struct region *region;
static const struct phrasebook *book;

static void
set_up(void)
{
    region = region_new();
    book = phrasebook_known();
}

static void
tear_down(void)
{
    region_free(region);
}

static const struct {
    const char *line;
    enum furniture furniture;
} lines[] = {
    { "Chia sẻ", FURNITURE_SHARE },
    { "CHIA SẺ", FURNITURE_SHARE },
    { "Facebook Zalo Lưu bài Bình luận (0)", FURNITURE_SHARE },
    { "Thích 12 Chia sẻ 3", FURNITURE_SHARE },
    { "Copy link", FURNITURE_SHARE },
    { "Quay lại chủ đề", FURNITURE_SHARE },
    { "Nữ miền Bắc Nam miền Nam", FURNITURE_SHARE },
    { "A+ A-", FURNITURE_SHARE },
    { "Xem nhiều", FURNITURE_FOREIGN },
    { "Bài viết mới nhất", FURNITURE_FOREIGN },
    { "Trang chủ", FURNITURE_HOME },
    { "Thời sự", FURNITURE_SECTION },
    { "Tin liên quan", FURNITURE_RELATED },
    { "Tin cùng chuyên mục", FURNITURE_RELATED },
    { "TIN CÙNG CHUYÊN MỤC", FURNITURE_RELATED },
    { "Xem thêm", FURNITURE_RELATED },
    { "Đọc thêm", FURNITURE_RELATED },
    { "Có thể bạn quan tâm", FURNITURE_RELATED },
    { "Có thể bạn muốn đọc", FURNITURE_RELATED },
    { "Đừng bỏ lỡ", FURNITURE_RELATED },
    { "Theo dòng sự kiện", FURNITURE_RELATED },
    { "Những tin cũ hơn", FURNITURE_RELATED },
    { "Bình luận của bạn đọc (12)", FURNITURE_FOREIGN },
    { "Ý kiến bạn đọc", FURNITURE_FOREIGN },
    { "Để lại bình luận", FURNITURE_FOREIGN },
    { "Hãy là người đầu tiên bình luận", FURNITURE_FOREIGN },
    { "Xem thêm: Bão số 6 đổ bộ vào Huế", FURNITURE_POINTER },
    { ">> Bão số 6 đổ bộ vào Huế", FURNITURE_POINTER },
    { "Mời quý độc giả theo dõi các chương trình của kênh", FURNITURE_POINTER },
    { "Đăng ký kênh để xem tin mới", FURNITURE_POINTER },
    { "© 2026 Báo Mẫu", FURNITURE_FOOTER },
    { "Giấy phép số 12/GP-BC", FURNITURE_FOOTER },
    { "Tổng Biên tập: Nguyễn Văn Mẫu", FURNITURE_FOOTER },
    { "Vui lòng ghi rõ nguồn khi phát hành lại", FURNITURE_FOOTER },

    { "Trả lời", FURNITURE_NONE }, /* heads an answer, too */
    { "Chia sẻ với chúng tôi, chị Lan nói trời vẫn mưa.", FURNITURE_NONE },
    { "Thích nhất là mùa mưa", FURNITURE_NONE },
    { "Xem thêm bao nhiêu lần vẫn thích", FURNITURE_NONE },
    { "Độc giả có thể thấy nước sông đã rút.", FURNITURE_NONE },
    { "Giấy phép hoạt động của mỏ đá đã hết hạn từ năm ngoái.", FURNITURE_NONE },
    { "Bình luận viên Lan kể về trận lũ.", FURNITURE_NONE },
    { "Phản hồi của người dân", FURNITURE_NONE },
    { "", FURNITURE_NONE },
};

START_TEST(a_line_is_furniture_or_not)
{
    struct span text = line_clean(span_of(lines[_i].line), region);
    const struct line line = { text, line_key(text, region), false };
    ck_assert_msg(furniture_of(book, &line) == lines[_i].furniture, "%s: %d", lines[_i].line,
                  furniture_of(book, &line));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("furniture");
    TCase *tests = tcase_create("furniture");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, a_line_is_furniture_or_not, 0, COUNT(lines));
    suite_add_tcase(suite, tests);
    return testing_run(suite);
}
