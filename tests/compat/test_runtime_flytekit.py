"""Our entrypoint beside the real flytekit's: the same command on the same `inputs.pb` leaves the same protobufs."""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from jetbridge.idl import Binary, ErrorDocument, Literal, LiteralCollection, LiteralMap, Primitive, Scalar, SimpleType
from jetbridge.runtime.execute import run as run_entrypoint

RESOLVER = "flytekit.core.python_auto_container.default_task_resolver"
ARRAY_RESOLVER = "flytekit.core.array_node_map_task.ArrayNodeMapTaskResolver"
LEGACY_RESOLVER = "flytekit.core.legacy_map_task.MapTaskResolver"
THEIR_IMPORTS = """\
from flytekit import current_context, task
from flytekit.core.base_task import IgnoreOutputs
from flytekit.exceptions.user import FlyteRecoverableException
"""
Execute = Callable[[str, list[str]], int]


def integer(value: int) -> Literal:
    return Literal(scalar=Scalar(primitive=Primitive(integer=value)))


def string(value: str) -> Literal:
    return Literal(scalar=Scalar(primitive=Primitive(string_value=value)))


def collection(*literals: Literal) -> Literal:
    return Literal(collection=LiteralCollection(literals=literals))


def packed(data: bytes) -> Literal:
    return Literal(scalar=Scalar(binary=Binary(value=data, tag="msgpack")))


@dataclass(frozen=True)
class Side:
    """One library: its module with the tasks, and its entrypoint."""

    folder: Path
    module: str
    execute: Execute

    def run(self, task: str, inputs: dict[str, Literal] | None, *options: str, mapped: str = "") -> int:
        """Runs a task in a folder of its own; without inputs there is no inputs.pb."""
        self.folder.mkdir(exist_ok=True)
        source = self.folder / "inputs.pb"
        if inputs is not None:
            source.write_bytes(LiteralMap(literals=inputs).SerializeToString())
        command = "pyflyte-map-execute" if mapped else "pyflyte-execute"
        place = [
            "--inputs",
            str(source),
            "--output-prefix",
            self.prefix,
            "--raw-output-data-prefix",
            f"{self.prefix}-raw",
        ]
        loader = ["task-module", self.module, "task-name", task]
        before = ["vars", "b,c", "resolver", RESOLVER] if mapped else []
        resolver = ["--resolver", mapped or RESOLVER]
        return self.execute(command, [*place, *options, *resolver, "--", *before, *loader])

    @property
    def prefix(self) -> str:
        return str(self.folder / "out")

    def files(self) -> set[str]:
        out = self.folder / "out"
        return {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}

    def outputs(self, name: str = "outputs.pb") -> LiteralMap:
        found = LiteralMap.FromString((self.folder / "out" / name).read_bytes())
        for literal in found.literals.values():
            if literal.HasField("offloaded_metadata"):
                literal.offloaded_metadata.uri = literal.offloaded_metadata.uri.replace(self.prefix, "")
        return found

    def error(self) -> ErrorDocument:
        """The error document without its time, and with the user's frames alone."""
        (path,) = (self.folder / "out").glob("error*.pb")
        document = ErrorDocument.FromString(path.read_bytes())
        assert document.error.timestamp.seconds > 1_600_000_000
        document.error.ClearField("timestamp")
        message = users_lines(document.error.message).replace(self.module, "flow")
        # What asks for another attempt is each library's own, and flytekit's has its code in its text.
        message = message.replace("flytekit.exceptions.user.", "jetbridge.errors.")
        document.error.message = message.replace("USER:Recoverable: error=", "")
        return document


def users_lines(message: str) -> str:
    """A message without the frames of flytekit and of Python: a `File` line with what is indented below it."""
    kept: list[str] = []
    dropping, depth = False, 0
    for line in message.splitlines(keepends=True):
        text = line.lstrip("| ")
        if text.startswith("File "):
            dropping = "/flytekit/" in text or "/lib/python3" in text
            depth = len(line) - len(text)
        elif dropping and len(line) - len(text) <= depth:
            dropping = False
        if not dropping:
            kept.append(line)
    return "".join(kept)


def ours(command: str, argv: list[str]) -> int:
    return run_entrypoint(argv, command.removeprefix("pyflyte-"))


@dataclass(frozen=True)
class Flytekit:
    """The real flytekit's commands, in one process for all tests."""

    process: subprocess.Popen[str]

    def execute(self, command: str, argv: list[str]) -> int:
        requests, answers = self.process.stdin, self.process.stdout
        assert requests is not None
        assert answers is not None
        requests.write(json.dumps({"argv": [command, *argv], "environ": dict(os.environ)}) + "\n")
        requests.flush()
        return int(answers.readline())


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Execute]]:
    folder = tmp_path_factory.mktemp("code")
    text = Path(__file__).with_name("runtime_tasks.py").read_text().replace("from __future__ import annotations\n", "")
    head, _, rest = text.partition("# imports\n")
    our_import, _, body = rest.partition("\n")
    (folder / "compat_ours.py").write_text(f"{head}{our_import}\n\n\n{body}")
    (folder / "compat_theirs.py").write_text(f"{head}{THEIR_IMPORTS}{body}")
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    server = [sys.executable, str(Path(__file__).with_name("flytekit_commands.py"))]
    pipe, log = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen(server, cwd=folder, text=True, stdin=pipe, stdout=pipe, stderr=log) as process:
        yield {"compat_theirs": Flytekit(process).execute, "compat_ours": ours}
        process.kill()
    sys.path.remove(str(folder))
    sys.modules.pop("compat_ours", None)


@pytest.fixture
def sides(modules: dict[str, Execute], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Side, Side]:
    monkeypatch.setattr(sys, "path", [*sys.path])
    for name in list(os.environ):
        if name.startswith(("FLYTE_", "_F_", "BATCH_JOB_")):
            monkeypatch.delenv(name)
    their, our = (Side(tmp_path / name, name, execute) for name, execute in modules.items())
    return their, our


FIT = {"fit": packed(b"\x82\xa5slope\xcb?\xf8\x00\x00\x00\x00\x00\x00\xa5names\x91\xa1a"), "table": Literal()}
FIT["table"].map.literals["k"].CopyFrom(collection(Literal(scalar=Scalar(primitive=Primitive(float_value=0.5)))))


@pytest.mark.parametrize(
    ("task", "inputs"),
    [
        ("add", {"a": integer(1), "b": integer(2)}),
        ("add", {"a": integer(1)}),
        ("several", FIT),
        ("nothing", {}),
    ],
)
def test_outputs_are_the_same(sides: tuple[Side, Side], task: str, inputs: dict[str, Literal]) -> None:
    their, our = sides
    assert (their.run(task, inputs), our.run(task, inputs)) == (0, 0)
    assert our.outputs() == their.outputs()
    assert our.files() == their.files()


@pytest.mark.parametrize("how", ["value", "coded", "flaky", "chained", "group", "empty"])
def test_error_documents_are_the_same(sides: tuple[Side, Side], how: str) -> None:
    their, our = sides
    assert (their.run("fails", {"how": string(how)}), our.run("fails", {"how": string(how)})) == (0, 0)
    assert our.error() == their.error()
    assert our.files() == their.files()


@pytest.mark.parametrize(
    ("task", "inputs"),
    [
        ("wrong", {}),
        ("add", {"a": string("x")}),
        ("add", {"a": integer(1), "zz": integer(2)}),
        ("add", {}),
        ("add", None),
        ("no_such_task", {}),
    ],
)
def test_other_failures_have_the_same_class(
    sides: tuple[Side, Side], task: str, inputs: dict[str, Literal] | None
) -> None:
    their, our = sides
    assert (their.run(task, inputs), our.run(task, inputs)) == (0, 0)
    found, wanted = our.error().error, their.error().error
    assert (found.code, found.kind, found.origin) == (wanted.code, wanted.kind, wanted.origin)


def test_ignored_outputs_leave_nothing(sides: tuple[Side, Side]) -> None:
    for side in sides:
        assert side.run("fails", {"how": string("ignore")}) == 0
        assert not side.files()


def test_exit_codes_and_workers_follow_the_same_variables(
    sides: tuple[Side, Side], monkeypatch: pytest.MonkeyPatch
) -> None:
    their, our = sides
    for name, value in {"FLYTE_FAIL_ON_ERROR": "true", "_F_DES": "1", "_F_WN": "worker-3"}.items():
        monkeypatch.setenv(name, value)
    assert [side.run("fails", {"how": string("value")}) for side in sides] == [1, 1]
    assert our.error() == their.error()
    assert our.error().error.worker == "worker-3"
    names = [next(iter(side.files())) for side in sides]
    assert all(re.fullmatch(r"error-[0-9a-f]{32}\.pb", name) for name in names), names


@pytest.mark.parametrize("least", ["0", "1", "9"])
def test_large_outputs_are_offloaded_in_the_same_way(
    sides: tuple[Side, Side], monkeypatch: pytest.MonkeyPatch, least: str
) -> None:
    their, our = sides
    monkeypatch.setenv("_F_L_MIN_SIZE_MB", least)
    for side in sides:
        assert side.run("big", {"size": integer(600_000)}) == 0
    assert our.outputs() == their.outputs()
    assert our.files() == their.files()
    for name in our.files() - {"outputs.pb"}:
        assert (our.folder / "out" / name).read_bytes() == (their.folder / "out" / name).read_bytes()


def test_an_output_that_is_too_large_fails_in_the_same_way(
    sides: tuple[Side, Side], monkeypatch: pytest.MonkeyPatch
) -> None:
    their, our = sides
    monkeypatch.setenv("_F_L_MIN_SIZE_MB", "0")
    monkeypatch.setenv("_F_L_MAX_SIZE_MB", "1")
    for side in sides:
        assert side.run("big", {"size": integer(600_000)}) == 0
    found, wanted = our.error().error, their.error().error
    assert (found.code, found.kind, found.origin) == (wanted.code, wanted.kind, wanted.origin)
    assert found.message.rpartition("Message:")[2] == wanted.message.rpartition("Message:")[2]


def test_offloaded_inputs_are_read(sides: tuple[Side, Side], tmp_path: Path) -> None:
    (tmp_path / "seven.pb").write_bytes(integer(7).SerializeToString())
    offloaded = Literal()
    offloaded.offloaded_metadata.uri = str(tmp_path / "seven.pb")
    offloaded.offloaded_metadata.inferred_type.simple = SimpleType.INTEGER
    for side in sides:
        assert side.run("add", {"a": offloaded}) == 0
        assert side.outputs().literals["o0"] == integer(12)


@pytest.mark.parametrize("resolver", [ARRAY_RESOLVER, LEGACY_RESOLVER])
def test_elements_of_maps_are_the_same(
    sides: tuple[Side, Side], monkeypatch: pytest.MonkeyPatch, resolver: str
) -> None:
    their, our = sides
    for name, value in {"BATCH_JOB_ARRAY_INDEX_VAR_NAME": "AT", "AT": "1", "BATCH_JOB_ARRAY_INDEX_OFFSET": "1"}.items():
        monkeypatch.setenv(name, value)
    inputs = {"a": collection(*map(integer, (1, 2, 3))), "b": integer(10), "c": integer(100)}
    assert [side.run("add", inputs, mapped=resolver) for side in sides] == [0, 0]
    assert our.files() == their.files()
    (name,) = our.files()
    assert our.outputs(name) == their.outputs(name) == LiteralMap(literals={"o0": integer(113)})


def test_each_reads_the_others_checkpoint(sides: tuple[Side, Side], tmp_path: Path) -> None:
    their, our = sides
    previous = '""'
    for attempt, side in enumerate([their, our, their, our]):
        options = ["--checkpoint-path", f"{tmp_path}/{attempt}", "--prev-checkpoint", previous]
        assert side.run("counts", {}, *options) == 0
        assert side.outputs().literals["o0"] == integer(attempt)
        previous = f"{tmp_path}/{attempt}"


def test_a_dry_run_writes_nothing(sides: tuple[Side, Side]) -> None:
    for side in sides:
        assert side.run("add", {"a": integer(1)}, "--test") == 0
        assert not side.files()
