"""Whether a task template can be run at all: image, command, resources, pod."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from google.protobuf.struct_pb2 import Struct

from jetbridge.compiler.context import SOURCE_KEY, parse_location
from jetbridge.errors import Problem
from jetbridge.idl import Resources, TaskTemplate, TypedInterface

_QUANTITY = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(m|[kMGTPEun]|[KMGTPE]i|[eE][+-]?\d+)?")
"""Kubernetes' `resource.Quantity` (apimachinery `pkg/api/resource/quantity.go`)."""
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def check_task(task: TaskTemplate) -> Iterator[Problem]:
    """Problems of one task template."""
    yield from _variables(task)
    check = _BY_TARGET.get(task.WhichOneof("target"))
    if check is not None:
        yield from check(task)


def check_types(
    owner: str, interface: TypedInterface, problem: Callable[[str, str, str, str], Problem]
) -> Iterator[Problem]:
    """Variables of an interface that have no type."""
    for kind, variables in (("input", interface.inputs.variables), ("output", interface.outputs.variables)):
        for name in sorted(variables):
            if variables[name].type.WhichOneof("type") is None:
                message = f"{kind} {name!r} of {owner} has no type"
                yield problem("ValueRequired", message, "Write the package again, with a type for it.", name)


def _problem(task: TaskTemplate, code: str, message: str, hint: str, field: str = "") -> Problem:
    where = f"{task.id.name}.{field}" if field else task.id.name
    return Problem(
        code=code, message=message, where=where, location=parse_location(task.config.get(SOURCE_KEY, "")), hint=hint
    )


def _variables(task: TaskTemplate) -> Iterator[Problem]:
    def problem(code: str, message: str, hint: str, field: str) -> Problem:
        return _problem(task, code, message, hint, field)

    yield from check_types(f"task {task.id.name!r}", task.interface, problem)


def _container(task: TaskTemplate) -> Iterator[Problem]:
    container, name = task.container, task.id.name
    if not container.image:
        hint = "Give `--image`, or `container_image=` on the task."
        yield _problem(task, "ValueRequired", f"task {name!r} names no image", hint, "image")
    has_variables = task.interface.inputs.variables or task.interface.outputs.variables
    if has_variables and not container.command and not container.args:
        message = f"task {name!r} has inputs or outputs, but neither a command nor arguments that use them"
        yield _problem(task, "ValueRequired", message, "Give it a command or arguments.", "command")
    for kind, entries in (("requests", container.resources.requests), ("limits", container.resources.limits)):
        for entry in entries:
            if not _QUANTITY.fullmatch(entry.value):
                resource = Resources.ResourceName.Name(entry.name).lower()
                message = f"task {name!r} asks for {entry.value!r} of {resource}, which is no quantity"
                hint = "Write it as Kubernetes does: 2, 500m, 1.5Gi."
                yield _problem(task, "UnrecognizedValue", message, hint, f"{kind}.{resource}")


def _pod(task: TaskTemplate) -> Iterator[Problem]:
    name, spec = task.id.name, task.k8s_pod.pod_spec
    containers = list(spec.fields["containers"].list_value.values) if "containers" in spec.fields else []
    if not containers:
        message = f"task {name!r} has a pod spec without containers"
        yield _problem(task, "InvalidValue", message, "Give the pod at least its primary container.", "pod_spec")
    for at, each in enumerate(containers):
        given = _name(each.struct_value)
        if not _LABEL.fullmatch(given):
            message = f"task {name!r} has a container with the name {given!r}"
            hint = "Use lower-case letters, digits and hyphens, at most 63."
            yield _problem(task, "InvalidValue", message, hint, f"pod_spec.containers[{at}].name")


def _name(container: Struct) -> str:
    return container.fields["name"].string_value if "name" in container.fields else ""


_BY_TARGET: dict[str | None, Callable[[TaskTemplate], Iterator[Problem]]] = {"container": _container, "k8s_pod": _pod}
