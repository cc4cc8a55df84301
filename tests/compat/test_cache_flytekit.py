# flytekit has no type information.
# pyright: basic, reportMissingTypeStubs=false
"""Which calls are equal, by our key and by that of the real flytekit's local cache."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from flytekit.core.local_cache import _calculate_cache_key
from flytekit.models.literals import LiteralMap as FlyteLiteralMap

from jetbridge.idl import Blob, Literal, LiteralCollection, LiteralMap, Primitive, Scalar, TypedInterface
from jetbridge.runtime.cache_key import cache_key

Call = tuple[str, str, dict[str, Literal], tuple[str, ...]]


def primitive(**value: Any) -> Literal:
    return Literal(scalar=Scalar(primitive=Primitive(**value)))


def blob(uri: str, digest: str = "") -> Literal:
    return Literal(scalar=Scalar(blob=Blob(uri=uri)), hash=digest)


def listed(*items: Literal) -> Literal:
    return Literal(collection=LiteralCollection(literals=items))


def mapped(**items: Literal) -> Literal:
    return Literal(map=LiteralMap(literals=items))


INPUTS: list[dict[str, Literal]] = [
    {"x": primitive(integer=1)},
    {"x": primitive(integer=2)},
    {"y": primitive(integer=1)},
    {"x": primitive(float_value=1.0)},
    {"x": primitive(string_value="1")},
    {"x": primitive(integer=1), "y": primitive(integer=1)},
    {"x": primitive(integer=1), "y": primitive(integer=2)},
    {"x": listed(primitive(integer=1), primitive(integer=2))},
    {"x": listed(primitive(integer=2), primitive(integer=1))},
    {"x": mapped(a=primitive(integer=1), b=primitive(integer=2))},
    {"x": mapped(b=primitive(integer=2), a=primitive(integer=1))},
    {"x": blob("s3://b/1")},
    {"x": blob("s3://b/2")},
    {"x": blob("s3://b/1", "same")},
    {"x": blob("s3://b/2", "same")},
    {"x": listed(blob("s3://b/1", "same"))},
    {"x": listed(blob("s3://b/2", "same"))},
    {"x": mapped(a=listed(blob("s3://b/1", "same")))},
    {"x": mapped(a=listed(blob("s3://b/2", "other")))},
]
CALLS: list[Call] = [
    *(("t", "1", inputs, ignored) for inputs in INPUTS for ignored in ((), ("y",))),
    ("u", "1", INPUTS[0], ()),
    ("t", "2", INPUTS[0], ()),
]


def ours(call: Call) -> str:
    task, version, inputs, ignored = call
    return cache_key(task, version, TypedInterface(), inputs, ignored)


def theirs(call: Call) -> str:
    task, version, inputs, ignored = call
    return _calculate_cache_key(
        task, version, FlyteLiteralMap.from_flyte_idl(LiteralMap(literals=inputs)), cache_ignore_input_vars=ignored
    )


def test_both_take_the_same_calls_for_equal() -> None:
    pairs = list(combinations(CALLS, 2))
    different = [pair for pair in pairs if (ours(pair[0]) == ours(pair[1])) != (theirs(pair[0]) == theirs(pair[1]))]
    assert not different
    assert sum(ours(one) == ours(other) for one, other in pairs) > 10
