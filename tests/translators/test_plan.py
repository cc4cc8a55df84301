"""From the closure to the plan, and what a back end says about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from flyteidl.admin.common_pb2 import AuthRole
from flyteidl.admin.launch_plan_pb2 import Auth
from google.protobuf.message import Message

from jetbridge import CronSchedule, FixedRate, Resources, task, workflow
from jetbridge.bindings import InputRef, JsonConstant, ListOf, MapOf, OutputRef, ProtoConstant
from jetbridge.errors import JetbridgeError, TranslationError
from jetbridge.idl import (
    Container,
    ExtendedResources,
    GPUAcceleratorMessage,
    Identity,
    SecurityContext,
    SharedMemory,
    TaskMetadata,
    TaskTemplate,
)
from jetbridge.idl_admin import (
    ArrayNode,
    ConcurrencyPolicy,
    GateNode,
    LaunchPlanMetadata,
    LaunchPlanSpec,
    Node,
    NodeMetadata,
    Notification,
    TaskNodeOverrides,
    WorkflowMetadata,
    WorkflowNode,
    WorkflowTemplate,
)
from jetbridge.idl_admin import (
    CronSchedule as CronMessage,
)
from jetbridge.idl_admin import (
    LaunchPlan as LaunchPlanMessage,
)
from jetbridge.idl_admin import (
    Schedule as ScheduleMessage,
)
from jetbridge.serialize.closure import Closure
from jetbridge_translators import registry
from jetbridge_translators.base import Backend
from jetbridge_translators.capability import Capability, Level, native
from jetbridge_translators.handler import BuildContext, TaskHandler
from jetbridge_translators.plan.build import build
from jetbridge_translators.plan.check import check
from jetbridge_translators.plan.features import FEATURES, uses
from jetbridge_translators.plan.macros import entrypoint_args
from jetbridge_translators.plan.model import Plan
from jetbridge_translators.plan.refused import NESTED, REFUSED, WITHOUT_EFFECT
from jetbridge_translators.work import BindingMacro, ContainerWork, Macro, Text, Work
from tests.sdk.flows import flow, span
from tests.translators.plan_helpers import closure, plan


@task
def number(n: int = 1) -> int:
    return n


@task(
    retries=2,
    timeout=60,
    requests=Resources(cpu="1", mem="1Gi"),
    limits=Resources(mem="2Gi"),
    environment={"A": "b"},
    interruptible=True,
    labels={"team": "x"},
)
def settled(n: int, when: timedelta = timedelta(hours=1)) -> int:
    return n


@workflow
def twice(n: int, m: int = 2, o: int = 3) -> int:
    first = settled(n=m)
    _ = cast("Any", number(n=o)) >> first
    return cast("Any", settled(n=n)).with_overrides(
        retries=5, requests=Resources(cpu="4"), container_image="other:1", timeout=5, interruptible=False
    )


def test_steps_come_after_what_they_wait_for_with_readable_names() -> None:
    steps = plan(twice).steps
    assert [step.id for step in steps] == ["n1", "n2", "n0"]
    assert [step.name for step in steps] == ["number", "settled_n2", "settled_n0"]
    assert [step.after for step in steps] == [(), (), ("n1",)]
    assert [step.path for step in steps] == ["n1", "n2", "n0"]
    assert all(step.location and step.location.file.endswith("test_plan.py") for step in steps)


def test_bindings_become_the_plans() -> None:
    steps = {step.name: step for step in plan(flow).steps}
    assert steps["span"].args == {"n": InputRef("n"), "step": JsonConstant("2")}
    assert steps["fit"].args == {
        "low": OutputRef("n0", "low"),
        "high": OutputRef("n0", "high"),
        "names": JsonConstant('["a", "b"]'),
    }
    assert steps["text"].args == {
        "slope": OutputRef("n1", "o0", ("slope",)),
        "first": OutputRef("n1", "o0", ("notes", 0)),
        "table": MapOf((("low", OutputRef("n0", "low")), ("ten", JsonConstant("10")))),
    }
    assert steps["text"].after == ("n1", "n0")
    assert [output.bind for output in plan(flow).outputs] == [OutputRef("n2", "o0"), OutputRef("n1", "o0")]


def test_a_constant_that_json_cannot_say_is_kept_as_bytes_or_exact_text() -> None:
    (bind,) = {step.args["when"] for step in plan(twice).steps if step.name.startswith("settled")}
    assert isinstance(bind, JsonConstant | ProtoConstant)
    assert ListOf(()) != bind


def test_inputs_have_defaults_and_fixed_values() -> None:
    inputs = {
        variable.name: variable for variable in plan(twice, default_inputs={"n": 9}, fixed_inputs={"m": 7}).inputs
    }
    assert {name: variable.fixed for name, variable in inputs.items()} == {"n": False, "m": True, "o": False}
    values = {name: variable.default.scalar.primitive.integer for name, variable in inputs.items() if variable.default}
    assert values == {"n": 9, "m": 7, "o": 3}
    assert [variable.default for variable in plan(twice).inputs if variable.name == "n"] == [None]


def test_settings_of_task_and_node_are_merged() -> None:
    steps = {step.id: step for step in plan(twice).steps}
    plain, overridden = cast("ContainerWork", steps["n0"].work), cast("ContainerWork", steps["n2"].work)
    assert (steps["n0"].retries, steps["n0"].timeout, steps["n0"].interruptible) == (2, timedelta(minutes=1), True)
    assert (steps["n2"].retries, steps["n2"].timeout, steps["n2"].interruptible) == (5, timedelta(seconds=5), False)
    assert (steps["n1"].retries, steps["n1"].timeout, steps["n1"].interruptible) == (0, None, None)
    assert (plain.image, plain.requests) == ("img:1", (("cpu", "1"), ("memory", "1Gi")))
    assert (overridden.image, overridden.requests) == ("other:1", (("cpu", "4"), ("memory", "1Gi")))
    assert plain.limits == overridden.limits == (("memory", "2Gi"),)
    assert plain.env == (("A", "b"),)


@pytest.mark.parametrize(
    ("schedule", "cron", "rate"),
    [
        (CronSchedule("0 6 * * 1"), "0 6 * * 1", None),
        (CronSchedule("daily"), "@daily", None),
        (FixedRate(timedelta(hours=36)), "", timedelta(hours=36)),
        (FixedRate(timedelta(days=2)), "", timedelta(days=2)),
    ],
)
def test_schedules(schedule: Any, cron: str, rate: timedelta | None) -> None:
    found = plan(twice, default_inputs={"n": 1}, schedule=schedule)
    assert found.schedule is not None
    assert (found.name, found.schedule.cron, found.schedule.rate) == ("lp", cron, rate)
    assert plan(twice).schedule is None


def test_the_same_closure_gives_the_same_plan() -> None:
    one = closure(flow)
    assert build(one, registry.handler) == build(one, registry.handler)
    assert one == closure(flow)


def refused(changed: Closure, handlers: Any = registry.handler) -> Mapping[str, str]:
    with pytest.raises(TranslationError) as caught:
        build(changed, handlers)
    return {problem.code: problem.message for problem in caught.value.problems}


def test_unknown_task_types_and_failing_handlers_are_shown_together() -> None:
    def fail(template: TaskTemplate, context: BuildContext) -> Work:
        raise JetbridgeError("this task is odd", hint="Mend it.")

    changed = closure(flow)
    changed.compiled.tasks[0].template.type = "mystery"
    handlers = {"python-task": TaskHandler(build_resource=fail, shapes=(ContainerWork,))}
    messages = refused(changed, handlers.get)
    assert "task type 'mystery'" in messages["UnknownTaskType"]
    assert messages["BadTaskSpecification"] == "this task is odd"


def test_a_node_without_a_target_is_refused() -> None:
    changed = closure(flow)
    changed.compiled.primary.template.nodes[2].ClearField("task_node")
    assert "which is not known" in refused(changed)["UnsupportedNode"]


# ---- fields ----------------------------------------------------------------------------------------------------------

MAPPED: Mapping[type[Message], str] = {
    LaunchPlanSpec: "workflow_id entity_metadata default_inputs fixed_inputs labels annotations auth auth_role"
    " security_context max_parallelism interruptible overwrite_cache envs concurrency_policy",
    LaunchPlanMetadata: "schedule notifications",
    ScheduleMessage: "cron_expression rate cron_schedule kickoff_time_input_arg",
    CronMessage: "schedule",
    ConcurrencyPolicy: "max behavior",
    Notification: "phases email slack pager_duty",
    Auth: "kubernetes_service_account",
    AuthRole: "kubernetes_service_account",
    WorkflowTemplate: "id metadata interface nodes outputs metadata_defaults failure_node",
    WorkflowMetadata: "on_failure",
    ArrayNode: "node parallelism min_successes min_success_ratio bound_inputs",
    GateNode: "approve signal sleep",
    WorkflowNode: "launchplan_ref sub_workflow_ref",
    Node: "id metadata inputs upstream_node_ids task_node workflow_node branch_node gate_node array_node",
    NodeMetadata: "name timeout retries interruptible config",
    TaskNodeOverrides: "resources container_image extended_resources pod_template",
    TaskTemplate: "id type metadata interface custom container k8s_pod sql task_type_version security_context"
    " extended_resources config",
    TaskMetadata: "discoverable retries discovery_version interruptible cache_serializable pod_template_name"
    " cache_ignore_input_vars generates_deck metadata",
    Container: "image command args resources env data_config",
    SecurityContext: "secrets run_as",
    Identity: "k8s_service_account",
    ExtendedResources: "gpu_accelerator shared_memory",
    GPUAcceleratorMessage: "device unpartitioned partition_size",
    SharedMemory: "mount_path mount_name size_limit",
}


@pytest.mark.parametrize("message", MAPPED, ids=lambda message: message.DESCRIPTOR.name)
def test_every_field_is_mapped_or_refused_or_without_effect(message: type[Message]) -> None:
    name = message.DESCRIPTOR.name
    told = [*MAPPED[message].split(), *REFUSED.get(name, {}), *WITHOUT_EFFECT.get(name, {})]
    assert sorted(told) == sorted(field.name for field in message.DESCRIPTOR.fields)


MAPPED_INSIDE: Mapping[str, str] = {
    "admin.FixedRate": "value unit",
    "admin.EmailNotification": "recipients_email",
    "admin.PagerDutyNotification": "recipients_email",
    "admin.SlackNotification": "recipients_email",
    "admin.Labels": "values",
    "admin.Annotations": "values",
    "admin.Envs": "values",
    "core.ParameterMap": "parameters",
    "core.Parameter": "var default required",
    "core.Variable": "type description",
    "core.VariableMap": "variables",
    "core.TypedInterface": "inputs outputs",
    "core.KeyValuePair": "key value",
    "core.Secret": "group group_version key mount_requirement env_var",
    "core.RetryStrategy": "retries",
    "core.WorkflowMetadataDefaults": "interruptible",
    "core.K8sObjectMetadata": "labels annotations",
    "core.Resources": "requests limits",
    "core.Resources.ResourceEntry": "name value",
    "core.TaskNode": "reference_id overrides",
    "core.Binding": "var binding",
    "core.BindingData": "scalar collection promise map offloaded_metadata",
    "core.BindingDataCollection": "bindings",
    "core.BindingDataMap": "bindings",
    "core.OutputReference": "node_id var attr_path",
    "core.PromiseAttribute": "string_value int_value",
    "core.BranchNode": "if_else",
    "core.IfElseBlock": "case other else_node error",
    "core.IfBlock": "condition then_node",
    "core.BooleanExpression": "conjunction comparison",
    "core.ConjunctionExpression": "operator left_expression right_expression",
    "core.ComparisonExpression": "operator left_value right_value",
    "core.Operand": "primitive var scalar",
    "core.Error": "failed_node_id message",
    "core.ApproveCondition": "signal_id",
    "core.SignalCondition": "signal_id type output_variable_name",
    "core.SleepCondition": "duration",
}
"""What the plan reads of the messages in those above. `failed_node_id` is the branch itself; a condition's `scalar` is
refused by the compiler's checks, as by Flyte's."""
DATA = (
    *("Identifier", "Literal", "LiteralType", "Scalar", "K8sPod", "Sql", "DataLoadingConfig"),
    *("LiteralMap", "LiteralOffloadedMetadata", "Primitive"),
)
"""Messages that are handed on whole, or belong to the plugin of a task type."""


def reached() -> dict[str, Any]:
    """Every message in a launch plan, a workflow or a task, but for what is handed on whole."""
    found: dict[str, Any] = {}
    waiting: list[Any] = [each.DESCRIPTOR for each in (LaunchPlanSpec, WorkflowTemplate, TaskTemplate)]
    while waiting:
        message = waiting.pop()
        if message.full_name in found or message.name in DATA or not message.full_name.startswith("flyteidl."):
            continue
        ends = {*REFUSED.get(message.name, {}), *WITHOUT_EFFECT.get(message.name, {})}
        inside = [
            each.message_type for each in message.fields if each.message_type is not None and each.name not in ends
        ]
        values = (each.fields_by_name["value"].message_type if each.GetOptions().map_entry else each for each in inside)
        found[message.full_name] = message
        waiting += [each for each in values if each is not None]
    return found


def test_no_message_is_forgotten() -> None:
    known = {each.DESCRIPTOR.full_name for each in MAPPED} | {f"flyteidl.{name}" for name in MAPPED_INSIDE}
    assert known == set(reached())


@pytest.mark.parametrize("name", MAPPED_INSIDE)
def test_every_field_of_a_message_inside_is_told(name: str) -> None:
    message = reached()[f"flyteidl.{name}"]
    told = [*MAPPED_INSIDE[name].split(), *REFUSED.get(message.name, {}), *WITHOUT_EFFECT.get(message.name, {})]
    assert sorted(told) == sorted(field.name for field in message.fields)


CHANGES: list[Callable[[Any], object]] = [
    lambda c: setattr(c.launch_plan.spec.raw_output_data_config, "output_location_prefix", "s3://other"),
    lambda c: setattr(c.launch_plan.spec.security_context.run_as, "iam_role", "arn:aws:iam::1:role/x"),
    lambda c: c.launch_plan.spec.security_context.secrets.add(group="g", key="k"),
    lambda c: setattr(c.launch_plan.spec.auth_role, "assumable_iam_role", "arn:aws:iam::1:role/x"),
    lambda c: setattr(c.launch_plan.spec.entity_metadata.schedule.cron_schedule, "offset", "PT1H"),
    lambda c: setattr(c.compiled.primary.template.nodes[0].output_aliases.add(), "var", "x"),
    lambda c: setattr(c.compiled.tasks[0].template.metadata, "is_eager", True),
    lambda c: setattr(c.launch_plan.spec.default_inputs.parameters["a"].artifact_query, "uri", "flyte://x"),
    lambda c: setattr(c.compiled.tasks[0].template.security_context.run_as, "iam_role", "me"),
    lambda c: c.compiled.tasks[0].template.container.ports.add(container_port=80),
]


@pytest.mark.parametrize(
    "change",
    CHANGES,
)
def test_a_field_that_cannot_be_kept_is_refused(change: Any) -> None:
    changed = closure(flow)
    change(changed)
    assert set(refused(changed)) == {"UnsupportedField"}


def test_every_refusal_has_a_way_out() -> None:
    for data in (REFUSED, NESTED):
        assert all(refusal.what and refusal.way_out for fields in data.values() for refusal in fields.values())


def test_a_launch_plan_that_a_node_runs_has_no_settings_of_its_own() -> None:
    whole = closure(flow)
    launched = LaunchPlanMessage(spec=LaunchPlanSpec(max_parallelism=2))
    launched.spec.labels.SetInParent()
    launched.spec.entity_metadata.notifications.add().email.recipients_email.append("a@b.c")
    with pytest.raises(TranslationError) as caught:
        build(replace(whole, launch_plans=(launched,)), registry.handler)
    assert [problem.message.split("(")[1].split(")")[0] for problem in caught.value.problems] == [
        "max_parallelism",
        "notifications",
    ]


def test_what_flytekit_always_writes_empty_is_no_refusal() -> None:
    changed = closure(flow)
    changed.launch_plan.spec.auth_role.SetInParent()
    assert build(changed, registry.handler).steps


# ---- capabilities -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", registry.backend_names())
def test_every_back_end_says_something_about_every_feature_and_nothing_else(name: str) -> None:
    backend = registry.backend(name)
    cells = [cell.feature for cell in backend.capabilities]
    assert sorted(cells) == sorted(FEATURES)
    for cell in backend.capabilities:
        assert cell.level is not Level.EMULATED or cell.how
        assert cell.level is not Level.REFUSED or (cell.how and cell.workaround)


def backend(*cells: Capability) -> Backend:
    return replace(registry.backend("local"), name="toy", capabilities=cells)


def test_the_features_a_plan_uses_are_found_with_their_place() -> None:
    found = {
        (use.feature, use.node) for use in uses(plan(twice, default_inputs={"n": 1}, schedule=FixedRate(timedelta(1))))
    }
    assert {
        ("launch-plan-schedule", ""),
        ("task-retries", "n0"),
        ("task-labels", "n2"),
        ("workflow-inputs", ""),
    } <= found
    assert ("task-retries", "n1") not in found
    attributes = {(use.feature, use.node) for use in uses(plan(flow)) if use.feature.startswith("bindings")}
    assert attributes == {("bindings-attribute", "n2"), ("bindings-collection", "n2")}


def test_every_refusal_is_raised_at_once_with_its_workaround() -> None:
    cells = [native(feature) for feature in FEATURES if feature not in ("task-retries", "task-labels")]
    toy = backend(*cells, Capability(feature="task-retries", level=Level.REFUSED, how="no retries", workaround="None."))
    with pytest.raises(TranslationError) as caught:
        check(plan(twice), toy, lambda task_type: None)
    found = [(problem.code, problem.message, problem.hint) for problem in caught.value.problems]
    assert found.count(("task-retries", "no retries", "None.")) == 2
    assert ("task-labels", "toy says nothing about it", "") in found


def test_a_shape_is_run_by_an_override_or_not_at_all() -> None:
    everything = [native(feature) for feature in FEATURES]
    toy = replace(backend(*everything), shapes=frozenset())
    with pytest.raises(TranslationError, match="toy cannot run a ContainerWork"):
        check(plan(flow), toy, lambda task_type: None)
    check(plan(flow), toy, lambda task_type: lambda step, context: step)
    check(plan(flow), backend(*everything), lambda task_type: None)


# ---- macros ---------------------------------------------------------------------------------------------------------


def test_flytes_options_become_the_run_root_and_the_bindings() -> None:
    template = next(each.template for each in closure(flow).compiled.tasks if each.template.id.name == span.name)
    assert entrypoint_args(template.container.args, ["n", "step"]) == (
        Text(("--run-root=", Macro.RUN_ROOT)),
        Text(("--node-path=", Macro.NODE_PATH)),
        Text(("--attempt=", Macro.ATTEMPT)),
        Text(("--bind=n=", BindingMacro("n"))),
        Text(("--bind=step=", BindingMacro("step"))),
        "--",
        "task-module",
        "tests.sdk.flows",
        "task-name",
        "span",
    )


def test_a_resolver_of_the_author_is_kept() -> None:
    args = entrypoint_args(["jetbridge-execute", "--resolver", "my.resolver", "--", "--inputs", "{x}"], [])
    assert args[3:] == ("--resolver=my.resolver", "--", "--inputs", "{x}")


def test_a_template_that_only_propeller_fills_in_is_refused() -> None:
    with pytest.raises(JetbridgeError, match="only Flyte's propeller"):
        entrypoint_args(["jetbridge-execute", "--", "{{ .perRetryUniqueKey }}"], [])


def test_plans_are_immutable() -> None:
    with pytest.raises(AttributeError):
        cast("Any", plan(flow)).name = "x"
    assert isinstance(plan(flow), Plan)
