/* SPDX-License-Identifier: ISC */
/* supervisor.h - telling whoever started us and looks after us, as systemd's services do
 * (sd_notify(3)): a datagram to the socket that $NOTIFY_SOCKET names. */
#pragma once

/* "READY=1", "MAINPID=7". Does nothing where nobody wants to know. */
void supervisor_tell(const char *words);
