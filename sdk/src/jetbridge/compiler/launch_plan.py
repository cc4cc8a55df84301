"""Whether a launch plan's inputs are those of its workflow (flytepropeller `transformers/k8s/inputs.go`)."""

from __future__ import annotations

from collections.abc import Iterator

from jetbridge.errors import Problem
from jetbridge.idl import Literal, LiteralType, TypedInterface
from jetbridge.idl_admin import LaunchPlan
from jetbridge.suggest import did_you_mean
from jetbridge.types.describe import describe
from jetbridge.types.fits import fits
from jetbridge.types.naming import literal_kind


def check_launch_plan(plan: LaunchPlan, interface: TypedInterface) -> tuple[Problem, ...]:
    """Problems of a launch plan's default and fixed inputs against the interface of the workflow that it launches."""
    defaults = plan.spec.default_inputs.parameters
    given = {name: defaults[name].default for name in defaults if defaults[name].HasField("default")}
    fixed = dict(plan.spec.fixed_inputs.literals)
    types = {name: variable.type for name, variable in interface.inputs.variables.items()}
    return (
        *_names(plan, sorted({*defaults, *fixed}), types),
        *_literals(plan, given, types, "default"),
        *_literals(plan, fixed, types, "fixed"),
    )


def _names(plan: LaunchPlan, names: list[str], types: dict[str, LiteralType]) -> Iterator[Problem]:
    for name in names:
        if name not in types:
            yield Problem(
                code="VariableNameNotFound",
                message=f"launch plan {plan.id.name!r} gives the input {name!r}, which its workflow does not have",
                where=f"{plan.id.name}.{name}",
                hint=did_you_mean(name, types),
            )


def _literals(
    plan: LaunchPlan, literals: dict[str, Literal], types: dict[str, LiteralType], kind: str
) -> Iterator[Problem]:
    for name in sorted(literals.keys() & types.keys()):
        literal, declared = literals[name], types[name]
        unknown = literal.WhichOneof("value") is None
        if unknown or not (fits(literal, declared) or literal.HasField("offloaded_metadata")):
            yield Problem(
                code="InvalidLiteralType" if unknown else "MismatchingTypes",
                message=f"the {kind} input {name!r} of launch plan {plan.id.name!r} is {describe(declared)}, "
                f"but its value is {literal_kind(literal)}",
                where=f"{plan.id.name}.{name}",
                hint="Give a value of that type.",
            )
