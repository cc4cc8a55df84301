"""The key of a call in the cache: what it holds, and what it does not."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetbridge.idl import (
    Blob,
    Literal,
    LiteralCollection,
    LiteralMap,
    LiteralType,
    Primitive,
    Scalar,
    StructuredDataset,
    TypedInterface,
    Union,
    Void,
)
from jetbridge.interface import interface_of, typed_interface
from jetbridge.runtime.cache_interface import interface_text, parse_interface
from jetbridge.runtime.cache_key import cache_key
from jetbridge.store import open_store
from jetbridge.types import TransformContext, literal_type, to_literal
from jetbridge.types.annotated import HashMethod
from jetbridge.types.binary import plain_literal
from jetbridge.types.json_codec import from_json, to_json
from tests.sdk.runtime.run import integer

EMPTY = TypedInterface()


@dataclass
class Left:
    n: int


@dataclass
class Right:
    n: int


def key(literal: Literal, **change: Any) -> str:
    call: dict[str, Any] = {"task": "t", "version": "1", "interface": EMPTY, "inputs": {"x": literal}, "ignored": ()}
    return cache_key(**{**call, **change})


def text(value: str) -> Literal:
    return Literal(scalar=Scalar(primitive=Primitive(string_value=value)))


def blob(uri: str, hash_: str = "") -> Literal:
    return Literal(scalar=Scalar(blob=Blob(uri=uri)), hash=hash_)


def none() -> Literal:
    return Literal(scalar=Scalar(none_type=Void()))


def union(literal: Literal, declared: LiteralType) -> Literal:
    return Literal(scalar=Scalar(union=Union(value=literal, type=declared)))


def listed(*items: Literal) -> Literal:
    return Literal(collection=LiteralCollection(literals=items))


def interface(function: Callable[..., Any]) -> TypedInterface:
    return typed_interface(interface_of(function))


# ---- what counts -----------------------------------------------------------------------------------------------------


def test_every_part_of_a_call_counts() -> None:
    def takes(x: int) -> int: ...
    def takes_a_float(x: float) -> int: ...
    def gives_a_float(x: int) -> float: ...
    def has_another_name(y: int) -> int: ...

    keys = [
        key(integer(1)),
        key(integer(2)),
        key(text("1")),
        key(Literal(scalar=Scalar(primitive=Primitive(float_value=1.0)))),
        key(Literal(scalar=Scalar(primitive=Primitive(boolean=True)))),
        key(none()),
        key(listed()),
        key(Literal(map=LiteralMap())),
        key(listed(integer(1))),
        key(integer(1), task="u"),
        key(integer(1), version="2"),
        key(integer(1), inputs={"y": integer(1)}),
        key(integer(1), inputs={"x": integer(1), "y": integer(1)}),
        *(
            key(integer(1), interface=interface(each))
            for each in (takes, takes_a_float, gives_a_float, has_another_name)
        ),
    ]
    assert len(set(keys)) == len(keys)


def test_space_around_a_version_and_ignored_inputs_do_not_count() -> None:
    assert key(integer(1), version=" 1\n") == key(integer(1))
    one = key(integer(1), inputs={"x": integer(1), "y": integer(1)}, ignored=["y"])
    assert one == key(integer(1), inputs={"x": integer(1), "y": integer(2)}, ignored=["y"])
    assert one == key(integer(1))


def test_descriptions_and_notes_on_types_do_not_count() -> None:
    def takes(x: Left) -> list[Left]: ...

    plain, noted = interface(takes), interface(takes)
    noted.inputs.variables["x"].description = "another"
    noted.inputs.variables["x"].type.metadata.update({"title": "Other"})
    noted.outputs.variables["o0"].type.collection_type.metadata.update({"title": "Other"})
    assert key(integer(1), interface=noted) == key(integer(1), interface=plain)
    # FlyteIDL's own note on how a struct is written is a part of the type.
    noted.inputs.variables["x"].type.annotation.annotations["cache-key-metadata"] = {"serialization-format": "json"}
    assert key(integer(1), interface=noted) != key(integer(1), interface=plain)


def test_an_interface_survives_the_command_line_and_keeps_its_key() -> None:
    def takes(x: Left, y: Right | None = None) -> dict[str, Left]: ...

    whole = interface(takes)
    sent = parse_interface(interface_text(whole))
    assert key(integer(1), interface=sent) == key(integer(1), interface=whole)
    assert from_json({"n": 1}, sent.inputs.variables["x"].type) == from_json({"n": 1}, literal_type(Left))


# ---- hashes ----------------------------------------------------------------------------------------------------------


def test_a_hash_stands_for_its_literal_at_any_depth() -> None:
    one, other = blob("s3://a", "same"), blob("s3://b", "same")
    hints = literal_type(int | None)
    assert key(one) == key(other) != key(blob("s3://a", "another"))
    assert key(listed(one)) == key(listed(other))
    assert key(Literal(map=LiteralMap(literals={"k": listed(one)}))) == key(
        Literal(map=LiteralMap(literals={"k": listed(other)}))
    )
    assert key(union(one, hints)) == key(union(other, hints))
    assert key(one) != key(text("same"))


def test_files_and_frames_count_by_their_uri() -> None:
    assert key(blob("s3://a")) != key(blob("s3://b"))
    frame = Literal(scalar=Scalar(structured_dataset=StructuredDataset(uri="s3://a")))
    other = Literal(scalar=Scalar(structured_dataset=StructuredDataset(uri="s3://b")))
    assert key(frame) != key(other)
    named = Literal()
    named.CopyFrom(frame)
    named.scalar.structured_dataset.metadata.structured_dataset_type.format = "parquet"
    assert key(named) == key(frame)


def test_a_hash_method_makes_equal_content_one_call(tmp_path: Path) -> None:
    transform = TransformContext(open_store(), str(tmp_path), tmp_path)
    shouted = Annotated[str, HashMethod(str.lower)]

    def keyed(value: str, hint: Any) -> str:
        return key(to_literal(transform, value, hint, literal_type(hint)))

    assert keyed("Hi", shouted) == keyed("HI", shouted)
    assert keyed("Hi", str) != keyed("HI", str)


# ---- one value, several literals -------------------------------------------------------------------------------------


def test_a_union_is_the_value_in_it() -> None:
    declared = literal_type(int | None)
    assert key(union(integer(1), declared.union_type.variants[0])) == key(integer(1))
    assert key(union(none(), declared.union_type.variants[1])) == key(none())


def test_dataclasses_that_are_written_alike_are_told_apart_in_a_union() -> None:
    value = plain_literal({"n": 1})
    assert key(union(value, literal_type(Left))) != key(union(value, literal_type(Right)))


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        (3, int),
        (0.1, float),
        ("ü {{x}}", str),
        (None, int | None),
        ("x", str | None),
        ([1, 2], list[int]),
        ({"b": [1.5], "a": []}, dict[str, list[float]]),
        ({"n": 3}, Left),
        ({"b": {"d": 1.0, "c": [None, True]}, "a": 2}, dict),
        ("s3://b/x", Annotated[str, "noted"]),
    ],
)
def test_a_value_that_travels_as_json_keeps_its_key(value: object, hint: Any) -> None:
    """Argo and Airflow pass workflow inputs as JSON, in which dictionaries may come out in another order."""
    declared = literal_type(hint)
    once = from_json(value, declared)
    again = from_json(_reversed(to_json(once)), declared)
    assert key(once) == key(again)


def _reversed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    found = cast("dict[object, object]", value)
    return {name: _reversed(found[name]) for name in reversed(list(found))}


# ---- properties ------------------------------------------------------------------------------------------------------

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
LITERALS = st.recursive(
    st.builds(integer, st.integers(-(2**63), 2**63 - 1)) | st.builds(text, st.text(max_size=5)) | st.just(none()),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: listed(*items))
        | st.dictionaries(st.text(max_size=3), inner, max_size=3).map(
            lambda items: Literal(map=LiteralMap(literals=items))
        )
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=3), PLAIN, max_size=4))
def test_the_order_in_a_struct_does_not_count(value: dict[str, object]) -> None:
    assert key(plain_literal(value)) == key(plain_literal(_reversed(value)))


@given(st.dictionaries(st.text(max_size=3), LITERALS, max_size=4))
def test_the_order_of_inputs_does_not_count(inputs: dict[str, Literal]) -> None:
    swapped = {name: inputs[name] for name in reversed(list(inputs))}
    assert key(none(), inputs=inputs) == key(none(), inputs=swapped)


@given(LITERALS, LITERALS)
def test_keys_are_equal_just_where_values_are(one: Literal, other: Literal) -> None:
    assert (key(one) == key(other)) == (one == other)


@given(PLAIN, PLAIN)
def test_structs_have_equal_keys_just_where_they_are_written_alike(one: object, other: object) -> None:
    same = to_bytes(one) == to_bytes(other)
    assert (key(plain_literal(one)) == key(plain_literal(other))) == same


def to_bytes(value: object) -> bytes:
    return plain_literal(_sorted(value)).scalar.binary.value


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        found = cast("dict[str, object]", value)
        return {name: _sorted(found[name]) for name in sorted(found)}
    return [_sorted(item) for item in cast("list[object]", value)] if isinstance(value, list) else value


# ---- the same everywhere ---------------------------------------------------------------------------------------------

EXAMPLE = """
from jetbridge.idl import *
from jetbridge.runtime.cache_key import cache_key
from jetbridge.types.binary import plain_literal
one = Literal(scalar=Scalar(primitive=Primitive(float_value=0.1)))
struct = plain_literal({"b": [1, 2.5, None], "a": {"c": True, "d": "\\xfc"}})
interface = TypedInterface()
interface.inputs.variables["x"].type.simple = 2
interface.outputs.variables["o0"].type.collection_type.simple = 1
print(cache_key("shop.total", "1", interface, {"x": one, "y": struct}))
"""
EXAMPLE_KEY = "81ac76715a53ab97be0e2f11b0e304a41e6c9814eb9d1cba357af1b5b6e9d935"


@pytest.mark.parametrize(("seed", "implementation"), [("1", "upb"), ("2", "python")])
def test_keys_do_not_change_between_processes(seed: str, implementation: str) -> None:
    """The value is pinned: another one would be a miss of all that is cached. Change `_FORMAT` with it."""
    environ = {**os.environ, "PYTHONHASHSEED": seed, "PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION": implementation}
    command = [sys.executable, "-c", EXAMPLE]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == EXAMPLE_KEY
