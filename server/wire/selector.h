/* SPDX-License-Identifier: ISC */
/* selector.h - the few CSS selectors that a source may set: names, .classes, #ids, [attribute] and
 * [attribute=value], run together; a space for "somewhere below", a comma for "or". Pure. */
#pragma once

#include "base/region.h"
#include "base/span.h"
#include "base/status.h"

#include <libxml/tree.h>

struct selector;

/* Lives in the region. STATUS_BAD: *fault says what can't be read. */
enum status selector_parse(struct span text, struct region *region, struct selector **out,
                           struct fault *fault) MUST_CHECK;
bool selector_matches(const struct selector *selector, const xmlNode *node);
/* The first below `root`, in the page's order; NULL: none. */
xmlNode *selector_find(const struct selector *selector, xmlNode *root);
