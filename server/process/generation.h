/* SPDX-License-Identifier: ISC */
/* generation.h - one generation of workers after another: begun on a reload or on other ground,
 * under trial until all of them are ready, and then in the place of the one before. */
#pragma once

#include "process/crew.h"

/* Whether the one under trial is through, or has failed. */
void generation_look(struct master *master);
/* SIGHUP: another world, if it loads. */
void generation_reload(struct master *master);
/* What was asked for while one was under trial. */
void generation_catch_up(struct master *master);
/* Begins one where the archive, the content folder or the log is another one. */
void generation_look_at_ground(struct master *master);
/* The watcher makes the archive anew, unless that happened already. */
void generation_pass_on_damage(struct master *master);
