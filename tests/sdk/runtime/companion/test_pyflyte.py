"""What a program of flytekit's kind leaves becomes the node's: outputs, errors with their classes, workflows, decks."""

from __future__ import annotations

from pathlib import Path

import pytest

from jetbridge.idl import ContainerError, ErrorDocument, ExecutionError, Literal, LiteralMap, Primitive, Scalar
from jetbridge.runtime import exit_codes
from jetbridge.runtime.cache_interface import interface_text
from tests.sdk.runtime.companion.programs import ECHO, ONE_INT, Companion

THREE = Literal(scalar=Scalar(primitive=Primitive(integer=3)))
WORDS = ("<input>", "<outputPrefix>")
FAILS = """\
import sys
from jetbridge.idl import ContainerError, ErrorDocument
error = ContainerError(code="C", message="m", kind=int(sys.argv[2]), origin=int(sys.argv[3]))
open(sys.argv[1] + "/error.pb", "wb").write(ErrorDocument(error=error).SerializeToString())
open(sys.argv[1] + "/deck.html", "w").write("the deck")
"""


@pytest.fixture
def companion(tmp_path: Path) -> Companion:
    return Companion(tmp_path)


def test_outputs_are_committed_and_a_second_attempt_runs_nothing(companion: Companion) -> None:
    assert companion.run(ECHO, *WORDS) == exit_codes.DONE
    assert companion.outputs() == {"o0": THREE}
    assert companion.run("raise SystemExit(3)", attempt=1) == exit_codes.DONE


@pytest.mark.parametrize(
    ("kind", "origin", "code"),
    [
        (ContainerError.NON_RECOVERABLE, ExecutionError.USER, exit_codes.USER_ERROR),
        (ContainerError.RECOVERABLE, ExecutionError.USER, exit_codes.RECOVERABLE),
        (ContainerError.NON_RECOVERABLE, ExecutionError.SYSTEM, exit_codes.USER_ERROR),
        (ContainerError.RECOVERABLE, ExecutionError.SYSTEM, exit_codes.SYSTEM),
    ],
)
def test_an_error_left_with_exit_0_is_a_failure_of_its_class(
    companion: Companion, kind: int, origin: int, code: int
) -> None:
    assert companion.run(FAILS, "<outputPrefix>", str(kind), str(origin)) == code
    expected = ContainerError(code="C", message="m", kind=kind, origin=origin)  # type: ignore[arg-type] # as on the wire
    assert companion.error() == ErrorDocument(error=expected)
    assert (companion.root / "n0/deck.html").read_text() == "the deck"
    assert not (companion.root / "n0/outputs.pb").exists()


@pytest.mark.parametrize(
    ("source", "code", "name"),
    [
        ("raise SystemExit(3)", exit_codes.RECOVERABLE, "ContainerExited"),
        ("import os; os.kill(os.getpid(), 9)", exit_codes.RECOVERABLE, "Killed"),
        ("raise SystemExit(247)", exit_codes.RECOVERABLE, "Killed"),
        ("pass", exit_codes.SYSTEM, "OutputsNotFound"),
    ],
)
def test_a_program_that_leaves_nothing_is_judged_by_its_end(
    companion: Companion, source: str, code: int, name: str
) -> None:
    assert companion.run(source) == code
    assert companion.error().error.code == name


def test_a_program_that_is_not_there_is_not_tried_again(companion: Companion) -> None:
    from jetbridge.runtime.companion.main import run

    code = run([*companion.arguments("n0", "--bind=n=json:3"), "--", "no-such-program"])
    assert (code, companion.error().error.code) == (exit_codes.USER_ERROR, "ContainerCannotRun")


def test_a_workflow_that_was_made_is_kept_instead_of_outputs(companion: Companion) -> None:
    source = "import sys; open(sys.argv[1] + '/futures.pb', 'wb').write(b'made')"
    assert companion.run(source, "<outputPrefix>") == exit_codes.DONE
    assert (companion.root / "n0/futures.pb").read_bytes() == b"made"


def test_an_element_of_a_map_finds_its_item_at_the_index_of_the_environment(companion: Companion) -> None:
    source = """\
import os, sys
from jetbridge.idl import LiteralMap
items = LiteralMap.FromString(open(sys.argv[1], "rb").read()).literals["n"].collection.literals
named = os.environ[os.environ["BATCH_JOB_ARRAY_INDEX_VAR_NAME"]]
index = int(os.environ["BATCH_JOB_ARRAY_INDEX_OFFSET"]) + int(named)
assert named == "7"
open(sys.argv[2] + "/outputs.pb", "wb").write(LiteralMap(literals={"o0": items[index]}).SerializeToString())
"""
    (companion.root / "p.py").write_text(source)
    import sys

    from jetbridge.runtime.companion.main import run

    options = companion.arguments("n2/7", "--bind=n=json:3", "--item=n")
    assert run([*options, "--", sys.executable, str(companion.root / "p.py"), *WORDS]) == exit_codes.DONE
    found = LiteralMap.FromString((companion.root / "n2/7/outputs.pb").read_bytes())
    assert dict(found.literals) == {"o0": THREE}


def test_checkpoints_of_attempts_before_are_named_and_nothing_where_there_is_none(companion: Companion) -> None:
    source = "import sys; print(sys.argv[1:]); open(sys.argv[1], 'w').write(repr(sys.argv[2:])); raise SystemExit(1)"
    words = (str(companion.root / "seen"), "<checkpointOutputPrefix>", "<prevCheckpointPrefix>")
    root = companion.root / "n0/checkpoints"
    companion.run(source, *words)
    assert (companion.root / "seen").read_text() == repr([str(root / "0"), '""'])
    (root / "0").mkdir(parents=True)
    (root / "0/_dst_cp").write_bytes(b"x")
    companion.run(source, *words, attempt=1)
    assert (companion.root / "seen").read_text() == repr([str(root / "1"), str(root / "0")])


def test_equal_calls_take_the_outputs_from_the_cache(companion: Companion, tmp_path: Path) -> None:
    cache = (
        f"--cache-root=file://{tmp_path}",
        "--cache-task=t",
        "--cache-version=1",
        f"--cache-interface={interface_text(ONE_INT)}",
        "--bind=n=json:3",
    )
    assert companion.run(ECHO, *WORDS, options=cache) == exit_codes.DONE
    (tmp_path / "n0/outputs.pb").unlink()
    assert companion.run("raise SystemExit(3)", options=cache) == exit_codes.DONE
    assert companion.outputs() == {"o0": THREE}


def test_inputs_that_cannot_be_had_fail_before_anything_runs(companion: Companion) -> None:
    assert companion.run("raise SystemExit(3)", options=("--bind=n=n9.o0",)) == exit_codes.USER_ERROR
    assert "n9" in companion.error().error.message
