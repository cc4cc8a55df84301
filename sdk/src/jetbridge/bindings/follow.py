"""Attributes of a binding, and a binding seen from another place; both without any data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from jetbridge.bindings.model import (
    AttrPath,
    Bind,
    Choice,
    Comparison,
    Condition,
    Conjunction,
    EachOf,
    Failure,
    InputRef,
    JsonConstant,
    Let,
    ListOf,
    MapOf,
    OutputRef,
    ProtoConstant,
)
from jetbridge.errors import BindingError


def follow(bind: Bind, path: AttrPath) -> Bind:
    """The binding of an attribute.

    Raises:
        BindingError: a list or map that is written out does not hold it.

    Example:
        >>> follow(ListOf((OutputRef("n0", "o0"), OutputRef("n1", "o0"))), (1, "a"))
        OutputRef(node='n1', var='o0', attr_path=('a',))
    """
    return _FOLLOW[type(bind)](bind, path) if path else bind


def _appended(bind: InputRef | OutputRef | JsonConstant | ProtoConstant, path: AttrPath) -> Bind:
    return replace(bind, attr_path=(*bind.attr_path, *path))


def _list(bind: ListOf, path: AttrPath) -> Bind:
    index, *rest = path
    if not isinstance(index, int) or index >= len(bind.items):
        raise _missing(index, f"a list of {len(bind.items)}")
    return follow(bind.items[index], tuple(rest))


def _map(bind: MapOf, path: AttrPath) -> Bind:
    key, *rest = path
    entries = dict(bind.entries)
    if not isinstance(key, str) or key not in entries:
        raise _missing(key, f"a map of {', '.join(entries)}")
    return follow(entries[key], tuple(rest))


def _each(bind: EachOf, path: AttrPath) -> Bind:
    index, *rest = path
    if not isinstance(index, int):
        raise _missing(index, "a list")
    return OutputRef(f"{bind.node}/{index}", bind.var, tuple(rest))


def _choice(bind: Choice, path: AttrPath) -> Bind:
    otherwise = None if bind.otherwise is None else follow(bind.otherwise, path)
    return Choice(tuple((condition, follow(then, path)) for condition, then in bind.cases), otherwise)


def _let(bind: Let, path: AttrPath) -> Bind:
    return replace(bind, value=follow(bind.value, path))


def _failure(bind: Failure, path: AttrPath) -> Bind:
    raise _missing(path[0], "an error")


def _missing(item: str | int, what: str) -> BindingError:
    return BindingError(f"there is no {item!r} in {what}", hint="Check the attribute, and count from 0.")


def relocate(bind: Bind, folder: str, inputs: Mapping[str, Bind]) -> Bind:
    """A binding of a sub-workflow as the workflow around it sees it.

    Args:
        bind: The binding, inside the sub-workflow.
        folder: What stands before the path of each of the sub-workflow's nodes, such as `n1/`.
        inputs: What the sub-workflow's inputs are bound to outside; those that are not there stay as they are.

    Example:
        >>> relocate(OutputRef("n0", "o0"), "n1/", {})
        OutputRef(node='n1/n0', var='o0', attr_path=())
        >>> relocate(InputRef("x", ("a",)), "n1/", {"x": OutputRef("n0", "o1")})
        OutputRef(node='n0', var='o1', attr_path=('a',))
    """

    def change(reference: InputRef | OutputRef) -> Bind:
        if isinstance(reference, OutputRef):
            return replace(reference, node=folder + reference.node)
        return follow(inputs[reference.name], reference.attr_path) if reference.name in inputs else reference

    return _Mover(folder, change).bind(bind)


def replaced(bind: Bind, change: Callable[[InputRef | OutputRef], Bind]) -> Bind:
    """The same binding with something else in place of each reference to an output or input.

    Example:
        >>> replaced(ListOf((OutputRef("n0", "o0"),)), lambda reference: JsonConstant("1"))
        ListOf(items=(JsonConstant(text='1', attr_path=()),))
    """
    return _Mover("", change).bind(bind)


def references(bind: Bind) -> Iterator[InputRef | OutputRef]:
    """Every reference to an output or input, each time that it occurs, in the order of the text.

    Example:
        >>> [each.var for each in references(ListOf((OutputRef("n0", "o0"), OutputRef("n1", "o1"))))]
        ['o0', 'o1']
    """
    found: list[InputRef | OutputRef] = []

    def keep(reference: InputRef | OutputRef) -> Bind:
        found.append(reference)
        return reference

    replaced(bind, keep)
    yield from found


def map_operands(condition: Condition, change: Callable[[Bind], Bind]) -> Condition:
    """The same condition over changed operands."""
    if isinstance(condition, Comparison):
        return replace(condition, left=change(condition.left), right=change(condition.right))
    left, right = map_operands(condition.left, change), map_operands(condition.right, change)
    return Conjunction(condition.operator, left, right)


class _Mover:
    """Rebuilds a binding with other references, and with a folder before the paths of maps and defined names."""

    def __init__(self, folder: str, change: Callable[[Any], Bind]) -> None:
        self._folder = folder
        self._change = change

    def bind(self, bind: Bind) -> Bind:
        return _MOVE[type(bind)](self, bind)

    def reference(self, bind: InputRef | OutputRef) -> Bind:
        return self._change(bind)

    def same(self, bind: Bind) -> Bind:
        return bind

    def list(self, bind: ListOf) -> Bind:
        return ListOf(tuple(map(self.bind, bind.items)))

    def map(self, bind: MapOf) -> Bind:
        return MapOf(tuple((key, self.bind(item)) for key, item in bind.entries))

    def each(self, bind: EachOf) -> Bind:
        return replace(bind, over=self.bind(bind.over), node=self._folder + bind.node)

    def choice(self, bind: Choice) -> Bind:
        cases = tuple((map_operands(condition, self.bind), self.bind(then)) for condition, then in bind.cases)
        return Choice(cases, None if bind.otherwise is None else self.bind(bind.otherwise))

    def let(self, bind: Let) -> Bind:
        named = (replace(each, node=self._folder + each.node, bind=self.bind(each.bind)) for each in bind.definitions)
        return Let(tuple(named), self.bind(bind.value))


_FOLLOW: dict[type, Callable[[Any, AttrPath], Bind]] = {
    InputRef: _appended,
    OutputRef: _appended,
    JsonConstant: _appended,
    ProtoConstant: _appended,
    ListOf: _list,
    MapOf: _map,
    EachOf: _each,
    Choice: _choice,
    Let: _let,
    Failure: _failure,
}
_MOVE: dict[type, Callable[[_Mover, Any], Bind]] = {
    InputRef: _Mover.reference,
    OutputRef: _Mover.reference,
    JsonConstant: _Mover.same,
    ProtoConstant: _Mover.same,
    ListOf: _Mover.list,
    MapOf: _Mover.map,
    EachOf: _Mover.each,
    Choice: _Mover.choice,
    Let: _Mover.let,
    Failure: _Mover.same,
}
