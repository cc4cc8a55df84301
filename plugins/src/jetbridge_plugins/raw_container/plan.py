"""From a raw container to its work: the program's own container, and our companion for its data."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from typing import Any

from jetbridge.container_task import INPUT_FOLDER, OUTPUT_FOLDER
from jetbridge.errors import JetbridgeError
from jetbridge.idl import DataLoadingConfig, LiteralType, TaskTemplate
from jetbridge.runtime.companion.arguments import COPILOT, PYFLYTE
from jetbridge.runtime.companion.copilot import INPUTS, OUTPUTS
from jetbridge.types.describe import describe
from jetbridge_plugins.container.plan import container_fields
from jetbridge_plugins.pod.build import needs_pod, pod_work
from jetbridge_translators.handler import BuildContext, TaskHandler
from jetbridge_translators.plan.companion import COMPANION, FOLDER, companion_options, flyte_environment
from jetbridge_translators.work import ForeignWork, PodWork

_NOT_FILES = ("schema", "structured_dataset_type", "union_type")
_COMMAND_HINT = "Name it: ContainerTask(command=[…]); the image's own is shown by `docker inspect`."


def build_resource(template: TaskTemplate, context: BuildContext) -> ForeignWork | PodWork:
    """The work of a raw container. Raises `JetbridgeError` for one that cannot be run as it is."""
    return pod_work(template, context, container_work) if needs_pod(template) else container_work(template, context)


def container_work(template: TaskTemplate, context: BuildContext) -> ForeignWork:
    """The program's own container."""
    container, config = template.container, template.container.data_config
    if not container.command:
        raise JetbridgeError(
            f"task {template.id.name!r} names no command, and what its image runs by itself is not known here",
            hint=_COMMAND_HINT,
        )
    command = [*container.command, *container.args]
    # Without files the program reads and writes protobufs itself, where its command says.
    protocol, options = (COPILOT, _files(config)) if config.enabled else (PYFLYTE, ())
    if config.enabled:
        _check_outputs(template)
    return ForeignWork(
        command=(COMPANION,),
        args=companion_options(protocol, template, command, context, options),
        reads_store=False,
        own_image=True,
        folders=_folders(template.id.name, config) if config.enabled else (),
        **container_fields(template, flyte_environment(template, context)),
    )


def _files(config: DataLoadingConfig) -> Iterator[str]:
    yield f"--input-folder={config.input_path or INPUT_FOLDER}"
    yield f"--output-folder={config.output_path or OUTPUT_FOLDER}"
    yield f"--metadata-format={DataLoadingConfig.LiteralMapFormat.Name(config.format).lower()}"


def _folders(task: str, config: DataLoadingConfig) -> tuple[tuple[str, str], ...]:
    places = {INPUTS: config.input_path or INPUT_FOLDER, OUTPUTS: config.output_path or OUTPUT_FOLDER}
    normal = {name: posixpath.normpath(place) for name, place in places.items()}
    for kind, place in normal.items():
        if not place.startswith("/") or place == "/" or ":" in place:
            raise JetbridgeError(
                f"the folder of the {kind} of task {task!r} is {place!r}, at which no volume can lie",
                hint="Give an absolute path below the root, such as /var/inputs.",
            )
        if place == FOLDER or place.startswith(f"{FOLDER}/"):
            raise JetbridgeError(
                f"the folder of the {kind} of task {task!r} is {place!r}, where Jetbridge's own files lie",
                hint="Give another path, such as /var/inputs.",
            )
    if normal[INPUTS] == normal[OUTPUTS]:
        raise JetbridgeError(
            f"task {task!r} has its inputs and its outputs in one folder, {normal[INPUTS]!r}",
            hint="Give them folders of their own: input_data_dir= and output_data_dir=.",
        )
    return tuple((name, normal[name]) for name in (INPUTS, OUTPUTS))


def _check_outputs(template: TaskTemplate) -> None:
    variables = template.interface.outputs.variables
    found = [f"{name!r} is {describe(each.type)}" for name, each in _sorted(variables) if _is_no_file(each.type)]
    if found:
        raise JetbridgeError(
            f"the outputs of task {template.id.name!r} are files, and {', '.join(found)}",
            hint="Declare FlyteFile, FlyteDirectory, or a plain type, a list or a dict, which is read as text or JSON.",
        )


def _sorted(variables: Any) -> Iterable[tuple[str, Any]]:
    return sorted(variables.items())


def _is_no_file(declared: LiteralType) -> bool:
    """Whether no file or text tells such a value; a list of files has nowhere to be uploaded from its text."""
    kind = declared.WhichOneof("type")
    inner = {"collection_type": declared.collection_type, "map_value_type": declared.map_value_type}.get(kind or "")
    if inner is not None:
        return inner.HasField("blob") or _is_no_file(inner)
    return kind in _NOT_FILES


HANDLER = TaskHandler(
    build_resource=build_resource,
    shapes=(ForeignWork, PodWork),
    summary="Programs in images of their own, with files as inputs and outputs",
)
