"""A setting that somebody offers to the user: a back end, or the owner of a task type."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One setting, which the command line offers as `--<name>`.

    Attributes:
        assumed: What `jetbridge analyze` takes where nobody gives a value: nothing that it tells rests on it.
    """

    name: str
    help: str
    default: str = ""
    choices: tuple[str, ...] = ()
    assumed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionSetting:
    """What an engine is reached by: no option, because it belongs to a machine or a person, never to a workflow.

    Attributes:
        name: Its key in the back end's table of `jetbridge.toml`.
        variable: The environment variable that stands over it, and under which the back end is told.
        is_secret: Whether the file may only say where it is found.
    """

    name: str
    variable: str
    help: str
    is_secret: bool = False
