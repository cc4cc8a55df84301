"""A statement in SQLAlchemy's notation, and the values of its parameters with their types."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from jetbridge.errors import UsageError
from jetbridge_plugins.sql.statement import Identifier, Parameter, Statement

if TYPE_CHECKING:
    from sqlalchemy import Dialect, TextClause

_IDENTIFIER = re.compile(r"[A-Za-z_]\w{0,62}(\.[A-Za-z_]\w{0,62}){0,2}", re.ASCII)


def parameter_name(parameter: Parameter, inputs: frozenset[str]) -> str:
    """The name under which a parameter is bound: the input's, and another one for the text of it.

    Example:
        >>> parameter_name(Parameter("mass", as_text=True), frozenset({"mass"}))
        'mass_text'
    """
    if not parameter.as_text:
        return parameter.name
    name = f"{parameter.name}_text"
    while name in inputs:
        name += "_"
    return name


def bound(statement: Statement, values: Mapping[str, Any], types: Mapping[str, Any], dialect: Dialect) -> TextClause:
    """The statement with its values. Raises `UsageError` for a value that is no name where one is asked for.

    Args:
        statement: The statement.
        values: The value of each input.
        types: The Python type of each input, for those that are None.
        dialect: How the database quotes names.
    """
    from sqlalchemy import bindparam, text

    quote = dialect.identifier_preparer.quote_identifier
    source = statement.render(
        parameter=lambda each: f":{parameter_name(each, statement.inputs)}",
        identifier=lambda each: identifier(each, values[each.name], quote),
        text=lambda each: each.replace(":", "\\:"),
    )
    parameters = {parameter_name(each, statement.inputs): each for each in statement.parameters}
    return text(source).bindparams(
        *(
            bindparam(name, _value(each, values[each.name]), type_=_type(each, types[each.name]))
            for name, each in parameters.items()
        )
    )


def identifier(piece: Identifier, value: object, quote: Callable[[str], str]) -> str:
    """A name of one to three parts, quoted. Raises `UsageError` for anything else."""
    if isinstance(value, str) and _IDENTIFIER.fullmatch(value):
        return ".".join(map(quote, value.split(".")))
    raise UsageError(
        f"input {piece.name!r} is to be the name of a table, column or schema, and {value!r:.80} is none",
        hint="A name is letters, digits and underscores, with at most two dots: `birds` or `public.birds`.",
    )


def _value(parameter: Parameter, value: Any) -> Any:
    return as_text(value) if parameter.as_text else value


def as_text(value: Any) -> str | None:
    """A value as Flyte writes it into a command (flyteplugins `template.go`).

    Example:
        >>> from datetime import UTC, datetime
        >>> as_text(True), as_text(2.5), as_text(datetime(2024, 1, 2, tzinfo=UTC))
        ('true', '2.5', '2024-01-02T00:00:00Z')
    """
    if value is None:
        return None
    return next((write(value) for kind, write in _TEXTS if isinstance(value, kind)), str(value))


def _datetime(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


_TEXTS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (bool, lambda value: "true" if value else "false"),
    (datetime, _datetime),
)


def _type(parameter: Parameter, python_type: Any) -> Any:
    """The SQL type of a parameter, so that None has one too; a datetime has its zone."""
    import sqlalchemy

    kinds = getattr(python_type, "__args__", (python_type,))
    types: Mapping[Any, Any] = {
        bool: sqlalchemy.Boolean(),
        int: sqlalchemy.BigInteger(),
        float: sqlalchemy.Double(),
        str: sqlalchemy.String(),
        datetime: sqlalchemy.DateTime(timezone=True),
        timedelta: sqlalchemy.Interval(),
    }
    found = next((types[kind] for kind in kinds if kind in types), None)
    return types[str] if parameter.as_text or found is None else found
