"""An attempt's time, as the engine and the entrypoint tell it together."""

from __future__ import annotations

from typing import Any

import pytest

from jetbridge_translators.base import EngineAttempt
from jetbridge_translators.report.model import END, PLUMBING, QUEUE, RUN, START, UPLOAD, USER
from jetbridge_translators.report.records import AttemptRecord
from jetbridge_translators.report.spans import attempt_report, ended, paired

ZERO = 1000.0


def record(number: int = 0, worker: str = "host", began: float = ZERO + 3) -> AttemptRecord:
    names = (START, PLUMBING, PLUMBING, USER, UPLOAD)
    return AttemptRecord(
        path="n0",
        number=number,
        worker=worker,
        outcome="succeeded",
        phases=tuple((name, began + index) for index, name in enumerate(names)),
        ended=began + 5,
        cpu_seconds=0.5,
        peak_memory=7,
        bytes_read=3,
    )


def engine(number: int = 0, **given: Any) -> EngineAttempt:
    return EngineAttempt(path="n0", number=number, state="succeeded", **given)


def phases(
    one: EngineAttempt | None, two: AttemptRecord | None, ready: float | None = ZERO
) -> list[tuple[str, float, float]]:
    report = attempt_report(0, (one, two), ready, ZERO, remote=True)
    return [(span.phase, span.begin, span.end) for span in report.spans]


def test_both_views_make_one_line_without_gaps() -> None:
    found = phases(engine(queued=ZERO + 1, started=ZERO + 2, ended=ZERO + 9), record())
    assert found == [
        (QUEUE, 0, 2),
        (START, 2, 4),
        (PLUMBING, 4, 5),
        (PLUMBING, 5, 6),
        (USER, 6, 7),
        (UPLOAD, 7, 8),
        (END, 8, 9),
    ]


def test_an_engine_that_tells_only_when_it_made_the_pod() -> None:
    assert phases(engine(queued=ZERO + 1, ended=ZERO + 9), record())[:2] == [(QUEUE, 0, 1), (START, 1, 4)]


def test_whole_seconds_and_other_clocks_make_no_phase_negative() -> None:
    found = phases(engine(queued=ZERO + 5, started=ZERO + 5, ended=ZERO + 6), record())
    assert all(begin < end for _, begin, end in found)
    assert [begin for _, begin, _ in found[1:]] == [end for _, _, end in found[:-1]]
    assert found[-1][2] == 8, "the entrypoint knows better when it ended"


def test_what_only_one_side_knows() -> None:
    assert phases(None, record())[0] == (START, 3, 4)
    assert phases(engine(queued=ZERO + 1, started=ZERO + 2, ended=ZERO + 9), None) == [(QUEUE, 0, 2), (RUN, 2, 9)]
    assert phases(engine(), None) == []
    assert phases(engine(started=ZERO + 2, queued=ZERO + 1, ended=ZERO + 9), None, ready=None)[0] == (QUEUE, 1, 2)


def test_attempts_find_their_records() -> None:
    first, second, other = record(0, "pod-a", ZERO), record(0, "pod-b", ZERO + 20), record(1, "pod-c", ZERO + 40)
    pairs = list(paired([engine(1, pod="pod-c"), engine(0, pod="pod-b")], [first, second, other]))
    named = [(one.number if one else None, two.worker if two else None) for one, two in pairs]
    assert named == [(0, "pod-b"), (1, "pod-c"), (None, "pod-a")]
    pairs = list(paired([engine(0), engine(1), engine(2)], [second, other]))
    assert [two.worker if two else None for _, two in pairs] == ["pod-b", "pod-c", None]


@pytest.mark.parametrize(
    ("given", "remote", "pods", "containers"),
    [
        ({"containers": 3, "pod": "p"}, True, 1, 3),
        ({"containers": 0}, True, 0, 0),
        ({"containers": 0}, False, 0, 0),
        ({"containers": None}, False, None, None),
        ({"containers": None}, True, None, None),
    ],
)
def test_pods_are_counted_or_unknown(given: dict[str, Any], remote: bool, pods: object, containers: object) -> None:
    report = attempt_report(0, (engine(**given), None), ZERO, ZERO, remote=remote)
    assert (report.pods, report.containers) == (pods, containers)


def test_a_pod_that_only_the_entrypoint_names() -> None:
    report = attempt_report(0, (None, record(worker="pod-x")), ZERO, ZERO, remote=True)
    assert (report.pod, report.pods, report.containers) == ("pod-x", 1, None)
    here = attempt_report(0, (None, record(worker="laptop")), ZERO, ZERO, remote=False)
    assert (here.pod, here.pods, here.containers) == ("", 0, 0)


def test_the_end_is_the_later_of_both() -> None:
    assert ended((engine(ended=ZERO + 1), record())) == ZERO + 8
    assert ended((engine(), None)) is None
