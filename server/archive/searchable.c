/* SPDX-License-Identifier: ISC */
#include "archive/searchable.h"

#include "archive/tokenizer.h"
#include "base/buffer.h"
#include "story/gemtext.h"

struct span
searchable_words(int which, struct span text, struct region *region)
{
    struct buffer words = BUFFER_EMPTY;
    struct gemtext walk = gemtext_walk(text);
    struct gemline line;
    if (which != SEARCHABLE_BODY)
        tokenizer_take(text, &words);
    else /* no addresses, no marks of line types */
        while (gemtext_next(&walk, &line))
            if (line.kind != GEMLINE_TOGGLE)
                tokenizer_take(line.text, &words);
    struct span copy = region_copy(region, buffer_span(&words));
    buffer_fini(&words);
    return copy;
}
