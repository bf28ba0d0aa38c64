/* SPDX-License-Identifier: ISC */
/* hand.h - a client's bytes pass through our hands: held back, or cut into records of one byte. */
#pragma once

#include "capsule.h"

/* From now on what the talk's TLS says is kept, and an answer is not waited for, until hand_send.
 * One talk at a time. */
void hand_take(struct talk *talk);
/* What was said so far; borrowed. */
struct span hand_said(void);
/* Sends the first bytes of it and forgets the rest. */
void hand_send(size_t most);
/* Sends all of it, from now on at once, records of the handshake that are not encrypted yet cut
 * into records of one byte each. */
void hand_cut(void);
