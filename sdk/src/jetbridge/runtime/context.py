"""What a task can ask about its own execution: `current_context()`."""

from __future__ import annotations

import logging
import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jetbridge.errors import UsageError
from jetbridge.runtime.secrets import SecretsManager


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionContext:
    """One execution of a task.

    Attributes:
        execution_id: The run, as its folder is named.
        task_id: The task's name.
        attempt: Number of the attempt, from 0.
        working_directory: A folder of this attempt alone, removed afterwards.
        raw_output_prefix: URI of the folder for files and tables.
        secrets: Reads the secrets that the task asked for.
        logging: A logger for the task.
        session: What the task's configuration offers beside, by name, as attributes of this object.
    """

    execution_id: str = ""
    task_id: str = ""
    attempt: int = 0
    working_directory: Path = field(default_factory=Path.cwd)
    raw_output_prefix: str = ""
    secrets: SecretsManager = field(default_factory=lambda: SecretsManager(os.environ))
    logging: logging.Logger = field(default_factory=lambda: logging.getLogger("jetbridge.task"))
    session: Mapping[str, object] = field(default_factory=dict[str, object])

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self.session:
            raise AttributeError(f"the context of this task has no {name!r}")
        return self.session[name]


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
