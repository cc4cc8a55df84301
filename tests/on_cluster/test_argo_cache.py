"""The cache on Argo: an entry of a run on this machine is a hit there, element by element, and in turn."""

from __future__ import annotations

import json
import secrets

import pytest

from jetbridge.types.json_codec import to_json
from tests.on_cluster.launch import Launcher, Run

pytestmark = pytest.mark.cluster


def calls(run: Run, task: str) -> int:
    """How often a task's function ran."""
    return [line for _, line in run.heard.lines].count(f"{task} was called")


def hits(run: Run) -> int:
    """How many tasks took their outputs from the cache."""
    return sum(" is cached: " in line for _, line in run.heard.lines)


def outputs(run: Run) -> dict[str, object]:
    return {name: to_json(literal) for name, literal in run.done().outputs.items()}


def asked(token: str, tags: str) -> str:
    return "asked=" + json.dumps({"token": token, "share": 0.1, "tags": json.loads(tags)})


def test_what_this_machine_has_made_is_a_hit_on_argo(launcher: Launcher) -> None:
    token = secrets.token_hex(8)
    local = launcher.start("cached.py:reused", (asked(token, '{"a": 1, "b": 2}'), "run=1"), backend="local")
    before = outputs(local)
    assert (calls(local, "made"), calls(local, "doubled"), hits(local)) == (1, 1, 0)
    # The order in a dictionary and an ignored input are no difference.
    argo = launcher.start("cached.py:reused", (asked(token, '{"b": 2, "a": 1}'), "run=2"))
    assert outputs(argo) == before
    assert (calls(argo, "made"), calls(argo, "doubled"), hits(argo)) == (0, 0, 2)


def test_overwriting_runs_the_tasks_and_replaces_their_outputs(launcher: Launcher) -> None:
    inputs = (asked(secrets.token_hex(8), "null"),)
    first = launcher.start("cached.py:reused", inputs)
    before = outputs(first)
    again = launcher.start("cached.py:reused", inputs, overwrite_cache=True)
    after = outputs(again)
    assert (calls(again, "made"), calls(again, "doubled"), hits(again)) == (1, 1, 0)
    assert after["o0"] != before["o0"]
    local = launcher.start("cached.py:reused", inputs, backend="local")
    assert outputs(local) == after
    assert hits(local) == 2


def test_each_element_of_a_map_has_its_own_entry(launcher: Launcher) -> None:
    inputs = (f"token={secrets.token_hex(8)}",)
    local = launcher.start("cached.py:each", inputs, backend="local")
    assert outputs(local) == {"o0": [3, 6, 9]}
    argo = launcher.start("cached.py:each", inputs)
    assert outputs(argo) == {"o0": [3, 6, 9]}
    assert (calls(local, "tripled"), calls(argo, "tripled"), hits(argo)) == (3, 0, 3)


def test_equal_calls_at_once_run_one_at_a_time(launcher: Launcher) -> None:
    inputs = (f"token={secrets.token_hex(8)}",)
    runs = [launcher.start("cached.py:in_turn", inputs), launcher.start("cached.py:in_turn", inputs)]
    assert [outputs(run) for run in runs] == [{"o0": 16}] * 2
    assert sorted(calls(run, "slow") for run in runs) == [0, 1]
    assert sorted(hits(run) for run in runs) == [0, 1]
