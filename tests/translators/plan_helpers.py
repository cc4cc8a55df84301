"""Closures of small workflows, for the tests of the plan and the local runner."""

from __future__ import annotations

from typing import Any

from jetbridge import LaunchPlan
from jetbridge.idl import LiteralMap
from jetbridge.serialize.closure import Closure, closure_of
from jetbridge.serialize.launch_plan import launch_plan_message
from jetbridge.serialize.settings import SerializationSettings
from jetbridge_translators import registry
from jetbridge_translators.plan.build import build
from jetbridge_translators.plan.model import Plan

SETTINGS = SerializationSettings(image="img:1")


def closure(flow: Any, **options: Any) -> Closure:
    """The closure of a workflow, or of a launch plan of it with these options."""
    plan = LaunchPlan.get_or_create(flow, name="lp" if options else None, **options)
    return closure_of(plan, SETTINGS)


def plan(flow: Any, **options: Any) -> Plan:
    """The plan of a workflow."""
    return build(closure(flow, **options), registry.handler)


def defaults(flow: Any) -> LiteralMap:
    """The workflow's inputs, as their defaults say."""
    parameters = launch_plan_message(LaunchPlan.get_or_create(flow)).spec.default_inputs.parameters
    return LiteralMap(literals={name: parameter.default for name, parameter in parameters.items()})
