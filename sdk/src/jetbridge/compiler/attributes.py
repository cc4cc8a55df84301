"""The type that an attribute of a promise has: `report.slope`, `values[0]`, `table["a"]`."""

from __future__ import annotations

from collections.abc import Mapping

from jetbridge.idl import STRUCT, LiteralType, PromiseAttribute
from jetbridge.suggest import did_you_mean
from jetbridge.types.describe import describe

_ELEMENTS: Mapping[tuple[str | None, str | None], str] = {
    ("collection_type", "int_value"): "collection_type",
    ("map_value_type", "string_value"): "map_value_type",
}


class NoAttributeError(Exception):
    """A value of the type never has the attribute; `hint` says what it has."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def type_of_attribute(owner: LiteralType, attribute: PromiseAttribute) -> LiteralType | None:
    """The attribute's type; None where only the run can tell. Raises `NoAttributeError`."""
    kind = owner.WhichOneof("type")
    element = _ELEMENTS.get((kind, attribute.WhichOneof("value")))
    if element is not None:
        return getattr(owner, element)
    if kind == "union_type":
        return None
    if kind == "simple" and owner.simple == STRUCT:
        return _field(owner, attribute)
    raise NoAttributeError(f"is {describe(owner)} and has no {_shown(attribute)}", _HINTS.get(kind or "", _NO_PARTS))


_NO_PARTS = "Only lists, dicts and dataclasses have parts: take the value as it is, and look into it in a task."
_HINTS = {"collection_type": "Use an index, such as `[0]`.", "map_value_type": 'Use a key, such as `["a"]`.'}


def _field(owner: LiteralType, attribute: PromiseAttribute) -> LiteralType | None:
    fields = owner.structure.dataclass_type
    if not fields:
        return None
    if attribute.string_value in fields:
        return fields[attribute.string_value]
    raise NoAttributeError(f"has no {_shown(attribute)}", did_you_mean(attribute.string_value, sorted(fields)))


def _shown(attribute: PromiseAttribute) -> str:
    if attribute.WhichOneof("value") == "int_value":
        return f"item {attribute.int_value}"
    return f"attribute {attribute.string_value!r}"
