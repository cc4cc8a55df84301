"""Dynamic tasks on the local runner: real processes, and the nodes that they make."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jetbridge.errors import RunError
from jetbridge.idl import ErrorDocument, Literal, LiteralMap, Primitive, Scalar
from jetbridge.types.json_codec import to_json
from jetbridge_translators.api import Engine, read_outputs
from jetbridge_translators.base import RunRequest, Settings
from tests.translators import dynamic_flows as flows
from tests.translators.plan_helpers import defaults, plan

ROOT = Path(__file__).parents[2]
PLACES = ("n0", "n0/dn0")


class Local:
    """Runs workflows in a folder, and keeps the states of their steps."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.events: list[tuple[str, str]] = []

    def run(self, flow: Any, **inputs: int) -> dict[str, Any]:
        made = plan(flow)
        result = Engine().run(made, "local", self._request(flow, inputs))
        return {name: to_json(literal) for name, literal in read_outputs(made, result.run_root).items()}

    def fail(self, flow: Any, **inputs: int) -> RunError:
        with pytest.raises(RunError) as caught:
            Engine().run(plan(flow), "local", self._request(flow, inputs))
        return caught.value

    def committed(self) -> set[str]:
        root = self.folder / "run-1"
        return {str(path.parent.relative_to(root)) for path in root.rglob("outputs.pb")}

    def succeeded(self) -> list[str]:
        return sorted(step for step, state in self.events if state == "succeeded")

    def _request(self, flow: Any, inputs: dict[str, int]) -> RunRequest:
        given = {name: Literal(scalar=Scalar(primitive=Primitive(integer=value))) for name, value in inputs.items()}
        return RunRequest(
            run_id="run-1",
            inputs=LiteralMap(literals={**defaults(flow).literals, **given}),
            settings=Settings(store=str(self.folder)),
            source_root=str(ROOT),
            on_event=lambda event: self.events.append((event.step, event.state)),
        )


@pytest.fixture
def local(tmp_path: Path) -> Local:
    return Local(tmp_path)


def test_what_a_dynamic_task_makes_runs_below_its_node(local: Local) -> None:
    assert local.run(flows.grown) == {"o0": 3}
    assert local.committed() == {"n0", "n0/dn0", "n0/dn1", "n1"}
    assert local.succeeded() == ["increment", "repeated", "repeated.increment_dn0", "repeated.increment_dn1"]


def test_nothing_called_is_no_workflow(local: Local) -> None:
    assert local.run(flows.grown, times=0) == {"o0": 1}
    assert local.committed() == {"n0", "n1"}


@pytest.mark.parametrize(("times", "result"), [(2, 3), (1, 3)])
def test_a_condition_sees_the_value_of_a_dynamic_task(local: Local, times: int, result: int) -> None:
    assert local.run(flows.deciding, times=times) == {"o0": result}


@pytest.mark.parametrize(("count", "chosen"), [(2, 2), (1, 4)])
def test_every_kind_of_node_can_be_made(local: Local, count: int, chosen: int) -> None:
    mapped = [3, 4][:count]
    assert local.run(flows.all_of_it, count=count) == {"o0": mapped, "o1": chosen, "o2": {"sum": sum(mapped)}, "o3": 7}


def test_a_dynamic_task_may_call_itself(local: Local) -> None:
    assert local.run(flows.recursive) == {"o0": 2}
    assert {"n0", "n0/dn0", "n0/dn0/dn0", "n0/dn0/dn1"} <= local.committed()


def test_in_a_sub_workflow(local: Local) -> None:
    assert local.run(flows.in_a_sub_workflow) == {"o0": 2}
    assert local.committed() == {"n0/n0", "n0/n0/dn0", "n0/n1"}


def test_a_failure_of_what_was_made_is_final(local: Local) -> None:
    error = local.fail(flows.child_fails)
    assert "dynamic_flows.fails" in error.message
    assert "node 'n0/dn0'" in error.message
    assert "3 is never right" in error.message
    assert [state for step, state in local.events if step == "with_a_failure"] == ["running", "succeeded"]
    assert local.committed() == set()
    errors = [ErrorDocument.FromString((local.folder / "run-1" / node / "error.pb").read_bytes()) for node in PLACES]
    assert errors[0] == errors[1], "the dynamic node fails with the error of its child"


def test_a_launch_plan_needs_a_server(local: Local) -> None:
    error = local.fail(flows.launched)
    assert "launch plan 'launched_in_dynamic'" in error.message
    assert "dynamic_flows.launching" in error.message
    document = ErrorDocument.FromString((local.folder / "run-1/n0/error.pb").read_bytes())
    assert document.error.code == "DynamicWorkflowBuildFailed"


def test_a_second_run_goes_on_with_what_was_made_first(local: Local) -> None:
    """The task may make another workflow when it runs again: what is committed belongs to the first."""
    local.fail(flows.child_fails)
    futures = local.folder / "run-1/n0/futures.pb"
    first = futures.read_bytes()
    local.events.clear()
    local.fail(flows.child_fails)
    assert futures.read_bytes() == first
    assert "with_a_failure" not in {step for step, _ in local.events}


def test_damaged_futures_are_reported(local: Local) -> None:
    futures = local.folder / "run-1/n0/futures.pb"
    futures.parent.mkdir(parents=True)
    futures.write_bytes(b"\xff\xff\xff")
    assert "DynamicWorkflowBuildFailed" in local.fail(flows.grown).message
