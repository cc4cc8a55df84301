"""Python tasks in a container: FlyteIDL's container target as container work."""

from __future__ import annotations

from jetbridge.errors import JetbridgeError
from jetbridge.idl import Container, Resources, Secret, TaskTemplate
from jetbridge_translators.handler import BuildContext, TaskHandler
from jetbridge_translators.plan.macros import ENTRYPOINT, MAP_ENTRYPOINT, entrypoint_args
from jetbridge_translators.work import ContainerWork, SecretRef

_RESOURCE_NAMES = {
    Resources.CPU: "cpu",
    Resources.GPU: "nvidia.com/gpu",
    Resources.MEMORY: "memory",
    Resources.EPHEMERAL_STORAGE: "ephemeral-storage",
}
_MOUNTS = {Secret.MountType.ANY: "any", Secret.MountType.ENV_VAR: "env_var", Secret.MountType.FILE: "file"}


def build_resource(template: TaskTemplate, context: BuildContext) -> ContainerWork:
    """The container of a task that runs our entrypoint. Raises `JetbridgeError` for any other container."""
    container = template.container
    command = [*container.command, *container.args]
    if not template.HasField("container") or not command or command[0] not in (ENTRYPOINT, MAP_ENTRYPOINT):
        raise JetbridgeError(
            f"task {template.id.name!r} does not run {ENTRYPOINT!r} but {' '.join(command[:1]) or 'nothing'!r}",
            hint="Only tasks authored with Jetbridge's SDK run so far; images built with flytekit come later.",
        )
    return ContainerWork(
        image=container.image,
        command=(ENTRYPOINT,),
        args=entrypoint_args(command, context.inputs),
        env=tuple((pair.key, pair.value) for pair in container.env),
        requests=_quantities(container, "requests"),
        limits=_quantities(container, "limits"),
        secrets=tuple(_secret(secret) for secret in template.security_context.secrets),
    )


def _quantities(container: Container, side: str) -> tuple[tuple[str, str], ...]:
    """Quantities by Kubernetes' names; Flyte's STORAGE has none and is ignored there too (flytek8s `utils.go`)."""
    entries = getattr(container.resources, side)
    return tuple((_RESOURCE_NAMES[entry.name], entry.value) for entry in entries if entry.name in _RESOURCE_NAMES)


def _secret(secret: Secret) -> SecretRef:
    return SecretRef(
        group=secret.group, key=secret.key, env_var=secret.env_var, mount=_MOUNTS.get(secret.mount_requirement, "any")
    )


HANDLER = TaskHandler(build_resource=build_resource, summary="Python functions in a container")
