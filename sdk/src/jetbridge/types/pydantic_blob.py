"""Files and directories as fields of pydantic models: `{"path": uri}`, as flytekit writes them.

Without a conversion under way (a model in the author's own code) a path stays what it is.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Optional, Union, cast

from pydantic_core import core_schema

from jetbridge.errors import JetbridgeError
from jetbridge.types.context import TransformContext
from jetbridge.types.pydantic_model import CONTEXT
from jetbridge.types.struct_records import pack_class, unpack_class

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler


_ABSENT: Any = None


@dataclass
class _File:
    path: Union[str, os.PathLike[str]] = _ABSENT  # noqa: UP007 -- as flytekit declares it, for the same JSON schema
    metadata: Optional[dict[str, str]] = None  # noqa: UP045


@dataclass
class _Directory:
    path: Union[str, os.PathLike[str]] = _ABSENT  # noqa: UP007


for _described, _title in ((_File, "FlyteFile"), (_Directory, "FlyteDirectory")):
    _described.__name__ = _described.__qualname__ = _title
    _described.__doc__ = None


def file_schema(python_class: type, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
    """How pydantic validates, dumps and describes a FlyteFile."""
    return _blob_schema(python_class, handler.generate_schema(_File))


def directory_schema(python_class: type, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
    """How pydantic validates, dumps and describes a FlyteDirectory."""
    return _blob_schema(python_class, handler.generate_schema(_Directory))


def _blob_schema(python_class: type, described: core_schema.CoreSchema) -> core_schema.CoreSchema:
    def validate(value: object, _: object, info: core_schema.ValidationInfo[Any]) -> object:
        return _validated(python_class, value, _context(info.context))

    def dump(value: object, info: core_schema.SerializationInfo[Any]) -> object:
        context = _context(info.context)
        if context is not None:
            return pack_class(context, value, python_class)
        return {"path": str(value)} if info.mode == "json" else value

    return core_schema.with_info_wrap_validator_function(
        validate, described, serialization=core_schema.plain_serializer_function_ser_schema(dump, info_arg=True)
    )


def _validated(python_class: Any, value: object, context: TransformContext | None) -> object:
    """A value as pydantic wants it: what is wrong with it is a ValueError, of which it makes its report."""
    if isinstance(value, python_class):
        return value
    try:
        if isinstance(value, dict) and context is not None:
            return unpack_class(context, cast("object", value), python_class)
    except JetbridgeError as error:
        raise ValueError(str(error)) from error
    path = cast("dict[str, object]", value).get("path") if isinstance(value, dict) else value
    if not isinstance(path, (str, os.PathLike)):
        raise ValueError(f"expected a path or {python_class.__name__}")
    return python_class(path)


def _context(given: object) -> TransformContext | None:
    found = cast("dict[str, object]", given).get(CONTEXT) if isinstance(given, dict) else None
    return found if isinstance(found, TransformContext) else None
