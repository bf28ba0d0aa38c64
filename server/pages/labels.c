/* SPDX-License-Identifier: ISC */
#include "pages/labels.h"

#include "base/yaml.h"

#include <assert.h>

enum { BUILT_IN = 2 };

static const char *const languages[BUILT_IN] = { "vi", "en" };

/* Every word there is, in the languages above. */
static const struct {
    const char *key;
    const char *words[BUILT_IN];
} table[] = {
    { "masthead", { "Song Tử", "Song Tử" } },
    { "tagline",
      { "Tin tức gọn nhẹ, theo địa phương và theo chủ đề",
        "A light capsule of news, by place and by theme" } },
    { "skip", { "Tới nội dung chính", "Skip to the content" } },
    { "home", { "Trang chủ", "Front page" } },
    { "latest", { "Tin mới", "Latest" } },
    { "all_stories", { "Tất cả tin", "All stories" } },
    { "story_count_one", { "{n} tin", "1 story" } },
    { "story_count_many", { "{n} tin", "{n} stories" } },
    { "empty", { "Chưa có tin nào.", "No stories yet." } },
    { "older", { "Tin cũ hơn", "Older stories" } },
    { "newer", { "Tin mới hơn", "Newer stories" } },
    { "parts", { "Các phần", "Parts" } },
    { "part", { "Phần {n}", "Part {n}" } },
    { "city", { "Địa phương", "Place" } },
    { "cities", { "Tỉnh, thành phố", "Cities and provinces" } },
    { "all_cities", { "Tất cả tỉnh, thành phố", "All cities and provinces" } },
    { "theme", { "Chủ đề", "Theme" } },
    { "themes", { "Chủ đề", "Themes" } },
    { "all_themes", { "Tất cả chủ đề", "All themes" } },
    { "central_cities", { "Thành phố trực thuộc Trung ương", "Central cities" } },
    { "provinces", { "Tỉnh", "Provinces" } },
    { "former_provinces", { "Tỉnh cũ", "Former provinces" } },
    { "formerly", { "nay thuộc {term}", "now part of {term}" } },
    { "in_city", { "{term}: theo chủ đề", "{term}: by theme" } },
    { "in_theme", { "{term}: theo địa phương", "{term}: by place" } },
    { "archive", { "Lưu trữ", "Archive" } },
    { "years", { "Theo năm", "By year" } },
    { "months", { "Theo tháng", "By month" } },
    { "year", { "Năm {n}", "Year {n}" } },
    { "month", { "Tháng {m} năm {n}", "Month {m} of {n}" } },
    { "undated", { "Không rõ ngày", "Undated" } },
    { "author", { "Tác giả", "Author" } },
    { "published", { "Xuất bản", "Published" } },
    { "updated", { "Cập nhật", "Updated" } },
    { "date_unknown", { "Không rõ ngày xuất bản", "Date of publication unknown" } },
    { "filed_under", { "Chuyên mục", "Filed under" } },
    { "also_in", { "Xem thêm trong", "Also in" } },
    { "related", { "Tin liên quan", "Related stories" } },
    { "source", { "Bài gốc", "Original" } },
    { "as_text", { "Đọc bài dạng văn bản thuần", "Read it as plain text" } },
    { "back_to", { "Trở lại {term}", "Back to {term}" } },
    { "search", { "Tìm kiếm", "Search" } },
    { "search_prompt",
      { "Nhập từ cần tìm, có dấu hay không dấu", "Words to search for, with or without marks" } },
    { "search_results", { "Kết quả tìm “{query}”", "Results for “{query}”" } },
    { "search_none", { "Không có tin nào khớp với “{query}”.", "No story matches “{query}”." } },
    { "search_many", { "hơn 1.000 tin", "more than 1,000 stories" } },
    { "search_found", { "Tìm thấy {term}.", "Found: {term}." } },
    { "search_late",
      { "Việc tìm đã dừng vì quá lâu, nên có thể còn sót tin. Hãy thêm từ hoặc thu hẹp thời gian.",
        "The search took too long and was stopped, so stories may be missing. Add a word, or "
        "narrow the period." } },
    { "terms_next", { "Xem tiếp", "More" } },
    { "terms_back", { "Trở lại phần trước", "Back to the part before" } },
    { "search_cut",
      { "Câu hỏi quá dài: chỉ {n} từ đầu được dùng để tìm.",
        "That was too long: only the first {n} words were looked for." } },
    { "search_end",
      { "Chỉ xem được 1.000 tin đầu. Hãy thêm từ, hoặc thu hẹp thời gian bằng from: và to:.",
        "Only the first 1,000 stories are shown. Add a word, or narrow the period by from: and "
        "to:." } },
    { "search_next", { "Xem tiếp kết quả", "More results" } },
    { "search_back", { "Trở lại kết quả trước", "Previous results" } },
    { "search_best", { "Xếp tin khớp nhất lên đầu", "Best matches first" } },
    { "search_newest", { "Xếp tin mới nhất lên đầu", "Newest first" } },
    { "search_again", { "Tìm từ khác", "Search for something else" } },
    { "search_help", { "Cách tìm", "How to search" } },
    { "search_help_words",
      { "Gõ “ha noi” hay “Hà Nội” đều tìm ra như nhau; đặt trong ngoặc kép, \"hà nội\", để tìm các "
        "từ "
        "đứng liền nhau; thêm -mưa để bỏ tin có từ ấy.",
        "“ha noi” and “Hà Nội” find the same; put words in quotation marks, \"hà nội\", to find "
        "them "
        "side by side; add -mưa to leave out stories with that word." } },
    { "search_help_filters",
      { "Thu hẹp bằng city:ha-noi, theme:giao-duc, from:2023-01, to:2024-06; sort:best xếp tin "
        "khớp "
        "nhất "
        "lên đầu.",
        "Narrow it by city:ha-noi, theme:giao-duc, from:2023-01, to:2024-06; sort:best puts the "
        "best "
        "matches first." } },
    { "feeds", { "Theo dõi tin mới", "Follow" } },
    { "feed_gemini", { "Theo dõi bằng Gemini", "Gemini feed" } },
    { "feed_atom", { "Theo dõi bằng Atom", "Atom feed" } },
    { "not_found",
      { "Không tìm thấy trang này; hãy thử tìm ở /search.",
        "There is no such page; try /search." } },
    { "gone", { "Trang này đã được gỡ bỏ.", "This page has been removed." } },
    { "moved", { "Trang này đã chuyển sang địa chỉ khác.", "This page has moved." } },
    { "bad_request", { "Yêu cầu không hợp lệ.", "The request could not be understood." } },
    { "refused", { "Máy chủ từ chối yêu cầu này.", "The request was refused." } },
    { "busy",
      { "Máy chủ đang bận, xin thử lại sau.", "The server is busy; please try again later." } },
    { "slow_down",
      { "Quá nhiều yêu cầu cùng lúc, xin chờ giây lát.",
        "Too many requests at once; please wait a moment." } },
    { "error",
      { "Máy chủ gặp lỗi, xin thử lại sau.", "The server met an error; please try again later." } },
};

enum { LABELS = sizeof table / sizeof *table };

struct dictionary {
    struct span lang;
    struct span words[LABELS]; /* at == NULL: not said */
    struct dictionary *next;
};

struct labels {
    struct dictionary *first;
};

static size_t
find(struct span key)
{
    size_t i = 0;
    while (i < LABELS && (key.len == 0 || table[i].key[0] != key.at[0] ||
                          !span_equal(key, span_of(table[i].key))))
        i++;
    return i;
}

static enum status
read_language(const struct yaml *node, struct region *region, struct labels *labels,
              struct fault *fault)
{
    struct dictionary *dictionary = region_alloc(region, sizeof *dictionary);
    dictionary->lang = node->key;
    for (const struct yaml *word = node->down; word != NULL; word = word->next) {
        size_t at = find(word->key);
        if (at == LABELS)
            return fault_set(fault, word->key_line, "no label is called `%.*s`",
                             (int)(word->key.len < 60 ? word->key.len : 60), word->key.at);
        if (yaml_text(word).len == 0 || yaml_text(word).len > 500)
            return fault_set(fault, word->line, "a label is a text of 1 to 500 bytes");
        dictionary->words[at] = yaml_text(word);
    }
    dictionary->next = labels->first;
    labels->first = dictionary;
    return STATUS_OK;
}

enum status
labels_parse(struct span yaml, struct region *region, struct labels **out, struct fault *fault)
{
    struct labels *labels = region_alloc(region, sizeof *labels);
    struct yaml *tree;
    enum status status = yaml_parse(region_copy(region, yaml), 1, region, &tree, fault);
    if (status == STATUS_OK && tree->kind != YAML_MAPPING)
        status = fault_set(fault, tree->line, "labels are written `vi:` with `key: words` below");
    struct yaml *node = status == STATUS_OK ? tree->down : NULL;
    for (; status == STATUS_OK && node != NULL; node = node->next)
        status = read_language(node, region, labels, fault);
    if (status == STATUS_OK)
        *out = labels;
    return status;
}

struct span
label(const struct labels *labels, struct span lang, const char *key)
{
    size_t at = find(span_of(key));
    assert(at < LABELS);
    const struct dictionary *dictionary = labels->first;
    for (; dictionary != NULL; dictionary = dictionary->next)
        if (span_equal(dictionary->lang, lang) && dictionary->words[at].at != NULL)
            return dictionary->words[at];
    for (size_t i = 0; i < BUILT_IN; i++)
        if (span_equal(lang, span_of(languages[i])))
            return span_of(table[at].words[i]);
    return span_of(table[at].words[BUILT_IN - 1]);
}
