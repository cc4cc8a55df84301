"""A plan to look at, also of a workflow that cannot be planned as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

from google.protobuf.message import Message

from jetbridge.errors import JetbridgeError, Problem, RegistryError, TranslationError
from jetbridge.idl import TaskTemplate
from jetbridge.serialize.closure import Closure
from jetbridge_translators.handler import BuildContext, TaskHandler, checked
from jetbridge_translators.plan.build import build
from jetbridge_translators.plan.building import Handlers
from jetbridge_translators.plan.model import Plan
from jetbridge_translators.plan.refused import REFUSED
from jetbridge_translators.planning import Planning
from jetbridge_translators.work import Work

M = TypeVar("M", bound=Message)


@dataclass(frozen=True, slots=True)
class UnknownWork:
    """Stands where no handler could say what a task asks for, so that the rest of the workflow can be looked at."""


_UNKNOWN = cast("Work", UnknownWork())
UNKNOWN_WORK = "unknown-work"
"""How `plan.check` names the shape above; it is a problem of the plan, and no back end's."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan and what is wrong with it.

    Attributes:
        plan: The plan; None when the problems leave none.
        problems: What no back end can do. The plan then lacks what they are about, and must not be translated.
    """

    plan: Plan | None
    problems: tuple[Problem, ...] = ()


def draft(closure: Closure, handlers: Handlers, planning: Planning) -> Draft:
    """The plan of a closure; with problems, the plan of the closure without what is wrong."""
    try:
        return Draft(build(closure, handlers, planning))
    except TranslationError as error:
        return Draft(_despite(closure, handlers, planning), error.problems)


def _despite(closure: Closure, handlers: Handlers, planning: Planning) -> Plan | None:
    try:
        return build(_without_refused(closure), _tolerant(handlers), planning)
    except TranslationError:
        return None


def _tolerant(handlers: Handlers) -> Handlers:
    def handler(task_type: str) -> TaskHandler:
        try:
            found = handlers(task_type)
        except RegistryError:
            found = None

        def build_resource(template: TaskTemplate, context: BuildContext) -> Work:
            try:
                return _UNKNOWN if found is None else checked(found.build_resource(template, context), found, task_type)
            except JetbridgeError:
                return _UNKNOWN

        shapes = () if found is None else found.shapes
        return TaskHandler(build_resource=build_resource, shapes=(*shapes, type(_UNKNOWN)))

    return handler


def _without_refused(closure: Closure) -> Closure:
    return replace(
        closure,
        compiled=_without(closure.compiled),
        launch_plan=_without(closure.launch_plan),
        launch_plans=tuple(map(_without, closure.launch_plans)),
    )


def _without(message: M) -> M:
    copied = type(message)()
    copied.CopyFrom(message)
    _clear(copied)
    return copied


def _clear(message: Message) -> None:
    refused = REFUSED.get(message.DESCRIPTOR.name, {})
    for field, value in message.ListFields():
        if field.name in refused:
            message.ClearField(field.name)
        else:
            for inner in _messages(value):
                _clear(inner)


def _messages(value: Any) -> Iterable[Message]:
    """The messages of a field: its own, those of a list, or those of a map."""
    if isinstance(value, Message):
        return (value,)
    if isinstance(value, str | bytes | int | float):
        return ()
    items = cast("Mapping[Any, Any]", value).values() if isinstance(value, Mapping) else cast("Iterable[Any]", value)
    return [item for item in items if isinstance(item, Message)]
