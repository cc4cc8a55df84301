"""`jetbridge compare`: every back end makes its outputs itself; what differs is told; stored runs are compared too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jetbridge.cli.main import cli
from jetbridge.errors import UsageError
from jetbridge_translators.cli import compare

ROOT = Path(__file__).parents[3]
TARGET = f"{ROOT}/tests/translators/cached_flows.py:chained"
FLOWS = f"{ROOT}/tests/translators/report/flows.py"


@pytest.fixture(autouse=True)
def modules(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("JETBRIDGE_STORE", str(tmp_path / "store"))


def verb(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main(args=list(arguments), standalone_mode=False)
    return int(str(ended.value.code))


def as_json(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> dict[str, Any]:
    capsys.readouterr()
    assert verb("compare", *arguments, "--json") == code
    return json.loads(capsys.readouterr().out)


def test_no_back_end_gets_what_another_one_has_cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARKS", str(tmp_path))
    run = ["run", TARGET, "--on", "local", "--input", "n=3"]
    cli.main(args=run, standalone_mode=False)
    assert _marks(tmp_path) == ["doubled 3", "doubled 6"]
    cli.main(args=run, standalone_mode=False)
    assert _marks(tmp_path) == ["doubled 3", "doubled 6"], "the second run finds all in the cache"
    assert verb("compare", TARGET, "--on", "local,local", "--input", "n=3") == 0
    assert _marks(tmp_path) == ["doubled 3", "doubled 6"] * 3


def _marks(folder: Path) -> list[str]:
    return (folder / "marks").read_text().splitlines()


def test_repeats_are_one_group_with_a_spread(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    found = as_json(capsys, f"{FLOWS}:chain", "--on", "local", "--repeat", "2", "-o", str(tmp_path / "report"))
    assert found["all_equal"]
    assert found["equal"] == {"o0": True}
    assert list(found["summary"]) == ["local"]
    seconds = found["summary"]["local"]["seconds"]
    assert 0 < seconds["least"] <= seconds["middle"] <= seconds["most"]
    assert found["summary"]["local"]["nodes"]["middle"] == 2
    assert json.loads((tmp_path / "report" / "report.json").read_text()) == found
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert f"<title>{found['workflow']}: comparison</title>" in page
    levels = {each["code"]: each["level"] for each in found["capabilities"][0]["findings"]}
    assert levels["container-work"] == "native"


def test_outputs_that_differ_say_where(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    given = [f"{FLOWS}:unlike", "--on", "local,local", "--input", f"folder={tmp_path}"]
    found = as_json(capsys, *given, code=1)
    assert found["equal"] == {"o0": False}
    (difference,) = found["outputs"][0]["differences"]
    assert (difference["what"], difference["left"], difference["right"]) == ("value", "0", "1")
    assert difference["runs"] == [run["run"] for run in found["runs"]]
    assert verb("compare", *given) == 1
    shown = capsys.readouterr()
    assert "Differences" in shown.out
    assert "outputs differ" in shown.err


def test_a_run_that_fails_is_part_of_the_report(capsys: pytest.CaptureFixture[str]) -> None:
    found = as_json(capsys, f"{FLOWS}:broken", "--on", "local,local", code=1)
    assert [run["state"] for run in found["runs"]] == ["failed", "failed"]
    assert "no 2 today" in found["runs"][0]["error"]
    assert [node["outcome"] for node in found["runs"][0]["nodes"]] == ["succeeded", "failed"]
    assert found["equal"] == {"o0": False}


def test_what_a_back_end_refuses_does_not_keep_the_others(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    found = as_json(capsys, f"{FLOWS}:everything", "--on", "local,airflow", "--containers", "process", code=1)
    assert [run["state"] for run in found["runs"]] == ["succeeded", "refused"]
    assert "dynamic" in found["runs"][1]["error"]
    refused = next(each for each in found["capabilities"] if each["backend"] == "airflow")
    assert {each["code"] for each in refused["findings"] if each["level"] == "refused"} == {"task-dynamic"}
    assert verb("compare", f"{FLOWS}:everything", "--on", "airflow,airflow", "--containers", "process") == 1


def test_stored_runs_by_name_and_by_place(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for n in (1, 1, 5):
        cli.main(args=["run", f"{FLOWS}:cached", "--input", f"n={n}", "--on", "local"], standalone_mode=False)
    names = sorted(
        (path for path in (tmp_path / "store").iterdir() if path.name != "cache"), key=lambda path: path.stat().st_mtime
    )
    first, second, third = (path.name for path in names)
    found = as_json(capsys, first, second)
    assert [run["group"] for run in found["runs"]] == [first, second]
    assert [found["summary"][name]["cached"]["middle"] for name in (first, second)] == [0, 1]
    assert found["runs"][1]["nodes"][0]["outcome"] == "cached"
    assert found["runs"][1]["figures"]["critical_path"]["value"] == 0
    other = as_json(capsys, first, str(names[2]), code=1)
    assert other["outputs"][0]["differences"][0]["right"] == "10"
    assert third in other["summary"]


def test_runs_of_different_workflows_are_not_compared(tmp_path: Path) -> None:
    for name in ("cached", "chain"):
        cli.main(args=["run", f"{FLOWS}:{name}", "--on", "local"], standalone_mode=False)
    names = [path.name for path in (tmp_path / "store").iterdir() if path.name != "cache"]
    with pytest.raises(UsageError, match="different workflows"):
        cli.main(args=["compare", *names], standalone_mode=False)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([f"{FLOWS}:chain"], "two runs"),
        ([f"{FLOWS}:chain", "--on", "local"], "two runs"),
        ([f"{FLOWS}:chain", "x", "--on", "local"], "one TARGET"),
        (["no-such-run", "nor-this"], "no run"),
    ],
)
def test_what_cannot_be_compared_is_said(arguments: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        cli.main(args=["compare", *arguments], standalone_mode=False)


def test_without_its_library_the_page_is_refused_before_anything_runs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(compare, "find_spec", _nothing)
    with pytest.raises(UsageError, match="plotly") as refused:
        cli.main(args=["compare", f"{FLOWS}:chain", "--on", "local,local", "-o", str(tmp_path)], standalone_mode=False)
    assert "jetbridge[report]" in refused.value.hint
    assert not (tmp_path / "store").exists()


def _nothing(name: str) -> None:
    """No library is there."""
