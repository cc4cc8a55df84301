"""Reports of real runs on this machine, from their stores."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from jetbridge.store import ObjectStore
from jetbridge_translators.base import RunRequest, Settings
from jetbridge_translators.local.run import run as run_local
from jetbridge_translators.plan.model import Plan
from jetbridge_translators.report.gather import Started, run_report
from jetbridge_translators.report.model import END, PLUMBING, QUEUE, START, UPLOAD, USER, RunReport
from jetbridge_translators.run_end import watched
from tests.translators.plan_helpers import defaults, plan
from tests.translators.report import flows

ROOT = str(Path(__file__).parents[3])


def ran(flow: object, folder: Path) -> RunReport:
    made: Plan = plan(flow)
    store, settings = ObjectStore(), Settings(store=str(folder))
    with watched(store, "1", pytest.fail) as watcher:
        request = RunRequest(
            run_id="run-1",
            inputs=defaults(flow),
            settings=settings,
            source_root=ROOT,
            on_start=watcher.begin,
            on_attempt=watcher.attempt,
        )
        run_local(made, request)
    root = watcher.run_root
    return run_report(store, Started(group="g", run_root=root, plan=made, backend="local", settings=settings))


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> RunReport:
    return ran(flows.everything, tmp_path_factory.mktemp("store"))


def test_every_task_element_and_made_node_is_there_in_order(report: RunReport) -> None:
    paths = [node.path for node in report.nodes]
    assert paths[:3] == ["n0", "n1/0", "n1/1"]
    assert {"n4", "n5", "n6"} < set(paths)
    assert len([path for path in paths if path.startswith("n3/")]) == 2
    assert {node.name for node in report.nodes if node.path.startswith("n1/")} == {"map_inc[0]", "map_inc[1]"}


def test_the_phases_of_a_task_cover_its_time(report: RunReport) -> None:
    (attempt,) = report.nodes[0].attempts
    assert [span.phase for span in attempt.spans if span.phase != PLUMBING] == [QUEUE, START, USER, UPLOAD, END]
    assert all(one.end == two.begin for one, two in zip(attempt.spans, attempt.spans[1:], strict=False))
    assert report.seconds is not None
    assert 0 <= attempt.spans[0].begin <= attempt.spans[-1].end <= report.seconds + 1
    assert (attempt.pods, attempt.containers) == (0, 0)
    assert (attempt.cpu_seconds or 0) > 0
    assert (attempt.peak_memory or 0) > 2**20


def test_a_task_waits_for_those_that_it_needs(report: RunReport) -> None:
    by_path = {node.path: node for node in report.nodes}
    ends = [by_path[path].attempts[-1].spans[-1].end for path in ("n4", "n5")]
    assert by_path["n6"].attempts[0].spans[0].begin >= max(ends) - 0.001


def test_attempts_are_told_apart(report: RunReport) -> None:
    node = next(node for node in report.nodes if node.name == "second_time")
    assert [attempt.outcome for attempt in node.attempts] == ["failed", "succeeded"]
    assert node.attempts[0].spans[-1].end <= node.attempts[1].spans[0].begin + 0.001


def test_what_is_asked_comes_from_the_plan(report: RunReport) -> None:
    by_path = {node.path: node for node in report.nodes}
    assert by_path["n1/0"].requests == {"cpu": "250m", "memory": "64Mi"}
    assert by_path["n0"].requests == {}
    made = next(node for node in report.nodes if node.path.startswith("n3/"))
    assert made.requests is None
    assert not report.critical.complete


def test_bytes_are_those_in_the_store(report: RunReport) -> None:
    root = Path(report.run_root.removeprefix("file://"))
    assert report.nodes[0].bytes_written == (root / "n0" / "outputs.pb").stat().st_size
    assert report.nodes[1].attempts[0].bytes_read


@pytest.mark.parametrize("spoil", ["", "{", '{"version": 2}', '{"version": 1, "phases": []}'])
def test_a_record_that_cannot_be_read_is_unknown(spoil: str, tmp_path: Path) -> None:
    before = ran(flows.chain, tmp_path)
    root = Path(before.run_root.removeprefix("file://"))
    (file,) = (root / "n0" / "records").iterdir()
    file.write_text(spoil)
    again = _again(before, flows.chain, tmp_path)
    (attempt,) = again.nodes[0].attempts
    assert [span.phase for span in attempt.spans] == [QUEUE, "run"]
    assert (attempt.cpu_seconds, attempt.bytes_read) == (None, None)
    assert not again.critical.complete


def test_a_run_whose_starter_was_lost(tmp_path: Path) -> None:
    before = ran(flows.chain, tmp_path)
    Path(before.run_root.removeprefix("file://"), "end.json").unlink()
    again = _again(before, flows.chain, tmp_path)
    assert (again.state, again.seconds, again.overhead) == ("unknown", None, None)
    assert [node.path for node in again.nodes] == ["n0", "n1"]
    assert again.nodes[0].attempts[0].spans[0].phase == START
    assert again.nodes[0].attempts[0].spans[0].begin == 0


def _again(before: RunReport, flow: Callable[..., object], folder: Path) -> RunReport:
    started = Started(
        group="g", run_root=before.run_root, plan=plan(flow), backend="local", settings=Settings(store=str(folder))
    )
    return run_report(ObjectStore(), started)
