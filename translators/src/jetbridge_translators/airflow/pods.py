"""A pod around a task's container on Airflow: KubernetesPodOperator with the pod's manifest as its template.

The operator's arguments, which are those of any other task, win over the manifest; lists are joined. The container that
the operator waits for, and whose log it shows, is called `base`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from jetbridge.errors import JetbridgeError, Problem, TranslationError
from jetbridge.idl import TaskTemplate
from jetbridge_translators.airflow import pod, process
from jetbridge_translators.airflow.capabilities import PROCESS_PODS
from jetbridge_translators.airflow.definitions import beside
from jetbridge_translators.airflow.expressions import Call, Expr
from jetbridge_translators.airflow.jinja import fill
from jetbridge_translators.airflow.operators import OperatorSpec
from jetbridge_translators.airflow.options import option
from jetbridge_translators.airflow.scope import scope_of
from jetbridge_translators.base import LowerContext
from jetbridge_translators.plan.model import Step
from jetbridge_translators.plan.placement import service_account
from jetbridge_translators.plan.pods import needs_companions, plain_environment, renamed
from jetbridge_translators.work import JsonTree, PodWork

BASE = "base"
Json = dict[str, Any]
_SECURITY = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
_BY_ARGUMENT = ("securityContext", "serviceAccount", "serviceAccountName")


def lower(step: Step, work: PodWork, context: LowerContext) -> OperatorSpec:
    """The operator of a step whose work is a pod.

    Raises:
        TranslationError: the worker would have to be the pod, and cannot.
        JetbridgeError: a container has a name that the operator needs.
    """
    alone = replace(step, work=work.main, template=_without_extended(step.template))
    if option(context.settings, "containers") == "process":
        return _in_worker(alone, work, context)
    names = [container["name"] for container in (*work.containers, *work.init_containers)]
    if BASE in names:
        raise JetbridgeError(
            f"a container beside the task's own is called {BASE!r}, as the operator calls that",
            hint="Give it another name.",
        )
    return _pod(alone, renamed(work, BASE), context)


def _without_extended(template: TaskTemplate) -> TaskTemplate:
    """The task without what its pod has already: shared memory, and nodes with its accelerator."""
    copy = TaskTemplate()
    copy.CopyFrom(template)
    copy.ClearField("extended_resources")
    return copy


def _in_worker(step: Step, work: PodWork, context: LowerContext) -> OperatorSpec:
    if needs_companions(work):
        where = f"node {step.id!r} (task type {step.task_type!r})"
        problem = Problem(
            code=PROCESS_PODS.feature,
            message=PROCESS_PODS.how,
            where=where,
            location=step.location,
            hint=PROCESS_PODS.workaround,
        )
        raise TranslationError("", [problem])
    main = replace(work.main, env=tuple(plain_environment(work).items()))
    return process.lower(replace(step, work=main), main, context)


def _pod(step: Step, work: PodWork, context: LowerContext) -> OperatorSpec:
    found = pod.lower(step, work.main, context)
    common = pod.shared_by(work.main, context.settings)
    # Kubernetes' own `$(NAME)` keeps its meaning in a pod that the author wrote.
    scope = scope_of(step, context, expands_dollars=False)
    given = {**common, **found.kwargs}
    changed = {name: value for name, value in _arguments(step, work, given).items() if value != given.get(name, {})}
    # An argument cannot be given both by name and by `**POD`.
    is_common = found.spread is not None and not changed.keys() & common.keys()
    kwargs = {**({} if is_common else common), **found.kwargs, **changed}
    return replace(
        found,
        operator=beside(found.operator) if work.containers else found.operator,
        kwargs={
            **{name: value for name, value in kwargs.items() if value != []},
            "pod_template_dict": cast("Expr", fill(_manifest(work), scope)),
        },
        spread=found.spread if is_common else None,
    )


def _arguments(step: Step, work: PodWork, given: Mapping[str, Expr]) -> dict[str, Expr]:
    """What both the operator and the pod say: the pod's, on top of what all pods have."""
    spec, own = cast("Json", work.spec), cast("Json", work.container)
    account = spec.get("serviceAccountName") or spec.get("serviceAccount")
    policy = own.get("terminationMessagePolicy")
    return {
        "security_context": _merged(given.get("security_context"), spec.get("securityContext")),
        "container_security_context": _merged(given.get("container_security_context"), own.get("securityContext")),
        **({"service_account_name": account} if account and not service_account(step.template) else {}),
        **({"termination_message_policy": policy} if policy else {}),
        **_without_double(given, own),
    }


def _merged(common: Expr, own: Json | None) -> Expr:
    return cast("Expr", {**cast("Json", common or {}), **(own or {})})


def _without_double(given: Mapping[str, Expr], own: Json) -> dict[str, Expr]:
    """The operator's own folder and variables, but for those that the pod has as well."""
    mounts = {mount.get("mountPath") for mount in own.get("volumeMounts", [])}
    lists = ("volumes", "volume_mounts") if pod.FOLDER in mounts else ()
    volumes: dict[str, Expr] = {name: _but_scratch(given.get(name)) for name in lists}
    names = {entry["name"] for entry in own.get("env", [])}
    variables = cast("dict[str, Expr]", given.get("env_vars") or {})
    kept = {name: value for name, value in variables.items() if name not in names}
    return {**volumes, **({"env_vars": kept} if kept != variables else {})}


def _but_scratch(items: Expr) -> Expr:
    given = cast("list[Call]", items or [])
    return [each for each in given if ("name", pod.SCRATCH) not in each.kwargs]


def _manifest(work: PodWork) -> dict[str, JsonTree]:
    metadata = {"labels": dict(work.labels), "annotations": dict(work.annotations)}
    spec: Json = {key: value for key, value in work.spec.items() if key not in _BY_ARGUMENT}
    main: Json = {key: value for key, value in work.container.items() if key != "securityContext"}
    containers = {
        # First, because the operator joins its own container with the first one.
        "containers": [{"name": BASE, **main}, *map(_limited, work.containers)],
        "initContainers": [_limited(each) for each in work.init_containers],
    }
    filled = {key: value for key, value in {**spec, **containers}.items() if value != []}
    named = {key: value for key, value in metadata.items() if value}
    found: Json = {"apiVersion": "v1", "kind": "Pod", **({"metadata": named} if named else {}), "spec": filled}
    return found


def _limited(container: Mapping[str, JsonTree]) -> Json:
    own = cast("Json", container.get("securityContext") or {})
    return {**container, "securityContext": {**_SECURITY, **own}}
