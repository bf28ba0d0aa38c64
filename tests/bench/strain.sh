# shellcheck shell=bash
# strain.sh - the modes that look at what songtud bears: many connections, greedy readers, deaths and reloads.

# fresh SERVER: begun anew, so that nothing it was asked before is in its memory
fresh() {
    end_process "${process[$1.page]}"
    "start_${1%-brown}"
}

# begin_holding SERVER SUBJECT MANNER: waits until all are held; what load said is in $said
begin_holding() {
    mkfifo holding
    exec 5<>holding
    begin "$programs/tests/bench/bench_load" hold "${port[$1.$2]}" "${path[$2]}" --manner "$3" --count "$held" \
        --from 127.1.0.1-127.1.39.250 --resumed <holding >held 5>&-
    holder=$!
    rm holding
    until_true 120 test -s held
    said=$(cat held)
}
end_holding() {
    exec 5>&-
    wait "$holder" || true
    started=${started/ $holder/}
}

idle_round() {
    local before
    for server in songtud molly-brown nginx; do
        fresh "$server"
        ask "$server" page --count 200
        before=$(memory "${process[$server.idle]}" Pss)
        begin_holding "$server" idle idle
        note idle.memory "$server" "$(divide "$(memory "${process[$server.idle]}" Pss)" "$(field held "$said")" "$before")"
        [ "$(field ended "$said")" = 0 ] || remark "idle, $server: some were ended before all were held: $said"
        end_holding
    done
}
mode_idle() { in_rounds idle_round; }

# others ROW COLUMN: what another reader meets
others() {
    ask songtud page --rate 150 --seconds 4 --at-once 1000 --from 127.0.0.10-127.0.0.250
    note "$1" "$2" "$(field p99 "$said")"
}
has_only_sockets() { [ "$(sockets "${process[songtud.page]}")" -le "$1" ]; }

# stall_round MANNER ROUND: in the first, waits until songtud has ended them all
stall_round() {
    local before since
    fresh songtud
    ask songtud page --count 200
    before=$(sockets "${process[songtud.page]}")
    others "stall.$1.p99" without
    since=$SECONDS
    begin_holding songtud file "$1"
    remark "$1: $said, and $(sockets "${process[songtud.page]}") sockets in songtud when others began to ask"
    others "stall.$1.p99" songtud
    if [ "$2" = 1 ]; then
        until_true 90 has_only_sockets "$before"
        remark "$1: all were ended by songtud within $((SECONDS - since)) s"
    fi
    end_holding
}
mode_stall() {
    for round in $(seq "$rounds"); do
        for manner in idle silent half deaf; do stall_round $manner "$round"; done
    done
}

flood_round() {
    others flood.p99 without
    begin "$programs/tests/bench/bench_load" ask "${port[songtud.page]}" "${path[page]}" "${body[page]}" --from 127.128.0.2 \
        --rate 1000 --seconds 5 --at-once 4000 >flooded
    flooder=$!
    others flood.p99 songtud
    wait $flooder || true
    started=${started/ $flooder/}
    remark "flood: $(cat flooded)"
}
mode_flood() { in_rounds flood_round; }

huge_round() {
    others huge.p99 without
    begin "$programs/tests/bench/bench_load" ask "${port[songtud.huge]}" "${path[huge]}" "${body[huge]}" --count 100 --at-once 1 \
        --progress 1 >huge.said
    greedy=$!
    others huge.p99 songtud
    end_process $greedy
    remark "huge: while others asked, he read the file $(grep -c "done" huge.said || true) times and a part"
}
mode_huge() { in_rounds huge_round; }

# now_is NUMBER: of what `songtu status` tells as it
now_is() { ./songtu status --json 2>/dev/null | sed -n "s/^ *\"$1\": \([0-9]*\).*/\1/p"; }
has_passed() { [ "$(now_is "$1")" != "$2" ]; }

soak_reload() {
    local before
    before=$(now_is generation)
    kill -HUP "${process[songtud.page]}"
    until_true 30 has_passed generation "$before"
}
# peers PID: the ports of those a process is connected with
peers() {
    ls -l "/proc/$1/fd" | sed -n 's/.*socket:\[\([0-9]*\)\]/\1/p' |
        awk 'FILENAME == "-" { own[$1] = 1; next }
            $4 == "01" && $10 in own { split($3, part, ":"); print part[2] }' - "/proc/$1/net/tcp" "/proc/$1/net/tcp6" |
        while read -r port; do echo $((16#$port)); done
}
stands_still() { grep -q '^State:.T' "/proc/$1/status"; }
# It stands still while its readers are told apart from others'.
soak_kill() {
    for worker in $(family "${process[songtud.page]}" | sed 1d); do
        if [ "$(cat "/proc/$worker/comm")" = songtud ]; then
            kill -STOP "$worker"
            until_true 10 stands_still "$worker"
            peers "$worker" | sed "s/\$/ $EPOCHREALTIME/" >>owed
            kill -KILL "$worker"
            return
        fi
    done
}
soak_upgrade() {
    local old=${process[songtud.page]} new subject
    kill -USR2 "$old"
    until_true 30 has_passed daemon "$old"
    new=$(now_is daemon)
    [ -n "$new" ] || { echo "bench: nobody took over" >&2; return 1; }
    started="${started/ $old/} $new"
    for subject in page small file huge idle; do process[songtud.$subject]=$new; done
    until_true 60 test ! -d "/proc/$old"
}
is_calm() { [ "$(family "${process[songtud.page]}" | wc -l)" -le "$1" ]; }

# is_owed PORT TIME: whoever came from there then was a reader of a worker that had just been killed
is_owed() { awk -v port="$1" -v at="$2" '$1 == port && at >= $2 && at < $2 + 5 { found = 1 } END { exit !found }' owed; }
# soak_ask COUNT EVERY: in the background, to the descriptor 6
soak_ask() {
    exec 6< <(load ask "${port[songtud.page]}" "${path[page]}" "${body[page]}" --count "$1" --progress "$2" --resumed --limit 14400)
}
# soak_watch MARKS: till so many have come, or the end. Whoever failed must have been a killed worker's reader.
soak_watch() {
    local marks=$1 line
    while [ "$marks" -gt 0 ] && read -r line <&6; do
        case $line in
        lost=*)
            if is_owed "$(field lost "$line")" "$(field at "$line")"; then lost=$((lost + 1)); else
                dropped=$((dropped + 1))
                remark "soak: DROPPED after $last: $line"
            fi
            ;;
        *"done="*)
            marks=$((marks - 1))
            echo "soak: $line; $lost failed on killed workers' connections and $dropped others, after $last" >&2
            ;;
        *) remark "soak: $line" ;;
        esac
    done
}
# soak_memory COLUMN COUNT EVERY: at rest, behind so many requests that nothing befell
soak_memory() {
    soak_ask "$2" "$3"
    soak_watch 1000000
    until_true 60 is_calm "$calm"
    note soak.memory "$1" "$(memory "${process[songtud.page]}" Private_Dirty)"
}
mode_soak() {
    local count=${count:-1000000} calm lost=0 dropped=0 last='the start' i part every
    part=$((count / 10)) every=$((count * 8 / 450))
    fresh songtud
    : >owed
    calm=$(family "${process[songtud.page]}" | wc -l)
    soak_memory without $part $every
    soak_ask $((45 * every)) $every
    for i in $(seq 45); do
        case $((i % 9)) in 0) last=upgrade ;; 1 | 3 | 5 | 7) last=reload ;; *) last=kill ;; esac
        "soak_$last"
        soak_watch 1
    done
    soak_watch 1000000
    soak_memory songtud $((count - part - 45 * every)) $every
    exec 6<&-
    remark "soak: $lost failed on the connections of 20 killed workers, and $dropped others; 20 reloads, 5 upgrades"
    [ $dropped = 0 ] || echo "bench: soak: $dropped requests were dropped" >&2
}
