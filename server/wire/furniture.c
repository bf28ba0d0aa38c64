/* SPDX-License-Identifier: ISC */
#include "wire/furniture.h"

#include "base/buffer.h"
#include "base/text.h"

enum { WHOLE_BYTES = 120, POINTER_BYTES = 200, LABEL_BYTES = 40 }; /* longer is none */

static const struct phrase {
    enum furniture kind;
    const char *words;
} phrases[] = {
    { FURNITURE_SHARE, "Chia sẻ" },
    { FURNITURE_SHARE, "Chia sẻ bài viết" },
    { FURNITURE_SHARE, "Chia sẻ lên" },
    { FURNITURE_SHARE, "Chia sẻ qua" },
    { FURNITURE_SHARE, "Share" },
    { FURNITURE_SHARE, "Facebook" },
    { FURNITURE_SHARE, "Zalo" },
    { FURNITURE_SHARE, "Twitter" },
    { FURNITURE_SHARE, "Messenger" },
    { FURNITURE_SHARE, "Telegram" },
    { FURNITURE_SHARE, "Viber" },
    { FURNITURE_SHARE, "Pinterest" },
    { FURNITURE_SHARE, "LinkedIn" },
    { FURNITURE_SHARE, "Email" },
    { FURNITURE_SHARE, "Gửi email" },
    { FURNITURE_SHARE, "Tweet" },
    { FURNITURE_SHARE, "Like" },
    { FURNITURE_SHARE, "Thích" },
    { FURNITURE_SHARE, "Lưu" },
    { FURNITURE_SHARE, "Lưu bài" },
    { FURNITURE_SHARE, "Lưu bài viết" },
    { FURNITURE_SHARE, "Lưu tin" },
    { FURNITURE_SHARE, "Copy link" },
    { FURNITURE_SHARE, "Sao chép liên kết" },
    { FURNITURE_SHARE, "Sao chép" },
    { FURNITURE_SHARE, "In bài" },
    { FURNITURE_SHARE, "In bài viết" },
    { FURNITURE_SHARE, "Bình luận" },
    { FURNITURE_SHARE, "Nghe bài viết" },
    { FURNITURE_SHARE, "Nghe đọc bài" },
    { FURNITURE_SHARE, "Cỡ chữ" },
    { FURNITURE_SHARE, "Google News" },
    { FURNITURE_SHARE, "Theo dõi trên Google News" },
    { FURNITURE_SHARE, "Quay lại" },
    { FURNITURE_SHARE, "Quay lại chủ đề" },
    { FURNITURE_SHARE, "Trở lại" },
    { FURNITURE_SHARE, "Về đầu trang" },
    { FURNITURE_SHARE, "Xem tiếp" },
    { FURNITURE_SHARE, "Quảng cáo" },
    { FURNITURE_HOME, "Trang chủ" },
    { FURNITURE_HOME, "Trang nhất" },
    { FURNITURE_HOME, "Home" },
    { FURNITURE_SECTION, "Thời sự" },
    { FURNITURE_SECTION, "Chính trị" },
    { FURNITURE_SECTION, "Xã hội" },
    { FURNITURE_SECTION, "Kinh tế" },
    { FURNITURE_SECTION, "Kinh doanh" },
    { FURNITURE_SECTION, "Pháp luật" },
    { FURNITURE_SECTION, "Đời sống" },
    { FURNITURE_SECTION, "Giáo dục" },
    { FURNITURE_SECTION, "Sức khỏe" },
    { FURNITURE_SECTION, "Y tế" },
    { FURNITURE_SECTION, "Văn hóa" },
    { FURNITURE_SECTION, "Giải trí" },
    { FURNITURE_SECTION, "Thể thao" },
    { FURNITURE_SECTION, "Thế giới" },
    { FURNITURE_SECTION, "Quốc tế" },
    { FURNITURE_SECTION, "Công nghệ" },
    { FURNITURE_SECTION, "Khoa học" },
    { FURNITURE_SECTION, "Môi trường" },
    { FURNITURE_SECTION, "Giao thông" },
    { FURNITURE_SECTION, "Du lịch" },
    { FURNITURE_SECTION, "Gia đình" },
    { FURNITURE_SECTION, "Bạn đọc" },
    { FURNITURE_SECTION, "Góc nhìn" },
    { FURNITURE_SECTION, "Địa phương" },
    { FURNITURE_SECTION, "Tin tức" },
    { FURNITURE_SECTION, "Phụ nữ" },
    { FURNITURE_SECTION, "Hoạt động Hội" },
    { FURNITURE_RELATED, "Tin cùng chuyên mục" },
    { FURNITURE_RELATED, "Bài cùng chuyên mục" },
    { FURNITURE_RELATED, "Cùng chuyên mục" },
    { FURNITURE_RELATED, "Tin liên quan" },
    { FURNITURE_RELATED, "Bài liên quan" },
    { FURNITURE_RELATED, "Bài viết liên quan" },
    { FURNITURE_RELATED, "Các tin liên quan" },
    { FURNITURE_RELATED, "Tin bài liên quan" },
    { FURNITURE_RELATED, "Tin cùng chủ đề" },
    { FURNITURE_RELATED, "Cùng chủ đề" },
    { FURNITURE_RELATED, "Đọc thêm" },
    { FURNITURE_RELATED, "Xem thêm" },
    { FURNITURE_RELATED, "Có thể bạn quan tâm" },
    { FURNITURE_RELATED, "Có thể bạn thích" },
    { FURNITURE_RELATED, "Bạn có thể quan tâm" },
    { FURNITURE_RELATED, "Tin khác" },
    { FURNITURE_RELATED, "Các tin khác" },
    { FURNITURE_RELATED, "Tin mới" },
    { FURNITURE_RELATED, "Tin mới nhất" },
    { FURNITURE_RELATED, "Tin nổi bật" },
    { FURNITURE_RELATED, "Đọc nhiều" },
    { FURNITURE_RELATED, "Đọc nhiều nhất" },
    { FURNITURE_RELATED, "Tin đọc nhiều" },
    { FURNITURE_COMMENTS, "Ý kiến bạn đọc" },
    { FURNITURE_COMMENTS, "Ý kiến của bạn" },
    { FURNITURE_COMMENTS, "Gửi bình luận" },
    { FURNITURE_COMMENTS, "Viết bình luận" },
    { FURNITURE_COMMENTS, "Bình luận của bạn đọc" },
};

/* What a line of furniture may begin with. */
static const struct phrase beginnings[] = {
    { FURNITURE_POINTER, "Xem thêm:" },
    { FURNITURE_POINTER, "Đọc thêm:" },
    { FURNITURE_POINTER, "Tin liên quan:" },
    { FURNITURE_POINTER, "Mời quý độc giả theo dõi" },
    { FURNITURE_POINTER, "Mời bạn đọc theo dõi" },
    { FURNITURE_POINTER, ">> Xem thêm" },
    { FURNITURE_POINTER, ">>> Xem thêm" },
    { FURNITURE_FOOTER, "©" },
    { FURNITURE_FOOTER, "Copyright" },
    { FURNITURE_FOOTER, "Bản quyền thuộc" },
    { FURNITURE_FOOTER, "Bản quyền ©" },
    { FURNITURE_FOOTER, "Bản quyền (C)" },
    { FURNITURE_FOOTER, "® " },
    { FURNITURE_FOOTER, "Giấy phép hoạt động báo" },
    { FURNITURE_FOOTER, "Tòa soạn:" },
    { FURNITURE_FOOTER, "Trụ sở tòa soạn" },
    { FURNITURE_FOOTER, "Đường dây nóng:" },
    { FURNITURE_FOOTER, "Liên hệ quảng cáo" },
    { FURNITURE_FOOTER, "Giấy phép số" },
    { FURNITURE_FOOTER, "Cơ quan chủ quản" },
    { FURNITURE_FOOTER, "Tổng biên tập:" },
};

enum { PHRASES = sizeof phrases / sizeof phrases[0] };

struct phrasebook {
    struct span keys[PHRASES];
};

const struct phrasebook *
phrasebook_new(struct region *region)
{
    struct phrasebook *book = region_alloc(region, sizeof *book);
    for (size_t i = 0; i < PHRASES; i++)
        book->keys[i] = line_key(span_of(phrases[i].words), region);
    return book;
}

/* The length of `key`'s first word, and of the space behind. */
static size_t
word_length(struct span key)
{
    size_t at;
    return span_find_char(key, ' ', &at) ? at + 1 : key.len;
}

static bool
begins_with_words(struct span key, struct span words)
{
    return span_starts(key, words) && (key.len == words.len || key.at[words.len] == ' ');
}

/* The longest share phrase `key` begins with; 0: none. */
static size_t
share_length(const struct phrasebook *book, struct span key)
{
    size_t longest = 0;
    for (size_t i = 0; i < PHRASES; i++)
        if (phrases[i].kind == FURNITURE_SHARE && book->keys[i].len > longest &&
            begins_with_words(key, book->keys[i]))
            longest = book->keys[i].len;
    return longest;
}

/* Share words in a row, counts between them ("Thích 12 Zalo"): nothing but these. */
static bool
is_share_row(const struct phrasebook *book, struct span key)
{
    bool any = false;
    while (key.len > 0) {
        uint64_t count;
        size_t word = word_length(key), phrase = share_length(book, key);
        if (phrase == 0 && !(any && span_number(span_trim(span_first(key, word)), 99999, &count)))
            return false;
        any = true;
        key = span_trim(span_skip(key, phrase > 0 ? phrase : word));
    }
    return any;
}

/* `key` without a count behind ("bình luận của bạn đọc 12"). */
static struct span
uncounted(struct span key)
{
    uint64_t count;
    size_t at = key.len;
    while (at > 0 && key.at[at - 1] != ' ')
        at--;
    bool counted = at > 0 && span_number(span_skip(key, at), 99999, &count);
    return counted ? span_first(key, at - 1) : key;
}

enum furniture
furniture_of(const struct phrasebook *book, const struct line *line)
{
    if (line->text.len <= POINTER_BYTES)
        for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++)
            if (span_starts(line->text, span_of(beginnings[i].words)))
                return beginnings[i].kind;
    if (line->text.len > WHOLE_BYTES)
        return FURNITURE_NONE;
    struct span key = uncounted(line->key);
    for (size_t i = 0; i < PHRASES; i++)
        if (phrases[i].kind != FURNITURE_SHARE && span_equal(key, book->keys[i]))
            return phrases[i].kind;
    return is_share_row(book, line->key) ? FURNITURE_SHARE : FURNITURE_NONE;
}

static bool
says(struct span text, const char *words)
{
    struct buffer one = BUFFER_EMPTY, other = BUFFER_EMPTY;
    text_key(text, &one);
    text_key(span_of(words), &other);
    bool same = span_equal(buffer_span(&one), buffer_span(&other));
    buffer_fini(&one);
    buffer_fini(&other);
    return same;
}

/* The rest of `line` behind one of `labels` and a colon. */
static bool
behind_label(struct span line, const char *const labels[], struct span *out)
{
    size_t colon;
    if (!span_find_char(line, ':', &colon) || colon > LABEL_BYTES)
        return false;
    for (size_t i = 0; labels[i] != NULL; i++)
        if (says(span_first(line, colon), labels[i])) {
            *out = span_trim(span_skip(line, colon + 1));
            return true;
        }
    return false;
}

bool
furniture_author(struct span line, struct span *out)
{
    static const char *const labels[] = { "Tác giả",  "Bài, ảnh",   "Bài và ảnh", "Ảnh, bài",
                                          "Bài viết", "Bài",        "Thực hiện",  "Tin, ảnh",
                                          "Theo",     "Phóng viên", "Nhóm PV",    "PV",
                                          "Tin bài",  "Tin và ảnh", NULL };
    static const char *const crews[] = { "Nhóm phóng viên", "Nhóm PV", "PV", "Nhóm tác giả", NULL };
    if (behind_label(line, labels, out))
        return out->len > 0 && out->len <= WHOLE_BYTES;
    for (size_t i = 0; crews[i] != NULL; i++)
        if (line.len <= LABEL_BYTES && says(line, crews[i])) {
            *out = line;
            return true;
        }
    return false;
}

bool
furniture_tags(struct span line, struct span *out)
{
    static const char *const labels[] = { "Từ khóa", "Tags", "Tag", "Thẻ", "Chủ đề", NULL };
    return line.len <= 2 * POINTER_BYTES && !span_ends(line, SPAN(".")) &&
           behind_label(line, labels, out);
}
