"""A workflow that does not fit into one DAG: a DAG of parts, each of which takes what the workflow takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import hera.workflows.models as m

from jetbridge_translators.argo.dag import dag_template, exports, input_names, tasks_of_node
from jetbridge_translators.argo.expressions import tag
from jetbridge_translators.argo.handed import Handed, Told, told_by
from jetbridge_translators.argo.parameters import input_tag
from jetbridge_translators.argo.parts import Part, in_one_dag, parts_of
from jetbridge_translators.argo.podless import own
from jetbridge_translators.argo.scope import Scope


def dag_templates(name: str, scope: Scope) -> list[m.Template]:
    """The DAG of a workflow, and those of its parts where it has any."""
    parts = parts_of(scope.body)
    if not parts:
        return [dag_template(name, scope)]
    where = {node.id: part.name for part in parts for root in part.nodes for node in in_one_dag(root)}
    around, *inside = (replace(scope, handed=Handed(where, here)) for here in ("", *(part.name for part in parts)))
    tasks = [
        [task for node in part.nodes for task in tasks_of_node(node, each)] for part, each in _pairs(parts, inside)
    ]
    outputs = exports(around)
    told = _told({part.name: each for part, each in _pairs(parts, inside)}, around)
    calls = [_call(part, name, each) for part, each in _pairs(parts, inside)]
    whole = m.Template(name=name, inputs=_inputs(input_names(scope)), outputs=outputs, dag=m.DAGTemplate(tasks=calls))
    made = zip(parts, inside, tasks, strict=True)
    return [whole, *(_part(part_name(name, part.name), each, written, told[part.name]) for part, each, written in made)]


def part_name(dag: str, part: str) -> str:
    """The template of a part of the workflow with this DAG."""
    return own(f"{dag}-{part}")


def _pairs(parts: Sequence[Part], scopes: Sequence[Scope]) -> Iterator[tuple[Part, Scope]]:
    return zip(parts, scopes, strict=True)


def _told(scopes: Mapping[str, Scope], around: Scope) -> dict[str, list[m.Parameter]]:
    """What each part tells; to tell it, a part may need to be told something itself."""
    found: dict[str, list[m.Parameter]] = {part: [] for part in scopes}
    known: set[str] = set()
    while missing := [each for scope in (*scopes.values(), around) for each in _asked(scope) if each.name not in known]:
        for each in missing:
            if each.name not in known:
                known.add(each.name)
                found[each.part].append(_output(each, scopes[each.part]))
    return found


def _output(told: Told, scope: Scope) -> m.Parameter:
    return m.Parameter(name=told.name, value_from=m.ValueFrom(expression=scope.known(told.bind, told.kind), default=""))


def _asked(scope: Scope) -> list[Told]:
    return [] if scope.handed is None else list(scope.handed.told.values())


def _inputs(names: Sequence[str]) -> m.Inputs:
    return m.Inputs(parameters=[m.Parameter(name=name) for name in names])


def _call(part: Part, dag: str, scope: Scope) -> m.DAGTask:
    given = [m.Parameter(name=name, value=input_tag(name)) for name in input_names(scope)]
    handed = [m.Parameter(name=each.name, value=tag(told_by(each.part, each.name))) for each in _asked(scope)]
    return m.DAGTask(
        name=part.name,
        template=part_name(dag, part.name),
        depends=" && ".join(f"{before}.Succeeded" for before in part.after) or None,
        arguments=m.Arguments(parameters=[*given, *handed]),
    )


def _part(name: str, scope: Scope, tasks: list[m.DAGTask], told: list[m.Parameter]) -> m.Template:
    return m.Template(
        name=name,
        inputs=_inputs([*input_names(scope), *(each.name for each in _asked(scope))]),
        outputs=m.Outputs(parameters=told) if told else None,
        dag=m.DAGTemplate(tasks=tasks),
    )
