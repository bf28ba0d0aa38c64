/* SPDX-License-Identifier: ISC */
#include "tool/tool.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

const struct command commands[] = {
    { "cert", "cert", "show the capsule's certificate: fingerprints, expiry, hosts",
      "Clients pin the key on a reader's first visit; compare what yours shows with this.\n"
      "Exit status: 0 it is fine; 1 there is none, or it is damaged.\n",
      command_cert },
    { "check", "check", "look for whatever is wrong: settings, certificate, content, every link",
      "Reads the content folder as a round of the index does, asks every address that a story, a\n"
      "page kept by hand or a generated page links to, and looks at the certificate. Changes\n"
      "nothing. Each fault is one line, FILE:LINE: WHAT, on stderr; a fault of a generated page\n"
      "stands with that page's address; a line with `hint:` tells of what works and could be "
      "better.\n"
      "Links to other capsules are not followed.\n"
      "Exit status: 0 no fault; 1 faults; 3 it could not look.\n",
      command_check },
    { "get", "get URL", "ask a server: the answer's header to stderr, its body to stdout",
      "Speaks gemini, gopher, nex, http and https: as the URL begins. Follows no redirect. In "
      "Gemini\n"
      "it trusts whoever answers, unless told whom to trust; in https whom the system trusts. The\n"
      "body is passed on as it comes. Gopher and Nex have no header: one is told, of 20 and what "
      "the\n"
      "address says it is, or of 50 where a menu is an error.\n\n"
      "  --pin FINGERPRINT  ask only a Gemini server whose certificate, or its key, has this "
      "SHA-256\n"
      "                     (as songtu cert shows it; colons and capitals do not matter)\n"
      "  --timeout SECONDS  for the whole answer, 1 to 86400 (default 30); connecting and the TLS\n"
      "                     handshake may take 10 of them each\n"
      "  --max-bytes N      take no more of a body than this (default 67108864)\n\n"
      "Exit status: 0 a whole answer of success (2x, 200); 10 it asks for input (1x): send the "
      "URL\n"
      "again with ?WORDS behind; 30 it is elsewhere (3x, 301); 40 not now (4x, 429, 500); 50 "
      "never\n"
      "(5x, 404); 60 it wants to know who asks (6x, 401). 1 the answer is damaged: no header, cut "
      "off\n"
      "before its end, too long or too slow; 2 the command line can't be understood; 3 there was\n"
      "none: nobody there, no TLS, another certificate than the pinned one.\n",
      command_get },
    { "import", "import URL|FILE|-...", "bring in pages, feeds or plain texts by hand",
      "Reads HTML, RSS, Atom, JSON Feed or plain text, whichever it is, in a process that can do\n"
      "nothing else. Writes the article, or each story of a feed, and of a plain text each story "
      "it\n"
      "lists as related, into the content folder, filed under\n"
      "the cities and themes they name. Importing a page again changes nothing; a story that a\n"
      "person has edited is kept, and the new version lies beside it as SLUG.gmi.incoming. A "
      "story\n"
      "that moved.yaml says is gone, or that is withdrawn, is left out.\n\n"
      "  --source URL     where the page is from: kept, and how a later import finds it again\n"
      "  --allow-private ADDRESS:PORT\n"
      "                   a URL may lead to this one address of a private network\n"
      "  --city SLUG      file the article under this city, whatever it says (may be repeated)\n"
      "  --theme SLUG     likewise under this theme\n"
      "  --date DATE      the article's date: 2024, 2024-07, 2024-07-12\n"
      "  --lang LANGUAGE  of the page, where it is not the capsule's\n"
      "  --dry-run        print what would be written, as a diff, and write nothing\n\n"
      "Exit status: 0 all is well; 1 a story was edited, or the page holds none; 3 a file could\n"
      "not be read or written.\n",
      command_import },
    { "index", "index", "bring the archive up to date with the content folder",
      "One round: what changed is read, what is gone is noted in moved.yaml. A story that can't "
      "be\n"
      "read is reported as FILE:LINE: WHAT, and the others go on; what can't be looked at keeps "
      "its\n"
      "last version. Where every story is gone at once, as where a disk is not mounted, nothing "
      "is\n"
      "noted and the archive stays as it was, until moved.yaml says `SLUG: gone` of each. The "
      "archive\n"
      "of another content folder is made anew.\n"
      "Exit status: 0 all is well; 1 some file is faulty; 3 the archive could not be written.\n",
      command_index },
    { "new", "new TITLE", "begin a story: a file with its front matter filled in",
      "Prints the file's path.\n\n"
      "  --city SLUG   file it under this city (may be repeated)\n"
      "  --theme SLUG  likewise under this theme\n"
      "  --date DATE   2024, 2024-07, 2024-07-12\n"
      "  --draft       do not serve it yet\n\n"
      "Exit status: 0 it is there; 1 a story has that address already, or a slug is unknown; 3 "
      "the\n"
      "file could not be written.\n",
      command_new },
    { "refresh", "refresh [SOURCE...]",
      "bring in what is new at the sources that songtu.yaml lists",
      "Asks each source that is due, or those named, and makes story files of what is new or has\n"
      "changed. A story that a person has edited is kept, and the new version lies beside it as\n"
      "SLUG.gmi.incoming; one that is gone or withdrawn is left out; one that a feed names no "
      "more\n"
      "stays. songtu(1) tells under SOURCES what there is to set.\n\n"
      "  --dry-run  write nothing, and print what would change as a diff\n"
      "  --force    ask all sources, due or not\n"
      "  --json     print what came of it as one JSON object\n\n"
      "Exit status: 0 nothing failed; 1 some source failed; 2 none could be read, or the command\n"
      "line or the sources can't be understood.\n",
      command_refresh },
    { "rename", "rename OLD NEW", "give a story another slug; the old address leads to the new",
      "Renames the story's file and notes OLD in moved.yaml, so that readers are led on (31).\n"
      "Exit status: 0 it is done; 1 no story is called OLD, it is faulty, one is called NEW, or "
      "the\n"
      "round of the index behind it found a faulty file; 3 a file could not be written.\n",
      command_rename },
    { "search", "search WORDS", "find stories by their words, as /search does",
      "Newest first: title, address, date, and a piece of the text with what was found between *.\n"
      "`ha noi` and `Hà Nội` find the same.\n\n"
      "  '\"hà nội\"'   words side by side\n"
      "  -mưa         without that word (put -- before a first one)\n"
      "  city:ha-noi  filed there; likewise theme:giao-duc\n"
      "  from:2023-01 to:2024-06\n"
      "               dated so\n"
      "  sort:best    the best of the newest 5,000 first\n"
      "  --part N     not the first 20 stories: the N-th, up to 50\n\n"
      "Exit status: 0 here they are; 1 no story matches; 2 the command line can't be understood; "
      "3\n"
      "there is no archive, or it can't be read.\n",
      command_search },
    { "status", "status [--json] [--watch]", "what the daemon does: answers, connections, times",
      "Reads what songtud counts, from the state folder.\n\n"
      "  --json             for programs: the names of the metrics (see songtud(8)) without "
      "songtu_\n"
      "  --watch [SECONDS]  again and again, every 2 seconds unless told; with rates\n\n"
      "Exit status: 0 here it is; 1 no songtud serves with this state folder; 3 it is of another\n"
      "version, or its file can't be read.\n",
      command_status },
    { "watch", "watch", "index, and again whenever something changes (songtud runs this)",
      "Ends at SIGTERM or SIGINT. A scheduled story is served when its time comes. SIGUSR1 says "
      "that\n"
      "the archive is damaged, and has it made anew. A round looks at what inotify tells of; "
      "where\n"
      "that can't tell of every folder (fs.inotify.max_user_watches), it says so, and looks at "
      "them\n"
      "all every 2 seconds or so.\n\n"
      "  --refresh FILE  run songtu refresh, too, whenever a source that this settings file lists\n"
      "                  is due\n\n"
      "Exit status: 0 it was ended; 3 there is no archive, and none can be made.\n",
      command_watch },
    { "why", "why SLUG", "tell which words put a story under its cities and themes",
      "For each city and theme the story is filed under: what speaks for it, the strongest first,\n"
      "as setting, dateline, section, address, tags, title, lead, text; the words stand between « "
      "»,\n"
      "with their line, and for a theme what they weigh. Then what it speaks of and is not filed\n"
      "under, and why not. All is found anew from the story's file; its front matter keeps as\n"
      "`evidence` what only the page it came from said.\n"
      "Exit status: 0 here it is; 1 no story is called so, or it is faulty; 3 a file could not be\n"
      "read.\n",
      command_why },
    { "withdraw", "withdraw SLUG", "take a story back: its address answers that it is gone (52)",
      "Sets `state: withdrawn` in the story's file; set it to published to undo this.\n"
      "Exit status: 0 it is done; 1 no story is called so, or the round of the index behind it\n"
      "found a faulty file; 3 the file is no story, or could not be written.\n",
      command_withdraw },
    { NULL, NULL, NULL, NULL, NULL },
};

const struct command *
command_find(const char *name)
{
    for (const struct command *command = commands; command->name != NULL; command++)
        if (span_equal(span_of(name), span_of(command->name)))
            return command;
    return NULL;
}

int
command_misused(const char *command, const char *format, ...)
{
    va_list arguments;
    fprintf(stderr, "songtu %s: ", command);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\nTry: songtu %s --help\n", command);
    return EXIT_USAGE;
}

struct span
tool_contact(const struct tool_options *options, struct region *region)
{
    if (options->contact.len > 0 || options->hosts.count == 0)
        return options->contact;
    return region_printf(region, "gemini://%.*s/", SPAN_ARG(options->hosts.at[0]));
}

void
tool_bar(const char *what, size_t done, size_t all, struct buffer *out)
{
    enum { WIDTH = 30 };
    size_t filled = all > 0 && done < all ? done * WIDTH / all : WIDTH;
    buffer_printf(out, "%s [", what);
    for (size_t i = 0; i < WIDTH; i++)
        buffer_add_char(out, i < filled ? '#' : '-');
    buffer_printf(out, "] %zu of %zu", done, all);
}

void
tool_progress(const char *what, size_t done, size_t all)
{
    enum { STEPS = 200 };
    static size_t last;
    struct buffer bar = BUFFER_EMPTY;
    size_t step = all > 0 ? done * STEPS / all : 0;
    if ((step == last && done != all) || !isatty(STDERR_FILENO))
        return;
    last = step;
    tool_bar(what, done, all, &bar);
    fprintf(stderr, "\r%s%s", buffer_text(&bar), done == all ? "\n" : "");
    buffer_fini(&bar);
}
