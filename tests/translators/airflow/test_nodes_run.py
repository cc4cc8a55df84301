"""Workflows of workflows, branches, maps and failures on a real Airflow, and the same on this machine."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest

from jetbridge.errors import RunError
from jetbridge.types.json_codec import to_json
from jetbridge_translators.api import Engine, read_outputs
from jetbridge_translators.base import RunRequest, Settings
from tests.translators import composites
from tests.translators.airflow import everything
from tests.translators.plan_helpers import defaults, plan

pytestmark = pytest.mark.airflow
ROOT = Path(__file__).parents[3]


class Runner:
    """Runs workflows on a back end, and keeps what was heard of them."""

    def __init__(self, backend: str, folder: Path) -> None:
        self.backend = backend
        self.folder = folder
        self.events: list[tuple[str, str]] = []
        self.output: list[str] = []

    def run(self, flow: Any) -> dict[str, Any]:
        made = plan(flow)
        options = {"containers": "process"} if self.backend == "airflow" else {}
        request = RunRequest(
            run_id="run-1",
            inputs=defaults(flow),
            settings=Settings(store=str(self.folder / self.backend), options=options),
            source_root=str(ROOT),
            on_event=lambda event: self.events.append((event.step, event.state)),
            on_output=lambda step, line: self.output.append(f"{step}: {line}"),
        )
        result = Engine().run(made, self.backend, request)
        return {name: to_json(literal) for name, literal in read_outputs(made, result.run_root).items()}

    def ended(self, state: str) -> set[str]:
        return {step for step, ended in self.events if ended == state}


@pytest.fixture
def airflow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runner:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return Runner("airflow", tmp_path)


def test_everything_gives_what_it_gives_on_this_machine(airflow: Runner, tmp_path: Path) -> None:
    local = Runner("local", tmp_path)
    assert airflow.run(everything.everything) == local.run(everything.everything)
    assert airflow.ended("succeeded") == local.ended("succeeded")


def test_a_failed_run_stays_failed_and_both_failure_nodes_run(airflow: Runner) -> None:
    with pytest.raises(RunError, match="3 is odd"):
        airflow.run(everything.failing_inside)
    assert {"handle", "mended_n1.handle"} <= airflow.ended("succeeded")
    assert sum("handled the failure of 3" in line for line in airflow.output) == 2


def test_nothing_starts_after_a_failure_but_the_failure_node(airflow: Runner) -> None:
    with pytest.raises(RunError, match="3 is odd"):
        airflow.run(composites.stopping)
    assert airflow.ended("failed") == {"odd_fails"}
    assert "handle" in airflow.ended("succeeded")
    assert airflow.ended("succeeded") <= {"handle", "add_n1", "add_n2"}
    assert len(airflow.ended("skipped")) >= 5


def test_the_other_nodes_go_on_where_the_author_says_so(airflow: Runner) -> None:
    with pytest.raises(RunError, match="3 is odd"):
        airflow.run(composites.going_on)
    assert {"add_n1", "add_n2", "add_n3"} <= airflow.ended("succeeded")


def test_the_author_s_message_where_no_case_holds(airflow: Runner) -> None:
    with pytest.raises(RunError, match=r"\[UserProvidedError\]\n\nn is too small"):
        airflow.run(composites.refuse)


def test_lists_of_unequal_lengths_are_the_error_of_the_map(airflow: Runner) -> None:
    with pytest.raises(RunError, match=r"\[InvalidArrayLength\]\n\nthe lists of a map must be of one length"):
        airflow.run(composites.unequal)


def test_a_map_that_loses_too_many_elements_has_tried_them_all(airflow: Runner) -> None:
    with pytest.raises(RunError, match="is odd"):
        airflow.run(composites.losing_too_many)
    assert len(airflow.ended("failed")) == 2
    assert len(airflow.ended("succeeded")) == 3
