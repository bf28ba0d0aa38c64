#!/bin/bash
# bench small [--count N] [--mega N] - the smallest server one can rent: all of songtud on one core, in so many MB together
#
#   --count N  stories (10000)
#   --mega N   MB of memory (256), by a cgroup where one can be made, else a third of it for each process's data
#
# A first index, 10,000 random requests, 100 edits, 100 searches; exits with 1 where anything failed or was killed.
set -euo pipefail
top=$(realpath "$(dirname "$0")/../..") programs=$top/build/release bench=$top/build/release/tests/bench
usage() { sed -n '2,/^set/s/^#\( \|$\)//p' "$0"; }

count=10000 mega=256 failed=0 master=''
while [ $# -gt 0 ]; do
    case $1 in
    --count) count=$2; shift ;;
    --mega) mega=$2; shift ;;
    --help) usage; exit ;;
    *) echo "bench: what is $1? See scripts/bench small --help" >&2; exit 2 ;;
    esac
    shift
done
(cd "$top" && cmake --preset release >/dev/null && cmake --build --preset release -j "$(nproc)" --target songtud songtu \
    bench_capsule bench_load >/dev/null)
. "$top/tests/bench/random.sh"
folder=$(mktemp -d -p "${TMPDIR:-/var/tmp}")
limits=''
end_all() {
    [ -z "$master" ] || kill "$master" 2>/dev/null || true
    wait
    for one in $limits; do rmdir "$one" 2>/dev/null || true; done
    rm -rf "$folder"
}
trap end_all EXIT
trap 'exit 130' INT TERM
cd "$folder"
chmod a+rx .

say() { echo "$*" >&2; }
now() { date +%s.%N; }
took() { awk "BEGIN { printf \"%.1f\", $(now) - $1 }"; }
# A cgroup below our own: of version 2, or the memory controller of version 1
limit_by_cgroup() {
    local own bytes=$((mega * 1024 * 1024))
    own=/sys/fs/cgroup/memory$(sed -n 's/^[0-9]*:memory://p' /proc/self/cgroup)/songtu-$$
    if mkdir "$own" 2>/dev/null; then
        limits=$own peak=$own/memory.max_usage_in_bytes kills=$own/memory.oom_control
        echo $bytes >"$own/memory.limit_in_bytes"
        return
    fi
    own=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)/songtu-$$
    mkdir "$own" 2>/dev/null || return 1
    limits=$own peak=$own/memory.peak kills=$own/memory.events
    echo $bytes >"$own/memory.max" && { echo 0 >"$own/memory.swap.max" || true; } 2>/dev/null
}
row() { printf '| %s | %s |\n' "$1" "$2" >>table; }
# fail WORDS: what went wrong
fail() { say "bench: $*"; failed=1; }
answered() { sed -n 's/^right=\([0-9]*\).*/\1/p'; }

say "$count stories …"
"$bench/bench_capsule" "$top/content" content "$count" >paths
mkdir -p content/files
cp "$programs/songtud" "$programs/songtu" .
as=()
[ "$(id -u)" != 0 ] || { as=(--user nobody); chown -R nobody content; chown nobody .; }
if limit_by_cgroup; then how="a cgroup"; else how="limits of data"; fi
mkfifo ready
exec 3<>ready
say "first index …"
begun=$(now)
(
    if [ -n "$limits" ]; then echo "$BASHPID" >"$limits/cgroup.procs"; else ulimit -d $((mega * 1024 / 3)); fi
    exec taskset -c 0 ./songtud --gemini 127.0.0.1:0 --workers 1 --allow 127.0.0.0/8 --log log --log-level info "${as[@]}" --ready-fd 3
) >out 2>&1 &
master=$!
read -r -t 1200 _ address <&3 || { cat log out >&2; exit 1; }
port=${address##*:}
row "first index: seconds till ready" "$(took "$begun")"
[ -z "$limits" ] || row "the same, most memory at once: MB (with the page cache)" "$(($(cat "$peak") / 1048576))"
children=$(pgrep -P "$master" | sort | tr '\n' ' ')

say "10000 random requests …"
random_paths . 10000 >random
begun=$(now)
right=$("$bench/bench_load" ask "$port" / --paths random --count 10000 --at-once 16 --limit 1200 --from 127.0.0.2-127.0.0.99 | answered) || true
[ "$right" = 10000 ] || fail "of 10000 requests $right were answered"
row "10000 random requests: answered; seconds" "$right; $(took "$begun")"

say "100 edits …"
begun=$(now)
for number in $(seq 100); do
    path=content/$(grep -v '/none$' paths | sed -n "$((number * (count / 101)))p")
    ! grep -q '^state: draft' "$path" || path=content/$(sed -n 2p paths)
    echo "Sửa lần $number." >>"$path"
    slug=$(basename "$path" .gmi) left=600
    until "./songtu" get "gemini://localhost:$port/story/$slug" 2>/dev/null | grep -q "Sửa lần $number\.$"; do
        [ $((left -= 1)) -gt 0 ] || { fail "edit $number of $slug is never served"; break; }
        sleep 0.05
    done
done
row "100 edits, each waited for: seconds" "$(took "$begun")"

say "100 searches …"
random_paths . 3000 | awk '/^\/search/ && number++ < 100' >searches
begun=$(now)
right=$("$bench/bench_load" ask "$port" / --paths searches --count 100 --at-once 4 --limit 600 --from 127.0.0.2-127.0.0.99 | answered) || true
[ "$right" = 100 ] || fail "of 100 searches $right were answered"
row "100 searches: answered; seconds" "$right; $(took "$begun")"

[ "$children" = "$(pgrep -P "$master" | sort | tr '\n' ' ')" ] || fail "somebody was killed, and started again"
if [ -n "$limits" ]; then
    killed=$(sed -n 's/^oom_kill //p' "$kills")
    [ "${killed:-0}" = 0 ] || fail "the kernel killed $killed"
    row "killed for want of memory" "${killed:-0}"
fi
row "own memory at the end, all together: MB" "$(for one in $master $children; do cat "/proc/$one/smaps_rollup"; done |
    awk '/^Private/ { sum += $2 } END { printf "%.1f", sum / 1024 }')"
! grep -E ' (error|warning): ' log | grep -v 'is no ' >&2 || fail "its log has errors"
echo "$(date -u +%F); $count stories of 2 KB; one core, $mega MB by $how"
echo
printf '| what | figure |\n|---|--:|\n'
cat table
exit $failed
