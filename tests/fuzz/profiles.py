"""How many examples a test takes: a few in the fast tier, many in the profile `long`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings

Test = TypeVar("Test", bound=Callable[..., Any])
LONG = "long"
_SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much, HealthCheck.large_base_example)
_QUICK = settings(deadline=None, max_examples=50, suppress_health_check=_SLOW)


def register() -> None:
    """Makes the profile known to pytest."""
    settings.register_profile(LONG, deadline=None, max_examples=120_000, suppress_health_check=_SLOW)


def fuzzed(test: Test) -> Test:
    """Gives a test the examples of the profile that pytest was started with."""
    chosen = settings.get_profile(LONG) if settings.get_current_profile_name() == LONG else _QUICK
    return chosen(test)
