"""What a task can ask about its own execution: `current_context()`."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jetbridge.errors import UsageError
from jetbridge.record import Record
from jetbridge.runtime.environment import Identifier
from jetbridge.runtime.secrets import SecretsManager

if TYPE_CHECKING:
    import logging

    from jetbridge.deck import Deck
    from jetbridge.runtime.checkpoint import Checkpoint


def _no_checkpoint() -> Checkpoint:
    raise UsageError("this context has no checkpoint", hint="Ask for it in a task's function.")


class ExecutionContext(Record, kw_only=True):
    """One execution of a task.

    Attributes:
        execution_id: The run: a text, with `name`, `project` and `domain`.
        task_id: The task: its name as a text, with `name`, `project`, `domain` and `version`.
        attempt: Number of the attempt, from 0.
        execution_date: When this attempt started (UTC).
        working_directory: A folder of this attempt alone, removed afterwards.
        code_folder: The folder of the code bundle; None where the user's code is in the image.
        raw_output_prefix: URI of the folder for files and tables.
        output_metadata_prefix: URI of the folder for `outputs.pb` and `deck.html`; empty when a task is called as a
            function.
        secrets: Reads the secrets that the task asked for.
        enable_deck: Whether the decks become a page.
        decks: The decks so far.
        session: What the task's configuration offers beside, by name, as attributes of this object.
        open_checkpoint: Gives the checkpoint; always the same.
        publish_deck: Writes the page of the decks now; None when there is none to write.
    """

    execution_id: Identifier = field(default_factory=lambda: Identifier(""))
    task_id: Identifier = field(default_factory=lambda: Identifier(""))
    attempt: int = 0
    execution_date: datetime = field(default_factory=lambda: datetime.now(UTC))
    working_directory: Path = field(default_factory=Path.cwd)
    code_folder: Path | None = None
    raw_output_prefix: str = ""
    output_metadata_prefix: str = ""
    secrets: SecretsManager = field(default_factory=lambda: SecretsManager(os.environ))
    enable_deck: bool = False
    decks: list[Deck] = field(default_factory=list["Deck"])
    session: Mapping[str, object] = field(default_factory=dict[str, object])
    open_checkpoint: Callable[[], Checkpoint] = field(default=_no_checkpoint, repr=False)
    publish_deck: Callable[[], None] | None = field(default=None, repr=False)

    @property
    def logging(self) -> logging.Logger:
        """A logger for the task."""
        import logging

        return logging.getLogger("jetbridge.task")

    @property
    def checkpoint(self) -> Checkpoint:
        """What attempts before this one left. Raises `UsageError` when there is no place for checkpoints."""
        return self.open_checkpoint()

    @property
    def default_deck(self) -> Deck:
        """The deck called "default"; the first use makes it."""
        from jetbridge.deck import Deck

        found = [deck for deck in self.decks if deck.name == "default"]
        return found[0] if found else Deck("default")

    def has_attr(self, name: str) -> bool:
        """Whether the task's configuration offers something under a name, in any case."""
        return name.lower() in self.session

    def get(self, key: str) -> Any:
        """What the task's configuration offers under a name. Raises `AttributeError`."""
        return getattr(self, key.lower())

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self.session:
            raise AttributeError(f"the context of this task has no {name!r}{_ABSENT.get(name, '')}")
        return self.session[name]


_ABSENT = {"stats": ": use a statsd client of your own", "timeline_deck": ": Jetbridge draws no time line"}
_CURRENT: ContextVar[ExecutionContext | None] = ContextVar("jetbridge_execution", default=None)


def current_context() -> ExecutionContext:
    """The execution under way. Raises `UsageError` outside a task."""
    context = _CURRENT.get()
    if context is None:
        raise UsageError("current_context() was called outside a task", hint="Call it in a task's function.")
    return context


@contextmanager
def executing(context: ExecutionContext) -> Generator[ExecutionContext]:
    """Makes a context the current one, until the block ends."""
    token = _CURRENT.set(context)
    try:
        yield context
    finally:
        _CURRENT.reset(token)
