/* SPDX-License-Identifier: ISC */
#include "archive/weight.h"

static const int64_t MARKED = (int64_t)1 << 40;
enum { TITLE, SUMMARY, AUTHOR, COLUMNS, SIDE_BY_SIDE = 4, OFTEN = 4 };

/* What was met of one part in a story. */
struct meeting {
    int best; /* of the columns' weights */
    int count;
    int column, end; /* behind the last place it stood at */
    bool marked, beside;
};

void
weight_plan_add(struct weight_plan *plan, const struct wanted_part *part, struct buffer *match)
{
    size_t number = plan->part_count++;
    plan->words[number] = part->words;
    if (part->marked.len > 0) {
        plan->phrases[plan->phrase_count].part = number;
        plan->phrases[plan->phrase_count++].marked = true;
        plan->marked_count++;
        buffer_printf(match, "(\"%.*s\" OR ", SPAN_ARG(part->marked));
    }
    plan->phrases[plan->phrase_count].part = number;
    plan->phrases[plan->phrase_count++].marked = false;
    buffer_printf(match, "\"%.*s\"%s", SPAN_ARG(part->plain), part->marked.len > 0 ? ")" : "");
}

static void
meet(struct meeting *meetings, size_t part, size_t words, int column, int at)
{
    static const int weights[] = { [TITLE] = 16, [SUMMARY] = 6, [AUTHOR] = 6 };
    struct meeting *meeting = &meetings[part];
    int weight = column < COLUMNS ? weights[column] : 2;
    if (weight > meeting->best)
        meeting->best = weight;
    if (part > 0 && meetings[part - 1].count > 0 && meetings[part - 1].column == column &&
        meetings[part - 1].end == at)
        meeting->beside = true;
    meeting->count++;
    meeting->column = column;
    meeting->end = at + (int)words;
}

static int64_t
sum_up(const struct weight_plan *plan, const struct meeting *meetings)
{
    int64_t sum = 0;
    size_t marked = 0;
    for (size_t i = 0; i < plan->part_count; i++) {
        const struct meeting *meeting = &meetings[i];
        sum += meeting->best + (meeting->count < OFTEN ? meeting->count : OFTEN) +
               (meeting->beside ? SIDE_BY_SIDE : 0);
        marked += meeting->marked;
    }
    return plan->marked_count > 0 && marked == plan->marked_count ? sum + MARKED : sum;
}

static void
weigh(const Fts5ExtensionApi *api, Fts5Context *story, sqlite3_context *result, int count,
      sqlite3_value **values)
{
    struct meeting meetings[WANTED_PARTS_MAX] = { { 0 } };
    const struct weight_plan *plan = count == 1 ? sqlite3_value_pointer(values[0], WEIGHT_POINTER)
                                                : NULL;
    int places = 0, code = plan != NULL ? api->xInstCount(story, &places) : SQLITE_MISUSE;
    for (int i = 0; code == SQLITE_OK && i < places; i++) {
        int phrase = 0, column = 0, at = 0;
        code = api->xInst(story, i, &phrase, &column, &at);
        if (code != SQLITE_OK || (size_t)phrase >= plan->phrase_count)
            continue; /* what is unwanted has phrases, too */
        size_t part = plan->phrases[phrase].part;
        if (plan->phrases[phrase].marked)
            meetings[part].marked = true;
        else
            meet(meetings, part, plan->words[part], column, at);
    }
    if (code == SQLITE_OK)
        sqlite3_result_int64(result, sum_up(plan, meetings));
    else
        sqlite3_result_error_code(result, code);
}

enum status
weight_install(fts5_api *api)
{
    return api->xCreateFunction(api, "weight", NULL, weigh, NULL) == SQLITE_OK ? STATUS_OK
                                                                               : STATUS_FAILED;
}
