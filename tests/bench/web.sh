#!/bin/bash
# bench web [--rounds N] [--count N] [--readme] - what a story page costs browsers' connections that are kept
#
#   --rounds N  medians are of so many rounds (7)
#   --count N   requests of a round (20000)
#   --readme    writes the table into README.md
#
# CPU a request, beside Debian's nginx, which serves the same bytes as a static file and logs nothing; songtud logs each
# request. Every answer is compared byte for byte.
set -euo pipefail
top=$(realpath "$(dirname "$0")/../..") programs=$top/build/release
usage() { sed -n '2,/^set/s/^#\( \|$\)//p' "$0"; }
rounds=7 count=20000 readme=no
while [ $# -gt 0 ]; do
    case $1 in
    --rounds) rounds=$2; shift ;;
    --count) count=$2; shift ;;
    --readme) readme=yes ;;
    --help) usage; exit ;;
    *) echo "bench: what is $1? See scripts/bench web --help" >&2; exit 2 ;;
    esac
    shift
done
cd "$top"
scripts/setup bench
cmake --preset release >/dev/null
cmake --build --preset release -j "$(nproc)" --target songtud songtu bench_web >/dev/null
folder=$(mktemp -d)
# shellcheck source=/dev/null
. tests/bench/servers.sh
trap end_all EXIT
trap 'exit 130' INT TERM
cp -rL content "$folder/content"
cp "$programs/songtud" "$programs/songtu" "$folder"
cd "$folder"
page=/story/$(basename "$(find content/stories -name '*.gmi' -printf '%s %p\n' | sort -n | tail -n 1 | cut -d' ' -f2)" .gmi)
chmod -R a+rX .
as=()
[ "$(id -u)" != 0 ] || { chown -R nobody content . && as=(--user nobody); }

mkfifo ready
exec 3<>ready
begin ./songtud --gemini 127.0.0.1:0 --web 127.0.0.1:0 --allow 127.0.0.0/8 --log songtud.log "${as[@]}" --ready-fd 3 >songtud.out 2>&1
songtud=$!
until read -r -t 60 name address <&3 && [ "$name" = web ]; do
    [ -n "${name:-}" ] || { cat songtud.log songtud.out >&2; exit 1; }
done
exec 3>&-
port[songtud]=${address##*:}

mkdir -p www/story
curl -s "http://127.0.0.1:${port[songtud]}$page" >"www$page.html"
curl -s --compressed -H 'Accept-Encoding: gzip' --raw "http://127.0.0.1:${port[songtud]}$page" >packed
port[nginx]=$(free_port)
cat >nginx.conf <<END
daemon off; pid $folder/nginx.pid; error_log $folder/nginx.log; worker_processes auto;
events { worker_connections 1000; }
http {
access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; default_type text/html;
server { listen 127.0.0.1:${port[nginx]}; root $folder/www; }
}
END
begin /usr/sbin/nginx -e nginx.log -p "$folder" -c nginx.conf
nginx=$!
# browse SERVER COUNT AT-ONCE
browse() {
    local path=$page
    [ "$1" = songtud ] || path=$page.html
    "$programs/tests/bench/bench_web" "${port[$1]}" "$path" "www$page.html" "$2" "$3" 2>&1
}
until_true 20 browse nginx 1 1 >/dev/null
# costs ROW SERVER AT-ONCE
costs() {
    local before after said
    before=$(nanoseconds "${!2}")
    said=$(browse "$2" "$count" "$3") || { echo "bench: $2: not every answer was right: $said" >&2; exit 1; }
    after=$(nanoseconds "${!2}")
    awk -v row="$1" -v server="$2" -v ns=$((after - before)) -v count="$count" \
        'BEGIN { printf "%s\t%s\t%.3f\n", row, server, ns / count / 1000 }' >>results
}
for _ in $(seq "$rounds"); do
    for server in nginx songtud; do
        costs web.one $server 1
        costs web.many $server 32
    done
done
table=$(
    echo "$(date -u +%F), $(nproc) cores, $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1); a story page of $(stat -c %s "www$page.html")" \
        "bytes ($(stat -c %s packed) packed), on connections that are kept; $rounds rounds of $count requests. nginx serves it from a file and logs nothing."
    echo
    awk -v heads='songtud nginx' -f "$top/tests/bench/report.awk" "$top/tests/bench/rows" results
)
echo "$table"
if [ $readme = yes ]; then
    awk -v table="$table" '/^<!-- \/bench web -->/ { hidden = 0 } !hidden { print } /^<!-- bench web -->/ { print table; hidden = 1 }' \
        "$top/README.md" >readme.new
    cat readme.new >"$top/README.md"
fi
