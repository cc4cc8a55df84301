"""A watch that outlives what may happen to it, through the real Kubernetes client."""

from __future__ import annotations

from pathlib import Path

import pytest

from jetbridge.errors import RegistryError, RunError, UsageError
from jetbridge_translators.argo import connect as connect_module
from jetbridge_translators.argo import watch
from jetbridge_translators.argo.cluster import ApiError
from jetbridge_translators.argo.connect import connect
from jetbridge_translators.argo.logs import Logs
from jetbridge_translators.argo.status import Snapshot, read_snapshot
from jetbridge_translators.argo.submit import submit
from jetbridge_translators.argo.watch import follow
from tests.translators.argo_run.server import Answer, api_server, event, hang_up, listed, refused, reply, streamed
from tests.translators.argo_run.workflows import END, TASKS, attempt, step, workflow

RUNNING = workflow(step("Running"), attempt(0, "Running"))
DONE = workflow(step("Succeeded", finishedAt=END), attempt(0, "Succeeded", finishedAt=END), phase="Succeeded")


def test_a_run_is_followed_to_its_end(tmp_path: Path) -> None:
    looks: list[str] = []
    changes = streamed(event("MODIFIED", RUNNING), event("MODIFIED", DONE))
    with api_server(tmp_path, listed(workflow(phase="")), changes) as (cluster, script):
        end = follow(cluster, "w", TASKS, lambda before, now: looks.append(now.phase))
    assert (end.phase, looks) == ("Succeeded", ["", "Running", "Succeeded"])
    (_, path, first), (_, _, second) = script.asked
    assert path == "/apis/argoproj.io/v1alpha1/namespaces/team/workflows"
    assert first == {"fieldSelector": ["metadata.name=w"]}
    assert second["resourceVersion"] == ["7"]


GONE = streamed(event("ERROR", {"code": 410, "message": "too old resource version"}))


@pytest.mark.parametrize(
    "trouble",
    [
        [listed(RUNNING), GONE],
        [listed(RUNNING), refused(410)],
        [listed(RUNNING), streamed(event("MODIFIED", RUNNING), cut=True)],
        [listed(RUNNING), streamed()],
        [listed(RUNNING), hang_up],
        [refused(500)],
        [refused(429)],
        [hang_up],
    ],
    ids=["410 event", "410", "cut", "timeout", "hang up", "500", "429", "no answer"],
)
def test_trouble_with_the_api_server_passes(tmp_path: Path, trouble: list[Answer]) -> None:
    with api_server(tmp_path, *trouble, listed(DONE)) as (cluster, _):
        assert follow(cluster, "w", TASKS, lambda before, now: None).phase == "Succeeded"


def test_a_deleted_workflow_is_an_error(tmp_path: Path) -> None:
    with (
        api_server(tmp_path, listed(RUNNING), streamed(event("DELETED", RUNNING))) as (cluster, _),
        pytest.raises(RunError, match="was deleted"),
    ):
        follow(cluster, "w", TASKS, lambda before, now: None)


def test_a_role_that_may_not_watch_is_told(tmp_path: Path) -> None:
    with (
        api_server(tmp_path, listed(RUNNING), refused(403, "cannot watch resource")) as (cluster, _),
        pytest.raises(RunError, match="cannot watch resource") as caught,
    ):
        follow(cluster, "w", TASKS, lambda before, now: None)
    assert "list and watch" in caught.value.hint


def test_rights_that_an_api_server_does_not_know_yet_come_back(tmp_path: Path) -> None:
    changed = streamed(event("MODIFIED", RUNNING))
    with api_server(tmp_path, listed(RUNNING), changed, refused(403), listed(DONE)) as (cluster, _):
        assert follow(cluster, "w", TASKS, lambda before, now: None).phase == "Succeeded"


def test_rights_that_do_not_come_back_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "REFUSED_SECONDS", 0.5)
    changed = streamed(event("MODIFIED", RUNNING))
    with (
        api_server(tmp_path, listed(RUNNING), changed, *[refused(403, "taken away")] * 5) as (cluster, _),
        pytest.raises(RunError, match="taken away"),
    ):
        follow(cluster, "w", TASKS, lambda before, now: None)


def test_an_image_with_a_wrong_name_ends_the_run(tmp_path: Path) -> None:
    waiting = workflow(step("Running"), attempt(0, "Pending", message="InvalidImageName: a b"))
    with (
        api_server(tmp_path, listed(waiting)) as (cluster, _),
        pytest.raises(RunError, match=r"step 'load' cannot start.*InvalidImageName: a b") as caught,
    ):
        follow(cluster, "w", TASKS, lambda before, now: None)
    assert "--image" in caught.value.hint


def test_a_workflow_is_submitted_once_though_the_answer_was_lost(tmp_path: Path) -> None:
    with api_server(tmp_path, hang_up, refused(409, "already exists")) as (cluster, script):
        submit(cluster, {"metadata": {"name": "w"}})
    assert [method for method, _, _ in script.asked] == ["POST", "POST"]


@pytest.mark.parametrize(
    ("code", "hint"), [(403, "create, list, watch and patch"), (404, "Install Argo"), (401, "Log in"), (409, "")]
)
def test_a_refused_workflow_is_told(tmp_path: Path, code: int, hint: str) -> None:
    with (
        api_server(tmp_path, refused(code, "because")) as (cluster, _),
        pytest.raises(RunError, match="because") as caught,
    ):
        submit(cluster, {"metadata": {"name": "w"}})
    assert hint in caught.value.hint


def test_a_stop_is_a_merge_of_one_field(tmp_path: Path) -> None:
    with api_server(tmp_path, reply(200, {})) as (cluster, script):
        cluster.stop("w")
    assert script.asked == [("PATCH", "/apis/argoproj.io/v1alpha1/namespaces/team/workflows/w", {})]


def test_a_log_is_told_once_and_without_argos_lines(tmp_path: Path) -> None:
    argo = '2026-01-01T00:00:03.000000000Z time="2026-01-01T00:00:03Z" level=info msg="sub-process exited" argo=true'
    first = [f"2026-01-01T00:00:0{second}.000000000Z line {second}" for second in (1, 2)]
    second = [*first, argo, "2026-01-01T00:00:04.000000000Z ", "2026-01-01T00:00:05.000000000Z Error: exit status 80"]
    lines: list[tuple[str, str]] = []
    with api_server(tmp_path, refused(400, "waiting"), streamed(*first, cut=True), streamed(*second)) as (cluster, _):
        logs = Logs(cluster, lambda name, line: lines.append((name, line)))
        logs.read(read_snapshot(RUNNING, TASKS))
        logs.finish(10.0)
    assert lines == [("load", "line 1"), ("load", "line 2"), ("load", "")]


def test_the_pod_of_the_same_name_after_it_is_read_on(tmp_path: Path) -> None:
    lines: list[str] = []
    first, second = (f"2026-01-01T00:00:0{number}.000000000Z line {number}" for number in (1, 2))
    with api_server(tmp_path, streamed(first), streamed(second)) as (cluster, _):
        logs = Logs(cluster, lambda name, line: lines.append(line))
        for _ in range(2):
            logs.read(read_snapshot(RUNNING, TASKS))
            logs.finish(10.0)
        logs.read(read_snapshot(DONE, TASKS))
        logs.read(Snapshot())
    assert lines == ["line 1", "line 2"]


def test_no_cluster_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no Kubernetes cluster"):
        connect("", {"HOME": str(tmp_path)})


def test_no_client_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> object:
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr(connect_module, "import_module", missing)
    with pytest.raises(RegistryError) as caught:
        connect("", {})
    assert caught.value.hint == "pip install 'jetbridge-translators[argo]'"


def test_nobody_listens(tmp_path: Path) -> None:
    with api_server(tmp_path) as (cluster, _):
        pass
    with pytest.raises(ApiError) as caught:
        cluster.workflow("w")
    assert caught.value.passes
