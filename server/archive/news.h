/* SPDX-License-Identifier: ISC */
/* news.h - hearing that a round may have ended, without asking the archive each time. */
#pragma once

/* A descriptor that becomes readable whenever a writer has closed the archive, as each does at the
 * end of its round; -1: this system can't tell. To be closed. */
int news_open(const char *archive);
/* Takes away what made it readable. */
void news_read(int news);
