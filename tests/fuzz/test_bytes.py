"""Broken protobufs and packages: they are read, or refused by name."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetbridge.idl_admin import CompiledWorkflowClosure
from tests.fuzz.entries import BYTES, planned, read_literal, read_package
from tests.fuzz.profiles import fuzzed
from tests.fuzz.seeds import SEEDS, literals, packed
from tests.fuzz.strategies import broken


@pytest.mark.parametrize("kind", BYTES)
def test_the_seed_is_read(kind: str) -> None:
    BYTES[kind](SEEDS[kind])


def test_the_seed_of_plans_is_planned() -> None:
    assert [node.id for node in planned(CompiledWorkflowClosure.FromString(SEEDS["plan"])).nodes] == ["n0", "n1"]


@pytest.mark.parametrize("kind", BYTES)
@fuzzed
@given(data=st.data())
def test_broken_bytes(kind: str, data: st.DataObject) -> None:
    BYTES[kind](data.draw(broken(SEEDS[kind])))


@pytest.mark.parametrize("kind", BYTES)
@fuzzed
@given(data=st.binary(max_size=200))
def test_any_bytes(kind: str, data: bytes) -> None:
    BYTES[kind](data)


@fuzzed
@given(data=broken(gzip.decompress(SEEDS["package"])))
def test_a_broken_tar_in_sound_gzip(data: bytes) -> None:
    read_package(gzip.compress(data, mtime=0))


@fuzzed
@given(
    members=st.dictionaries(
        st.sampled_from(["0_a_1.pb", "1_b_2.pb", "2_c_3.pb", "x", "../a_1.pb", "a/b_1.pb", "f.tar.gz"]),
        st.sampled_from([SEEDS["template"], SEEDS["closure"], b"", b"\x0a\xff"]) | broken(SEEDS["closure"]),
    )
)
def test_packages_of_wrong_members(members: dict[str, bytes]) -> None:
    read_package(packed(members))


@fuzzed
@given(at=st.integers(0, len(literals()) - 1), data=st.data())
def test_broken_msgpack_and_structs(at: int, data: st.DataObject) -> None:
    literal = literals()[at]
    if literal.scalar.HasField("binary"):
        literal.scalar.binary.value = data.draw(broken(literal.scalar.binary.value))
    read_literal(literal)


@pytest.mark.parametrize("depth", [90, 100, 500, 5_000, 200_000])
@pytest.mark.parametrize("opener", [b"\x91", b"\x81\xa5child", b"\x82\xa5value\x01\xa8children\x91"])
def test_deep_msgpack_is_refused(depth: int, opener: bytes) -> None:
    literal = literals()[0]
    literal.scalar.binary.tag = "msgpack"
    literal.scalar.binary.value = opener * depth + b"\xc0"
    read_literal(literal)


@pytest.mark.parametrize(
    "size", [b"\xdd\xff\xff\xff\xff", b"\xdf\xff\xff\xff\xff", b"\xc6\xff\xff\xff\xff", b"\xdb\xff\xff\xff\xff"]
)
def test_msgpack_that_claims_to_be_huge_takes_no_memory(size: bytes) -> None:
    literal = literals()[0]
    literal.scalar.binary.tag = "msgpack"
    literal.scalar.binary.value = size
    read_literal(literal)


@pytest.mark.parametrize("depth", [30, 99, 101, 1_000])
def test_deep_protobufs_are_refused(depth: int) -> None:
    inner = b""
    for _ in range(depth):  # field 2, collection; field 1, literals
        item = b"\x0a" + _varint(len(inner)) + inner
        inner = b"\x12" + _varint(len(item)) + item
    entry = b"\x0a\x01a\x12" + _varint(len(inner)) + inner
    BYTES["inputs"](b"\x0a" + _varint(len(entry)) + entry)


def _varint(value: int) -> bytes:
    return bytes([value & 127 | 128]) + _varint(value >> 7) if value > 127 else bytes([value])
