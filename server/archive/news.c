/* SPDX-License-Identifier: ISC */
#include "archive/news.h"

#include "base/buffer.h"

#include <sys/inotify.h>
#include <unistd.h>

int
news_open(const char *archive)
{
    struct buffer journal = BUFFER_EMPTY;
    int news = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    buffer_printf(&journal, "%s-wal", archive);
    if (news >= 0 && inotify_add_watch(news, buffer_text(&journal), IN_CLOSE_WRITE) < 0) {
        close(news);
        news = -1;
    }
    buffer_fini(&journal);
    return news;
}

void
news_read(int news)
{
    char events[4096];
    while (read(news, events, sizeof events) > 0)
        continue;
}
