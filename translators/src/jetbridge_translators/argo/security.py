"""What a task's pod may do: what the level `restricted` of Pod Security Standards allows, and to write below /tmp."""

from __future__ import annotations

import hera.workflows.models as m

from jetbridge_translators.argo.options import ArgoOptions

SCRATCH = "tmp"
FOLDER = "/tmp"  # noqa: S108 -- a folder of the container, which no other process sees


def pod_security(options: ArgoOptions, *, image_user: bool = False) -> m.PodSecurityContext:
    """What holds for all containers of the pod; with `image_user` each runs as the user of its image."""
    return m.PodSecurityContext(
        run_as_non_root=True,
        run_as_user=None if image_user else options.run_as_user,
        seccomp_profile=m.SeccompProfile(type="RuntimeDefault"),
    )


def container_security(options: ArgoOptions) -> m.SecurityContext:
    """What holds for the task's own container."""
    return m.SecurityContext(
        allow_privilege_escalation=False,
        capabilities=m.Capabilities(drop=["ALL"]),
        read_only_root_filesystem=True if options.read_only_root else None,
    )


def scratch_volumes(options: ArgoOptions) -> list[m.Volume]:
    """The one folder that can be written where the rest cannot; it ends with the pod."""
    return [m.Volume(name=SCRATCH, empty_dir=m.EmptyDirVolumeSource())] if options.read_only_root else []


def scratch_mounts(options: ArgoOptions) -> list[m.VolumeMount]:
    """Where that folder is found."""
    return [m.VolumeMount(name=SCRATCH, mount_path=FOLDER)] if options.read_only_root else []
