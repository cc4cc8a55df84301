r"""Where a node's inputs come from: the data classes, and their text form in `--bind name=TEXT`.

The text form is readable and escape-proof:

    n0.o0                the output `o0` of node `n0`; `n1/n0.o0` inside a sub-workflow
    n0.o0.a["b c"][0]    an attribute of it
    inputs.n             a workflow input
    json:"fast"          a constant as JSON, read by the declared type; every `{` inside a string is `\u007b`
    pb:CgIIAw==          a constant that JSON cannot carry exactly, as a base64 FlyteIDL literal
    [n2.o0, json:3]      a list; {"a": n2.o0} a map

Example:
    >>> render(OutputRef("n0", "o0", ("a", 0)), inputs={})
    'n0.o0.a[0]'
    >>> parse('[n0.o0, json:"x"]')
    ListOf(items=(OutputRef(node='n0', var='o0', attr_path=()), JsonConstant(text='"x"', attr_path=())))
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from jetbridge.errors import BindingError

AttrPath: TypeAlias = tuple[str | int, ...]
MAX_DEPTH = 64


@dataclass(frozen=True, slots=True)
class InputRef:
    """A workflow input."""

    name: str
    attr_path: AttrPath = ()


@dataclass(frozen=True, slots=True)
class OutputRef:
    """An output of another node; `node` is its path below the run root."""

    node: str
    var: str
    attr_path: AttrPath = ()


@dataclass(frozen=True, slots=True)
class JsonConstant:
    """A constant as JSON text, which the declared type turns into a literal."""

    text: str
    attr_path: AttrPath = ()


@dataclass(frozen=True, slots=True)
class ProtoConstant:
    """A constant as the bytes of a FlyteIDL literal."""

    data: bytes


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list that holds at least one promise."""

    items: tuple[Bind, ...]


@dataclass(frozen=True, slots=True)
class MapOf:
    """A map that holds at least one promise; entries in the order of their keys."""

    entries: tuple[tuple[str, Bind], ...]


Bind: TypeAlias = InputRef | OutputRef | JsonConstant | ProtoConstant | ListOf | MapOf


def json_text(value: object) -> str:
    """JSON in ASCII that no engine's templating can mistake for its own: no `{{`, `{%` or `{#`, no DEL."""
    text = json.dumps(value, ensure_ascii=True)
    return _STRING.sub(lambda match: _guard(match.group()), text).replace("\x7f", "\\u007f")


_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


def _guard(string: str) -> str:
    return string.replace("{", "\\u007b").replace("}", "\\u007d")


def render(bind: Bind, inputs: Mapping[str, str]) -> str:
    """The text of a binding.

    Args:
        bind: The binding.
        inputs: How a workflow input is written on this back end, by name; `inputs.<name>` where it is absent.
    """
    return _RENDER[type(bind)](bind, inputs)


def _render_input(bind: InputRef, inputs: Mapping[str, str]) -> str:
    return inputs.get(bind.name, f"inputs.{bind.name}") + _render_path(bind.attr_path)


def _render_list(bind: ListOf, inputs: Mapping[str, str]) -> str:
    return "[" + ", ".join(render(item, inputs) for item in bind.items) + "]"


def _render_map(bind: MapOf, inputs: Mapping[str, str]) -> str:
    entries = (f"{json_text(key)}: {render(item, inputs)}" for key, item in bind.entries)
    return "{" + ", ".join(entries) + "}"


def _render_path(path: AttrPath) -> str:
    return "".join(_render_attr(attr) for attr in path)


def _render_attr(attr: str | int) -> str:
    if isinstance(attr, int):
        return f"[{attr}]"
    return f".{attr}" if _NAME.fullmatch(attr) else f"[{json_text(attr)}]"


def _render_output(bind: OutputRef, inputs: Mapping[str, str]) -> str:
    return f"{bind.node}.{bind.var}{_render_path(bind.attr_path)}"


def _render_json(bind: JsonConstant, inputs: Mapping[str, str]) -> str:
    return f"json:{bind.text}{_render_path(bind.attr_path)}"


def _render_proto(bind: ProtoConstant, inputs: Mapping[str, str]) -> str:
    return f"pb:{base64.b64encode(bind.data).decode()}"


_RENDER: dict[type, Callable[[Any, Mapping[str, str]], str]] = {
    InputRef: _render_input,
    OutputRef: _render_output,
    JsonConstant: _render_json,
    ProtoConstant: _render_proto,
    ListOf: _render_list,
    MapOf: _render_map,
}
_NAME = re.compile(r"[A-Za-z_]\w*")


def parse(text: str) -> Bind:
    """The binding that a text means.

    Raises:
        BindingError: the text is not of the form above; it names the column.
    """
    bind, end = _value(text, 0, 0)
    if end != len(text):
        raise _syntax(text, end)
    return bind


def _value(text: str, at: int, depth: int) -> tuple[Bind, int]:
    if depth > MAX_DEPTH:
        raise BindingError(f"binding nested deeper than {MAX_DEPTH} levels")
    for prefix, read in _READERS:
        if text.startswith(prefix, at):
            return read(text, at + len(prefix), depth)
    return _reference(text, at)


def _read_json(text: str, at: int, depth: int) -> tuple[Bind, int]:
    try:
        _, end = json.JSONDecoder().raw_decode(text, at)
    except (ValueError, RecursionError) as error:
        raise _syntax(text, at) from error
    path, after = _attr_path(text, end)
    return JsonConstant(text[at:end], path), after


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
    path, end = _attr_path(text, match.end())
    node, var = match["node"], match["var"]
    return (InputRef(var, path) if node == "inputs" else OutputRef(node, var, path)), end


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


_READERS = (("json:", _read_json), ("pb:", _read_proto), ("[", _read_list), ("{", _read_map))
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_REFERENCE = re.compile(r"(?P<node>[A-Za-z0-9][A-Za-z0-9/-]*)\.(?P<var>[^\W\d]\w*)")
_ATTR = re.compile(r'\.(?P<name>[^\W\d]\w*)|\[(?P<item>[0-9]+|"(?:[^"\\]|\\.)*")\]')
