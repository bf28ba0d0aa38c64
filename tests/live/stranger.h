/* SPDX-License-Identifier: ISC */
/* stranger.h - somebody else's Gemini server, which answers one client as badly as it likes. */
#pragma once

#include "base/span.h"

#include <sys/types.h>

enum behaviour {
    ANSWERS,            /* and says goodbye */
    ANSWERS_NO_GOODBYE, /* and closes without a close_notify */
    ANSWERS_AND_WAITS,  /* and then keeps silent until the client leaves */
    CLOSES_WHEN_ASKED,  /* without a word */
    CLOSES_AT_ONCE,     /* before the handshake */
    SILENT_AT_ONCE,     /* no handshake, until the client leaves */
    SPEAKS_NO_TLS,      /* the answer in clear */
};

struct stranger {
    pid_t pid;
    int port, heard;
};

/* Serves the certificate FOLDER/localhost at a port of the kernel's choice: on ::1 if `v6` (pid 0:
 * this machine has none), else on 127.0.0.1. */
struct stranger
stranger_start(const char *folder, enum behaviour behaviour, struct span answer, bool v6);
/* Waits for it to end. Returns "NAME REQUEST", what TLS and it were told; "-" where nothing. The
 * caller's to free. */
char *stranger_end(struct stranger *stranger);
