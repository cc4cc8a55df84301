"""One form for what can be written in several ways."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import Any, cast

from jetbridge.bindings import parse, render
from tests.conformance.read_back.graph import Guard, Operand

_SEPARATORS = re.compile(r"[^0-9A-Za-z]")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


def binding_text(text: str) -> str:
    """A binding with its attributes followed, and its strings escaped in one way."""
    return _STRING.sub(lambda match: json.dumps(json.loads(match.group())), render(parse(text), {}))


def both(operator: str, *guards: Guard) -> Guard:
    """Conditions joined by `and` or `or`, without the nesting that changes nothing; those that are empty count not."""
    parts: list[Guard] = []
    for guard in filter(None, guards):
        parts += [part for part in guard[1:] if isinstance(part, tuple)] if guard[0] == operator else [guard]
    return parts[0] if len(parts) == 1 else (operator, *parts) if parts else ()


def negated(guard: Guard) -> Guard:
    """The opposite."""
    return ("not", guard)


def taken(*operands: Operand) -> Operand:
    """What the node of a branch gives that ran."""
    parts: list[Operand] = []
    for operand in operands:
        parts += [part for part in operand[1:] if isinstance(part, tuple)] if operand[0] == "taken" else [operand]
    return parts[0] if len(parts) == 1 else ("taken", *parts)


def failing(folder: str, guard: Guard) -> str:
    """What a branch of which no case holds is called: it makes no data, and so has no path of its own."""
    return f"{folder}where {guard}"


def sleeping(folder: str, place: str) -> str:
    """What a sleep is called: it makes no data either, so an engine need not be told its path."""
    return folder + _SEPARATORS.sub("", place.removeprefix(folder))


def entrypoint_args(tree: Any) -> list[str]:
    """The arguments of our entrypoint, wherever in a tree of lists and mappings they stand; none when it does not."""
    if isinstance(tree, dict):
        return entrypoint_args(list(cast("dict[str, Any]", tree).values()))
    if not isinstance(tree, list):
        return []
    items = cast("list[Any]", tree)
    if "task-module" in items:
        return [item for item in items if isinstance(item, str)]
    below = [found for item in items if (found := entrypoint_args(item))]
    return below[0] if below else []


def task_name(args: list[str]) -> str:
    """`module.name` from the arguments of our entrypoint; empty where they are not its."""
    if "task-module" not in args:
        return ""
    named = dict(pairwise(args))
    return f"{named['task-module']}.{named['task-name']}"
