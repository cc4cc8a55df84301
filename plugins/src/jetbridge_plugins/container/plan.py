"""Python tasks in a container: FlyteIDL's container target as container work."""

from __future__ import annotations

from collections.abc import Iterable

from jetbridge.errors import JetbridgeError
from jetbridge.idl import Container, Resources, Secret, TaskTemplate
from jetbridge_plugins.pod.build import needs_pod, pod_work
from jetbridge_translators.handler import BuildContext, TaskHandler
from jetbridge_translators.plan.cache_options import cache_options
from jetbridge_translators.plan.macros import ENTRYPOINT, MAP_ENTRYPOINT, entrypoint_args
from jetbridge_translators.plan.quantities import GPU, amount, completed
from jetbridge_translators.work import ContainerWork, PodWork, SecretRef

_RESOURCE_NAMES = {
    Resources.CPU: "cpu",
    Resources.GPU: GPU,
    Resources.MEMORY: "memory",
    Resources.EPHEMERAL_STORAGE: "ephemeral-storage",
}
_MOUNTS = {Secret.MountType.ANY: "any", Secret.MountType.ENV_VAR: "env_var", Secret.MountType.FILE: "file"}


def build_resource(template: TaskTemplate, context: BuildContext) -> ContainerWork | PodWork:
    """A task as its container, or as its pod where it asks for more. Raises `JetbridgeError`."""
    return pod_work(template, context, container_work) if needs_pod(template) else container_work(template, context)


def container_work(template: TaskTemplate, context: BuildContext) -> ContainerWork:
    """The container of a task that runs our entrypoint. Raises `JetbridgeError` for any other container."""
    container = template.container
    command = [*container.command, *container.args]
    if not template.HasField("container") or not command or command[0] not in (ENTRYPOINT, MAP_ENTRYPOINT):
        raise JetbridgeError(
            f"task {template.id.name!r} does not run {ENTRYPOINT!r} but {' '.join(command[:1]) or 'nothing'!r}",
            hint="Only tasks authored with Jetbridge's SDK run so far; images built with flytekit come later.",
        )
    requests, limits = _resources(container)
    return ContainerWork(
        image=container.image,
        command=(ENTRYPOINT,),
        args=entrypoint_args(command, context.inputs, cache_options(template, command)),
        env=tuple((pair.key, pair.value) for pair in container.env),
        requests=tuple(requests.items()),
        limits=tuple(limits.items()),
        secrets=tuple(secret_ref(secret) for secret in template.security_context.secrets),
    )


Amounts = dict[str, str]


def _resources(container: Container) -> tuple[Amounts, Amounts]:
    return completed(_quantities(container.resources.requests), _quantities(container.resources.limits))


def _quantities(entries: Iterable[Resources.ResourceEntry]) -> Amounts:
    """Quantities by Kubernetes' names, as Flyte has them (flytek8s `utils.go`): no STORAGE, and nothing of zero."""
    return {
        _RESOURCE_NAMES[entry.name]: entry.value
        for entry in entries
        if entry.name in _RESOURCE_NAMES and amount(entry.value)
    }


def secret_ref(secret: Secret) -> SecretRef:
    """A secret of a task by reference."""
    return SecretRef(
        group=secret.group, key=secret.key, env_var=secret.env_var, mount=_MOUNTS.get(secret.mount_requirement, "any")
    )


HANDLER = TaskHandler(
    build_resource=build_resource, shapes=(ContainerWork, PodWork), summary="Python functions in a container"
)
