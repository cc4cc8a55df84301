"""Spark on Airflow: SparkKubernetesOperator, which submits the SparkApplication and follows its driver."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from jetbridge.errors import JetbridgeError
from jetbridge_translators.airflow.attempts import attempt_arguments
from jetbridge_translators.airflow.expressions import Expr
from jetbridge_translators.airflow.jinja import Scope, fill
from jetbridge_translators.airflow.operators import OperatorSpec
from jetbridge_translators.airflow.options import places
from jetbridge_translators.airflow.scope import scope_of
from jetbridge_translators.base import LowerContext
from jetbridge_translators.plan.model import Step
from jetbridge_translators.plan.names import dns_label
from jetbridge_translators.work import JsonTree, ResourceWork

OPERATOR = "airflow.providers.cncf.kubernetes.operators.spark_kubernetes.SparkKubernetesOperator"
_ENDINGS = ("yaml", "yml", "json")
"""What the operator takes for a file: unlike other operators' endings, these have no dot."""


def lower(step: Step, context: LowerContext) -> OperatorSpec:
    """The operator of a Spark task. Raises `JetbridgeError` for a task whose work is no SparkApplication."""
    if not isinstance(step.work, ResourceWork) or step.work.manifest.get("kind") != "SparkApplication":
        raise JetbridgeError(
            f"task type {step.task_type!r} did not give a SparkApplication",
            hint="Use the planning handler of jetbridge-plugins for Spark.",
        )
    kwargs: dict[str, Expr] = {
        "name": dns_label(step.name),
        "template_spec": cast("Expr", _application(step.work.manifest, step, context)),
        **places(context.settings, "namespace", "kubernetes-conn-id"),
        "get_logs": True,
        "deferrable": False,
        "do_xcom_push": False,
        **attempt_arguments(step),
    }
    return OperatorSpec(operator=OPERATOR, task_id=step.name, kwargs=kwargs)


def _application(manifest: Mapping[str, JsonTree], step: Step, context: LowerContext) -> dict[str, JsonTree]:
    plain = scope_of(step, context, expands_dollars=False, endings=_ENDINGS)
    in_container = scope_of(step, context, expands_dollars=True, endings=_ENDINGS)
    spec = cast("dict[str, JsonTree]", manifest["spec"])
    filled = {key: _field(key, value, plain, in_container) for key, value in spec.items()}
    rest = {key: fill(value, plain) for key, value in manifest.items() if value != {}}
    return {**rest, "spec": filled}


def _field(key: str, value: JsonTree, plain: Scope, in_container: Scope) -> JsonTree:
    """Kubernetes expands `$(X)` in the driver's arguments and in variables, but not in Spark's properties."""
    if isinstance(value, dict) and key in ("driver", "executor"):
        return {name: fill(item, in_container if name == "env" else plain) for name, item in value.items()}
    return fill(value, in_container if key == "arguments" else plain)


LOWERING = lower
