#!/bin/bash
# extraction FOLDER [--out PREDICTIONS] - how well and how fast articles are found on saved pages.
set -euo pipefail
folder='' out=''
while [ $# -gt 0 ]; do
    case $1 in
    --out) out=${2:?--out needs a file}; shift ;;
    -*) echo "bench: what is $1? See scripts/bench --help" >&2; exit 2 ;;
    *) folder=$1 ;;
    esac
    shift
done
if [ ! -f "$folder/ground-truth.json" ]; then
    echo "bench: extraction needs a folder of pages with what a human marked on them: html/KEY.html.gz, and" \
        'ground-truth.json with {"KEY": {"articleBody": "…"}}; none comes with songtu' >&2
    exit 2
fi
folder=$(realpath "$folder")
[ -z "$out" ] || out=$(realpath -m "$out")
cd "$(dirname "$0")/../.."
scripts/setup bench
cmake --preset release >/dev/null
cmake --build --preset release -j "$(nproc)" --target bench_extraction >/dev/null
exec build/release/tests/bench/bench_extraction "$folder" ${out:+"$out"}
