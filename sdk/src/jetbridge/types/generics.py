"""The fields of classes that declare their types: dataclasses, TypedDict and NamedTuple, generic ones too."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, TypeVar, cast, get_args, get_origin

from jetbridge.errors import TypeTransformError
from jetbridge.types.naming import type_name


def class_of(python_type: object) -> Any:
    """The class itself: `Pair` of `Pair[int]`."""
    return get_origin(python_type) or python_type


@cache
def hints_of(python_type: object) -> Mapping[str, object]:
    """The types that a class declares, with text annotations evaluated and type variables filled in.

    A type variable that nothing fills stands for its bound, or for anything.

    Raises:
        TypeTransformError: an annotation names something that does not exist.
    """
    cls = class_of(python_type)
    try:
        hints = typing.get_type_hints(cls)
    except (NameError, AttributeError, SyntaxError, TypeError) as error:
        raise TypeTransformError(
            f"{type_name(cls)} has an annotation that cannot be evaluated: {error}",
            hint="Define the class at the top of its module and import what its annotations name.",
        ) from error
    filled = _arguments(python_type)
    return MappingProxyType({name: substitute(hint, filled) for name, hint in hints.items()})


def field_types(python_type: object) -> Mapping[str, object]:
    """The types of a dataclass's fields by name, in order.

    Raises:
        TypeTransformError: an annotation names something that does not exist.
    """
    hints = hints_of(python_type)
    return MappingProxyType({field.name: hints[field.name] for field in dataclasses.fields(class_of(python_type))})


def required_keys(python_type: object) -> frozenset[str]:
    """The keys that a TypedDict must have.

    The class's own `__required_keys__` counts a `NotRequired` that is text, as of `from __future__ import annotations`.
    """
    own = class_of(python_type)
    optional = {
        name
        for name, hint in typing.get_type_hints(own, include_extras=True).items()
        if get_origin(hint) is typing.NotRequired
    }
    return frozenset(own.__required_keys__ - optional)


def _arguments(python_type: object) -> dict[object, object]:
    """What stands for each type variable of a class and of its generic bases."""
    cls = class_of(python_type)
    parameters: tuple[object, ...] = getattr(cls, "__parameters__", ())
    own: dict[object, object] = dict(zip(parameters, get_args(python_type), strict=False))
    found: dict[object, object] = {}
    for base in cast("tuple[object, ...]", getattr(cls, "__orig_bases__", ())):
        if get_origin(base) not in (None, typing.Generic):
            found |= _arguments(substitute(base, own) if own else base)
    return found | own


def substitute(python_type: object, filled: Mapping[object, object]) -> object:
    """A type with its type variables replaced by what they stand for: a bound, or Any, where nothing fills them.

    Example:
        >>> T = TypeVar("T")
        >>> substitute(dict[str, list[T]], {T: int})
        dict[str, list[int]]
    """
    if isinstance(python_type, TypeVar):
        return filled.get(python_type, python_type.__bound__ or Any)
    arguments = get_args(python_type)
    parameters: tuple[object, ...] = getattr(python_type, "__parameters__", ())
    if not parameters or not arguments:
        return python_type
    if isinstance(python_type, types.UnionType):
        return typing.Union[tuple(substitute(argument, filled) for argument in arguments)]  # noqa: UP007 -- from a tuple
    chosen = tuple(substitute(parameter, filled) for parameter in parameters)
    return cast("Any", python_type)[chosen]
