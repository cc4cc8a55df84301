"""Airflow's DAG files, as we write them, as a graph."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, cast

from tests.conformance.read_back.airflow_source import Function, Group, Source, Task, parse
from tests.conformance.read_back.airflow_values import Values
from tests.conformance.read_back.graph import SKIPPED, SUCCEEDED, Edge, Fan, Graph, GraphNode, Guard
from tests.conformance.read_back.normal import (
    binding_text,
    both,
    entrypoint_args,
    failing,
    negated,
    sleeping,
    task_name,
)

_ELEMENT = "{{ ti.map_index }}"
_SECONDS = re.compile(r"timedelta\(seconds=(?P<seconds>[\d.e+-]+)\)")
_PLACE = re.compile(r"Node (?P<path>[^ ,]+)")
_GATES = {"ApprovalOperator": "approve", "HITLEntryOperator": "signal", "DateTimeSensorAsync": "sleep"}
_JOIN = "none_failed_min_one_success"


def read(files: Mapping[str, bytes]) -> Graph:
    """The graph of the one DAG file."""
    (data,) = files.values()
    return _File(parse(data)).graph()


def as_expected(graph: Graph) -> Graph:
    """A plan's graph without what the file has no word of: the outputs, and the types of what conditions compare."""
    paths = {node.path: _renamed(node) for node in graph.nodes}
    nodes = [
        replace(
            node,
            path=paths[node.path] if node.kind == "fail" else node.path,
            when=_untyped(node.when),
            after=frozenset(Edge(paths.get(edge.path, edge.path), edge.states) for edge in node.after),
        )
        for node in graph.nodes
    ]
    return replace(graph, outputs=(), nodes=tuple(sorted(nodes, key=_order)))


def _order(node: GraphNode) -> tuple[str, str]:
    return node.path, node.kind


def _renamed(node: GraphNode) -> str:
    folder, found, _ = node.path.partition("where ")
    return failing(folder, _untyped(node.when)) if found and node.kind == "fail" else node.path


def _untyped(guard: Guard) -> Guard:
    if not guard or guard[0] in ("and", "or", "not"):
        return tuple(_untyped(cast("Guard", part)) if isinstance(part, tuple) else part for part in guard)
    return (guard[0], "", *guard[2:])


class _File:
    def __init__(self, source: Source) -> None:
        self._source = source
        self._values = Values({task.task_id: path for task in source.tasks.values() if (path := _own_path(task))})

    def graph(self) -> Graph:
        handlers = dict(self._handlers())
        nodes = [node for item in self._nodes for node in self._node(item, handlers)]
        return Graph(
            inputs=tuple(sorted(self._source.dag.get("params", {}))),
            nodes=tuple(sorted(nodes, key=_order)),
            outputs=(),
        )

    @cached_property
    def _nodes(self) -> list[Task | Group]:
        """The nodes of the workflow, and the decisions of branches; what Airflow needs beside them not."""
        tasks = [task for task in self._source.tasks.values() if _role(task) in ("node", "decision")]
        return [*tasks, *self._source.groups.values()]

    @cached_property
    def _by_id(self) -> Mapping[str, str]:
        """The variable of what begins with a task or a group of that id."""
        tasks = {task.task_id: task.variable for task in self._source.tasks.values()}
        return {**tasks, **{group.group_id: group.variable for group in self._source.groups.values()}}

    @cached_property
    def _decisions(self) -> Mapping[str, tuple[Task, Guard]]:
        """The decision and the guard of each case, by the variable that it begins with."""
        return {
            self._by_id[case]: (task, guard)
            for task in self._source.tasks.values()
            if _role(task) == "decision"
            for case, guard in self._cases(task)
        }

    def _cases(self, decision: Task) -> Iterator[tuple[str, Guard]]:
        given, tried = decision.given["op_kwargs"], list[Guard]()
        for case, condition in given["cases"].items():
            guard = self._values.guard(condition)
            yield case, both("and", *tried, guard)
            tried.append(negated(guard))
        if "otherwise" in given:
            yield given["otherwise"], both("and", *tried)

    def _none(self, decision: Task) -> Guard:
        conditions = decision.given["op_kwargs"]["cases"].values()
        return both("and", *(negated(self._values.guard(condition)) for condition in conditions))

    def _first(self, item: Task | Group) -> str:
        """The variable of what waits for what a node waits for: of a map the indices."""
        return item.over if isinstance(item, Task) and item.over else item.variable

    def _last(self, item: Task | Group) -> str:
        """The variable of what others wait for."""
        if isinstance(item, Task) and item.over:
            return self._after_map(item).variable
        if isinstance(item, Group):
            ends = [task for task in self._source.tasks.values() if self._is_end(task) and task.group == item.variable]
            return ends[0].variable if ends else item.variable
        below = [task for task in self._downstream(item.variable) if _calls(task, "fail")]
        return below[0].variable if below else item.variable

    def _after_map(self, element: Task) -> Task:
        """The join of a map's elements, or the judge of them."""
        (following,) = self._downstream(element.variable)
        assert following.operator == "EmptyOperator"
        if following.given["trigger_rule"] == _JOIN:
            assert set(self._source.upstream[following.variable]) == {element.over, element.variable}
            return following
        assert following.given["trigger_rule"] == "all_done"
        (judge,) = self._downstream(following.variable)
        assert set(self._source.upstream[judge.variable]) == {element.over, following.variable}
        assert judge.given["op_kwargs"]["elements"] == [element.task_id]
        return judge

    def _downstream(self, variable: str) -> list[Task]:
        tasks = self._source.tasks
        return [tasks[name] for name, before in self._source.upstream.items() if variable in before and name in tasks]

    def _is_end(self, task: Task) -> bool:
        """Whether it is the leaf beside a failure node."""
        return task.operator == "EmptyOperator" and "trigger_rule" not in task.given

    def _handlers(self) -> Iterator[tuple[str, str]]:
        """The first variable of each failure node, and the variable of the group whose failure it handles."""
        for end in filter(self._is_end, self._source.tasks.values()):
            inside = [task for task in self._source.tasks.values() if task.group == end.group]
            (settled,) = (task for task in inside if _is_empty(task, "all_done", "settled"))
            (failed,) = (task for task in inside if _is_empty(task, "one_failed", "failed"))
            leaves = {tuple(sorted(self._source.upstream[task.variable])) for task in (end, settled, failed)}
            assert len(leaves) == 1
            both_of = {settled.variable, failed.variable}
            (handler,) = (name for name, before in self._source.upstream.items() if set(before) == both_of)
            yield handler, end.group

    def _node(self, item: Task | Group, handlers: Mapping[str, str]) -> Iterator[GraphNode]:
        folder, first = self._folder(item), self._first(item)
        if isinstance(item, Task) and _role(item) == "decision":
            if "otherwise" not in item.given["op_kwargs"]:
                none = both("and", self._when(first), self._none(item))
                yield GraphNode(path=failing(folder, none), kind="fail", after=self._after(first), when=none)
            return
        found = self._plain(item, folder)
        if first in handlers:
            group = handlers[first]
            yield replace(found, handles=_place(self._source.groups[group]) if group else "")
        else:
            yield replace(found, after=self._after(first), when=self._when(first))

    def _folder(self, item: Task | Group) -> str:
        return f"{_place(self._source.groups[item.group])}/" if item.group else ""

    def _when(self, first: str) -> Guard:
        if first not in self._decisions:
            return ()
        decision, guard = self._decisions[first]
        return both("and", self._when(decision.variable), guard)

    def _after(self, first: str) -> frozenset[Edge]:
        if first in self._decisions:
            decision, _ = self._decisions[first]
            assert self._source.upstream[first] == [decision.variable]
            return self._after(decision.variable)
        return frozenset(edge for before in self._source.upstream.get(first, ()) for edge in self._ended(before))

    def _ended(self, variable: str) -> Iterator[Edge]:
        """When what ends with a task has ended: a branch when each of its nodes has run or was skipped."""
        (item,) = (item for item in self._endings if variable in item[0])
        yield from self._states(item[1])

    @cached_property
    def _endings(self) -> list[tuple[frozenset[str], Task | Group]]:
        """Each node, or each outermost branch, with the variables that it may end with."""
        found: list[tuple[frozenset[str], Task | Group]] = []
        for item in self._nodes:
            if self._first(item) in self._decisions:
                continue
            found.append((frozenset(self._ends(item)), item))
        return found

    def _ends(self, item: Task | Group) -> Iterator[str]:
        if not isinstance(item, Task) or _role(item) != "decision":
            yield self._last(item)
            return
        cases = [self._item(self._by_id[case]) for case, _ in self._cases(item)]
        ends = [end for case in cases for end in self._ends(case)]
        if len(cases) == 1:
            yield from ends
            return
        (join,) = {task.variable for end in ends for task in self._downstream(end) if _is_empty(task, _JOIN, "joined")}
        assert set(self._source.upstream[join]) == set(ends)
        yield join

    def _item(self, first: str) -> Task | Group:
        return next(item for item in self._nodes if self._first(item) == first)

    def _states(self, item: Task | Group) -> Iterator[Edge]:
        if not isinstance(item, Task) or _role(item) != "decision":
            in_branch = self._first(item) in self._decisions
            path = self._plain(item, self._folder(item)).path
            yield Edge(path, frozenset({SUCCEEDED, SKIPPED} if in_branch else {SUCCEEDED}))
            return
        for case, _ in self._cases(item):
            yield from self._states(self._item(self._by_id[case]))
        if "otherwise" not in item.given["op_kwargs"]:
            none = both("and", self._when(item.variable), self._none(item))
            yield Edge(failing(self._folder(item), none), frozenset({SKIPPED}))

    def _plain(self, item: Task | Group, folder: str) -> GraphNode:
        if isinstance(item, Group):
            return GraphNode(path=_place(item), kind="workflow")
        if item.operator in _GATES:
            return self._gate(item, folder)
        return self._map(item) if item.over else self._step(item)

    def _gate(self, task: Task, folder: str) -> GraphNode:
        kind, path = _GATES[task.operator], _own_path(task)
        if kind == "sleep":
            match = _SECONDS.search(task.given["target_time"])
            assert match is not None
            return GraphNode(path=sleeping(folder, path), kind=kind, seconds=float(match["seconds"]))
        timeout = task.given.get("response_timeout")
        return GraphNode(path=path, kind=kind, seconds=None if timeout is None else timeout.total_seconds())

    def _step(self, task: Task) -> GraphNode:
        args, timeout = _arguments(task), task.given.get("execution_timeout")
        binds = [arg.removeprefix("--bind=").partition("=") for arg in args if arg.startswith("--bind=")]
        texts = {name: self._values.binding(text).removesuffix(f"[{_ELEMENT}]") for name, _, text in binds}
        return GraphNode(
            path=_own_path(task),
            kind="task",
            runs=task_name(args),
            args=tuple(sorted((name, binding_text(text)) for name, text in texts.items())),
            retries=task.given["retries"],
            seconds=None if timeout is None else timeout.total_seconds(),
        )

    def _map(self, task: Task) -> GraphNode:
        args = _arguments(task)
        size: Any = self._source.tasks[task.over].given["op_kwargs"]["size"]
        sizes = cast("list[Any]", size) if isinstance(size, list) else [size]
        mapped = [arg.removeprefix("--bind=").partition("=")[0] for arg in args if arg.endswith(f"[{_ELEMENT}]")]
        judge = self._after_map(task).given.get("op_kwargs", {})
        required = ("count", float(judge["at_least"])) if "at_least" in judge else None
        fan = Fan(
            sizes=tuple(map(self._values.operand, sizes)),
            mapped=tuple(sorted(mapped)),
            parallelism=task.given.get("max_active_tis_per_dagrun", 0),
            required=("ratio", judge["share"]) if "share" in judge else required,
        )
        return replace(self._step(task), kind="map", fan=fan)


def _role(task: Task) -> str:
    """`node`, `decision`, or `help` for what only Airflow needs."""
    if task.operator == "BranchPythonOperator":
        return "decision"
    helps = task.operator == "EmptyOperator" or any(
        _calls(task, name) for name in ("indices", "pod_names", "enough", "fail")
    )
    return "help" if helps else "node"


def _calls(task: Task, name: str) -> bool:
    called = task.given.get("python_callable")
    return isinstance(called, Function) and called.name.rstrip("_") == name


def _is_empty(task: Task, rule: str, name: str) -> bool:
    short = task.task_id.rpartition(".")[2].rstrip("_")
    return (
        task.operator == "EmptyOperator"
        and task.given.get("trigger_rule") == rule
        and (short == name or short.endswith(f"_{name}"))
    )


def _place(group: Group) -> str:
    return group.tooltip.rpartition(", in ")[2]


def _own_path(task: Task) -> str:
    if task.operator in _GATES:
        match = _PLACE.match(task.given.get("body") or task.given["doc"])
        assert match is not None
        return match["path"]
    found = (arg.removeprefix("--node-path=") for arg in _arguments(task) if arg.startswith("--node-path="))
    return next(found, "").removesuffix(f"/{_ELEMENT}")


def _arguments(task: Task) -> list[str]:
    """Those of our entrypoint; Kubernetes gives a container `$` for each `$$`."""
    args = entrypoint_args(dict(task.given))
    return [arg.replace("$$", "$") for arg in args] if "arguments" in task.given else args
