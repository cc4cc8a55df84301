"""Identifiers: completed at registration, opened again for a package."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jetbridge.idl import TASK, Identifier
from jetbridge.idl_admin import Node, TaskSpec, WorkflowSpec
from jetbridge.registry.entity_id import Scope
from jetbridge.registry.identifiers import completed, identifiers, opened

WORDS = st.text("abc", min_size=1, max_size=3)
OPEN = st.just(("", "", ""))
ELSEWHERE = st.tuples(WORDS, WORDS, WORDS)


@st.composite
def references(draw: st.DrawFn) -> Identifier:
    project, domain, version = draw(st.one_of(OPEN, ELSEWHERE))
    return Identifier(resource_type=TASK, project=project, domain=domain, name=draw(WORDS), version=version)


@st.composite
def nodes(draw: st.DrawFn, depth: int = 2) -> Node:
    node = Node(id=draw(WORDS))
    kind = draw(st.sampled_from(["task", "map", "branch"] if depth else ["task"]))
    if kind == "task":
        node.task_node.reference_id.CopyFrom(draw(references()))
    elif kind == "map":
        node.array_node.node.CopyFrom(draw(nodes(depth - 1)))
    else:
        node.branch_node.if_else.case.then_node.CopyFrom(draw(nodes(depth - 1)))
        node.branch_node.if_else.other.add().then_node.CopyFrom(draw(nodes(depth - 1)))
        node.branch_node.if_else.else_node.CopyFrom(draw(nodes(depth - 1)))
    return node


@st.composite
def workflows(draw: st.DrawFn) -> WorkflowSpec:
    spec = WorkflowSpec()
    spec.template.id.name = draw(WORDS)
    spec.template.nodes.extend(draw(st.lists(nodes(), max_size=3)))
    spec.template.failure_node.CopyFrom(draw(nodes(0)))
    return spec


@given(workflows(), WORDS, WORDS, WORDS)
def test_opening_undoes_completing(spec: WorkflowSpec, project: str, domain: str, version: str) -> None:
    scope = Scope(project + "-own", domain)
    whole = completed(spec, scope, version)
    assert opened(whole, scope, version) == spec
    assert all(each.project and each.domain and each.version for each in identifiers(whole))


@given(workflows())
def test_what_names_another_version_stays(spec: WorkflowSpec) -> None:
    before = [each.version for each in identifiers(spec)]
    after = [each.version for each in identifiers(completed(spec, Scope("p", "d"), "own"))]
    assert after == [version or "own" for version in before]


def test_placeholders_of_old_packages_are_completed() -> None:
    spec = TaskSpec()
    own = spec.template.id
    own.name, own.project, own.version = "t", "{{ registration.project }}", "{{ registration.version }}"
    done = completed(spec, Scope("shop", "production"), "v1").template.id
    assert (done.project, done.domain, done.version) == ("shop", "production", "v1")
