"""Which of several workflows is meant."""

from __future__ import annotations

from collections.abc import Mapping

from jetbridge.errors import UsageError
from jetbridge.suggest import did_you_mean


def choose(name: str, names: Mapping[str, str], where: str) -> str:
    """What a name stands for.

    Args:
        name: What the user wrote after the colon; empty for the only one.
        names: What each name that may be written stands for.
        where: TARGET without the name, for messages.

    Raises:
        UsageError: there is no such workflow, or none is named and there are several.
    """
    if name in names:
        return names[name]
    short = sorted({meant for meant in names.values() if meant.rpartition(".")[2] == name})
    if len(short) == 1:
        return short[0]
    if name:
        raise UsageError(f"{where!r} has no workflow {name!r}", hint=did_you_mean(name, names))
    if len(set(names.values())) == 1:
        return next(iter(names.values()))
    if not names:
        raise UsageError(f"{where!r} has no workflow", hint="Decorate a function with `@workflow`.")
    raise UsageError(f"{where!r} holds {len(names)} workflows: {', '.join(names)}", hint=f"Name one: `{where}:NAME`.")
