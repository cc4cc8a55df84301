"""Strings as Python source that `ruff format` keeps: in double quotes unless single ones need fewer escapes."""

from __future__ import annotations

import unicodedata

_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_BREAK_AFTER = frozenset(" ,;&/")


def quoted(text: str) -> str:
    r"""A string literal on one line; what is not one column wide is escaped, so that its length is its width.

    Example:
        >>> print(quoted('say "hi"'), quoted("it's"), quoted("a\n\x00"))
        'say "hi"' "it's" "a\n\x00"
    """
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + "".join(_escaped(char, quote) for char in text) + quote


def _escaped(char: str, quote: str) -> str:
    if char == quote:
        return "\\" + quote
    if char in _ESCAPES:
        return _ESCAPES[char]
    return char if _is_plain(char) else _code(ord(char))


def _code(point: int) -> str:
    return f"\\x{point:02x}" if point < 0x100 else f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"


def _is_plain(char: str) -> bool:
    return char.isprintable() and unicodedata.east_asian_width(char) not in "WF" and not unicodedata.combining(char)


def pieces(text: str, room: int) -> list[str]:
    """A long string as literals that are at most `room` columns wide, split after a separator where there is one."""
    found: list[str] = []
    start = 0
    while start < len(text):
        end = _cut(text, start, room)
        found.append(quoted(text[start:end]))
        start = end
    return found or [quoted("")]


def _cut(text: str, start: int, room: int) -> int:
    """Where the next piece ends. Widths are those between double quotes, which single ones never exceed."""
    end, width = start, len('""')
    while end < len(text) and (end == start or width + len(_escaped(text[end], '"')) <= room):
        width += len(_escaped(text[end], '"'))
        end += 1
    if end == len(text):
        return end
    separators = (at for at in range(end, start + (end - start) // 2, -1) if text[at - 1] in _BREAK_AFTER)
    return next(separators, end)
