"""A task as a FlyteIDL TaskTemplate."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, cast

from google.protobuf.duration_pb2 import Duration
from google.protobuf.struct_pb2 import Struct

from jetbridge.compiler.context import SOURCE_KEY
from jetbridge.errors import Location
from jetbridge.extended_resources import extended_resources
from jetbridge.idl import (
    TASK,
    Container,
    Identifier,
    RetryStrategy,
    RuntimeMetadata,
    SecurityContext,
    TaskMetadata,
    TaskTemplate,
)
from jetbridge.idl_admin import DESCRIPTION_FORMAT_RST, DescriptionEntity, TaskSpec
from jetbridge.interface import typed_interface
from jetbridge.map_task import ArrayNodeMapTask
from jetbridge.reference import Reference, ReferenceTask
from jetbridge.resources import resources_message
from jetbridge.runtime.resolver import DEFAULT_RESOLVER, default_task_resolver
from jetbridge.serialize.pod import PRIMARY, pod_message
from jetbridge.serialize.settings import SerializationSettings
from jetbridge.serialize.transport import SERIALIZED_CONTEXT, transport
from jetbridge.source import relative_to
from jetbridge.task import AnyTask, TaskSettings
from jetbridge.template_task import TemplateTask
from jetbridge.version import VERSION

ENTRYPOINT = "jetbridge-execute"
MAP_ENTRYPOINT = "jetbridge-map-execute"
MAP_RESOLVER = "jetbridge.map_task.ArrayNodeMapTaskResolver"
"""The name that stands for a map, as flytekit's does; the elements' task has its own resolver behind it."""


def task_spec(task: AnyTask, settings: SerializationSettings) -> TaskSpec:
    """The task and its description, as packages hold them."""
    template = task_template(task, settings)
    if isinstance(task, TemplateTask) and not task.settings.docs:
        return TaskSpec(template=template)
    return TaskSpec(template=template, description=description(task.settings.docs, task.function.__doc__))


def map_spec(mapped: ArrayNodeMapTask, settings: SerializationSettings) -> TaskSpec:
    """The map as packages hold it."""
    return TaskSpec(template=map_template(mapped, settings))


def task_template(task: AnyTask, settings: SerializationSettings) -> TaskTemplate:
    """The task. Raises `JetbridgeError` when its types, image or configuration cannot be expressed."""
    if not isinstance(task, TemplateTask):
        return _template(task, settings, task_args(settings, task))
    template = _untargeted(task, settings)
    task.fill(template, settings)
    return template


def map_template(mapped: ArrayNodeMapTask, settings: SerializationSettings) -> TaskTemplate:
    """The task that runs one element of a map: the mapped one with lists. Raises like `task_template`."""
    template = _template(mapped.task, settings, map_args(settings, mapped))
    template.id.name = mapped.name
    template.task_type_version = 1
    template.interface.CopyFrom(typed_interface(mapped.interface))
    return template


def reference_template(reference: ReferenceTask) -> TaskTemplate:
    """What is known of a task that is registered elsewhere: its identifier and its interface."""
    return TaskTemplate(id=external_id(reference, TASK), interface=typed_interface(reference.interface))


def external_id(reference: Reference, kind: int) -> Identifier:
    """The identifier of something that is registered elsewhere."""
    return Identifier(
        resource_type=cast("Any", kind),
        project=reference.project,
        domain=reference.domain,
        name=reference.name,
        version=reference.version,
    )


def _template(task: AnyTask, settings: SerializationSettings, args: list[str]) -> TaskTemplate:
    template = _untargeted(task, settings)
    _fill_target(template, task, settings, args)
    return template


def _untargeted(task: AnyTask, settings: SerializationSettings) -> TaskTemplate:
    """The task without what runs it."""
    template = TaskTemplate(
        id=Identifier(resource_type=TASK, name=task.name),
        type=task.settings.config.task_type,
        metadata=_metadata(task.settings),
        interface=typed_interface(task.interface),
        config=source_config(task.location, settings),
        extended_resources=extended_resources(task.settings.accelerator, task.settings.shared_memory),
    )
    custom = task.settings.config.custom()
    if custom:
        template.custom.CopyFrom(_struct(custom))
    if task.settings.secret_requests:
        secrets = [secret.to_message() for secret in task.settings.secret_requests]
        template.security_context.CopyFrom(SecurityContext(secrets=secrets))
    return template


def _fill_target(template: TaskTemplate, task: AnyTask, settings: SerializationSettings, args: list[str]) -> None:
    container = container_message(task, settings, args)
    pod = task.settings.pod_template
    if pod is None:
        template.container.CopyFrom(container)
        return
    template.k8s_pod.CopyFrom(pod_message(pod, container, settings))
    template.config[PRIMARY] = pod.primary_container_name


def task_args(settings: SerializationSettings, task: AnyTask) -> list[str]:
    """The arguments of a task's container."""
    return [ENTRYPOINT, *_args(settings, DEFAULT_RESOLVER, default_task_resolver.loader_args(task))]


def map_args(settings: SerializationSettings, mapped: ArrayNodeMapTask) -> list[str]:
    """The arguments of the container of a map's element."""
    inner = default_task_resolver.loader_args(mapped.task)
    loader_args = ["vars", mapped.bound_inputs, "resolver", DEFAULT_RESOLVER, *inner]
    return [MAP_ENTRYPOINT, *_args(settings, MAP_RESOLVER, loader_args)]


def _metadata(settings: TaskSettings) -> TaskMetadata:
    metadata = TaskMetadata(
        runtime=RuntimeMetadata(type=RuntimeMetadata.FLYTE_SDK, version=VERSION, flavor="python"),
        retries=RetryStrategy(retries=settings.retries),
        timeout=duration(settings.timeout),
        deprecated_error_message=settings.deprecated,
        pod_template_name=settings.pod_template_name,
    )
    metadata.generates_deck.value = settings.enable_deck
    metadata.metadata.SetInParent()
    metadata.metadata.labels.update(settings.labels)
    metadata.metadata.annotations.update(settings.annotations)
    if settings.interruptible is not None:
        metadata.interruptible = settings.interruptible
    if settings.cache is not None:
        metadata.discoverable = True
        metadata.discovery_version = settings.cache.version or ""
        metadata.cache_serializable = settings.cache.serialize
        metadata.cache_ignore_input_vars.extend(settings.cache.ignored_inputs)
    return metadata


def container_message(task: AnyTask, settings: SerializationSettings, args: list[str]) -> Container:
    """The task's container. Raises `UsageError` for an image that is not known."""
    carried = {SERIALIZED_CONTEXT: transport(settings)} if task.settings.dynamic else {}
    env = {**settings.env, **carried, **task.settings.environment}
    container = Container(
        image=settings.image_of(task.settings.container_image),
        args=args,
        resources=resources_message(task.settings.requests, task.settings.limits, task.settings.resources),
    )
    for key, value in env.items():
        container.env.add(key=key, value=value)
    return container


def _args(settings: SerializationSettings, resolver: str, loader_args: Sequence[str]) -> list[str]:
    return [
        *("--inputs", "{{.input}}"),
        *("--output-prefix", "{{.outputPrefix}}"),
        *("--raw-output-data-prefix", "{{.rawOutputDataPrefix}}"),
        *("--checkpoint-path", "{{.checkpointOutputPrefix}}"),
        *("--prev-checkpoint", "{{.prevCheckpointPrefix}}"),
        *("--resolver", resolver),
        *(("--additional-distribution", settings.code_bundle) if settings.code_bundle else ()),
        "--",
        *loader_args,
    ]


def source_config(location: Location | None, settings: SerializationSettings) -> dict[str, str]:
    """The author's line, where it is known."""
    return {} if location is None else {SOURCE_KEY: str(relative_to(location, settings.source_root))}


def duration(value: timedelta | None) -> Duration | None:
    """A timedelta on the wire."""
    if value is None:
        return None
    message = Duration()
    message.FromTimedelta(value)
    return message


def description(docs: str, docstring: str | None) -> DescriptionEntity:
    """A docstring's first line and the rest, as flytekit splits it."""
    text = inspect.cleandoc(docs or docstring or "")
    short, _, rest = text.partition("\n")
    entity = DescriptionEntity(short_description=short)
    if rest.strip():
        entity.long_description.value = rest.strip()
    entity.long_description.format = DESCRIPTION_FORMAT_RST
    return entity


def _struct(custom: Mapping[str, object]) -> Struct:
    struct = Struct()
    struct.update(cast("dict[str, Any]", dict(custom)))
    return struct
