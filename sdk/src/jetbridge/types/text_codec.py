"""Values from a command line: `--input name=TEXT`, read by the declared type."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable

from jetbridge.errors import TypeTransformError
from jetbridge.idl import Literal, LiteralType, SimpleType
from jetbridge.store import normalize_uri
from jetbridge.types.describe import describe
from jetbridge.types.json_values import from_json, union_literal
from jetbridge.types.naming import short

_INT = re.compile(r"[+-]?\d{1,20}")
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


def parse_text(text: str, declared: LiteralType) -> Literal:
    """The literal that a text on the command line means.

    Args:
        text: The text after `name=`; strings are taken as they are.
        declared: The type. Durations are `90s`, `1h30m`, `1:30:00` or ISO 8601; None is `null` or `None`; lists,
            maps and structs are JSON; files, directories and data frames are paths or URIs.

    Raises:
        TypeTransformError: the text does not mean such a value.
    """
    return _PARSERS.get(declared.WhichOneof("type"), _json)(text, declared)


def _wrong(text: str, declared: LiteralType, hint: str) -> TypeTransformError:
    return TypeTransformError(f"expected {describe(declared)}, got the text {short(text)}", hint=hint)


def _int(text: str, declared: LiteralType) -> Literal:
    if _INT.fullmatch(text.strip()) is None:
        raise _wrong(text, declared, "Write a whole number, such as 3.")
    return from_json(int(text), declared)


def _float(text: str, declared: LiteralType) -> Literal:
    try:
        value = float(text)
    except ValueError as error:
        raise _wrong(text, declared, "Write a number, such as 0.5.") from error
    return from_json(value, declared)


def _bool(text: str, declared: LiteralType) -> Literal:
    lower = text.strip().lower()
    if lower not in _TRUE + _FALSE:
        raise _wrong(text, declared, "Write true or false.")
    return from_json(lower in _TRUE, declared)


def _as_is(text: str, declared: LiteralType) -> Literal:
    return from_json(text, declared)


def _none(text: str, declared: LiteralType) -> Literal:
    if text not in ("null", "None"):
        raise _wrong(text, declared, "Write null.")
    return from_json(None, declared)


def _simple(text: str, declared: LiteralType) -> Literal:
    return _SIMPLE.get(declared.simple, _json)(text, declared)


def _enum(text: str, declared: LiteralType) -> Literal:
    values = list(declared.enum_type.values)
    if text in values:
        return from_json(text, declared)
    close = difflib.get_close_matches(text, values, n=1, cutoff=0.5)
    suggestion = f"Did you mean {close[0]!r}? " if close else ""
    raise _wrong(text, declared, f"{suggestion}Use one of: {', '.join(values)}.")


def _path(text: str, declared: LiteralType) -> Literal:
    if not text:
        raise _wrong(text, declared, "Write a path or URI.")
    return from_json(normalize_uri(text), declared)


def _json(text: str, declared: LiteralType) -> Literal:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _wrong(text, declared, f"Write it as JSON, such as {_example(declared)} ({error}).") from error
    return from_json(value, declared)


def _example(declared: LiteralType) -> str:
    return "[1, 2]" if declared.HasField("collection_type") else '{"a": 1}'


def _union(text: str, declared: LiteralType) -> Literal:
    """The first variant that accepts the text, the strictest first: None, int, float, bool, …, and str last."""
    for variant in sorted(declared.union_type.variants, key=_rank):
        try:
            return union_literal(parse_text(text, variant), variant)
        except TypeTransformError:
            continue
    names = " or ".join(describe(variant) for variant in declared.union_type.variants)
    raise _wrong(text, declared, f"Write a {names}.")


def _rank(variant: LiteralType) -> int:
    kind = variant.WhichOneof("type")
    key = variant.simple if kind == "simple" else kind
    return _ORDER.index(key) if key in _ORDER else len(_ORDER)


_PARSERS: dict[str | None, Callable[[str, LiteralType], Literal]] = {
    "simple": _simple,
    "enum_type": _enum,
    "blob": _path,
    "schema": _path,
    "structured_dataset_type": _path,
    "union_type": _union,
}
_SIMPLE: dict[SimpleType.ValueType, Callable[[str, LiteralType], Literal]] = {
    SimpleType.NONE: _none,
    SimpleType.INTEGER: _int,
    SimpleType.FLOAT: _float,
    SimpleType.STRING: _as_is,
    SimpleType.BOOLEAN: _bool,
    SimpleType.DATETIME: _as_is,
    SimpleType.DURATION: _as_is,
}
_ORDER: tuple[object, ...] = (
    SimpleType.NONE,
    SimpleType.INTEGER,
    SimpleType.FLOAT,
    SimpleType.BOOLEAN,
    SimpleType.DATETIME,
    SimpleType.DURATION,
    "enum_type",
    "collection_type",
    "map_value_type",
    SimpleType.STRUCT,
    SimpleType.STRING,
)
