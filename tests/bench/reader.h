/* SPDX-License-Identifier: ISC */
/* reader.h - one reader of a Gemini server, who never waits: connects, shakes hands, asks, and
 * hears the answer to its close_notify, comparing every byte with what it has to be. Or one of a
 * plain server, without TLS and a head: to its end. */
#pragma once

#include <netinet/in.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whom readers ask, what, from where, and what they have to hear. */
struct target {
    struct sockaddr_in at;
    char request[1100];
    int request_len;
    const char *body; /* what follows the answer's head */
    size_t body_len;
    char **paths; /* asked for in turns, instead; any answer but 4x is right */
    size_t path_count, asked;
    uint32_t first, last, next; /* the addresses readers come from, in turns; 0: any */
    int receive_bytes; /* the room a reader's kernel has for what he did not take; 0: as usual */
    unsigned dialled;  /* so often */
    bool plain;
    bool resumes;
    SSL_SESSION *session; /* the ticket that all show, as many readers would theirs */
    SSL_CTX *context;
    int epoll;
};

enum outcome {
    OUTCOME_NONE,   /* not yet */
    OUTCOME_RIGHT,  /* 20, every byte as it has to be, close_notify */
    OUTCOME_SLOWED, /* 44, close_notify */
    OUTCOME_TURNED, /* hung up on before any answer */
    OUTCOME_WRONG,  /* anything else */
    OUTCOMES
};

struct reader {
    struct target *target;
    int fd;
    bool seated; /* somebody sits here */
    SSL *ssl;    /* NULL: plain */
    int64_t since;
    bool shaken;     /* hands; and the question asked */
    char status[2];  /* the answer's first two bytes */
    size_t head_len; /* of the answer, CRLF included, as far as it came */
    bool in_body, differs;
    size_t heard; /* of the body */
};

/* `body`: a file that holds it; NULL: whatever comes is wrong. Ends the program where it can't. */
void target_init(struct target *target, int port, const char *path, const char *body, bool plain);
/* From one address, or the range "127.0.0.2-127.0.0.250". false: that is none. */
bool target_from(struct target *target, const char *range);
/* A path a line. false: there is none. */
bool target_paths(struct target *target, const char *file);
void target_fini(struct target *target);
/* A socket that does not block and is about to be connected. */
int target_dial(struct target *target);
/* Asks once, for a ticket that all show from then on. false: none came. */
bool target_ticket(struct target *target);

/* Dials, and has epoll tell of it. */
void reader_begin(struct reader *reader, struct target *target, int64_t since);
/* Shakes hands as far as it goes; 1 done, 0 not yet, -1 never. */
int reader_shake(struct reader *reader);
/* As far as it goes. Anything but OUTCOME_NONE is the end: call reader_end. */
enum outcome reader_go_on(struct reader *reader);
bool reader_resumed(const struct reader *reader);
unsigned reader_port(const struct reader *reader); /* his own */
void reader_end(struct reader *reader);

/* Microseconds on the monotonic clock. */
int64_t now(void);
