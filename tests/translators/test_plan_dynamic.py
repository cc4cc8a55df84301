"""What a dynamic task made, as a plan: by hand, because our SDK writes values where the message allows inputs."""

from __future__ import annotations

import pytest

from jetbridge.bindings import OutputRef, render
from jetbridge.errors import CompileError, TranslationError
from jetbridge.idl import (
    Binding,
    BindingData,
    Identifier,
    Literal,
    LiteralType,
    OutputReference,
    Primitive,
    Scalar,
    SimpleType,
    TaskTemplate,
    TypedInterface,
    Variable,
    VariableMap,
)
from jetbridge.idl_admin import DynamicJobSpec
from jetbridge.launch_options import AuthRole
from jetbridge_translators import registry
from jetbridge_translators.plan.data_flow import outputs_of
from jetbridge_translators.plan.dynamic import input_names, is_dynamic, plan_of_futures
from jetbridge_translators.plan.inline import inline
from jetbridge_translators.plan.model import Plan, Step, SubWorkflow
from tests.translators import dynamic_flows as flows
from tests.translators.plan_helpers import plan

INT = Variable(type=LiteralType(simple=SimpleType.INTEGER))
TASK = TaskTemplate(
    id=Identifier(name="m.made"),
    interface=TypedInterface(inputs=VariableMap(variables={"n": INT}), outputs=VariableMap(variables={"o0": INT})),
)
SEVEN = Literal(scalar=Scalar(primitive=Primitive(integer=7)))


def spec(*, node_id: str = "dn0", of_node: str = "dn0") -> DynamicJobSpec:
    """One node that takes the dynamic task's input `n`."""
    (step,) = [step for step in plan(flows.inner).steps if step.id == "n0"]
    made = DynamicJobSpec(tasks=[step.template])
    node = made.nodes.add(id=node_id)
    node.task_node.reference_id.CopyFrom(step.template.id)
    node.inputs.append(_bound("n", "", "n"))
    made.outputs.append(_bound("o0", of_node, "o0"))
    return made


def _bound(name: str, node_id: str, var: str) -> Binding:
    return Binding(var=name, binding=BindingData(promise=OutputReference(node_id=node_id, var=var)))


def made(futures: DynamicJobSpec, path: str = "n1/n2") -> Plan:
    return plan_of_futures(futures, TASK, path, "made", {"n": SEVEN}, registry.handler)


def test_its_nodes_lie_below_the_dynamic_node() -> None:
    (group,) = inline(made(spec())).nodes
    assert isinstance(group, SubWorkflow)
    assert [node.path for node in group.body.nodes] == ["n1/n2/dn0"]
    assert [(item.name, item.bind) for item in outputs_of(made(spec()))] == [("o0", OutputRef("n1/n2/dn0", "o0"))]


def test_inputs_of_the_dynamic_task_are_bound_as_values() -> None:
    assert input_names(spec()) == {"n"}
    (step,) = made_steps()
    assert render(step.args["n"], {}) == "json:7"


def made_steps() -> tuple[Step, ...]:
    return inline(made(spec())).steps


def test_errors_of_the_graph_are_those_of_the_compiler() -> None:
    with pytest.raises(CompileError, match=r"dynamic task 'm\.made'"):
        made(spec(of_node="dn7"))


def test_an_unknown_task_type_is_refused() -> None:
    futures = spec()
    futures.tasks[0].type = "nobody's"
    with pytest.raises(TranslationError, match="nobody's"):
        made(futures)


def test_what_the_launch_plan_says_reaches_the_nodes_that_are_made() -> None:
    account = AuthRole(kubernetes_service_account="runner")
    given = plan(flows.grown, labels={"team": "plan"}, annotations={"note": "{{x}}"}, auth_role=account)
    (config,) = [step.template.config for step in given.steps if is_dynamic(step)]
    asks = TaskTemplate(id=TASK.id, interface=TASK.interface, config=config)
    found = plan_of_futures(spec(), asks, "n1", "made", {"n": SEVEN}, registry.handler)
    assert (dict(found.labels), dict(found.annotations)) == ({"team": "plan"}, {"note": "{{x}}"})
    (step,) = inline(found).steps
    assert dict(step.template.metadata.metadata.labels) == {"team": "plan"}
    assert step.template.security_context.run_as.k8s_service_account == "runner"
    (plain,) = inline(made(spec())).steps
    assert not plain.template.metadata.metadata.labels


def test_only_a_dynamic_task_is_one() -> None:
    assert [is_dynamic(step) for step in plan(flows.grown).steps] == [True, False]
