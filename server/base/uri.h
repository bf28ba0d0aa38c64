/* SPDX-License-Identifier: ISC */
/* uri.h - URIs by RFC 3986, taken apart and put together. Pure. */
#pragma once

#include "base/buffer.h"
#include "base/span.h"

enum uri_host { URI_HOST_NAME, URI_HOST_IPV4, URI_HOST_IPV6 };

/* A URI reference taken apart; the spans borrow from the text. What is not there has at == NULL;
 * what is there but empty ("?") has len 0. */
struct uri {
    struct span scheme;
    struct span userinfo;
    struct span host; /* without the brackets of an IP literal */
    struct span port; /* digits, or empty */
    struct span path;
    struct span query;
    struct span fragment;
    enum uri_host host_kind;
    bool has_authority;
};

enum uri_rules {
    URI_STRICT,  /* ASCII only, by the letter of RFC 3986 */
    URI_LENIENT, /* valid UTF-8 without controls and invisibles may stand raw in path, query and
                  * fragment (an IRI's), never in the host */
};

/* false: not a URI reference: an illegal byte, a broken percent-escape, a port over 65535, an IP
 * literal that is no IPv6 address (zone identifiers and "[v1.…]" are refused too). "%00" is a good
 * escape: who decodes it refuses the NUL. */
bool uri_parse(struct span text, enum uri_rules rules, struct uri *out);
/* 65535 at most; `fallback` where there is none or it is empty. */
uint16_t uri_port(const struct uri *uri, uint16_t fallback);

/* Appends the percent-decoded bytes, decoded exactly once; a broken escape stays as it is. */
void uri_decode(struct span text, struct buffer *out);
/* Appends `text` with every byte but RFC 3986's unreserved, and those in `also` (may be NULL),
 * percent-encoded. */
void uri_encode(struct span text, const char *also, struct buffer *out);
/* Appends `path` without its dot segments (RFC 3986, 5.2.4), raw or escaped ("%2e"); false: it
 * climbs above its root, and nothing is appended. */
bool uri_remove_dots(struct span path, struct buffer *out);
/* Appends the target of `reference` (read leniently), found on the page at `base` (RFC 3986, 5.2),
 * without its fragment. What would climb above the root stays there. false: no reference, or a
 * target that would not read back as itself; nothing is appended. */
bool uri_resolve(const struct uri *base, struct span reference, struct buffer *out);
