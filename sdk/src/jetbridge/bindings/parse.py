"""The binding that a text means."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable

from jetbridge.bindings.follow import follow
from jetbridge.bindings.model import (
    AttrPath,
    Bind,
    Choice,
    Comparison,
    Condition,
    Conjunction,
    Definition,
    EachOf,
    Failure,
    InputRef,
    JsonConstant,
    Let,
    ListOf,
    MapOf,
    OutputRef,
    ProtoConstant,
)
from jetbridge.bindings.render import NOTHING
from jetbridge.errors import BindingError

MAX_DEPTH = 64


def parse(text: str) -> Bind:
    """The binding that a text means.

    Raises:
        BindingError: the text is not of the form that `jetbridge.bindings` describes; it names the column.
    """
    bind, end = _value(text, 0, 0)
    if end != len(text):
        raise _syntax(text, end)
    return bind


def _value(text: str, at: int, depth: int) -> tuple[Bind, int]:
    if depth > MAX_DEPTH:
        raise BindingError(f"binding nested deeper than {MAX_DEPTH} levels")
    bind, end = _plain_value(text, at, depth)
    path, after = _attr_path(text, end)
    return follow(bind, path), after


def _plain_value(text: str, at: int, depth: int) -> tuple[Bind, int]:
    for prefix, read in _READERS:
        if text.startswith(prefix, at):
            return read(text, at + len(prefix), depth)
    return _reference(text, at)


def _read_json(text: str, at: int, depth: int) -> tuple[Bind, int]:
    try:
        _, end = json.JSONDecoder().raw_decode(text, at)
    except (ValueError, RecursionError) as error:
        raise _syntax(text, at) from error
    return JsonConstant(text[at:end]), end


def _read_proto(text: str, at: int, depth: int) -> tuple[Bind, int]:
    match = _BASE64.match(text, at)
    if match is None:
        raise _syntax(text, at)
    return ProtoConstant(base64.b64decode(match.group())), match.end()


def _read_list(text: str, at: int, depth: int) -> tuple[Bind, int]:
    items: list[Bind] = []
    while not text.startswith("]", at):
        item, at = _value(text, at, depth + 1)
        items.append(item)
        at = _separator(text, at, "]")
    return ListOf(tuple(items)), at + 1


def _read_map(text: str, at: int, depth: int) -> tuple[Bind, int]:
    entries: list[tuple[str, Bind]] = []
    while not text.startswith("}", at):
        key, at = _key(text, at)
        item, at = _value(text, at, depth + 1)
        entries.append((key, item))
        at = _separator(text, at, "}")
    return MapOf(tuple(entries)), at + 1


def _read_each(text: str, at: int, depth: int) -> tuple[Bind, int]:
    over, at = _value(text, at, depth + 1)
    match = _REFERENCE.match(text, _expect(text, at, ", "))
    if match is None:
        raise _syntax(text, at)
    return EachOf(over, match["node"], match["var"]), _expect(text, match.end(), ")")


def _read_some(text: str, at: int, depth: int) -> tuple[Bind, int]:
    each, end = _read_each(text, at, depth)
    assert isinstance(each, EachOf)  # noqa: S101 -- the function above gives nothing else
    return EachOf(each.over, each.node, each.var, partial=True), end


def _read_choice(text: str, at: int, depth: int) -> tuple[Bind, int]:
    cases: list[tuple[Condition, Bind]] = []
    while not cases or _OPERATOR.match(text, at):
        condition, at = _condition(text, at, depth + 1)
        then, at = _value(text, _expect(text, at, ", "), depth + 1)
        cases.append((condition, then))
        at = _expect(text, at, ", ")
    if text.startswith(NOTHING, at):
        return Choice(tuple(cases), None), _expect(text, at + len(NOTHING), ")")
    otherwise, at = _value(text, at, depth + 1)
    return Choice(tuple(cases), otherwise), _expect(text, at, ")")


def _read_let(text: str, at: int, depth: int) -> tuple[Bind, int]:
    definitions: list[Definition] = []
    while match := _DEFINED.match(text, at):
        bind, at = _value(text, match.end(), depth + 1)
        definitions.append(Definition(match["node"], match["var"], bind))
        at = _expect(text, at, ", ")
    value, at = _value(text, at, depth + 1)
    return Let(tuple(definitions), value), _expect(text, at, ")")


def _read_failure(text: str, at: int, depth: int) -> tuple[Bind, int]:
    return Failure(), at


def _condition(text: str, at: int, depth: int) -> tuple[Condition, int]:
    match = _OPERATOR.match(text, at)
    if match is None or depth > MAX_DEPTH:
        raise _syntax(text, at)
    read = _comparison if match["kind"] else _conjunction
    return read(text, match, depth)


def _comparison(text: str, match: re.Match[str], depth: int) -> tuple[Condition, int]:
    left, at = _value(text, match.end(), depth + 1)
    right, at = _value(text, _expect(text, at, ", "), depth + 1)
    return Comparison(match["operator"], match["kind"], left, right), _expect(text, at, ")")


def _conjunction(text: str, match: re.Match[str], depth: int) -> tuple[Condition, int]:
    left, at = _condition(text, match.end(), depth + 1)
    right, at = _condition(text, _expect(text, at, ", "), depth + 1)
    return Conjunction(match["both"], left, right), _expect(text, at, ")")


def _expect(text: str, at: int, what: str) -> int:
    if not text.startswith(what, at):
        raise _syntax(text, at)
    return at + len(what)


def _key(text: str, at: int) -> tuple[str, int]:
    match = _STRING.match(text, at)
    if match is None or not text.startswith(": ", match.end()):
        raise _syntax(text, at)
    try:
        return json.loads(match.group()), match.end() + 2
    except ValueError as error:
        raise _syntax(text, at) from error


def _separator(text: str, at: int, close: str) -> int:
    if text.startswith(", ", at):
        return at + 2
    if text.startswith(close, at):
        return at
    raise _syntax(text, at)


def _reference(text: str, at: int) -> tuple[Bind, int]:
    match = _REFERENCE.match(text, at)
    if match is None:
        raise _syntax(text, at)
    node, var = match["node"], match["var"]
    return (InputRef(var) if node == "inputs" else OutputRef(node, var)), match.end()


def _attr_path(text: str, at: int) -> tuple[AttrPath, int]:
    path: list[str | int] = []
    while match := _ATTR.match(text, at):
        path.append(match["name"] or _item(text, match))
        at = match.end()
    return tuple(path), at


def _item(text: str, match: re.Match[str]) -> str | int:
    try:
        return json.loads(match["item"])
    except ValueError as error:
        raise _syntax(text, match.start()) from error


def _syntax(text: str, at: int) -> BindingError:
    return BindingError(
        f"binding {text!r} cannot be read at column {at + 1}",
        hint="Write a reference (`n0.o0`, `inputs.n`), `json:VALUE`, `pb:BASE64`, or a list or map of these.",
    )


_READERS: tuple[tuple[str, Callable[[str, int, int], tuple[Bind, int]]], ...] = (
    ("json:", _read_json),
    ("pb:", _read_proto),
    ("[", _read_list),
    ("{", _read_map),
    ("each(", _read_each),
    ("some(", _read_some),
    ("if(", _read_choice),
    ("let(", _read_let),
    ("failure()", _read_failure),
)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_REFERENCE = re.compile(r"(?P<node>[A-Za-z0-9][A-Za-z0-9/-]*)\.(?P<var>[^\W\d]\w*)")
_DEFINED = re.compile(rf"{_REFERENCE.pattern} = ")
_OPERATOR = re.compile(r"(?:(?P<both>and|or)\(|(?P<operator>eq|ne|gt|ge|lt|le)\((?P<kind>[a-z]+), )")
_ATTR = re.compile(r'\.(?P<name>[^\W\d]\w*)|\[(?P<item>[0-9]+|"(?:[^"\\]|\\.)*")\]')
