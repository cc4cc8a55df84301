"""Packages: deterministic when written, and hostile input when read."""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
import tarfile
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jetbridge.errors import CompileError, InvalidPackageError, JetbridgeError
from jetbridge.idl import Binding, BindingData, Identifier, SimpleType
from jetbridge.idl_admin import LaunchPlan as LaunchPlanMessage
from jetbridge.idl_admin import TaskSpec, WorkflowSpec
from jetbridge.launch_plan import LaunchPlan
from jetbridge.package import Entity, Package, package_bytes, parse_package, read_package
from jetbridge.package_closure import closure_from_package, launchable_names
from jetbridge.serialize.entities import entities_of
from jetbridge.serialize.settings import SerializationSettings
from tests.sdk.flows import flow

NAME = "tests.sdk.flows.flow"


def entities() -> list[Entity]:
    return entities_of([LaunchPlan.get_or_create(flow)], SerializationSettings(image="img:1"))


def package() -> Package:
    return parse_package(package_bytes(entities()), "flow.tgz")


def tgz(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for info, data in members:
            tar.addfile(info, io.BytesIO(data))
    return gzip.compress(buffer.getvalue(), mtime=0)


def member(name: str, data: bytes = b"", kind: bytes = tarfile.REGTYPE) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size, info.type, info.linkname = len(data), kind, "elsewhere"
    return info, data


def closure_of_changed(spec: WorkflowSpec, tasks: Sequence[TaskSpec]) -> None:
    closure_from_package(Package(tuple(tasks), (spec,), ()), NAME)


def test_a_package_is_read_as_it_was_written() -> None:
    written = entities()
    read = package()
    assert [*read.tasks, *read.workflows, *read.launch_plans] == written
    assert launchable_names(read) == (NAME,)
    assert closure_from_package(read, NAME).compiled.primary.template == read.workflows[0].template


def test_two_processes_with_other_hash_seeds_write_the_same_bytes(tmp_path: Path) -> None:
    def write(seed: str) -> bytes:
        path = tmp_path / f"{seed}.tgz"
        target = str(Path(__file__).with_name("flows.py"))
        command = [sys.executable, "-c", _MAIN, "package", target, "-o", str(path)]
        subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": seed}, check=True, capture_output=True)
        return path.read_bytes()

    first = write("1")
    assert first == write("2")
    with tarfile.open(fileobj=io.BytesIO(first)) as tar:
        assert all(info.mtime == info.uid == 0 and "/" not in info.name for info in tar)


_MAIN = "from jetbridge.cli.main import main; main()"


def test_a_launch_plan_may_have_any_name() -> None:
    plan = LaunchPlan.get_or_create(flow, "team/daily\\x", default_inputs={"n": 1})
    data = package_bytes(entities_of([plan], SerializationSettings(image="img:1")))
    assert parse_package(data, "p").launch_plans[-1].id.name == "team/daily\\x"


@pytest.mark.parametrize("share", [0.0, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_a_package_cut_short_is_refused(share: float, tmp_path: Path) -> None:
    whole = package_bytes(entities())
    path = tmp_path / "cut.tgz"
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(InvalidPackageError) as caught:
        read_package(path)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not a whole .tgz"),
        (b"just text", "not a whole .tgz"),
        (gzip.compress(b""), "not a whole .tgz"),
        (gzip.compress(b"no tar" * 1000), "not a whole .tgz"),
        (tgz(), "holds no task"),
        (tgz(member("0_a_1.pb", kind=tarfile.SYMTYPE)), "not a plain file"),
        (tgz(member("0_a_1.pb", kind=tarfile.LNKTYPE)), "not a plain file"),
        (tgz(member("0_a_1.pb", kind=tarfile.FIFOTYPE)), "not a plain file"),
        (tgz(member("folder", kind=tarfile.DIRTYPE)), "not a plain file"),
        (tgz(member("../0_a_1.pb")), "has no folders"),
        (tgz(member("/etc/0_a_1.pb")), "has no folders"),
        (tgz(member("a\\0_a_1.pb")), "has no folders"),
        (tgz(member("readme.txt")), "which is no `<index>_<name>_<kind>.pb`"),
        (tgz(member("0_a_4.pb")), "which is no `<index>_<name>_<kind>.pb`"),
        (tgz(member("0_a_1.pb", b"\xff\xff\xff")), "is no TaskSpec"),
        (tgz(member("0_a_2.pb", b"\x0a\x05ab")), "is no WorkflowSpec"),
        (tgz(member("0_a_1.pb", b"")), "has no name"),
    ],
    ids=lambda value: "package" if isinstance(value, bytes) else None,
)
def test_what_is_no_package_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(InvalidPackageError, match=message) as caught:
        parse_package(data, "p.tgz")
    assert caught.value.hint


def test_two_entities_of_one_name_are_refused() -> None:
    spec = TaskSpec.FromString(entities()[0].SerializeToString())
    other = TaskSpec.FromString(entities()[0].SerializeToString())
    other.template.type = "other"
    files = [member("0_a_1.pb", spec.SerializeToString()), member("1_b_1.pb", other.SerializeToString())]
    with pytest.raises(InvalidPackageError, match="twice"):
        parse_package(tgz(*files), "p")


def test_the_same_entity_twice_is_one() -> None:
    """pyflyte writes a map task once for each `map_task()`."""
    spec = entities()[0].SerializeToString()
    package = parse_package(tgz(member("0_a_1.pb", spec), member("1_b_1.pb", spec)), "p")
    assert len(package.tasks) == 1


def bomb(size: int, kind: bytes) -> bytes:
    """A small file whose one member claims, and decompresses to, `size` zero bytes."""
    info = tarfile.TarInfo("0_a_1.pb")
    info.size, info.type = size, kind
    zeros = gzip.compress(bytes(1 << 20), 9)
    # Members of gzip follow each other, so a bomb is cheap to make.
    return gzip.compress(info.tobuf(tarfile.GNU_FORMAT)) + zeros * (size >> 20) + gzip.compress(bytes(1024))


@pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.XGLTYPE])
def test_a_bomb_is_refused_before_it_is_in_memory(kind: bytes) -> None:
    data = bomb(256 << 20, kind)
    assert len(data) < 1 << 20
    tracemalloc.start()
    try:
        with pytest.raises(InvalidPackageError):
            parse_package(data, "bomb.tgz")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 16 << 20


def test_a_long_chain_of_headers_is_refused() -> None:
    info = tarfile.TarInfo("x")
    info.type = tarfile.XHDTYPE
    with pytest.raises(InvalidPackageError):
        parse_package(gzip.compress(info.tobuf() * 5000), "chain.tgz")


def test_a_negative_size_is_refused() -> None:
    info = tarfile.TarInfo("0_a_1.pb")
    header = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    header[124:136] = b"\xff" * 11 + b"\x00"
    checksum = sum(header[:148]) + 8 * 32 + sum(header[156:512])
    header[148:156] = b"%06o\x00 " % checksum
    with pytest.raises(InvalidPackageError):
        parse_package(gzip.compress(bytes(header)), "negative.tgz")


def test_too_many_members_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jetbridge.package.MAX_MEMBERS", 3)
    with pytest.raises(InvalidPackageError, match="larger than a package may be"):
        parse_package(package_bytes(entities()), "p")


def nested_bindings(depth: int) -> bytes:
    """A WorkflowSpec whose one output is `depth` lists in each other."""

    def varint(number: int) -> bytes:
        return varint_of(number)

    data = b""
    parts: list[bytes] = []
    size = 0
    for _ in range(depth):
        # BindingData.collection = 2, BindingDataCollection.bindings = 1
        inner = b"\x0a" + varint(size)
        outer = b"\x12" + varint(size + len(inner))
        parts.append(outer + inner)
        size += len(outer) + len(inner)
    data = b"".join(reversed(parts))
    binding = b"\x0a\x02o0" + b"\x12" + varint(len(data)) + data
    outputs = b"\x2a" + varint(len(binding)) + binding  # WorkflowTemplate.outputs = 5
    name = WorkflowSpec()
    name.template.id.name = "deep.flow"
    template = name.template.SerializeToString() + outputs
    return b"\x0a" + varint(len(template)) + template


def varint_of(number: int) -> bytes:
    result = bytearray()
    while number > 127:
        result.append(number & 127 | 128)
        number >>= 7
    result.append(number)
    return bytes(result)


@pytest.mark.parametrize("depth", [40, 1_000, 100_000])
def test_deep_nesting_is_a_typed_error(depth: int) -> None:
    data = tgz(member("0_deep.flow_2.pb", nested_bindings(depth)))
    with pytest.raises(JetbridgeError):
        closure_from_package(parse_package(data, "deep.tgz"), "deep.flow")


def problems_of(spec: WorkflowSpec, tasks: Sequence[TaskSpec]) -> set[str]:
    with pytest.raises(CompileError) as caught:
        closure_of_changed(spec, tasks)
    return {problem.code for problem in caught.value.problems}


def test_missing_tasks_are_named() -> None:
    read = package()
    assert problems_of(read.workflows[0], read.tasks[1:]) == {"TaskReferenceNotFound"}


def test_a_dangling_node_reference_is_named() -> None:
    read = package()
    spec = read.workflows[0]
    spec.template.nodes[2].upstream_node_ids.append("n9")
    binding = BindingData()
    binding.promise.node_id, binding.promise.var = "n8", "o0"
    spec.template.outputs[0].binding.CopyFrom(binding)
    assert problems_of(spec, read.tasks) == {"NodeReferenceNotFound"}


def test_a_cycle_is_named() -> None:
    read = package()
    spec = read.workflows[0]
    spec.template.nodes[0].upstream_node_ids.append("n2")
    assert problems_of(spec, read.tasks) == {"CycleDetected"}


@pytest.mark.parametrize("node_id", ["../../etc", "a/b", "", "a b", "start-node", "end-node", "inputs", "é", "a" * 64])
def test_a_node_id_that_is_no_name_is_refused(node_id: str) -> None:
    read = package()
    spec = read.workflows[0]
    spec.template.nodes[0].id = node_id
    assert "InvalidValue" in problems_of(spec, read.tasks)


def test_a_variable_that_is_no_name_is_refused() -> None:
    read = package()
    read.tasks[0].template.interface.inputs.variables["a=b --x"].type.simple = SimpleType.INTEGER
    assert "SyntaxError" in problems_of(read.workflows[0], read.tasks)


def test_a_binding_to_nothing_and_a_binding_twice_are_named() -> None:
    read = package()
    spec = read.workflows[0]
    spec.template.nodes[0].inputs.append(spec.template.nodes[0].inputs[0])
    spec.template.nodes[1].inputs[0].CopyFrom(Binding(var="high", binding=BindingData()))
    assert {"ParameterBoundMoreThanOnce", "ParameterNotBound"} <= problems_of(spec, read.tasks)


def test_a_launch_plan_of_a_missing_workflow_is_named() -> None:
    plan = LaunchPlanMessage(id=Identifier(name="lp"))
    plan.spec.workflow_id.name = "gone"
    with pytest.raises(CompileError, match="'gone', which the package does not hold"):
        closure_from_package(Package((), (), (plan,)), "lp")


@given(st.binary(max_size=200))
def test_random_bytes_are_refused(data: bytes) -> None:
    for candidate in (data, gzip.compress(data), b"\x1f\x8b\x08" + data):
        with pytest.raises(JetbridgeError):
            parse_package(candidate, "random")


TAR = gzip.decompress(package_bytes(entities()))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(TAR) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_mutated_packages_are_read_or_refused(changes: list[tuple[int, int]]) -> None:
    data = bytearray(TAR)
    for at, value in changes:
        data[at] = value
    _read(gzip.compress(bytes(data), 1))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 5), st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=6))
def test_mutated_messages_are_read_or_refused(which: int, changes: list[tuple[float, int]]) -> None:
    messages = entities()
    members = [
        (f"{index}_x_{_KIND[type(entity)]}.pb", entity.SerializeToString()) for index, entity in enumerate(messages)
    ]
    name, content = members[which % len(members)]
    data = bytearray(content)
    for share, value in changes:
        data[int(share * len(data))] = value
    members[which % len(members)] = (name, bytes(data))
    _read(tgz(*(member(*each) for each in members)))


_KIND = {TaskSpec: 1, WorkflowSpec: 2, LaunchPlanMessage: 3}


def _read(data: bytes) -> None:
    """Everything up to the checked closure ends well or in an error of ours."""
    try:
        read = parse_package(data, "mutated")
        for name in launchable_names(read):
            closure_from_package(read, name)
    except JetbridgeError:
        return
