"""Expressions as formatted Python source: on one line where it fits, else one element a line with a trailing comma.

This is the form that `ruff format --line-length 100` leaves as it is; it needs no formatter when a DAG is translated.
"""

from __future__ import annotations

from collections.abc import Sequence

from jetbridge_translators.airflow.expressions import Call, Expr, Mapped, Name, Prefixed
from jetbridge_translators.airflow.literals import pieces, quoted

LINE_LENGTH = 100
INDENT = 4


def source(expr: Expr, *, indent: int = 0, before: int = 0, after: int = 0) -> str:
    """An expression as source.

    Args:
        expr: The expression.
        indent: The columns by which the line is indented.
        before: The columns that stand between the indentation and the expression (`name=`).
        after: The columns that follow on the expression's last line (`,`).
    """
    flat = _flat(expr)
    if indent + before + len(flat) + after <= LINE_LENGTH:
        return flat
    return _broken(expr, indent)


def _flat(expr: Expr) -> str:
    match expr:
        case str() | Name() | Prefixed():
            return _atom(expr)
        case Call():
            return f"{expr.callee.name}({', '.join(_flat_argument(*item) for item in _arguments(expr))})"
        case Mapped():
            opening, closing = _expansion(expr)
            return opening + ", ".join(_flat_argument(*item) for item in _arguments(expr.partial)) + closing
        case list():
            return f"[{', '.join(_flat(item) for item in expr)}]"
        case dict():
            return "{" + ", ".join(f"{quoted(key)}: {_flat(value)}" for key, value in expr.items()) + "}"
        case _:
            return repr(expr)


def _atom(expr: str | Name | Prefixed) -> str:
    if isinstance(expr, Prefixed):
        return f'f"{expr.text}{{{expr.name.name}}}"'
    return quoted(expr) if isinstance(expr, str) else expr.name


def _flat_argument(prefix: str, value: Expr) -> str:
    return prefix + _flat(value)


def _broken(expr: Expr, indent: int) -> str:
    match expr:
        case str():
            return _block("(", pieces(expr, LINE_LENGTH - indent - INDENT), ")", indent, comma="")
        case Call():
            return _block(f"{expr.callee.name}(", _items(_arguments(expr), indent), ")", indent)
        case Mapped():
            opening, closing = _expansion(expr)
            return _block(opening, _items(_arguments(expr.partial), indent), closing, indent)
        case list():
            return _block("[", _items([("", item) for item in expr], indent), "]", indent)
        case dict():
            return _block("{", _items([(f"{quoted(key)}: ", item) for key, item in expr.items()], indent), "}", indent)
        case _:
            return _flat(expr)


def _expansion(expr: Mapped) -> tuple[str, str]:
    return f"{expr.partial.callee.name}.partial(", f").expand({expr.argument}={expr.over}.output)"


def _arguments(expr: Call) -> list[tuple[str, Expr]]:
    positional: list[tuple[str, Expr]] = [("", value) for value in expr.args]
    spread: list[tuple[str, Expr]] = [("**", expr.spread)] if expr.spread is not None else []
    return [*positional, *((f"{key}=", value) for key, value in expr.kwargs), *spread]


def _items(items: Sequence[tuple[str, Expr]], indent: int) -> list[str]:
    inner = indent + INDENT
    return [prefix + source(value, indent=inner, before=len(prefix), after=1) for prefix, value in items]


def _block(opening: str, lines: Sequence[str], closing: str, indent: int, comma: str = ",") -> str:
    if not lines:
        return opening + closing
    margin = " " * indent
    inner = margin + " " * INDENT
    return "\n".join([opening, *(f"{inner}{line}{comma}" for line in lines), margin + closing])
