"""Attributes of a binding, and a binding seen from another place; both without any data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
    return Choice(bind.condition, follow(bind.then, path), otherwise)


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
    return _Mover(folder, inputs).bind(bind)


def map_operands(condition: Condition, change: Callable[[Bind], Bind]) -> Condition:
    """The same condition over changed operands."""
    if isinstance(condition, Comparison):
        return replace(condition, left=change(condition.left), right=change(condition.right))
    left, right = map_operands(condition.left, change), map_operands(condition.right, change)
    return Conjunction(condition.operator, left, right)


class _Mover:
    def __init__(self, folder: str, inputs: Mapping[str, Bind]) -> None:
        self._folder = folder
        self._inputs = inputs

    def bind(self, bind: Bind) -> Bind:
        return _MOVE[type(bind)](self, bind)

    def input(self, bind: InputRef) -> Bind:
        return follow(self._inputs[bind.name], bind.attr_path) if bind.name in self._inputs else bind

    def output(self, bind: OutputRef) -> Bind:
        return replace(bind, node=self._folder + bind.node)

    def same(self, bind: Bind) -> Bind:
        return bind

    def list(self, bind: ListOf) -> Bind:
        return ListOf(tuple(map(self.bind, bind.items)))

    def map(self, bind: MapOf) -> Bind:
        return MapOf(tuple((key, self.bind(item)) for key, item in bind.entries))

    def each(self, bind: EachOf) -> Bind:
        return replace(bind, over=self.bind(bind.over), node=self._folder + bind.node)

    def choice(self, bind: Choice) -> Bind:
        otherwise = None if bind.otherwise is None else self.bind(bind.otherwise)
        return Choice(map_operands(bind.condition, self.bind), self.bind(bind.then), otherwise)


_FOLLOW: dict[type, Callable[[Any, AttrPath], Bind]] = {
    InputRef: _appended,
    OutputRef: _appended,
    JsonConstant: _appended,
    ProtoConstant: _appended,
    ListOf: _list,
    MapOf: _map,
    EachOf: _each,
    Choice: _choice,
    Failure: _failure,
}
_MOVE: dict[type, Callable[[_Mover, Any], Bind]] = {
    InputRef: _Mover.input,
    OutputRef: _Mover.output,
    JsonConstant: _Mover.same,
    ProtoConstant: _Mover.same,
    ListOf: _Mover.list,
    MapOf: _Mover.map,
    EachOf: _Mover.each,
    Choice: _Mover.choice,
    Failure: _Mover.same,
}
