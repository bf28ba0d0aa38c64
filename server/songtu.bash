# SPDX-License-Identifier: ISC
# Completion for songtu and songtud; what there is to complete is asked of their --help.

# _songtu_words TEXT: the options and, of `songtu --help`, the commands that it names
_songtu_words() { sed -nE 's/^  ((-[a-z], )?(-[-a-z]+)|([a-z]+)) .*/\3\4/p'; }

_songtu() {
    local program=$1 word=$2 before=$3 command='' name
    local commands
    commands=$("$program" --help 2>/dev/null | sed -nE '/^Options/q; s/^  ([a-z]+) .*/\1/p')
    for name in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        [[ " ${commands//$'\n'/ } " == *" $name "* ]] && command=$name
    done
    COMPREPLY=()
    if [[ $before == --content || $before == --state || $before == --certs ]]; then
        mapfile -t COMPREPLY < <(compgen -d -- "$word")
    elif [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$({
            "$program" --help
            [[ -n $command ]] && "$program" "$command" --help
        } 2>/dev/null | _songtu_words | grep '^-')" -- "$word")
    elif [[ -z $command && $program != *songtud ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$word")
    elif [[ $command == rename || $command == why || $command == withdraw ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(find content/stories -name '*.gmi' -printf '%f\n' 2>/dev/null |
            sed 's/\.gmi$//')" -- "$word")
    elif [[ $command != search ]]; then
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
    fi
}
complete -o filenames -F _songtu songtu songtud
