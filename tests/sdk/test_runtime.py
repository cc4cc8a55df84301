"""`jetbridge-execute` as whoever starts it sees it: exit code, `outputs.pb`, `error.pb`."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from jetbridge.idl import ContainerError, ErrorDocument, ExecutionError, Literal, LiteralMap, Primitive, Scalar
from jetbridge.runtime.execute import run as run_entrypoint
from tests.sdk.runtime.run import Run, integer

HERE = Path(__file__).parents[2]
USER, SYSTEM = ExecutionError.USER, ExecutionError.SYSTEM


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(sys, "path", [*sys.path])
    return Run(tmp_path / "run 1%")


def test_inputs_come_from_constants_the_run_and_other_nodes(run: Run) -> None:
    run.write("inputs.pb", n=10)
    run.write("n0/outputs.pb", o0=100)
    assert run.execute("n1", "add", "a=n0.o0", "b=inputs.n", "c=json:1") == 0
    assert run.output("n1") == 111
    assert run.execute("n2", "total", "values=[n0.o0, json:1, inputs.n]", 'table={"x": n1.o0}') == 0
    assert run.output("n2") == 222


def test_an_unbound_input_takes_the_functions_default(run: Run) -> None:
    assert run.execute("n0", "add", "a=json:1") == 0
    assert run.output("n0") == 6


def test_a_second_attempt_ends_well_without_running_the_code(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRACE", str(tmp_path / "trace"))
    assert run.execute("n0", "add", "a=json:1") == 0
    assert run.execute("n0", "add", "a=json:2", attempt=1) == 0
    assert run.output("n0") == 6
    assert (tmp_path / "trace").read_text() == "ran\n"
    assert "has its outputs already" in capsys.readouterr().err


def test_a_zombie_that_ends_later_cannot_overwrite(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from jetbridge.runtime import attempt

    # The other attempt commits while this one runs: between its look and its own commit.
    def late(interface: object, literals: object, returned: object) -> LiteralMap:
        run.write("n0/outputs.pb", o0=42)
        return LiteralMap(literals={"o0": integer(6)})

    monkeypatch.setattr(attempt, "to_outputs", late)
    assert run.execute("n0", "add", "a=json:1") == 0
    assert run.output("n0") == 42
    assert "another attempt of n0 has committed first" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("how", "code", "error_code", "kind", "text"),
    [
        ("value", 80, "USER:RuntimeError", ContainerError.NON_RECOVERABLE, "ValueError: no good"),
        ("code", 80, "USER:Oops", ContainerError.NON_RECOVERABLE, "Oops: coded"),
        ("flaky", 81, "USER:Recoverable", ContainerError.RECOVERABLE, "Flaky: again"),
        ("exit", 80, "USER:RuntimeError", ContainerError.NON_RECOVERABLE, "SystemExit: 3"),
    ],
)
def test_a_users_error_has_its_class(run: Run, how: str, code: int, error_code: str, kind: int, text: str) -> None:
    assert run.execute("n0", "fails", f'how=json:"{how}"') == code
    error = run.error("n0")
    assert (error.code, error.kind, error.origin) == (error_code, kind, USER)
    assert error.message.startswith("Trace:\n\n")
    assert error.message.endswith(f"Message:\n\n    {text}")
    assert "worker.py" in error.message
    assert "runtime/attempt.py" not in error.message
    assert error.timestamp.seconds > 0
    assert not run.committed("n0")


def test_recoverable_failures_are_counted_and_lost_attempts_are_not(run: Run) -> None:
    def failing(attempt: int) -> int:
        options = [*run.arguments("n0", ('how=json:"flaky"',), attempt), "--retries=1"]
        return run_entrypoint([*options, "--", "task-module", "tests.sdk.worker", "task-name", "fails"])

    # Attempt 1 was lost: it has left nothing.
    assert [failing(0), failing(2)] == [81, 80]
    assert run.error("n0").kind == ContainerError.RECOVERABLE


def test_ignored_outputs_end_well_without_outputs(run: Run) -> None:
    assert run.execute("n0", "fails", 'how=json:"ignore"') == 0
    assert not (run.root / "n0" / "outputs.pb").exists()


@pytest.mark.parametrize(
    ("task", "binds", "message"),
    [
        ("wrong", (), "output 'o0'"),
        ("short", (), "declares 2 outputs"),
        ("add", ('a=json:"x"',), "a"),
        ("add", ("a=n9.o0",), "node 'n9' has no committed outputs"),
        ("add", ("a=inputs.n",), "this run has no inputs.pb"),
        ("add", ("a=json:",), "cannot be read at column"),
        ("add", ("nope=json:1",), "no input 'nope'"),
        ("add", ("a=pb://///w==",), "no FlyteIDL literal"),
        ("total", ("values={}", "table={}"), "another type"),
    ],
)
def test_a_failed_conversion_is_final_and_the_systems(
    run: Run, task: str, binds: tuple[str, ...], message: str
) -> None:
    assert run.execute("n0", task, *binds) == 80
    error = run.error("n0")
    assert (error.code, error.kind, error.origin) == ("SYSTEM", ContainerError.NON_RECOVERABLE, SYSTEM)
    assert message in error.message


def test_damaged_outputs_of_another_node_are_said(run: Run) -> None:
    run.write("n0/outputs.pb", o0=1)
    (run.root / "n0" / "outputs.pb").write_bytes(b"\xff\xff")
    assert run.execute("n1", "add", "a=n0.o0") == 80
    assert "is damaged" in run.error("n1").message


@pytest.mark.parametrize(
    ("module", "task", "message"),
    [
        ("tests.sdk.nowhere", "add", "No module named 'tests.sdk.nowhere'"),
        ("tests.sdk.worker", "ad", "Did you mean 'add'?"),
        ("tests.sdk.worker", "no_task", "has no task 'no_task'"),
    ],
)
def test_a_task_that_cannot_be_loaded_is_a_users_error(run: Run, module: str, task: str, message: str) -> None:
    assert run.execute("n0", task, module=module) == 80
    error = run.error("n0")
    assert (error.code, error.origin) == ("USER:RuntimeError", USER)
    assert message in error.message


def test_an_unreachable_store_is_a_system_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("no folder")
    assert Run(tmp_path / "file").execute("n0", "add", "a=json:1") == 82
    assert "its error document could not be written" in capsys.readouterr().err
    assert run_entrypoint(["--run-root=nosuch://x", "--node-path=n0", *AFTER]) == 82


# ---- Flyte's way ---------------------------------------------------------------------------------------------------


@pytest.fixture
def flyte(tmp_path: Path) -> Callable[..., int]:
    def execute(task: str, **inputs: Literal) -> int:
        data = LiteralMap(literals=inputs).SerializeToString()
        (tmp_path / "inputs.pb").write_bytes(data)
        options = ["--inputs", f"{tmp_path}/inputs.pb", "--output-prefix", f"{tmp_path}/out"]
        raw = ["--raw-output-data-prefix", f"{tmp_path}/raw", "--checkpoint-path", "x", "--prev-checkpoint", ""]
        return run_entrypoint([*options, *raw, "--", "task-module", "tests.sdk.worker", "task-name", task])

    return execute


def test_flytes_way_reads_inputs_and_writes_outputs(flyte: Callable[..., int], tmp_path: Path) -> None:
    assert flyte("add", a=integer(1), b=integer(2)) == 0
    outputs = LiteralMap.FromString((tmp_path / "out" / "outputs.pb").read_bytes())
    assert outputs.literals["o0"].scalar.primitive.integer == 3


def test_flytes_way_ends_with_0_after_a_users_error_unless_told(
    flyte: Callable[..., int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    how = Literal(scalar=Scalar(primitive=Primitive(string_value="value")))
    monkeypatch.delenv("FLYTE_FAIL_ON_ERROR", raising=False)
    assert flyte("fails", how=how) == 0
    assert ErrorDocument.FromString((tmp_path / "out" / "error.pb").read_bytes()).error.code == "USER:RuntimeError"
    monkeypatch.setenv("FLYTE_FAIL_ON_ERROR", "true")
    assert flyte("fails", how=how) == 1


def test_flytes_way_refuses_more_inputs_than_declared(flyte: Callable[..., int], tmp_path: Path) -> None:
    assert flyte("add", a=integer(1), zz=integer(2)) == 0
    error = ErrorDocument.FromString((tmp_path / "out" / "error.pb").read_bytes()).error
    assert (error.code, error.kind, error.origin) == ("SYSTEM", ContainerError.NON_RECOVERABLE, SYSTEM)


# ---- the command line ------------------------------------------------------------------------------------------------

AFTER = ["--", "task-module", "tests.sdk.worker", "task-name", "add"]


@pytest.mark.parametrize(
    "argv",
    [
        [],
        AFTER,
        ["--run-root=x", *AFTER],
        ["--inputs=x", *AFTER],
        ["--run-root=x", "--node-path=n0", "--inputs=y", "--output-prefix=z", *AFTER],
        ["--run-root=x", "--node-path=n0"],
        ["--run-root=x", "--node-path=n0", "--bind=a", *AFTER],
        ["--run-root=x", "--node-path=n0", "--attempt=one", *AFTER],
        ["--run-root=x", "--node-path=n0", "--nope", *AFTER],
        ["--run", "x", "--node-path=n0", *AFTER],
    ],
)
def test_arguments_that_cannot_be_read_end_with_2(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        run_entrypoint(argv)
    assert caught.value.code == 2
    assert "usage: jetbridge-execute" in capsys.readouterr().err


def command(run: Run, node: str, task: str, *binds: str) -> list[str]:
    script = str(Path(sys.executable).with_name("jetbridge-execute"))
    return [script, *run.arguments(node, binds), "--", "task-module", "tests.sdk.worker", "task-name", task]


def test_the_console_script_runs_a_task(run: Run) -> None:
    ended = subprocess.run(command(run, "n0", "add", "a=json:1"), cwd=HERE, capture_output=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")
    assert run.output("n0") == 6


def test_a_killed_process_leaves_nothing_half_written(run: Run, tmp_path: Path) -> None:
    with subprocess.Popen(
        command(run, "n0", "slow", "seconds=json:60"),
        cwd=HERE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "working\n"
        process.kill()
        assert process.wait(timeout=20) != 0
    assert not run.root.exists() or not [path for path in run.root.rglob("*") if path.is_file()]
