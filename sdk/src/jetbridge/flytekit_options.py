"""Options of flytekit's decorators that are not supported yet, so that whoever moves over is told by name."""

from __future__ import annotations

from collections.abc import Iterable

from jetbridge.errors import UsageError
from jetbridge.suggest import option_hint

TASK = ("execution_mode", "node_dependency_hints", "task_resolver", "disable_deck", "deck_fields", "pickle_untyped")
WORKFLOW = ("pickle_untyped",)
LAUNCH_PLAN = ("trigger",)


def refuse_options(owner: str, given: Iterable[str], known: Iterable[str], flytekit: Iterable[str]) -> None:
    """Raises `UsageError` when there is any option in `given`, naming the first and what is meant or missing."""
    for name in given:
        raise UsageError(f"{owner} has no option {name!r}", hint=option_hint(name, known, flytekit))
