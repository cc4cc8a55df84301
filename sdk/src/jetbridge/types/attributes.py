"""Attributes of an output (`n0.o0.a["b"][0]`), resolved as FlytePropeller does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from jetbridge.bindings import AttrPath
from jetbridge.errors import BindingError, TypeTransformError
from jetbridge.idl import Literal, LiteralCollection, Primitive, Scalar, Void
from jetbridge.types.binary import binary_value, generic_value, plain_literal
from jetbridge.types.naming import literal_kind, short
from jetbridge.types.primitive import INT64

Plain = dict[object, object] | list[object] | object


def unfetched(literal: Literal) -> Literal:
    """The literal itself, offloaded or not."""
    return literal


def get_attribute(literal: Literal, path: AttrPath, fetch: Callable[[Literal], Literal] = unfetched) -> Literal:
    """The literal at a path inside another: through maps and collections, then into a msgpack or generic struct.

    Args:
        literal: The output.
        path: Keys and indices, outermost first; the empty path is the literal itself.
        fetch: Gives the literal that an offloaded one stands for; without a store there is nothing to look into.

    Raises:
        BindingError: a key or an index is missing, or there is nothing to look into.
    """
    for at, attr in enumerate(path):
        literal = unwrapped(fetch(unwrapped(literal)))
        reader = _reader(literal)
        if reader is not None:
            plain, make = reader(literal)
            return make(_walk(plain, path, at))
        literal = _step(literal, attr, path, at)
    return literal


def whole_number(literal: Literal) -> Literal:
    """An attribute that is meant for an int. A protobuf Struct has floats alone, which flytekit before 1.14 refuses."""
    value = literal.scalar.primitive.float_value
    if literal.scalar.primitive.HasField("float_value") and value.is_integer() and int(value) in INT64:
        return Literal(scalar=Scalar(primitive=Primitive(integer=int(value))))
    return literal


def unwrapped(literal: Literal) -> Literal:
    """The literal inside a union, or inside several."""
    while literal.HasField("scalar") and literal.scalar.HasField("union"):
        literal = literal.scalar.union.value
    return literal


def _step(literal: Literal, attr: str | int, path: AttrPath, at: int) -> Literal:
    kind = literal.WhichOneof("value")
    if kind == "map" and isinstance(attr, str) and attr in literal.map.literals:
        return literal.map.literals[attr]
    if kind == "collection" and isinstance(attr, int) and 0 <= attr < len(literal.collection.literals):
        return literal.collection.literals[attr]
    raise _missing(path, at, _content(literal))


def _content(literal: Literal) -> str:
    if literal.HasField("map"):
        return f"the keys are {short(sorted(literal.map.literals))}"
    if literal.HasField("collection"):
        return f"the list has {len(literal.collection.literals)} items"
    return f"there is {literal_kind(literal)}, which has no parts"


def _walk(plain: Plain, path: AttrPath, start: int) -> Plain:
    for at in range(start, len(path)):
        attr = path[at]
        if isinstance(plain, dict) and attr in plain:
            plain = cast("dict[object, object]", plain)[attr]
        elif isinstance(plain, list) and isinstance(attr, int) and 0 <= attr < len(cast("list[object]", plain)):
            plain = cast("list[object]", plain)[attr]
        else:
            raise _missing(path, at, _plain_content(cast("Plain", plain)))
    return plain


def _plain_content(plain: Plain) -> str:
    if isinstance(plain, dict):
        return f"the keys are {short(list(cast('dict[object, object]', plain)))}"
    if isinstance(plain, list):
        return f"the list has {len(cast('list[object]', plain))} items"
    return f"there is {short(plain)}, which has no parts"


def _missing(path: AttrPath, at: int, content: str) -> BindingError:
    done = "".join(f"[{attr!r}]" for attr in path[:at])
    place = f"at {done}: " if done else ""
    return BindingError(
        f"attribute {path[at]!r} does not exist: {place}{content}",
        hint="Check the attribute against what the producing task returns.",
    )


def _reader(literal: Literal) -> Callable[[Literal], tuple[Plain, Callable[[Plain], Literal]]] | None:
    return _READERS.get(literal.scalar.WhichOneof("value")) if literal.HasField("scalar") else None


def _read_binary(literal: Literal) -> tuple[Plain, Callable[[Plain], Literal]]:
    try:
        return binary_value(literal), _from_msgpack
    except TypeTransformError as error:
        raise BindingError(error.message, hint=error.hint) from error


def _read_generic(literal: Literal) -> tuple[Plain, Callable[[Plain], Literal]]:
    return generic_value(literal), _from_generic


def _from_msgpack(plain: Plain) -> Literal:
    """Scalars become primitives and lists collections of msgpack; dicts and null stay msgpack."""
    if isinstance(plain, list):
        items = [plain_literal(item) for item in cast("list[object]", plain)]
        return Literal(collection=LiteralCollection(literals=items))
    return _scalar(plain) or plain_literal(plain)


def _from_generic(plain: Plain) -> Literal:
    if isinstance(plain, list):
        items = [_from_generic(item) for item in cast("list[object]", plain)]
        return Literal(collection=LiteralCollection(literals=items))
    if isinstance(plain, dict):
        literal = Literal()
        literal.scalar.generic.update(cast("dict[str, Any]", plain))
        return literal
    return _scalar(plain) or Literal(scalar=Scalar(none_type=Void()))


def _scalar(plain: Plain) -> Literal | None:
    maker = _SCALARS.get(type(plain))
    if maker is None or (type(plain) is int and plain not in INT64):
        return None
    return Literal(scalar=Scalar(primitive=maker(plain)))


_SCALARS: dict[type, Callable[[Any], Primitive]] = {
    bool: lambda value: Primitive(boolean=value),
    int: lambda value: Primitive(integer=value),
    float: lambda value: Primitive(float_value=value),
    str: lambda value: Primitive(string_value=value),
}
_READERS: dict[str | None, Callable[[Literal], tuple[Plain, Callable[[Plain], Literal]]]] = {
    "binary": _read_binary,
    "generic": _read_generic,
}
