"""Finding a statement again on the worker, for every client that runs statements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NoReturn

from jetbridge.errors import JetbridgeError
from jetbridge.idl import TaskTemplate
from jetbridge.store import open_store
from jetbridge.task import TaskSettings
from jetbridge.template_task import TemplateTask
from jetbridge_plugins.sql.interface import interface_of
from jetbridge_plugins.sql.query import Query

STATEMENT = "statement"


class StatementResolver:
    """Finds a statement in a worker's arguments: `statement NAME JSON`, or as on Flyte the URI of the task's message.

    Args:
        run: Runs a query with its inputs by name; what follows in the arguments is given by position.
        read: The query of a task.
    """

    def __init__(self, run: Callable[..., Any], read: Callable[[TaskTemplate], Query]) -> None:
        self._run = run
        self._read = read

    def loader_args(self, task: object) -> list[str]:
        """The arguments after `--`, as Flyte's propeller completes them."""
        return ["{{.taskTemplatePath}}"]

    def load_task(self, loader_args: Sequence[str]) -> TemplateTask:
        """The task. Raises `JetbridgeError` for a task that cannot be run."""
        if loader_args[0] != STATEMENT:
            query = self._read(TaskTemplate.FromString(open_store().read(loader_args[0])))
            return _task(query, partial(self._run, query))
        _, name, text, *more = loader_args
        query = Query.from_json(name, text)
        return _task(query, partial(self._run, query, *more))


def _task(query: Query, run: Callable[..., Any]) -> TemplateTask:
    return TemplateTask(query.name, interface_of(query.interface), TaskSettings(), run, _unused)


def _unused(*_: object) -> NoReturn:
    raise JetbridgeError("a task that was read from a message is not written again", hint="Report this.")
