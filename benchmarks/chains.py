"""What a chain of tasks on an engine tells: one record for both engines."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

from benchmarks.pods import PodLife
from benchmarks.process import BenchmarkError
from benchmarks.report import Figure

_BEGAN = re.compile(r"task began at (\d+\.\d+)")


@dataclass(frozen=True, slots=True)
class ChainRun:
    """One run of a chain; all times in seconds since the epoch.

    Attributes:
        submitted: Before the engine was asked.
        ended: When it was heard that the workflow had ended.
        began: When each task's own code began, by its own clock (that of the same machine).
        pods: Oldest first.
    """

    submitted: float
    ended: float
    began: Sequence[float]
    pods: Sequence[PodLife]


def began(text: str) -> list[float]:
    """The times in a log at which tasks began; Airflow repeats lines when it reads a log again after a break.

    Example:
        >>> began("{base} task began at 12.5\\nother\\ntask began at 13.25\\ntask began at 13.25")
        [12.5, 13.25]
    """
    return sorted({float(found) for found in _BEGAN.findall(text)})


def checked(run: ChainRun, tasks: int, what: str) -> ChainRun:
    """The run, if each task ran once in one pod. Raises `BenchmarkError`."""
    if (len(run.began), len(run.pods)) != (tasks, tasks):
        raise BenchmarkError(
            f"{what}: {len(run.began)} tasks began in {len(run.pods)} pods; expected {tasks} in {tasks}"
        )
    return run


def figures(runs: Mapping[str, Sequence[ChainRun]]) -> dict[str, dict[str, Figure]]:
    """The figures by what they are, then by case."""
    return {what: {case: _figure(case, what, some) for case, some in runs.items()} for what in _QUANTITIES}


def _figure(case: str, what: str, runs: Sequence[ChainRun]) -> Figure:
    return Figure(case, what, "" if what == PODS else "s", [_QUANTITIES[what](run) for run in runs])


def _start(run: ChainRun) -> float:
    return fmean(began - pod.created for began, pod in zip(run.began, run.pods, strict=True))


def _end(run: ChainRun) -> float:
    return fmean(pod.ended - began for began, pod in zip(run.began, run.pods, strict=True))


def _gap(run: ChainRun) -> float:
    return fmean(after.created - before.ended for before, after in pairwise(run.pods))


WALL, TO_FIRST, PERIOD, PODS = "wall", "submit → first task's code", "one task to the next", "pods for a task"
_QUANTITIES: Mapping[str, Callable[[ChainRun], float]] = {
    WALL: lambda run: run.ended - run.submitted,
    TO_FIRST: lambda run: run.began[0] - run.submitted,
    PERIOD: lambda run: fmean(after - before for before, after in pairwise(run.began)),
    "pod made → its task's code": _start,
    "task's code → pod ended": _end,
    "pod ended → next pod made": _gap,
    PODS: lambda run: len(run.pods) / len(run.began),
}
