"""BigQuery's statements: Flyte gives the inputs as named parameters, so a statement says `@x` where others have `?`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from jetbridge_plugins.sql.statement import Piece, Statement, StatementError, parse

TEMPLATE = re.compile(r"\{\{\s*[.$]inputs\.", re.IGNORECASE)
_NAMED = re.compile(r"@(\w+)")


def parse_named(template: str, declared: Iterable[str]) -> Statement:
    """Reads a statement; templates become parameters as in every other database.

    Raises:
        StatementError: a template stands where no value can stand, or names no input; an input is not used.

    Example:
        >>> parse_named("SELECT @mass + {{ .inputs.more }}", ["mass", "more"]).pieces
        ('SELECT @mass + ', Parameter(name='more', as_text=False))
    """
    names = frozenset(declared)
    # Without a template nothing must be understood: a script of several statements is BigQuery's business.
    statement = parse(template) if TEMPLATE.search(template) or not template.strip() else Statement((template,))
    used = statement.inputs | frozenset(_named(statement.pieces))
    for name in sorted(statement.inputs - names):
        raise StatementError(f"the task has no input {name!r}", template, 0, f"It has: {', '.join(sorted(names))}.")
    for name in sorted(names - used):
        hint = f"Use it as `@{name}`, or remove it."
        raise StatementError(f"the statement does not use the input {name}", template, 0, hint)
    return statement


def _named(pieces: Iterable[Piece]) -> Iterable[str]:
    return (name for piece in pieces if isinstance(piece, str) for name in _NAMED.findall(piece))
