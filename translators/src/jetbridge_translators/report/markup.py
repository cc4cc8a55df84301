"""HTML from plain values: whatever is no markup is escaped, so no name of a user's becomes a tag."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

_VOID = frozenset(("meta", "input"))


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def element(tag: str, *children: str, **attributes: str | bool) -> Markup:
    """An element. Attributes are named as in Python: `class_`, `aria_label`.

    Example:
        >>> element("p", "1 < 2", class_="note", hidden=True)
        '<p class="note" hidden>1 &lt; 2</p>'
    """
    given = "".join(_attribute(name.rstrip("_").replace("_", "-"), value) for name, value in attributes.items())
    if tag in _VOID:
        return Markup(f"<{tag}{given}>")
    return Markup(f"<{tag}{given}>{joined(children)}</{tag}>")


def joined(children: Iterable[str]) -> Markup:
    """Several children as one."""
    return Markup("".join(child if isinstance(child, Markup) else escape(child) for child in children))


def _attribute(name: str, value: str | bool) -> str:
    if isinstance(value, bool):
        return f" {name}" if value else ""
    return f' {name}="{escape(value)}"'


def table(caption: str, head: Iterable[str], rows: Iterable[Markup], class_: str = "") -> Markup:
    """A table that scrolls by itself, also by keyboard."""
    heads = element("tr", *(element("th", name, scope="col") for name in head))
    content = element(
        "table",
        element("caption", caption),
        element("thead", heads),
        element("tbody", *rows),
        **({"class_": class_} if class_ else {}),
    )
    return element("div", content, class_="scroll", tabindex="0", role="region", aria_label=caption)


def row(name: str, *cells: str, **attributes: str | bool) -> Markup:
    """A row of a table; the first cell names it."""
    return element("tr", element("th", name, scope="row"), *(element("td", cell) for cell in cells), **attributes)
