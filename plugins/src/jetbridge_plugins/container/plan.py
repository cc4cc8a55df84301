"""Python tasks in a container: FlyteIDL's container target as container work."""

from __future__ import annotations

from collections.abc import Iterable

from jetbridge.errors import JetbridgeError
from jetbridge.idl import Container, Resources, Secret, TaskTemplate
from jetbridge_translators.handler import BuildContext, TaskHandler
from jetbridge_translators.plan.cache_options import cache_options
from jetbridge_translators.plan.macros import ENTRYPOINT, MAP_ENTRYPOINT, entrypoint_args
from jetbridge_translators.plan.placement import GPU
from jetbridge_translators.plan.quantities import amount
from jetbridge_translators.work import ContainerWork, SecretRef

_RESOURCE_NAMES = {
    Resources.CPU: "cpu",
    Resources.GPU: GPU,
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
    requests, limits = _resources(container)
    return ContainerWork(
        image=container.image,
        command=(ENTRYPOINT,),
        args=entrypoint_args(command, context.inputs, cache_options(template, command)),
        env=tuple((pair.key, pair.value) for pair in container.env),
        requests=tuple(requests.items()),
        limits=tuple(limits.items()),
        secrets=tuple(_secret(secret) for secret in template.security_context.secrets),
    )


Amounts = dict[str, str]


def _resources(container: Container) -> tuple[Amounts, Amounts]:
    """Requests and limits as propeller completes them: a request is at most its limit (`container_helper.go`).

    Kubernetes takes no GPU without a limit; Flyte's platform limits are not known here.
    """
    requests, limits = _quantities(container.resources.requests), _quantities(container.resources.limits)
    limits = {**{name: value for name, value in requests.items() if name == GPU}, **limits}
    return {name: _at_most(value, limits.get(name)) for name, value in requests.items()}, limits


def _quantities(entries: Iterable[Resources.ResourceEntry]) -> Amounts:
    """Quantities by Kubernetes' names, as Flyte has them (flytek8s `utils.go`): no STORAGE, and nothing of zero."""
    return {
        _RESOURCE_NAMES[entry.name]: entry.value
        for entry in entries
        if entry.name in _RESOURCE_NAMES and amount(entry.value)
    }


def _at_most(request: str, limit: str | None) -> str:
    return request if limit is None or amount(request) <= amount(limit) else limit


def _secret(secret: Secret) -> SecretRef:
    return SecretRef(
        group=secret.group, key=secret.key, env_var=secret.env_var, mount=_MOUNTS.get(secret.mount_requirement, "any")
    )


HANDLER = TaskHandler(build_resource=build_resource, shapes=(ContainerWork,), summary="Python functions in a container")
