r"""Statements with Flyte's templates, read so that values become bound parameters.

Flyte pastes `{{ .inputs.x }}` into the text, so that a value can change what the statement does. Here it becomes a
parameter, wherever the database takes one. The name of a table or column is no value: it is asked for by
`{{ .inputs.x | identifier }}`, and checked and quoted when it is known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from jetbridge.errors import JetbridgeError


@dataclass(frozen=True, slots=True)
class Parameter:
    """An input as a value; `as_text` where the author has put it into quotes, and so means its text."""

    name: str
    as_text: bool = False


@dataclass(frozen=True, slots=True)
class Identifier:
    """An input that is the name of a table, a column or a schema."""

    name: str


Piece = str | Parameter | Identifier


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: texts, parameters and identifiers in their order."""

    pieces: tuple[Piece, ...]

    @property
    def inputs(self) -> frozenset[str]:
        """The inputs that it uses."""
        return frozenset(piece.name for piece in self.pieces if not isinstance(piece, str))

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters in the order of the text; one input may be several."""
        return tuple(piece for piece in self.pieces if isinstance(piece, Parameter))

    def render(
        self,
        parameter: Callable[[Parameter], str],
        identifier: Callable[[Identifier], str],
        text: Callable[[str], str] = str,
    ) -> str:
        """The statement in a database's own notation."""
        return "".join(
            text(piece)
            if isinstance(piece, str)
            else parameter(piece)
            if isinstance(piece, Parameter)
            else identifier(piece)
            for piece in self.pieces
        )


class StatementError(JetbridgeError):
    """Raised for a statement that cannot be run as it stands; the message shows the place."""

    def __init__(self, problem: str, template: str, at: int, hint: str) -> None:
        super().__init__(f"{problem}\n{excerpt(template, at)}", hint=hint)


def parse(template: str, declared: Iterable[str] | None = None) -> Statement:
    """Reads a statement.

    Args:
        template: The statement as the author wrote it.
        declared: The task's inputs, each of which must be used; None when they are not known.

    Raises:
        StatementError: a template stands where no value can stand, names no input, or there are two statements.

    Example:
        >>> parse("SELECT * FROM birds WHERE mass > {{ .inputs.mass }}", ["mass"]).pieces
        ('SELECT * FROM birds WHERE mass > ', Parameter(name='mass', as_text=False))
    """
    statement = Statement(tuple(_merged(_pieces(template))))
    if not "".join(piece if isinstance(piece, str) else "?" for piece in statement.pieces).strip():
        raise StatementError("the statement is empty", template, 0, "Give it a query_template.")
    if declared is not None:
        _check_inputs(statement, template, frozenset(declared))
    return statement


_TEMPLATE = r"\{\{\s*[.$]inputs\.(?P<name>\w+)\s*(?:\|\s*(?P<filter>\w+)\s*)?\}\}"
_TOKEN = re.compile(
    rf"""(?P<template>{_TEMPLATE})
    | (?P<string>'(?:[^']|'')*')
    | (?P<quoted>"(?:[^"]|"")*"|`[^`]*`)
    | (?P<comment>--[^\n]*|/\*.*?\*/)
    | (?P<dollar>\$(?P<tag>[A-Za-z_]*)\$.*?\$(?P=tag)\$)
    | (?P<end>;)""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_ANY_TEMPLATE = re.compile(_TEMPLATE, re.IGNORECASE)
_WHOLE_STRING = re.compile(rf"'{_TEMPLATE}'", re.IGNORECASE)
_NAMES_BEFORE = re.compile(
    r"\b(FROM|JOIN|INTO|UPDATE|TABLE|VIEW|SCHEMA|DATABASE|INDEX|COLUMN|AS|ORDER\s+BY|GROUP\s+BY)\s+$", re.IGNORECASE
)
_VALUES_BEFORE = re.compile(r"\b(DISTINCT\s+FROM|(EXTRACT|TRIM|SUBSTRING|OVERLAY)\s*\([^()]*\bFROM)\s+$", re.IGNORECASE)
_SOMETHING = re.compile(r"(?:--[^\n]*+|/\*.*?\*/|[\s;])*+(?P<more>[^\s;].*)", re.DOTALL)
_STRING_PREFIX = re.compile(r"\w$")
_JOINED = re.compile(r"[\w.$]$"), re.compile(r"^[\w.$]")
_IDENTIFIER_HINT = "Write `{{ .inputs.%s | identifier }}`: the name is checked and quoted when it is known."


def _pieces(template: str) -> Iterator[Piece]:
    at = 0
    for token in _TOKEN.finditer(template):
        yield template[at : token.start()]
        yield _HANDLERS[token.lastgroup or ""](template, token)
        at = token.end()
    yield template[at:]


def _end(template: str, token: re.Match[str]) -> Piece:
    """The end of the statement, behind which there may be comments."""
    more = _SOMETHING.match(template, token.end())
    if more is None:
        return ""
    hint = "Write one task for each statement, and order them with `>>`."
    raise StatementError("a second statement begins here", template, more.start("more"), hint)


def _template(template: str, token: re.Match[str]) -> Piece:
    name, chosen = token["name"], (token["filter"] or "").lower()
    if chosen == "identifier":
        return Identifier(name)
    if chosen:
        raise StatementError(
            f"there is no filter {chosen!r}", template, token.start("filter"), "`identifier` is the only one."
        )
    before, after = template[: token.start()], template[token.end() :]
    is_name = _NAMES_BEFORE.search(before) and not _VALUES_BEFORE.search(before)
    if is_name or _JOINED[0].search(before) or _JOINED[1].search(after):
        raise StatementError(
            f"input {name!r} stands where a name belongs, and a bound parameter is a value",
            template,
            token.start(),
            _IDENTIFIER_HINT % name,
        )
    return Parameter(name)


def _string(template: str, token: re.Match[str]) -> Piece:
    """A string stays as it is; one that is nothing but a template is that input's text."""
    inside = _ANY_TEMPLATE.search(token[0])
    if inside is None:
        return token[0]
    whole = _WHOLE_STRING.fullmatch(token[0])
    if whole and not whole["filter"] and not _STRING_PREFIX.search(template[: token.start()]):
        return Parameter(whole["name"], as_text=True)
    raise StatementError(
        f"input {inside['name']!r} stands inside a string, where it would be pasted",
        template,
        token.start() + inside.start(),
        f"Join the parts in SQL: '…' || {{{{ .inputs.{inside['name']} }}}} || '…'.",
    )


def _quoted(template: str, token: re.Match[str]) -> Piece:
    inside = _ANY_TEMPLATE.search(token[0])
    if inside is None:
        return token[0]
    raise StatementError(
        f"input {inside['name']!r} stands inside a quoted name, where it would be pasted",
        template,
        token.start() + inside.start(),
        "Without the quotes, write " + _IDENTIFIER_HINT.removeprefix("Write ") % inside["name"],
    )


def _dollar(template: str, token: re.Match[str]) -> Piece:
    inside = _ANY_TEMPLATE.search(token[0])
    if inside is None:
        return token[0]
    raise StatementError(
        f"input {inside['name']!r} stands inside a dollar-quoted string, where it would be pasted",
        template,
        token.start() + inside.start(),
        "Take it out of the string.",
    )


_HANDLERS: dict[str, Callable[[str, re.Match[str]], Piece]] = {
    "template": _template,
    "string": _string,
    "quoted": _quoted,
    "dollar": _dollar,
    # A comment with a template would be pasted too, and says nothing to a database.
    "comment": lambda template, token: "" if _ANY_TEMPLATE.search(token[0]) else token[0],
    "end": _end,
}


def folded(template: str) -> str:
    """A statement on one line, as flytekit writes it: but strings stay as they are, and comments to the line end go.

    Example:
        >>> folded("SELECT  'a  b' -- two\\n  FROM birds")
        "SELECT 'a  b' FROM birds"
    """
    bare = _TOKEN.sub(lambda token: " " if token[0].startswith("--") else token[0], template)
    parts = [_SPACES.sub(" ", part) if index % 2 == 0 else part for index, part in enumerate(_KEPT.split(bare))]
    return "".join(parts).strip()


_SPACES = re.compile(r"\s+")
_KEPT = re.compile(r"""('(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\$\$.*?\$\$)""", re.DOTALL)


def _merged(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Neighbouring texts as one."""
    text = ""
    for piece in pieces:
        if isinstance(piece, str):
            text += piece
            continue
        yield from (text,) if text else ()
        yield piece
        text = ""
    yield from (text.rstrip(),) if text.strip() else ()


def _check_inputs(statement: Statement, template: str, declared: frozenset[str]) -> None:
    for name in sorted(statement.inputs - declared):
        at = next(match.start() for match in _ANY_TEMPLATE.finditer(template) if match["name"] == name)
        known = ", ".join(sorted(declared)) or "no inputs"
        raise StatementError(f"the task has no input {name!r}", template, at, f"It has: {known}.")
    unused = ", ".join(sorted(declared - statement.inputs))
    if unused:
        raise StatementError(
            f"the statement does not use the input {unused}",
            template,
            0,
            f"Use it as `{{{{ .inputs.{unused} }}}}`, or remove it.",
        )


def excerpt(text: str, at: int) -> str:
    """The line of a text at a place, with a mark below the place.

    Example:
        >>> print(excerpt("SELECT 1\\nFORM t", 9))
          line 2, column 1:
            FORM t
            ^
    """
    line = text.count("\n", 0, at) + 1
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    column = at - start
    shown = text[start : len(text) if end < 0 else end]
    cut = max(0, column - 60)
    return f"  line {line}, column {column + 1}:\n    {shown[cut : cut + 120]}\n    {' ' * (column - cut)}^"
