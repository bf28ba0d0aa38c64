/* SPDX-License-Identifier: ISC */
#include "wire/table.h"

#include "base/text.h"

#include <libxml/tree.h>
#include <string.h>

enum {
    COLUMNS_MAX = 32,
    ROWS_MAX = 500,
    NARROW_COLUMNS = 5,
    NARROW_WIDTH = 70,
    GAP = 2,          /* between columns */
    LOOK_MAX = 20000, /* nodes, to see what a table is */
    CELL_LONG = 500,  /* bytes; a text of that length is no datum */
    PARAGRAPH_LONG = 200,
};

/* What has been seen of a table. */
struct look {
    size_t rows, columns;    /* columns: of the widest row */
    size_t cells;            /* of this row */
    size_t text, paragraphs; /* of this cell */
    bool headed;             /* it has cells that are heads */
    bool layout;
    const struct _xmlNode *table;
};

static bool
is_head(const struct _xmlNode *node)
{
    return element_is_named(node, "th");
}

static void
look_at_text(struct look *look, const struct _xmlNode *node)
{
    look->text += span_trim_lines(span_of((const char *)node->content)).len;
    size_t most = look->paragraphs > 0 ? PARAGRAPH_LONG : CELL_LONG;
    look->layout = look->layout || look->text > most;
}

static bool
on_look(void *whom, const struct _xmlNode *node, enum element element)
{
    static const bool layout[ELEMENT_NONE + 1] = {
        [ELEMENT_TABLE] = true, [ELEMENT_FIGURE] = true,  [ELEMENT_IMAGE] = true,
        [ELEMENT_MEDIA] = true, [ELEMENT_LIST] = true,    [ELEMENT_QUOTE] = true,
        [ELEMENT_PRE] = true,   [ELEMENT_HEADING] = true,
    };
    struct look *look = whom;
    if (look->layout)
        return false;
    if (element == ELEMENT_ROW) {
        look->rows++;
        look->cells = 0;
    } else if (element == ELEMENT_CELL) {
        look->cells++;
        look->columns = look->cells > look->columns ? look->cells : look->columns;
        look->headed = look->headed || is_head(node);
        look->text = look->paragraphs = 0;
    } else if (element == ELEMENT_PARAGRAPH) {
        look->layout = ++look->paragraphs > 1;
    } else if (element == ELEMENT_TEXT) {
        look_at_text(look, node);
    }
    look->layout = look->layout || (layout[element] && node != look->table);
    return element != ELEMENT_CAPTION && element != ELEMENT_TEXT && element != ELEMENT_NONE;
}

static void
on_looked(void *whom, const struct _xmlNode *node, enum element element)
{
    (void)whom, (void)node, (void)element;
}

bool
table_is_data(const struct _xmlNode *table, size_t *steps)
{
    struct look look = { .table = table };
    size_t most = *steps < LOOK_MAX ? *steps : LOOK_MAX, left = most;
    struct element_walk walk = { on_look, on_looked, &look, &left };
    struct span role = element_attribute(table, "role");
    bool whole = element_walk(&walk, table);
    *steps -= most - left;
    return whole && !look.layout && look.columns > 1 && (look.rows > 1 || look.headed) &&
           !span_equal_nocase(role, SPAN("presentation")) && !span_equal_nocase(role, SPAN("none"));
}

struct cell {
    struct span text;
    bool head;
    bool again; /* the cell above or beside goes on here */
};

/* A table as it is read, row by row. */
struct grid {
    struct galley *galley;
    struct prose *scratch;
    size_t *steps;
    struct cell *cells;         /* ROWS_MAX rows at most, COLUMNS_MAX cells each */
    size_t rows, columns, room; /* room: rows there is memory for */
    size_t column;              /* the next cell's */
    struct {
        struct span text;
        long rows; /* that it goes on for */
    } hanging[COLUMNS_MAX];
};

static struct cell *
cell_at(const struct grid *grid, size_t row, size_t column)
{
    return &grid->cells[row * COLUMNS_MAX + column];
}

/* "3" of colspan="3": 1 where it says nothing, or too much. */
static long
reach_of(const struct _xmlNode *node, const char *name, long most)
{
    uint64_t number;
    bool good = span_number(element_attribute(node, name), 1000, &number) && number > 0;
    return !good ? 1 : (long)number < most ? (long)number : most;
}

static void
put(struct grid *grid, struct cell cell)
{
    if (grid->column == COLUMNS_MAX)
        return;
    *cell_at(grid, grid->rows - 1, grid->column++) = cell;
    if (grid->column > grid->columns)
        grid->columns = grid->column;
}

/* What hangs down from rows above into the next columns. */
static void
put_hanging(struct grid *grid)
{
    while (grid->column < COLUMNS_MAX && grid->hanging[grid->column].rows > 0) {
        grid->hanging[grid->column].rows--;
        put(grid, (struct cell){ .text = grid->hanging[grid->column].text, .again = true });
    }
}

static struct span
read_cell(struct grid *grid, const struct _xmlNode *node)
{
    struct buffer clean = BUFFER_EMPTY;
    prose_clear(grid->scratch);
    prose_read(grid->scratch, node, grid->steps);
    galley_note_links(grid->galley, grid->scratch);
    text_clean(buffer_span(&grid->scratch->text), &clean);
    struct span text = region_copy(grid->galley->region, buffer_span(&clean));
    buffer_fini(&clean);
    prose_clear(grid->scratch);
    return text;
}

static void
put_cell(struct grid *grid, const struct _xmlNode *node)
{
    put_hanging(grid);
    struct cell cell = { .text = read_cell(grid, node), .head = is_head(node) };
    long columns = reach_of(node, "colspan", COLUMNS_MAX);
    long rows = reach_of(node, "rowspan", ROWS_MAX);
    for (long i = 0; i < columns && grid->column < COLUMNS_MAX; i++) {
        grid->hanging[grid->column].rows = rows - 1;
        grid->hanging[grid->column].text = cell.text;
        put(grid, cell);
        cell.again = true;
    }
}

static void
add_row(struct grid *grid)
{
    const size_t row = sizeof *grid->cells * COLUMNS_MAX;
    if (grid->rows == grid->room) {
        grid->room = grid->room > 0 ? 2 * grid->room : 8;
        grid->cells = memory_grow(grid->cells, grid->room * row);
    }
    memset(&grid->cells[grid->rows * COLUMNS_MAX], 0, row);
    grid->rows++;
    grid->column = 0;
}

static bool
on_cell(void *whom, const struct _xmlNode *node, enum element element)
{
    struct grid *grid = whom;
    if (element == ELEMENT_ROW) {
        if (grid->rows == ROWS_MAX) {
            grid->galley->cut = true;
            return false;
        }
        add_row(grid);
    } else if (element == ELEMENT_CELL) {
        if (grid->rows > 0 && !element_is_hidden(node))
            put_cell(grid, node);
        return false;
    }
    return element != ELEMENT_CAPTION && element != ELEMENT_NONE && element != ELEMENT_TEXT &&
           !element_is_hidden(node);
}

static void
on_cell_left(void *whom, const struct _xmlNode *node, enum element element)
{
    (void)node;
    if (element == ELEMENT_ROW)
        put_hanging(whom);
}

static bool
row_is_empty(const struct grid *grid, size_t row)
{
    for (size_t i = 0; i < grid->columns; i++)
        if (cell_at(grid, row, i)->text.len > 0)
            return false;
    return true;
}

static bool
has_digit(struct span text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] >= '0' && text.at[i] <= '9')
            return true;
    return false;
}

/* All below the first row are numbers, or hold some. */
static bool
is_of_numbers(const struct grid *grid, size_t column)
{
    bool any = false;
    for (size_t row = 1; row < grid->rows; row++) {
        struct span text = cell_at(grid, row, column)->text;
        if (text.len > 0 && !has_digit(text))
            return false;
        any = any || text.len > 0;
    }
    return any;
}

/* The first row says what the columns are: by its cells' name, or where words stand above numbers.
 */
static bool
is_headed(const struct grid *grid)
{
    bool heads = true, words = true, numbers = false;
    for (size_t i = 0; i < grid->columns; i++) {
        const struct cell *cell = cell_at(grid, 0, i);
        heads = heads && (cell->head || cell->text.len == 0);
        words = words && !cell->head && cell->text.len > 0 && !has_digit(cell->text);
        numbers = numbers || is_of_numbers(grid, i);
    }
    return grid->rows > 1 && (heads || (words && numbers));
}

static size_t
width_of(const struct grid *grid, size_t column)
{
    size_t widest = 0;
    for (size_t row = 0; row < grid->rows; row++) {
        const struct cell *cell = cell_at(grid, row, column);
        size_t width = cell->again ? 0 : text_width(cell->text);
        widest = width > widest ? width : widest;
    }
    return widest;
}

static void
add_repeated(struct buffer *out, char byte, size_t times)
{
    while (times-- > 0)
        buffer_add_char(out, byte);
}

static void
print_row(const struct grid *grid, size_t row, const size_t *widths, struct buffer *out)
{
    size_t owed = 0; /* spaces, which no line ends with */
    for (size_t i = 0; i < grid->columns; i++) {
        const struct cell *cell = cell_at(grid, row, i);
        struct span text = cell->again ? SPAN("") : cell->text;
        if (text.len > 0) {
            add_repeated(out, ' ', owed);
            buffer_add(out, text);
            owed = 0;
        }
        owed += widths[i] - text_width(text) + GAP;
    }
    buffer_add_char(out, '\n');
}

static void
set_columns(const struct grid *grid, const size_t *widths, struct span caption)
{
    struct buffer lines = BUFFER_EMPTY;
    bool headed = is_headed(grid);
    for (size_t row = 0; row < grid->rows; row++) {
        if (!row_is_empty(grid, row))
            print_row(grid, row, widths, &lines);
        for (size_t i = 0; row == 0 && headed && i < grid->columns; i++) {
            add_repeated(&lines, ' ', i > 0 ? GAP : 0);
            add_repeated(&lines, '-', widths[i]);
        }
        if (row == 0 && headed)
            buffer_add_char(&lines, '\n');
    }
    galley_preformatted(grid->galley, caption, buffer_span(&lines));
    buffer_fini(&lines);
}

/* One item for each of the row's cells, with its column's head before it. */
static void
set_row_by_heads(const struct grid *grid, size_t row)
{
    for (size_t i = 0; i < grid->columns; i++) {
        struct span head = cell_at(grid, 0, i)->text, text = cell_at(grid, row, i)->text;
        if (text.len == 0)
            continue;
        galley_open_item(grid->galley, 0);
        galley_text(grid->galley, head.len > 0 ? region_printf(grid->galley->region, "%.*s: %.*s",
                                                               SPAN_ARG(head), SPAN_ARG(text))
                                               : text);
    }
}

/* One item for the row: "a: b; c" where its first cell is a head, else "a; b; c". */
static void
set_row(const struct grid *grid, size_t row)
{
    struct buffer line = BUFFER_EMPTY;
    for (size_t i = 0; i < grid->columns; i++) {
        const struct cell *cell = cell_at(grid, row, i);
        bool named = i > 0 && cell_at(grid, row, i - 1)->head && i == 1;
        if (cell->text.len == 0 || cell->again)
            continue;
        buffer_add_text(&line, line.len == 0 ? "" : named ? ": " : "; ");
        buffer_add(&line, cell->text);
    }
    galley_open_item(grid->galley, 0);
    galley_text(grid->galley, buffer_span(&line));
    galley_close_item(grid->galley);
    buffer_fini(&line);
}

static void
set_lists(const struct grid *grid, struct span caption)
{
    bool headed = is_headed(grid);
    galley_text(grid->galley, caption);
    galley_part(grid->galley);
    galley_open_list(grid->galley, false, 1);
    for (size_t row = headed ? 1 : 0; row < grid->rows; row++) {
        if (headed) {
            galley_close_list(grid->galley);
            galley_part(grid->galley);
            galley_open_list(grid->galley, false, 1);
            set_row_by_heads(grid, row);
        } else {
            set_row(grid, row);
        }
    }
    galley_close_list(grid->galley);
}

static void
set_grid(const struct grid *grid, struct span caption)
{
    size_t widths[COLUMNS_MAX], all = 0;
    for (size_t i = 0; i < grid->columns; i++) {
        widths[i] = width_of(grid, i);
        all += widths[i] + (i > 0 ? GAP : 0);
    }
    if (grid->columns <= NARROW_COLUMNS && all <= NARROW_WIDTH)
        set_columns(grid, widths, caption);
    else
        set_lists(grid, caption);
}

void
table_set(struct galley *galley, const struct _xmlNode *table, struct span caption,
          struct prose *scratch, size_t *steps)
{
    struct grid grid = { .galley = galley, .scratch = scratch, .steps = steps };
    struct element_walk walk = { on_cell, on_cell_left, &grid, steps };
    if (!element_walk(&walk, table))
        galley->cut = true;
    galley->item = -1;
    galley->held++;
    if (grid.rows > 0 && grid.columns > 0)
        set_grid(&grid, caption);
    galley->held--;
    galley_settle(galley);
    free(grid.cells);
}
