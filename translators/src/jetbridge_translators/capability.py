"""What a back end makes of each feature of FlyteIDL, as data.

The same datum raises the error, marks the strict xfail and fills the table in the docs.
"""

from __future__ import annotations

from dataclasses import dataclass
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
    """

    feature: str
    level: Level
    how: str = ""
    workaround: str = ""


def native(feature: str, how: str = "") -> Capability:
    """The engine itself does it."""
    return Capability(feature=feature, level=Level.NATIVE, how=how)


def emulated(feature: str, how: str) -> Capability:
    """We do it, with the engine's own means."""
    return Capability(feature=feature, level=Level.EMULATED, how=how)


def refused(feature: str, reason: str, workaround: str) -> Capability:
    """It is an error, with the reason and the way out."""
    return Capability(feature=feature, level=Level.REFUSED, how=reason, workaround=workaround)
