"""User text in strings that Argo substitutes.

Argo replaces `{{tag}}` in the JSON of a whole template, several times over, and rescans what it has put in
(argo-workflows `util/template`, 3.7 and 4.0), so a user's `{{` must never get there as such.
"""

from __future__ import annotations

import re

OPEN_BRACE = "JETBRIDGE_OPEN_BRACE"
"""Environment variable that holds `{`; Kubernetes puts it back after Argo has done its replacing."""

_REFERENCE = f"$({OPEN_BRACE})"
_DOLLARS = re.compile(r"\$\$|\$\(([^)]*)\)|\$\(|\$(?=\{\{|\{\Z)")
_INNER = re.compile(r"\{(?=\{)")
_INNER_OR_LAST = re.compile(r"\{(?=\{|\Z)")
_UNSAFE_IN_JSON = re.compile(r"[^ -~]|\$|\{(?=\{)")


def for_container(text: str, *, before_tag: bool = False) -> str:
    """Text of a container's command, args or env, with every `{{` broken by a reference that the kubelet expands.

    A `$(NAME)` of the text keeps Kubernetes' meaning, as on Flyte.

    Args:
        text: The user's text.
        before_tag: Whether a tag of ours follows directly.

    Example:
        >>> for_container("a {{inputs.x}}")
        'a $(JETBRIDGE_OPEN_BRACE){inputs.x}}'
    """
    braces = _INNER_OR_LAST if before_tag else _INNER
    return braces.sub(_REFERENCE, _DOLLARS.sub(_keep_dollar, text)) if braces.search(text) else text


def _keep_dollar(match: re.Match[str]) -> str:
    """A `$` that the kubelet leaves alone, doubled, so that it still does with our reference behind it."""
    dollar, name = match.group(), match.group(1)
    if name is not None:
        return f"$$({name.replace('$', '$$')})" if "{{" in name else dollar
    return dollar if dollar == "$$" else f"${dollar}"


def uses_open_brace(text: str) -> bool:
    """Whether a container's text needs the variable `OPEN_BRACE`."""
    return _REFERENCE in text


def for_json(text: str) -> str:
    r"""JSON text, or binding text around it, that neither Argo nor the kubelet changes.

    Outside strings JSON has no `$`, no `{{` and no character that cannot be printed, so escaping them all is exact.

    Example:
        >>> for_json('json:"{{x}} $(HOME)"')
        'json:"\\u007b{x}} \\u0024(HOME)"'
    """
    return _UNSAFE_IN_JSON.sub(_json_escape, text)


def _json_escape(match: re.Match[str]) -> str:
    char = match.group()
    if char not in "{$" and char.isprintable():
        return char
    return "".join(f"\\u{unit:04x}" for unit in _utf16(char))


def _utf16(char: str) -> list[int]:
    data = char.encode("utf-16-be", "surrogatepass")
    return [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)]


def for_reader(text: str) -> str:
    """Text that only people read, such as a description, in one line."""
    shown = "".join(char if char.isprintable() else " " for char in text)
    return re.sub(r"\{(?=\{)", "{ ", shown)


def for_expression(text: str) -> str:
    """A string literal of Argo's expression language (expr-lang), without the `}}` that would end the tag."""
    return '"' + "".join(map(_expression_char, text)) + '"'


def _expression_char(char: str) -> str:
    if char in '{}"\\' or not char.isprintable():
        return "".join(f"\\u{unit:04x}" for unit in _utf16(char)) if ord(char) <= 0xFFFF else f"\\U{ord(char):08x}"
    return char
