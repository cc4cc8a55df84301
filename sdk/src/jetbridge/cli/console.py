"""What people see: messages on standard error, results on standard output, colour only on terminals."""

from __future__ import annotations

import json
import sys
from contextlib import AbstractContextManager, redirect_stdout
from typing import TextIO

from rich.console import Console
from rich.text import Text

from jetbridge.errors import JetbridgeError


def messages() -> Console:
    """The console of progress and errors."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def results() -> Console:
    """The console of results."""
    return Console(highlight=False, soft_wrap=True)


def author_output() -> AbstractContextManager[object]:
    """While the author's code runs in this process: what it prints goes to standard error, results stay alone."""
    return redirect_stdout(sys.stderr)


def print_error(error: JetbridgeError) -> None:
    """An error with its hint."""
    console = messages()
    console.print(Text("Error: ", style="bold red") + Text(error.message, style="default"))
    if error.hint:
        console.print(Text("\nHint: ", style="bold") + Text(error.hint, style="default"))


def print_json(value: object, file: TextIO | None = None) -> None:
    """A result for machines: one JSON document, on standard output or in a file."""
    out = file or sys.stdout
    json.dump(value, out, indent=2, sort_keys=False, default=str)
    out.write("\n")
