# shellcheck shell=bash
# random.sh - what readers ask for at random; the same each time.

# random_paths SIZE COUNT: paths of a capsule that capsule.c made, one a line: half of them stories, then indexes, months,
# feeds and searches
random_paths() {
    awk -v count="$2" '
        function of(list, n) { return list[1 + int(rand() * n)] }
        FILENAME ~ /paths$/ { sub(/.*\//, ""); sub(/\.gmi$/, ""); stories[++n] = $0; next }
        /^- slug: / { if (FILENAME ~ /cities/) cities[++c] = $3; else themes[++t] = $3 }
        END {
            srand(1)
            split("cua nhung trong va nguoi co", words, " ")
            for (i = 0; i < count; i++) {
                kind = rand()
                term = rand() < 0.5 ? "/city/" of(cities, c) : "/theme/" of(themes, t)
                month = sprintf("/archive/%04d/%02d", 1997 + int(rand() * 30), 1 + int(rand() * 12))
                slug = of(stories, n)
                if (kind < 0.5) print "/story/" slug
                else if (kind < 0.6) print term
                else if (kind < 0.7) print "/city/" of(cities, c) "/" of(themes, t)
                else if (kind < 0.8) print (rand() < 0.5 ? "" : term) month
                else if (kind < 0.85) print term (rand() < 0.5 ? "/feed" : "/atom.xml")
                else if (kind < 0.9) print rand() < 0.5 ? "/" : "/archive/"
                else {
                    split(slug, parts, "-")
                    print "/search?" (rand() < 0.5 ? parts[1] "%20" parts[2] : of(words, 6)) (rand() < 0.2 ? "%20sort:best" : "")
                }
            }
        }' "$1/paths" "$1/content/cities.yaml" "$1/content/themes.yaml"
}
