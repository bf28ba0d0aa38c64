/* SPDX-License-Identifier: ISC */
/* shape.h - what a line of a newspaper page is, judged by its looks alone. Pure; lines are clean.
 */
#pragma once

#include "base/span.h"

/* Ends as a sentence does (. ! ? … or a colon, maybe with closing quotes behind). */
bool shape_is_ended(struct span line);
/* Ends with a full stop or an ellipsis: no headline does. */
bool shape_is_told(struct span line);
/* A paragraph rather than a headline, a name or a label: ended, or long. */
bool shape_is_paragraph(struct span line);
/* May head a section: short, begins with a capital, a digit or a quote, no punctuation at its end,
 * no list mark in front, not one quotation, and no photographer named. */
bool shape_may_head(struct span line);
/* One or more people's names and nothing else: few words, each with a capital. */
bool shape_is_name(struct span line);
/* Names whoever took a picture: "Ảnh: …". */
bool shape_has_credit(struct span line);
/* Words with a capital each, the most of them that end before one of `separators` at most `most`
 * bytes on ("TPO - Đà Nẵng", "Thừa Thiên - Huế"); empty where it does not begin so. */
struct span shape_dateline(struct span line);
/* The line without the mark of a list in front ("- ", "• "). */
struct span shape_unlisted(struct span line);
/* The line without an ellipsis ("…", "..." or more dots) at its end; *cut: there was one. */
struct span shape_uncut(struct span line, bool *cut);
