"""The shells: click's own protocol, with bash taught that a colon is a part of TARGET."""

from __future__ import annotations

import os
from collections.abc import Mapping

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    split_arg_string,
)

PROGRAM = "jetbridge"
VARIABLE = "_JETBRIDGE_COMPLETE"
_BASH = """\
%(complete_func)s() {
    local line="${COMP_LINE:0:COMP_POINT}" kept="" item value
    local word="${line##*[[:space:]]}"
    # Readline splits words at a colon, so what stands before the last one must not come again.
    [[ $COMP_WORDBREAKS == *:* && $word == *:* ]] && kept="${word%%:*}:"
    COMPREPLY=()
    while IFS= read -r item; do
        value="${item#*,}"
        case "${item%%%%,*}" in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain) COMPREPLY+=("${value#"$kept"}") ;;
        esac
    done < <(env %(complete_var)s=bash_complete COMP_LINE="$line" "$1")
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""


class Bash(BashComplete):
    """Bash, asked for its whole line instead of its words."""

    source_template = _BASH

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words of the line up to the cursor, and the one that is not complete."""
        line = os.environ["COMP_LINE"]
        words = split_arg_string(line)
        incomplete = words.pop() if words and not line[-1:].isspace() else ""
        return words[1:], incomplete

    def format_completion(self, item: CompletionItem[str]) -> str:
        """A line of the answer."""
        return f"{item.type},{item.value}"


SHELLS: Mapping[str, type[ShellComplete]] = {"bash": Bash, "zsh": ZshComplete, "fish": FishComplete}


def script(cli: click.Command, shell: str) -> str:
    """What a shell reads once, to complete our verbs from then on."""
    return SHELLS[shell](cli, {}, PROGRAM, VARIABLE).source()


def answer(cli: click.Command, instruction: str) -> str | None:
    """What a shell's question (`bash_complete`) is answered; None for an instruction that is none."""
    shell, _, what = instruction.partition("_")
    if shell not in SHELLS or what not in ("source", "complete"):
        return None
    return script(cli, shell) if what == "source" else SHELLS[shell](cli, {}, PROGRAM, VARIABLE).complete()
