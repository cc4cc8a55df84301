"""What a back end makes of each feature of FlyteIDL, as data.

The same datum raises the error, marks the strict xfail and fills the table in the docs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum


class Level(Enum):
    """How faithfully a feature is kept."""

    NATIVE = "native"
    EMULATED = "emulated"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """One cell: a feature on a back end.

    Attributes:
        feature: A feature's name from `jetbridge_translators.plan.features`.
        how: For an emulated feature how, for a refused one the reason.
        workaround: The way out of a refusal.
        since: The engine's first version for which it holds; empty for every version.
        before: The cell of older versions.
    """

    feature: str
    level: Level
    how: str = ""
    workaround: str = ""
    since: str = ""
    before: Capability | None = None

    def at(self, version: str) -> Capability:
        """The cell of one version, such as `3.0`; of the newest one where it is empty.

        Example:
            >>> since("3.1", native("gate-approve"), "there is none", "Use a newer one.").at("3.0").level
            <Level.REFUSED: 'refused'>
        """
        is_older = version and self.since and _order(version) < _order(self.since)
        return self.before if is_older and self.before is not None else self


def since(version: str, cell: Capability, reason: str, workaround: str) -> Capability:
    """A cell that holds from a version of the engine on; older ones refuse the feature."""
    return replace(cell, since=version, before=refused(cell.feature, reason, workaround))


def _order(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def native(feature: str, how: str = "") -> Capability:
    """The engine itself does it."""
    return Capability(feature=feature, level=Level.NATIVE, how=how)


def emulated(feature: str, how: str) -> Capability:
    """We do it, with the engine's own means."""
    return Capability(feature=feature, level=Level.EMULATED, how=how)


def refused(feature: str, reason: str, workaround: str) -> Capability:
    """It is an error, with the reason and the way out."""
    return Capability(feature=feature, level=Level.REFUSED, how=reason, workaround=workaround)
