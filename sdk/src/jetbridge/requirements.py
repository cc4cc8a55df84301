"""The exact command that installs what a plugin lacks, read from its distribution's own metadata."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

_REQUIREMENT = re.compile(r"""\s*([A-Za-z0-9._-]+)[^;]*(?:;.*\bextra\s*==\s*['"]([^'"]+)['"])?""")


def install_command(point: EntryPoint, missing: str) -> str:
    """How to install the library of a module that an entry point's owner could not import.

    The extra is the one that the entry point names itself (`name = "module:attribute [extra]"`), else one of its
    distribution that requires the library, rather one that is called as a part of the owner's module; else the library
    is installed by itself.
    """
    requires = (point.dist.requires or ()) if point.dist is not None else ()
    parts = point.module.split(".")
    extras = point.extras or sorted(extras_of(missing, requires), key=lambda extra: extra not in parts)[:1]
    if point.dist is None or not extras:
        return f"pip install {missing.partition('.')[0]}"
    return f"pip install '{point.dist.name}[{','.join(extras)}]'"


def extras_of(module: str, requires: Iterable[str]) -> Iterator[str]:
    """The extras that require the distribution of a module, which is called as the module or one of its packages.

    Example:
        >>> list(extras_of("google.cloud.bigquery", ["google-cloud-bigquery>=3; extra == 'bigquery'"]))
        ['bigquery']
    """
    parts = _normalized(module).split(".")
    wanted = {"-".join(parts[:length]) for length in range(1, len(parts) + 1)}
    for requirement in requires:
        found = _REQUIREMENT.match(requirement)
        if found and found[2] and _normalized(found[1]).replace(".", "-") in wanted:
            yield found[2]


def _normalized(name: str) -> str:
    return name.lower().replace("_", "-")
