"""A task whose image is not ours: its container with our launcher first, and our companion beside it, in one pod.

The companion is a sidecar as Kubernetes has them from 1.29 on: an init container that goes on. So the task's container
is Argo's `main`: its log, its exit code and its end are the task's, whatever they come from.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import hera.workflows.models as m

from jetbridge.errors import UsageError
from jetbridge_translators.argo.options import ArgoOptions
from jetbridge_translators.argo.security import container_security, scratch_mounts
from jetbridge_translators.plan.companion import COMPANION, FOLDER, LAUNCHER

_VOLUME = "exchange"
_STARTS_WITHIN = 120
"""Seconds; a node may be busy, and the companion's image has to be there first in any case."""


def exchange_volume() -> m.Volume:
    """The folder that both containers share; it ends with the pod."""
    return m.Volume(name=_VOLUME, empty_dir=m.EmptyDirVolumeSource())


def exchange_mount() -> m.VolumeMount:
    """Where both find it."""
    return m.VolumeMount(name=_VOLUME, mount_path=FOLDER)


def launched(container: m.Container, folders: Iterable[tuple[str, str]]) -> m.Container:
    """The task's container: the launcher comes first, and takes the companion's arguments along.

    Args:
        container: The container as if our entrypoint were in it.
        folders: Folders of the shared one that it also has elsewhere: the name and the place.
    """
    shared = [m.VolumeMount(name=_VOLUME, mount_path=place, sub_path=name) for name, place in folders]
    update: dict[str, Any] = {
        "command": [LAUNCHER],
        "args": [FOLDER, *(container.args or ())],
        "volume_mounts": [*(container.volume_mounts or ()), exchange_mount(), *shared],
    }
    return container.model_copy(update=update)


def companion(
    env: list[m.EnvVar], env_from: list[m.EnvFromSource] | None, task: str, options: ArgoOptions
) -> m.UserContainer:
    """The companion's container, which is the same for all tasks.

    Raises:
        UsageError: nobody has said which image it has.
    """
    if not options.jetbridge_image:
        raise UsageError(
            f"the image of task {task!r} is not one of ours, so its pod needs a second container that has jetbridge",
            hint="Name an image with jetbridge in it: --jetbridge-image IMAGE.",
        )
    probe = m.Probe(
        exec=m.ExecAction(command=[LAUNCHER]), period_seconds=1, timeout_seconds=5, failure_threshold=_STARTS_WITHIN
    )
    return m.UserContainer(
        name="companion",
        image=options.jetbridge_image,
        command=[COMPANION],
        args=[f"--exchange={FOLDER}"],
        env=env or None,
        env_from=env_from,
        restart_policy="Always",
        startup_probe=probe,
        resources=m.ResourceRequirements(requests={"cpu": m.Quantity("50m"), "memory": m.Quantity("64Mi")}),
        security_context=container_security(options),
        volume_mounts=[*scratch_mounts(options), exchange_mount()],
    )
