"""The seam of a task type on the authoring side: the configuration object itself.

`@task(task_config=Spark(…))` picks the task type; there is no registry, because the author imports the class anyway.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class TaskConfig(Protocol):
    """What `task_config=` takes.

    Example:
        >>> class Loud:
        ...     task_type = "python-task"
        ...     def custom(self) -> Mapping[str, object]:
        ...         return {"volume": "11"}
        ...     def session(self) -> AbstractContextManager[Mapping[str, object]]:
        ...         return nullcontext({})
    """

    @property
    def task_type(self) -> str:
        """FlyteIDL's task type."""
        ...

    def custom(self) -> Mapping[str, object]:
        """What goes into `TaskTemplate.custom`, as JSON values."""
        ...

    def session(self) -> AbstractContextManager[Mapping[str, object]]:
        """What surrounds the call of the function on the worker; its entries are attributes of `current_context()`.

        `current_context()` works here too. Raises `UsageError` for what the machine lacks, which no other attempt has.
        """
        ...


class PythonTaskConfig:
    """The configuration of a plain Python task."""

    task_type = "python-task"

    def custom(self) -> Mapping[str, object]:
        """Nothing."""
        return {}

    def session(self) -> AbstractContextManager[Mapping[str, object]]:
        """Nothing."""
        return nullcontext({})
