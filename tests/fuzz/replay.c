/* SPDX-License-Identifier: ISC */
/* replay.c - a fuzz target's main where there is no libFuzzer: feeds it its corpus, file by file.
 */
#include "base/buffer.h"
#include "base/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t
replay_file(int folder, const char *name)
{
    struct buffer bytes = BUFFER_EMPTY;
    size_t ran = 0;
    if (file_read(folder, name, 16u << 20, &bytes) == STATUS_OK) {
        buffer_reserve(&bytes, 1);
        LLVMFuzzerTestOneInput((const uint8_t *)bytes.at, bytes.len);
        ran = 1;
    }
    buffer_fini(&bytes);
    return ran;
}

static size_t
replay(const char *path)
{
    DIR *folder = opendir(path);
    size_t ran = 0;
    if (folder == NULL)
        return replay_file(AT_FDCWD, path);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        ran += replay_file(dirfd(folder), entry->d_name);
    closedir(folder);
    return ran;
}

int
main(int argc, char **argv)
{
    size_t ran = 0;
    for (int i = 1; i < argc; i++)
        if (argv[i][0] != '-')
            ran += replay(argv[i]);
    printf("%zu inputs replayed\n", ran);
    return ran > 0 ? 0 : 1;
}
