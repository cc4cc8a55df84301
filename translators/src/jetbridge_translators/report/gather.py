"""A run's report from its store: the plan, the end that was kept, and what entrypoints have left."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from jetbridge.errors import Location
from jetbridge.store import Store
from jetbridge_translators import registry
from jetbridge_translators.api import complete_settings
from jetbridge_translators.base import EngineAttempt, Settings
from jetbridge_translators.plan.inline import inline
from jetbridge_translators.plan.model import AnyNode, MapNode, Plan, Step, children, walk
from jetbridge_translators.report.critical_path import critical_path
from jetbridge_translators.report.model import AttemptReport, NodeReport, RunReport
from jetbridge_translators.report.records import Left, read_left
from jetbridge_translators.report.spans import Pair, attempt_report, ended, paired
from jetbridge_translators.run_end import RunEnd, read_end
from jetbridge_translators.work import ContainerWork, PodWork, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A run that has begun.

    Attributes:
        group: What it is compared as.
        run_root: Where its data lies.
        plan: What it runs.
        backend: Where.
        settings: With which settings.
    """

    group: str
    run_root: str
    plan: Plan
    backend: str
    settings: Settings


def run_report(store: Store, started: Started) -> RunReport:
    """What is known of a run. Raises `StoreError`."""
    backend, whole = registry.backend(started.backend), inline(started.plan)
    left, end = read_left(store, started.run_root), read_end(store, started.run_root)
    run = _Run(whole, left, end, backend.is_remote(complete_settings(backend, started.settings)))
    nodes = tuple(run.nodes())
    return RunReport(
        run=started.run_root.rpartition("/")[2],
        group=started.group,
        backend=started.backend,
        target=end.target if end else started.settings.target,
        run_root=started.run_root,
        state=end.state if end else "unknown",
        error=end.error if end else "",
        started=run.zero,
        seconds=end.seconds if end else None,
        nodes=nodes,
        critical=critical_path(whole, nodes),
    )


@dataclass(frozen=True)
class _Run:
    plan: Plan
    left: Left
    end: RunEnd | None
    remote: bool

    @property
    def zero(self) -> float:
        """When the run was started; where nobody has kept that, when its first attempt began."""
        if self.end is not None:
            return self.end.started
        return min((record.began for records in self.left.records.values() for record in records), default=0.0)

    def nodes(self) -> Iterator[NodeReport]:
        known, pairs = dict(_tasks(self.plan)), self._pairs()
        ready = dict(_ready(self.plan.nodes, self.zero, _ends(pairs)))
        for path in sorted(pairs, key=_reading_order):
            task = known.get(path) or known.get(_any_element(path))
            waits = ready.get(path, ready.get(path.rpartition("/")[0]) if task else None)
            attempts = tuple(self._attempts(pairs[path], waits))
            yield _node(path, task, attempts, self.left.sizes.get(path, 0))

    def _pairs(self) -> Mapping[str, list[Pair]]:
        told: dict[str, list[EngineAttempt]] = defaultdict(list)
        for attempt in self.end.attempts if self.end else ():
            told[attempt.path].append(attempt)
        paths = {*told, *self.left.records}
        return {path: list(paired(told.get(path, []), self.left.records.get(path, []))) for path in paths}

    def _attempts(self, pairs: Iterable[Pair], ready: float | None) -> Iterator[AttemptReport]:
        for number, pair in enumerate(pairs):
            yield attempt_report(number, pair, ready, self.zero, remote=self.remote)
            ready = ended(pair) or ready


def _tasks(plan: Plan) -> Iterator[tuple[str, Step]]:
    """The tasks by the paths of their data."""
    roots = plan.nodes if plan.failure_node is None else (*plan.nodes, plan.failure_node)
    for node in walk(roots):
        if isinstance(node, MapNode):
            yield f"{node.path}/*", node.element
        elif isinstance(node, Step):
            yield node.path, node


def _any_element(path: str) -> str:
    return f"{path.rpartition('/')[0]}/*"


def _ends(pairs: Mapping[str, Iterable[Pair]]) -> Mapping[str, float]:
    """When each node has ended, and each node that holds others."""
    ends: dict[str, float] = defaultdict(float)
    for path, attempts in pairs.items():
        last = max((at for at in map(ended, attempts) if at is not None), default=0.0)
        parts = path.split("/")
        for depth in range(1, len(parts) + 1):
            holder = "/".join(parts[:depth])
            ends[holder] = max(ends[holder], last)
    return ends


def _ready(nodes: Iterable[AnyNode], begin: float, ends: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    """When each node could have begun: when those that it needs have ended."""
    paths = {node.id: node.path for node in nodes}
    for node in nodes:
        at = max([begin, *(ends.get(paths[name], begin) for name in node.after if name in paths)])
        yield node.path, at
        if not isinstance(node, MapNode):
            yield from _ready(children(node), at, ends)


def _node(path: str, task: Step | None, attempts: tuple[AttemptReport, ...], size: int) -> NodeReport:
    return NodeReport(
        path=path,
        name=_name(path, task),
        task_type=task.task_type if task else "",
        location=_location(task),
        requests=dict(_requests(task.work)) if task else None,
        attempts=attempts,
        bytes_written=size,
    )


def _name(path: str, task: Step | None) -> str:
    if task is None:
        return path
    return task.name if task.path == path else f"{task.name}[{path.rpartition('/')[2]}]"


def _location(task: Step | None) -> Location | None:
    return task.location if task else None


def _requests(work: Work) -> Iterator[tuple[str, str]]:
    """What a container asks for: its limit where it has no request, as Kubernetes does."""
    container = work.main if isinstance(work, PodWork) else work
    if isinstance(container, ContainerWork):
        yield from {**dict(container.limits), **dict(container.requests)}.items()


def _reading_order(path: str) -> list[tuple[int, str]]:
    """`n2/9` before `n2/10`."""
    return [(int(part) if part.isdecimal() else 0, part) for part in re.split(r"(\d+)", path)]
