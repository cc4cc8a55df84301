"""A container as a process of the Airflow worker: the same command, without an image and without a shell."""

from __future__ import annotations

from jetbridge.errors import JetbridgeError
from jetbridge_translators.airflow.attempts import attempt_arguments
from jetbridge_translators.airflow.controls import with_controls
from jetbridge_translators.airflow.definitions import EXECUTE, EXECUTE_AND_TELL
from jetbridge_translators.airflow.expressions import Expr
from jetbridge_translators.airflow.jinja import template
from jetbridge_translators.airflow.operators import PYTHON_OPERATOR, OperatorSpec
from jetbridge_translators.airflow.options import store_environment
from jetbridge_translators.airflow.scope import scope_of
from jetbridge_translators.base import LowerContext
from jetbridge_translators.plan.companion import engine_options
from jetbridge_translators.plan.model import Step
from jetbridge_translators.work import ContainerWork


def lower(step: Step, work: ContainerWork, context: LowerContext) -> OperatorSpec:
    """The operator of a step whose command runs in the worker."""
    if work.own_pods:
        raise JetbridgeError(
            "its container makes pods, which cannot reach a process of the worker", hint="Use `--containers pod`."
        )
    scope = scope_of(step, context, expands_dollars=False)
    environment = {**store_environment(context.settings), **dict(work.env)}
    env: dict[str, Expr] = {name: template(value, scope) for name, value in environment.items()}
    kwargs: dict[str, Expr] = {
        "python_callable": EXECUTE_AND_TELL if step.controls else EXECUTE,
        "op_args": [
            template(part, scope) for part in (*work.command, *engine_options(work), *with_controls(step, work))
        ],
        **({"op_kwargs": {"env": env}} if env else {}),
        **attempt_arguments(step),
    }
    return OperatorSpec(operator=PYTHON_OPERATOR, task_id=step.name, kwargs=kwargs, expanded="templates_dict")
