"""Gates on the real Argo: answered by the verbs with a user's rights, rejected, resumed behind our back, too late."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import pytest

from jetbridge.cli.main import cli
from jetbridge.errors import RunError, UsageError
from jetbridge.types.json_codec import to_json
from tests.on_cluster.launch import Launcher, Run
from tests.on_cluster.site import Site

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def runs(launcher: Launcher, _as_submitter: None) -> Mapping[str, Run]:
    names = ("answered", "decided", "given", "late")
    started = {name: launcher.start(f"waiting.py:{name}") for name in names}
    return {**started, "approved in Argo": launcher.start("waiting.py:decided")}


def verb(*arguments: str) -> None:
    """What a user types."""
    cli.main(args=list(arguments), standalone_mode=False)


def root(site: Site, run: Run) -> str:
    return f"{site.store}/{run.run_id}"


def wait(site: Site, run: Run, path: str, kind: str) -> None:
    """Returns when `jetbridge run` has said what to type."""
    run.heard.wait_for(invitation(site, run, path, kind))


def invitation(site: Site, run: Run, path: str, kind: str) -> str:
    where = root(site, run)
    if kind:
        return f"waits for a value of type {kind}: jetbridge set {where} {path} VALUE"
    return f"waits for an approval: jetbridge approve {where} {path}, or jetbridge reject {where} {path}"


def resume(site: Site, run: Run, parameters: Sequence[Mapping[str, str]]) -> None:
    """What Argo's UI does: the node succeeds, with these parameters."""
    nodes = site.workflow(run.run_id)["status"]["nodes"].values()
    node = next(node for node in nodes if node["name"].endswith(".wait"))
    ended = {**node, "phase": "Succeeded", "finishedAt": node["startedAt"], "outputs": {"parameters": parameters}}
    patch = [{"op": "replace", "path": f"/status/nodes/{node['id']}", "value": ended}]
    site.kubectl("patch", "workflow", run.run_id, "--type=json", "-p", json.dumps(patch))


def test_answers_decide_branches_and_size_maps(site: Site, runs: Mapping[str, Run]) -> None:
    run = runs["answered"]
    where = root(site, run)
    wait(site, run, "n1", "")
    verb("approve", where, "allow")
    with pytest.raises(UsageError, match=r"has been answered"):
        verb("approve", where, "n1")
    wait(site, run, "n2", "str")
    verb("set", where, "n2", "a {{word}} 'of' mine")
    wait(site, run, "n3/n0", "int")
    with pytest.raises(UsageError, match=r"waits for a value of type int"):
        verb("set", where, "amount", "many")
    verb("set", where, "amount", "11")
    wait(site, run, "n3/n1", "list[int]")
    verb("set", run.run_id, "items", "[1, 2, 3]", "--store", site.store)
    outputs = run.done().outputs
    assert [to_json(outputs[name]) for name in ("o0", "o1", "o2")] == ["big 11", [2, 4, 6], "3 6 a {{word}} 'of' mine"]
    assert len(site.pods(run.run_id)) == 6, "no gate costs a pod"


def test_a_rejection_fails_the_run_with_its_reason(site: Site, runs: Mapping[str, Run]) -> None:
    run = runs["decided"]
    wait(site, run, "n1", "")
    with pytest.raises(UsageError, match=r"waits for an approval, not for a value"):
        verb("set", root(site, run), "allow", "1")
    verb("reject", root(site, run), "allow", "--reason", "the fit is poor")
    error = run.error()
    assert isinstance(error, RunError)
    assert "[ReceivedRejectSignal]" in error.message
    assert "was rejected: the fit is poor" in error.message
    assert len(site.pods(run.run_id)) == 1


def test_an_approval_in_argo_itself_counts(site: Site, runs: Mapping[str, Run]) -> None:
    run = runs["approved in Argo"]
    wait(site, run, "n1", "")
    resume(site, run, [{"name": "approved", "value": "true"}])
    assert to_json(run.done().outputs["o0"]) == 12


def test_a_value_that_only_argo_was_given_fails_at_once_and_says_so(site: Site, runs: Mapping[str, Run]) -> None:
    run = runs["given"]
    wait(site, run, "n0", "int")
    resume(site, run, [{"name": "answered_by_jetbridge_set", "value": "7"}])
    error = run.error()
    assert "only `jetbridge set` gives one" in error.message
    assert "jetbridge set RUN NODE VALUE" in error.hint
    assert site.pods(run.run_id) == []


def test_the_time_is_up(site: Site, runs: Mapping[str, Run]) -> None:
    error = runs["late"].error()
    assert "[TimeoutExpired]" in error.message
    assert "did not open within 0:00:03" in error.message
    with pytest.raises(UsageError, match=r"has been answered|does not wait"):
        verb("set", root(site, runs["late"]), "amount", "1")
