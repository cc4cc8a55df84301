"""A value that branches decide, as a text whose size grows with the number of branches and not with their history.

Every branch that compares what another one gave would hold a copy of it for each comparison. Instead each branch is
defined once (`jetbridge.bindings`, `let`), and the others refer to it by its path. One that is asked for once stands in
place, as long as the text stays easy to read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

from jetbridge.bindings import Bind, Choice, Definition, InputRef, Let, OutputRef, follow, references, replaced

Name: TypeAlias = tuple[str, str]


class Decided(NamedTuple):
    """An output of a branch: what it is, and the outputs that this refers to, each as often as it does."""

    choice: Choice
    outputs: tuple[Name, ...]


Decides: TypeAlias = Callable[[str, str], Decided | None]
"""The output of a branch by the branch's path and the output's name; None for what a node commits."""

MAX_NESTED = 3
"""How many choices may stand in one another."""


def decided(choice: Choice) -> Decided:
    """The choice with what it refers to."""
    return Decided(choice, outputs_in(choice))


def outputs_in(bind: Bind) -> tuple[Name, ...]:
    """The outputs that a binding refers to, each as often as it does."""
    return tuple((each.node, each.var) for each in references(bind) if isinstance(each, OutputRef))


def closed(bind: Bind, decides: Decides) -> Bind:
    """A binding with all that it refers to: no reference is left to a branch that it does not define.

    Args:
        bind: The binding; references to outputs of branches are by the branches' paths.
        decides: What they are, with references of the same kind.
    """
    asked = outputs_in(bind)
    branches = _branches(asked, decides)
    if not branches:
        return bind
    counts = Counter([*asked, *(name for each in branches.values() for name in each.outputs)])
    return _Writer(branches, counts).whole(bind)


def named_inputs(bind: Bind) -> Bind:
    """The same binding with a name for each input that is asked for more than once, whose text may be long."""
    asked = Counter(each.name for each in references(bind) if isinstance(each, InputRef))
    several = [name for name in sorted(asked) if asked[name] > 1]
    if not several:
        return bind

    def named(reference: InputRef | OutputRef) -> Bind:
        if isinstance(reference, InputRef) and reference.name in several:
            return OutputRef("", reference.name, reference.attr_path)
        return reference

    inside = replaced(bind, named)
    known, value = (inside.definitions, inside.value) if isinstance(inside, Let) else ((), inside)
    return Let((*(Definition("", name, InputRef(name)) for name in several), *known), value)


def _branches(asked: tuple[Name, ...], decides: Decides) -> dict[Name, Decided]:
    """Every branch that outputs lead to, each after those that it leads to itself. A loop: chains may be long."""
    found: dict[Name, Decided] = {}
    opened: set[Name] = set()
    waiting = list(asked)
    while waiting:
        name = waiting[-1]
        branch = decides(*name)
        if branch is None or name in opened:
            if branch is not None:
                found.setdefault(name, branch)
            waiting.pop()
        else:
            opened.add(name)
            waiting += [below for below in branch.outputs if below not in opened]
    return found


class _Writer:
    """Decides which branches stand in place; `branches` are in the order in which they can be defined."""

    def __init__(self, branches: Mapping[Name, Decided], counts: Mapping[Name, int]) -> None:
        self._branches = branches
        self._counts = counts
        self._in_place: dict[Name, Bind] = {}
        self._depths: dict[Name, int] = {}

    def whole(self, bind: Bind) -> Bind:
        definitions = [Definition(*name, defined) for name, defined in self._defined()]
        value = replaced(bind, self._reference)
        return Let(tuple(definitions), value) if definitions else value

    def _defined(self) -> Iterator[tuple[Name, Bind]]:
        for name, branch in self._branches.items():
            nested = max((self._depths.get(below, 0) for below in branch.outputs), default=0)
            written = replaced(branch.choice, self._reference) if nested else branch.choice
            if self._counts[name] == 1 and nested < MAX_NESTED:
                self._in_place[name], self._depths[name] = written, nested + 1
            else:
                yield name, written

    def _reference(self, reference: InputRef | OutputRef) -> Bind:
        if isinstance(reference, InputRef) or (reference.node, reference.var) not in self._in_place:
            return reference
        return follow(self._in_place[reference.node, reference.var], reference.attr_path)
