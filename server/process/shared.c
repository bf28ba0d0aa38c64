/* SPDX-License-Identifier: ISC */
#include "process/shared.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Behind the memory, which begins a page, so that it can be protected. */
static size_t
layout_at(size_t bytes)
{
    return (bytes + sizeof(uint64_t) - 1) / sizeof(uint64_t) * sizeof(uint64_t);
}

static size_t
size_of(size_t bytes)
{
    return layout_at(bytes) + sizeof(uint64_t);
}

static void *
map(int descriptor, size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, descriptor,
                        0);
    return memory == MAP_FAILED ? NULL : memory;
}

static void *
take(int descriptor, size_t bytes, uint64_t layout)
{
    struct stat facts;
    uint64_t found;
    if (fstat(descriptor, &facts) != 0 || (size_t)facts.st_size != size_of(bytes))
        return NULL;
    char *memory = map(descriptor, size_of(bytes));
    if (memory == NULL)
        return NULL;
    memcpy(&found, memory + layout_at(bytes), sizeof found);
    if (found == layout)
        return memory;
    munmap(memory, size_of(bytes));
    return NULL;
}

static void *
make(size_t bytes, uint64_t layout, int *descriptor)
{
    char *memory = NULL;
    int made = memfd_create("songtud", MFD_CLOEXEC);
    if (made >= 0 && ftruncate(made, (off_t)size_of(bytes)) == 0)
        memory = map(made, size_of(bytes));
    int why = errno;
    if (memory != NULL)
        memcpy(memory + layout_at(bytes), &layout, sizeof layout);
    if (memory != NULL && descriptor != NULL)
        *descriptor = made;
    else if (made >= 0)
        close(made);
    errno = why;
    return memory;
}

void *
shared_open(size_t bytes, uint64_t layout, int *descriptor, bool *taken)
{
    int inherited = descriptor != NULL ? *descriptor : -1;
    void *memory = inherited >= 0 ? take(inherited, bytes, layout) : NULL;
    *taken = memory != NULL;
    if (memory != NULL)
        return memory;
    if (inherited >= 0)
        close(inherited);
    if (descriptor != NULL)
        *descriptor = -1;
    return make(bytes, layout, descriptor);
}

void
shared_close(void *memory, size_t bytes)
{
    munmap(memory, size_of(bytes));
}
