"""Many small requests to a store at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")
MANY = 32
"""Requests in flight: a store answers each in some 10 ms, however many there are."""


def in_parallel(action: Callable[[T], R], items: Sequence[T]) -> list[R]:
    """The results in the order of the items. Raises what the first failing action raises."""
    # Late: most tasks read one or two objects.
    from concurrent.futures import ThreadPoolExecutor

    if len(items) < 2:
        return [action(item) for item in items]
    with ThreadPoolExecutor(max_workers=min(MANY, len(items))) as pool:
        return list(pool.map(action, items))
