"""What conditions compare."""

from __future__ import annotations

from collections.abc import Iterator

from jetbridge.bindings import Bind, Comparison, Condition


def operands(condition: Condition) -> Iterator[Bind]:
    """Everything that a condition compares, from left to right."""
    if isinstance(condition, Comparison):
        yield condition.left
        yield condition.right
        return
    yield from operands(condition.left)
    yield from operands(condition.right)
