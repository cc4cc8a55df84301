"""The figures of runs: totals with what is not known, and the middle and spread of several runs on one back end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from jetbridge_translators.plan.quantities import amount
from jetbridge_translators.report.model import PHASES, AttemptReport, NodeReport, RunReport

COUNT, SECONDS, BYTES, RATIO = "count", "seconds", "bytes", "ratio"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of one run.

    Attributes:
        value: None where nothing of it is known.
        unknown: Of how many parts it is not known; then the value is of the others alone.
    """

    value: float | None
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Measure:
    """What is figured out of a run.

    Attributes:
        key: Its name in JSON.
        label: Its name for people.
        unit: `count`, `seconds`, `bytes` or `ratio`.
        of: The figure of a run.
        note: What it means.
    """

    key: str
    label: str
    unit: str
    of: Callable[[RunReport], Figure]
    note: str


@dataclass(frozen=True, slots=True)
class Spread:
    """A measure of the repeats of a run: the middle, the least and the most; None where it is not known."""

    middle: float | None
    least: float | None
    most: float | None
    unknown: int


def spread(measure: Measure, runs: Sequence[RunReport]) -> Spread:
    """A measure over the runs of which it is known.

    Example:
        >>> spread(Measure("n", "n", COUNT, lambda run: Figure(None), ""), [])
        Spread(middle=None, least=None, most=None, unknown=0)
    """
    figures = [measure.of(run) for run in runs]
    known = [figure.value for figure in figures if figure.value is not None]
    unknown = max((figure.unknown for figure in figures), default=0)
    if not known:
        return Spread(None, None, None, unknown)
    return Spread(median(known), min(known), max(known), unknown)


def by_group(runs: Iterable[RunReport]) -> Mapping[str, tuple[RunReport, ...]]:
    """The repeats of each group, in order."""
    groups: dict[str, tuple[RunReport, ...]] = {}
    for run in runs:
        groups[run.group] = (*groups.get(run.group, ()), run)
    return groups


def typical(runs: Sequence[RunReport]) -> RunReport:
    """The run whose time is nearest to the middle."""
    middle = median([run.seconds or 0.0 for run in runs])
    return min(runs, key=lambda run: abs((run.seconds or 0.0) - middle))


def occurring(runs: Iterable[RunReport]) -> tuple[str, ...]:
    """The phases in which any attempt has been."""
    found = {span.phase for run in runs for attempt in run.attempts for span in attempt.spans}
    return tuple(phase for phase in PHASES if phase in found)


def phase_totals(run: RunReport) -> Mapping[str, float]:
    """How long all attempts of a run together were in each phase."""
    return {phase: sum(attempt.seconds(phase) for attempt in run.attempts) for phase in PHASES}


def _total(values: Iterable[float | None]) -> Figure:
    every = list(values)
    known = [value for value in every if value is not None]
    unknown = len(every) - len(known)
    return Figure(None if every and not known else sum(known), unknown)


def _of_attempts(value: Callable[[AttemptReport], float | None]) -> Callable[[RunReport], Figure]:
    return lambda run: _total(map(value, run.attempts))


def _largest(values: Iterable[float | None]) -> Figure:
    every = list(values)
    known = [value for value in every if value is not None]
    return Figure(max(known, default=None), len(every) - len(known))


def _pods(run: RunReport) -> Figure:
    named = {attempt.pod for attempt in run.attempts if attempt.pod}
    unknown = sum(1 for attempt in run.attempts if attempt.pods is None)
    return Figure(None if unknown and not named else len(named), unknown)


def _containers(run: RunReport) -> Figure:
    by_pod = {attempt.pod: attempt.containers for attempt in run.attempts if attempt.pod or attempt.pods is None}
    return _total(by_pod.values()) if by_pod else Figure(0)


def _cpu_asked(run: RunReport) -> Figure:
    asked = [(node, _amount(node, "cpu")) for node in run.nodes]
    return _total(None if cpu is None else cpu * _held(node) for node, cpu in asked)


def _held(node: NodeReport) -> float:
    """How long a node's attempts held what they asked for."""
    return sum(span.seconds for attempt in node.attempts for span in attempt.spans if span.phase != "queue")


def _amount(node: NodeReport, resource: str) -> float | None:
    """What a node asks for: nothing where it does not ask."""
    return None if node.requests is None else float(amount(node.requests.get(resource, "0")))


def _critical(run: RunReport) -> Figure:
    return Figure(run.critical.seconds, 0 if run.critical.complete else 1)


def _overhead(run: RunReport) -> Figure:
    return Figure(run.overhead, 0 if run.critical.complete else 1)


def _share(run: RunReport) -> Figure:
    if run.overhead is None or not run.seconds:
        return Figure(None)
    return Figure(run.overhead / run.seconds, 0 if run.critical.complete else 1)


MEASURES = (
    Measure("seconds", "wall time", SECONDS, lambda run: Figure(run.seconds), "as whoever started the run saw it"),
    Measure("critical_path", "critical path", SECONDS, _critical, "user code along the longest chain of nodes"),
    Measure("overhead", "engine overhead", SECONDS, _overhead, "wall time without the critical path"),
    Measure("overhead_share", "overhead, share", RATIO, _share, "of the wall time"),
    Measure("nodes", "tasks run", COUNT, lambda run: Figure(len(run.nodes)), "with the elements of maps"),
    Measure("attempts", "attempts", COUNT, lambda run: Figure(len(run.attempts)), "retries among them"),
    Measure("pods", "pods", COUNT, _pods, "that ran tasks"),
    Measure("containers", "containers", COUNT, _containers, "in those pods, the engine's own among them"),
    Measure("cpu_asked", "CPU asked", SECONDS, _cpu_asked, "cores asked, times how long they were held"),
    Measure("cpu_used", "CPU used", SECONDS, _of_attempts(lambda each: each.cpu_seconds), "by the tasks' processes"),
    Measure(
        "memory_asked",
        "memory asked, most",
        BYTES,
        lambda run: _largest(_amount(node, "memory") for node in run.nodes),
        "by one task",
    ),
    Measure(
        "memory_used",
        "memory used, most",
        BYTES,
        lambda run: _largest(each.peak_memory for each in run.attempts),
        "by one task's process",
    ),
    Measure(
        "bytes_read", "bytes read", BYTES, _of_attempts(lambda each: each.bytes_read), "through the store's client"
    ),
    Measure(
        "bytes_written",
        "bytes written",
        BYTES,
        lambda run: Figure(sum(node.bytes_written for node in run.nodes)),
        "that lie in the store",
    ),
    Measure(
        "cached",
        "cache hits",
        COUNT,
        lambda run: Figure(sum(1 for node in run.nodes if node.outcome == "cached")),
        "tasks whose outputs an equal call had made",
    ),
)
