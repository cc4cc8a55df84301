"""A setting that somebody offers to the user: a back end, or the owner of a task type."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One setting, which the command line offers as `--<name>`."""

    name: str
    help: str
    default: str = ""
    choices: tuple[str, ...] = ()
