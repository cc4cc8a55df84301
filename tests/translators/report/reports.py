"""Reports that no engine has made, for what a page must bear."""

from __future__ import annotations

from collections.abc import Sequence

from jetbridge.types.difference import Difference
from jetbridge_translators.report.model import (
    END,
    PLUMBING,
    QUEUE,
    START,
    UPLOAD,
    USER,
    AttemptReport,
    CriticalPath,
    NodeReport,
    OutputReport,
    Report,
    RunReport,
    Span,
)

_ORDER = (QUEUE, START, PLUMBING, USER, UPLOAD, END)


def attempt(begin: float, seconds: Sequence[float], outcome: str = "succeeded", pod: str = "") -> AttemptReport:
    """An attempt whose phases take so long."""
    spans: list[Span] = []
    for phase, length in zip(_ORDER, seconds, strict=True):
        spans.append(Span(phase, begin, begin + length))
        begin += length
    return AttemptReport(
        number=0,
        outcome=outcome,
        spans=tuple(spans),
        pod=pod,
        pods=1 if pod else 0,
        containers=3 if pod else 0,
        cpu_seconds=0.3,
        peak_memory=50 * 2**20,
        bytes_read=2048,
    )


def node(path: str, name: str, attempts: Sequence[AttemptReport]) -> NodeReport:
    return NodeReport(
        path=path,
        name=name,
        task_type="python-task",
        location=None,
        requests={"cpu": "500m"},
        attempts=tuple(attempts),
        bytes_written=4096,
    )


def run(group: str, nodes: Sequence[NodeReport], state: str = "succeeded", error: str = "") -> RunReport:
    return RunReport(
        run=f"run-of-{group}",
        group=group,
        backend=group,
        target="1",
        run_root=f"s3://bucket/runs/{group}",
        state=state,
        error=error,
        started=1_800_000_000.0,
        seconds=max((span.end for each in nodes for a in each.attempts for span in a.spans), default=1.0),
        nodes=tuple(nodes),
        critical=CriticalPath(1.5, tuple(each.path for each in nodes[:2]), complete=True),
    )


def large(nodes: int, groups: Sequence[str] = ("local", "argo", "airflow")) -> Report:
    """Runs of so many tasks, eight at a time."""
    return report([run(group, [_task(number) for number in range(nodes)]) for group in groups])


def _task(number: int) -> NodeReport:
    begin = number // 8 * 3.0
    name = f"train.fold_{number % 7}[{number}]"
    return node(f"n{number}", name, [attempt(begin, (0.2, 0.8, 0.5, 1.0, 0.3, 0.2), pod=f"pod-{number}")])


def report(runs: Sequence[RunReport], outputs: Sequence[OutputReport] = ()) -> Report:
    return Report(workflow="wide.flow", runs=tuple(runs), outputs=tuple(outputs), verdicts=())


def output(values: Sequence[str], found: Sequence[Difference] = ()) -> OutputReport:
    return OutputReport(
        name="o0",
        type="str",
        values=tuple(values),
        plain=tuple(values),
        digests=tuple(values),
        differences={1: tuple(found)} if found else {},
    )
