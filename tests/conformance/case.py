"""What a case of the conformance kit is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jetbridge_translators.planning import Planning

ROOT = Path(__file__).parents[2]
WORKFLOWS = Path(__file__).parent / "workflows"
GOLDENS = ROOT / "tests" / "golden"
"""Where what all back ends share is kept, and what our own back ends write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A workflow, and what is known of it. Whether a back end refuses it is no part of it: the capability data says so.

    Attributes:
        target: `file.py:workflow`, below `workflows/`; with a folder, below the root of the repository.
        inputs: As on the command line: `n=3`.
        fails: Whether the run must fail.
        says: What the user must be told when it fails without an error of a node.
        composite: Whether it is one of the few that together use every feature: those run on every engine, and have
            goldens of every version. The others only run where a run is cheap.
        features: Capabilities that the case is about; the plan must use them.
        secrets: Entries that the task asks for, by group and key.
        needs: What a place must have beside its engine for the run, by the names of `Way.has`.
        planning: What its user decides about the plan.
        goldens: Where what is seen of it is kept, for a case of another distribution; ours where it is None.
        exact: Whether the outputs are the same on every machine, so that a golden can hold them.
    """

    target: str
    inputs: tuple[str, ...] = ()
    fails: bool = False
    says: str = ""
    composite: bool = False
    features: tuple[str, ...] = ()
    secrets: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    needs: tuple[str, ...] = ()
    planning: Planning = field(default_factory=Planning)
    goldens: Path | None = None
    exact: bool = True

    def __hash__(self) -> int:
        return hash(self.target)

    @property
    def name(self) -> str:
        """Readable, unique, and usable as a file name: `graphs-chain`."""
        file, _, workflow = self.target.rpartition(":")
        return f"{Path(file).stem}-{workflow}"

    @property
    def path(self) -> str:
        """The target from wherever the kit is started."""
        return str((ROOT if "/" in self.target else WORKFLOWS) / self.target)

    @property
    def golden(self) -> Path:
        """The folder of what all back ends share."""
        return (self.goldens or GOLDENS) / self.name
