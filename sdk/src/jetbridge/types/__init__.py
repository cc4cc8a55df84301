"""The type system: Python types and values to FlyteIDL types and literals, and back."""

from __future__ import annotations

from jetbridge.types.annotated import FlyteAnnotation, HashMethod
from jetbridge.types.context import TransformContext
from jetbridge.types.engine import literal_type, to_literal, to_python
from jetbridge.types.transformer import Transformer

__all__ = [
    "FlyteAnnotation",
    "HashMethod",
    "TransformContext",
    "Transformer",
    "literal_type",
    "to_literal",
    "to_python",
]
