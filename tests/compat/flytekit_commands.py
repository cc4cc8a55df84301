# flytekit has no type information.
# pyright: basic, reportMissingTypeStubs=false
"""Runs flytekit's commands in a process of its own, which leaves sockets and folders open; importing it takes a second.

A line of JSON on stdin is a command, its arguments and its environment; a line on stdout is its exit code.
"""

from __future__ import annotations

import json
import os
import sys

from flytekit.bin import entrypoint


def execute(argv: list[str]) -> int:
    try:
        entrypoint._pass_through(argv, standalone_mode=False)
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


if __name__ == "__main__":
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        request = json.loads(line)
        os.environ.clear()
        os.environ.update(request["environ"])
        answers.write(f"{execute(request['argv'])}\n")
        answers.flush()
