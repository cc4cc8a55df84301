"""Programs that read and write files: each kind of value, both ways, and what goes wrong."""

from __future__ import annotations

import base64
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jetbridge.bindings import ProtoConstant, render
from jetbridge.idl import (
    Binary,
    Blob,
    BlobMetadata,
    BlobType,
    EnumType,
    Literal,
    LiteralMap,
    LiteralType,
    Primitive,
    Scalar,
    SimpleType,
    StructuredDataset,
    TypedInterface,
    Union,
    Variable,
    Void,
)
from jetbridge.runtime import exit_codes
from jetbridge.runtime.cache_interface import interface_text
from jetbridge.runtime.companion.exchange import Exchange
from jetbridge.runtime.companion.input_files import Seen, write_inputs
from jetbridge.runtime.companion.program import Ended
from jetbridge.store import open_store
from jetbridge.types.binary import plain_literal
from jetbridge.types.json_codec import from_json, to_json

SIMPLE = {
    name: LiteralType(simple=value)
    for name, value in (
        ("NONE", SimpleType.NONE),
        ("INTEGER", SimpleType.INTEGER),
        ("FLOAT", SimpleType.FLOAT),
        ("STRING", SimpleType.STRING),
        ("BOOLEAN", SimpleType.BOOLEAN),
        ("DATETIME", SimpleType.DATETIME),
        ("DURATION", SimpleType.DURATION),
        ("BINARY", SimpleType.BINARY),
        ("STRUCT", SimpleType.STRUCT),
    )
}
Program = Callable[[Path], object]
"""Does in its output folder what a program does."""
TEXTS: dict[str, tuple[LiteralType, Any, str]] = {
    "int": (SIMPLE["INTEGER"], -3, "-3"),
    "float": (SIMPLE["FLOAT"], 1e21, "1000000000000000000000"),
    "small": (SIMPLE["FLOAT"], 1e-7, "0.0000001"),
    "text": (SIMPLE["STRING"], "ü\n{{x}}", "ü\n{{x}}"),
    "yes": (SIMPLE["BOOLEAN"], True, "true"),
    "at": (SIMPLE["DATETIME"], "2026-01-31T08:00:00.5Z", "2026-01-31T08:00:00.5Z"),
    "took": (SIMPLE["DURATION"], "3690.25s", "1h1m30.25s"),
    "short": (SIMPLE["DURATION"], "0.0015s", "1.5ms"),
    "nothing": (SIMPLE["NONE"], None, "null"),
    "size": (LiteralType(enum_type=EnumType(values=["small", "large"])), "large", "large"),
}


def written(tmp_path: Path, form: str = "json", **literals: Literal) -> Path:
    folder = tmp_path / "in"
    write_inputs(literals, Seen(folder, "/var/in"), form, open_store())
    return folder


@pytest.mark.parametrize("name", TEXTS)
def test_a_plain_value_is_a_file_with_its_text(tmp_path: Path, name: str) -> None:
    kind, value, text = TEXTS[name]
    assert (written(tmp_path, x=from_json(value, kind)) / "x").read_text() == text


def blob(uri: Path, dimensionality: Any = BlobType.SINGLE) -> Literal:
    metadata = BlobMetadata(type=BlobType(dimensionality=dimensionality))
    return Literal(scalar=Scalar(blob=Blob(metadata=metadata, uri=f"file://{uri}")))


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    folder = tmp_path / "stored"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.txt").write_text("a")
    (folder / "deep/b.txt").write_text("b")
    return folder


def test_files_and_folders_are_downloaded_under_the_variables_names(tmp_path: Path, stored: Path) -> None:
    table = StructuredDataset(uri=f"file://{stored}")
    folder = written(
        tmp_path,
        file=blob(stored / "a.txt"),
        tree=blob(stored, BlobType.MULTIPART),
        table=Literal(scalar=Scalar(structured_dataset=table)),
    )
    assert (folder / "file").read_text() == "a"
    assert (folder / "tree/deep/b.txt").read_text() == (folder / "table/deep/b.txt").read_text() == "b"
    message = LiteralMap.FromString((folder / "inputs.pb").read_bytes())
    assert message.literals["tree"].scalar.blob.uri == "/var/in/tree"
    assert json.loads((folder / "inputs.json").read_text())["file"] == "/var/in/file"


def test_lists_and_maps_are_folders_and_unions_what_they_hold(tmp_path: Path) -> None:
    numbers = from_json([1, 2], LiteralType(collection_type=SIMPLE["INTEGER"]))
    by_name = from_json({"a": True}, LiteralType(map_value_type=SIMPLE["BOOLEAN"]))
    one = Literal(scalar=Scalar(primitive=Primitive(integer=1)))
    union = Literal(scalar=Scalar(union=Union(value=one, type=SIMPLE["INTEGER"])))
    none = Literal(scalar=Scalar(union=Union(value=Literal(scalar=Scalar(none_type=Void())), type=SIMPLE["NONE"])))
    folder = written(tmp_path, numbers=numbers, by_name=by_name, one=union, none=none)
    assert [(folder / f"numbers/{at}").read_text() for at in range(2)] == ["1", "2"]
    assert ((folder / "by_name/a").read_text(), (folder / "one").read_text()) == ("true", "1")
    assert json.loads((folder / "inputs.json").read_text()) == {
        "numbers": [1, 2],
        "by_name": {"a": True},
        "one": 1,
        "none": None,
    }


def test_msgpack_stays_msgpack(tmp_path: Path) -> None:
    literal = plain_literal({"a": 1})
    folder = written(tmp_path, x=literal)
    assert (folder / "x").read_bytes() == literal.scalar.binary.value
    shown = json.loads((folder / "inputs.json").read_text())["x"]
    assert base64.b64decode(shown) == literal.scalar.binary.value


def test_what_lies_beside_is_of_the_format_that_was_asked_for(tmp_path: Path) -> None:
    one = Literal(scalar=Scalar(primitive=Primitive(integer=1)))
    text = Literal(scalar=Scalar(primitive=Primitive(string_value="a: b")))
    folder = written(tmp_path, "yaml", n=one, text=text)
    assert (folder / "inputs.yaml").read_text() == 'n: 1\ntext: "a: b"\n'
    assert sorted(path.name for path in folder.iterdir()) == ["inputs.pb", "inputs.yaml", "n", "text"]
    proto = written(tmp_path / "other", "proto", n=one)
    assert sorted(path.name for path in proto.iterdir()) == ["inputs.pb", "n"]


def test_a_key_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    literal = from_json({"../x": 1}, LiteralType(map_value_type=SIMPLE["INTEGER"]))
    with pytest.raises(Exception, match="cannot be the name of a file"):
        written(tmp_path, m=literal)


# ---- a whole attempt, the program's side of which is this test -------------------------------------------------------


class Attempt:
    """An attempt in which a function stands where the program would run."""

    def __init__(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **outputs: LiteralType) -> None:
        self.root, self.folder = tmp_path / "run", tmp_path / "exchange"
        self.folder.mkdir()
        self.interface = TypedInterface()
        for name, kind in outputs.items():
            self.interface.outputs.variables[name].CopyFrom(Variable(type=kind))
        self._patch = monkeypatch

    def run(self, program: Program, status: int = 0, inputs: dict[str, Literal] | None = None) -> int:
        """The exit code of an attempt whose program is a function of its output folder."""

        def wait(_: Exchange) -> Ended:
            program(self.folder / "outputs")
            return Ended(status)

        from jetbridge.runtime.companion import attempt as module
        from jetbridge.runtime.companion.arguments import parse_companion_arguments
        from jetbridge.runtime.termination import terminable

        self._patch.setattr(Exchange, "wait", wait)
        binds = [
            f"--bind={name}={render(ProtoConstant(each.SerializeToString()), {})}"
            for name, each in (inputs or {}).items()
        ]
        for name in inputs or {}:
            self.interface.inputs.variables[name].CopyFrom(Variable(type=SIMPLE["INTEGER"]))
        arguments = [
            *(f"--run-root=file://{self.root}", "--node-path=n0", "--attempt=0", "--protocol=copilot"),
            *("--input-folder=/var/in", "--output-folder=/var/out", f"--interface={interface_text(self.interface)}"),
            *(*binds, "--", "program", "<inputs.n>" if inputs else "", "<input>", "<outputPrefix>"),
        ]
        with terminable() as termination:
            made = module.companion_attempt(parse_companion_arguments(arguments), termination, Exchange(self.folder))
            return made.run()

    def outputs(self) -> dict[str, object]:
        found = LiteralMap.FromString((self.root / "n0/outputs.pb").read_bytes())
        return {name: to_json(literal) for name, literal in found.literals.items()}

    def error(self) -> tuple[str, str]:
        from jetbridge.idl import ErrorDocument

        error = ErrorDocument.FromString((self.root / "n0/error.pb").read_bytes()).error
        return error.code, error.message


def test_the_command_gets_values_and_the_place_of_its_inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    attempt = Attempt(tmp_path, monkeypatch)
    number = Literal(scalar=Scalar(primitive=Primitive(integer=3)))
    assert attempt.run(lambda folder: None, inputs={"n": number}) == exit_codes.DONE
    words = (attempt.folder / "command").read_bytes().split(b"\0")
    assert words[:5] == [b"4", b"program", b"3", b"/var/in/inputs.pb", str(attempt.folder / "outputs").encode()]
    assert (attempt.folder / "inputs/n").read_text() == "3"
    assert stat.S_IMODE((attempt.folder / "outputs").stat().st_mode) == 0o777


GIVEN: dict[str, tuple[LiteralType, str, object]] = {
    **{
        name: (kind, f" {text}\n", value)
        for name, (kind, value, text) in TEXTS.items()
        if name not in ("took", "short", "at")
    },
    "took": (SIMPLE["DURATION"], "1h1m30.25s", "3690.250s"),
    "short": (SIMPLE["DURATION"], "1.5µs", "0.000001500s"),
    "python": (SIMPLE["DURATION"], "1:01:30", "3690s"),
    "at": (SIMPLE["DATETIME"], "2026-01-31T08:00:00+01:00", "2026-01-31T07:00:00Z"),
    "no": (SIMPLE["BOOLEAN"], "F", False),
    "struct": (SIMPLE["STRUCT"], '{"a": [1, 2]}', {"a": [1, 2]}),
    "words": (LiteralType(collection_type=SIMPLE["STRING"]), '["a", "b"]', ["a", "b"]),
}


@pytest.mark.parametrize("name", GIVEN)
def test_an_output_is_read_by_its_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    kind, text, value = GIVEN[name]
    attempt = Attempt(tmp_path, monkeypatch, x=kind)
    assert attempt.run(lambda folder: (folder / "x").write_text(text)) == exit_codes.DONE
    assert attempt.outputs() == {"x": value}


def test_files_and_folders_are_uploaded_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = LiteralType(blob=BlobType(format="csv"))
    many = LiteralType(blob=BlobType(dimensionality=BlobType.MULTIPART))
    attempt = Attempt(tmp_path, monkeypatch, file=one, tree=many, data=SIMPLE["BINARY"])

    def program(folder: Path) -> None:
        (folder / "file.csv").write_text("a,b")
        (folder / "tree/deep").mkdir(parents=True)
        (folder / "tree/deep/x").write_text("x")
        (folder / "data").write_bytes(b"\x80")

    assert attempt.run(program) == exit_codes.DONE
    found = LiteralMap.FromString((attempt.root / "n0/outputs.pb").read_bytes()).literals
    uri = found["file"].scalar.blob.uri.removeprefix("file://")
    assert (uri.rpartition("/")[2], Path(uri).read_text()) == ("file.csv", "a,b")
    assert found["file"].scalar.blob.metadata.type.format == "csv"
    assert (Path(found["tree"].scalar.blob.uri.removeprefix("file://")) / "deep/x").read_text() == "x"
    assert found["data"].scalar.binary == Binary(value=b"\x80", tag="msgpack")


def _nothing(folder: Path) -> None:
    """Leaves nothing."""


def _write(name: str, data: bytes) -> Program:
    def program(folder: Path) -> None:
        (folder / name).write_bytes(data)

    return program


WRONG: dict[str, tuple[Program, str]] = {
    "nothing": (_nothing, "output 'x' (int): the program ended well and left no /var/out/x; the folder is empty"),
    "other": (_write("y", b"1"), "left no /var/out/x; the folder holds y"),
    "no number": (_write("x", b"many"), "output 'x' (int): expected int, got the text 'many'"),
    "no text": (_write("x", b"\xff"), "x is no text in UTF-8"),
    "a folder": (lambda folder: (folder / "x").mkdir(), "/var/out/x is a folder, and a file is wanted"),
    "long": (_write("x", b"1" * (2**20 + 1)), "x has 1048577 bytes"),
    "link": (lambda folder: (folder / "x").symlink_to("/proc/self/environ"), "leads out of the output folder"),
    "dangling": (lambda folder: (folder / "x").symlink_to("y"), "x is neither a file nor a folder"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_as_declared_is_told_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    program, message = WRONG[name]
    attempt = Attempt(tmp_path, monkeypatch, x=SIMPLE["INTEGER"])
    assert attempt.run(program) == exit_codes.USER_ERROR
    code, text = attempt.error()
    assert code == "OutputsNotFound"
    assert message in text


def test_a_link_in_a_folder_does_not_lead_out_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    attempt = Attempt(tmp_path, monkeypatch, x=LiteralType(blob=BlobType(dimensionality=BlobType.MULTIPART)))

    def program(folder: Path) -> None:
        (folder / "x").mkdir()
        (folder / "x/secret").symlink_to("/etc/hostname")

    assert attempt.run(program) == exit_codes.USER_ERROR
    assert "secret is a link that leads out" in attempt.error()[1]


@pytest.mark.parametrize("status", [0, 4])
def test_an_error_file_is_the_user_s_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    attempt = Attempt(tmp_path, monkeypatch, x=SIMPLE["INTEGER"])
    assert attempt.run(_write("_ERROR", b"no birds"), status) == exit_codes.USER_ERROR
    assert attempt.error() == ("USER:RuntimeError", "no birds")


def test_an_exit_code_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    attempt = Attempt(tmp_path, monkeypatch, x=SIMPLE["INTEGER"])
    assert attempt.run(_write("x", b"1"), 3) == exit_codes.RECOVERABLE
    assert attempt.error() == ("ContainerExited", "the program ended with exit code 3")


def test_a_template_without_an_input_fails_before_the_program_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = Attempt(tmp_path, monkeypatch)
    assert attempt.run(_nothing, inputs={"other": Literal(scalar=Scalar(primitive=Primitive(integer=3)))}) == 80
    assert "the command uses the input 'n', which is not bound" in attempt.error()[1]
    assert not (attempt.folder / "command").exists()
