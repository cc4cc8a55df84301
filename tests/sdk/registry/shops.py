"""Packages of a small shop: versions, references and mistakes."""

from __future__ import annotations

from jetbridge.idl import LAUNCH_PLAN, Identifier
from jetbridge.idl_admin import LaunchPlan as LaunchPlanMessage
from jetbridge.launch_plan import LaunchPlan
from jetbridge.package import Entity, Package, package_bytes, parse_package
from jetbridge.registry.entity_id import Scope
from jetbridge.serialize.entities import entities_of
from jetbridge.serialize.settings import SerializationSettings
from tests.sdk.flows import flow

SCOPE = Scope("shop", "production")
FLOW = "tests.sdk.flows.flow"


def entities(image: str = "img:1") -> list[Entity]:
    plans = [LaunchPlan.get_or_create(flow), LaunchPlan.get_or_create(flow, "nightly")]
    return entities_of(plans, SerializationSettings(image=image))


def package(image: str = "img:1") -> Package:
    return parse_package(package_bytes(entities(image)), "shop.tgz")


def referring(version: str) -> Package:
    """A workflow all of whose tasks are registered under a version, elsewhere; it holds none itself."""
    whole = package()
    (workflow,) = whole.workflows
    for node in workflow.template.nodes:
        complete(node.task_node.reference_id, version)
    return Package((), (workflow,), ())


def complete(identifier: Identifier, version: str) -> None:
    identifier.project, identifier.domain, identifier.version = SCOPE.project, SCOPE.domain, version


def launching(name: str, version: str) -> Package:
    """A launch plan of a workflow that is registered."""
    plan = LaunchPlanMessage(id=Identifier(resource_type=LAUNCH_PLAN, name=name))
    plan.spec.workflow_id.CopyFrom(package().workflows[0].template.id)
    complete(plan.spec.workflow_id, version)
    return Package((), (), (plan,))
