"""What `Annotated` adds to a type: a hash of the value, and notes on its FlyteIDL type."""

from __future__ import annotations

import typing
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Generic, TypeVar, cast, get_args, get_origin

from google.protobuf.struct_pb2 import Struct

from jetbridge.errors import TypeTransformError
from jetbridge.idl import LiteralType, TypeAnnotation
from jetbridge.types.naming import short, type_name

T = TypeVar("T")
CACHE_KEY = "cache-key-metadata"
"""The key under which flytekit keeps how a struct is written (flytekit `core/constants.py`)."""


class HashMethod(Generic[T]):
    """Says what a value counts as in the key of the cache, instead of its literal: `Annotated[T, HashMethod(f)]`.

    The text that the function returns becomes the literal's `hash`. It matters for data that is stored elsewhere: a
    file that is written again has another URI, and so would never hit the cache.

    Args:
        function: Takes the value and returns a text that is equal for equal content.

    Example:
        >>> from typing import Annotated
        >>> Word = Annotated[str, HashMethod(str.lower)]
        >>> get_args(Word)[1].calculate("Hello")
        'hello'
    """

    def __init__(self, function: Callable[[T], str]) -> None:
        self._function = function

    def calculate(self, value: T) -> str:
        """The text that a value counts as.

        Raises:
            TypeTransformError: the function failed, or returned no text.
        """
        try:
            found = cast("object", self._function(value))
        except Exception as error:  # the author's own code failed
            raise TypeTransformError(
                f"the HashMethod of {short(value)} raised {type(error).__name__}: {error}", hint="Repair the function."
            ) from error
        if not isinstance(found, str):
            raise TypeTransformError(
                f"the HashMethod of {short(value)} returned {short(found)}, expected a str",
                hint="Return a text, such as a hexadecimal digest.",
            )
        return found


class FlyteAnnotation:
    """Notes on a type that travel with it for other tools to show: `Annotated[int, FlyteAnnotation({"unit": "mm"})]`.

    Args:
        data: Anything that JSON can hold; the key `cache-key-metadata` is FlyteIDL's own.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data


def metadata_of(python_type: object) -> tuple[object, ...]:
    """The metadata of an `Annotated` type, the innermost first, also through `NewType`; empty for other types.

    Example:
        >>> from typing import Annotated
        >>> metadata_of(Annotated[int, "a", "b"])
        ('a', 'b')
    """
    if isinstance(python_type, typing.NewType):
        return metadata_of(python_type.__supertype__)
    if get_origin(python_type) is not Annotated:
        return ()
    inner, *own = get_args(python_type)
    return (*metadata_of(inner), *own)


def literal_hash(value: object, python_type: object) -> str:
    """What the first `HashMethod` of a type makes of a value; empty without one."""
    for each in metadata_of(python_type):
        if isinstance(each, HashMethod):
            return cast("HashMethod[object]", each).calculate(value)
    return ""


def with_notes(declared: LiteralType, python_type: object) -> LiteralType:
    """A FlyteIDL type with the data of the Python type's `FlyteAnnotation`; a struct keeps its own note.

    Raises:
        TypeTransformError: there are two, or the data does not fit into JSON.
    """
    notes = [each for each in metadata_of(python_type) if isinstance(each, FlyteAnnotation)]
    if not notes:
        return declared
    if len(notes) > 1 or CACHE_KEY in notes[0].data:
        raise TypeTransformError(
            f"type {type_name(python_type)} has {len(notes)} FlyteAnnotations with {short(dict(notes[0].data))}",
            hint=f"Give one FlyteAnnotation, without the key {CACHE_KEY!r}.",
        )
    annotations = _struct(notes[0].data, python_type)
    annotations.MergeFrom(declared.annotation.annotations)
    noted = LiteralType()
    noted.CopyFrom(declared)
    noted.annotation.CopyFrom(TypeAnnotation(annotations=annotations))
    return noted


def _struct(data: Mapping[str, Any], python_type: object) -> Struct:
    struct = Struct()
    try:
        struct.update(dict(data))
    except (TypeError, ValueError) as error:
        raise TypeTransformError(
            f"the FlyteAnnotation of {type_name(python_type)} holds what JSON cannot: {error}",
            hint="Use None, bool, int, float, str, list and dict.",
        ) from error
    return struct
