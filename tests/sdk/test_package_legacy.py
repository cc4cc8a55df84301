"""Maps as flytekit before 1.12 wrote them, and the code that a package brings. Real ones: tests/compat/packages."""

from __future__ import annotations

import pytest

from jetbridge.idl import Binding, Container, Identifier, TaskTemplate
from jetbridge.idl_admin import IfBlock, IfElseBlock, Node, TaskNode, WorkflowTemplate
from jetbridge.package_code import BUNDLE_PLACE, FOLDER_PLACE, with_code
from jetbridge.package_legacy import modern

ARGS = ["pyflyte-map-execute", "--resolver", "MapTaskResolver", "--", "vars", "a,b", "resolver", "r", "task-name", "t"]


def map_task(**custom: float) -> TaskTemplate:
    task = TaskTemplate(id=Identifier(name="mapped"), type="container_array", container=Container(args=ARGS))
    task.custom.update(custom)
    return task


def node(node_id: str, name: str) -> Node:
    return Node(
        id=node_id,
        task_node=TaskNode(reference_id=Identifier(name=name)),
        inputs=[Binding(var="n")],
        upstream_node_ids=["n9"],
    )


def test_a_map_of_the_old_form_becomes_an_array_node_wherever_it_stands() -> None:
    branch = Node(id="n1")
    branch.branch_node.if_else.CopyFrom(IfElseBlock(case=IfBlock(then_node=node("n0", "mapped"))))
    workflow = WorkflowTemplate(nodes=[node("n0", "mapped"), branch, node("n2", "plain")])
    workflow.failure_node.CopyFrom(node("fn0", "mapped"))
    plain = TaskTemplate(id=Identifier(name="plain"), type="python-task")
    found = modern([workflow], {"mapped": map_task(parallelism=4, minSuccessRatio=0.5), "plain": plain})
    (changed,) = found.workflows
    arrays = [changed.nodes[0], changed.nodes[1].branch_node.if_else.case.then_node, changed.failure_node]
    assert [each.id for each in arrays] == ["n0", "n0", "fn0"]
    for each in arrays:
        assert each.WhichOneof("target") == "array_node"
        assert (each.array_node.parallelism, each.array_node.min_success_ratio) == (4, 0.5)
        assert list(each.array_node.bound_inputs) == ["a", "b"]
        assert each.array_node.node.task_node.reference_id.name == "mapped"
        assert list(each.upstream_node_ids) == ["n9"]
        assert not each.array_node.node.upstream_node_ids
        assert each.array_node.node.inputs == each.inputs
    assert changed.nodes[2] == workflow.nodes[2]
    assert [found.tasks[name].type for name in ("mapped", "plain")] == ["python-task", "python-task"]
    assert workflow.nodes[0].WhichOneof("target") == "task_node", "what was given is as it was"


@pytest.mark.parametrize(
    ("custom", "field", "value"),
    [
        ({}, "min_success_ratio", 1),
        ({"minSuccesses": 3}, "min_successes", 3),
        ({"minSuccesses": float("nan")}, "min_successes", 0),
        ({"minSuccesses": 1e300}, "min_successes", 2**32 - 1),
        ({"minSuccesses": -4}, "min_successes", 0),
    ],
)
def test_what_a_map_asks_for(custom: dict[str, float], field: str, value: float) -> None:
    (changed,) = modern([WorkflowTemplate(nodes=[node("n0", "mapped")])], {"mapped": map_task(**custom)}).workflows
    array = changed.nodes[0].array_node
    assert array.WhichOneof("success_criteria") == field
    assert getattr(array, field) == value


def fast(command: list[str]) -> list[str]:
    options = ["--additional-distribution", BUNDLE_PLACE, "--dest-dir", FOLDER_PLACE]
    return ["pyflyte-fast-execute", *options, "--", *command]


def test_the_code_of_a_package_is_asked_for_in_containers_and_pods() -> None:
    task = TaskTemplate(container=Container(args=fast(["pyflyte-execute", "--", "x"])))
    there, here = with_code(task, "s3://b/code.tar.gz"), with_code(task, "")
    filled = ["--additional-distribution", "s3://b/code.tar.gz", "--dest-dir", "."]
    assert list(there.container.args) == ["pyflyte-fast-execute", *filled, "--", "pyflyte-execute", "--", "x"]
    assert list(here.container.args) == ["pyflyte-execute", "--", "x"]
    plain = TaskTemplate(container=Container(args=["pyflyte-execute"]))
    assert with_code(plain, "s3://b/code.tar.gz") is plain
    pod = TaskTemplate()
    pod.k8s_pod.pod_spec.update(
        {"containers": [{"name": "a", "args": fast(["pyflyte-execute"])}, {"name": "b"}, {"name": "c", "args": ["c"]}]}
    )
    assert containers(with_code(pod, "s3://b/code.tar.gz")) == [
        ["pyflyte-fast-execute", *filled, "--", "pyflyte-execute"],
        [],
        ["c"],
    ]
    assert containers(with_code(pod, "")) == [["pyflyte-execute"], [], ["c"]]


def containers(pod: TaskTemplate) -> list[list[str]]:
    """The arguments of each container."""
    found = pod.k8s_pod.pod_spec.fields["containers"].list_value.values
    args = [each.struct_value.fields["args"].list_value.values for each in found]
    return [[value.string_value for value in values] for values in args]
