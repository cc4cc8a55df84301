"""`logs`: what a run on this machine has printed, by node and attempt, from the store."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from jetbridge.cli.main import cli
from jetbridge.errors import RunError, UsageError
from jetbridge.runtime.layout import log_uri, record_uri
from jetbridge.store import open_store
from jetbridge_translators import logs as kept
from jetbridge_translators.base import NodeLog, Settings, StepEvent
from jetbridge_translators.cli.record import Record, write_record
from jetbridge_translators.logs import LogWriter, merged, stored_logs
from tests.translators import running
from tests.translators.plan_helpers import closure

RUNNING = Path(running.__file__)


def verb(*arguments: str) -> None:
    cli.main(args=list(arguments), standalone_mode=False)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("MARKS", str(tmp_path))
    monkeypatch.setenv("JETBRIDGE_STORE", f"file://{tmp_path}/runs")
    return f"file://{tmp_path}/runs"


def ran(store: str, *arguments: str) -> str:
    """The run root of the one run of a store."""
    with suppress(RunError):
        verb("run", *arguments)
    (root,) = {uri.rpartition("/")[0] for uri in open_store().list(store) if uri.endswith("/run.json")}
    return root


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    capsys.readouterr()
    verb("logs", *arguments, "--json")
    return json.loads(capsys.readouterr().out)["logs"]


def test_each_attempt_has_its_own_lines(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    name = ran(store, f"{RUNNING}:retried", "--input", "until=1").rpartition("/")[2]
    logs = told(capsys, name)
    assert [(log["step"], log["attempt"]) for log in logs] == [("flaky", 0)], "the second one printed nothing"
    assert "attempt 0 failed" in "\n".join(logs[0]["lines"])
    verb("logs", name)
    assert "flaky | " in capsys.readouterr().out


def test_a_node_is_chosen_by_path_or_name(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    root = ran(store, f"{RUNNING}:parallel")
    assert sorted(log["lines"] for log in told(capsys, root)) == [["a met b"], ["b met a"]]
    by_path = told(capsys, root, "n0")
    assert [log["lines"] for log in by_path] == [["a met b"]]
    assert told(capsys, root, by_path[0]["step"]) == by_path
    with pytest.raises(UsageError, match="has no node 'n9'"):
        verb("logs", root, "n9")


def test_a_failed_run_has_its_log_too(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "never again" in str(told(capsys, ran(store, f"{RUNNING}:final")))


def test_without_a_log_the_error_is_all_there_is(store: str, capsys: pytest.CaptureFixture[str]) -> None:
    root = ran(store, f"{RUNNING}:final")
    Path(log_uri(root).removeprefix("file://")).unlink()
    capsys.readouterr()
    verb("logs", root)
    out, err = capsys.readouterr()
    assert "ValueError" in out
    assert "Nothing is stored (yet)" in err


def test_the_record_is_what_tells_of_a_run(store: str) -> None:
    root = ran(store, f"{RUNNING}:small")
    Path(record_uri(root).removeprefix("file://")).unlink()
    with pytest.raises(UsageError, match="there is no run"):
        verb("logs", root)


def test_an_engine_that_cannot_be_asked_hides_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "missing"))
    root, writer = f"file://{tmp_path}/runs/flow-1", LogWriter()
    settings = Settings(store="s3://bucket/runs")
    write_record(open_store(), root, Record(backend="argo", settings=settings, closure=closure(running.small)))
    with pytest.raises(UsageError, match="no Kubernetes cluster"):
        verb("logs", root)
    writer.output("environment", "hello")
    writer.save(open_store(), root)
    gone, stored = told(capsys, root)
    assert "argo cannot be asked: there is no Kubernetes cluster" in gone["gone"]
    assert stored["lines"] == ["hello"]


def test_what_the_engine_has_no_more_comes_from_the_store() -> None:
    stored = [NodeLog(step="a", lines=["1"]), NodeLog(step="a", attempt=1, lines=["2"]), NodeLog(step="b", lines=["3"])]
    live = [NodeLog(step="a", gone="pod x is gone"), NodeLog(step="a", attempt=1, lines=["new"])]
    first, second, third = merged(live, stored)
    assert (list(first.lines), first.gone) == (["1"], "pod x is gone; this is what the store has")
    assert (list(second.lines), second.gone) == (["new"], "")
    assert third == stored[2]


def test_a_log_without_end_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "_LONGEST", 500)
    writer, root = LogWriter(), f"file://{tmp_path}/run"
    for number in range(100):
        writer.output("a", f"line {number} \udcff")
    writer.event(StepEvent(step="a", state="retrying"))
    writer.save(open_store(), root)
    logs = stored_logs(open_store(), root)
    assert logs is not None
    assert "not kept" in list(logs[0].lines)[-1]
    assert len(list(logs[0].lines)) < 12
