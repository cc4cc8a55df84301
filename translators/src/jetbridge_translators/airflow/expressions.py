"""The few Python expressions that a DAG file holds, as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Name:
    """An identifier; `module` says from where it is imported, and is empty for what the file itself defines."""

    name: str
    module: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """A call; `spread` is a dictionary of further keyword arguments (`**POD`)."""

    callee: Name
    args: tuple[Expr, ...] = ()
    kwargs: tuple[tuple[str, Expr], ...] = ()
    spread: Name | None = None


@dataclass(frozen=True, slots=True)
class Prefixed:
    """A text before the value of a name, as an f-string; the text holds no braces, quotes or backslashes."""

    text: str
    name: Name


@dataclass(frozen=True, slots=True)
class Mapped:
    """An operator for each item of a list: `Operator.partial(…).expand(argument=over.output)`.

    Attributes:
        partial: The operator with the arguments that all have in common.
        argument: The argument that takes an item.
        over: The variable of the task that returns the list.
    """

    partial: Call
    argument: str
    over: str


Expr: TypeAlias = "str | int | float | bool | Name | Call | Mapped | Prefixed | list[Expr] | dict[str, Expr] | None"


DAG_PARAM = Name("dag.param")
"""Gives the value of a Param, typed, when a task runs; the file's DAG then has the name `dag`."""


def imported(path: str) -> Name:
    """The name that a dotted path means.

    Example:
        >>> imported("airflow.sdk.Param")
        Name(name='Param', module='airflow.sdk')
    """
    module, _, name = path.rpartition(".")
    return Name(name, module)


def call(path: str, /, *args: Expr, **kwargs: Expr) -> Call:
    """A call of something imported.

    Example:
        >>> call("datetime.timedelta", seconds=5).kwargs
        (('seconds', 5),)
    """
    return Call(imported(path), args, tuple(kwargs.items()))


def duration(value: timedelta) -> Call:
    """A `timedelta` in its largest whole unit.

    Example:
        >>> duration(timedelta(minutes=90)).kwargs
        (('minutes', 90),)
    """
    for unit, length in _UNITS:
        if value and not value % length:
            return call("datetime.timedelta", **{unit: value // length})
    return call("datetime.timedelta", seconds=value.total_seconds())


_UNITS = (
    ("hours", timedelta(hours=1)),
    ("minutes", timedelta(minutes=1)),
    ("seconds", timedelta(seconds=1)),
    ("milliseconds", timedelta(milliseconds=1)),
    ("microseconds", timedelta(microseconds=1)),
)


def names(expr: Expr) -> Iterator[Name]:
    """Every name in an expression, in order."""
    match expr:
        case Name():
            yield expr
        case Prefixed():
            yield expr.name
        case Call():
            yield expr.callee
            yield from _names_of((*expr.args, *(value for _, value in expr.kwargs)))
            if expr.spread is not None:
                yield expr.spread
        case Mapped():
            yield from names(expr.partial)
        case list():
            yield from _names_of(tuple(expr))
        case dict():
            yield from _names_of(tuple(expr.values()))
        case _:
            return


def _names_of(exprs: tuple[Expr, ...]) -> Iterator[Name]:
    for expr in exprs:
        yield from names(expr)


def strings(mapping: Mapping[str, str]) -> dict[str, Expr]:
    """A dictionary of strings as an expression."""
    return dict(mapping)
