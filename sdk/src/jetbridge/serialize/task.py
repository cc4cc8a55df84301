"""A task as a FlyteIDL TaskTemplate."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

from google.protobuf.duration_pb2 import Duration
from google.protobuf.struct_pb2 import Struct

from jetbridge.compiler.context import SOURCE_KEY
from jetbridge.errors import Location
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
from jetbridge.resources import resources_message
from jetbridge.runtime.resolver import DEFAULT_RESOLVER, default_task_resolver
from jetbridge.serialize.settings import SerializationSettings
from jetbridge.source import relative_to
from jetbridge.task import AnyTask, TaskSettings
from jetbridge.version import VERSION

ENTRYPOINT = "jetbridge-execute"


def task_spec(task: AnyTask, settings: SerializationSettings) -> TaskSpec:
    """The task and its description, as packages hold them."""
    return TaskSpec(
        template=task_template(task, settings), description=description(task.settings.docs, task.function.__doc__)
    )


def task_template(task: AnyTask, settings: SerializationSettings) -> TaskTemplate:
    """The task. Raises `JetbridgeError` when its types, image or configuration cannot be expressed."""
    template = TaskTemplate(
        id=Identifier(resource_type=TASK, name=task.name),
        type=task.settings.config.task_type,
        metadata=_metadata(task.settings),
        interface=typed_interface(task.interface),
        container=_container(task, settings),
        config=source_config(task.location, settings),
    )
    custom = task.settings.config.custom()
    if custom:
        template.custom.CopyFrom(_struct(custom))
    if task.settings.secret_requests:
        secrets = [secret.to_message() for secret in task.settings.secret_requests]
        template.security_context.CopyFrom(SecurityContext(secrets=secrets))
    return template


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
        metadata.discovery_version = settings.cache.version
        metadata.cache_serializable = settings.cache.serialize
        metadata.cache_ignore_input_vars.extend(settings.cache.ignored_inputs)
    return metadata


def _container(task: AnyTask, settings: SerializationSettings) -> Container:
    env = {**settings.env, **task.settings.environment}
    container = Container(
        image=settings.image_of(task.settings.container_image),
        args=_args(task, settings),
        resources=resources_message(task.settings.requests, task.settings.limits, task.settings.resources),
    )
    for key, value in env.items():
        container.env.add(key=key, value=value)
    return container


def _args(task: AnyTask, settings: SerializationSettings) -> list[str]:
    return [
        ENTRYPOINT,
        *("--inputs", "{{.input}}"),
        *("--output-prefix", "{{.outputPrefix}}"),
        *("--raw-output-data-prefix", "{{.rawOutputDataPrefix}}"),
        *("--checkpoint-path", "{{.checkpointOutputPrefix}}"),
        *("--prev-checkpoint", "{{.prevCheckpointPrefix}}"),
        *("--resolver", DEFAULT_RESOLVER),
        *(("--additional-distribution", settings.code_bundle) if settings.code_bundle else ()),
        "--",
        *default_task_resolver.loader_args(task),
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
    if text:
        entity.long_description.value = rest.strip()
    entity.long_description.format = DESCRIPTION_FORMAT_RST
    return entity


def _struct(custom: Mapping[str, object]) -> Struct:
    struct = Struct()
    struct.update(cast("dict[str, Any]", dict(custom)))
    return struct
