"""From a step to its operator: a native override where its task type has one, else the shape of its work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from jetbridge.errors import JetbridgeError, Problem, ProblemsError, RegistryError, TranslationError, UsageError
from jetbridge_translators import registry
from jetbridge_translators.airflow import committed, pod, pods, process, sql
from jetbridge_translators.airflow.capabilities import RESOURCE_WORK
from jetbridge_translators.airflow.operators import OperatorSpec
from jetbridge_translators.airflow.options import option
from jetbridge_translators.base import Lower, LowerContext
from jetbridge_translators.plan.committed import CommittedWork
from jetbridge_translators.plan.model import Step
from jetbridge_translators.work import ContainerWork, PodWork, SqlWork

LowerContainer = Callable[[Step, ContainerWork, LowerContext], OperatorSpec]
FindLower = Callable[[str, str], "Lower | None"]

_CONTAINERS: Mapping[str, LowerContainer] = {"pod": pod.lower, "process": process.lower}


def lower_steps(
    wanted: Sequence[tuple[Step, LowerContext]], find: FindLower = registry.lowering
) -> tuple[OperatorSpec, ...]:
    """The operators of all steps, each in its context.

    Raises:
        TranslationError: steps that Airflow cannot run, all of them.
    """
    task_types = dict.fromkeys(step.task_type for step, _ in wanted)
    overrides = {task_type: find("airflow", task_type) for task_type in task_types}
    lowered = [_attempt(step, context, overrides[step.task_type]) for step, context in wanted]
    problems = [problem for outcome in lowered if not isinstance(outcome, OperatorSpec) for problem in outcome]
    if problems:
        raise TranslationError("the workflow cannot be translated to Airflow", problems)
    return tuple(outcome for outcome in lowered if isinstance(outcome, OperatorSpec))


def _attempt(step: Step, context: LowerContext, override: Lower | None) -> OperatorSpec | tuple[Problem, ...]:
    try:
        return replace(_lower(step, context, override), comment=str(step.location or ""))
    except (RegistryError, UsageError):
        raise
    except ProblemsError as error:
        return error.problems
    except JetbridgeError as error:
        return (_problem(step, step.task_type, error.message, error.hint),)


def _lower(step: Step, context: LowerContext, override: Lower | None) -> OperatorSpec:
    if isinstance(step.work, CommittedWork):
        return committed.lower(step, step.work)
    lowered = step.work if override is None else override(step, context)
    is_native = lowered is not step.work
    if step.controls and (is_native or not isinstance(step.work, ContainerWork | PodWork | SqlWork)):
        message = "a branch or a map depends on it, and only containers of Jetbridge's entrypoint tell Airflow values"
        hint = "Let a Python task take the output and return it, and use that."
        raise TranslationError("", [_problem(step, "branch", message, hint)])
    if is_native:
        return _checked(lowered, step.task_type)
    if isinstance(step.work, ContainerWork):
        return _CONTAINERS[option(context.settings, "containers")](step, step.work, context)
    if isinstance(step.work, SqlWork):
        return sql.lower(step, step.work, context)
    if isinstance(step.work, PodWork):
        return pods.lower(step, step.work, context)
    problem = _problem(step, RESOURCE_WORK.feature, RESOURCE_WORK.how, RESOURCE_WORK.workaround)
    raise TranslationError("", [problem])


def _checked(lowered: object, task_type: str) -> OperatorSpec:
    if isinstance(lowered, OperatorSpec):
        return lowered
    raise RegistryError(
        f"the Airflow override of task type {task_type!r} gave a {type(lowered).__name__}, not an OperatorSpec",
        hint="Ask the plugin's author to return jetbridge_translators.airflow.operators.OperatorSpec.",
    )


def _problem(step: Step, code: str, message: str, hint: str) -> Problem:
    where = f"node {step.id!r} (task type {step.task_type!r})"
    return Problem(code=code, message=message, where=where, location=step.location, hint=hint)
