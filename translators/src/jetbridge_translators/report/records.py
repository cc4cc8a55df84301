"""What entrypoints have left of their attempts in a run's store, and how large the nodes' data are."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jetbridge.runtime.attempt_record import CODE, IMPORTS, INPUTS, OUTPUTS, VERSION
from jetbridge.runtime.attempt_record import START as PROCESS
from jetbridge.runtime.attempt_record import USER as FUNCTION
from jetbridge.runtime.parallel import in_parallel
from jetbridge.store import ObjectNotFoundError, Store, StoredObject
from jetbridge_translators.report.model import PLUMBING, START, UPLOAD, USER

_RECORDS = "/records/"
_PHASES = {PROCESS: START, CODE: PLUMBING, IMPORTS: PLUMBING, INPUTS: PLUMBING, FUNCTION: USER, OUTPUTS: UPLOAD}


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRecord:
    """What an entrypoint tells of one attempt; times are seconds since 1970.

    Attributes:
        phases: When each of the report's phases began.
        worker: The name of its machine, in a pod the pod's.
    """

    path: str
    number: int
    worker: str
    outcome: str
    phases: tuple[tuple[str, float], ...]
    ended: float
    cpu_seconds: float | None
    peak_memory: int | None
    bytes_read: int | None

    @property
    def began(self) -> float:
        """When it began."""
        return self.phases[0][1]


@dataclass(frozen=True, slots=True)
class Left:
    """What the nodes of a run have left: their records by path, and the sizes of their data."""

    records: Mapping[str, Sequence[AttemptRecord]]
    sizes: Mapping[str, int]


def read_left(store: Store, run_root: str) -> Left:
    """All of a run, with one listing. Raises `StoreError`."""
    objects = [each for each in store.objects(run_root) if each.uri.startswith(f"{run_root}/")]
    uris = [each.uri for each in objects if _RECORDS in each.uri]
    read = in_parallel(lambda uri: _read(store, run_root, uri), uris)
    found: dict[str, list[AttemptRecord]] = defaultdict(list)
    for record in sorted((each for each in read if each is not None), key=lambda each: each.began):
        found[record.path].append(record)
    return Left(found, _sizes(run_root, objects))


def _read(store: Store, run_root: str, uri: str) -> AttemptRecord | None:
    """A record; None for one of another version, or that cannot be read: it is for reports alone."""
    path = uri.removeprefix(f"{run_root}/").rpartition(_RECORDS)[0]
    try:
        tree: dict[str, Any] = json.loads(store.read(uri))
        return _record(path, tree) if tree["version"] == VERSION else None
    except (ObjectNotFoundError, ValueError, KeyError, TypeError, IndexError):
        return None


def _record(path: str, tree: Mapping[str, Any]) -> AttemptRecord:
    phases = tuple((_PHASES[name], float(at)) for name, at in tree["phases"])
    return AttemptRecord(
        path=path,
        number=int(tree["attempt"]),
        worker=str(tree["worker"]),
        outcome=str(tree["outcome"]),
        phases=(phases[0], *phases[1:]),
        ended=float(tree["ended"]),
        cpu_seconds=tree["cpu_seconds"],
        peak_memory=tree["peak_memory"],
        bytes_read=tree["bytes_read"],
    )


def _sizes(run_root: str, objects: Iterable[StoredObject]) -> Mapping[str, int]:
    """The bytes of each node: its outputs, error and deck, and what its attempts wrote."""
    sizes: dict[str, int] = defaultdict(int)
    for each in objects:
        relative = each.uri.removeprefix(f"{run_root}/")
        if _RECORDS not in f"/{relative}":
            sizes[_node(relative)] += each.size
    return sizes


def _node(relative: str) -> str:
    for folder in ("attempts", "checkpoints", "failures"):
        node, found, _ = relative.partition(f"/{folder}/")
        if found:
            return node
    return relative.rpartition("/")[0]
