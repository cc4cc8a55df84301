"""`jetbridge show`: one registered version."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click
from google.protobuf.json_format import MessageToDict

from jetbridge.cli.console import print_json, results
from jetbridge.cli.options import json_option
from jetbridge.cli.registry.options import reading, registry_option, scope_options
from jetbridge.idl import TypedInterface, Variable
from jetbridge.idl_admin import LaunchPlan, TaskSpec, WorkflowSpec
from jetbridge.package import Entity
from jetbridge.registry.drawing import drawn, mermaid, text_lines
from jetbridge.registry.entity_id import EntityId, Scope, parse_reference
from jetbridge.registry.read import find, resolve
from jetbridge.types.describe import describe


@click.command("show", short_help="Show a registered workflow, launch plan or task.")
@click.argument("name", metavar="NAME[@VERSION]")
@scope_options
@click.option("--mermaid", "as_mermaid", is_flag=True, help="A workflow's graph as a Mermaid flow chart.")
@registry_option
@json_option
def command(name: str, project: str, domain: str, as_mermaid: bool, url: str, as_json: bool) -> None:
    """Show a registered entity: its inputs and outputs, and a workflow's graph. By default its newest version.

    \b
    Example:
      jetbridge show shop.sell@v1 --project shop --domain production
    """
    reference = parse_reference(name, Scope(project, domain))
    with reading(url) as connection:
        own = resolve(connection, reference.scope, reference.name, reference.version)
        entity = find(connection, [own])[own].entity
    if as_json:
        print_json(_record(own, entity))
    elif as_mermaid and isinstance(entity, WorkflowSpec):
        results().print(mermaid(drawn(entity.template)), markup=False)
    else:
        results().print("\n".join(_lines(own, entity)), markup=False)


def _record(own: EntityId, entity: Entity) -> dict[str, Any]:
    return {"name": str(own), "entity": MessageToDict(entity, preserving_proto_field_name=True)}


def _lines(own: EntityId, entity: Entity) -> Iterator[str]:
    yield str(own)
    yield from _SHOWN[type(entity)](entity)


def _of_task(entity: TaskSpec) -> Iterator[str]:
    template = entity.template
    yield f"  type     {template.type}"
    if template.HasField("container"):
        yield f"  image    {template.container.image}"
    yield from _interface(template.interface)


def _of_workflow(entity: WorkflowSpec) -> Iterator[str]:
    yield from _interface(entity.template.interface)
    yield "  nodes"
    yield from text_lines(drawn(entity.template), "    ")


def _of_launch_plan(entity: LaunchPlan) -> Iterator[str]:
    spec = entity.spec
    yield f"  workflow {spec.workflow_id.name}@{spec.workflow_id.version}"
    if spec.entity_metadata.schedule.ListFields():
        yield f"  schedule {MessageToDict(spec.entity_metadata.schedule)}"
    for name in sorted(spec.fixed_inputs.literals):
        yield f"  fixed    {name}"


def _interface(interface: TypedInterface) -> Iterator[str]:
    yield from _variables("input", interface.inputs.variables)
    yield from _variables("output", interface.outputs.variables)


def _variables(side: str, variables: Any) -> Iterator[str]:
    for name, variable in sorted(variables.items()):
        held: Variable = variable
        yield f"  {side:8} {name}: {describe(held.type)}"


_SHOWN: dict[type[Any], Any] = {TaskSpec: _of_task, WorkflowSpec: _of_workflow, LaunchPlan: _of_launch_plan}
