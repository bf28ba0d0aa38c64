/* SPDX-License-Identifier: ISC */
/* floor - the plainest Gemini server there can be: processes that accept, shake hands, read, write
 * one file's bytes, say goodbye and close, each call waiting for its end. Whatever it costs is the
 * cryptography and the kernel; songtud is measured against it.
 *
 * floor CERT KEY FILE PROCESSES: prints the port, serves until SIGTERM or its parent's end. Without
 * a certificate (-) it is the plainest server over TCP: the file's bytes, and no head. */
#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

static char *answer;
static size_t answer_len;

static void
end(const char *why)
{
    perror(why);
    exit(1);
}

static void
read_answer(const char *path, const char *head)
{
    size_t head_len = strlen(head);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        end(path);
    fseek(file, 0, SEEK_END);
    size_t len = (size_t)ftell(file);
    rewind(file);
    answer_len = head_len + len;
    answer = malloc(answer_len);
    memcpy(answer, head, head_len);
    if (fread(answer + head_len, 1, len, file) != len)
        end(path);
    fclose(file);
}

static int
listen_somewhere(int *port)
{
    struct sockaddr_in at = { .sin_family = AF_INET };
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, len) != 0 || listen(fd, SOMAXCONN) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &len) != 0)
        end("listen");
    *port = ntohs(at.sin_port);
    return fd;
}

static void
serve_one(SSL_CTX *context, int fd)
{
    char request[1026];
    SSL *ssl = SSL_new(context);
    SSL_set_fd(ssl, fd);
    if (SSL_accept(ssl) == 1 && SSL_read(ssl, request, sizeof request) > 0) {
        SSL_write(ssl, answer, (int)answer_len);
        SSL_shutdown(ssl);
    }
    SSL_free(ssl);
    close(fd);
}

static void
serve_one_plainly(int fd)
{
    char request[1026];
    if (read(fd, request, sizeof request) > 0 && write(fd, answer, answer_len) < 0)
        perror("write");
    close(fd);
}

/* `context` NULL: plainly. */
static void
serve(SSL_CTX *context, int listener)
{
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd >= 0 && context == NULL)
            serve_one_plainly(fd);
        else if (fd >= 0)
            serve_one(context, fd);
    }
}

static SSL_CTX *
make_context(const char *certificate, const char *key)
{
    static const unsigned char name[] = "floor";
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_set_session_id_context(context, name, sizeof name - 1);
    if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1)
        end("certificate");
    return context;
}

int
main(int argc, char **argv)
{
    int port, listener = listen_somewhere(&port);
    if (argc != 5)
        return 2;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    bool plain = strcmp(argv[1], "-") == 0;
    read_answer(argv[3], plain ? "" : "20 text/gemini; charset=utf-8; lang=vi\r\n");
    SSL_CTX *context = plain ? NULL : make_context(argv[1], argv[2]);
    for (int i = atoi(argv[4]); i > 0; i--)
        if (fork() == 0)
            serve(context, listener);
    printf("%d\n", port);
    fflush(stdout);
    for (;;)
        pause();
}
