"""A pod whose image is not ours: our launcher is its first process, and our companion a sidecar (ADR 15).

KubernetesPodOperator waits for the phase of the pod, which a sidecar of Kubernetes' own kind does not hold up, and
reads the exit code, the log and the termination message of the task's container alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from jetbridge.errors import UsageError
from jetbridge_translators.airflow.definitions import COMPANION, FOREIGN_POD, Constant
from jetbridge_translators.airflow.expressions import Call, Expr, call
from jetbridge_translators.airflow.options import option, run_as_user, store_environment
from jetbridge_translators.base import Settings
from jetbridge_translators.plan import companion as plan
from jetbridge_translators.work import ForeignWork, Templated

TERMINATION = f"--controls-file={plan.TERMINATION}"
"""Control values: the launcher hands them to the kubelet, because the companion has another termination message."""
_VOLUME = "exchange"
_MODELS = "kubernetes.client"
_STARTS_WITHIN = 120


def command(args: Sequence[Templated]) -> tuple[Sequence[Templated], Sequence[Templated]]:
    """Command and arguments of the task's container: the launcher takes the companion's arguments along."""
    return [plan.LAUNCHER], [plan.FOLDER, *args]


def with_companion(common: Mapping[str, Expr], settings: Settings) -> dict[str, Expr]:
    """What pods with a companion have in common, given what all pods have."""
    user = run_as_user(settings)
    security = cast("dict[str, Expr]", common["security_context"])
    folder = call(f"{_MODELS}.V1EmptyDirVolumeSource")
    return {
        **common,
        "security_context": {**security, **({"runAsUser": user} if user else {})},
        "init_containers": [COMPANION],
        "volumes": [*_items(common, "volumes"), call(f"{_MODELS}.V1Volume", name=_VOLUME, empty_dir=folder)],
        "volume_mounts": [*_items(common, "volume_mounts"), _mount(plan.FOLDER)],
    }


def folder_mounts(common: Mapping[str, Expr], work: ForeignWork) -> dict[str, Expr]:
    """The places where the task's container also has folders of the shared one; nothing where it has none."""
    own = [_mount(place, sub_path=name) for name, place in work.folders]
    return {"volume_mounts": [*_items(common, "volume_mounts"), *own]} if own else {}


def definitions(common: Mapping[str, Expr], settings: Settings) -> tuple[Constant, ...]:
    """The constants of pods with a companion; the file keeps those that it uses."""
    return (
        Constant(
            name=COMPANION.name,
            value=_container(common, settings),
            comment="Beside a task whose image has no jetbridge: gives it its inputs, and commits what it leaves.",
        ),
        Constant(
            name=FOREIGN_POD.name,
            value=with_companion(common, settings),
            comment="A task in such an image is one pod as well.",
        ),
    )


def check_image(task: str, settings: Settings) -> None:
    """Raises `UsageError` where nobody has said which image the companion has."""
    if not option(settings, "jetbridge-image"):
        raise UsageError(
            f"the image of task {task!r} is not one of ours, so its pod needs a second container that has jetbridge",
            hint="Name an image with jetbridge in it: --jetbridge-image IMAGE.",
        )


def _container(common: Mapping[str, Expr], settings: Settings) -> Call:
    env = [call(f"{_MODELS}.V1EnvVar", name=name, value=value) for name, value in store_environment(settings).items()]
    secret = option(settings, "store-secret")
    source = call(f"{_MODELS}.V1SecretEnvSource", name=secret)
    probe = call(
        f"{_MODELS}.V1Probe",
        _exec=call(f"{_MODELS}.V1ExecAction", command=[plan.LAUNCHER]),
        period_seconds=1,
        timeout_seconds=5,
        failure_threshold=_STARTS_WITHIN,
    )
    security = cast("dict[str, Expr]", common["container_security_context"])
    given: dict[str, Expr] = {
        "name": "companion",
        "image": option(settings, "jetbridge-image"),
        "command": [plan.COMPANION],
        "args": [f"--exchange={plan.FOLDER}"],
        "env": [*env],
        "env_from": [call(f"{_MODELS}.V1EnvFromSource", secret_ref=source)] if secret else [],
        "restart_policy": "Always",
        "startup_probe": probe,
        "resources": call(f"{_MODELS}.V1ResourceRequirements", requests={"cpu": "50m", "memory": "64Mi"}),
        "security_context": security,
        "volume_mounts": [*_items(common, "volume_mounts"), _mount(plan.FOLDER)],
    }
    return call(f"{_MODELS}.V1Container", **{name: value for name, value in given.items() if value != []})


def _mount(place: str, **where: Expr) -> Call:
    return call(f"{_MODELS}.V1VolumeMount", name=_VOLUME, mount_path=place, **where)


def _items(common: Mapping[str, Expr], name: str) -> list[Expr]:
    found = common.get(name)
    return found if isinstance(found, list) else []
