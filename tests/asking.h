/* SPDX-License-Identifier: ISC */
/* asking.h - what pages answer, asked of the archive that archiving.h makes. */
#pragma once

#include "archiving.h"
#include "pages/pages.h"

/* The capsule that is asked; asking_answer sees what the last round left. */
extern struct capsule asking_capsule;
extern struct region *asking_region;

/* With archiving_set_up and _tear_down in them; index at least once before asking. */
void asking_set_up(void);
void asking_tear_down(void);

/* Files are closed already. A path may have its query behind it. */
struct reply asking_answer(const char *path);
struct reply asking_of(struct archive *other, const char *path); /* the same of another archive */
/* The page or the generated file at the path; fails the test where there is none. */
const char *asking_text(const char *path);
/* archive_steps of one question at the path. */
uint64_t asking_steps(const char *path);
