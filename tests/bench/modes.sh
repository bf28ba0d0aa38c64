# shellcheck shell=bash
# modes.sh - how each row of tests/bench/rows is measured. Servers get their load in turns, so that noise hits all alike.

# note ROW COLUMN FIGURE: one round's
note() { printf '%s\t%s\t%s\n' "$@" >>results; }
# field NAME LINE: of what load said
field() { sed -n "s/.*\\b$1=\\([0-9.]*\\).*/\\1/p" <<<"$2"; }
divide() { awk -v a="$1" -v b="$2" -v c="${3:-0}" 'BEGIN { printf "%.3f\n", (a - c) / b }'; }
# in_rounds FUNCTION ARGUMENTS...
in_rounds() { for _ in $(seq "$rounds"); do "$@"; done; }

load() { "$programs/tests/bench/bench_load" "$@"; }
# ask SERVER SUBJECT OPTIONS...: what load said is in $said; ends it all unless every answer was right
ask() {
    local server=$1 subject=$2
    shift 2
    said=$(load ask "${port[$server.$subject]}" "${path[$subject]}" "${body[$subject]}" "$@") ||
        { echo "bench: $server, $subject: not every answer was right: $said" >&2; exit 1; }
}
# costs ROW PER SERVER SUBJECT OPTIONS...: CPU's µs for each of PER (right: answers, bytes: MB)
costs() {
    local row=$1 per=$2 server=$3 subject=$4 before units
    shift 4
    before=$(nanoseconds "${process[$server.$subject]}")
    ask "$server" "$subject" "$@"
    units=$(field "$per" "$said")
    [ "$per" != bytes ] || units=$(divide "$units" 1000000)
    note "$row" "$server" "$(divide "$(divide "$(nanoseconds "${process[$server.$subject]}")" "$units" "$before")" 1000)"
}

full_round() { for server in $rivals; do costs "full.$1.cpu" right "$server" "$1" --count "$requests"; done; }
mode_full() { in_rounds full_round page; in_rounds full_round small; }

resumed_round() {
    for server in $rivals; do
        costs "resumed.$1.cpu" right "$server" "$1" --count "$requests" --resumed
        awk -v n="$(field resumed "$said")" -v of="$requests" 'BEGIN { exit n < 0.99 * of }' ||
            { echo "bench: $server resumes no sessions: $said" >&2; exit 1; }
    done
}
mode_resumed() { in_rounds resumed_round page; in_rounds resumed_round small; }

light_round() {
    for server in $rivals; do
        costs "light.$1.cpu" right "$server" "$1" --rate 150 --seconds 6 --at-once 1000
        note "light.$1.p99" "$server" "$(field p99 "$said")"
    done
}
mode_light() { in_rounds light_round page; in_rounds light_round small; }

gopher_round() { for server in floor songtud; do costs gopher.menu.cpu right $server menu --plain --count "$requests"; done; }
mode_gopher() { in_rounds gopher_round; }

file_round() { for server in floor songtud molly-brown; do costs file.cpu bytes "$server" file --count 200 --at-once 8; done; }
mode_file() { in_rounds file_round; }

has_attached() { [ -e attached ] && [ "$(grep -c attached attached)" -ge "$1" ]; }
# traced ROW SERVER OPTIONS...: system calls a request, OpenSSL's own getpid apart
traced() {
    local row=$1 server=$2 tracer
    shift 2
    strace -f -c -U calls,name -o traced $(family "${process[$server.page]}" | sed 's/^/-p /') 2>attached &
    tracer=$!
    started="$started $tracer"
    until_true 20 has_attached "$(family "${process[$server.page]}" | wc -l)"
    ask "$server" page --count 500 "$@"
    kill -INT $tracer
    wait $tracer || true
    note "$row" "$server" "$(awk '$2 != "getpid" && $2 != "total" && $1 + 0 == $1 { sum += $1 } END { print sum / 500 }' traced)"
    awk -v row="$row" -v server="$server" '$2 != "total" && $1 + 0 == $1 && $1 >= 25 {
        printf "%s, %s: %6.2f %s\n", row, server, $1 / 500, $2 }' traced >>remarks
}
mode_syscalls() {
    for server in floor songtud; do
        traced syscalls.one $server --at-once 1
        traced syscalls.many $server --at-once 32
    done
}

# counted SERVER SUBJECT OPTIONS...: instructions of SERVER's processes from start to end, under callgrind. What is spent
# beside answers is the same however many there are.
counted() {
    local server=$1 one all
    shift
    rm -f callgrind.*
    [ "$(id -u)" != 0 ] || chown nobody .
    "start_$server" valgrind --tool=callgrind --log-file=callgrind.%p.log
    ask "$server" page --at-once 1 "$@"
    all=$(family "${process[$server.page]}")
    end_process "${process[$server.page]}"
    for one in $all; do until_true 20 test ! -d "/proc/$one"; done
    cat callgrind.*.log | awk '/Collected/ { sum += $4 } END { printf "%.0f\n", sum }'
}
# instructions_of ROW SERVER OPTIONS...: thousands a request
instructions_of() {
    local row=$1 server=$2 few
    shift 2
    few=$(counted "$server" --count 20 "$@")
    note "$row" "$server" "$(divide "$(counted "$server" --count 220 "$@")" 200000 "$few")"
}
mode_instructions() {
    local songtud_options=("${songtud_options[@]}" --workers 1 --sandbox off) floors=1 # valgrind makes calls that are not ours
    for server in floor songtud; do
        instructions_of instructions.full $server
        instructions_of instructions.resumed $server --resumed
    done
    start_floor
    start_songtud
}
