"""What a protocol is told of one attempt, and what it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Protocol

from jetbridge.idl import ErrorDocument, Literal, LiteralMap
from jetbridge.record import Record
from jetbridge.runtime.companion.arguments import CompanionArguments
from jetbridge.runtime.companion.program import Ended
from jetbridge.runtime.data import TaskData
from jetbridge.runtime.failure import FailureClass, TaskFailure


class Call(Record):
    """One attempt.

    Attributes:
        arguments: The companion's arguments.
        data: The attempt's data.
        inputs: What the bindings mean.
        folder: Where the program's inputs and outputs lie.
        program_folder: The same folder as the program sees it.
    """

    arguments: CompanionArguments
    data: TaskData
    inputs: Mapping[str, Literal]
    folder: Path
    program_folder: str


class Prepared(Record):
    """What the program is started with.

    Attributes:
        values: The values of templates, by name.
        env: Variables.
    """

    values: Mapping[str, str]
    env: Mapping[str, str] = field(default_factory=dict[str, str])


class Left(Record):
    """What the program left.

    Attributes:
        outputs: Its outputs; None where it made a workflow instead.
        futures: That workflow, a `DynamicJobSpec`.
        deck: Its deck; empty without one.
    """

    outputs: LiteralMap | None
    futures: bytes = b""
    deck: str = ""


class ProgramFailure(TaskFailure):
    """A failure that the program reports itself, or that is seen from its end.

    Attributes:
        reported: Its own error document; None where it left none.
        deck: The deck that it left all the same.
    """

    def __init__(
        self, failure_class: FailureClass, message: str, reported: ErrorDocument | None = None, deck: str = ""
    ) -> None:
        super().__init__(failure_class, RuntimeError(message))
        self.message = message
        self.reported = reported
        self.deck = deck


class ProgramProtocol(Protocol):
    """How a program is given its inputs, and where it leaves its outputs."""

    def prepare(self, call: Call) -> Prepared:
        """Puts the inputs where the program finds them. Raises `JetbridgeError`."""
        ...

    def command(self, call: Call, argv: tuple[str, ...]) -> tuple[str, ...]:
        """The command line, where it has to differ from the task's own."""
        ...

    def collect(self, call: Call, ended: Ended) -> Left:
        """Reads what the program left. Raises `ProgramFailure`, or `JetbridgeError` for what cannot be read."""
        ...
