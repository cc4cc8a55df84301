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
    while len(quoted(text)) > room and len(text) > 1:
        end = _cut(text, room)
        found.append(quoted(text[:end]))
        text = text[end:]
    return [*found, quoted(text)]


def _cut(text: str, room: int) -> int:
    end = 1
    while end < len(text) and len(quoted(text[: end + 1])) <= room:
        end += 1
    separators = (index for index in range(end, end // 2, -1) if text[index - 1] in _BREAK_AFTER)
    return next(separators, end)
