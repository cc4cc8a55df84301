"""An attempt's time as the engine and the entrypoint tell it together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from itertools import pairwise

from jetbridge_translators.base import EngineAttempt
from jetbridge_translators.report.model import END, QUEUE, RUN, START, AttemptReport, Span
from jetbridge_translators.report.records import AttemptRecord

Pair = tuple[EngineAttempt | None, AttemptRecord | None]


def paired(engine: Sequence[EngineAttempt], records: Sequence[AttemptRecord]) -> Iterator[Pair]:
    """The two views of each attempt, in the order of time.

    Where the engine has replaced a pod within one attempt, the entrypoint tells of more attempts than the engine.
    """
    left, pods = list(records), {attempt.pod for attempt in engine if attempt.pod}
    for attempt in sorted(engine, key=lambda each: each.number):
        mine = next(_of(attempt, left, pods), None)
        if mine is not None:
            left.remove(mine)
        yield attempt, mine
    yield from ((None, record) for record in left)


def _of(attempt: EngineAttempt, records: Sequence[AttemptRecord], pods: Set[str]) -> Iterator[AttemptRecord]:
    """The records of an attempt: by the pod's name, or else by its number, where no pod has the name."""
    yield from (record for record in records if record.worker == attempt.pod)
    yield from (record for record in records if record.worker not in pods and record.number == attempt.number)


def ended(pair: Pair) -> float | None:
    """When an attempt ended: engines that keep whole seconds are a little early."""
    engine, record = pair
    known = [at for at in (engine and engine.ended, record and record.ended) if at]
    return max(known, default=None)


def attempt_report(number: int, pair: Pair, ready: float | None, zero: float, *, remote: bool) -> AttemptReport:
    """An attempt.

    Args:
        number: Its number among those of the node.
        pair: Both views of it.
        ready: When it could have begun; None where that is not known.
        zero: When the run was started.
        remote: Whether tasks of this back end run as pods.
    """
    engine, record = pair
    containers = engine.containers if engine else None if remote else 0
    pod = ((engine.pod if engine else "") or (record.worker if record else "")) if remote and containers != 0 else ""
    return AttemptReport(
        number=number,
        outcome=record.outcome if record else engine.state if engine else "",
        spans=tuple(_spans(pair, ready, zero)),
        pod=pod,
        pods=0 if containers == 0 else 1 if pod else None,
        containers=containers,
        cpu_seconds=record.cpu_seconds if record else None,
        peak_memory=record.peak_memory if record else None,
        bytes_read=record.bytes_read if record else None,
    )


def _spans(pair: Pair, ready: float | None, zero: float) -> Iterator[Span]:
    """The phases without gaps; clocks of several machines never make one negative."""
    points, last = list(_points(pair, ready)), ended(pair)
    if last is not None:
        points.append(("", last))
    at = -float("inf")
    in_order: list[tuple[str, float]] = []
    for phase, begin in points:
        at = max(at, begin)
        in_order.append((phase, at))
    for (phase, begin), (_, end) in pairwise(in_order):
        if end > begin:
            yield Span(phase, begin - zero, end - zero)


def _points(pair: Pair, ready: float | None) -> Iterator[tuple[str, float]]:
    """When each phase begins."""
    engine, record = pair
    begun = None if engine is None else engine.started or engine.queued
    if begun is not None:
        waits = ready if ready is not None else engine.queued if engine else None
        if waits is not None:
            yield QUEUE, waits
        yield START if record else RUN, begun
    if record is None:
        return
    # The process's own start is within the engine's, where the engine tells it.
    yield from record.phases[1:] if begun is not None and record.phases[0][0] == START else record.phases
    yield END, record.ended
