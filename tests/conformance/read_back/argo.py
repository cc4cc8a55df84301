"""Argo's manifests, as we write them, as a graph."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import yaml

from tests.conformance.read_back.argo_values import Frame, Reader, expression_of
from tests.conformance.read_back.expr_lang import Tree, parse_expression
from tests.conformance.read_back.graph import Edge, Fan, Graph, GraphNode, Guard
from tests.conformance.read_back.normal import binding_text, entrypoint_args, failing, sleeping, task_name

_CODE = re.compile(r"-x([0-9a-f]+)-")
_STATE = r"\w+\.(?:Succeeded|Skipped)"
_DEPENDS = re.compile(
    rf"(?:{_STATE}|\({_STATE}(?: \|\| {_STATE})*\))(?: && (?:{_STATE}|\({_STATE}(?: \|\| {_STATE})*\)))*"
)
_USER_RETRIES = re.compile(r"asInt\(retries\) < (\d+)")
_RATIO = re.compile(r"< ceil\((\S+) \* float")
_COUNT = re.compile(r"< (\d+)$")
_MANIFEST_TAG = re.compile(r"\{\{=(.*)\}\}")
Json = dict[str, Any]


def read(files: Mapping[str, bytes]) -> Graph:
    """The graph of the WorkflowTemplate, which the Workflow beside it starts."""
    documents = [yaml.load(data, Loader=yaml.CSafeLoader) for data in files.values()]
    (template,) = [document for document in documents if document["kind"] == "WorkflowTemplate"]
    for document in documents:
        if document is not template:
            _check_start(document, template)
    return _Manifest(template).graph()


def as_expected(graph: Graph) -> Graph:
    """A plan's graph with what Argo rounds (its capability data): whole seconds, at least three of an attempt."""
    return replace(graph, nodes=tuple(map(_rounded, graph.nodes)))


def _rounded(node: GraphNode) -> GraphNode:
    if node.seconds is None:
        return node
    least = 3 if node.kind in ("task", "map") else 0
    return replace(node, seconds=float(max(math.ceil(node.seconds), least)))


def _check_start(document: Json, template: Json) -> None:
    """The Workflow, or the one that a CronWorkflow makes, runs just the template's entry point."""
    spec = document["spec"].get("workflowSpec", document["spec"])
    (only,) = spec["templates"]
    (task,) = only["dag"]["tasks"]
    assert (spec["entrypoint"], only["name"]) == ("run", "run")
    assert task["templateRef"] == {"name": template["metadata"]["name"], "template": template["spec"]["entrypoint"]}


class _Manifest:
    def __init__(self, template: Json) -> None:
        self._spec = template["spec"]
        self._annotations = template["metadata"].get("annotations", {})
        self._templates: dict[str, Json] = {each["name"]: each for each in self._spec["templates"]}
        self._reader = Reader(self._templates)

    def graph(self) -> Graph:
        entry = self._templates[self._spec["entrypoint"]]
        outputs = json.loads(self._annotations.get("jetbridge/outputs", "{}"))
        return Graph(
            inputs=tuple(sorted(self._inputs)),
            nodes=tuple(sorted(self._nodes(entry), key=lambda node: (node.path, node.kind))),
            outputs=tuple(sorted((name, binding_text(text)) for name, text in outputs.items())),
        )

    @cached_property
    def _inputs(self) -> dict[str, str]:
        """The workflow's inputs, by Argo's names of them."""
        parameters = [each["name"] for each in self._spec["arguments"]["parameters"]]
        # Our own have hyphens; those of an input's name are written as codes.
        return {_input_name(each): each for each in parameters if "-" not in _CODE.sub("", each)}

    def _nodes(self, entry: Json) -> Iterator[GraphNode]:
        root = Frame(entry, {}, {}, {parameter: name for name, parameter in self._inputs.items()})
        yield from self._dag(root, "")
        hook = self._spec.get("hooks", {}).get("exit")
        if hook is not None:
            assert hook["expression"] == "workflow.status in ['Failed', 'Error']"
            failed = replace(root, template=self._templates[hook["template"]])
            yield from (_handling(node, "") for node in self._dag(failed, ""))

    def _dag(self, frame: Frame, folder: str) -> Iterator[GraphNode]:
        tasks = frame.template["dag"]["tasks"]
        # Edges lead to what stands before in the list, and to failing branches, which are called by their guard.
        guards = {task["name"]: self._guard(task, frame) for task in tasks}
        paths = {task["name"]: self._path(task, frame, folder, guards[task["name"]]) for task in tasks}
        for task in tasks:
            head = {"path": paths[task["name"]], "when": guards[task["name"]]}
            yield from self._task(task, frame, {**head, "after": _edges(task.get("depends", ""), paths)})

    def _guard(self, task: Json, frame: Frame) -> Guard:
        return self._reader.guard(expression_of(task["when"]), frame) if "when" in task else ()

    def _path(self, task: Json, frame: Frame, folder: str, guard: Guard) -> str:
        arguments = _arguments(task)
        if "node-path" in arguments:
            return frame.text(arguments["node-path"])
        is_sleep = _kind(self._templates[task["template"]], self._templates) == "sleep"
        return sleeping(folder, task["name"]) if is_sleep else failing(folder, guard)

    def _task(self, task: Json, frame: Frame, head: Json) -> Iterator[GraphNode]:
        callee = self._templates[task["template"]]
        inner = self._reader.called(task, frame)
        kind = _kind(callee, self._templates)
        yield replace(_PARTS[kind](self, inner), **head)
        if kind == "workflow":
            yield from self._dag(inner, f"{head['path']}/")
            yield from self._failure(task, frame, head["path"])

    def _failure(self, task: Json, frame: Frame, path: str) -> Iterator[GraphNode]:
        hook = task.get("hooks", {}).get("exit")
        if hook is None:
            return
        assert hook["expression"] == f"tasks.{task['name']}.status in ['Failed', 'Error']"
        for node in self._dag(self._reader.called(hook, frame), f"{path}/"):
            yield _handling(node, path)

    def leaf(self, frame: Frame) -> GraphNode:
        args = _entrypoint(frame.template)
        binds = [arg.removeprefix("--bind=").partition("=") for arg in args if arg.startswith("--bind=")]
        strategy = frame.template["retryStrategy"]
        found = _USER_RETRIES.search(strategy["expression"])
        retries = int(found.group(1)) if found else 0
        assert int(strategy["limit"]) >= retries
        return GraphNode(
            path="",
            kind="task",
            runs=task_name(args),
            args=tuple(sorted((name, binding_text(frame.text(text))) for name, _, text in binds)),
            retries=retries,
            seconds=_seconds(frame.template.get("timeout")),
        )

    def workflow(self, frame: Frame) -> GraphNode:
        return GraphNode(path="", kind="workflow")

    def map(self, frame: Frame) -> GraphNode:
        tasks = {task["name"]: task for task in frame.template["dag"]["tasks"]}
        each = tasks["each"]
        assert _arguments(each)["node-path"] == "{{inputs.parameters.node-path}}/{{item}}"
        assert each["withSequence"] == {"count": "{{inputs.parameters.size-of-map}}"}
        items = {name for name, text in _arguments(each).items() if text.endswith("[{{item}}]")}
        whole = {name: text.removesuffix("[{{item}}]") for name, text in _arguments(each).items()}
        parameters = [{"name": name, "value": text} for name, text in whole.items()]
        called = self._reader.called({**each, "arguments": {"parameters": parameters}}, frame)
        fan = Fan(
            sizes=self._reader.sizes(frame),
            mapped=tuple(sorted(map(_input_name, items))),
            parallelism=frame.template.get("parallelism", 0),
            required=_required(tasks.get("lost")),
        )
        return replace(self.leaf(self._element(called)), kind="map", fan=fan)

    def _element(self, frame: Frame) -> Frame:
        """The task of an element itself, where something stands around it."""
        if "dag" not in frame.template:
            return frame
        (run,) = (task for task in frame.template["dag"]["tasks"] if task["name"] == "run")
        return self._reader.called(run, frame)

    def sleep(self, frame: Frame) -> GraphNode:
        return GraphNode(path="", kind="sleep", seconds=_seconds(frame.template["suspend"]["duration"]))

    def fail(self, frame: Frame) -> GraphNode:
        return GraphNode(path="", kind="fail")

    def gate(self, frame: Frame) -> GraphNode:
        wait, _ = frame.template["dag"]["tasks"]
        waiting = self._templates[wait["template"]]
        kind = "approve" if "inputs" in waiting else "signal"
        return GraphNode(path="", kind=kind, seconds=_seconds(waiting["suspend"].get("duration")))


_PARTS: Mapping[str, Callable[[_Manifest, Frame], GraphNode]] = {
    "task": _Manifest.leaf,
    "workflow": _Manifest.workflow,
    "map": _Manifest.map,
    "sleep": _Manifest.sleep,
    "gate": _Manifest.gate,
    "fail": _Manifest.fail,
}


def _kind(template: Json, templates: Mapping[str, Json]) -> str:
    if "suspend" in template:
        return "fail" if template["name"] == "jetbridge-no-case" else "sleep"
    if "dag" not in template:
        return "task"
    tasks = template["dag"]["tasks"]
    if any("withSequence" in task for task in tasks):
        return "map"
    return "gate" if "suspend" in templates[tasks[0]["template"]] and tasks[0]["name"] == "wait" else "workflow"


def _handling(node: GraphNode, path: str) -> GraphNode:
    """A node of a failure template: the one at its root handles, those below it are ordinary."""
    below = node.path.removeprefix(f"{path}/") if path else node.path
    return node if "/" in below else replace(node, handles=path)


def _arguments(task: Json) -> dict[str, str]:
    return {each["name"]: each.get("value", "") for each in task.get("arguments", {}).get("parameters", [])}


def _edges(depends: str, paths: Mapping[str, str]) -> frozenset[Edge]:
    assert not depends or _DEPENDS.fullmatch(depends), depends
    states: dict[str, set[str]] = {}
    for name, state in re.findall(r"(\w+)\.(\w+)", depends):
        states.setdefault(name, set()).add(state.lower())
    return frozenset(Edge(paths[name], frozenset(found)) for name, found in states.items())


def _seconds(text: str | None) -> float | None:
    return None if text is None else float(text.removesuffix("s"))


def _required(lost: Json | None) -> tuple[str, float] | None:
    if lost is None:
        return None
    assert lost["depends"] == "each"
    text = lost["when"].removesuffix("}}")
    ratio, count = _RATIO.search(text), _COUNT.search(text)
    if ratio is not None:
        return ("ratio", float(ratio.group(1)))
    assert count is not None, text
    return ("count", float(count.group(1)))


def _input_name(parameter: str) -> str:
    return _CODE.sub(lambda match: chr(int(match.group(1), 16)), parameter)


def _entrypoint(template: Mapping[str, Any]) -> list[str]:
    """The arguments of the container, or those of our entrypoint in the object that a resource makes."""
    if "container" in template:
        return template["container"].get("args", [])
    manifest = _MANIFEST_TAG.sub(_as_string, template["resource"]["manifest"])
    return entrypoint_args(yaml.safe_load(manifest))


def _as_string(match: re.Match[str]) -> str:
    tree = parse_expression(match.group(1))
    return json.dumps(_text(tree[2]))


def _text(tree: Tree) -> str:
    """What an expression of a manifest gives, with parameters as tags."""
    match tree:
        case ("+", left, right):
            return _text(left) + _text(right)
        case ("str", text):
            return text
        case ("name", "inputs", "parameters", name):
            return f"{{{{inputs.parameters.{name}}}}}"
        case _:
            return ""
