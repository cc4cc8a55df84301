"""How two FlyteIDL messages differ, field by field, in the words of FlyteIDL."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message

_KEYS = ("id", "var", "key", "name", "nodeId")
"""What names an element of a list: the id of a node, the variable of a binding, the key of a pair."""
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs; a side without the field is empty."""

    path: str
    before: str
    after: str

    def __str__(self) -> str:
        if not self.before:
            return f"{self.path}: {_short(self.after)} is new"
        if not self.after:
            return f"{self.path}: {_short(self.before)} is gone"
        return f"{self.path}: {_short(self.before)} → {_short(self.after)}"


def differences(before: Message, after: Message) -> tuple[Difference, ...]:
    """Every field in which two messages of one type differ, in the order of their paths.

    Example:
        >>> from jetbridge.idl import RetryStrategy, TaskMetadata
        >>> old, new = (TaskMetadata(retries=RetryStrategy(retries=number)) for number in (1, 2))
        >>> print(*differences(old, new))
        retries.retries: 1 → 2
    """
    one, other = _fields(before), _fields(after)
    paths = [path for path in dict.fromkeys([*one, *other]) if one.get(path) != other.get(path)]
    return tuple(Difference(path, one.get(path, ""), other.get(path, "")) for path in paths)


def _fields(message: Message) -> Mapping[str, str]:
    return dict(_leaves(MessageToDict(message, preserving_proto_field_name=True), ""))


def _leaves(tree: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(tree, dict):
        for key, value in cast("dict[str, Any]", tree).items():
            yield from _leaves(value, f"{path}.{key}" if path else key)
    elif isinstance(tree, list):
        for name, item in _named(cast("list[Any]", tree)):
            yield from _leaves(item, f"{path}[{name}]")
    else:
        yield path, json.dumps(tree, ensure_ascii=False)


def _named(items: list[Any]) -> Iterator[tuple[str, Any]]:
    """Elements by what names them where all have such a name, so that one more does not move the others."""
    for key in _KEYS:
        names = [cast("dict[str, Any]", item).get(key) if isinstance(item, dict) else None for item in items]
        if names and all(isinstance(name, str) for name in names) and len(set(names)) == len(names):
            yield from zip(cast("list[str]", names), items, strict=True)
            return
    yield from ((str(index), item) for index, item in enumerate(items))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
