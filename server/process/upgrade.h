/* SPDX-License-Identifier: ISC */
/* upgrade.h - another songtud takes over: the program we were started as, with the sockets we
 * listen on (inheritance.h).
 *
 * It is a child of ours, an heir, until its workers serve beside ours. Then the elder leaves all to
 * it and retires: its workers drain, and it ends. Whatever befalls the heir before that, the elder
 * serves on. Only one of the two writes the archive, and only one the counters. */
#pragma once

#include "process/crew.h"

/* SIGUSR2. */
void upgrade_ask(struct master *master);
/* As the elder: begins what is due, and looks how far it got. As the heir: says that it serves. */
void upgrade_look(struct master *master);
/* What the elder says, or that he has ended. */
void upgrade_hear_elder(struct master *master);
/* What the heir says in whose favour we retired: that it ends. */
void upgrade_hear_heir(struct master *master);
