/* SPDX-License-Identifier: ISC */
/* Any bytes as a request of the web, whole and in pieces; and as what an answer is made of, whose
 * head then has the lines it should have and no other. */
#include "protocol/http.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool claim)
{
    if (!claim)
        abort();
}

static const struct span host = SPAN("bao.example");
static const struct origin origin = { .hosts = { &host, 1 }, .port = 80, .any_address = true };

static enum parsed
parse(struct span bytes, struct region *region, struct question *question)
{
    *question = (struct question){ .refused = false };
    return http_parse(bytes, SPAN(""), &origin, region, question);
}

/* Whatever bytes come later, what is whole or bad stays so. */
static void
check_pieces(struct span bytes, enum parsed whole, size_t taken, struct region *region)
{
    struct question question;
    for (size_t len = bytes.len > 64 ? bytes.len - 64 : 0; len < bytes.len; len++) {
        enum parsed part = parse(span_first(bytes, len), region, &question);
        require(part != PARSED_BAD || whole == PARSED_BAD);
        require(part != PARSED_WHOLE || (whole == PARSED_WHOLE && question.taken == taken));
        require(part != PARSED_PART || whole != PARSED_WHOLE || len < taken);
    }
}

static void
check_request(struct span bytes, struct region *region)
{
    struct question question;
    enum parsed parsed = parse(bytes, region, &question);
    require(question.line.len <= HTTP_TARGET_MAX);
    if (parsed == PARSED_ALIEN)
        return;
    require((parsed == PARSED_BAD) == (question.reply.code != 0 && parsed != PARSED_WHOLE));
    if (parsed == PARSED_WHOLE) {
        require(question.taken <= bytes.len && question.taken <= HTTP_HEAD_MAX);
        require(memcmp(bytes.at + question.taken - 4, "\r\n\r\n", 4) == 0);
        require(question.reply.code == 0 || !question.request.wishes.stays);
        for (int i = 0; i < 100 && question.forwarded.len > 0; i++)
            http_forwarded_last(&question.forwarded);
    } else if (parsed == PARSED_PART) {
        require(bytes.len < HTTP_HEAD_MAX);
    }
    check_pieces(bytes, parsed, question.taken, region);
}

/* No line of a head but its own. */
static void
check_answer(struct span bytes, enum answer answer)
{
    struct buffer out = BUFFER_EMPTY;
    struct reply reply = { .answer = answer, .words = bytes, .at = 784111777 };
    struct question question = { .request.wishes.bare = true };
    http_print(&question, &reply, &origin, &out);
    size_t end, lines = 0;
    require(span_find(buffer_span(&out), SPAN("\r\n\r\n"), &end));
    require(end + 4 == out.len);
    for (size_t i = 0; i < out.len; i++) {
        lines += out.at[i] == '\n';
        require((unsigned char)out.at[i] >= ' ' || out.at[i] == '\r' || out.at[i] == '\n');
    }
    require(lines <= 16);
    buffer_fini(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span bytes = { size > 0 ? (const char *)data : "", size };
    struct region *region = region_new();
    check_request(bytes, region);
    check_answer(bytes, ANSWER_MOVED);
    check_answer(bytes, ANSWER_ABSENT);
    region_free(region);
    return 0;
}
