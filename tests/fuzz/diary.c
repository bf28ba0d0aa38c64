/* SPDX-License-Identifier: ISC */
/* Any lines, with the sum that makes them worth reading: what was read is printed so that it reads
 * as the same. The bytes as they are, too. */
#include "wire/diary.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_again(const struct diary *diary)
{
    struct buffer first = BUFFER_EMPTY, second = BUFFER_EMPTY;
    struct diary *again = NULL;
    struct fault fault;
    diary_print(diary, &first);
    if (diary_parse(buffer_span(&first), &again, &fault) != STATUS_OK)
        abort();
    diary_print(again, &second);
    if (!span_equal(buffer_span(&first), buffer_span(&second)))
        abort();
    diary_free(again);
    buffer_fini(&first);
    buffer_fini(&second);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span bytes = { (const char *)data, size };
    struct buffer text = BUFFER_EMPTY;
    struct diary *diary;
    struct fault fault;
    char sum[HASH_TEXT + 1];
    if (diary_parse(bytes, &diary, &fault) == STATUS_OK)
        diary_free(diary);
    buffer_add_text(&text, "songtu refresh 1\n");
    buffer_add(&text, bytes);
    hash_text(buffer_span(&text), sum);
    buffer_printf(&text, "sum %s\n", sum);
    if (diary_parse(buffer_span(&text), &diary, &fault) == STATUS_OK) {
        read_again(diary);
        diary_free(diary);
    }
    buffer_fini(&text);
    return 0;
}
