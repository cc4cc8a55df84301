"""What a case of the corpus is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).parent / "project"
IMAGE = "ghcr.io/birds/flows:1"
"""The image that the packages name; in the cluster of the tests one of ours has this name, as those of `OTHERS`."""
OTHERS = ("ghcr.io/birds/other:3", "ghcr.io/birds/third:1")
BOX = "docker.io/library/busybox:1.36"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A workflow or launch plan of `project`.

    Attributes:
        name: Its name in the package.
        inputs: As on the command line: `n=3`.
        answers: What a person says to its gates.
        fails: What both must say when the run fails; empty for a run that succeeds.
        apart: Why flytekit's own local execution cannot tell the outputs; empty where they must be equal to its.
        gives: The outputs as JSON, where `apart` says why they stand here.
        refused: The codes under which back ends may refuse it, by back end: reviewed, so that no other appears.
        unchecked: Back ends whose files cannot be checked here, because a provider that they import is not installed.
        here: Whether it runs on this machine alone: with nothing of a cloud, no container engine and no download.
        secrets: Environment variables that hold the secrets it asks for.
        lacking: What the cluster of the tests lacks for it, by back end; on the others it runs on the real engine.
    """

    name: str
    inputs: tuple[str, ...] = ()
    answers: tuple[object, ...] = ()
    fails: str = ""
    apart: str = ""
    gives: Mapping[str, object] = field(default_factory=dict[str, object])
    refused: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    unchecked: tuple[str, ...] = ()
    here: bool = True
    secrets: Mapping[str, str] = field(default_factory=dict[str, str])
    lacking: Mapping[str, str] = field(default_factory=dict[str, str])

    def __hash__(self) -> int:
        return hash(self.name)
