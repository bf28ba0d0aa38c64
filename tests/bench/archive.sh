#!/bin/bash
# bench archive [--count N] [--few N] [--random N] [--keep DIR] - what a large archive costs beside a small one
#
#   --count N   stories of the large capsule (100000)
#   --few N     of the small one (100)
#   --random N  requests before a worker's memory is looked at (100000)
#   --keep DIR  capsules and archives are made there, and kept; what is there is used
#
# Capsules come from tests/bench/capsule.c; the first index is measured beside the plainest loop there can be (plain.c).
# A page's own cost is that of writing it, or of finding it written (bench_answer); a request's has the conversation with it.
set -euo pipefail
top=$(realpath "$(dirname "$0")/../..") programs=$top/build/release bench=$top/build/release/tests/bench
usage() { sed -n '2,/^set/s/^#\( \|$\)//p' "$0"; }

count=100000 few=100 random=100000 folder='' started='' edits=40
while [ $# -gt 0 ]; do
    case $1 in
    --count) count=$2; shift ;;
    --few) few=$2; shift ;;
    --random) random=$2; shift ;;
    --keep) mkdir -p "$2"; folder=$(realpath "$2"); shift ;;
    --help) usage; exit ;;
    *) echo "bench: what is $1? See scripts/bench archive --help" >&2; exit 2 ;;
    esac
    shift
done
(cd "$top" && cmake --preset release >/dev/null && cmake --build --preset release -j "$(nproc)" --target songtud songtu \
    bench_capsule bench_plain bench_answer bench_search bench_load >/dev/null)
. "$top/tests/bench/random.sh"
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
    rm -rf "${size:?}/var" "$size/plain.db"
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
    (cd "$1" && exec ./songtud --gemini 127.0.0.1:0 --allow 127.0.0.0/8 --log log --log-level info "${as[@]}" --ready-fd 3) >/dev/null 2>>errors &
    master=$!
    started="$started $master"
    read -r -t 120 _ address <&3 || { cat "$1/log" errors >&2; exit 1; }
    wall=$(calculate "$(now) - $begun")
    exec 3>&-
    port=${address##*:}
    watcher=$(pgrep -P "$master" -x songtu)
    workers=$(pgrep -P "$master" -x songtud)
}
stop() {
    kill "$master" 2>/dev/null || true
    wait "$master" 2>/dev/null || true
    started=${started/ $master/}
}
# settled SIZE: its first look at everything is over: nobody holds the archive, and the watcher does next to nothing
settled() {
    local before used left=600
    used=$(nanoseconds "$watcher")
    until before=$used && sleep 1 && used=$(nanoseconds "$watcher") && [ $((used - before)) -lt 50000000 ] && flock -n "$1/var/lock" true; do
        [ $((left -= 1)) -gt 0 ] || { echo "bench: the watcher of $1 is never done" >&2; exit 1; }
    done
}

# measure_edits SIZE: seconds till one is served, the median, in $served; milliseconds of the writer in $cost, the mean in $mean
measure_edits() {
    local path slug before begun number
    : >served
    : >costs
    for number in $(seq "$edits"); do
        path=$(sed -n "$((number * 2))p" "$1/paths")
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
    mean=$(awk '{ sum += $1 } END { printf "%.4f", sum / NR }' costs)
    served=$(sort -n served | sed -n "$(((number + 1) / 2))p")
}

# busy PIDS: nanoseconds of them all
busy() { for one in $1; do nanoseconds "$one"; done | awk '{ sum += $1 } END { printf "%.0f\n", sum }'; }
# asked SIZE PATH BODY: microseconds of its workers for a request, the page being kept
asked() {
    local before many=200
    before=$(busy "${workers_of[$1]}")
    "$bench/bench_load" ask "${port_of[$1]}" "$2" "$3" --count $many --at-once 4 --from 127.0.0.2-127.0.0.99 >/dev/null ||
        { echo "bench: $1: $2: wrong answers" >&2; exit 1; }
    calculate "($(busy "${workers_of[$1]}") - $before) / 1000 / $many"
    echo
}
# measure_requests: a request for each kind of page, of both capsules in turns so that noise hits both, in SIZE/requests: the
# median of 9
measure_requests() {
    local name path size turn
    declare -A port_of workers_of path_of masters
    for size in $few $count; do
        start "$size"
        settled "$size"
        port_of[$size]=$port workers_of[$size]=$workers masters[$size]=$master
        : >"$size/requests"
    done
    for name in city feed front month story theme; do
        for size in $few $count; do
            while IFS=$'\t' read -r _ path; do
                ! "$programs/songtu" get "gemini://localhost:${port_of[$size]}$path" >"body.$size" 2>>errors || break
            done < <(grep "^$name" "$size/questions")
            path_of[$size]=$path
            : >"costs.$size"
        done
        for turn in warming 1 2 3 4 5 6 7 8 9; do
            for size in $few $count; do
                asked "$size" "${path_of[$size]}" "body.$size" >>"costs.$size"
                [ "$turn" != warming ] || : >"costs.$size"
            done
        done
        for size in $few $count; do printf '%s\t%s\n' "$name" "$(sort -n "costs.$size" | sed -n 5p)" >>"$size/requests"; done
    done
    for size in $few $count; do
        master=${masters[$size]}
        stop
    done
}
# measure_memory SIZE: KiB of the largest worker's own, in $private, behind so many requests
measure_memory() {
    say "$random random requests to $1 …"
    random_paths "$1" "$random" >"$1/random"
    "$bench/bench_load" ask "$port" / --paths "$1/random" --count "$random" --at-once 16 --from 127.0.0.2-127.0.0.99 --limit 3600 >&2
    private=$(for one in $workers; do awk '/^Private/ { sum += $2 } END { print sum }' /proc/"$one"/smaps_rollup; done | sort -n | tail -n 1)
}
# others_p99 [PATHS]: milliseconds of one who asks for the front page 20 times a second, while another asks for PATHS
others_p99() {
    local other='' said
    if [ -n "${1:-}" ]; then
        "$bench/bench_load" ask "$port" / --paths "$1" --count 1000000 --at-once 1 --limit 25 --from 127.0.0.100 >/dev/null 2>&1 &
        other=$!
    fi
    said=$("$bench/bench_load" ask "$port" / body --rate 20 --seconds 20 --from 127.0.0.2-127.0.0.99 | sed -n 's/.* p99=\([0-9]*\).*/\1/p')
    [ -z "$other" ] || { kill "$other" 2>/dev/null; wait "$other" 2>/dev/null || true; }
    calculate "$said / 1000"
}
# measure_others SIZE: $alone, $beside one who searches for common words
measure_others() {
    say "a reader beside one who searches $1 …"
    "$programs/songtu" get "gemini://localhost:$port/" >body 2>>errors
    printf '/search?%s\n' c%E1%BB%A7a c%E1%BB%A7a%20nh%E1%BB%AFng %22c%E1%BB%A7a%20nh%E1%BB%AFng%22 c%E1%BB%A7a%20sort%3Abest \
        %22c%E1%BB%A7a%20c%E1%BB%A7a%20c%E1%BB%A7a%22 >"$1/common"
    alone=$(others_p99)
    beside=$(others_p99 "$1/common")
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
    start "$size" && settled "$size" && stop # makes a certificate, too
    start "$size"
    ready[size]=$wall
    settled "$size"
    measure_edits "$size"
    edited[size]=$served writer[size]=$cost writer_mean[size]=$mean
    stop
    questions "$size" >"$size/questions"
done
say "requests …"
measure_requests
start "$count"
settled "$count"
measure_others "$count"
measure_memory "$count"
stop
row "restart: seconds till ready" "${ready[few]}" "${ready[count]}" "below $(calculate "${ready[few]} + 1")"
row "one story edited: seconds till it is served" "${edited[few]}" "${edited[count]}" "below 1"
row "one story edited: milliseconds of the writer, median" "${writer[few]}" "${writer[count]}" "at most 2"
row "the same, mean" "${writer_mean[few]}" "${writer_mean[count]}" "at most 2"
for size in $few $count; do
    "$bench/bench_answer" "$size/var/archive.db" <"$size/questions" >"$size/answers"
done
while IFS=$'\t' read -r name cold warm; do
    read -r many_cold many_warm < <(awk -F '\t' -v name="$name" '$1 == name { print $2, $3 }' "$count/answers")
    asked=$(awk -F '\t' -v name="$name" '$1 == name { print $2 }' "$few/requests")
    many_asked=$(awk -F '\t' -v name="$name" '$1 == name { print $2 }' "$count/requests")
    row "$name, page written: µs of the processor" "$cold" "$many_cold" "at most 1.5"
    row "$name, page kept: µs of the processor" "$warm" "$many_warm" "at most 1.1"
    row "$name, a request, page written: µs of the worker" "$(calculate "$asked - $warm + $cold")" \
        "$(calculate "$many_asked - $many_warm + $many_cold")" "at most 1.5"
    row "$name, a request, page kept: µs of the worker" "$asked" "$many_asked" "at most 1.1"
done <"$few/answers"
for size in $few $count; do
    say "searches of $size …"
    searches "$size" | "$bench/bench_search" "$size/var/archive.db" | tail -n +2 | sed -E 's/  +/\t/g' >"$size/searches"
done
while IFS=$'\t' read -r name _ _ p99 _; do
    many=$(awk -F '\t' -v name="$name" '$1 == name { print $4 }' "$count/searches")
    row "search: $name, p99: ms of the processor" "$p99" "$many" "below 20"
done <"$few/searches"
row "another reader's p99 beside one who searches for common words (first: alone): ms" "$alone" "$beside" \
    "below $(calculate "$alone + 20")"
row "private memory of a worker after $random random requests: MB" 0 "$(calculate "$private / 1024")" "below 64"
cat table
