"""`ContainerTask`: a program in an image of its own, which needs nothing of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from functools import partial
from typing import Any, Literal, TypedDict, Unpack

from jetbridge.accelerators import Accelerator
from jetbridge.idl import Container, DataLoadingConfig, IOStrategyMessage, TaskTemplate
from jetbridge.interface import Interface, Variable
from jetbridge.pod_template import PodTemplate
from jetbridge.resources import Resources, resources_message
from jetbridge.secret import Secret
from jetbridge.serialize.pod import PRIMARY, pod_message
from jetbridge.serialize.settings import SerializationSettings
from jetbridge.task import Cache, task_settings
from jetbridge.template_task import TaskMetadata, TemplateTask

TASK_TYPE = "raw-container"
INPUT_FOLDER, OUTPUT_FOLDER = "/var/flyte/inputs", "/var/flyte/outputs"
"""Where Flyte has the two folders when a task names none (flyteplugins `flytek8s/config/config.go`)."""


class MetadataFormat(Enum):
    """What lies beside the files of the inputs: `inputs.json`, `inputs.yaml`, or only `inputs.pb`."""

    JSON = DataLoadingConfig.JSON
    YAML = DataLoadingConfig.YAML
    PROTO = DataLoadingConfig.PROTO


class IOStrategy(Enum):
    """When data is moved. Flyte writes it down and does not read it, and neither does any back end here."""

    DOWNLOAD_EAGER = "DOWNLOAD_EAGER"
    DOWNLOAD_STREAM = "DOWNLOAD_STREAM"
    DO_NOT_DOWNLOAD = "DO_NOT_DOWNLOAD"
    UPLOAD_EAGER = "UPLOAD_EAGER"
    UPLOAD_ON_EXIT = "UPLOAD_ON_EXIT"
    DO_NOT_UPLOAD = "DO_NOT_UPLOAD"

    def to_message(self) -> IOStrategyMessage:
        """FlyteIDL's message."""
        if "DOWNLOAD" in self.value:
            return IOStrategyMessage(download_mode=self.value)
        return IOStrategyMessage(upload_mode=self.value)


@dataclass(frozen=True, slots=True)
class _RawContainer:
    """What `@task` would take as `task_config`."""

    task_type: str = TASK_TYPE

    def custom(self) -> Mapping[str, object]:
        """Nothing: the container says all."""
        return {}

    def session(self) -> AbstractContextManager[Mapping[str, object]]:
        """Nothing."""
        return nullcontext({})


class ContainerOptions(TypedDict, total=False):
    """The further arguments of `ContainerTask`; those that it does not explain itself are options of `@task`."""

    input_data_dir: str | None
    output_data_dir: str | None
    metadata_format: MetadataFormat
    io_strategy: IOStrategy | None
    local_logs: bool
    requests: Resources | None
    limits: Resources | None
    resources: Resources | None
    secret_requests: Sequence[Secret] | None
    pod_template: PodTemplate | None
    pod_template_name: str | None
    environment: Mapping[str, str] | None
    cache: bool | Cache
    cache_serialize: bool
    cache_version: str
    cache_ignore_input_vars: Sequence[str]
    retries: int
    interruptible: bool | None
    deprecated: str
    timeout: timedelta | int
    docs: str | None
    labels: Mapping[str, str] | None
    annotations: Mapping[str, str] | None
    accelerator: Accelerator | None
    shared_memory: Literal[True] | str | None


_OF_FILES = ("input_data_dir", "output_data_dir", "metadata_format", "io_strategy", "local_logs")


class ContainerTask(TemplateTask):
    """A program in an image of its own, with flytekit's arguments.

    Its inputs are files `<input_data_dir>/<name>`, and `inputs.json` beside them; it leaves its outputs as files or
    folders `<output_data_dir>/<name>`. Plain values may also stand in its command: `{{.inputs.name}}`. What it writes
    to `<output_data_dir>/_ERROR` is its error. Called as a function, it runs by this machine's container engine.

    Args:
        name: The task's name, unique in its package.
        image: The image.
        command: What runs in it, instead of its own program.
        inputs: Types by name.
        metadata: flytekit's way to give options.
        arguments: What follows the command.
        outputs: Types by name.
        options: `input_data_dir` and `output_data_dir`, the folders of inputs and outputs (Flyte's by default);
            `metadata_format`, what lies beside the files of the inputs; `io_strategy` and `local_logs`, flytekit's,
            which have no effect here; and options of `@task`, such as `environment`, `requests`, `secret_requests`
            and `pod_template`.

    Raises:
        UsageError: options contradict each other, or there is no such option.

    Example:
        >>> from jetbridge import kwtypes
        >>> shout = ContainerTask(
        ...     name="shout",
        ...     image="busybox:1.36",
        ...     command=["sh", "-c", "tr a-z A-Z < /in/text > /out/loud"],
        ...     inputs=kwtypes(text=str),
        ...     outputs=kwtypes(loud=str),
        ...     input_data_dir="/in",
        ...     output_data_dir="/out",
        ... )
        >>> shout.name, list(shout.interface.outputs)
        ('shout', ['loud'])
    """

    MetadataFormat = MetadataFormat
    IOStrategy = IOStrategy

    def __init__(
        self,
        name: str,
        image: str,
        command: Sequence[str],
        inputs: Mapping[str, Any] | None = None,
        metadata: TaskMetadata | None = None,
        arguments: Sequence[str] | None = None,
        outputs: Mapping[str, Any] | None = None,
        **options: Unpack[ContainerOptions],
    ) -> None:
        of_task: dict[str, Any] = {key: value for key, value in options.items() if key not in _OF_FILES}
        given = {} if metadata is None else metadata.options()
        settings = task_settings(
            "ContainerTask", **{**given, **of_task}, task_config=_RawContainer(), container_image=image
        )
        declared, left = ({key: Variable(each) for key, each in (side or {}).items()} for side in (inputs, outputs))
        interface = Interface(declared, left, several_outputs=len(left) > 1)
        super().__init__(name, interface, settings, partial(_run_here, self), self._fill)
        self.command = tuple(command)
        self.arguments = tuple(arguments or ())
        self.data_config = _data_config(options)

    def _fill(self, template: TaskTemplate, settings: SerializationSettings) -> None:
        """Writes the container, or the pod around it."""
        container = self._container(settings)
        pod = self.settings.pod_template
        if pod is None:
            template.container.CopyFrom(container)
            return
        template.k8s_pod.CopyFrom(pod_message(pod, container, settings))
        template.k8s_pod.data_config.CopyFrom(self.data_config)
        template.config[PRIMARY] = pod.primary_container_name

    def _container(self, settings: SerializationSettings) -> Container:
        own = self.settings
        container = Container(
            image=settings.image_of(own.container_image),
            command=self.command,
            args=self.arguments,
            resources=resources_message(own.requests, own.limits, own.resources),
            data_config=self.data_config,
        )
        for key, value in {**settings.env, **own.environment}.items():
            container.env.add(key=key, value=value)
        return container


def _data_config(options: ContainerOptions) -> DataLoadingConfig:
    strategy = options.get("io_strategy")
    return DataLoadingConfig(
        enabled=True,
        input_path=options.get("input_data_dir") or "",
        output_path=options.get("output_data_dir") or "",
        format=options.get("metadata_format", MetadataFormat.JSON).value,
        io_strategy=None if strategy is None else strategy.to_message(),
    )


def _run_here(task: ContainerTask, **values: Any) -> Any:
    # Late: a worker that imports the module of such a task does not run it.
    from jetbridge.runtime.companion.here import run_here

    return run_here(task, values)
