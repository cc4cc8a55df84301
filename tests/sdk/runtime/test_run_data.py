"""Reading a run's data: what a binding's text gives for what lies in the store."""

from __future__ import annotations

from pathlib import Path

import pytest

from jetbridge.bindings import ProtoConstant, parse
from jetbridge.errors import BindingError, JetbridgeError
from jetbridge.idl import (
    ContainerError,
    ErrorDocument,
    Literal,
    LiteralCollection,
    LiteralMap,
    LiteralType,
    Primitive,
    Scalar,
    SimpleType,
)
from jetbridge.runtime.layout import error_uri, inputs_uri, outputs_uri
from jetbridge.runtime.run_data import RunData
from jetbridge.store import Store, open_store
from jetbridge.types.json_codec import to_json

INTEGER = LiteralType(simple=SimpleType.INTEGER)
STRING = LiteralType(simple=SimpleType.STRING)


def integer(value: int) -> Literal:
    """A literal."""
    return Literal(scalar=Scalar(primitive=Primitive(integer=value)))


def _string(value: str) -> Literal:
    return Literal(scalar=Scalar(primitive=Primitive(string_value=value)))


def integers(*values: int) -> Literal:
    """A literal."""
    return Literal(collection=LiteralCollection(literals=[integer(value) for value in values]))


class Run:
    """A run root in a folder."""

    def __init__(self, folder: Path) -> None:
        self.store: Store = open_store()
        self.root = f"file://{folder}"

    def commit(self, node: str, **outputs: Literal) -> None:
        self.store.write(outputs_uri(self.root, node), LiteralMap(literals=outputs).SerializeToString())

    def fail(self, node: str, message: str, seconds: int) -> None:
        error = ContainerError(code="USER:RuntimeError", message=message)
        error.timestamp.FromSeconds(seconds)
        self.store.write(error_uri(self.root, node), ErrorDocument(error=error).SerializeToString())

    def value(self, text: str, declared: LiteralType = INTEGER) -> object:
        return to_json(RunData(self.store, self.root).resolve(parse(text), declared))


@pytest.fixture
def run(tmp_path: Path) -> Run:
    made = Run(tmp_path)
    made.commit("n0", xs=integers(4, 5, 6), n=integer(7), s=_string("x"))
    return made


def test_the_elements_of_a_map_in_their_order(run: Run) -> None:
    for index in (2, 0, 1):
        run.commit(f"n1/{index}", o0=integer(index * 10))
    declared = LiteralType(collection_type=INTEGER)
    assert run.value("each(n0.xs, n1.o0)", declared) == [0, 10, 20]
    assert run.value("each(json:[1,2], n1.o0)", declared) == [0, 10]
    assert run.value("each([json:1, n0.n], n1.o0)", declared) == [0, 10]
    assert run.value("each(if(eq(integer, n0.n, json:7), json:[1], n0.xs), n1.o0)", declared) == [0]
    assert run.value("each(each(n0.xs, n1.o0), n1.o0)", declared) == [0, 10, 20]
    assert run.value("each(json:[], n1.o0)", declared) == []
    assert run.value("each(n0.xs, n1.o0)[2]") == 20


def test_failed_elements_are_none_only_where_they_may_be(run: Run) -> None:
    run.commit("n1/0", o0=integer(1))
    run.commit("n1/2", o0=integer(3))
    assert run.value("some(n0.xs, n1.o0)") == [1, None, 3]
    with pytest.raises(BindingError, match="node 'n1/1' has no committed outputs"):
        run.value("each(n0.xs, n1.o0)")


def test_a_map_over_something_else_is_refused(run: Run) -> None:
    with pytest.raises(BindingError, match="something other than a list"):
        run.value("each(json:3, n1.o0)")


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("eq(integer, n0.n, json:7)", 1),
        ("gt(integer, n0.n, json:7)", 2),
        ("and(ge(integer, n0.n, json:7), le(integer, n0.n, json:7))", 1),
        ("or(lt(integer, n0.n, json:7), ne(integer, n0.n, json:7))", 2),
        ('eq(string, n0.s, json:"x")', 1),
        ('lt(string, json:"w", n0.s)', 1),
        ("eq(boolean, json:true, json:false)", 2),
        ("lt(float, json:2, json:2.5)", 1),
        ('eq(datetime, json:"2024-01-01T00:00:00.100Z", json:"2024-01-01T00:00:00.900Z")', 1),
    ],
)
def test_the_taken_branch_is_that_of_the_condition(run: Run, condition: str, expected: int) -> None:
    assert run.value(f"if({condition}, json:1, json:2)") == expected


def test_what_is_not_taken_is_not_read(run: Run) -> None:
    assert run.value("if(eq(integer, n0.n, json:7), n0.n, n9.o0)") == 7
    with pytest.raises(BindingError, match="no branch was taken"):
        run.value("if(ne(integer, n0.n, json:7), n0.n, nothing())")


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("eq(integer, n0.n, n0.s)", "compares integer with string"),
        ("gt(boolean, json:true, json:false)", "orders booleans"),
        ("eq(integer, n0.xs, n0.xs)", "something other than"),
    ],
)
def test_a_condition_that_cannot_be_decided(run: Run, condition: str, message: str) -> None:
    with pytest.raises(JetbridgeError, match=message):
        run.value(f"if({condition}, json:1, json:2)")


def test_the_error_of_a_run_is_the_first_that_was_not_mended(run: Run) -> None:
    run.fail("n0", "mended by a later attempt", 1)
    run.fail("n3/n1", "the cause", 2)
    run.fail("n2", "a consequence", 3)
    literal = RunData(run.store, run.root).resolve(parse("failure()"), INTEGER)
    assert literal.scalar.union.value.scalar.error.message == "the cause"
    assert literal.scalar.union.value.scalar.error.failed_node_id == "n3/n1"
    assert literal.scalar.union.type.structure.tag == "FlyteError"


def test_a_run_without_errors_has_no_failure(run: Run) -> None:
    with pytest.raises(BindingError, match="no task has left an error"):
        run.value("failure()")


def test_attributes_of_a_constant_s_bytes(run: Run) -> None:
    run.store.write(inputs_uri(run.root), LiteralMap(literals={"n": integer(1)}).SerializeToString())
    assert run.value("inputs.n") == 1
    assert run.value("pb:EhAKBgoECgIIBAoGCgQKAggF[1]") == 5


@pytest.mark.parametrize(("number", "expected"), [(3.0, 3), (2.5, 2.5), (1e300, 1e300)])
def test_a_number_of_a_protobuf_struct_is_whole_for_an_int(run: Run, number: float, expected: float) -> None:
    """Such a struct has floats alone, and flytekit before 1.14, which writes it, takes none for an int."""
    literal = Literal()
    literal.scalar.generic.update({"x": number})
    bind = ProtoConstant(literal.SerializeToString(), ("x",))
    data = RunData(run.store, run.root)
    found = data.resolve(bind, INTEGER).scalar.primitive
    assert getattr(found, str(found.WhichOneof("value"))) == expected
    assert found.HasField("integer") == isinstance(expected, int)
    as_float = data.resolve(bind, LiteralType(simple=SimpleType.FLOAT)).scalar.primitive
    assert as_float.float_value == number
