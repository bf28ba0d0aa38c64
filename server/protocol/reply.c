/* SPDX-License-Identifier: ISC */
#include "protocol/reply.h"

int
reply_code(const struct reply *reply)
{
    static const int codes[] = {
        [ANSWER_PAGE] = 20,   [ANSWER_FILE] = 20, [ANSWER_ASK] = 10,     [ANSWER_MOVED] = 31,
        [ANSWER_ABSENT] = 51, [ANSWER_GONE] = 52, [ANSWER_REFUSED] = 53, [ANSWER_BAD] = 59,
        [ANSWER_SLOW] = 44,   [ANSWER_BUSY] = 41, [ANSWER_FAILED] = 40,  [ANSWER_SAME] = 20,
    };
    return codes[reply->answer];
}
