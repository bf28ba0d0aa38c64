/* SPDX-License-Identifier: ISC */
/* survey.h - looks whether a start can succeed, and changes nothing. Whatever returns false has
 * logged all that is wrong, and what to do. */
#pragma once

#include "world.h"

/* What a start finds there: user, tool, content and state folder. Fills in the daemon's tool and
 * identity. A start begins with it. */
bool survey_ground(struct daemon *daemon, const struct settings *settings);
/* What a start opens or makes by itself, where it would be told anyway: log, certificate's folder,
 * addresses. */
bool survey_deeds(const struct daemon *daemon, const struct settings *settings);
