/* SPDX-License-Identifier: ISC */
/* furniture.h - the words every newspaper page has around its articles: share buttons, section
 * names, the heads of lists. Pure. */
#pragma once

#include "base/region.h"
#include "base/span.h"
#include "wire/lines.h"

enum furniture {
    FURNITURE_NONE,
    FURNITURE_SHARE,   /* "Chia sẻ", "Zalo Lưu bài Bình luận (0)" */
    FURNITURE_SECTION, /* "Thời sự", above a headline */
    FURNITURE_HOME,    /* "Trang chủ" */
    FURNITURE_RELATED, /* "Tin cùng chuyên mục": a list of other stories begins */
    FURNITURE_FOREIGN, /* "Ý kiến bạn đọc", "Xem nhiều": what follows is no part of the article */
    FURNITURE_POINTER, /* "Xem thêm: …", "Mời quý độc giả theo dõi …": one line of it */
    FURNITURE_FOOTER, /* "© …", "Giấy phép số …": the page is over */
};

struct phrasebook; /* the words as keys */
/* Made when it is first asked for, and kept: a page has less to say than there are words. */
const struct phrasebook *phrasebook_known(void);

enum furniture furniture_of(const struct phrasebook *book, const struct line *line);

/* The rest of `line` behind a label that says who wrote ("Tác giả: …") or what it is about
 * ("Từ khóa: …"); false: it has none. */
bool furniture_author(struct span line, struct span *out);
bool furniture_tags(struct span line, struct span *out);
