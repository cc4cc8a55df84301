"""A tree of plain values as block-style YAML, with comments.

PyYAML is not used: it cannot write comments, and `import hera` changes how it writes strings for the whole process
(`hera/shared/serialization.py`, 7.1).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from jetbridge_translators.argo.escape import for_reader


@dataclass(frozen=True, slots=True)
class Commented:
    """An item of a list with a comment of one line above it."""

    comment: str
    value: Tree


@dataclass(frozen=True, slots=True)
class Verbatim:
    """A scalar that is already YAML text of one line."""

    text: str


Tree: TypeAlias = "str | int | float | bool | Verbatim | Commented | list[Tree] | dict[str, Tree] | None"
Quote: TypeAlias = Callable[[str], str]

_STEP = "  "
_PAIR = frozenset({"name", "value"})
_LINE = 118
_SHORT = 3
_TOKEN = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,31}")
_AMBIGUOUS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_WORD = r"[A-Za-z0-9_./()@+=;:-]*[A-Za-z0-9_./()@+=;-]"
_PLAIN = re.compile(rf"(?:--)?[A-Za-z_/][A-Za-z0-9_./@+=-]*(?::[A-Za-z0-9_./@+=-]+)*(?: {_WORD})*")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def scalar(text: str) -> str:
    """A string as a YAML scalar of one line, in the plainest style that reads back as the same string.

    Example:
        >>> print(scalar("n0.o0"), scalar("yes"), scalar('json:"fast"'), scalar("{{retries}}"))
        n0.o0 "yes" 'json:"fast"' "{{retries}}"
    """
    if _PLAIN.fullmatch(text) and text.lower() not in _AMBIGUOUS:
        return text
    if '"' in text and text.isascii() and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return double_quoted(text)


def double_quoted(text: str) -> str:
    """A string in YAML's double quotes; what cannot be printed is escaped."""
    return '"' + "".join(map(_escape, text)) + '"'


def _escape(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable():
        return char
    code = ord(char)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def document(tree: dict[str, Tree], header: tuple[str, ...] = (), quote: Quote = scalar) -> str:
    """A YAML document.

    Args:
        tree: The top-level mapping; keys are written in its order.
        header: Lines of comment above it.
        quote: How a string is written as a scalar of one line.
    """
    lines = [*(_comment("", line) for line in header), *_mapping(tree, "", quote)]
    return "\n".join(lines) + "\n"


def _mapping(tree: dict[str, Tree], indent: str, quote: Quote) -> Iterator[str]:
    for key, value in tree.items():
        yield from _entry(f"{indent}{quote(key)}:", value, indent, quote)


def _entry(head: str, value: Tree, indent: str, quote: Quote) -> Iterator[str]:
    if isinstance(value, dict) and value:
        yield head
        yield from _mapping(value, indent + _STEP, quote)
    elif isinstance(value, list) and value and not _is_short(value):
        yield head
        yield from _sequence(value, indent, quote)
    elif isinstance(value, str) and _is_block(value) and quote is scalar:
        yield from _literal_block(head, value, indent + _STEP)
    else:
        yield f"{head} {_inline(value, quote)}"


def _sequence(items: list[Tree], indent: str, quote: Quote) -> Iterator[str]:
    for item in items:
        if isinstance(item, Commented):
            yield _comment(indent, item.comment)
        yield from _item(item.value if isinstance(item, Commented) else item, indent, quote)


def _item(item: Tree, indent: str, quote: Quote) -> Iterator[str]:
    if not isinstance(item, (dict, list)) or not item:
        yield f"{indent}- {_inline(item, quote)}"
        return
    pair = _flow(item, indent, quote)
    if pair:
        yield pair
        return
    inner = indent + _STEP
    lines = _mapping(item, inner, quote) if isinstance(item, dict) else _sequence(item, inner, quote)
    yield f"{indent}- {next(lines).removeprefix(inner)}"
    yield from lines


def _flow(item: dict[str, Tree] | list[Tree], indent: str, quote: Quote) -> str:
    """`- {name: x, value: y}` where that fits on a line, as Argo's own examples write parameters; else nothing."""
    if not isinstance(item, dict) or not item.keys() <= _PAIR:
        return ""
    if not all(isinstance(value, str) for value in item.values()):
        return ""
    line = f"{indent}- {{{', '.join(f'{key}: {_inline(value, quote)}' for key, value in item.items())}}}"
    return line if len(line) <= _LINE else ""


def _is_short(items: list[Tree]) -> bool:
    """Whether a list reads best as `[a, b]`."""
    return len(items) <= _SHORT and all(isinstance(item, str) and _TOKEN.fullmatch(item) for item in items)


def _is_block(text: str) -> bool:
    """Whether a string can be a literal block without an indentation indicator."""
    lines = text.removesuffix("\n").split("\n")
    plain = all(line.isprintable() and line == line.rstrip() for line in lines)
    return len(lines) > 1 and plain and bool(lines[0]) and not lines[0].startswith(" ") and bool(lines[-1])


def _literal_block(head: str, text: str, indent: str) -> Iterator[str]:
    yield f"{head} |" if text.endswith("\n") else f"{head} |-"
    for line in text.removesuffix("\n").split("\n"):
        yield f"{indent}{line}" if line else ""


def _inline(value: Tree, quote: Quote) -> str:
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, Verbatim):
        return value.text
    if isinstance(value, list):
        return f"[{', '.join(_inline(item, quote) for item in value)}]"
    return _KEYWORDS.get(repr(value), repr(value))


_KEYWORDS = {"None": "null", "True": "true", "False": "false", "nan": ".nan", "inf": ".inf", "-inf": "-.inf"}


def _comment(indent: str, text: str) -> str:
    return f"{indent}# {for_reader(text)}".rstrip()
