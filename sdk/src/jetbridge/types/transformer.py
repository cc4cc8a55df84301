"""What turns values of one kind of Python type into literals and back."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from jetbridge.idl import Literal, LiteralType
from jetbridge.types.context import TransformContext


class Transformer(Protocol):
    """One kind of type, such as lists or data frames.

    A distribution adds one with an entry point in the group `jetbridge.types`: its name is the class's qualified
    name (`polars.dataframe.frame.DataFrame`), its object an instance; it serves the class and those derived from it.
    All methods raise `TypeTransformError`.

    A transformer gets types without `Annotated` and its metadata, unless it has an attribute `reads_metadata` that is
    true; values and types of literals carry a HashMethod and a FlyteAnnotation in any case.
    """

    @property
    def name(self) -> str:
        """The tag of this kind in a union's variants; flytekit's names, so that it finds the variant too."""
        ...

    def literal_type(self, python_type: object) -> LiteralType:
        """The FlyteIDL type of a Python type of this kind."""
        ...

    def to_literal(
        self, context: TransformContext, value: object, python_type: object, declared: LiteralType
    ) -> Literal:
        """The literal of a value that must be of `python_type`; `declared` is the type in the interface."""
        ...

    def to_python(self, context: TransformContext, literal: Literal, python_type: object) -> object:
        """The value of a literal, as `python_type`; never given a union, msgpack, Struct or offloaded literal."""
        ...


@runtime_checkable
class StructTransformer(Protocol):
    """A transformer whose literals are structs, so that its values can also be parts of dataclasses.

    What other transformers write can be such a part if it is a primitive, a blob or a structured dataset.
    """

    def pack(self, context: TransformContext, value: object, python_type: object) -> object:
        """The value as None, bool, int, float, str, bytes, list and dict."""
        ...

    def unpack(self, context: TransformContext, value: object, python_type: object) -> object:
        """The value of what `pack` wrote, or of the JSON of it."""
        ...

    def json_schema(self, python_type: object) -> dict[str, Any]:
        """The JSON schema of such a part."""
        ...
