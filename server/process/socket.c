/* SPDX-License-Identifier: ISC */
#include "process/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <linux/filter.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static struct sockaddr_in *
ipv4(struct sockaddr_storage *at)
{
    return (struct sockaddr_in *)at;
}

static struct sockaddr_in6 *
ipv6(struct sockaddr_storage *at)
{
    return (struct sockaddr_in6 *)at;
}

static bool
host_parse(const char *host, bool bracketed, uint16_t port, struct address *out)
{
    struct address address = { .len = sizeof(struct sockaddr_in6) };
    if (strcmp(host, "*") == 0 || bracketed) {
        ipv6(&address.at)->sin6_family = AF_INET6;
        ipv6(&address.at)->sin6_port = htons(port);
        if (inet_pton(AF_INET6, bracketed ? host : "::", &ipv6(&address.at)->sin6_addr) != 1)
            return false;
    } else {
        address.len = sizeof(struct sockaddr_in);
        ipv4(&address.at)->sin_family = AF_INET;
        ipv4(&address.at)->sin_port = htons(port);
        if (inet_pton(AF_INET, host, &ipv4(&address.at)->sin_addr) != 1)
            return false;
    }
    *out = address;
    return true;
}

bool
address_parse(struct span text, struct address *out)
{
    char host[ADDRESS_TEXT];
    uint64_t port;
    size_t colon = text.len;
    while (colon > 0 && text.at[colon - 1] != ':')
        colon--;
    if (colon == 0 || !span_number(span_skip(text, colon), 65535, &port))
        return false;
    struct span name = span_first(text, colon - 1);
    bool bracketed = span_starts(name, SPAN("[")) && span_ends(name, SPAN("]")) && name.len > 2;
    if (bracketed)
        name = span_first(span_skip(name, 1), name.len - 2);
    if (name.len == 0 || name.len >= sizeof host)
        return false;
    snprintf(host, sizeof host, "%.*s", SPAN_ARG(name));
    return host_parse(host, bracketed, (uint16_t)port, out);
}

const char *
address_print(const struct address *address, char into[ADDRESS_TEXT])
{
    char host[INET6_ADDRSTRLEN] = "?";
    struct sockaddr_storage at = address->at;
    if (at.ss_family == AF_INET) {
        inet_ntop(AF_INET, &ipv4(&at)->sin_addr, host, sizeof host);
        snprintf(into, ADDRESS_TEXT, "%s:%u", host, ntohs(ipv4(&at)->sin_port));
        return into;
    }
    struct in6_addr *addr = &ipv6(&at)->sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(addr)) {
        inet_ntop(AF_INET, addr->s6_addr + 12, host, sizeof host);
        snprintf(into, ADDRESS_TEXT, "%s:%u", host, ntohs(ipv6(&at)->sin6_port));
    } else {
        inet_ntop(AF_INET6, addr, host, sizeof host);
        snprintf(into, ADDRESS_TEXT, "[%s]:%u", host, ntohs(ipv6(&at)->sin6_port));
    }
    return into;
}

uint16_t
address_port(const struct address *address)
{
    struct sockaddr_storage at = address->at;
    return ntohs(at.ss_family == AF_INET ? ipv4(&at)->sin_port : ipv6(&at)->sin6_port);
}

bool
address_of(int socket, struct address *out)
{
    struct address address = { .len = sizeof address.at };
    int listens = 0;
    socklen_t len = sizeof listens;
    if (getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) != 0 || listens == 0 ||
        getsockname(socket, (struct sockaddr *)&address.at, &address.len) != 0)
        return false;
    *out = address;
    return true;
}

static bool
is_any(const struct address *address)
{
    struct sockaddr_storage at = address->at;
    return at.ss_family == AF_INET6 ? IN6_IS_ADDR_UNSPECIFIED(&ipv6(&at)->sin6_addr)
                                    : ipv4(&at)->sin_addr.s_addr == htonl(INADDR_ANY);
}

static bool
is_same_host(const struct address *left, const struct address *right)
{
    struct sockaddr_storage a = left->at, b = right->at;
    if (a.ss_family != b.ss_family)
        return false;
    return a.ss_family == AF_INET6 ? IN6_ARE_ADDR_EQUAL(&ipv6(&a)->sin6_addr, &ipv6(&b)->sin6_addr)
                                   : ipv4(&a)->sin_addr.s_addr == ipv4(&b)->sin_addr.s_addr;
}

bool
address_may_be(const struct address *wanted, const struct address *at)
{
    if (address_port(wanted) != 0 && address_port(wanted) != address_port(at))
        return false;
    return is_same_host(wanted, at) || (wanted->at.ss_family == AF_INET6 && is_any(wanted) &&
                                        at->at.ss_family == AF_INET && is_any(at));
}

/* The system's own limit counts, net.core.somaxconn; SOMAXCONN is what it was when libc was made.
 */
enum { QUEUE_MOST = INT_MAX };

static int
listen_once(struct address *address)
{
    int on = 1, off = 0;
    int family = address->at.ss_family;
    int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    /* TCP_NODELAY passes on to what is accepted. */
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0 ||
        (family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) != 0) ||
        bind(fd, (struct sockaddr *)&address->at, address->len) != 0 ||
        listen(fd, QUEUE_MOST) != 0 ||
        getsockname(fd, (struct sockaddr *)&address->at, &address->len) != 0) {
        int why = errno;
        close(fd);
        errno = why;
        return -1;
    }
    return fd;
}

/* SO_REUSEPORT lets any process of the same user share a port in silence: ask first, alone. */
static enum status
probe(const struct address *address)
{
    int fd = socket(address->at.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1, off = 0;
    if (fd < 0)
        return STATUS_FAILED;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address->at.ss_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    int refused = bind(fd, (const struct sockaddr *)&address->at, address->len);
    int why = errno;
    close(fd);
    errno = why;
    return refused == 0 ? STATUS_OK : STATUS_FAILED;
}

static bool
fall_back(struct address *address)
{
    if (address->at.ss_family != AF_INET6 ||
        !IN6_IS_ADDR_UNSPECIFIED(&ipv6(&address->at)->sin6_addr) ||
        (errno != EAFNOSUPPORT && errno != EADDRNOTAVAIL))
        return false;
    return host_parse("0.0.0.0", false, address_port(address), address);
}

enum status
socket_listen(struct address *address, size_t slots, int *sockets, bool *fell_back)
{
    *fell_back = false;
    enum status status = probe(address);
    if (status != STATUS_OK && fall_back(address)) {
        *fell_back = true;
        status = probe(address);
    }
    for (size_t i = 0; status == STATUS_OK && i < slots; i++) {
        sockets[i] = listen_once(address);
        if (sockets[i] >= 0)
            continue;
        int why = errno;
        while (i > 0)
            close(sockets[--i]);
        errno = why;
        status = STATUS_FAILED;
    }
    return status;
}

/* What stands at the path: STATUS_OK nothing, or nothing any more. */
static enum status
clear_path(const struct sockaddr_un *at)
{
    struct stat facts;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return STATUS_FAILED;
    int refused = connect(fd, (const struct sockaddr *)at, sizeof *at);
    int why = refused == 0 ? 0 : errno;
    close(fd);
    errno = why;
    if (why == 0 || why == EAGAIN)
        return STATUS_BUSY;
    if (why == ENOENT)
        return STATUS_OK;
    if (why != ECONNREFUSED || lstat(at->sun_path, &facts) != 0)
        return STATUS_FAILED;
    if (!S_ISSOCK(facts.st_mode)) {
        errno = EEXIST;
        return STATUS_FAILED;
    }
    return unlink(at->sun_path) == 0 ? STATUS_OK : STATUS_FAILED;
}

enum status
socket_listen_file(const char *path, gid_t group, int *out)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    errno = ENAMETOOLONG;
    if (strlen(path) > SOCKET_PATH_MAX)
        return STATUS_FAILED;
    memcpy(at.sun_path, path, strlen(path));
    enum status status = clear_path(&at);
    if (status != STATUS_OK)
        return status;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    mode_t before = umask(0117);
    bool fine = fd >= 0 && bind(fd, (const struct sockaddr *)&at, sizeof at) == 0;
    umask(before);
    if (fine && lchown(path, (uid_t)-1, group) == 0 && listen(fd, QUEUE_MOST) == 0) {
        *out = fd;
        return STATUS_OK;
    }
    int why = errno;
    if (fd >= 0)
        close(fd);
    errno = why;
    return STATUS_FAILED;
}

void
socket_await_words(int socket)
{
    int seconds = 1;
    /* A kernel that does not take it hands them over at once. */
    (void)setsockopt(socket, IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds, sizeof seconds);
}

void
socket_stop_incoming(int socket)
{
    enum { FLAGS_AT = 13, SYN_AND_ACK = 0x12, SYN = 0x02 }; /* RFC 9293 3.1 */
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, FLAGS_AT),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, SYN_AND_ACK),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYN, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
    };
    struct sock_fprog program = { sizeof filter / sizeof *filter, filter };
    /* A kernel that does not take it closes the door a little less gently. */
    (void)setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

void
socket_allow_many(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit); /* with fewer, further readers wait */
}
