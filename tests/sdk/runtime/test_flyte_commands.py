"""flytekit's commands by our entrypoint: their options, map elements, and code that is fetched first."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from jetbridge.idl import ErrorDocument, Literal, LiteralCollection
from jetbridge.runtime.arguments import parse_arguments
from jetbridge.runtime.execute import run as run_entrypoint
from jetbridge.runtime.fast_execute import fast_execute, fetch_distribution
from jetbridge.runtime.map_execute import parse_map_arguments
from tests.sdk.runtime.run import ROOT, Run, integer, literal_map, write_inputs

RESOLVER = "flytekit.core.python_auto_container.default_task_resolver"
LOADER = ["task-module", "tests.sdk.worker", "task-name", "add"]
MAP_RESOLVER = "flytekit.core.array_node_map_task.ArrayNodeMapTaskResolver"
LEGACY_RESOLVER = "flytekit.core.legacy_map_task.MapTaskResolver"


def numbers(*values: int) -> Literal:
    return Literal(collection=LiteralCollection(literals=[integer(value) for value in values]))


def value(folder: Path) -> int:
    return literal_map(folder / "outputs.pb")["o0"].scalar.primitive.integer


def test_every_option_of_pyflyte_execute_is_read() -> None:
    argv = "--inputs i --output-prefix o --raw-output-data-prefix r --checkpoint-path c --prev-checkpoint p --test"
    more = f"--dynamic-addl-distro a --dynamic-dest-dir d --resolver {RESOLVER} --"
    found = parse_arguments([*argv.split(), *more.split(), *LOADER])
    assert (found.inputs, found.output_prefix, found.raw_output_data_prefix) == ("i", "o", "r")
    assert (found.checkpoint_path, found.prev_checkpoint, found.test) == ("c", "p", True)
    assert (found.dynamic_addl_distro, found.dynamic_dest_dir, found.resolver) == ("a", "d", RESOLVER)
    assert found.loader_args == tuple(LOADER)


@pytest.mark.parametrize("text", ["", '""', "{{.prevCheckpointPrefix}}"])
def test_what_propeller_did_not_fill_in_is_not_given(text: str) -> None:
    options = ["--raw-output-data-prefix", "{{.rawOutputDataPrefix}}", "--checkpoint-path={{.checkpointOutputPrefix}}"]
    found = parse_arguments(["--inputs=i", "--output-prefix=o", *options, "--prev-checkpoint", text, "--", *LOADER])
    assert (found.raw_output_data_prefix, found.checkpoint_path, found.prev_checkpoint) == ("", "", "")


def test_a_dry_run_loads_no_task(run: Run, tmp_path: Path) -> None:
    place = ["--inputs=nowhere", f"--output-prefix={tmp_path}/out", "--test"]
    assert run_entrypoint([*place, "--", "task-module", "no.such.module", "task-name", "t"]) == 0
    assert not (tmp_path / "out").exists()


# ---- map elements ----------------------------------------------------------------------------------------------------


def element(
    folder: Path, index: str, inputs: dict[str, Literal], *, bound: str = "", resolver: str = MAP_RESOLVER
) -> int:
    os.environ.update({"BATCH_JOB_ARRAY_INDEX_VAR_NAME": "AT", "AT": index})
    place = ["--inputs", write_inputs(folder / "in.pb", inputs), "--output-prefix", f"{folder}/out"]
    return run_entrypoint(
        [*place, "--resolver", resolver, "--", "vars", bound, "resolver", RESOLVER, *LOADER], "map-execute"
    )


@pytest.fixture
def folder(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("BATCH_JOB_ARRAY_INDEX_VAR_NAME", "AT"):
        monkeypatch.setenv(name, "")
    return tmp_path


def test_an_element_takes_its_own_and_bound_inputs_whole(folder: Path) -> None:
    lists = {"a": numbers(1, 2, 3), "b": integer(100), "c": numbers(10, 20, 30)}
    assert element(folder, "2", lists, bound="b") == 0
    assert value(folder / "out") == 133


def test_an_offset_is_added_to_the_number(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATCH_JOB_ARRAY_INDEX_OFFSET", "1")
    assert element(folder, "1", {"a": numbers(1, 2, 3), "b": numbers(0, 0, 0), "c": numbers(0, 0, 0)}) == 0
    assert value(folder / "out") == 3


def test_elements_of_the_older_map_task_share_a_prefix(folder: Path) -> None:
    assert (
        element(folder, "1", {"a": numbers(1, 2), "b": numbers(0, 0), "c": numbers(0, 0)}, resolver=LEGACY_RESOLVER)
        == 0
    )
    assert value(folder / "out" / "1") == 2


def test_an_offloaded_list_is_fetched_first(folder: Path) -> None:
    (folder / "list.pb").write_bytes(numbers(5, 6).SerializeToString())
    offloaded = Literal()
    offloaded.offloaded_metadata.uri = f"file://{folder}/list.pb"
    assert element(folder, "1", {"a": offloaded, "b": integer(0), "c": integer(0)}, bound="b,c") == 0
    assert value(folder / "out") == 6


@pytest.mark.parametrize(
    ("index", "inputs", "message"),
    [
        ("2", {"a": numbers(1, 2)}, "has 2 elements and no number 2"),
        ("0", {"a": integer(1)}, "input 'a' of a map is no list"),
        ("0", {"b": numbers(1)}, "has no input 'a'"),
    ],
)
def test_an_element_that_is_not_there_is_said(
    folder: Path, index: str, inputs: dict[str, Literal], message: str
) -> None:
    assert element(folder, index, inputs) == 0
    assert message in ErrorDocument.FromString((folder / "out" / "error.pb").read_bytes()).error.message


def test_an_element_without_a_number_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for argv in (["--inputs=i"], ["--inputs=i", "--output-prefix=o", "--resolver=r", "--", "vars"]):
        with pytest.raises(SystemExit):
            parse_map_arguments(argv)
    with pytest.raises(SystemExit):
        element(folder, "", {"a": numbers(1)})
    assert "BATCH_JOB_ARRAY_INDEX_VAR_NAME names 'AT'" in capsys.readouterr().err


# ---- code that is fetched first --------------------------------------------------------------------------------------


def bundle(path: Path, **files: str) -> str:
    with tarfile.open(path, "w:gz") as tar:
        for name, text in files.items():
            info = tarfile.TarInfo(f"{name}.py")
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text.encode()))
    return f"file://{path}"


FAST = "from jetbridge import task\n\n\n@task\ndef twice(n: int) -> int:\n    return 2 * n\n"


def test_flytekits_whole_command_runs_our_task(tmp_path: Path) -> None:
    """The args that `pyflyte package --copy` writes, as a container has them: a child, its code, its exit code."""
    uri = bundle(tmp_path / "fast1.tar.gz", fast_flow=FAST)
    (tmp_path / "root").mkdir()
    command = [
        *("pyflyte-fast-execute", "--additional-distribution", uri, "--dest-dir", f"{tmp_path}/root", "--"),
        *("pyflyte-execute", "--inputs", write_inputs(tmp_path / "in.pb", {"n": integer(21)})),
        *("--output-prefix", f"{tmp_path}/out", "--raw-output-data-prefix", f"{tmp_path}/raw"),
        *("--checkpoint-path", f"{tmp_path}/cp", "--prev-checkpoint", '""', "--resolver", RESOLVER),
        *("--", "task-module", "fast_flow", "task-name", "twice"),
    ]
    script = str(Path(sys.executable).with_name("jetbridge-execute"))
    done = subprocess.run([script, *command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert value(tmp_path / "out") == 42


@pytest.mark.parametrize("command", ["jetbridge-fast-execute", "jetbridge-map-execute"])
def test_the_other_commands_are_installed(command: str) -> None:
    script = str(Path(sys.executable).with_name(command))
    done = subprocess.run([script, "--help"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"usage: {command}")


def test_code_is_put_over_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "a.py").write_text("old")
    (tmp_path / "root" / "kept.py").write_text("kept")
    fetch_distribution(bundle(tmp_path / "fast2.tar.gz", a="new"), tmp_path / "root")
    assert {path.name: path.read_text() for path in (tmp_path / "root").iterdir()} == {"a.py": "new", "kept.py": "kept"}


@pytest.mark.parametrize(
    ("uri", "folder", "message"),
    [
        ("{tmp}/none.tar.gz", "{tmp}", "there is no object"),
        ("{tmp}/code.pkl.gz", "{tmp}", "is no .tar.gz"),
        ("{tmp}/fast3.tar.gz", "{tmp}/nowhere", "there is no folder"),
        ("{tmp}/broken.tar.gz", "{tmp}", "code bundle"),
    ],
)
def test_code_that_cannot_be_used_ends_the_process_as_a_system_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], uri: str, folder: str, message: str
) -> None:
    (tmp_path / "broken.tar.gz").write_bytes(b"no archive")
    options = ["--additional-distribution", uri.format(tmp=tmp_path), "--dest-dir", folder.format(tmp=tmp_path)]
    with pytest.raises(SystemExit) as caught:
        fast_execute([*options, "--", "pyflyte-execute"])
    assert caught.value.code == 82
    assert message in capsys.readouterr().err
