"""What a store gives back broken, offloaded or not at all: errors that say what, and no crash."""

from __future__ import annotations

from pathlib import Path

import pytest

from jetbridge.bindings import parse
from jetbridge.errors import BindingError, JetbridgeError, StoreError
from jetbridge.idl import Literal, LiteralCollection, LiteralMap, LiteralType, Primitive, Scalar, SimpleType
from jetbridge.runtime import exit_codes
from jetbridge.runtime.layout import error_uri, outputs_uri
from jetbridge.runtime.run_data import RunData
from jetbridge.store import open_store
from jetbridge.types.json_codec import to_json
from tests.sdk.runtime.run import Run, integer

INTEGER = LiteralType(simple=SimpleType.INTEGER)
INTEGERS = LiteralType(collection_type=INTEGER)
DAMAGED = b"\xff\xff\xff"


@pytest.fixture
def root(tmp_path: Path) -> str:
    return f"file://{tmp_path}"


def resolve(root: str, text: str, declared: LiteralType = INTEGER) -> object:
    return to_json(RunData(open_store(), root).resolve(parse(text), declared))


def offload(root: str, literal: Literal) -> None:
    """Commits an output that stands for a literal elsewhere."""
    open_store().write(f"{root}/elsewhere.pb", literal.SerializeToString())
    outputs = LiteralMap()
    outputs.literals["o0"].offloaded_metadata.uri = f"{root}/elsewhere.pb"
    open_store().write(outputs_uri(root, "n0"), outputs.SerializeToString())


def test_attributes_of_an_offloaded_literal(root: str) -> None:
    offload(root, Literal(collection=LiteralCollection(literals=[integer(4), integer(5)])))
    assert resolve(root, "n0.o0[1]") == 5


def test_the_size_of_an_offloaded_list(root: str) -> None:
    offload(root, Literal(collection=LiteralCollection(literals=[integer(4), integer(5)])))
    for index, value in enumerate((10, 20)):
        outputs = LiteralMap(literals={"o0": integer(value)})
        open_store().write(outputs_uri(root, f"n1/{index}"), outputs.SerializeToString())
    assert resolve(root, "each(n0.o0, n1.o0)", INTEGERS) == [10, 20]


def test_a_map_over_what_is_no_list(root: str) -> None:
    open_store().write(outputs_uri(root, "n0"), LiteralMap(literals={"o0": integer(4)}).SerializeToString())
    with pytest.raises(BindingError, match="other than a list"):
        resolve(root, "each(n0.o0, n1.o0)", INTEGERS)


def test_an_offloaded_literal_that_is_gone(root: str) -> None:
    outputs = LiteralMap()
    outputs.literals["o0"].offloaded_metadata.uri = f"{root}/gone.pb"
    open_store().write(outputs_uri(root, "n0"), outputs.SerializeToString())
    with pytest.raises(StoreError, match=r"gone\.pb"):
        resolve(root, "n0.o0[1]")


def test_an_offloaded_literal_that_is_damaged(root: str) -> None:
    offload(root, Literal())
    open_store().write(f"{root}/elsewhere.pb", DAMAGED)
    with pytest.raises(JetbridgeError, match=r"elsewhere\.pb holds no literal"):
        resolve(root, "n0.o0[1]")


def test_a_damaged_error_document(root: str) -> None:
    open_store().write(error_uri(root, "n0"), DAMAGED)
    with pytest.raises(BindingError, match=r"n0/error\.pb is damaged"):
        resolve(root, "failure()")


@pytest.mark.parametrize(
    "text", ["if(eq(animal, json:1, json:1), json:1, json:2)", "if(eq(none, json:null, json:null), json:1, json:2)"]
)
def test_conditions_over_what_cannot_be_compared(root: str, text: str) -> None:
    with pytest.raises(BindingError, match="a condition compares"):
        resolve(root, text)


def test_a_condition_over_an_empty_primitive(root: str) -> None:
    empty = LiteralMap(literals={"o0": Literal(scalar=Scalar(primitive=Primitive()))})
    open_store().write(outputs_uri(root, "n0"), empty.SerializeToString())
    with pytest.raises(BindingError, match="a condition compares"):
        resolve(root, "if(eq(integer, n0.o0, n0.o0), json:1, json:2)")


@pytest.mark.parametrize("text", ['json:"abc"[0]', "json:[1][3]", 'json:{"a": 1}.b', "json:1.a"])
def test_parts_of_a_constant_that_it_has_not(root: str, text: str) -> None:
    with pytest.raises(BindingError, match="has no value"):
        resolve(root, text)


def test_packages_that_cannot_be_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_F_RUNTIME_PACKAGES", "--no-index jetbridge-there-is-no-such-package")
    run = Run(tmp_path)
    assert run.execute("n0", "inc", "n=json:1") == exit_codes.SYSTEM
    assert "jetbridge-there-is-no-such-package" in run.error("n0").message
