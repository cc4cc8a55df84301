"""Identifiers inside FlyteIDL messages: a package leaves them open, registration completes them.

As flytectl does (`register_util.go`, `hydrateIdentifier`): an empty or placeholder project, domain and version is
filled in, everywhere in the message; what names another project or version is a reference and stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar, cast

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from jetbridge.idl import Identifier
from jetbridge.registry.entity_id import Scope

M = TypeVar("M", bound=Message)
FIELDS = ("project", "domain", "version")


def completed(message: M, scope: Scope, version: str) -> M:
    """A copy of the message, registered: each open identifier is one of this scope and version."""
    values = {"project": scope.project, "domain": scope.domain, "version": version}

    def complete(identifier: Identifier) -> None:
        for field in FIELDS:
            if is_open(getattr(identifier, field), field):
                setattr(identifier, field, values[field])

    return _changed(message, complete)


def opened(message: M, scope: Scope, version: str) -> M:
    """The inverse of `completed`: the message as a package holds it."""
    own = (scope.project, scope.domain, version)

    def open_again(identifier: Identifier) -> None:
        if (identifier.project, identifier.domain, identifier.version) == own:
            for field in FIELDS:
                identifier.ClearField(field)

    return _changed(message, open_again)


def is_open(value: str, field: str) -> bool:
    """Whether registration fills the field in."""
    return value in ("", f"{{{{ registration.{field} }}}}")


def identifiers(message: Message) -> Iterator[Identifier]:
    """Every identifier in a message that names something, however deep."""
    if isinstance(message, Identifier):
        if message.name:
            yield message
        return
    for field, value in message.ListFields():
        for child in _messages(field, value):
            yield from identifiers(child)


def _messages(field: FieldDescriptor, value: object) -> Iterable[Message]:
    held = field.message_type
    if held is None:
        return ()
    if not field.is_repeated:
        return (cast("Message", value),)
    if not held.GetOptions().map_entry:
        return cast("list[Message]", value)
    is_message = held.fields_by_name["value"].message_type is not None
    return cast("dict[object, Message]", value).values() if is_message else ()


def _changed(message: M, change: Callable[[Identifier], None]) -> M:
    copy = type(message)()
    copy.CopyFrom(message)
    for identifier in identifiers(copy):
        change(identifier)
    return copy
