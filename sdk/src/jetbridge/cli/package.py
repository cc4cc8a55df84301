"""`jetbridge package`: workflows as a FlyteIDL package."""

from __future__ import annotations

from pathlib import Path

import click

from jetbridge.cli.console import author_output, messages, print_json
from jetbridge.cli.options import image_option, json_option, serialization_settings, target_argument
from jetbridge.cli.target import load_target
from jetbridge.errors import UsageError
from jetbridge.files import write_whole
from jetbridge.package import Entity, entity_name, package_bytes
from jetbridge.serialize.entities import entities_of


@click.command("package", short_help="Write a FlyteIDL package of workflows and their tasks.")
@target_argument
@click.option("-o", "--output", default="flyte-package.tgz", show_default=True, type=click.Path(path_type=Path))
@image_option
@json_option
def command(target: str, output: Path, images: tuple[str, ...], as_json: bool) -> None:
    """Write a FlyteIDL package of TARGET: its tasks, workflows and launch plans, as `pyflyte package` does.

    \b
    Example:
      jetbridge package examples/penguins.py -o penguins.tgz --image ghcr.io/me/penguins:1
    """
    loaded = load_target(target, images)
    if not loaded.launch_plans:
        raise _not_ours(target, bool(loaded.source_root))
    with author_output():
        entities = entities_of(loaded.launch_plans, serialization_settings(images, loaded.source_root))
    write_whole(output, package_bytes(entities))
    if as_json:
        print_json({"package": str(output), "entities": [_entry(entity) for entity in entities]})
        return
    messages().print(f"Wrote {output}: {_summary(entities)}.")


def _not_ours(target: str, is_python: bool) -> UsageError:
    if is_python:
        return UsageError(f"{target!r} is written for flytekit", hint="Package it with `pyflyte package`.")
    return UsageError(f"{target!r} is a package already", hint="Give a Python file or module.")


def _entry(entity: Entity) -> dict[str, str]:
    return {"kind": type(entity).__name__, "name": entity_name(entity)}


def _summary(entities: list[Entity]) -> str:
    kinds = [type(entity).__name__ for entity in entities]
    counts = ((label, kinds.count(kind)) for kind, label in _LABELS.items())
    return ", ".join(f"{count} {label}{'s' if count != 1 else ''}" for label, count in counts if count)


_LABELS = {"TaskSpec": "task", "WorkflowSpec": "workflow", "LaunchPlan": "launch plan"}
