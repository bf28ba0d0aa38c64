#!/bin/bash
# bench archive [--count N] [--few N] [--keep DIR] - what a large archive costs beside a small one
#
#   --count N   stories of the large capsule (100000)
#   --few N     of the small one (100)
#   --keep DIR  capsules and archives are made there, and kept; what is there is used
#
# Capsules come from tests/bench/capsule.c; the first index is measured beside the plainest loop there can be (plain.c).
set -euo pipefail
top=$(realpath "$(dirname "$0")/../..") programs=$top/build/release bench=$top/build/release/tests/bench
usage() { sed -n '2,/^set/s/^#\( \|$\)//p' "$0"; }

count=100000 few=100 folder='' started='' edits=20
while [ $# -gt 0 ]; do
    case $1 in
    --count) count=$2; shift ;;
    --few) few=$2; shift ;;
    --keep) mkdir -p "$2"; folder=$(realpath "$2"); shift ;;
    --help) usage; exit ;;
    *) echo "bench: what is $1? See scripts/bench archive --help" >&2; exit 2 ;;
    esac
    shift
done
(cd "$top" && cmake --preset release >/dev/null && cmake --build --preset release -j "$(nproc)" --target songtud songtu \
    bench_capsule bench_plain bench_answer bench_search >/dev/null)
end_all() {
    for one in $started; do kill "$one" 2>/dev/null || true; done
    wait
    [ -n "${keep:-}" ] || rm -rf "$folder"
}
keep=$folder
[ -n "$folder" ] || folder=$(mktemp -d -p "${TMPDIR:-/var/tmp}")
trap end_all EXIT
trap 'exit 130' INT TERM
cd "$folder"
chmod a+rx .

say() { echo "$*" >&2; }
now() { date +%s.%N; }
# calculate EXPRESSION
calculate() { awk "BEGIN { printf \"%.4f\", $1 }"; }
# timed COMMAND...: leaves its seconds in $wall, and of the processor in $cpu
timed() {
    local TIMEFORMAT='%R %U %S' said
    said=$({ time "$@" >/dev/null 2>>errors; } 2>&1) || { cat errors >&2; exit 1; }
    read -r wall user system <<<"$said"
    cpu=$(calculate "$user + $system")
}
# row WHAT FEW MANY BAR: a line of the table; the bar is "below FIGURE" for MANY, or "at least" or "at most" RATIO, or -
row() {
    awk -v what="$1" -v few="$2" -v many="$3" -v bar="$4" 'BEGIN {
        ratio = few > 0 ? many / few : 0
        split(bar, part, " ")
        if (bar == "-") met = 1
        else if (part[1] == "below") met = many < part[2] + 0
        else met = part[2] == "least" ? ratio >= part[3] + 0 : ratio <= part[3] + 0
        printf "| %s | %.2f | %.2f | %.2f | %s |\n", what, few, many, ratio, bar == "-" ? "–" : bar ": " (met ? "yes" : "**no**")
    }' >>table
}

# nanoseconds PID: of the processor, so far
nanoseconds() { cat /proc/"$1"/task/*/schedstat | awk '{ sum += $1 } END { printf "%.0f\n", sum }'; }

# capsule SIZE: content/ and paths of that many stories
capsule() {
    [ -s "$1/paths" ] && return
    say "$1 stories …"
    mkdir -p "$1"
    "$bench/bench_capsule" "$top/content" "$1/content" "$1" >"$1/paths"
    mkdir -p "$1/content/files"
}

# A round each, in turns, so that noise hits both; the files have been read before.
measure_index() {
    local size=$1
    say "first index of $size …"
    find "$size/content" -name '*.gmi' -exec cat {} + >/dev/null
    timed "$bench/bench_plain" "$size/content" "$size/plain.db"
    plain=$wall plain_cpu=$cpu
    rm -rf "$size/var" "$size/plain.db"
    timed "$programs/songtu" --content "$size/content" --state "$size/var" index
    row "first index of $size: stories a second; the plainest loop, songtu" "$(calculate "$size / $plain")" \
        "$(calculate "$size / $wall")" "at least 0.5"
    row "the same, seconds of the processor" "$plain_cpu" "$cpu" -
}

# start SIZE: songtud; the seconds it took in $wall, its watcher in $watcher
start() {
    local begun address as=()
    [ "$(id -u)" != 0 ] || as=(--user nobody)
    [ "$(id -u)" != 0 ] || chown nobody "$1" "$1/content"
    rm -f ready && mkfifo ready
    exec 3<>ready
    cp "$programs/songtud" "$programs/songtu" "$1"
    begun=$(now)
    (cd "$1" && exec ./songtud --gemini 127.0.0.1:0 --log log --log-level info "${as[@]}" --ready-fd 3) >/dev/null 2>>errors &
    master=$!
    started="$started $master"
    read -r -t 120 _ address <&3 || { cat "$1/log" errors >&2; exit 1; }
    wall=$(calculate "$(now) - $begun")
    exec 3>&-
    port=${address##*:}
    watcher=$(pgrep -P "$master" -x songtu)
}
stop() {
    kill "$master" 2>/dev/null || true
    wait "$master" 2>/dev/null || true
    started=${started/ $master/}
}
# settled: its first look at everything is over, and nothing is to be done
settled() {
    local before=-1 used
    used=$(nanoseconds "$watcher")
    while [ "$before" != "$used" ]; do
        sleep 2
        before=$used used=$(nanoseconds "$watcher")
        [ $((used - before)) -gt 20000000 ] || before=$used
    done
}

# measure_edits SIZE: medians: seconds till one is served in $served, milliseconds of the writer in $cost
measure_edits() {
    local path slug before begun number
    : >served
    : >costs
    for number in $(seq "$edits"); do
        path=$(sed -n "$((number * 4))p" "$1/paths")
        grep -q '^state: draft' "$1/content/$path" && continue
        slug=$(basename "$path" .gmi)
        before=$(nanoseconds "$watcher")
        begun=$(now)
        echo "Sửa lần $number của $$." >>"$1/content/$path"
        until "$programs/songtu" get "gemini://localhost:$port/story/$slug" 2>/dev/null | grep -q "Sửa lần $number của $$\."; do
            [ "$(calculate "$(now) - $begun > 30")" != 1.0000 ] || { echo "bench: $slug is never served" >&2; exit 1; }
        done
        calculate "$(now) - $begun" >>served
        echo >>served
        sleep 0.2 # the writer closes behind itself
        calculate "($(nanoseconds "$watcher") - $before) / 1000000" >>costs
        echo >>costs
    done
    number=$(wc -l <served)
    cost=$(sort -n costs | sed -n "$(((number + 1) / 2))p")
    served=$(sort -n served | sed -n "$(((number + 1) / 2))p")
}

# questions SIZE: what readers ask, of the terms and months that have most
questions() {
    while read -r path; do
        grep -q '^state: draft' "$1/content/$path" || printf 'story\t/story/%s\n' "$(basename "$path" .gmi)"
    done < <(awk -v every="$(($1 / 60 + 1))" 'NR % every == 1' "$1/paths")
    printf 'front\t/\ncity\t/city/can-tho\ntheme\t/theme/an-sinh-xa-hoi\n'
    printf 'month\t/archive/2026/%s\n' 01 02 03 04 05
    printf 'feed\t%s\n' /feed /city/can-tho/feed /atom.xml
}

# searches SIZE: words that most stories have, a story's title, and what narrows them down
searches() {
    local title
    title=$(sed -n 's/^title: //p' "$1/content/$(sed -n 42p "$1/paths")")
    printf '%s\t%s\n' 'a rare title' "$title" 'a common word' của 'two common words' 'của những' \
        'three, with marks' 'người trong một' 'a phrase' '"của những"' 'a phrase nobody wrote' '"của của của"' \
        'a city' city:can-tho 'a city, a theme, a word' 'city:can-tho theme:bao-chi những' \
        'a word of a period' 'của from:2015-01 to:2016-06' 'without common words' '-của -và -có' \
        'the best of a word' 'của sort:best' 'the best of a phrase' '"của những" sort:best' 'no story' khongcoxyz
}

cat >table <<END
$(date -u +%F), $(nproc) cores; $few and $count stories of 2 KB

| what | $few | $count | ratio | bar |
|---|--:|--:|--:|---|
END
for size in $few $count; do capsule "$size"; done
measure_index "$count"
for size in $few $count; do
    [ -e "$size/var/archive.db" ] || "$programs/songtu" --content "$size/content" --state "$size/var" index >/dev/null
    say "restart and edits of $size …"
    start "$size" && settled && stop # makes a certificate, too
    start "$size"
    ready[size]=$wall
    settled
    measure_edits "$size"
    edited[size]=$served writer[size]=$cost
    stop
done
row "restart: seconds till ready" "${ready[few]}" "${ready[count]}" "below $(calculate "${ready[few]} + 1")"
row "one story edited: seconds till it is served" "${edited[few]}" "${edited[count]}" "below 1"
row "one story edited: milliseconds of the writer" "${writer[few]}" "${writer[count]}" "at most 2"
for size in $few $count; do
    questions "$size" >"$size/questions"
    "$bench/bench_answer" "$size/var/archive.db" <"$size/questions" >"$size/answers"
done
while IFS=$'\t' read -r name cold warm; do
    read -r many_cold many_warm < <(awk -F '\t' -v name="$name" '$1 == name { print $2, $3 }' "$count/answers")
    row "$name, written: µs of the processor" "$cold" "$many_cold" "at most 1.5"
    row "$name, kept: µs of the processor" "$warm" "$many_warm" "at most 1.1"
done <"$few/answers"
for size in $few $count; do
    say "searches of $size …"
    searches "$size" | "$bench/bench_search" "$size/var/archive.db" | tail -n +2 | sed -E 's/  +/\t/g' >"$size/searches"
done
while IFS=$'\t' read -r name _ _ p99 _; do
    many=$(awk -F '\t' -v name="$name" '$1 == name { print $4 }' "$count/searches")
    row "search: $name, p99: ms of the processor" "$p99" "$many" "below 20"
done <"$few/searches"
cat table
