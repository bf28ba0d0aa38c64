/* SPDX-License-Identifier: ISC */
#include "base/text.h"
#include "base/uri.h"
#include "pages/feeds.h"
#include "protocol/markup.h"
#include "protocol/protocol.h"

/* <name>text</name>: no white space anywhere around it, which some readers take as a part of it. */
static void
add_element(struct buffer *out, const char *name, struct span text)
{
    struct buffer clean = BUFFER_EMPTY;
    text_clean(text, &clean);
    buffer_printf(out, "<%s>", name);
    markup_add(out, buffer_span(&clean));
    buffer_printf(out, "</%s>", name);
    buffer_fini(&clean);
}

static void
add_instant(struct buffer *out, const char *name, int64_t instant)
{
    char text[CLOCK_TEXT];
    add_element(out, name, span_of(clock_print(instant, text)));
}

/* "gemini://example.org": what must be absolute begins with it. */
static struct span
base_of(const struct sheet *sheet)
{
    const struct origin *origin = sheet->capsule->origin;
    struct span host = origin->hosts.at[0];
    bool literal = span_has_char(host, ':');
    struct span base = region_printf(sheet->region, "gemini://%s%.*s%s", literal ? "[" : "",
                                     SPAN_ARG(host), literal ? "]" : "");
    return origin->port == protocols[PROTOCOL_gemini].port
               ? base
               : region_printf(sheet->region, "%.*s:%u", SPAN_ARG(base), (unsigned)origin->port);
}

/* "tag:example.org,2026:" (RFC 4151). Whatever happens to an address, its tag stays; so the year is
 * songtu's first, and no colon of an IPv6 literal stands in the name. */
static struct span
tag_of(const struct sheet *sheet)
{
    struct span host = sheet->capsule->origin->hosts.at[0], tag = SPAN("tag:");
    if (span_has_char(host, ':'))
        tag = SPAN("tag:ip6");
    for (struct span rest = host; rest.at != NULL;) {
        struct span part = span_cut(&rest, ':');
        tag = region_printf(sheet->region, "%.*s%s%.*s", SPAN_ARG(tag),
                            part.at > host.at ? "x" : "", SPAN_ARG(part));
    }
    return region_printf(sheet->region, "%.*s,2026:", SPAN_ARG(tag));
}

/* Everything of an entry but its summary. Renamed, a story keeps the id it had. */
static enum status
add_entry(struct sheet *sheet, struct buffer *out, const struct entry *entry, struct span base,
          struct span tag)
{
    struct span first;
    enum status status = archive_first_slug(sheet->archive, entry->slug, sheet->region, &first);
    if (status != STATUS_OK)
        return status;
    bool foreign = entry->lang.len > 0 && !span_equal(entry->lang, sheet->lang);
    buffer_add_text(out, "<entry");
    if (foreign)
        buffer_printf(out, " xml:lang=\"%.*s\"", SPAN_ARG(entry->lang));
    buffer_add_char(out, '>');
    add_element(out, "title", entry->title);
    buffer_printf(out, "<id>%.*s/story/", SPAN_ARG(tag));
    uri_encode(first, NULL, out); /* a person may have written anything into moved.yaml */
    buffer_printf(out, "</id><link href=\"%.*s/story/%.*s\"/>", SPAN_ARG(base),
                  SPAN_ARG(entry->slug));
    add_instant(out, "published", feed_published(entry));
    add_instant(out, "updated", feed_updated(entry));
    if (entry->author.len > 0) {
        buffer_add_text(out, "<author>");
        add_element(out, "name", entry->author);
        buffer_add_text(out, "</author>");
    }
    return STATUS_OK;
}

/* As much of the summary as there is room for, with its tags. */
static void
add_summary(struct sheet *sheet, struct buffer *out, struct span words, size_t room)
{
    enum { AROUND = sizeof "<summary>…</summary>" };
    struct span fitting = text_cut(words, markup_fit(words, room > AROUND ? room - AROUND : 0));
    if (fitting.len > 0 && fitting.len < words.len)
        fitting = region_printf(sheet->region, "%.*s…", SPAN_ARG(fitting));
    if (fitting.len > 0)
        add_element(out, "summary", fitting);
}

/* Entries share what a page may hold: summaries get what is left of it. */
static enum status
add_entries(struct sheet *sheet, const struct feed *feed)
{
    enum { FOOT = sizeof "</feed>\n", END = sizeof "</entry>\n" };
    struct span base = base_of(sheet), tag = tag_of(sheet);
    struct buffer entry = BUFFER_EMPTY;
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < feed->entries.count; i++) {
        size_t left = PAGES_INDEX_BYTES - FOOT - sheet->text.len;
        size_t room = left / (feed->entries.count - i);
        buffer_clear(&entry);
        status = add_entry(sheet, &entry, &feed->entries.at[i], base, tag);
        if (entry.len + END > left)
            break;
        room = room > entry.len + END ? room - entry.len - END : 0;
        add_summary(sheet, &entry, feed->entries.at[i].words, room);
        buffer_add_text(&entry, "</entry>\n");
        buffer_add(&sheet->text, buffer_span(&entry));
    }
    buffer_fini(&entry);
    return status;
}

static void
add_head(struct sheet *sheet, const struct feed *feed)
{
    struct span base = base_of(sheet), tag = tag_of(sheet), address = feed->address;
    struct buffer *out = &sheet->text;
    struct span section = address.len > 0 ? address : SPAN("/");
    int64_t updated = 0;
    for (size_t i = 0; i < feed->entries.count; i++)
        if (feed_updated(&feed->entries.at[i]) > updated)
            updated = feed_updated(&feed->entries.at[i]);
    buffer_printf(out,
                  "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
                  "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"%.*s\">\n",
                  SPAN_ARG(sheet->lang));
    add_element(out, "title", feed->title);
    add_element(out, "subtitle", sheet_label(sheet, "tagline"));
    buffer_printf(out,
                  "\n<id>%.*s%.*s</id>\n"
                  "<link rel=\"self\" type=\"application/atom+xml\" href=\"%.*s%.*s/atom.xml\"/>\n"
                  "<link type=\"text/gemini\" href=\"%.*s%.*s\"/>\n",
                  SPAN_ARG(tag), SPAN_ARG(section), SPAN_ARG(base), SPAN_ARG(address),
                  SPAN_ARG(base), SPAN_ARG(section));
    add_instant(out, "updated", updated);
    buffer_add_text(out, "<author>");
    add_element(out, "name", sheet_title(sheet));
    buffer_add_text(out, "</author>\n");
}

struct reply
atom_answer(struct sheet *sheet, struct scope scope, struct spans rest)
{
    struct feed feed;
    enum status status = rest.count == 0 ? feeds_read(sheet, scope, &feed) : STATUS_ABSENT;
    if (status != STATUS_OK)
        return sheet_failed(sheet, status);
    add_head(sheet, &feed);
    status = add_entries(sheet, &feed);
    if (status != STATUS_OK)
        return sheet_failed(sheet, status);
    buffer_add_text(&sheet->text, "</feed>\n");
    return sheet_file(sheet, SPAN("application/atom+xml"));
}
