"""What `jetbridge deploy` asks of a back end: to put workflows where its engine finds them, and nothing else."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from jetbridge_translators.base import Settings
from jetbridge_translators.option import Option
from jetbridge_translators.plan.model import Plan

CREATE, CHANGE, KEEP, REMOVE = "create", "change", "keep", "remove"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """Workflows that belong together.

    Attributes:
        owner: Under what name they are deployed; what this name has deployed before and is no more is pruned.
        plans: The workflows.
        settings: As for a translation, complete.
        options: The options of `Deploy`, complete.
        prune: Whether what is no more is removed.
        take_over: Whether what others have made or changed is made ours.
    """

    owner: str
    plans: tuple[Plan, ...]
    settings: Settings
    options: Mapping[str, str]
    prune: bool = True
    take_over: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What a deployment does to an object or file: `CREATE`, `CHANGE`, `KEEP` or `REMOVE`, with the lines."""

    what: str
    name: str
    difference: str = ""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A deployment that nothing speaks against; nothing is done yet.

    Attributes:
        changes: What `apply` does, in its order.
        apply: Does it. Raises `RunError` when the engine does not take it after all.
    """

    changes: tuple[Change, ...]
    apply: Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deploy:
    """How a back end deploys.

    Attributes:
        prepare: Looks at what is there, without changing anything. Raises `UsageError` or `RunError` for what is
            others', and for a place that cannot be reached; all problems at once.
        options: What only deploying needs to know.
    """

    prepare: Callable[[Deployment], Prepared]
    options: tuple[Option, ...] = ()


def difference(before: str, after: str, name: str) -> str:
    """Two texts as a unified diff; empty when they are equal.

    Example:
        >>> print(difference("a\\n", "b\\n", "f.py"))
        --- f.py (now)
        +++ f.py (deployed)
        @@ -1 +1 @@
        -a
        +b
    """
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), f"{name} (now)", f"{name} (deployed)", lineterm=""
    )
    return "\n".join(lines)
