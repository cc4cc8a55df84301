"""Completion: what a key press is answered, and a real bash that asks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jetbridge.cli.completion.names import workflow_names
from jetbridge.cli.completion.shells import SHELLS, script
from jetbridge.cli.main import cli, main
from jetbridge.registry.database import open_registry
from jetbridge.registry.runs import RecordedRun, record_run

FLOWS = """
import jetbridge
from jetbridge import LaunchPlan, task, workflow

raise RuntimeError("it is never run")


@task
def step() -> int: ...


@workflow
def pipeline() -> int: ...


@jetbridge.workflow(failure_policy=None)
def other() -> int: ...


nightly = LaunchPlan.get_or_create(pipeline)
number = int("3")
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JETBRIDGE_REGISTRY", f"sqlite:///{tmp_path / 'registry.db'}")
    (tmp_path / "flows.py").write_text(FLOWS)


@pytest.fixture
def _runs(tmp_path: Path) -> None:
    with open_registry(f"sqlite:///{tmp_path / 'registry.db'}") as engine, engine.begin() as connection:
        for name in ("shop_sell-1", "shopxsell-2"):
            now = datetime.now(UTC)
            run = RecordedRun(name=name, workflow="w", backend="argo", run_root="s3://b", started_at=now)
            record_run(connection, run)


def asked(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, line: str) -> list[str]:
    """What bash is answered for a line."""
    return answered(capsys, monkeypatch, "bash", COMP_LINE=line)


def answered(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, shell: str, **environ: str
) -> list[str]:
    with monkeypatch.context() as patch:
        for name, value in {"_JETBRIDGE_COMPLETE": f"{shell}_complete", **environ}.items():
            patch.setenv(name, value)
        with pytest.raises(SystemExit) as ended:
            main([])
    assert ended.value.code == 0
    return capsys.readouterr().out.splitlines()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("jetbridge reg", ["plain,register"]),
        ("jetbridge list --kin", ["plain,--kind"]),
        ("jetbridge list --kind ta", ["plain,task"]),
        ("jetbridge register flows.py:", [f"plain,flows.py:{name}" for name in ("pipeline", "other", "nightly")]),
        ("jetbridge register flows.py:pi", ["plain,flows.py:pipeline"]),
        ("jetbridge register missing.py:pi", []),
        ("jetbridge register flo", ["file,flo"]),
        ("jetbridge nonsense ", []),
        ("jetbridge completion ba", ["plain,bash"]),
    ],
)
def test_what_a_line_may_go_on_with(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, line: str, expected: list[str]
) -> None:
    assert [each for each in asked(capsys, monkeypatch, line) if each] == expected


@pytest.mark.usefixtures("_runs")
def test_runs_by_name(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(capsys, monkeypatch, "jetbridge status shop") == ["plain,shopxsell-2", "plain,shop_sell-1"]
    assert asked(capsys, monkeypatch, "jetbridge logs shop_") == ["plain,shop_sell-1"], "`_` is no wildcard"


def test_a_registry_that_cannot_be_read_costs_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert asked(capsys, monkeypatch, "jetbridge status x") == [""], "there is none, and none is made"
    (tmp_path / "registry.db").write_text("no database" * 100)
    assert asked(capsys, monkeypatch, "jetbridge status x") == [""]
    monkeypatch.setenv("JETBRIDGE_REGISTRY", "postgresql://127.0.0.1:1/away")
    assert asked(capsys, monkeypatch, "jetbridge status x") == [""]
    (tmp_path / "jetbridge.toml").write_text("broken")
    assert asked(capsys, monkeypatch, "jetbridge status x") == [""]


def test_back_ends_after_a_comma(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    found = asked(capsys, monkeypatch, "jetbridge compare flows.py:pipeline --on local,a")
    assert found == ["plain,local,airflow", "plain,local,argo"]


def test_files_that_are_no_python(tmp_path: Path) -> None:
    (tmp_path / "flows.py").write_text("def broken(")
    assert workflow_names(tmp_path / "flows.py") == []
    assert workflow_names(tmp_path) == []


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_has_a_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["completion", shell])
    assert ended.value.code == 0
    out = capsys.readouterr().out
    assert out == script(cli, shell)
    assert f"_JETBRIDGE_COMPLETE={shell}_complete" in out


def test_zsh_and_fish_speak_the_protocol_of_click(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = {"COMP_WORDS": "jetbridge register flows.py:pi"}
    assert "flows.py" in answered(capsys, monkeypatch, "zsh", COMP_CWORD="2", **words)[1]
    assert "pipeline" in answered(capsys, monkeypatch, "fish", COMP_CWORD="flows.py:pi", **words)[0]


def test_an_instruction_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_JETBRIDGE_COMPLETE", "tcsh_complete")
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 2


_ASK = """
eval "$(jetbridge completion bash)"
COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDBREAKS=$' :='
_jetbridge_completion jetbridge 2>/dev/null
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.mark.parametrize(
    ("line", "expected"), [("jetbridge reg", ["register"]), ("jetbridge register flows.py:pi", ["pipeline"])]
)
def test_a_real_bash(line: str, expected: list[str]) -> None:
    """Readline takes `flows.py:` for a word of its own, so only what follows comes back."""
    bash = shutil.which("bash")
    assert bash is not None
    environ = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    command = [bash, "--norc", "-c", _ASK, "bash", line]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    assert done.stdout.split() == expected, done.stderr
