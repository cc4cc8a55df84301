"""Spark on Airflow: SparkKubernetesOperator, which submits the SparkApplication and follows its driver."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from jetbridge_translators.airflow.attempts import attempt_arguments
from jetbridge_translators.airflow.expressions import Expr
from jetbridge_translators.airflow.jinja import fill
from jetbridge_translators.airflow.operators import OperatorSpec
from jetbridge_translators.airflow.options import places
from jetbridge_translators.airflow.pod import pod_settings, retry_policy
from jetbridge_translators.airflow.scope import scope_of
from jetbridge_translators.base import LowerContext
from jetbridge_translators.plan.model import Step
from jetbridge_translators.plan.names import dns_label
from jetbridge_translators.resource_pods import with_settings
from jetbridge_translators.work import JsonTree, ResourceWork, Work

OPERATOR = "airflow.providers.cncf.kubernetes.operators.spark_kubernetes.SparkKubernetesOperator"
_ENDINGS = ("yaml", "yml", "json")
"""What the operator takes for a file: unlike other operators' endings, these have no dot."""


def lower(step: Step, context: LowerContext) -> OperatorSpec | Work:
    """The operator of a SparkApplication; a driver in the task's own pod is a pod as any other."""
    if not isinstance(step.work, ResourceWork):
        return step.work
    work = with_settings(step.work, pod_settings(context.settings))
    kwargs: dict[str, Expr] = {
        "name": dns_label(step.name),
        "template_spec": cast("Expr", _application(work.manifest, step, context)),
        **places(context.settings, "namespace", "kubernetes-conn-id"),
        "get_logs": True,
        "deferrable": False,
        "do_xcom_push": False,
        **attempt_arguments(step),
    }
    policy = retry_policy(step, context.settings)
    return OperatorSpec(
        operator=OPERATOR, task_id=step.name, kwargs={**kwargs, **({"retry_policy": policy} if policy else {})}
    )


def _application(manifest: Mapping[str, JsonTree], step: Step, context: LowerContext) -> dict[str, JsonTree]:
    """The application with Airflow's templates. Kubernetes expands `$(X)` in the driver's arguments alone.

    The variables in its pods are written for Kubernetes already, and Spark's properties it does not read.
    """
    plain = scope_of(step, context, expands_dollars=False, endings=_ENDINGS)
    in_container = scope_of(step, context, expands_dollars=True, endings=_ENDINGS)
    spec = cast("dict[str, JsonTree]", manifest["spec"])
    filled = {key: fill(value, in_container if key == "arguments" else plain) for key, value in spec.items()}
    rest = {key: fill(value, plain) for key, value in manifest.items() if value != {}}
    return {**rest, "spec": filled}


LOWERING = lower
