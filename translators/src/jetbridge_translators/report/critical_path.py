"""The critical path: what a run would take if everything but the authors' code took no time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from jetbridge_translators.plan.dynamic import is_dynamic
from jetbridge_translators.plan.model import AnyNode, Branch, MapNode, Plan, Step, SubWorkflow, children
from jetbridge_translators.report.model import USER, CriticalPath, NodeReport

NOTHING = CriticalPath(0.0, (), complete=True)


def critical_path(plan: Plan, nodes: Iterable[NodeReport]) -> CriticalPath:
    """The longest chain of user code through a plan with absolute paths (`plan.inline`).

    What a dynamic task has made is no part of the plan: the longest of those nodes counts, so that the path is at least
    so long. A node whose user code nobody has timed counts as nothing, and makes it incomplete too.
    """
    paths = _Costs({node.path: node for node in nodes})
    body = paths.of_nodes(plan.nodes)
    return body if plan.failure_node is None else _after(body, paths.of(plan.failure_node))


@dataclass(frozen=True, slots=True)
class _Costs:
    reports: Mapping[str, NodeReport]

    def of_nodes(self, nodes: Iterable[AnyNode]) -> CriticalPath:
        ends: dict[str, CriticalPath] = {}
        for node in nodes:
            before = _longest(ends[name] for name in node.after if name in ends)
            ends[node.id] = _after(before, self.of(node))
        return _longest(ends.values())

    def of(self, node: AnyNode) -> CriticalPath:
        match node:
            case Step():
                return _after(self.task(node.path), self.below(node.path)) if is_dynamic(node) else self.task(node.path)
            case SubWorkflow():
                body = self.of_nodes(node.body.nodes)
                failure = node.body.failure_node
                return body if failure is None else _after(body, self.of(failure))
            case Branch():
                return _longest(map(self.of, children(node)))
            case MapNode():
                return self.elements(node)
            case _:
                return NOTHING

    def task(self, path: str) -> CriticalPath:
        report = self.reports.get(path)
        if report is None:
            return NOTHING
        seconds = sum(attempt.seconds(USER) for attempt in report.attempts)
        return CriticalPath(seconds, (path,), all(attempt.is_split for attempt in report.attempts))

    def elements(self, node: MapNode) -> CriticalPath:
        return _longest(self.task(path) for path in self.reports if path.rpartition("/")[0] == node.path)

    def below(self, path: str) -> CriticalPath:
        found = _longest(self.task(each) for each in self.reports if each.startswith(f"{path}/"))
        return CriticalPath(found.seconds, found.paths, complete=not found.paths)


def _after(first: CriticalPath, then: CriticalPath) -> CriticalPath:
    return CriticalPath(first.seconds + then.seconds, (*first.paths, *then.paths), first.complete and then.complete)


def _longest(paths: Iterable[CriticalPath]) -> CriticalPath:
    found = list(paths)
    longest = max(found, key=lambda path: path.seconds, default=NOTHING)
    return CriticalPath(longest.seconds, longest.paths, all(path.complete for path in found))
