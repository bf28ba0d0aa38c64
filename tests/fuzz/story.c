/* SPDX-License-Identifier: ISC */
/* Any bytes as a story's file: what is read prints as a file that reads back and prints the same.
 */
#include "story/story.h"
#include "base/buffer.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct region *region = region_new();
    struct buffer first = BUFFER_EMPTY, second = BUFFER_EMPTY;
    struct story story, again;
    struct fault fault;
    if (story_parse((struct span){ (const char *)data, size }, region, &story, &fault) ==
        STATUS_OK) {
        story_print(&story, &first);
        enum status status = story_parse(buffer_span(&first), region, &again, &fault);
        assert(status == STATUS_OK);
        story_print(&again, &second);
        assert(span_equal(buffer_span(&first), buffer_span(&second)));
    }
    buffer_fini(&first);
    buffer_fini(&second);
    region_free(region);
    return 0;
}
