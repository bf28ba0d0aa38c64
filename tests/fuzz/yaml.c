/* SPDX-License-Identifier: ISC */
/* What yaml_parse makes of any bytes; every scalar it read prints as something that reads back. */
#include "base/yaml.h"
#include "base/buffer.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
reads_back(struct span text)
{
    struct region *region = region_new();
    struct buffer printed = BUFFER_EMPTY;
    struct yaml *tree;
    buffer_add_text(&printed, "key: ");
    yaml_print_text(text, &printed);
    buffer_add_text(&printed, "\n");
    enum status status = yaml_parse(buffer_span(&printed), 1, region, &tree, NULL);
    assert(status == STATUS_OK);
    assert(span_equal(yaml_get(tree, "key")->text, text));
    buffer_fini(&printed);
    region_free(region);
}

static void
walk(const struct yaml *node)
{
    size_t count = 0;
    if (node->kind == YAML_SCALAR)
        reads_back(node->text);
    for (const struct yaml *child = node->down; child != NULL; child = child->next, count++)
        walk(child);
    assert(count == node->count);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct region *region = region_new();
    struct yaml *tree;
    struct fault fault;
    if (yaml_parse((struct span){ (const char *)data, size }, 1, region, &tree, &fault) ==
        STATUS_OK)
        walk(tree);
    region_free(region);
    return 0;
}
