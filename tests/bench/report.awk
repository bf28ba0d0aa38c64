# report.awk - reads tests/bench/rows and what was noted (ROW, COLUMN, FIGURE a line); prints two tables of medians,
# with the range of songtud's figures, ratios and bars: servers beside each other, and songtud with and without a strain.
FILENAME == ARGV[1] {
    if ($0 !~ /^#/ && split($0, part, /   *|  +/) == 3) {
        order[++rows] = part[1]
        bars[part[1]] = part[2]
        words[part[1]] = part[3]
    }
    next
}
{
    split($0, part, "\t")
    figures[part[1], part[2], ++count[part[1], part[2]]] = part[3]
}
function sort(row, column,    i, j, figure) {
    for (i = 2; i <= count[row, column]; i++) {
        figure = figures[row, column, i]
        for (j = i - 1; j > 0 && figures[row, column, j] + 0 > figure + 0; j--)
            figures[row, column, j + 1] = figures[row, column, j]
        figures[row, column, j + 1] = figure
    }
}
function median(row, column,    n) {
    n = count[row, column]
    return (figures[row, column, int((n + 1) / 2)] + figures[row, column, int(n / 2) + 1]) / 2
}
function print_figure(figure) { return sprintf(figure < 100 ? "%.1f" : "%.0f", figure) }
function cell(row, column,    n) {
    if (!(n = count[row, column]))
        return "–"
    sort(row, column)
    if (column != "songtud" || n == 1)
        return print_figure(median(row, column))
    return print_figure(median(row, column)) " (" print_figure(figures[row, column, 1]) "–" print_figure(figures[row, column, n]) ")"
}
# The figure a bar compares with; nothing: none.
function base(row, name) {
    if (name != "rivals")
        return count[row, name] ? median(row, name) : 0
    if (!count[row, "nginx"] || (count[row, "molly-brown"] && median(row, "molly-brown") < median(row, "nginx")))
        return count[row, "molly-brown"] ? median(row, "molly-brown") : 0
    return median(row, "nginx")
}
function verdict(row, bar,    part, ratio) {
    if (bar == "-" || !count[row, "songtud"])
        return "–"
    if (split(bar, part, ":") == 1)
        return sprintf("at most %s: %s", bar, median(row, "songtud") <= bar + 0 ? "yes" : "**no**")
    if (!base(row, part[1]))
        return "–"
    ratio = median(row, "songtud") / base(row, part[1])
    return sprintf("%.2f of %s, at most %s: %s", ratio, part[1], part[2], ratio <= part[2] + 0 ? "yes" : "**no**")
}
function verdicts(row,    part, n, i, all) {
    n = split(bars[row], part, " ")
    for (i = 1; i <= n; i++)
        all = all (i > 1 ? "; " : "") verdict(row, part[i])
    return all
}
function table(heads, first,    columns, n, r, c, line, begun) {
    n = split(heads, columns, " ")
    for (r = 1; r <= rows; r++) {
        if (!count[order[r], first] && (first == "without" || count[order[r], "without"] || !count[order[r], "songtud"]))
            continue
        line = "| " words[order[r]]
        for (c = 1; c <= n; c++)
            line = line " | " cell(order[r], columns[c])
        if (!begun++) {
            printf "| medians (from–to)"
            for (c = 1; c <= n; c++) printf " | %s", columns[c]
            printf " | bars |\n|---"
            for (c = 1; c <= n; c++) printf "|--:"
            print "|---|"
        }
        print line " | " verdicts(order[r]) " |"
    }
    if (begun) print ""
}
END {
    if (heads != "") {
        table(heads, "songtud")
        exit
    }
    table("floor songtud molly-brown nginx", "floor")
    table("without songtud", "without")
}
