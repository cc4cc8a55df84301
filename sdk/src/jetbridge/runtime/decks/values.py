"""A task's inputs and outputs as HTML."""

from __future__ import annotations

import pprint
import typing
from collections.abc import Mapping
from html import escape

from jetbridge.deck import Renderable, TopFrameRenderer
from jetbridge.idl import Literal
from jetbridge.interface import Variable
from jetbridge.runtime.decks.frames import is_frame
from jetbridge.runtime.failure import text_of

_TEXT = 10_000
"""Characters of a value's text."""


def values_html(
    variables: Mapping[str, Variable], values: Mapping[str, object], literals: Mapping[str, Literal]
) -> str:
    """A section for each variable that has a value: its name, its type, where its data lies, and the value."""
    sections = [
        _section(name, variables[name].python_type, value, literals.get(name))
        for name, value in values.items()
        if name in variables
    ]
    return "\n".join(sections) or '<p class="note">None</p>'


def _section(name: str, python_type: object, value: object, literal: Literal | None) -> str:
    uri = _uri(literal) if literal is not None else ""
    place = f'<p class="note">{escape(uri)}</p>' if uri else ""
    return (
        f"<section><h2>{escape(name)} <small>{escape(_type_name(python_type))}</small></h2>"
        f"{place}{_value(python_type, value, uri)}</section>"
    )


def _value(python_type: object, value: object, uri: str) -> str:
    """A value by the renderer in its annotation, as a table, or as text. One that is stored is not fetched for this."""
    renderer = next((note for note in _notes(python_type) if isinstance(note, Renderable)), None)
    if renderer is not None:
        return _rendered(renderer, value)
    if is_frame(value):
        return _rendered(TopFrameRenderer(), value)
    return "" if uri else f"<pre>{escape(_text(value))}</pre>"


def _notes(python_type: object) -> tuple[object, ...]:
    return typing.get_args(python_type)[1:] if typing.get_origin(python_type) is typing.Annotated else ()


def _rendered(renderer: Renderable, value: object) -> str:
    """A renderer that fails, which may be the user's, does not take the page or the task with it."""
    try:
        return renderer.to_html(value)
    except Exception as error:
        return f'<p class="note">cannot be shown: {escape(type(error).__name__)}: {escape(text_of(error))}</p>'


def _text(value: object) -> str:
    try:
        text = value if isinstance(value, str) else pprint.pformat(value, width=100, sort_dicts=False)
    except Exception as error:
        return f"<{type(value).__name__}: its text cannot be made: {type(error).__name__}>"
    return text if len(text) <= _TEXT else f"{text[:_TEXT]}\n… {len(text) - _TEXT:,} characters more"


def _uri(literal: Literal) -> str:
    while literal.scalar.HasField("union"):
        literal = literal.scalar.union.value
    return literal.scalar.blob.uri or literal.scalar.structured_dataset.uri or literal.offloaded_metadata.uri


def _type_name(python_type: object) -> str:
    plain = typing.get_args(python_type)[0] if _notes(python_type) else python_type
    return plain.__name__ if isinstance(plain, type) and not typing.get_args(plain) else str(plain)
