# shellcheck shell=bash
# servers.sh - the servers that are measured, all with one certificate and the same answers. Each leaves in
# process[NAME.SUBJECT] and port[NAME.SUBJECT] whom to look at and where to ask for the answer body[SUBJECT].
declare -A process port path body
started=

# until_true SECONDS COMMAND...: tries it until it succeeds
until_true() {
    local left=$(($1 * 20))
    shift
    until "$@"; do
        [ $((left -= 1)) -gt 0 ] || { echo "bench: waited in vain for: $*" >&2; return 1; }
        sleep 0.05
    done
}

# begin COMMAND...: in the background, and no longer than we live
begin() {
    setpriv --pdeathsig TERM "$@" <&0 & # else bash would give it an empty standard input
    started="$started $!"
}
# end_process PID: of those begun
end_process() {
    kill "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
    started=${started/ $1/}
}
end_all() {
    for one in $started; do kill "$one" 2>/dev/null || true; done
    wait
    cd / && rm -rf "$folder"
}

# below what the kernel gives to connections
free_port() {
    local one
    while one=$((20000 + RANDOM % 10000)) && (exec 3<>"/dev/tcp/127.0.0.1/$one") 2>/dev/null; do continue; done
    echo "$one"
}
# serves NAME PID SUBJECT PORT
serves() { process[$1.$3]=$2 port[$1.$3]=$4; }
# answers NAME SUBJECT: the right answer comes
answers() { load ask "${port[$1.$2]}" "${path[$2]}" "${body[$2]}" --limit 2 >/dev/null 2>&1; }

# start_songtud [COMMAND...]: a fresh one, as what runs it under COMMAND. Few addresses stand for all readers, and may ask
# as they like: who is to meet limits comes from 127.128.0.0/9.
start_songtud() {
    local address plain subject as=()
    [ "$(id -u)" != 0 ] || as=(--user nobody)
    mkfifo ready
    exec 3<>ready
    begin "$@" ./songtud --gemini 127.0.0.1:0 --gopher 127.0.0.1:0 --allow 127.0.0.0/9 --connections 20000 --drain 2 --log songtud.log --log-level warn \
        "${as[@]}" "${songtud_options[@]}" --ready-fd 3 >songtud.out 2>&1
    read -r -t 60 _ address <&3 || { cat songtud.log songtud.out >&2; exit 1; }
    read -r -t 60 _ plain <&3
    exec 3>&-
    rm ready
    for subject in page small file huge idle; do serves songtud "$!" $subject "${address##*:}"; done
    serves songtud "$!" menu "${plain##*:}"
}
stop_songtud() { end_process "${process[songtud.page]}"; }

# floor_of SUBJECT CERT KEY [COMMAND...]
floor_of() {
    local subject=$1 certificate=$2 key=$3
    shift 3
    begin "$@" "$programs/tests/bench/bench_floor" "$certificate" "$key" "${body[$subject]}" "${floors:-$(nproc)}" >floor.port
    until_true 20 test -s floor.port
    serves floor "$!" "$subject" "$(cat floor.port)"
}
# start_floor [COMMAND...]: one for each answer
start_floor() {
    for subject in page small file; do floor_of $subject certs/localhost/cert.pem certs/localhost/key.pem "$@"; done
    floor_of menu - - "$@"
}

start_molly() {
    local at subject as=()
    at=$(free_port)
    [ "$(id -u)" != 0 ] || as=(setpriv --reuid nobody --regid nogroup --clear-groups)
    mkdir -p molly/story molly/files
    for subject in page small file; do cp "${body[$subject]}" "molly${path[$subject]}"; done
    printf '%s = "%s"\n' Hostname localhost CertPath "$folder/cert.pem" KeyPath "$folder/key.pem" \
        DocBase "$folder/molly" AccessLog /dev/null ErrorLog /dev/null >molly.conf
    echo "Port = $at" >>molly.conf
    begin "${as[@]}" molly-brown -c molly.conf
    for subject in page small file idle; do serves molly-brown "$!" $subject "$at"; done
    until_true 20 answers molly-brown page
}

# nginx knows no Gemini: it sends the answer behind the handshake, without reading what is asked.
# nginx_server SUBJECT PORT: a port that does so. No word of its settings may be longer than 4096 bytes.
nginx_server() {
    local piece variables=
    split -d -b 2000 "${body[$1]}" "nginx.$1."
    for piece in "nginx.$1."*; do
        printf 'geo $%s_%s { default "' "$1" "${piece##*.}"
        sed 's/[\\"]/\\&/g' "$piece"
        printf '"; }\n'
        variables="$variables\$$1_${piece##*.}"
    done
    printf 'server { listen 127.0.0.1:%s ssl; return "20 text/gemini; charset=utf-8; lang=vi\\r\\n%s"; }\n' "$2" "$variables"
}
# nginx_settings PAGE-PORT SMALL-PORT IDLE-PORT
nginx_settings() {
    cat <<END
load_module /usr/lib/nginx/modules/ngx_stream_module.so;
daemon off; pid $folder/nginx.pid; error_log $folder/nginx.log; worker_processes auto; worker_rlimit_nofile 20100;
events { worker_connections 20000; }
stream {
ssl_certificate $folder/cert.pem; ssl_certificate_key $folder/key.pem; ssl_protocols TLSv1.2 TLSv1.3;
$(nginx_server page "$1")
$(nginx_server small "$2")
}
http {
ssl_certificate $folder/cert.pem; ssl_certificate_key $folder/key.pem;
access_log off; client_header_timeout 600;
server { listen 127.0.0.1:$3 ssl; }
}
END
}
start_nginx() {
    local page small idle
    page=$(free_port) small=$(free_port) idle=$(free_port)
    nginx_settings "$page" "$small" "$idle" >nginx.conf
    begin /usr/sbin/nginx -e nginx.log -p "$folder" -c nginx.conf
    serves nginx "$!" page "$page"
    serves nginx "$!" small "$small"
    serves nginx "$!" idle "$idle"
    until_true 20 answers nginx page
}

# family PID: it and all that came from it
family() {
    echo "$1"
    for child in $(cat "/proc/$1/task/"*/children 2>/dev/null); do family "$child"; done
}
# of_family PID FILE AWK: runs AWK over /proc/PROCESS/FILE of the whole family
of_family() {
    for one in $(family "$1"); do
        for file in /proc/"$one"/$2; do cat "$file" 2>/dev/null || true; done
    done | awk "$3"
}
# nanoseconds PID: of CPU, used by its family so far
nanoseconds() { of_family "$1" 'task/*/schedstat' '{ sum += $1 } END { printf "%.0f\n", sum }'; }
# memory PID Pss|Private_Dirty: KiB that its family has
memory() { of_family "$1" smaps_rollup "/^$2:/ { sum += \$2 } END { printf \"%d\\n\", sum }"; }
# sockets PID: how many its family holds open
sockets() { for one in $(family "$1"); do ls -l "/proc/$one/fd" 2>/dev/null; done | grep -c socket: || true; }
