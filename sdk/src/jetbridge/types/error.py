"""`FlyteError`: why a run failed, as a failure node receives it in the input `err`."""

from __future__ import annotations

from jetbridge.errors import TypeTransformError
from jetbridge.idl import Error, Literal, LiteralType, Scalar, SimpleType
from jetbridge.types.context import TransformContext
from jetbridge.types.naming import type_name


class FlyteError:
    """Why a run failed.

    Attributes:
        message: What the failed task reported.
        failed_node_id: The node that failed.

    Example:
        >>> FlyteError(message="no good", failed_node_id="n0")
        FlyteError(message='no good', failed_node_id='n0')
    """

    def __init__(self, message: str, failed_node_id: str) -> None:
        self.message = message
        self.failed_node_id = failed_node_id

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FlyteError):
            return NotImplemented
        return (self.message, self.failed_node_id) == (other.message, other.failed_node_id)

    def __hash__(self) -> int:
        return hash((self.message, self.failed_node_id))

    def __repr__(self) -> str:
        return f"FlyteError(message={self.message!r}, failed_node_id={self.failed_node_id!r})"


class _ErrorTransformer:
    """FlyteIDL's error scalar, under flytekit's name (`types/error/error.py`)."""

    name = "FlyteError"

    def literal_type(self, python_type: object) -> LiteralType:
        return LiteralType(simple=SimpleType.ERROR)

    def to_literal(
        self, context: TransformContext, value: object, python_type: object, declared: LiteralType
    ) -> Literal:
        if not isinstance(value, FlyteError):
            raise TypeTransformError(
                f"expected FlyteError, got {value!r:.80} of type {type_name(type(value))}", hint="Give a FlyteError."
            )
        return Literal(scalar=Scalar(error=Error(message=value.message, failed_node_id=value.failed_node_id)))

    def to_python(self, context: TransformContext, literal: Literal, python_type: object) -> FlyteError:
        if literal.scalar.WhichOneof("value") != "error":
            raise TypeTransformError("expected an error literal", hint="Only the input `err` receives one.")
        error = literal.scalar.error
        return FlyteError(message=error.message, failed_node_id=error.failed_node_id)


ERROR = _ErrorTransformer()
