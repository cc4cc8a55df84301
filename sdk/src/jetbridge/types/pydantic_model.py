"""pydantic models as structs; pydantic is loaded by whoever declares a model, never by the library alone.

Found through the entry point `pydantic.main.BaseModel`. The layout is flytekit's: msgpack of what the model dumps as
JSON; files and directories in it are uploaded while they are dumped (jetbridge.types.pydantic_blob).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from jetbridge.errors import JetbridgeError, TypeTransformError
from jetbridge.idl import Literal, LiteralType, TypeStructure
from jetbridge.types.context import TransformContext
from jetbridge.types.engine import literal_type
from jetbridge.types.naming import literal_mismatch, mismatch, type_name
from jetbridge.types.struct import struct_literal, struct_type

if TYPE_CHECKING:
    from pydantic import BaseModel

CONTEXT = "jetbridge"
"""The key of the TransformContext in pydantic's own context."""


@dataclass(frozen=True, slots=True)
class PydanticTransformer:
    """A `pydantic.BaseModel`; the type carries its JSON schema and the types of its fields."""

    name: str = "Pydantic Transformer"

    def literal_type(self, python_type: object) -> LiteralType:
        model = cast("type[BaseModel]", python_type)
        declared = struct_type()
        declared.metadata.update(self.json_schema(model))
        fields: dict[str, LiteralType] = {}
        for name, field in model.model_fields.items():
            found = _field_type(field.annotation)
            if found is not None:
                fields[name] = found
        declared.structure.CopyFrom(TypeStructure(dataclass_type=fields))
        return declared

    def to_literal(
        self, context: TransformContext, value: object, python_type: object, declared: LiteralType
    ) -> Literal:
        return struct_literal(context, value, python_type)

    def to_python(self, context: TransformContext, literal: Literal, python_type: object) -> object:
        raise literal_mismatch(python_type, literal)

    def pack(self, context: TransformContext, value: object, python_type: object) -> object:
        """The model as JSON has it."""
        if not isinstance(value, cast("type[BaseModel]", python_type)):
            raise mismatch(python_type, value)
        try:
            return value.model_dump(mode="json", context={CONTEXT: context})
        except (ValueError, TypeError) as error:
            raise _refused(python_type, "be written as JSON", error) from error

    def unpack(self, context: TransformContext, value: object, python_type: object) -> object:
        """The model of JSON, which pydantic validates as such: `"2026-01-31"` for a date, a list for a tuple."""
        try:
            text = json.dumps(value)
            return cast("type[BaseModel]", python_type).model_validate_json(text, context={CONTEXT: context})
        except (ValueError, TypeError, RecursionError) as error:
            raise _refused(python_type, "be made of the value", error) from error

    def json_schema(self, python_type: object) -> dict[str, Any]:
        """Pydantic's own schema of the model."""
        from pydantic.errors import PydanticUserError

        try:
            return cast("type[BaseModel]", python_type).model_json_schema()
        except (PydanticUserError, NameError) as error:
            raise _refused(python_type, "be described as JSON schema", error) from error


def _field_type(annotation: object) -> LiteralType | None:
    """None where FlyteIDL has no such type, or the model holds itself: the field cannot be looked into."""
    try:
        return literal_type(annotation)
    except (JetbridgeError, RecursionError):
        return None


def _refused(python_type: object, what: str, error: Exception) -> TypeTransformError:
    return TypeTransformError(
        f"pydantic model {type_name(python_type)} cannot {what}: {_first_line(error)}",
        hint="Check the fields against the model's types and validators.",
    )


def _first_line(error: Exception) -> str:
    """Pydantic's report names the field in its second line."""
    lines = [line.strip() for line in str(error).splitlines()]
    return ": ".join(lines[1:3] if len(lines) > 2 else lines[:1])


PYDANTIC = PydanticTransformer()
