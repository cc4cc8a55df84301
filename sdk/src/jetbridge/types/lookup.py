"""Which transformer a Python type has: one table of the built-in kinds, loaded by name when they are needed."""

from __future__ import annotations

import dataclasses
import datetime
import importlib
import inspect
import types
import typing
from collections import OrderedDict, abc, defaultdict
from collections.abc import Callable
from enum import Enum
from functools import cache
from typing import Annotated, Any, cast, get_args, get_origin

from jetbridge import entry_points
from jetbridge.errors import RegistryError, TypeTransformError
from jetbridge.types.naming import type_name
from jetbridge.types.transformer import Transformer

GROUP = "jetbridge.types"


def plain_type(python_type: object) -> object:
    """A type without `Annotated` and `NewType`; `None` stands for its type."""
    if isinstance(python_type, typing.NewType):
        return plain_type(python_type.__supertype__)
    if get_origin(python_type) is Annotated:
        return plain_type(get_args(python_type)[0])
    return type(None) if python_type is None else python_type


def kind(python_type: object) -> object:
    """What a plain type is dispatched on: its generic origin, `Enum`, `dataclass`, or the type itself."""
    origin = get_origin(python_type)
    if origin is types.UnionType:
        return typing.Union
    own = python_type if origin is None else origin
    return next((form for form, is_form in _FORMS if is_form(own)), own) if inspect.isclass(own) else own


def _is_typed_dict(python_class: Any) -> bool:
    """`typing`'s and `typing_extensions`' alike."""
    return dict in python_class.__mro__ and hasattr(python_class, "__required_keys__")


def _is_named_tuple(python_class: Any) -> bool:
    return tuple in python_class.__mro__ and hasattr(python_class, "_fields")


def _is_enum(python_class: Any) -> bool:
    return issubclass(python_class, Enum)


_FORMS: tuple[tuple[object, Callable[[Any], bool]], ...] = (
    (Enum, _is_enum),
    (dataclasses.dataclass, dataclasses.is_dataclass),
    (typing.TypedDict, _is_typed_dict),
    (typing.NamedTuple, _is_named_tuple),
)


def transformer_for(python_type: object) -> Transformer:
    """The transformer of a plain type.

    Raises:
        TypeTransformError: there is none.
    """
    key = kind(python_type)
    target = _KINDS.get(key) if _hashable(key) else None
    if target is not None:
        return _load(target)
    found = _class_transformer(python_type) if inspect.isclass(python_type) else None
    if found is None:
        raise _unsupported(python_type)
    return found


def _hashable(key: object) -> bool:
    try:
        hash(key)
    except TypeError:
        return False
    return True


@cache
def _load(target: str) -> Transformer:
    module, _, name = target.partition(":")
    return cast("Transformer", getattr(importlib.import_module(module), name))


@cache
def _class_transformer(python_type: type) -> Transformer | None:
    for base in inspect.getmro(python_type)[:-1]:
        name = f"{base.__module__}.{base.__qualname__}"
        if name in _CLASSES:
            return _load(_CLASSES[name])
        if name in _installed():
            return _checked(name, entry_points.load(GROUP, name))
        if _is_frame(name):
            return _load(_DATAFRAME)
    return None


def _is_frame(name: str) -> bool:
    from jetbridge.types.structured_dataset.registry import is_frame

    return is_frame(name)


def _checked(name: str, found: object) -> Transformer:
    missing = [part for part in _PARTS if not hasattr(found, part)]
    if missing:
        raise RegistryError(
            f"{name!r} ({GROUP}) is no transformer: {type(found).__name__} lacks {', '.join(missing)}",
            hint="Point the entry point to an instance of a class that follows jetbridge.types.Transformer.",
        )
    return cast("Transformer", found)


_PARTS = ("name", "literal_type", "to_literal", "to_python")


@cache
def _installed() -> frozenset[str]:
    return frozenset(entry_points.names(GROUP))


def _unsupported(python_type: object) -> TypeTransformError:
    hint = next((text for is_kind, text in _UNSUPPORTED if is_kind(python_type)), _NO_PICKLE)
    return TypeTransformError(f"type {type_name(python_type)} has no FlyteIDL type", hint=hint)


def _is_tuple(python_type: object) -> bool:
    return _is_one_of(python_type, (tuple, typing.NamedTuple))


def _is_one_of(python_type: object, kinds: tuple[object, ...]) -> bool:
    return kind(python_type) in kinds


def _is_items(python_type: object) -> bool:
    return _is_one_of(python_type, (set, frozenset, abc.Sequence, abc.Iterable, abc.Set, abc.Collection))


def _is_entries(python_type: object) -> bool:
    return _is_one_of(python_type, (OrderedDict, defaultdict, abc.Mapping, abc.MutableMapping))


def _is_path(python_type: object) -> bool:
    return inspect.isclass(python_type) and hasattr(python_type, "__fspath__")


_NO_PICKLE = (
    "Use a dataclass, a built-in type or FlyteFile, or install a distribution with an entry point in "
    f"{GROUP!r} for it. Values are never pickled unless that is asked for by name: FlytePickle[T] of "
    "jetbridge.types.pickle."
)
_UNSUPPORTED: tuple[tuple[Callable[[object], bool], str], ...] = (
    (_is_tuple, "A tuple is no single value: use list[T], a dataclass, or a NamedTuple as the task's whole output."),
    (_is_items, "Declare list[T]: FlyteIDL has no other collection."),
    (_is_entries, "Declare dict[str, T]: FlyteIDL has no other map."),
    (
        lambda python_type: python_type is bytes,
        "Declare FlyteFile and write the bytes to it, or hold them in a dataclass.",
    ),
    (_is_path, "Declare FlyteFile (from jetbridge.types.file import FlyteFile): a bare path is not uploaded."),
)
_PRIMITIVE, _FILE = "jetbridge.types.primitive", "jetbridge.types.file:FILE"
_DATAFRAME = "jetbridge.types.dataframe:DATAFRAME"
_KINDS: dict[object, str] = {
    int: f"{_PRIMITIVE}:INTEGER",
    float: f"{_PRIMITIVE}:FLOAT",
    str: f"{_PRIMITIVE}:STRING",
    bool: f"{_PRIMITIVE}:BOOLEAN",
    datetime.datetime: f"{_PRIMITIVE}:DATETIME",
    datetime.date: f"{_PRIMITIVE}:DATE",
    datetime.timedelta: f"{_PRIMITIVE}:DURATION",
    type(None): f"{_PRIMITIVE}:NONE_TYPE",
    list: "jetbridge.types.collection:LIST",
    typing.List: "jetbridge.types.collection:LIST",  # noqa: UP006 -- the bare alias, as a user may write it
    dict: "jetbridge.types.collection:DICT",
    typing.Dict: "jetbridge.types.collection:DICT",  # noqa: UP006 -- the bare alias, as a user may write it
    typing.Union: "jetbridge.types.union:UNION",
    typing.Literal: "jetbridge.types.enumeration:CHOICE",
    Enum: "jetbridge.types.enumeration:ENUM",
    dataclasses.dataclass: "jetbridge.types.struct:DATACLASS",
    typing.TypedDict: "jetbridge.types.struct:TYPED_DICT",
}
_CLASSES: dict[str, str] = {
    "decimal.Decimal": "jetbridge.types.textual:DECIMAL",
    "uuid.UUID": "jetbridge.types.textual:UUID",
    "datetime.time": "jetbridge.types.textual:TIME",
    "os.PathLike": _FILE,
    "jetbridge.types.file.FlyteFile": _FILE,
    "jetbridge.types.directory.FlyteDirectory": "jetbridge.types.directory:DIRECTORY",
    "jetbridge.types.error.FlyteError": "jetbridge.types.error:ERROR",
    "jetbridge.types.pickle.FlytePickle": "jetbridge.types.pickle:PICKLE",
    "jetbridge.types.structured_dataset.dataset.StructuredDataset": _DATAFRAME,
}
