"""What a task call returns while a workflow is built: a value that does not exist yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NoReturn, cast

from jetbridge.bindings import AttrPath
from jetbridge.errors import CompileError, Problem
from jetbridge.expression import Comparator, Comparison, Operand
from jetbridge.source import caller_location

if TYPE_CHECKING:
    from jetbridge.node import Node


_DECIDE = "Decide with `conditional(…)`, or inside a task: a workflow's body runs before any value exists."


class Promise:
    """An output of a node, or an input of the workflow when `node` is None.

    Attributes and items of it (`report.slope`, `values[0]`, `table["a"]`) are promises too.
    """

    def __init__(self, node: Node | None, var: str, attr_path: AttrPath = ()) -> None:
        self._node = node
        self._var = var
        self._attr_path = attr_path

    def __getattr__(self, name: str) -> Promise:
        if name.startswith("__"):
            raise AttributeError(name)
        return Promise(self._node, self._var, (*self._attr_path, name))

    def __getitem__(self, key: str | int) -> Promise:
        if type(key) not in (str, int) or (isinstance(key, int) and key < 0):
            _refuse(f"indexed with {key!r}", "Use a key, or an index from 0; slice and count from the end in a task.")
        return Promise(self._node, self._var, (*self._attr_path, key))

    def __rshift__(self, other: Promise | VoidPromise) -> Promise | VoidPromise:
        order(self, other)
        return other

    def with_overrides(self, **overrides: Any) -> Promise:
        """Changes the node's settings; see `Node.override` for the names."""
        node = self._node
        if node is None:
            _refuse("overridden", "Only results of tasks take `with_overrides`, not workflow inputs.")
        node.override(**overrides)
        return self

    def __iter__(self) -> Iterator[Promise]:
        _refuse("iterated over", "Take the list as an input of a task, and loop there.")

    def __bool__(self) -> NoReturn:  # noqa: PLE0304 -- it never returns
        _refuse("used as a truth value", _DECIDE)

    def __len__(self) -> NoReturn:  # noqa: PLE0303 -- it never returns
        _refuse("measured with len()", "Measure it inside a task.")

    def __eq__(self, other: object) -> Comparison:  # type: ignore[override] # a condition, not a truth value
        return self._compared(Comparator.EQ, other)

    def __ne__(self, other: object) -> Comparison:  # type: ignore[override]
        return self._compared(Comparator.NE, other)

    def __lt__(self, other: object) -> Comparison:
        return self._compared(Comparator.LT, other)

    def __le__(self, other: object) -> Comparison:
        return self._compared(Comparator.LE, other)

    def __gt__(self, other: object) -> Comparison:
        return self._compared(Comparator.GT, other)

    def __ge__(self, other: object) -> Comparison:
        return self._compared(Comparator.GE, other)

    def is_true(self) -> Comparison:
        """The condition that a bool is True, for `conditional(…).if_(…)`."""
        return self._compared(Comparator.EQ, True)

    def is_false(self) -> Comparison:
        """The condition that a bool is False."""
        return self._compared(Comparator.EQ, False)

    def is_none(self) -> Comparison:
        """The condition that there is no value; Flyte's compiler refuses it, so that the closure's check does."""
        return self._compared(Comparator.EQ, None)

    def _compared(self, comparator: Comparator, other: object) -> Comparison:
        return Comparison(_operand(self), comparator, _operand(other))

    def __str__(self) -> str:  # noqa: PLE0307 -- it never returns
        _refuse("made part of a text", "Format the text inside a task: a workflow's body runs before any value exists.")

    def __format__(self, format_spec: str) -> str:
        return str(self)

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        source = "inputs" if self._node is None else self._node.id
        return f"Promise({source}.{self._var}{''.join(f'[{attr!r}]' for attr in self._attr_path)})"


class VoidPromise:
    """What a task without outputs returns while a workflow is built: only its order matters."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def __rshift__(self, other: Promise | VoidPromise) -> Promise | VoidPromise:
        order(self, other)
        return other

    def with_overrides(self, **overrides: Any) -> VoidPromise:
        """Changes the node's settings; see `Node.override` for the names."""
        self._node.override(**overrides)
        return self


def _operand(value: object) -> Operand:
    if not isinstance(value, Promise):
        return Operand(constant=value)
    return Operand(promise=value)


def promise_source(promise: Promise) -> tuple[Node | None, str, AttrPath]:
    """The node (None for a workflow input), the variable and the path of a promise."""
    parts = vars(promise)
    return parts["_node"], parts["_var"], parts["_attr_path"]


def order(before: Any, after: Any) -> None:
    """Makes one node wait for another: what `before >> after` means."""
    _node_of(after).run_after(_node_of(before))


def _node_of(value: Any) -> Node:
    for element in cast("tuple[object, ...]", value if isinstance(value, tuple) else (value,)):
        node = vars(element).get("_node") if isinstance(element, Promise | VoidPromise) else None
        if node is not None:
            return node
    return _refuse("ordered", "Only results of tasks can be ordered with `>>`, not workflow inputs or plain values.")


def _refuse(action: str, hint: str) -> NoReturn:
    problem = Problem(
        code="PromiseUsedAsValue",
        message=f"a task's result cannot be {action} while the workflow is built",
        location=caller_location(),
        hint=hint,
    )
    raise CompileError("the workflow cannot be built:", [problem])
