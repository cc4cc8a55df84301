"""The local runner on workflows of workflows, branches, maps and failures: real processes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jetbridge.errors import RunError
from jetbridge.idl import Literal, LiteralMap, Primitive, Scalar
from jetbridge.types.json_codec import to_json
from jetbridge_translators.api import Engine, read_outputs
from jetbridge_translators.base import RunRequest, Settings
from tests.translators import composites
from tests.translators.plan_helpers import defaults, plan

ROOT = Path(__file__).parents[2]


class Local:
    """Runs workflows in a folder, and keeps what was heard of them."""

    def __init__(self, folder: Path) -> None:
        self.store = str(folder)
        self.events: list[tuple[str, str]] = []
        self.output: list[str] = []

    def run(self, flow: Any, **inputs: int) -> dict[str, Any]:
        made = plan(flow)
        result = Engine().run(made, "local", self._request(flow, inputs))
        return {name: to_json(literal) for name, literal in read_outputs(made, result.run_root).items()}

    def fail(self, flow: Any, **inputs: int) -> str:
        with pytest.raises(RunError) as caught:
            Engine().run(plan(flow), "local", self._request(flow, inputs))
        return str(caught.value)

    def ended(self, state: str) -> set[str]:
        return {step for step, ended in self.events if ended == state}

    def _request(self, flow: Any, inputs: dict[str, int]) -> RunRequest:
        given = {name: Literal(scalar=Scalar(primitive=Primitive(integer=value))) for name, value in inputs.items()}
        return RunRequest(
            run_id="run-1",
            inputs=LiteralMap(literals={**defaults(flow).literals, **given}),
            settings=Settings(store=self.store),
            source_root=str(ROOT),
            on_event=lambda event: self.events.append((event.step, event.state)),
            on_output=lambda step, line: self.output.append(f"{step}: {line}"),
        )


@pytest.fixture
def local(tmp_path: Path) -> Local:
    return Local(tmp_path)


def test_workflows_in_workflows(local: Local) -> None:
    assert local.run(composites.nested) == {"o0": 212, "o1": 215}
    assert "middle_n1.inner_n0.add" in local.ended("succeeded")


@pytest.mark.parametrize(("n", "expected"), [(7, "got 1014"), (3, "got 216"), (1, "got 3")])
def test_nested_branches_pass_their_value_on(local: Local, n: int, expected: str) -> None:
    assert local.run(composites.choose, n=n) == {"o0": expected}
    assert len(local.ended("succeeded")) == (3 if n != 3 else 5)


@pytest.mark.parametrize(("n", "expected"), [(4, 104), (5, 205)])
def test_a_boolean_decides(local: Local, n: int, expected: int) -> None:
    assert local.run(composites.by_flag, n=n) == {"o0": expected}


def test_a_branch_without_a_case_is_the_author_s_failure(local: Local) -> None:
    assert "n is too small" in local.fail(composites.refuse)
    assert local.run(composites.refuse, n=101) == {"o0": 102}


@pytest.mark.parametrize(("n", "total", "again"), [(4, 52, [10, 12, 14, 16]), (1, 10, [10]), (0, 0, [])])
def test_maps_of_maps(local: Local, n: int, total: int, again: list[int]) -> None:
    assert local.run(composites.fan_out, n=n) == {"o0": total, "o1": again}


@pytest.mark.parametrize(("n", "expected"), [(3, 6), (6, 15)])
def test_a_map_in_a_workflow_in_a_branch(local: Local, n: int, expected: int) -> None:
    assert local.run(composites.map_in_branch, n=n) == {"o0": expected}


def test_a_map_may_lose_elements(local: Local) -> None:
    assert local.run(composites.losing_some) == {"o0": 2}


@pytest.mark.parametrize("n", [0, 2])
def test_a_map_may_lose_all_elements(local: Local, n: int) -> None:
    assert local.run(composites.losing_all, n=n) == {"o0": n}


@pytest.mark.parametrize(("n", "expected"), [(3, "high 23"), (1, "low 21"), (2, "low 22")])
def test_conditions_on_what_came_out_of_branches(local: Local, n: int, expected: str) -> None:
    got = local.run(composites.deciding_twice, n=n)
    assert got == {"o0": expected} or got["o0"].startswith("high")


def test_a_map_that_loses_too_many_fails_with_an_element_s_error(local: Local) -> None:
    assert "is odd" in local.fail(composites.losing_too_many)


def test_the_failure_node_runs_and_the_run_stays_failed(local: Local) -> None:
    assert "3 is odd" in local.fail(composites.failing)
    assert any("handled the failure of 3" in line for line in local.output)
    assert local.run(composites.failing, n=2) == {"o0": 2}


def test_the_failure_node_of_a_sub_workflow_runs(local: Local) -> None:
    assert "3 is odd" in local.fail(composites.mended_inside)
    assert any("handled the failure of 3" in line for line in local.output)


def test_lists_of_different_lengths_are_not_cut_to_the_shorter_one(local: Local) -> None:
    assert "the lists of a map must be of one length" in local.fail(composites.unequal)


def test_a_map_over_two_lists(local: Local) -> None:
    assert local.run(composites.unequal, n=3) == {"o0": [0, 2, 4]}


def test_other_nodes_go_on_where_the_workflow_says_so(local: Local) -> None:
    assert "3 is odd" in local.fail(composites.going_on)
    assert len(local.ended("succeeded")) == 3


def test_a_launch_plan_as_a_node(local: Local) -> None:
    assert local.run(composites.launching) == {"o0": 11}


def test_a_sleep(local: Local) -> None:
    assert local.run(composites.resting) == {"o0": 3}
