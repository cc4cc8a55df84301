"""Repeats: each case once in every round, so that a noise of the machine meets all of them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")


def interleaved(cases: Mapping[str, Callable[[], T]], repeats: int, *, warm_up: bool = True) -> dict[str, list[T]]:
    """The results of each case, in the order of the rounds.

    Args:
        cases: What to run, by name. Every other round goes through them backwards.
        repeats: How many rounds count.
        warm_up: Whether a first round is run and not counted: it fills caches.

    Example:
        >>> interleaved({"a": lambda: 1, "b": lambda: 2}, 2, warm_up=False)
        {'a': [1, 1], 'b': [2, 2]}
    """
    results: dict[str, list[T]] = {name: [] for name in cases}
    for number in range(-1 if warm_up else 0, repeats):
        for name in _order(list(cases), number):
            _say(f"{name}: {'warm-up' if number < 0 else f'{number + 1} of {repeats}'}")
            result = cases[name]()
            if number >= 0:
                results[name].append(result)
    _say("")
    return results


def _order(names: Sequence[str], number: int) -> Sequence[str]:
    return names if number % 2 == 0 else names[::-1]


def _say(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{text}")
        sys.stderr.flush()
