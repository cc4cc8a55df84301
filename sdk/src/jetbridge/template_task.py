"""Tasks that their FlyteIDL message says whole, such as a statement on a database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from jetbridge.entity import last_name
from jetbridge.errors import Location
from jetbridge.interface import Interface
from jetbridge.record import Record
from jetbridge.source import caller_location
from jetbridge.task import PythonFunctionTask, TaskSettings

if TYPE_CHECKING:
    from jetbridge.idl import TaskTemplate
    from jetbridge.serialize.settings import SerializationSettings


class TaskMetadata(Record):
    """What flytekit's tasks without a function take as `metadata=`: options of `@task` in one object."""

    cache: bool = False
    cache_serialize: bool = False
    cache_version: str = ""
    cache_ignore_input_vars: tuple[str, ...] = ()
    interruptible: bool | None = None
    deprecated: str = ""
    retries: int = 0
    timeout: timedelta | int | None = None
    pod_template_name: str | None = None
    generates_deck: bool = False

    def options(self) -> dict[str, Any]:
        """The options that are given."""
        found = {each.name: getattr(self, each.name) for each in fields(cast("Any", self))}
        found["enable_deck"] = found.pop("generates_deck")
        return {name: value for name, value in found.items() if value not in (None, False, "", 0, ())}


Fill = Callable[["TaskTemplate", "SerializationSettings"], None]


class TemplateTask(PythonFunctionTask[..., Any]):
    """A task without code of the author's: a plugin's function runs it, by what the message says.

    A worker needs no module of the author's for it, so it may be defined anywhere.

    Args:
        name: The task's name in FlyteIDL.
        interface: Inputs and outputs.
        settings: Everything else; `settings.config` gives the task type and `custom`.
        function: What runs the task, with its inputs by name.
        fill: Writes the target and what belongs to it. Raises `JetbridgeError` for what cannot be expressed.

    Example:
        >>> from jetbridge.interface import Variable
        >>> interface = Interface({"n": Variable(int)}, {"o0": Variable(int)})
        >>> double = TemplateTask("double", interface, TaskSettings(), lambda n: 2 * n, lambda template, settings: None)
        >>> double(n=4)
        8
    """

    def __init__(
        self, name: str, interface: Interface, settings: TaskSettings, function: Callable[..., Any], fill: Fill
    ) -> None:
        super().__init__(function, settings)
        self.fill = fill
        self._name = name
        self._given = interface
        self._location = caller_location({kind.__module__ for kind in type(self).__mro__})

    @property
    def name(self) -> str:
        return self._name

    @property
    def short_name(self) -> str:
        return last_name(self._name)

    @property
    def interface(self) -> Interface:
        return self._given

    @property
    def location(self) -> Location | None:
        return self._location
