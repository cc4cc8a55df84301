# flytekit has no type information.
# pyright: basic, reportMissingTypeStubs=false
"""Every kind of node with both SDKs: the protobufs are equal, except for what names the SDK itself."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import Any

import pytest
from flytekit.core.launch_plan import LaunchPlan as TheirLaunchPlan
from flytekit.models import launch_plan as their_launch_plan
from flytekit.models.admin.workflow import WorkflowSpec as TheirWorkflowSpec
from flytekit.models.task import TaskSpec as TheirTaskSpec
from flytekit.tools.translator import get_serializable
from google.protobuf import text_format
from google.protobuf.message import Message

from jetbridge import LaunchPlan
from jetbridge.errors import CompileError
from jetbridge.idl import K8sPod
from jetbridge.idl_admin import LaunchPlan as LaunchPlanMessage
from jetbridge.idl_admin import Node, TaskSpec, WorkflowSpec, WorkflowTemplate
from jetbridge.map_task import ArrayNodeMapTask
from jetbridge.package import package_bytes, parse_package
from jetbridge.package_closure import closure_from_package, launchable_names
from jetbridge.serialize.entities import entities_of
from jetbridge.serialize.launch_plan import launch_plan_message
from jetbridge.serialize.task import map_spec, task_spec
from jetbridge.serialize.workflow import workflow_spec
from tests.compat.flows import loaded
from tests.compat.node_flows import (
    LAUNCH_PLANS,
    OPTION_LAUNCH_PLANS,
    OPTION_MODULES,
    OPTION_TASKS,
    OPTION_WORKFLOWS,
    OPTIONS,
    SOURCE,
    TASKS,
    WORKFLOWS,
)
from tests.compat.test_package_flytekit import SETTINGS, THEIR_SETTINGS, their_message

THEIR_ENTITIES = (TheirTaskSpec, TheirWorkflowSpec, their_launch_plan.LaunchPlan)
ALL = (
    (SOURCE, TASKS, WORKFLOWS, LAUNCH_PLANS),
    (OPTIONS, OPTION_TASKS, OPTION_WORKFLOWS, OPTION_LAUNCH_PLANS),
)


def our_task(entity: Any) -> TaskSpec:
    return map_spec(entity, SETTINGS) if isinstance(entity, ArrayNodeMapTask) else task_spec(entity, SETTINGS)


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for source, tasks, workflows, plans in ALL:
        with loaded("jetbridge", tmp_path_factory.mktemp("ours"), source, **OPTION_MODULES["jetbridge"]) as module:
            found |= {name: our_task(getattr(module, name)) for name in tasks}
            found |= {name: workflow_spec(getattr(module, name), SETTINGS) for name in workflows}
            found |= {name: launch_plan_message(getattr(module, name)) for name in plans}
    return found


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    TheirLaunchPlan.CACHE.clear()
    found: dict[str, Any] = {}
    for source, *names in ALL:
        with loaded("flytekit", tmp_path_factory.mktemp("theirs"), source, **OPTION_MODULES["flytekit"]) as module:
            found |= {name: their_message(getattr(module, name)) for group in names for name in group}
    return found


def lines(message: Message) -> list[str]:
    """The message as text, which pytest can show the difference of."""
    return text_format.MessageToString(message).splitlines()


def without_sdk(spec: TaskSpec) -> TaskSpec:
    """The task without the names that belong to the SDK: version, commands, resolvers, our line, carried settings."""
    copy = TaskSpec()
    copy.CopyFrom(spec)
    template = copy.template
    template.metadata.runtime.version = "any"
    template.config.pop("jetbridge.source", None)
    kept = [without_names(arg) for arg in template.container.args]
    del template.container.args[:]
    template.container.args.extend(kept)
    strip_pod(template.k8s_pod)
    for entry in template.container.env:
        entry.value = "settings" if entry.key == "_F_SS_C" else entry.value
    return copy


def without_names(arg: str) -> str:
    """An argument without the name of the SDK."""
    arg = arg.replace("pyflyte-", "jetbridge-")
    return arg.rpartition(".")[2] if arg.startswith(("flytekit.", "jetbridge.")) else arg


def strip_pod(pod: K8sPod) -> None:
    """Takes the SDK's names from the arguments of a pod's containers."""
    if "containers" not in pod.pod_spec.fields:
        return
    for container in pod.pod_spec.fields["containers"].list_value.values:
        for arg in container.struct_value.fields["args"].list_value.values:
            arg.string_value = without_names(arg.string_value)


def normal(spec: WorkflowSpec) -> WorkflowSpec:
    """Without our source lines, and with the nodes before each node in one order (flytekit's is that of a set)."""
    copy = WorkflowSpec()
    copy.CopyFrom(spec)
    for template in (copy.template, *copy.sub_workflows):
        for node in _nodes(template):
            node.metadata.config.clear()
            node.upstream_node_ids.sort()
            node.array_node.bound_inputs.sort() if node.HasField("array_node") else None
            strip_pod(node.task_node.overrides.pod_template) if node.HasField("task_node") else None
    return copy


def _nodes(template: WorkflowTemplate) -> list[Node]:
    waiting = [*template.nodes, *([template.failure_node] if template.HasField("failure_node") else [])]
    found: list[Node] = []
    while waiting:
        node = waiting.pop()
        found.append(node)
        if node.HasField("branch_node"):
            block = node.branch_node.if_else
            waiting += [block.case.then_node, *(case.then_node for case in block.other)]
            waiting += [block.else_node] if block.HasField("else_node") else []
        if node.HasField("array_node"):
            waiting.append(node.array_node.node)
    return found


@pytest.mark.parametrize("name", [*TASKS, *OPTION_TASKS])
def test_tasks_are_equal(name: str, ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    assert lines(without_sdk(ours[name])) == lines(without_sdk(theirs[name]))


@pytest.mark.parametrize("name", [*WORKFLOWS, *OPTION_WORKFLOWS])
def test_workflows_are_equal(name: str, ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    assert lines(normal(ours[name])) == lines(normal(theirs[name]))


@pytest.mark.parametrize("name", [*LAUNCH_PLANS, *OPTION_LAUNCH_PLANS])
def test_launch_plans_are_equal(name: str, ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    assert lines(ours[name]) == lines(theirs[name])


def test_what_flytekit_packages_is_read_and_checked(tmp_path: Path) -> None:
    TheirLaunchPlan.CACHE.clear()
    with loaded("flytekit", tmp_path, SOURCE, **OPTION_MODULES["flytekit"]) as module:
        entities: OrderedDict[Any, Any] = OrderedDict()
        for name in (*WORKFLOWS, "fixed_plan"):
            plan = getattr(module, name)
            plan = plan if isinstance(plan, TheirLaunchPlan) else TheirLaunchPlan.get_or_create(plan)
            get_serializable(entities, THEIR_SETTINGS, plan)
        messages = [each.to_flyte_idl() for each in entities.values() if isinstance(each, THEIR_ENTITIES)]
    package = parse_package(package_bytes(messages), "theirs")
    assert len(package.tasks) < sum(isinstance(message, TaskSpec) for message in messages), "equal maps are one"
    for name in launchable_names(package):
        if name == "same.referring":
            with pytest.raises(CompileError, match="which the package does not hold"):
                closure_from_package(package, name)
            continue
        assert closure_from_package(package, name).compiled.primary.template.nodes
    launching = closure_from_package(package, "same.launching")
    assert [plan.id.name for plan in launching.launch_plans] == ["fixed_plan", "same.inner"]
    assert [each.template.id.name for each in launching.compiled.sub_workflows] == ["same.inner"]


def test_our_package_is_that_of_flytekit(tmp_path: Path) -> None:
    """The same members for a workflow that nothing else in the module refers to."""
    with loaded("jetbridge", tmp_path, SOURCE, **OPTION_MODULES["jetbridge"]) as module:
        plan = LaunchPlan.get_or_create(module.branching)
        entities: list[Any] = entities_of([plan], SETTINGS)
    names = [each.id.name if isinstance(each, LaunchPlanMessage) else each.template.id.name for each in entities]
    assert names == [
        "same.increment",
        "same.double",
        "same.inner",
        "same.inner",
        "fixed_plan",
        "same.branching",
        "same.branching",
    ]
