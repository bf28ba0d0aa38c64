/* SPDX-License-Identifier: ISC */
#include "base/buffer.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void
memory_end(void)
{
    static const char words[] = "out of memory\n";
    if (write(STDERR_FILENO, words, sizeof words - 1) < 0)
        abort();
    abort();
}

void *
memory_new(size_t bytes)
{
    void *memory = malloc(bytes > 0 ? bytes : 1);
    if (memory == NULL)
        memory_end();
    return memory;
}

void *
memory_grow(void *memory, size_t bytes)
{
    void *grown = realloc(memory, bytes > 0 ? bytes : 1);
    if (grown == NULL)
        memory_end();
    return grown;
}

char *
memory_text(struct span span)
{
    char *text = memory_new(span.len + 1);
    if (span.len > 0)
        memcpy(text, span.at, span.len);
    text[span.len] = '\0';
    return text;
}

void
buffer_fini(struct buffer *buffer)
{
    free(buffer->at);
    *buffer = BUFFER_LIMITED(buffer->limit);
}

void
buffer_clear(struct buffer *buffer)
{
    buffer->len = 0;
    buffer->cut = false;
}

char *
buffer_reserve(struct buffer *buffer, size_t bytes)
{
    size_t needed;
    if (__builtin_add_overflow(buffer->len, bytes, &needed) || needed > SIZE_MAX / 2)
        memory_end();
    if (needed > buffer->room || buffer->at == NULL) {
        size_t room = buffer->room < 64 ? 64 : buffer->room * 2;
        buffer->room = room > needed ? room : needed;
        buffer->at = memory_grow(buffer->at, buffer->room);
    }
    return buffer->at + buffer->len;
}

void
buffer_grew(struct buffer *buffer, size_t bytes)
{
    assert(bytes <= buffer->room - buffer->len);
    buffer->len += bytes;
}

void
buffer_shorten(struct buffer *buffer, size_t len)
{
    assert(len <= buffer->len);
    buffer->len = len;
}

void
buffer_drop(struct buffer *buffer, size_t bytes)
{
    assert(bytes <= buffer->len);
    if (bytes == 0)
        return;
    memmove(buffer->at, buffer->at + bytes, buffer->len - bytes);
    buffer->len -= bytes;
}

void
buffer_add(struct buffer *buffer, struct span span)
{
    if (buffer->limit > 0 && span.len > buffer->limit - buffer->len) {
        span.len = buffer->limit - buffer->len;
        buffer->cut = true;
    }
    if (span.len == 0)
        return;
    memcpy(buffer_reserve(buffer, span.len), span.at, span.len);
    buffer->len += span.len;
}

void
buffer_add_char(struct buffer *buffer, char byte)
{
    if (buffer->limit == 0 && buffer->len < buffer->room) /* as nearly always */
        buffer->at[buffer->len++] = byte;
    else
        buffer_add(buffer, (struct span){ &byte, 1 });
}

void
buffer_add_text(struct buffer *buffer, const char *text)
{
    buffer_add(buffer, span_of(text));
}

void
buffer_printf(struct buffer *buffer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    buffer_vprintf(buffer, format, arguments);
    va_end(arguments);
}

void
buffer_vprintf(struct buffer *buffer, const char *format, va_list arguments)
{
    char few[256];
    va_list again;
    va_copy(again, arguments);
    int len = vsnprintf(few, sizeof few, format, arguments);
    assert(len >= 0);
    if ((size_t)len < sizeof few) {
        buffer_add(buffer, (struct span){ few, (size_t)len });
    } else {
        char *many = memory_new((size_t)len + 1);
        vsnprintf(many, (size_t)len + 1, format, again);
        buffer_add(buffer, (struct span){ many, (size_t)len });
        free(many);
    }
    va_end(again);
}

struct span
buffer_span(const struct buffer *buffer)
{
    return (struct span){ buffer->at, buffer->len };
}

const char *
buffer_text(struct buffer *buffer)
{
    *buffer_reserve(buffer, 1) = '\0';
    return buffer->at;
}
