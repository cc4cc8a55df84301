# ruff: noqa: E501 -- one line for each row of a table
"""Every error class of FlyteIDL's compiler: one workflow each, and all of them in one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration

from jetbridge.compiler.check import check_closure
from jetbridge.compiler.context import SOURCE_KEY
from jetbridge.compiler.launch_plan import check_launch_plan
from jetbridge.errors import CompileError, Location, Problem
from jetbridge.idl import (
    NONE,
    Binding,
    BindingData,
    BindingDataCollection,
    BindingDataMap,
    Container,
    EnumType,
    Identifier,
    Literal,
    LiteralType,
    OutputReference,
    Primitive,
    PromiseAttribute,
    Resources,
    Scalar,
    SimpleType,
    TaskTemplate,
    TypedInterface,
    TypeStructure,
    UnionType,
    Variable,
    VariableMap,
    Void,
)
from jetbridge.idl_admin import (
    BooleanExpression,
    BranchNode,
    ComparisonExpression,
    CompiledTask,
    CompiledWorkflow,
    CompiledWorkflowClosure,
    GateNode,
    IfBlock,
    IfElseBlock,
    LaunchPlan,
    Node,
    NodeMetadata,
    Operand,
    TaskNode,
    WorkflowNode,
    WorkflowTemplate,
)

INT, FLOAT, TEXT = (LiteralType(simple=each) for each in (SimpleType.INTEGER, SimpleType.FLOAT, SimpleType.STRING))
LIST, MAP = LiteralType(collection_type=INT), LiteralType(map_value_type=INT)
COLOR = LiteralType(enum_type=EnumType(values=["red", "blue"]))
STRUCT = LiteralType(simple=SimpleType.STRUCT, structure=TypeStructure(dataclass_type={"slope": FLOAT}))


def tagged(kind: LiteralType, tag: str) -> LiteralType:
    changed = LiteralType()
    changed.CopyFrom(kind)
    changed.structure.CopyFrom(TypeStructure(tag=tag))
    return changed


def union(*variants: LiteralType) -> LiteralType:
    return LiteralType(union_type=UnionType(variants=variants))


EITHER = union(tagged(INT, "int"), tagged(TEXT, "str"))
TWINS = union(tagged(TEXT, "str"), tagged(TEXT, "UUID"))
LISTS = union(LIST, LiteralType(collection_type=LiteralType(simple=NONE)))


def interface(inputs: dict[str, LiteralType], outputs: dict[str, LiteralType]) -> TypedInterface:
    def variables(types: dict[str, LiteralType]) -> VariableMap:
        return VariableMap(variables={name: Variable(type=kind) for name, kind in types.items()})

    return TypedInterface(inputs=variables(inputs), outputs=variables(outputs))


def task(name: str, inputs: dict[str, LiteralType], outputs: dict[str, LiteralType]) -> CompiledTask:
    template = TaskTemplate(
        id=Identifier(name=name),
        interface=interface(inputs, outputs),
        container=Container(image="img:1", args=["x"]),
        config={SOURCE_KEY: "flow.py:1"},
    )
    return CompiledTask(template=template)


TASKS = [
    task("number", {"n": INT}, {"o0": INT}),
    task("text", {}, {"o0": TEXT}),
    task("line", {}, {"o0": STRUCT}),
    task("total", {"values": LIST, "table": MAP}, {"o0": INT}),
    task("paint", {"color": COLOR}, {}),
    task("any", {"value": EITHER}, {}),
    task("twins", {"value": TWINS}, {}),
    task("lists", {"value": LISTS}, {}),
]


def promise(node: str, var: str = "o0", *path: str) -> BindingData:
    attributes = [PromiseAttribute(string_value=each) for each in path]
    return BindingData(promise=OutputReference(node_id=node, var=var, attr_path=attributes))


def constant(**value: Any) -> BindingData:
    return BindingData(scalar=Scalar(primitive=Primitive(**value)))


def several(*items: BindingData) -> BindingData:
    return BindingData(collection=BindingDataCollection(bindings=items))


def node(node_id: str, name: str, line: int, after: tuple[str, ...] = (), **inputs: BindingData) -> Node:
    return Node(
        id=node_id,
        task_node=TaskNode(reference_id=Identifier(name=name)),
        metadata=metadata(line),
        upstream_node_ids=after,
        inputs=[Binding(var=var, binding=binding) for var, binding in inputs.items()],
    )


def metadata(line: int) -> NodeMetadata:
    return NodeMetadata(config={SOURCE_KEY: f"flow.py:{line}"})


def branch(line: int, block: IfElseBlock) -> Node:
    return Node(
        id="b",
        metadata=metadata(line),
        branch_node=BranchNode(if_else=block),
        inputs=[Binding(var="x", binding=promise("n0")), Binding(var="t", binding=promise("n1"))],
    )


def comparison(left: Operand, right: Operand) -> BooleanExpression:
    return BooleanExpression(comparison=ComparisonExpression(left_value=left, right_value=right))


X_IS_1 = comparison(Operand(var="x"), Operand(primitive=Primitive(integer=1)))
CASE = IfBlock(condition=X_IS_1, then_node=node("n0", "number", 31, n=constant(integer=1)))
OTHERWISE = node("n1", "number", 33, n=constant(integer=2))


def closure(*nodes: Node) -> CompiledWorkflowClosure:
    template = WorkflowTemplate(
        id=Identifier(name="flow"),
        interface=interface({"n": INT}, {"o0": INT}),
        nodes=[node("n0", "number", 10, n=promise("", "n")), node("n1", "text", 11), *nodes],
        outputs=[Binding(var="o0", binding=promise("n0"))],
    )
    return CompiledWorkflowClosure(primary=CompiledWorkflow(template=template), tasks=TASKS)


Change = Callable[[CompiledWorkflowClosure], object]


@dataclass(frozen=True, slots=True)
class Case:
    """One broken workflow, and the problem it must be shown as."""

    code: str
    where: str
    line: int | None
    says: str
    hint: str
    nodes: tuple[Node, ...] = ()
    change: Change = lambda compiled: None
    more: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.code}-{self.where}"


def on_task(name: str, change: Callable[[TaskTemplate], object]) -> Change:
    def run(compiled: CompiledWorkflowClosure) -> None:
        change(next(each.template for each in compiled.tasks if each.template.id.name == name))

    return run


def drop_nodes(compiled: CompiledWorkflowClosure) -> None:
    del compiled.primary.template.nodes[:]


def wait_for_nothing(compiled: CompiledWorkflowClosure) -> None:
    for each in compiled.primary.template.nodes:
        each.upstream_node_ids.append("gone")


def sub_workflows_twice(compiled: CompiledWorkflowClosure) -> None:
    template = WorkflowTemplate(id=Identifier(name="inner"), nodes=[node("n0", "text", 5)])
    compiled.sub_workflows.extend([CompiledWorkflow(template=template)] * 2)


def pod(*names: str) -> Callable[[TaskTemplate], object]:
    def run(template: TaskTemplate) -> None:
        template.k8s_pod.pod_spec.update({"containers": [{"name": name} for name in names]})

    return run


def gate(**condition: dict[str, Any]) -> Node:
    made = Node(id="g", metadata=metadata(40), gate_node=GateNode())
    for kind, values in condition.items():
        message = getattr(made.gate_node, kind)
        message.SetInParent()
        for name, value in values.items():
            message.__setattr__(name, value) if isinstance(value, str) else getattr(message, name).CopyFrom(value)
    return made


def empty(line: int) -> Node:
    return Node(id="e", metadata=metadata(line))


def with_alias(*names: str) -> Node:
    made = node("n2", "number", 20, n=constant(integer=1))
    for name in names:
        made.output_aliases.add(var=name, alias=f"{name}_alias")
    return made


def with_timeout(seconds: int) -> Node:
    made = node("n2", "text", 20)
    made.metadata.timeout.CopyFrom(Duration(seconds=seconds))
    return made


def unbound(name: str) -> Node:
    made = node("n2", name, 20)
    made.inputs.add(var="n")
    return made


CASES = [
    # Bindings
    Case("ParameterNotBound", "n2.n", 20, "input 'n' (int) of task 'number' is not bound", "n=…", (node("n2", "number", 20),)),
    Case("ParameterNotBound", "n2.n", 20, "bound to nothing", "Bind a value", (node("n2", "number", 20, n=BindingData()),)),
    Case("ParameterNotBound", "n2.o1", 20, "alias for 'o1'", "Remove the alias", (with_alias("o1"),)),
    Case("ParameterNotBound", "outputs.o0", None, "output 'o0' (int)", "Return", (), lambda c: c.primary.template.ClearField("outputs")),
    Case("ValueRequired", "n2.n", 20, "lacks a binding", "Bind it", (unbound("number"),)),
    Case("ParameterBoundMoreThanOnce", "n0.n", 10, "bound 2 times", "once", (), lambda c: c.primary.template.nodes[0].inputs.append(c.primary.template.nodes[0].inputs[0])),
    Case("VariableNameNotFound", "n2", 20, "has no input 'm'", "There is: n", (node("n2", "number", 20, n=constant(integer=1), m=constant(integer=1)),)),
    Case("VariableNameNotFound", "n2.n", 20, "no output n0.o7", "There is: o0", (node("n2", "number", 20, n=promise("n0", "o7")),)),
    Case("VariableNameNotFound", "n2.n", 20, "no workflow input 'nn'", "'n'", (node("n2", "number", 20, n=promise("", "nn")),)),
    Case("SyntaxError", "n2.n", 20, "'o 0', which is no name", "letters", (node("n2", "number", 20, n=promise("n0", "o 0")),)),
    Case("MismatchingTypes", "n2.n", 20, "is int, but n1.o0 is str", "annotations", (node("n2", "number", 20, n=promise("n1")),)),
    Case("MismatchingTypes", "n2.n", 20, "is int, but a constant is float", "annotations", (node("n2", "number", 20, n=constant(float_value=1)),)),
    Case("MismatchingTypes", "n2.values[1]", 20, "is int, but a constant is str", "annotations", (node("n2", "total", 20, values=several(promise("n0"), constant(string_value="x")), table=BindingData(map=BindingDataMap())),)),
    Case("MismatchingBindings", "n2.n", 20, "is int, but a list is bound", "one value", (node("n2", "number", 20, n=several(promise("n0"))),)),
    Case("MismatchingBindings", "n2.values", 20, "is list[int], but a map", "one value", (node("n2", "total", 20, values=BindingData(map=BindingDataMap(bindings={"a": promise("n0")})), table=BindingData(map=BindingDataMap())),)),
    Case("FieldNotFound", "n3.n", 21, "n2.o0 has no attribute 'slop'", "'slope'", (node("n2", "line", 20), node("n3", "number", 21, n=promise("n2", "o0", "slop")))),
    Case("UnrecognizedValue", "n2.n", 20, "holds nothing known", "again", (node("n2", "number", 20, n=BindingData(scalar=Scalar())),)),
    Case("IllegalEnumValue", "n2.color", 20, "'rod'", "'red'", (node("n2", "paint", 20, color=constant(string_value="rod")),)),
    Case("AmbiguousBindingUnionValue", "n2.value", 20, "fits several", "tell apart", (node("n2", "twins", 20, value=promise("n1")),)),
    Case("AmbiguousBindingUnionValue", "n2.value", 20, "fits several", "tell apart", (node("n2", "lists", 20, value=several()),)),
    Case("IncompatibleBindingUnionValue", "n2.value", 20, "none of them", "one of these", (node("n2", "any", 20, value=several(promise("n0"))),)),
    # References
    Case("NodeReferenceNotFound", "n2.n", 20, "'n7', which does not exist", "", (node("n2", "number", 20, n=promise("n7")),)),
    Case("NodeReferenceNotFound", "n2.upstream_node_ids", 20, "waits for 'n7'", "", (node("n2", "text", 20, ("n7",)),)),
    Case("TaskReferenceNotFound", "n2", 20, "'gone', which the package does not hold", "Package", (node("n2", "gone", 20),)),
    Case("ValueRequired", "n2", 20, "names no task", "again", (node("n2", "", 20),)),
    Case("WorkflowReferenceNotFound", "n2", 20, "workflow 'gone'", "Package", (Node(id="n2", metadata=metadata(20), workflow_node=WorkflowNode(sub_workflow_ref=Identifier(name="gone"))),)),
    Case("WorkflowReferenceNotFound", "n2", 20, "launch plan 'gone'", "Package", (Node(id="n2", metadata=metadata(20), workflow_node=WorkflowNode(launchplan_ref=Identifier(name="gone"))),)),
    Case("WorkflowReferenceNotFound", "n2", 20, "names no workflow", "again", (Node(id="n2", metadata=metadata(20), workflow_node=WorkflowNode()),)),
    Case("ValueRequired", "e", 20, "has no target", "Give it", (empty(20),)),
    Case("DuplicateId", "n1", None, "2 nodes have the id 'n1'", "once", (node("n1", "text", 20),)),
    Case("DuplicateId", "inner", None, "2 sub-workflows", "once", (), sub_workflows_twice),
    Case("DuplicateAlias", "n2.o0", 20, "2 aliases", "one alias", (with_alias("o0", "o0"),)),
    Case("InvalidValue", "start-node", 20, "cannot have the id", "letters", (node("start-node", "text", 20),)),
    Case("SyntaxError", "n2.timeout", 20, "the timeout -1", "above zero", (with_timeout(-1),)),
    # Order
    Case("NoNodesFound", "nodes", None, "no nodes", "Call at least", (), drop_nodes),
    Case("CycleDetected", "n2", 20, "n2 → n3 → n2", "Remove", (node("n2", "text", 20, ("n3",)), node("n3", "text", 21, ("n2",)))),
    Case("UnreachableNodes", "n4", 22, "can never start: n4", "Repair", (node("n2", "text", 20, ("n3",)), node("n3", "text", 21, ("n2",)), node("n4", "text", 22, ("n3",))), more=("CycleDetected",)),
    Case("NoEntryNodeFound", "nodes", None, "no node to start with", "at least one", (), wait_for_nothing, more=("NodeReferenceNotFound",)),
    # Branches
    Case("BranchNodeHasNoCondition", "b.case 1", 30, "case 1 of branch 'b' has no condition", ".elif_", (branch(30, IfElseBlock(case=CASE, other=[IfBlock(then_node=OTHERWISE)], else_node=OTHERWISE)),)),
    Case("BranchNodeHasNoCondition", "b", 30, "branch 'b' has no condition", ".if_", (branch(30, IfElseBlock(else_node=OTHERWISE)),)),
    Case("BranchNodeIdNotFound", "b.case 0", 30, "runs nothing", ".then", (branch(30, IfElseBlock(case=IfBlock(condition=X_IS_1), else_node=OTHERWISE)),)),
    Case("BranchNodeHasNoDefault", "b", 30, "when no condition holds", ".else_", (branch(30, IfElseBlock(case=CASE)),)),
    Case("ValueRequired", "b.case 0", 30, "lacks a value", "both sides", (branch(30, IfElseBlock(case=IfBlock(condition=comparison(Operand(), Operand(var="x")), then_node=OTHERWISE), else_node=OTHERWISE)),)),
    Case("ValueRequired", "b.case 0", 30, "compares with None", "Let a task tell", (branch(30, IfElseBlock(case=IfBlock(condition=comparison(Operand(scalar=Scalar(none_type=Void())), Operand(var="x")), then_node=OTHERWISE), else_node=OTHERWISE)),)),
    Case("ValueRequired", "b.case 0", 30, "is empty", "Compare", (branch(30, IfElseBlock(case=IfBlock(condition=BooleanExpression(), then_node=OTHERWISE), else_node=OTHERWISE)),)),
    Case("VariableNameNotFound", "b.case 0", 30, "'y', which is not bound", "", (branch(30, IfElseBlock(case=IfBlock(condition=comparison(Operand(var="y"), Operand(var="x")), then_node=OTHERWISE), else_node=OTHERWISE)),)),
    Case("MismatchingTypes", "b.case 0", 30, "compares int with str", "one type", (branch(30, IfElseBlock(case=IfBlock(condition=comparison(Operand(var="x"), Operand(var="t")), then_node=OTHERWISE), else_node=OTHERWISE)),)),
    Case("MismatchingTypes", "b.o0", 30, "is int in one case and str in another", "one type", (branch(30, IfElseBlock(case=CASE, else_node=node("n1", "text", 33))),)),
    Case("TaskReferenceNotFound", "b/n9", 34, "'gone'", "Package", (branch(30, IfElseBlock(case=CASE, else_node=node("n9", "gone", 34))),)),
    # Gates
    Case("NoConditionFound", "g", 40, "waits for nothing", "sleep", (gate(),)),
    Case("ValueRequired", "g.type", 40, "has no type", "type of the value", (gate(signal={"output_variable_name": "o0"}),)),
    Case("ValueRequired", "g.output_variable_name", 40, "names no output", "Name", (gate(signal={"type": INT}),)),
    # Tasks
    Case("ValueRequired", "number.image", 1, "names no image", "--image", (), on_task("number", lambda each: each.container.ClearField("image"))),
    Case("ValueRequired", "number.command", 1, "neither a command", "command", (), on_task("number", lambda each: each.container.ClearField("args"))),
    Case("ValueRequired", "number.n", 1, "has no type", "again", (), on_task("number", lambda each: each.interface.inputs.variables["n"].ClearField("type")), more=("MismatchingTypes",)),
    Case("UnrecognizedValue", "text.requests.cpu", 1, "'two' of cpu", "500m", (), on_task("text", lambda each: each.container.resources.requests.add(name=Resources.CPU, value="two"))),
    Case("InvalidValue", "text.pod_spec.containers[0].name", 1, "'Main'", "lower-case", (), on_task("text", pod("Main"))),
    Case("InvalidValue", "text.pod_spec", 1, "without containers", "primary", (), on_task("text", pod())),
    Case("SyntaxError", "o 0", None, "variable 'o 0'", "letters", (), on_task("text", lambda each: each.interface.outputs.variables["o 0"].type.CopyFrom(INT))),
]  # fmt: skip


def problems(case: Case) -> tuple[Problem, ...]:
    compiled = closure(*case.nodes)
    case.change(compiled)
    return check_closure(compiled)


def test_a_sound_closure_has_no_problems() -> None:
    sound = (
        node("n2", "total", 20, values=several(promise("n0")), table=BindingData(map=BindingDataMap())),
        node("n3", "any", 21, value=promise("n1")),
        node("n4", "paint", 22, color=promise("n1")),
        branch(30, IfElseBlock(case=CASE, other=[CASE], else_node=OTHERWISE)),
        node("n5", "number", 35, n=promise("b")),
        gate(signal={"type": INT, "output_variable_name": "o0"}),
        node("n6", "number", 41, n=promise("g")),
    )
    assert check_closure(closure(*sound)) == ()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_class_is_one_problem_with_its_place_and_hint(case: Case) -> None:
    found = [problem for problem in problems(case) if problem.code not in case.more]
    assert [problem.code for problem in found] == [case.code], found
    (problem,) = found
    assert case.says in problem.message
    assert problem.where == case.where
    assert problem.location == (Location("flow.py", case.line) if case.line else None)
    assert case.hint in problem.hint
    assert problem.hint


def test_all_classes_together_are_shown_at_once() -> None:
    """The cases that do not stand in each other's way, in one workflow."""
    apart = [case for case in CASES if case.code not in ("NoNodesFound", "NoEntryNodeFound")]
    compiled = closure()
    for at, case in enumerate(apart):
        for each in case.nodes:
            added = compiled.primary.template.nodes.add()
            added.CopyFrom(each)
            if not case.code.startswith(("Duplicate", "Invalid")):
                added.id = f"m{at}-{each.id}"
        case.change(compiled)
    found = {problem.code for problem in check_closure(compiled)}
    assert found >= {case.code for case in apart} - {"CycleDetected", "UnreachableNodes", "FieldNotFound"}
    error = CompileError("workflow 'flow' has errors:", check_closure(compiled))
    assert len(str(error).splitlines()) > len(apart)


@pytest.mark.parametrize(
    ("part", "name", "literal", "code", "says"),
    [
        ("fixed", "m", Literal(scalar=Scalar(primitive=Primitive(integer=1))), "VariableNameNotFound", "'m'"),
        ("fixed", "n", Literal(scalar=Scalar(primitive=Primitive(string_value="x"))), "MismatchingTypes", "is int"),
        ("default", "n", Literal(scalar=Scalar(primitive=Primitive(boolean=True))), "MismatchingTypes", "boolean"),
        ("default", "n", Literal(), "InvalidLiteralType", "an empty literal"),
    ],
)
def test_inputs_of_a_launch_plan(part: str, name: str, literal: Literal, code: str, says: str) -> None:
    plan = LaunchPlan(id=Identifier(name="nightly"))
    if part == "fixed":
        plan.spec.fixed_inputs.literals[name].CopyFrom(literal)
    else:
        plan.spec.default_inputs.parameters[name].default.CopyFrom(literal)
    (problem,) = check_launch_plan(plan, interface({"n": INT}, {}))
    assert (problem.code, problem.where) == (code, f"nightly.{name}")
    assert says in problem.message
    assert problem.hint
