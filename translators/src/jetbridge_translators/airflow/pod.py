"""A container as a pod: KubernetesPodOperator, exactly one pod a task, locked down, without an XCom sidecar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jetbridge_translators.airflow import companion
from jetbridge_translators.airflow.attempts import attempt_arguments
from jetbridge_translators.airflow.controls import with_controls
from jetbridge_translators.airflow.definitions import (
    CONTROL_POD,
    FAIL_ON_USER_ERROR,
    FOREIGN_POD,
    POD,
    STORE_SECRET,
    TASK_POD,
    Constant,
)
from jetbridge_translators.airflow.expressions import Call, Expr, call
from jetbridge_translators.airflow.jinja import Scope, template
from jetbridge_translators.airflow.operators import POD_OPERATOR, OperatorSpec
from jetbridge_translators.airflow.options import READ_ONLY, option, places, store_environment, target
from jetbridge_translators.airflow.placement import own_pod, placement, pod_metadata
from jetbridge_translators.airflow.scope import scope_of
from jetbridge_translators.base import LowerContext, Settings
from jetbridge_translators.plan.model import Step
from jetbridge_translators.resource_pods import PodSettings, own_pods
from jetbridge_translators.work import ContainerWork, ForeignWork, SecretRef, Templated, variable_of

_TERMINATION_MESSAGE = "--controls-file=/dev/termination-log"
"""The kubelet gives every container this file, and its first 4 KiB to whoever reads the pod's status."""
_REFERENCE = "airflow.providers.cncf.kubernetes.secret.Secret"


def lower(step: Step, work: ContainerWork, context: LowerContext) -> OperatorSpec:
    """The operator of a step whose container is a pod."""
    scope = scope_of(step, context, expands_dollars=True)
    command, arguments = _command(step, work, context.settings)
    kwargs: dict[str, Expr] = {
        "image": template(work.image, scope),
        "cmds": [template(part, scope) for part in command],
        "arguments": [template(part, scope) for part in arguments],
        "env_vars": _environment(work, context.settings, scope),
        "pod_runtime_info_envs": _fields(work),
        "container_resources": _resources(work),
        "secrets": _secrets(work, context.settings),
        **pod_metadata(step),
        **placement(step, work),
        **attempt_arguments(step),
        "retry_policy": retry_policy(step, context.settings),
    }
    given = {name: value for name, value in kwargs.items() if value not in ([], {}, None)}
    common = shared_by(work, context.settings)
    own = {**(own_pod(step, common, work.account) or {}), **_folders(common, work)}
    return OperatorSpec(
        operator=_operator(step, context.settings),
        task_id=step.name,
        kwargs={**given, **({**common, **own} if own else {})},
        spread=None if own else FOREIGN_POD if isinstance(work, ForeignWork) else POD,
    )


def shared_by(work: ContainerWork, settings: Settings) -> dict[str, Expr]:
    """What the pods of such containers have in common."""
    common = shared(settings)
    return companion.with_companion(common, settings) if isinstance(work, ForeignWork) else common


def _folders(common: Mapping[str, Expr], work: ContainerWork) -> dict[str, Expr]:
    return companion.folder_mounts(common, work) if isinstance(work, ForeignWork) else {}


def _command(step: Step, work: ContainerWork, settings: Settings) -> tuple[Sequence[Templated], Sequence[Templated]]:
    if isinstance(work, ForeignWork):
        companion.check_image(step.template.id.name, settings)
        return companion.command(with_controls(step, work, companion.TERMINATION))
    return work.command, [*own_pods(work, pod_settings(settings)), *with_controls(step, work, _TERMINATION_MESSAGE)]


def _fields(work: ContainerWork) -> Expr:
    """Variables that Kubernetes fills in from the pod."""
    return [
        call(
            "kubernetes.client.V1EnvVar",
            name=name,
            value_from=call(
                "kubernetes.client.V1EnvVarSource",
                field_ref=call("kubernetes.client.V1ObjectFieldSelector", field_path=path),
            ),
        )
        for name, path in work.fields
    ]


def _operator(step: Step, settings: Settings) -> str:
    """KubernetesPodOperator itself fails alike for every exit code, and before 3.3 all failures are tried again."""
    if step.controls:
        return CONTROL_POD.name
    return TASK_POD.name if step.retries and target(settings) != "3.3" else POD_OPERATOR


def _environment(work: ContainerWork, settings: Settings, scope: Scope) -> Expr:
    environment = {**store_environment(settings), **dict(work.env)}
    return {name: template(value, scope) for name, value in environment.items()}


def _resources(work: ContainerWork) -> Call | None:
    quantities: dict[str, Expr] = {
        name: dict(values) for name, values in (("requests", work.requests), ("limits", work.limits)) if values
    }
    return call("kubernetes.client.V1ResourceRequirements", **quantities) if quantities else None


def _secrets(work: ContainerWork, settings: Settings) -> Expr:
    reads_store = not isinstance(work, ForeignWork) or work.reads_store
    store: list[Expr] = [STORE_SECRET] if option(settings, "store-secret") and reads_store else []
    variables = [_variable(secret) for secret in work.secrets if secret.mount != "file"]
    groups = dict.fromkeys(secret.group for secret in work.secrets if secret.mount == "file")
    return [*store, *variables, *(_files(group, work.secrets) for group in groups)]


def _variable(secret: SecretRef) -> Call:
    """One entry of a Kubernetes Secret as the variable that the entrypoint reads."""
    return call(_REFERENCE, "env", variable_of(secret), secret.group, secret.key)


def _files(group: str, secrets: Sequence[SecretRef]) -> Call:
    """All entries of one Kubernetes Secret that are wanted as files, in one folder and in lower case."""
    keys = dict.fromkeys(secret.key for secret in secrets if secret.group == group and secret.mount == "file")
    items: list[Expr] = [call("kubernetes.client.V1KeyToPath", key=key, path=key.lower()) for key in keys]
    return call(_REFERENCE, "volume", f"/etc/secrets/{group.lower()}", group, items=items)


def retry_policy(step: Step, settings: Settings) -> Call | None:
    """What makes an error of the user's code final, where Airflow has such a thing and the task may be tried again."""
    return Call(FAIL_ON_USER_ERROR) if step.retries and target(settings) == "3.3" else None


def pod_settings(settings: Settings) -> PodSettings:
    """What the pods of a Kubernetes object get that an operator creates."""
    return PodSettings(
        env=store_environment(settings),
        secret=option(settings, "store-secret"),
        read_only_root=option(settings, "root-filesystem") == READ_ONLY,
    )


def definitions(settings: Settings) -> tuple[Constant, ...]:
    """The constants that pods share."""
    store_secret = Constant(
        name=STORE_SECRET.name,
        value=call(_REFERENCE, "env", None, option(settings, "store-secret")),
        comment="Every entry of this Kubernetes Secret becomes an environment variable: the store's credentials.",
    )
    return (
        *((store_secret,) if option(settings, "store-secret") else ()),
        _pod(settings),
        *companion.definitions(shared(settings), settings),
    )


def _pod(settings: Settings) -> Constant:
    return Constant(
        name=POD.name,
        value=shared(settings),
        comment="Every task is one pod: its log goes to Airflow, then it is deleted.",
    )


def shared(settings: Settings) -> dict[str, Expr]:
    """What all pods have in common."""
    given = places(settings, "namespace", "service-account", "kubernetes-conn-id")
    return {**given, **_LIFE, **_SECURITY, **_container(settings)}


_LIFE: Mapping[str, Expr] = {
    "startup_timeout_seconds": 600,
    "startup_check_interval_seconds": 2,
    "get_logs": True,
    "log_events_on_failure": True,
    "on_finish_action": "delete_pod",
    "deferrable": False,
    "do_xcom_push": False,
}
_SECURITY: Mapping[str, Expr] = {
    "automount_service_account_token": False,
    "security_context": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
}
_CONTAINER: Mapping[str, Expr] = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
SCRATCH = "tmp"
FOLDER = "/tmp"  # noqa: S108 -- a folder of the container, which no other process sees


def _container(settings: Settings) -> Mapping[str, Expr]:
    """The container's own limits; where its root cannot be written, one folder can, and ends with the pod."""
    if option(settings, "root-filesystem") != READ_ONLY:
        return {"container_security_context": dict(_CONTAINER)}
    folder = call("kubernetes.client.V1EmptyDirVolumeSource")
    return {
        "container_security_context": {**_CONTAINER, "readOnlyRootFilesystem": True},
        "volumes": [call("kubernetes.client.V1Volume", name=SCRATCH, empty_dir=folder)],
        "volume_mounts": [call("kubernetes.client.V1VolumeMount", name=SCRATCH, mount_path=FOLDER)],
    }
