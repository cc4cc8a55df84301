"""A launch plan on the wire: a workflow's defaults live only here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, cast

from jetbridge.binding_data import CONSTANTS
from jetbridge.errors import TypeTransformError
from jetbridge.idl import (
    LAUNCH_PLAN,
    WORKFLOW,
    Identifier,
    Identity,
    Literal,
    LiteralMap,
    Parameter,
    ParameterMap,
    Scalar,
    Void,
)
from jetbridge.idl_admin import CronSchedule as CronScheduleMessage
from jetbridge.idl_admin import (
    EmailNotification,
    FixedRateUnit,
    LaunchPlanMetadata,
    LaunchPlanSpec,
    PagerDutyNotification,
    Schedule,
    SlackNotification,
)
from jetbridge.idl_admin import FixedRate as FixedRateMessage
from jetbridge.idl_admin import LaunchPlan as LaunchPlanMessage
from jetbridge.idl_admin import Notification as NotificationMessage
from jetbridge.interface import NO_DEFAULT, Variable, typed_interface
from jetbridge.launch_options import Email, Notification, PagerDuty, Slack
from jetbridge.launch_plan import CronSchedule, FixedRate, LaunchPlan
from jetbridge.types import literal_type, to_literal


def launch_plan_message(plan: LaunchPlan) -> LaunchPlanMessage:
    """The launch plan. Raises `TypeTransformError` when a default or fixed input is not of its type."""
    message = LaunchPlanMessage(
        id=Identifier(resource_type=LAUNCH_PLAN, name=plan.name),
        spec=LaunchPlanSpec(
            workflow_id=Identifier(resource_type=WORKFLOW, name=plan.workflow.name),
            entity_metadata=_metadata(plan),
            default_inputs=_default_inputs(plan),
            fixed_inputs=_fixed_inputs(plan),
            max_parallelism=plan.max_parallelism,
            overwrite_cache=plan.overwrite_cache,
        ),
    )
    for part in ("labels", "annotations", "raw_output_data_config"):
        getattr(message.spec, part).SetInParent()
    message.spec.labels.values.update(plan.labels)
    message.spec.annotations.values.update(plan.annotations)
    _fill_settings(plan, message.spec)
    message.closure.expected_inputs.SetInParent()
    message.closure.expected_outputs.SetInParent()
    return message


def _fill_settings(plan: LaunchPlan, spec: LaunchPlanSpec) -> None:
    if plan.raw_output_data_config is not None:
        spec.raw_output_data_config.output_location_prefix = plan.raw_output_data_config.output_location_prefix
    if plan.security_context is not None:
        run_as = plan.security_context.run_as
        identity = Identity(iam_role=run_as.iam_role, k8s_service_account=run_as.k8s_service_account)
        spec.security_context.run_as.CopyFrom(identity)
    if plan.concurrency is not None:
        spec.concurrency_policy.max = plan.concurrency.max_concurrency
        spec.concurrency_policy.behavior = cast("Any", plan.concurrency.behavior)


def _default_inputs(plan: LaunchPlan) -> ParameterMap:
    typed = typed_interface(plan.workflow.interface).inputs.variables
    parameters = ParameterMap()
    parameters.SetInParent()
    for name, variable in plan.workflow.interface.inputs.items():
        if name in plan.fixed_inputs:
            continue
        parameter = Parameter(var=typed[name])
        value = plan.default_inputs.get(name, variable.default)
        if variable.optional and (value is None or value is NO_DEFAULT):
            parameter.default.CopyFrom(_NONE)
        elif value is NO_DEFAULT:
            parameter.required = True
        else:
            parameter.default.CopyFrom(_literal(name, value, variable))
        parameters.parameters[name].CopyFrom(parameter)
    return parameters


_NONE = Literal(scalar=Scalar(none_type=Void()))
"""What flytekit writes for an Optional input without a default (`core/interface.py`): no union around it."""


def _fixed_inputs(plan: LaunchPlan) -> LiteralMap:
    inputs = plan.workflow.interface.inputs
    literals = {name: _literal(name, value, inputs[name]) for name, value in plan.fixed_inputs.items()}
    message = LiteralMap(literals=literals)
    message.SetInParent()
    return message


def _literal(name: str, value: object, variable: Variable) -> Literal:
    try:
        return to_literal(CONSTANTS, value, variable.python_type, literal_type(variable.python_type))
    except TypeTransformError as error:
        raise TypeTransformError(f"default of input {name!r}: {error.message}", hint=error.hint) from error


def _metadata(plan: LaunchPlan) -> LaunchPlanMetadata:
    metadata = LaunchPlanMetadata(notifications=[_notification(each) for each in plan.notifications])
    if plan.schedule is not None:
        metadata.schedule.CopyFrom(_SCHEDULES[type(plan.schedule)](plan.schedule))
        metadata.schedule.kickoff_time_input_arg = plan.schedule.kickoff_time_input_arg or ""
    return metadata


def _notification(notification: Notification) -> NotificationMessage:
    kind, message = _NOTIFICATIONS[type(notification)]
    return NotificationMessage(
        phases=cast("Any", notification.phases), **{kind: message(recipients_email=notification.recipients_email)}
    )


_NOTIFICATIONS: Mapping[type, tuple[str, Callable[..., Any]]] = {
    Email: ("email", EmailNotification),
    PagerDuty: ("pager_duty", PagerDutyNotification),
    Slack: ("slack", SlackNotification),
}


def _cron(schedule: CronSchedule) -> Schedule:
    return Schedule(cron_schedule=CronScheduleMessage(schedule=schedule.schedule, offset=schedule.offset))


def _rate(schedule: FixedRate) -> Schedule:
    for unit, length in _UNITS:
        if schedule.duration % length == timedelta(0):
            return Schedule(rate=FixedRateMessage(value=schedule.duration // length, unit=unit))
    raise TypeTransformError(f"a rate of {schedule.duration} is not whole minutes", hint="Use minutes, hours or days.")


_UNITS = (
    (FixedRateUnit.DAY, timedelta(days=1)),
    (FixedRateUnit.HOUR, timedelta(hours=1)),
    (FixedRateUnit.MINUTE, timedelta(minutes=1)),
)
_SCHEDULES: Mapping[type, Callable[[Any], Schedule]] = {CronSchedule: _cron, FixedRate: _rate}
