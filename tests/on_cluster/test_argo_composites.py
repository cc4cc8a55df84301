"""Branches, maps and failures on the real Argo: the values where it matters, and not one pod too many.

The plain cases of each feature run in `test_conformance.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from jetbridge.errors import JetbridgeError
from jetbridge.types.json_codec import to_json
from tests.on_cluster.launch import Launcher, Run
from tests.on_cluster.site import ROOT, Site

pytestmark = pytest.mark.cluster
FILE = f"{ROOT}/tests/translators/composites.py"

# The workflow, its inputs, its outputs, and how many tasks run: each is one pod, and nothing else is.
VALUES: Mapping[str, tuple[str, tuple[str, ...], dict[str, Any], int]] = {
    "first case": ("choose", ("n=7",), {"o0": "got 1014"}, 3),
    "conditions on branches": ("deciding_twice", ("n=1",), {"o0": "high 31"}, 3),
    "two lists": ("unequal", ("n=3",), {"o0": [0, 2, 4]}, 5),
    "map of one": ("fan_out", ("n=1",), {"o0": 10, "o1": [10]}, 4),
    "map of nothing": ("fan_out", ("n=0",), {"o0": 0, "o1": []}, 2),
    "map in a workflow in a branch": ("map_in_branch", (), {"o0": 6}, 5),
    "two of four lost": ("losing_some", (), {"o0": 2}, 6),
    "all lost": ("losing_all", ("n=2",), {"o0": 2}, 4),
    "none to lose": ("losing_all", ("n=0",), {"o0": 0}, 2),
}
ERRORS = {
    "unequal lists": ("unequal", "the lists of a map must be of one length"),
    "failure node inside": ("mended_inside", "3 is odd"),
    "no case": ("refuse", "n is too small"),
    "too many lost": ("losing_too_many", "is odd"),
    "failure node": ("failing", "3 is odd"),
    "others go on": ("going_on", "3 is odd"),
}


@pytest.fixture(scope="module")
def runs(launcher: Launcher, _as_submitter: None) -> Mapping[str, Run]:
    """All of them at a time."""
    succeeding = {name: launcher.start(f"{FILE}:{flow}", inputs) for name, (flow, inputs, _, _) in VALUES.items()}
    return {**succeeding, **{name: launcher.start(f"{FILE}:{flow}") for name, (flow, _) in ERRORS.items()}}


@pytest.mark.parametrize("name", VALUES)
def test_outputs_and_pods(site: Site, runs: Mapping[str, Run], name: str) -> None:
    _, _, expected, tasks = VALUES[name]
    done = runs[name].done()
    assert {output: to_json(literal) for output, literal in done.outputs.items()} == expected
    assert len(site.pods(done.result.run_id)) == tasks


@pytest.mark.parametrize("name", ERRORS)
def test_failures_tell_their_reason(runs: Mapping[str, Run], name: str) -> None:
    error: JetbridgeError = runs[name].error()
    assert ERRORS[name][1] in str(error)


@pytest.mark.parametrize(("name", "tasks"), [("failure node", 2), ("failure node inside", 3), ("unequal lists", 2)])
def test_the_failure_node_has_run_and_nothing_that_should_not(
    site: Site, runs: Mapping[str, Run], name: str, tasks: int
) -> None:
    runs[name].error()
    assert len(site.pods(runs[name].run_id)) == tasks


def test_other_nodes_go_on(site: Site, runs: Mapping[str, Run]) -> None:
    runs["others go on"].error()
    assert len(site.pods(runs["others go on"].run_id)) == 4
