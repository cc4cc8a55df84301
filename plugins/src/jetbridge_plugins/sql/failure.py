"""What a database says of a statement, with the statement and the place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from jetbridge.errors import JetbridgeError
from jetbridge_plugins.sql.statement import excerpt

if TYPE_CHECKING:
    from sqlalchemy.engine import ExceptionContext
    from sqlalchemy.exc import StatementError

_PLACEHOLDER = re.compile(r"%\((\w+)\)s|%%")
_NEAR = re.compile(r'near "([^"]+)"|no such (?:table|column|function): (?:\w+\.)?(\w+)|[Cc]olumn "?(\w+)"?')
_CARET = re.compile(r"\n+LINE \d+:.*", re.DOTALL)


_DECLARED = "jetbridge_declared"


def note_cursor(context: ExceptionContext) -> None:
    """Keeps how much text stands before the statement where it declares a cursor on the server: the place counts it."""
    name = getattr(getattr(context.execution_context, "cursor", None), "name", None)
    if name:
        setattr(context.original_exception, _DECLARED, len(f'DECLARE "{name}" CURSOR FOR '))


class QueryError(JetbridgeError):
    """Raised when a database refuses a statement."""


def explained(name: str, error: StatementError) -> QueryError:
    """The database's own words, the statement as it was sent, and where in it the database stopped.

    Values of parameters are not shown: they may be secret.
    """
    sent = "".join(_sent(error.statement or ""))
    said = _CARET.sub("", str(error.orig)).strip()
    at = _position(error.orig, sent)
    place = "\n".join(f"  {line}" for line in sent.strip().splitlines()) if at is None else excerpt(sent, at)
    return QueryError(f"the statement of {name!r} failed: {said}\n{place}", hint="Change the statement, or the data.")


def _sent(statement: str) -> Iterator[str]:
    """The text that PostgreSQL counts in: each parameter has a number there, by the order of its first use."""
    numbers: dict[str, int] = {}
    at = 0
    for match in _PLACEHOLDER.finditer(statement):
        yield statement[at : match.start()]
        yield "%" if match[1] is None else f"${numbers.setdefault(match[1], len(numbers) + 1)}"
        at = match.end()
    yield statement[at:]


def _position(original: Any, sent: str) -> int | None:
    """The place that the driver tells, or that of the word which the message names."""
    told = getattr(getattr(original, "diag", None), "statement_position", None)
    if told:
        return int(told) - 1 - getattr(original, _DECLARED, 0)
    found = _NEAR.search(str(original))
    if found is None:
        return None
    word = next(group for group in found.groups() if group)
    at = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", sent, re.IGNORECASE)
    return None if at is None else at.start()
