/* SPDX-License-Identifier: ISC */
/* feed_read.h - the two forms of a document that a feed comes in. For feed.c alone. */
#pragma once

#include "wire/feed_draft.h"

/* `text` is what feed_mend made of an XML document. STATUS_BAD: it is no feed. */
enum status feed_read_xml(struct span text, struct draft *draft, struct fault *fault) MUST_CHECK;
enum status feed_read_json(struct span text, struct draft *draft, struct fault *fault) MUST_CHECK;
