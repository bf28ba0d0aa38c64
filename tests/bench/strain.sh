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

soak_reload() { kill -HUP "${process[songtud.page]}"; }
soak_kill() {
    for worker in $(family "${process[songtud.page]}" | sed 1d); do
        if [ "$(cat "/proc/$worker/comm")" = songtud ]; then kill -KILL "$worker" && return; fi
    done
}
# SIGUSR2 is to start another songtud that takes over; until there is such a thing, nothing is done.
soak_upgrade() {
    if grep -q SIGUSR2 "$top/server/songtud.8"; then kill -USR2 "${process[songtud.page]}"; fi
}
is_calm() { [ "$(family "${process[songtud.page]}" | wc -l)" -le "$1" ]; }

# account ACTION FAILED: nothing may fail, but on the connections of a worker that was killed
account() {
    [ "$2" = 0 ] || remark "soak: $2 failed after a $1"
    case $1 in kill) [ "$2" -le 32 ] ;; *) [ "$2" = 0 ] ;; esac || remark "soak: TOO MANY"
}
mode_soak() {
    local count=${count:-1000000} line calm failed=0 last=start actions=(start start start start)
    for i in $(seq 20); do
        actions+=(reload kill)
        [ $((i % 4)) != 0 ] || actions+=(upgrade)
    done
    fresh songtud
    calm=$(family "${process[songtud.page]}" | wc -l)
    while read -r line; do
        [ -n "$(field "done" "$line")" ] || { remark "soak: $line"; continue; }
        account "$last" $(($(field failed "$line") - failed))
        failed=$(field failed "$line")
        [ "$last" = start ] && [ "${actions[0]:-}" != start ] && note soak.memory without "$(memory "${process[songtud.page]}" Private)"
        last=${actions[0]:-start} actions=("${actions[@]:1}")
        [ "$last" = start ] || "soak_$last"
    done < <(load ask "${port[songtud.page]}" "${path[page]}" "${body[page]}" --count "$count" --progress $((count / 50)) \
        --resumed --limit 7200)
    until_true 60 is_calm "$calm"
    note soak.memory songtud "$(memory "${process[songtud.page]}" Private)"
}
