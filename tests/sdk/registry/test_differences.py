"""Differences in the words of FlyteIDL."""

from __future__ import annotations

from jetbridge.idl import Container
from jetbridge.idl_admin import WorkflowTemplate
from jetbridge.registry.differences import differences


def template(*ids: str) -> WorkflowTemplate:
    made = WorkflowTemplate()
    for node_id in ids:
        made.nodes.add(id=node_id).task_node.reference_id.name = f"task of {node_id}"
    return made


def test_an_inserted_node_does_not_move_the_others() -> None:
    found = differences(template("a", "c"), template("a", "b", "c"))
    assert {each.path.partition("]")[0] for each in found} == {"nodes[b"}
    assert str(found[0]) == 'nodes[b].id: "b" is new'


def test_a_removed_one_is_gone() -> None:
    assert str(differences(template("a", "b"), template("a"))[0]) == 'nodes[b].id: "b" is gone'


def test_arguments_are_compared_by_place() -> None:
    before, after = Container(args=["--n", "1"]), Container(args=["--n", "2"])
    assert [str(each) for each in differences(before, after)] == ['args[1]: "1" → "2"']


def test_long_values_are_cut() -> None:
    assert len(str(differences(Container(image="a" * 900), Container(image="b" * 900))[0])) < 150


def test_equal_messages_have_none() -> None:
    assert differences(template("a"), template("a")) == ()
