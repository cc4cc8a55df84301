"""One form for what can be written in several ways."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, cast

from jetbridge.bindings import (
    Bind,
    Choice,
    Condition,
    EachOf,
    InputRef,
    Let,
    ListOf,
    MapOf,
    OutputRef,
    follow,
    map_operands,
    parse,
    render,
)
from tests.conformance.read_back.graph import Guard, Operand

_SEPARATORS = re.compile(r"[^0-9A-Za-z]")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


_LONG = 300
Names = Mapping[tuple[str, str], Bind]


def binding_text(text: str) -> str:
    """A binding with its attributes followed, its names explained, and its strings escaped in one way."""
    return _plain(_shown(explained(parse(text), {}), {}))


def _plain(text: str) -> str:
    return _STRING.sub(lambda match: json.dumps(json.loads(match.group())), text)


def explained(bind: Bind, names: Names) -> Bind:
    """A binding with what its names mean in their places; equal parts are one object, because there may be many."""
    match bind:
        case Let():
            known = dict(names)
            for each in bind.definitions:
                known[each.node, each.var] = explained(each.bind, known)
            return explained(bind.value, known)
        case OutputRef():
            return follow(names.get((bind.node, bind.var), OutputRef(bind.node, bind.var)), bind.attr_path)
        case _:
            return _explained_inside(bind, names)


def _explained_inside(bind: Bind, names: Names) -> Bind:
    match bind:
        case ListOf():
            return ListOf(tuple(explained(item, names) for item in bind.items))
        case MapOf():
            return MapOf(tuple((key, explained(item, names)) for key, item in bind.entries))
        case EachOf():
            return EachOf(explained(bind.over, names), bind.node, bind.var, bind.partial)
        case Choice():
            cases = ((_explained(condition, names), explained(then, names)) for condition, then in bind.cases)
            return Choice(tuple(cases), None if bind.otherwise is None else explained(bind.otherwise, names))
        case _:
            return bind


def _explained(condition: Condition, names: Names) -> Condition:
    return map_operands(condition, lambda bind: explained(bind, names))


def _shown(bind: Bind, known: dict[int, str]) -> str:
    """The text of a binding, in which a long choice is a digest."""
    if id(bind) not in known:
        known[id(bind)] = _written(bind, known)
    return known[id(bind)]


def _written(bind: Bind, known: dict[int, str]) -> str:
    match bind:
        case ListOf():
            return f"[{', '.join(_shown(item, known) for item in bind.items)}]"
        case MapOf():
            return f"{{{', '.join(f'{json.dumps(key)}: {_shown(item, known)}' for key, item in bind.entries)}}}"
        case EachOf():
            return f"{bind.node}.{bind.var} of {_shown(bind.over, known)}, {bind.partial}"
        case Choice():
            cases = [f"{_condition(condition, known)}, {_shown(then, known)}" for condition, then in bind.cases]
            text = _plain(f"if({', '.join(cases)}, {'' if bind.otherwise is None else _shown(bind.otherwise, known)})")
            return text if len(text) < _LONG else hashlib.sha256(text.encode()).hexdigest()
        case _:
            return render(bind, {})


def _condition(condition: Condition, known: dict[int, str]) -> str:
    operands: list[str] = []

    def keep(bind: Bind) -> Bind:
        operands.append(_shown(bind, known))
        return InputRef("operand")

    return f"{render(Choice(((map_operands(condition, keep), InputRef('then')),), None), {})} of {', '.join(operands)}"


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
