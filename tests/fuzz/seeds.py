"""Sound bytes of every kind, from which broken ones are made."""

from __future__ import annotations

import datetime as dt
import decimal
import gzip
import io
import tarfile
import uuid
from pathlib import Path
from typing import Any

from google.protobuf.struct_pb2 import Struct

from jetbridge.binding_data import CONSTANTS
from jetbridge.idl import (
    Binding,
    BindingData,
    Blob,
    BlobMetadata,
    BlobType,
    Container,
    Identifier,
    Literal,
    LiteralMap,
    OutputReference,
    Primitive,
    Scalar,
    StructuredDataset,
    TaskTemplate,
    TypedInterface,
)
from jetbridge.idl_admin import (
    BooleanExpression,
    BranchNode,
    ComparisonExpression,
    CompiledTask,
    CompiledWorkflow,
    CompiledWorkflowClosure,
    IfBlock,
    IfElseBlock,
    LaunchPlan,
    LaunchPlanSpec,
    Node,
    Operand,
    TaskNode,
    TaskSpec,
    WorkflowSpec,
    WorkflowTemplate,
)
from jetbridge.package import package_bytes
from jetbridge.package_code import BUNDLE_PLACE, FOLDER_PLACE
from jetbridge.types import literal_type, to_literal
from tests.fuzz.entries import TYPES, Color, Everything, FlyteDirectory, FlyteFile, Level, Options, Pair, Tree

EVERYTHING = Everything(
    dt.datetime(2026, 1, 31, tzinfo=dt.UTC), dt.date(2026, 1, 31), dt.time(8), dt.timedelta(1), decimal.Decimal("1.5"),
    uuid.UUID(int=1), Path("a"), b"\xff", Color.RED, Level.LOW, Pair(1), {"size": 1}, {1}, {1: 1.5}, [1, None],
    FlyteFile("mem:///f"), FlyteDirectory("mem:///d"), Tree(1, [Tree("x")]),
)  # fmt: skip
VALUES: tuple[tuple[Any, Any], ...] = (
    (int, 3),
    (float, 1.5),
    (str, "x"),
    (dt.datetime, dt.datetime(2026, 1, 31, tzinfo=dt.UTC)),
    (dt.timedelta, dt.timedelta(1)),
    (Color, Color.RED),
    (Options, {"size": 1, "deep": {"a": [1]}}),
    (Tree, Tree(1, [Tree("x"), Tree(None)])),
    (Everything, EVERYTHING),
    (list[list[Tree]], [[Tree(1)]]),
    (dict[str, int], {"a": 1}),
    (dict[int, str], {1: "a"}),
    (int | None, None),
    (int | str | list[int] | dict[str, int] | Tree | None, [1]),
)


def literals() -> list[Literal]:
    """Literals of every kind, a protobuf Struct and a blob among them."""
    struct = Struct()
    struct.update({"value": 1, "children": [{"value": "x"}]})
    metadata = BlobMetadata(type=BlobType(format="csv"))
    return [
        *(to_literal(CONSTANTS, value, python_type, literal_type(python_type)) for python_type, value in VALUES),
        Literal(scalar=Scalar(generic=struct)),
        Literal(scalar=Scalar(blob=Blob(metadata=metadata, uri="mem:///f"))),
        Literal(scalar=Scalar(blob=Blob(metadata=BlobMetadata(type=BlobType(format="PythonPickle")), uri="mem:///p"))),
        Literal(scalar=Scalar(structured_dataset=StructuredDataset(uri="mem:///d"))),
    ]


def inputs() -> bytes:
    """An `inputs.pb` with all of them."""
    entries = {f"v{at}": literal for at, literal in enumerate(literals())}
    return LiteralMap(literals=entries).SerializeToString(deterministic=True)


def template(name: str = "task") -> TaskTemplate:
    """A task with an input and an output of every type."""
    interface = TypedInterface()
    for at, python_type in enumerate(each for each in TYPES if each != dict[str, Any]):
        interface.inputs.variables[f"v{at}"].type.CopyFrom(literal_type(python_type))
    interface.outputs.variables["o0"].type.CopyFrom(literal_type(int))
    return TaskTemplate(id=Identifier(name=name), interface=interface, container=Container(image="img:1", args=["x"]))


def _small() -> TaskTemplate:
    interface = TypedInterface()
    interface.inputs.variables["n"].type.CopyFrom(literal_type(int))
    interface.outputs.variables["o0"].type.CopyFrom(literal_type(Tree))
    container = Container(image="i", args=["jetbridge-execute", "--", "task-module", "m", "task-name", "small"])
    return TaskTemplate(id=Identifier(name="small"), type="python-task", interface=interface, container=container)


def _fast() -> TaskTemplate:
    """A task as `pyflyte package --copy` writes it, in a pod of its own."""
    task = TaskTemplate()
    task.CopyFrom(_small())
    fast = ["pyflyte-fast-execute", "--additional-distribution", BUNDLE_PLACE, "--dest-dir", FOLDER_PLACE, "--"]
    task.container.args[:] = [*fast, *task.container.args]
    task.k8s_pod.pod_spec.update({"containers": [{"name": "primary", "args": fast}]})
    return task


def _promise(node: str, var: str) -> BindingData:
    return BindingData(promise=OutputReference(node_id=node, var=var))


def _workflow() -> WorkflowTemplate:
    task = TaskNode(reference_id=Identifier(name="small"))
    first = Node(id="n0", task_node=task, inputs=[Binding(var="n", binding=_promise("", "n"))])
    inner = Node(id="n2", task_node=task, inputs=first.inputs)
    x_is_1 = ComparisonExpression(left_value=Operand(var="x"), right_value=Operand(primitive=Primitive(integer=1)))
    case = IfBlock(condition=BooleanExpression(comparison=x_is_1), then_node=inner)
    branch = Node(
        id="n1",
        branch_node=BranchNode(if_else=IfElseBlock(case=case, else_node=inner)),
        inputs=[Binding(var="x", binding=_promise("", "n"))],
        upstream_node_ids=["n0"],
    )
    interface = TypedInterface()
    interface.inputs.variables["n"].type.CopyFrom(literal_type(int))
    interface.outputs.variables["o0"].type.CopyFrom(literal_type(Tree))
    return WorkflowTemplate(
        id=Identifier(name="flow"),
        interface=interface,
        nodes=[first, branch],
        outputs=[Binding(var="o0", binding=_promise("n1", "o0"))],
    )


def closure() -> bytes:
    """A workflow with a branch, and its task."""
    compiled = CompiledWorkflowClosure(
        primary=CompiledWorkflow(template=_workflow()), tasks=[CompiledTask(template=_small())]
    )
    return compiled.SerializeToString(deterministic=True)


def package() -> bytes:
    """The same as a package."""
    plan = LaunchPlan(id=Identifier(name="flow"), spec=LaunchPlanSpec(workflow_id=Identifier(name="flow")))
    return package_bytes([TaskSpec(template=_small()), WorkflowSpec(template=_workflow()), plan])


def packed(members: dict[str, bytes]) -> bytes:
    """A `.tgz` with any members, as an attacker writes it."""
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as zipped, tarfile.open(fileobj=zipped, mode="w") as tar:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


SEEDS: dict[str, bytes] = {
    "msgpack": to_literal(CONSTANTS, EVERYTHING, Everything, literal_type(Everything)).scalar.binary.value,
    "inputs": inputs(),
    "template": template().SerializeToString(deterministic=True),
    "closure": closure(),
    "package": package(),
    "folder": TaskSpec(template=_fast()).SerializeToString(deterministic=True),
    "plan": closure(),
    "run": inputs(),
}
