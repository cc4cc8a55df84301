"""What the task's container runs, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Protocol

from jetbridge.record import Record


class Program(Record):
    """A command line, and variables that its environment has beside its own."""

    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict[str, str])


class Ended(Record):
    """How a program ended.

    Attributes:
        status: Its exit status; 128 + N for one that was ended by signal N.
        signal: The signal that was sent to it before; 0 for none.
    """

    status: int
    signal: int = 0


class Place(Protocol):
    """Where a program runs."""

    @property
    def folder(self) -> Path:
        """The folder in which the program finds its inputs, and leaves its outputs."""
        ...

    @property
    def program_folder(self) -> str:
        """The same folder as the program sees it."""
        ...

    def is_started(self) -> bool:
        """Whether a companion before this one, which was lost, has started the program."""
        ...

    def start(self, program: Program) -> None:
        """Starts the program."""
        ...

    def wait(self) -> Ended:
        """Waits for its end."""
        ...
