"""Cached tasks as the entrypoint runs them: when the user's code is called, and what is left in the store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from jetbridge.errors import StoreError
from jetbridge.idl import BlobType, Literal, LiteralMap, SimpleType, TypedInterface
from jetbridge.interface import typed_interface
from jetbridge.runtime.cache_interface import interface_text
from jetbridge.runtime.cache_lease import Lease
from jetbridge.runtime.cache_references import lost_reference, references
from jetbridge.runtime.execute import run as run_entrypoint
from jetbridge.store import ObjectStore, open_store
from jetbridge.types.binary import plain_literal
from tests.sdk import worker
from tests.sdk.runtime.run import Run, integer

ADD = typed_interface(worker.add.interface)


class Cached:
    """A store with a cache, runs in it, and how often they called the function."""

    def __init__(self, store: Path) -> None:
        self.store = store

    def run(self, name: str) -> Run:
        return Run(self.store / name)

    def add(self, name: str, *binds: str, module: str = "tests.sdk.worker", **options: str) -> int:
        return self.execute(name, ADD, ["--", "task-module", module, "task-name", "add"], binds, options)

    def execute(
        self, name: str, interface: TypedInterface, task: list[str], binds: tuple[str, ...], options: dict[str, str]
    ) -> int:
        values = {"root": str(self.store), "task": "tests.add", "version": "1", **options}
        given = [f"--cache-{option}={value}" for option, value in values.items()]
        place = [*self.run(name).arguments("n0", binds), f"--cache-interface={interface_text(interface)}"]
        return run_entrypoint([*place, *given, *task])

    def calls(self) -> int:
        return len((self.store / "trace").read_text().splitlines())

    @property
    def entry(self) -> Path:
        (found,) = self.store.glob("cache/tests.add/1/*/outputs.pb")
        return found


@pytest.fixture
def cached(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cached:
    monkeypatch.setenv("TRACE", str(tmp_path / "trace"))
    return Cached(tmp_path)


# ---- hits ------------------------------------------------------------------------------------------------------------


def test_an_equal_call_takes_the_outputs_of_the_one_before(cached: Cached, capsys: pytest.CaptureFixture[str]) -> None:
    assert cached.add("run-1", "a=json:1") == 0
    cached.run("run-2").write("n9/outputs.pb", o0=1)
    assert cached.add("run-2", "a=n9.o0") == 0
    assert cached.calls() == 1
    assert cached.run("run-2").output("n0") == 6
    assert "n0 is cached: its outputs are those of an equal call of tests.add" in capsys.readouterr().err


def test_a_hit_needs_neither_the_module_nor_the_bundle(cached: Cached) -> None:
    assert cached.add("run-1", "a=json:1") == 0
    arguments = [
        *cached.run("run-2").arguments("n0", ("a=json:1",)),
        f"--additional-distribution=file://{cached.store}/no-such-bundle.tar.gz",
        *(f"--cache-root={cached.store}", "--cache-task=tests.add", "--cache-version=1"),
        f"--cache-interface={interface_text(ADD)}",
        *("--", "task-module", "no.such.module", "task-name", "add"),
    ]
    assert run_entrypoint(arguments) == 0
    assert cached.run("run-2").output("n0") == 6


def test_a_hit_tells_the_engine_what_it_must_know(cached: Cached) -> None:
    assert cached.add("run-1", "a=json:1") == 0
    file = cached.store / "told"
    given = [*cached.run("run-2").arguments("n0", ("a=json:1",)), f"--control=value:o0={file}"]
    options = [f"--cache-root={cached.store}", "--cache-task=tests.add", "--cache-version=1"]
    interface = f"--cache-interface={interface_text(ADD)}"
    assert run_entrypoint([*given, *options, interface, "--", "task-module", "no.such", "task-name", "add"]) == 0
    assert file.read_text() == "6"


def test_ignored_inputs_do_not_matter(cached: Cached) -> None:
    assert cached.add("run-1", "a=json:1", "b=json:5", ignore="b") == 0
    assert cached.add("run-2", "a=json:1", "b=json:7", ignore="b") == 0
    assert (cached.calls(), cached.run("run-2").output("n0")) == (1, 6)
    assert cached.add("run-3", "a=json:2", "b=json:5", ignore="b") == 0
    assert cached.calls() == 2


# ---- misses ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [{"version": "2"}, {"task": "tests.other"}, {"ignore": "c"}])
def test_another_version_or_task_is_a_miss(cached: Cached, change: dict[str, str]) -> None:
    assert cached.add("run-1", "a=json:1", "c=json:1") == 0
    assert cached.add("run-2", "a=json:1", "c=json:1", **change) == 0
    assert cached.calls() == 2


def test_a_changed_interface_is_a_miss(cached: Cached) -> None:
    assert cached.add("run-1", "a=json:1") == 0
    changed = TypedInterface()
    changed.CopyFrom(ADD)
    changed.inputs.variables["d"].type.simple = SimpleType.INTEGER
    task = ["--", "task-module", "tests.sdk.worker", "task-name", "add"]
    assert cached.execute("run-2", changed, task, ("a=json:1",), {}) == 0
    assert cached.calls() == 2


def test_overwriting_runs_the_task_and_replaces_the_entry(cached: Cached) -> None:
    assert cached.add("run-1", "a=json:1") == 0
    cached.entry.write_bytes(LiteralMap(literals={"o0": integer(99)}).SerializeToString())
    assert cached.add("run-2", "a=json:1", overwrite="False") == 0
    assert (cached.calls(), cached.run("run-2").output("n0")) == (1, 99)
    assert cached.add("run-3", "a=json:1", overwrite="True") == 0
    assert (cached.calls(), cached.run("run-3").output("n0")) == (2, 6)
    assert LiteralMap.FromString(cached.entry.read_bytes()).literals["o0"] == integer(6)


@pytest.mark.parametrize(
    ("entry", "why"),
    [(b"\xff\xff", "are damaged"), (b"", "are not those that the task declares")],
)
def test_a_broken_entry_is_a_miss_and_is_replaced(
    cached: Cached, entry: bytes, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cached.add("run-1", "a=json:1") == 0
    cached.entry.write_bytes(entry)
    assert cached.add("run-2", "a=json:1") == 0
    assert f"n0 runs, because its cached outputs {why}" in capsys.readouterr().err
    assert cached.add("run-3", "a=json:1") == 0
    assert (cached.calls(), cached.run("run-3").output("n0")) == (2, 6)


def test_a_failure_is_not_cached(cached: Cached) -> None:
    assert cached.add("run-1", "a=json:1", module="tests.sdk.nowhere") == 80
    assert not (cached.store / "cache").exists()
    assert cached.add("run-2", "a=json:1") == 0
    assert cached.calls() == 1


def _nothing(call: object) -> bool:
    return False


def test_the_first_of_two_at_once_stays_in_the_cache(cached: Cached, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cached.add("run-1", "a=json:1") == 0
    entry = cached.entry
    before = entry.read_bytes()
    monkeypatch.setattr("jetbridge.runtime.cache._Call._reuse", _nothing)
    assert cached.add("run-2", "a=json:1") == 0
    assert (cached.calls(), entry.read_bytes()) == (2, before)


# ---- what must not fail a task ---------------------------------------------------------------------------------------


def test_a_cache_that_cannot_be_used_is_said_and_borne(cached: Cached, capsys: pytest.CaptureFixture[str]) -> None:
    (cached.store / "file").write_text("no folder")
    assert cached.add("run-1", "a=json:1", root=str(cached.store / "file")) == 0
    said = capsys.readouterr().err
    assert "runs, because the cache cannot be read" in said
    assert "were not put into the cache" in said
    assert cached.run("run-1").output("n0") == 6


def test_a_lease_that_cannot_be_had_is_borne(
    cached: Cached, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def away(self: object) -> str:
        raise StoreError("away")

    monkeypatch.setattr(Lease, "acquire", away)
    task = ["--cache-serialize", "--", "task-module", "tests.sdk.worker", "task-name", "add"]
    assert cached.execute("run-1", ADD, task, ("a=json:1",), {}) == 0
    assert "does not wait for equal calls: away" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("bind", "message"), [("nope=json:1", "no input 'nope'"), ("a=n9.o0", "has no committed outputs")]
)
def test_inputs_that_cannot_be_read_are_the_tasks_error(cached: Cached, bind: str, message: str) -> None:
    assert cached.add("run-1", bind) == 80
    assert message in cached.run("run-1").error("n0").message


def test_a_cache_needs_all_its_options(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run_entrypoint([*run.arguments("n0"), "--cache-root=x", "--", "task-module", "m", "task-name", "t"])
    assert "--cache-interface" in capsys.readouterr().err


# ---- files -----------------------------------------------------------------------------------------------------------


def test_a_file_that_is_gone_is_a_miss(cached: Cached, capsys: pytest.CaptureFixture[str]) -> None:
    interface = typed_interface(worker.slow.interface)
    task = ["--", "task-module", "tests.sdk.worker", "task-name", "slow"]

    def uri(name: str) -> str:
        assert cached.execute(name, interface, task, ("seconds=json:0.0",), {}) == 0
        outputs = LiteralMap.FromString((cached.store / name / "n0" / "outputs.pb").read_bytes())
        return outputs.literals["o0"].scalar.blob.uri

    first = uri("run-1")
    assert uri("run-2") == first
    Path(first.removeprefix("file://")).unlink()
    third = uri("run-3")
    assert third != first
    assert f"refer to {first}, which is gone" in capsys.readouterr().err
    assert uri("run-4") == third


def _uri(store: Path, *, is_folder: bool = False) -> Literal:
    literal = Literal()
    literal.scalar.blob.uri = f"file://{store}/run-1/n0/attempts/0/x"
    literal.scalar.blob.metadata.type.dimensionality = BlobType.MULTIPART if is_folder else BlobType.SINGLE
    return literal


def _listed(literal: Literal) -> Literal:
    listed = Literal()
    listed.collection.literals.append(literal)
    return listed


def _in_a_map(literal: Literal) -> Literal:
    entry = Literal()
    entry.map.literals["k"].CopyFrom(literal)
    return entry


def _in_a_union(literal: Literal) -> Literal:
    union = Literal()
    union.scalar.union.value.CopyFrom(literal)
    return union


def _in_a_struct(literal: Literal) -> Literal:
    return plain_literal({"files": [{"path": literal.scalar.blob.uri}, 3]})


@pytest.mark.parametrize("wrap", [_listed, _in_a_map, _in_a_union, _in_a_struct])
def test_references_are_found_wherever_they_are(tmp_path: Path, wrap: Callable[[Literal], Literal]) -> None:
    literal = _uri(tmp_path)
    assert [each.uri for each in references(wrap(literal))] == [literal.scalar.blob.uri]
    assert lost_reference(open_store(), [wrap(literal)], str(tmp_path)) == literal.scalar.blob.uri
    assert lost_reference(open_store(), [wrap(literal)], str(tmp_path / "elsewhere")) == ""


def test_an_empty_folder_is_there_while_its_run_is(tmp_path: Path) -> None:
    literal = _uri(tmp_path, is_folder=True)
    assert lost_reference(ObjectStore(), [literal], str(tmp_path))
    Run(tmp_path / "run-1").write("n0/outputs.pb")
    assert lost_reference(ObjectStore(), [literal], str(tmp_path)) == ""
    assert lost_reference(ObjectStore(), [_uri(tmp_path)], str(tmp_path))
