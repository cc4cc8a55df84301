"""What turns values of one kind of Python type into literals and back."""

from __future__ import annotations

from typing import Protocol

from jetbridge.idl import Literal, LiteralType
from jetbridge.types.context import TransformContext


class Transformer(Protocol):
    """One kind of type, such as lists or data frames.

    A distribution adds one with an entry point in the group `jetbridge.types`: its name is the class's qualified
    name (`polars.dataframe.frame.DataFrame`), its object an instance. All methods raise `TypeTransformError`.
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
