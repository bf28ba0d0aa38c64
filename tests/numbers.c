/* SPDX-License-Identifier: ISC */
#include "numbers.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reading {
    const char *at;
    struct numbers *out;
    char family[96], type[32]; /* of the text: what HELP and TYPE said last */
    bool typed;
    double last_bucket; /* of the histogram's series being read */
    bool infinite;      /* its last bucket was +Inf */
};

static bool
fault(struct reading *reading, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (reading->out->fault[0] == '\0') {
        int len = vsnprintf(reading->out->fault, 160, format, arguments);
        snprintf(reading->out->fault + len, 90, " at `%.60s`", reading->at);
    }
    va_end(arguments);
    return false;
}

double
numbers_get(const struct numbers *numbers, const char *name)
{
    for (size_t i = 0; i < numbers->count; i++)
        if (strcmp(numbers->at[i].name, name) == 0)
            return numbers->at[i].value;
    return -1;
}

static bool
add(struct reading *reading, const char *name, double value)
{
    struct numbers *out = reading->out;
    if (numbers_get(out, name) >= 0)
        return fault(reading, "%s stands there twice", name);
    if (out->count == NUMBERS_MAX || strlen(name) >= sizeof out->at->name)
        return fault(reading, "too much");
    strcpy(out->at[out->count].name, name);
    out->at[out->count++].value = value;
    return true;
}

static bool
take(struct reading *reading, const char *text)
{
    if (strncmp(reading->at, text, strlen(text)) != 0)
        return false;
    reading->at += strlen(text);
    return true;
}

/* A name of a metric or a label. */
static bool
take_name(struct reading *reading, char *into, size_t room)
{
    size_t len = 0;
    while (isalpha((unsigned char)reading->at[len]) || reading->at[len] == '_' ||
           (len > 0 && isdigit((unsigned char)reading->at[len])))
        len++;
    if (len == 0 || len >= room)
        return fault(reading, "no name");
    memcpy(into, reading->at, len);
    into[len] = '\0';
    reading->at += len;
    return true;
}

static bool
take_value(struct reading *reading, double *out)
{
    char *end;
    *out = strtod(reading->at, &end);
    if (end == reading->at || *out < 0)
        return fault(reading, "no number");
    reading->at = end;
    return true;
}

/* # HELP name text, # TYPE name type */
static bool
read_comment(struct reading *reading)
{
    char name[96];
    bool help = take(reading, "# HELP ");
    if ((!help && !take(reading, "# TYPE ")) || !take_name(reading, name, sizeof name) ||
        !take(reading, " "))
        return fault(reading, "neither HELP nor TYPE");
    size_t len = strcspn(reading->at, "\n");
    if (len == 0 || memchr(reading->at, '\\', len) != NULL)
        return fault(reading, "no words, or such as need escapes");
    if (help) {
        strcpy(reading->family, name);
        reading->typed = false;
    } else {
        snprintf(reading->type, sizeof reading->type, "%.*s", (int)len, reading->at);
        bool counter = strcmp(reading->type, "counter") == 0, total = strstr(name, "_total");
        if (strcmp(reading->family, name) != 0 || reading->typed)
            return fault(reading, "TYPE without its HELP");
        if (strstr("counter gauge histogram", reading->type) == NULL || counter != total)
            return fault(reading, "%s is no name of a %s", name, reading->type);
        reading->typed = true;
    }
    reading->at += len;
    return true;
}

/* {a="b",c="d"}: appends .b.d to the name; `le` goes to `bound`. */
static bool
read_labels(struct reading *reading, char name[128], char bound[32])
{
    char label[64], value[64];
    while (!take(reading, "}")) {
        if (!take_name(reading, label, sizeof label) || !take(reading, "=\""))
            return fault(reading, "no label");
        size_t len = strcspn(reading->at, "\"\\\n");
        if (reading->at[len] != '"' || len >= sizeof value)
            return fault(reading, "no label's value");
        snprintf(value, sizeof value, "%.*s", (int)len, reading->at);
        reading->at += len + 1;
        if (strcmp(label, "le") == 0)
            snprintf(bound, 32, "%.31s", value);
        else
            snprintf(name + strlen(name), 128 - strlen(name), ".%s", value);
        if (*reading->at != '}' && !take(reading, ","))
            return fault(reading, "no end of labels");
    }
    return true;
}

/* What only holds for histograms: buckets grow, the last is +Inf and as large as the count. */
static bool
read_times(struct reading *reading, char name[128], const char *ending, const char *bound,
           double value)
{
    bool count = strcmp(ending, "_count") == 0;
    if (strcmp(ending, "_bucket") == 0) {
        if (bound[0] == '\0' || value < reading->last_bucket || reading->infinite)
            return fault(reading, "a bucket that does not grow, or has no bound");
        reading->infinite = strcmp(bound, "+Inf") == 0;
        reading->last_bucket = value;
        snprintf(name + strlen(name), 128 - strlen(name), ".buckets.%s", bound);
        return true;
    }
    if (!reading->infinite || (!count && strcmp(ending, "_sum") != 0))
        return fault(reading, "no +Inf, or no _sum and _count");
    if (count && value != reading->last_bucket)
        return fault(reading, "a count that is not the last bucket");
    reading->infinite = !count;
    if (count)
        reading->last_bucket = 0;
    strcat(name, count ? ".count" : ".sum");
    return true;
}

static bool
read_sample(struct reading *reading)
{
    char name[128] = "", whole[96], bound[32] = "";
    size_t len = strlen(reading->family);
    double value;
    if (!take_name(reading, whole, sizeof whole))
        return false;
    if (!reading->typed || len == 0 || strncmp(whole, reading->family, len) != 0)
        return fault(reading, "%s is not of %s", whole, reading->family);
    if (strncmp(whole, "songtu_", 7) != 0)
        return fault(reading, "%s is not ours", whole);
    snprintf(name, sizeof name, "%.90s", reading->family + 7);
    if (take(reading, "{") && !read_labels(reading, name, bound))
        return false;
    if (!take(reading, " ") || !take_value(reading, &value))
        return fault(reading, "no value");
    if (strcmp(reading->type, "histogram") == 0) {
        if (!read_times(reading, name, whole + len, bound, value))
            return false;
    } else if (whole[len] != '\0' || bound[0] != '\0') {
        return fault(reading, "%s is not of %s", whole, reading->family);
    }
    return add(reading, name, value);
}

void
numbers_of_text(const char *text, struct numbers *out)
{
    struct reading reading = { .at = text, .out = out };
    *out = (struct numbers){ .count = 0 };
    while (*reading.at != '\0') {
        if (!(*reading.at == '#' ? read_comment(&reading) : read_sample(&reading)))
            return;
        if (!take(&reading, "\n")) {
            fault(&reading, "no line end");
            return;
        }
    }
}

static void
skip_space(struct reading *reading)
{
    reading->at += strspn(reading->at, " \n");
}

static bool
take_string(struct reading *reading, char *into, size_t room)
{
    size_t len = take(reading, "\"") ? strcspn(reading->at, "\"\\\n") : 0;
    if (reading->at[len] != '"' || len >= room)
        return fault(reading, "no string");
    memcpy(into, reading->at, len);
    into[len] = '\0';
    reading->at += len + 1;
    return true;
}

static bool
read_value(struct reading *reading, const char *name, int depth)
{
    char key[64], below[192];
    double value;
    if (*reading->at == '"')
        return take_string(reading, below, sizeof below);
    if (depth > 6 || !take(reading, "{"))
        return take_value(reading, &value) && add(reading, name, value);
    do {
        skip_space(reading);
        if (!take_string(reading, key, sizeof key) || !take(reading, ": "))
            return fault(reading, "no key");
        snprintf(below, sizeof below, "%.120s%s%.60s", name, name[0] != '\0' ? "." : "", key);
        if (!read_value(reading, below, depth + 1))
            return false;
    } while (take(reading, ","));
    skip_space(reading);
    return take(reading, "}") || fault(reading, "no end of an object");
}

void
numbers_of_json(const char *text, struct numbers *out)
{
    struct reading reading = { .at = text, .out = out };
    *out = (struct numbers){ .count = 0 };
    if (!read_value(&reading, "", 0))
        return;
    skip_space(&reading);
    if (*reading.at != '\0')
        fault(&reading, "something behind the end");
}
