# flytekit has no type information.
# pyright: basic, reportMissingTypeStubs=false
"""The same file with both SDKs: the protobufs are equal, except for what names the SDK itself."""

from __future__ import annotations

import subprocess
import sys
from collections import OrderedDict
from pathlib import Path
from typing import Any

import pytest
from flytekit.configuration import Image, ImageConfig
from flytekit.configuration import SerializationSettings as TheirSettings
from flytekit.core.launch_plan import LaunchPlan as TheirLaunchPlan
from flytekit.models import launch_plan as their_launch_plan
from flytekit.models import task as their_task
from flytekit.models.core import workflow as their_workflow
from flytekit.tools.translator import get_serializable
from google.protobuf import text_format
from google.protobuf.message import Message

from jetbridge import LaunchPlan
from jetbridge.idl_admin import LaunchPlan as LaunchPlanMessage
from jetbridge.idl_admin import TaskSpec, WorkflowSpec, WorkflowTemplate
from jetbridge.package import read_package
from jetbridge.package_closure import closure_from_package, launchable_names
from jetbridge.serialize.entities import entities_of
from jetbridge.serialize.launch_plan import launch_plan_message
from jetbridge.serialize.settings import SerializationSettings
from jetbridge.serialize.task import description, task_spec
from jetbridge.serialize.workflow import workflow_template
from jetbridge_translators import registry
from jetbridge_translators.plan.build import build
from jetbridge_translators.work import ForeignWork
from tests.compat.flows import SOURCE, loaded

SETTINGS = SerializationSettings(image="img:1")
THEIR_SETTINGS = TheirSettings(
    image_config=ImageConfig(default_image=Image("default", "img", "1"), images=[Image("default", "img", "1")]),
    project="",
    domain="",
    version="",
)
TASKS = ["plain", "full", "sized", "typed", "made", "optional", "say", "collect"]
WORKFLOWS = ["simple", "wide"]
LAUNCH_PLANS = ["default", "nightly", "often", "hourly", "daily"]


def their_message(entity: Any) -> Any:
    return get_serializable(OrderedDict(), THEIR_SETTINGS, entity).to_flyte_idl()


def our_workflow(entity: Any) -> WorkflowSpec:
    docs = description(entity.docs, entity.function.__doc__)
    return WorkflowSpec(template=workflow_template(entity, SETTINGS), description=docs)


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    with loaded("jetbridge", tmp_path_factory.mktemp("ours")) as module:
        return {
            **{name: task_spec(getattr(module, name), SETTINGS) for name in TASKS},
            **{name: our_workflow(getattr(module, name)) for name in WORKFLOWS},
            **{name: launch_plan_message(getattr(module, name)) for name in LAUNCH_PLANS},
        }


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    TheirLaunchPlan.CACHE.clear()
    with loaded("flytekit", tmp_path_factory.mktemp("theirs")) as module:
        names = (*TASKS, *WORKFLOWS, *LAUNCH_PLANS)
        return {name: their_message(getattr(module, name)) for name in names}


def lines(message: Message) -> list[str]:
    """The message as text, which pytest can show the difference of."""
    return text_format.MessageToString(message).splitlines()


def without_sdk(spec: TaskSpec) -> TaskSpec:
    """The task without the names that belong to the SDK: its version, its entrypoint, its resolver, our source line."""
    copy = TaskSpec()
    copy.CopyFrom(spec)
    template = copy.template
    template.metadata.runtime.version = "any"
    args = template.container.args
    assert args[0] in ("pyflyte-execute", "jetbridge-execute")
    args[0] = "entrypoint"
    resolver = list(args).index("--resolver") + 1
    assert args[resolver].endswith("default_task_resolver")
    args[resolver] = "resolver"
    template.config.pop("jetbridge.source", None)
    return copy


@pytest.mark.parametrize("name", TASKS)
def test_tasks_are_equal(name: str, ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    assert lines(without_sdk(ours[name])) == lines(without_sdk(theirs[name]))


@pytest.mark.parametrize("name", WORKFLOWS)
def test_workflows_are_equal(name: str, ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    assert all(node.metadata.config["jetbridge.source"].startswith("/") for node in ours[name].template.nodes)
    assert lines(normal(ours[name].template)) == lines(normal(theirs[name].template))
    assert ours[name].description == theirs[name].description


@pytest.mark.parametrize("name", LAUNCH_PLANS)
def test_launch_plans_are_equal(name: str, ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    assert lines(ours[name]) == lines(theirs[name])


def normal(template: WorkflowTemplate) -> WorkflowTemplate:
    """Without our source lines, and with the nodes before each node in one order (flytekit's is that of a set)."""
    copy = WorkflowTemplate()
    copy.CopyFrom(template)
    for node in copy.nodes:
        node.metadata.config.clear()
        node.upstream_node_ids.sort()
    return copy


def test_flytekits_models_read_our_messages_like_their_own(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    read_task, read_workflow = their_task.TaskTemplate.from_flyte_idl, their_workflow.WorkflowTemplate.from_flyte_idl
    read_plan = their_launch_plan.LaunchPlanSpec.from_flyte_idl
    for name in TASKS:
        assert read_task(ours[name].template).to_flyte_idl() == ours[name].template
    for name in WORKFLOWS:
        mine, other = (read_workflow(normal(each[name].template)).to_flyte_idl() for each in (ours, theirs))
        assert lines(mine) == lines(other)
    for name in LAUNCH_PLANS:
        mine, other = (read_plan(each[name].spec).to_flyte_idl() for each in (ours, theirs))
        assert mine == other


def test_a_whole_package_of_ours_holds_what_flytekit_writes(tmp_path: Path) -> None:
    with loaded("jetbridge", tmp_path) as module:
        plans = [LaunchPlan.get_or_create(module.wide), module.often]
        entities = entities_of(plans, SETTINGS)
    kinds = [type(entity) for entity in entities]
    assert kinds == [TaskSpec] * 8 + [WorkflowSpec, LaunchPlanMessage, LaunchPlanMessage]


@pytest.fixture(scope="module")
def pyflyte_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("package")
    (folder / "same.py").write_text(SOURCE.format(sdk="flytekit"))
    command = [str(Path(sys.executable).with_name("pyflyte")), "--pkgs", "same", "package", "--image", "img:1"]
    subprocess.run([*command, "--output", "theirs.tgz"], cwd=folder, check=True, capture_output=True)
    return folder / "theirs.tgz"


def test_what_the_real_pyflyte_packages_is_read_and_checked(pyflyte_package: Path, theirs: dict[str, Any]) -> None:
    package = read_package(pyflyte_package)
    assert {spec.template.id.name for spec in package.tasks} == {f"same.{name}" for name in TASKS}
    plans = ("daily", "hourly", "nightly", "often")
    assert sorted(launchable_names(package)) == sorted(["same.simple", "same.wide", *plans])
    for name in launchable_names(package):
        closure = closure_from_package(package, name)
        assert closure.compiled.primary.template.nodes
    assert closure_from_package(package, "often").launch_plan == theirs["often"]


def test_tasks_of_flytekit_are_planned_with_a_companion(pyflyte_package: Path) -> None:
    closure = closure_from_package(read_package(pyflyte_package), "same.simple")
    works = {step.task_type: step.work for step in build(closure, registry.handler).steps}
    assert {type(work) for work in works.values()} == {ForeignWork}
