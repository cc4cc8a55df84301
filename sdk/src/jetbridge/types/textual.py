"""Decimals, UUIDs and times of day as text.

FlyteIDL has no type of their own for them, and flytekit would pickle them; as text every reader understands them, and
a flytekit task takes them as `str`. Inside a dataclass flytekit writes the same text.
"""

from __future__ import annotations

import datetime
import decimal
import uuid
from collections.abc import Callable
from typing import Any

from jetbridge.errors import TypeTransformError
from jetbridge.idl import Primitive, SimpleType
from jetbridge.types.naming import short
from jetbridge.types.primitive import PrimitiveTransformer


def _textual(
    python_class: type, write: Callable[[Any], str], read: Callable[[str], object], example: str
) -> PrimitiveTransformer:
    def parse(primitive: Primitive) -> object:
        try:
            return read(primitive.string_value)
        except (ValueError, ArithmeticError) as error:
            raise TypeTransformError(
                f"expected {python_class.__name__}, got the text {short(primitive.string_value)}",
                hint=f"Write it as {example}.",
            ) from error

    return PrimitiveTransformer(
        python_class.__name__,
        python_class,
        SimpleType.STRING,
        lambda value: Primitive(string_value=write(value)),
        {"string_value": parse},
    )


DECIMAL = _textual(decimal.Decimal, str, decimal.Decimal, "1.50")
UUID = _textual(uuid.UUID, str, uuid.UUID, "12345678-1234-5678-1234-567812345678")
TIME = _textual(datetime.time, datetime.time.isoformat, datetime.time.fromisoformat, "08:30:00")
