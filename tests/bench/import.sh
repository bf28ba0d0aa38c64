#!/bin/bash
# bench import [--rounds N] [--count N] [FOLDER] - what importing saved article pages costs beside parsing them
#
#   --rounds N  medians are of so many rounds (3)
#   --count N   pages (10000)
#   FOLDER      its html/*.html.gz, half the words of each copy others, instead of pages made from a seed
#
# CPU of whole process trees, in turns: songtu import, which writes a story for each page, and a loop that has libxml2 parse
# the same files (htmlReadMemory) and does nothing with them. Memory is what songtu and its reader hold together. Exits with 1
# where the one is over four times the other, or a page gave no story.
set -euo pipefail
top=$(realpath "$(dirname "$0")/../..") programs=$top/build/release
usage() { sed -n '2,/^set/s/^#\( \|$\)//p' "$0"; }
rounds=3 count=10000 from=1 bar=4
while [ $# -gt 0 ]; do
    case $1 in
    --rounds) rounds=$2; shift ;;
    --count) count=$2; shift ;;
    --help) usage; exit ;;
    -*) echo "bench: what is $1? See scripts/bench import --help" >&2; exit 2 ;;
    *) from=$(realpath "$1") ;;
    esac
    shift
done
cd "$top"
scripts/setup bench
cmake --preset release >/dev/null
cmake --build --preset release -j "$(nproc)" --target songtu bench_import >/dev/null
folder=$(mktemp -d -p "${TMPDIR:-/var/tmp}")
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM
mkdir "$folder/pages"
"$programs/tests/bench/bench_import" make "$folder/pages" "$count" "$from"
cd "$folder/pages"
TIMEFORMAT='%U %S'

# KB that a process and its children hold, each second while it runs
watch_memory() {
    while [ -d "/proc/$1" ]; do
        # shellcheck disable=SC2046
        cat "/proc/$1/smaps_rollup" $(sed 's|[0-9]*|/proc/&/smaps_rollup|g; s|/proc//smaps_rollup||g' \
            "/proc/$1/task/$1/children" 2>/dev/null) 2>/dev/null | awk '/^Pss:/ { sum += $2 } END { if (sum) print sum }' || true
        sleep 1
    done
}
import_all() {
    rm -rf "$folder/content"
    mkdir "$folder/content"
    cp "$top"/content/*.yaml "$folder/content"
    "$programs/songtu" --content "$folder/content" import ./*.html >"$folder/said" 2>"$folder/errors" &
    local songtu=$!
    watch_memory $songtu >"$folder/memory" &
    local watcher=$!
    wait $songtu || true
    kill $watcher 2>/dev/null || true
}
# What it cost is known to the shell that waits for it, alone
cpu() { { time "$@" >/dev/null; } 2>&1 | awk '{ printf "%.2f\n", $1 + $2 }'; }
parse_all() { "$programs/tests/bench/bench_import" parse ./*.html; }
median() { sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }

for round in $(seq "$rounds"); do
    echo "round $round …" >&2
    cpu import_all >>"$folder/import"
    cpu parse_all >>"$folder/parse"
    if [ "$(grep -cE '^(wrote|updated|unchanged|known) ' "$folder/said")" != "$count" ]; then
        echo "bench: not every page of $count became a story:" >&2
        head -n 5 "$folder/errors" >&2
        exit 1
    fi
done
import=$(median <"$folder/import") parse=$(median <"$folder/parse")
echo "$(date -u +%F), $(nproc) cores, $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1); $count pages," \
    "$(du -sb . | awk -v count="$count" '{ printf "%.0f", $1 / count / 1000 }') KB each at the mean," \
    "$(grep -c '^wrote ' "$folder/said") of them new stories; $rounds rounds"
echo "seconds of CPU: songtu import $import  libxml2 alone $parse  ratio $(awk "BEGIN { printf \"%.2f\", $import / $parse }")"
awk '{ all[NR] = $1; if ($1 > most) most = $1 }
    END { printf "KB held: first %d  middle %d  last %d  most %d\n", all[1], all[int((NR + 1) / 2)], all[NR], most }' "$folder/memory"
awk "BEGIN { exit !($import <= $bar * $parse) }"
