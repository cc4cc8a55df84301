"""Python tasks in a container: FlyteIDL's container target as container work."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jetbridge.errors import JetbridgeError
from jetbridge.idl import Container, Resources, Secret, TaskTemplate
from jetbridge_plugins.pod.build import needs_pod, pod_work
from jetbridge_translators.handler import BuildContext, TaskHandler
from jetbridge_translators.plan.cache_options import bound_inputs, cache_options
from jetbridge_translators.plan.companion import COMPANION, companion_options, flyte_environment
from jetbridge_translators.plan.macros import ENTRYPOINT, FLYTEKIT_MAP_ENTRYPOINT, MAP_ENTRYPOINT, entrypoint_args
from jetbridge_translators.plan.quantities import GPU, amount, completed
from jetbridge_translators.work import ContainerWork, ForeignWork, PodWork, SecretRef

_RESOURCE_NAMES = {
    Resources.CPU: "cpu",
    Resources.GPU: GPU,
    Resources.MEMORY: "memory",
    Resources.EPHEMERAL_STORAGE: "ephemeral-storage",
}
_MOUNTS = {Secret.MountType.ANY: "any", Secret.MountType.ENV_VAR: "env_var", Secret.MountType.FILE: "file"}


_FLYTEKIT = ("pyflyte-execute", "pyflyte-fast-execute", FLYTEKIT_MAP_ENTRYPOINT)


def build_resource(template: TaskTemplate, context: BuildContext) -> ContainerWork | PodWork:
    """A task as its container, or as its pod where it asks for more. Raises `JetbridgeError`."""
    return pod_work(template, context, container_work) if needs_pod(template) else container_work(template, context)


def container_work(template: TaskTemplate, context: BuildContext) -> ContainerWork:
    """The container of a task that runs our entrypoint, or flytekit's. Raises `JetbridgeError` for any other one."""
    command = [*template.container.command, *template.container.args]
    if template.container.data_config.enabled:
        raise JetbridgeError(
            f"task {template.id.name!r} of the type {template.type!r} asks for its inputs and outputs as files",
            hint="Only a raw container gets them so: ContainerTask(…).",
        )
    if command[:1] in ([ENTRYPOINT], [MAP_ENTRYPOINT]):
        args = entrypoint_args(command, context.inputs, cache_options(template, command))
        return ContainerWork(command=(ENTRYPOINT,), args=args, **container_fields(template))
    if any(word in _FLYTEKIT for word in command):
        return _of_flytekit(template, command, context)
    raise JetbridgeError(
        f"task {template.id.name!r} runs neither {ENTRYPOINT!r} nor {_FLYTEKIT[0]!r} but "
        f"{' '.join(command[:1]) or 'nothing'!r}",
        hint="Write a program of its own as a raw container: ContainerTask(…).",
    )


def _of_flytekit(template: TaskTemplate, command: list[str], context: BuildContext) -> ForeignWork:
    """A task in an image that has flytekit, and perhaps nothing of ours."""
    bound = bound_inputs(command)
    items = () if bound is None else tuple(f"--item={name}" for name in context.inputs if name not in bound)
    return ForeignWork(
        command=(COMPANION,),
        args=companion_options("pyflyte", template, command, context, items),
        **container_fields(template, flyte_environment(template, context)),
    )


def container_fields(template: TaskTemplate, env: tuple[tuple[str, str], ...] = ()) -> dict[str, Any]:
    """What a task says of its container beside the command; `env` comes after its own variables."""
    container = template.container
    requests, limits = _resources(container)
    return {
        "image": container.image,
        "env": (*((pair.key, pair.value) for pair in container.env), *env),
        "requests": tuple(requests.items()),
        "limits": tuple(limits.items()),
        "secrets": tuple(secret_ref(secret) for secret in template.security_context.secrets),
    }


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
    build_resource=build_resource,
    shapes=(ContainerWork, ForeignWork, PodWork),
    summary="Python functions in a container, with Jetbridge's library in its image or with flytekit's",
)
