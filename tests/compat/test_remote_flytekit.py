# flytekit has no type information.
# pyright: basic, reportMissingTypeStubs=false
"""The other way: our packages as flytekit's remote classes, as its client sees what a server of Flyte holds."""

from __future__ import annotations

from typing import Any

import pytest
from flytekit.models import launch_plan as their_launch_plan
from flytekit.models.core.compiler import CompiledWorkflowClosure
from flytekit.models.task import TaskTemplate
from flytekit.remote.entities import FlyteLaunchPlan, FlyteTask, FlyteWorkflow

from jetbridge import LaunchPlan
from jetbridge.idl import Identifier
from jetbridge.idl_admin import TaskSpec
from jetbridge.package import Package, package_bytes, parse_package
from jetbridge.package_closure import closure_from_package, launchable_names
from jetbridge.serialize.entities import entities_of
from tests.compat.flows import loaded
from tests.compat.node_flows import OPTION_MODULES, SOURCE, WORKFLOWS
from tests.compat.test_package_flytekit import SETTINGS

ABSENT = {"referring"}
"""Refers to what only a server has."""
PROMOTED = sorted(set(WORKFLOWS) - ABSENT)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    """Our package, written and read again."""
    with loaded("jetbridge", tmp_path_factory.mktemp("ours"), SOURCE, **OPTION_MODULES["jetbridge"]) as module:
        plans = [LaunchPlan.get_or_create(getattr(module, name)) for name in PROMOTED]
        return parse_package(package_bytes(entities_of(plans, SETTINGS)), "ours.tgz")


@pytest.mark.parametrize("name", PROMOTED)
def test_workflows_are_promoted(name: str, package: Package) -> None:
    (held,) = (each for each in launchable_names(package) if each.rpartition(".")[2] == name)
    closure = closure_from_package(package, held)
    compiled = CompiledWorkflowClosure.from_flyte_idl(closure.compiled)
    plans = {
        _identifier(plan.id): their_launch_plan.LaunchPlanSpec.from_flyte_idl(plan.spec)
        for plan in closure.launch_plans
    }
    workflow = FlyteWorkflow.promote_from_closure(compiled, plans)
    template = closure.compiled.primary.template
    assert workflow.id.name == template.id.name
    expected = [node.id for node in template.nodes] + ([template.failure_node.id] if template.failure_node.id else [])
    assert sorted(node.id for node in workflow.flyte_nodes) == sorted(expected)
    assert sorted(workflow.interface.inputs) == sorted(template.interface.inputs.variables)
    assert workflow.to_flyte_idl().template.interface == template.interface


def _identifier(identifier: Identifier) -> Any:
    from flytekit.models.core.identifier import Identifier as Theirs

    return Theirs.from_flyte_idl(identifier)


def test_tasks_are_promoted(package: Package) -> None:
    for spec in package.tasks:
        task = FlyteTask.promote_from_model(TaskTemplate.from_flyte_idl(spec.template))
        assert task.id.name == spec.template.id.name
        again = TaskSpec.FromString(task.to_flyte_idl().SerializeToString())
        assert again.template.interface == spec.template.interface
        assert list(again.template.container.args) == list(spec.template.container.args)


def test_launch_plans_are_promoted(package: Package) -> None:
    for plan in package.launch_plans:
        spec = their_launch_plan.LaunchPlanSpec.from_flyte_idl(plan.spec)
        promoted = FlyteLaunchPlan.promote_from_model(_identifier(plan.id), spec)
        assert promoted.workflow_id.name == plan.spec.workflow_id.name
        again = promoted.to_flyte_idl()
        assert (again.default_inputs, again.fixed_inputs) == (plan.spec.default_inputs, plan.spec.fixed_inputs)
