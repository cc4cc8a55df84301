"""What `Annotated` says about a data frame: its columns, its format and its Arrow schema."""

from __future__ import annotations

import datetime
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, is_dataclass
from typing import Any, TypeVar, cast, get_args, get_origin

from jetbridge.errors import TypeTransformError
from jetbridge.idl import LiteralType, SimpleType, StructuredDatasetType
from jetbridge.types.annotated import metadata_of
from jetbridge.types.lookup import plain_type
from jetbridge.types.naming import short, type_name

Column = StructuredDatasetType.DatasetColumn
T = TypeVar("T")


def kwtypes(**columns: object) -> dict[str, object]:
    """The columns of a data frame by name and in order, for use inside of `Annotated`.

    Example:
        >>> kwtypes(name=str, age=int)
        {'name': <class 'str'>, 'age': <class 'int'>}
    """
    return columns


@dataclass(frozen=True, slots=True)
class FrameType:
    """A declared type of a data frame, taken apart.

    Attributes:
        python_type: The class of the data frame, or StructuredDataset.
        columns: The columns asked for; none means all.
        format: Such as `parquet`; empty when it is left to the class.
        schema: The Arrow schema as text, empty without one.
    """

    python_type: type[Any]
    columns: tuple[Column, ...] = ()
    format: str = ""
    schema: str = ""

    def idl(self) -> StructuredDatasetType:
        """The FlyteIDL type."""
        kind, text = ("arrow", self.schema.encode()) if self.schema else (None, None)
        return StructuredDatasetType(
            columns=self.columns, format=self.format, external_schema_type=kind, external_schema_bytes=text
        )


def frame_type(python_type: object) -> FrameType:
    """Reads a declared type, with `Annotated` as flytekit does: a dict or dataclass, a str, a pyarrow.Schema.

    Raises:
        TypeTransformError: something is given twice, or a column has a type that columns cannot have.
    """
    base, notes = cast("type[Any]", plain_type(python_type)), metadata_of(python_type)
    columns = [_entries(note) for note in notes if _is_columns(note)]
    formats = [note for note in notes if isinstance(note, str)]
    schemas = [str(cast("Any", note).to_string()) for note in notes if _is_schema(note)]
    return FrameType(
        python_type=base,
        columns=tuple(_columns(_only(columns, "columns", base) or {})),
        format=_only(formats, "a format", base) or "",
        schema=_only(schemas, "an Arrow schema", base) or "",
    )


def _only(found: list[T], what: str, base: object) -> T | None:
    if len(found) > 1:
        raise TypeTransformError(
            f"Annotated[{type_name(base)}, …] gives {what} twice: {short(found[0])} and {short(found[1])}",
            hint="Leave one of them out.",
        )
    return found[0] if found else None


def _is_columns(note: object) -> bool:
    return isinstance(note, Mapping) or (isinstance(note, type) and "__annotations__" in vars(note))


def _is_schema(note: object) -> bool:
    return f"{type(note).__module__}.{type(note).__qualname__}" == "pyarrow.lib.Schema"


def _entries(note: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", note) if isinstance(note, Mapping) else typing.get_type_hints(cast("Any", note))


def _columns(entries: Mapping[str, object], prefix: str = "") -> Iterable[Column]:
    for key, python_type in entries.items():
        name = f"{prefix}{key}"
        if isinstance(python_type, Mapping) or is_dataclass(python_type):
            yield from _columns(_entries(cast("object", python_type)), f"{name}.")
        else:
            yield Column(name=name, literal_type=_column_type(name, python_type))


def _column_type(name: str, python_type: object) -> LiteralType:
    origin, arguments = get_origin(python_type), get_args(python_type)
    if origin is list:
        return LiteralType(collection_type=_column_type(name, arguments[0]))
    if origin is dict:
        return LiteralType(map_value_type=_column_type(name, arguments[1]))
    bases = python_type.__mro__ if isinstance(python_type, type) else ()
    found = [_TYPES[key] for base in bases if (key := f"{base.__module__}.{base.__name__}") in _TYPES]
    if not found:
        raise TypeTransformError(
            f"column {name!r} cannot have the type {type_name(python_type)}",
            hint="Use int, float, str, bool, datetime, date, timedelta, numpy's scalars, or list and dict of these.",
        )
    return LiteralType(simple=found[0])


def _of(*types: type) -> Iterable[str]:
    return (f"{each.__module__}.{each.__name__}" for each in types)


# numpy's names, so that numpy need not be loaded to declare a column.
_TYPES: dict[str, SimpleType] = {
    **dict.fromkeys((*_of(bool), "numpy.bool", "numpy.bool_"), SimpleType.BOOLEAN),
    **dict.fromkeys((*_of(datetime.timedelta), "numpy.timedelta64"), SimpleType.DURATION),
    **dict.fromkeys((*_of(datetime.datetime, datetime.date), "numpy.datetime64"), SimpleType.DATETIME),
    **dict.fromkeys((*_of(int), "numpy.integer"), SimpleType.INTEGER),
    **dict.fromkeys((*_of(float), "numpy.floating"), SimpleType.FLOAT),
    **dict.fromkeys((*_of(str), "numpy.character", "numpy.object_"), SimpleType.STRING),
}
