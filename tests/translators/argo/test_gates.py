"""Gates as templates: valid, without pods, and closed to whatever is no answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from jetbridge_translators.argo.gates import gate_templates
from jetbridge_translators.gates import find_gates
from jetbridge_translators.plan.committed import Committed, with_committed
from jetbridge_translators.plan.model import Gate, Sleep
from tests.translators import gate_flows
from tests.translators.argo.files import objects, template
from tests.translators.argo.plans import settings
from tests.translators.argo.test_schema import schema_errors
from tests.translators.plan_helpers import plan


@pytest.mark.parametrize("target", ["3.7", "4.0"])
@pytest.mark.parametrize("flow", [gate_flows.gated, gate_flows.decided, gate_flows.shared])
def test_manifests_are_valid(flow: Any, target: str) -> None:
    for item in objects(plan(flow), settings(target)):
        assert schema_errors(item, target) == []


def test_a_condition_reads_what_the_gate_is_told() -> None:
    made = {item["name"]: item for item in template(plan(gate_flows.decided))["spec"]["templates"]}
    gate = next(item for name, item in made.items() if name.endswith("-n0"))
    (told,) = gate["outputs"]["parameters"]
    assert told == {
        "name": "value_o0",
        "valueFrom": {"expression": "tasks.wait.outputs.parameters.value_o0", "default": ""},
    }
    asked = made[f"{gate['name']}-wait"]["outputs"]["parameters"]
    assert [item["name"] for item in asked] == ["answered_by_jetbridge_set", "value_o0"]
    assert all(item["valueFrom"] == {"supplied": {}} for item in asked), "no default: its time is up as a failure"
    assert "container" not in str(gate)


def test_an_approval_is_a_choice_in_argo_s_form_that_begins_with_no() -> None:
    made = {item["name"]: item for item in template(plan(gate_flows.gated))["spec"]["templates"]}
    waiting = next(item for item in made.values() if "inputs" in item and "suspend" in item)
    assert waiting["inputs"]["parameters"] == [{"name": "approved", "enum": ["false", "true"], "default": "false"}]


def test_a_sleep_beyond_its_time_fails_when_that_is_up() -> None:
    gate: Gate = find_gates(plan(gate_flows.late), "amount")[0]
    long = replace(gate, wait=Sleep(timedelta(hours=2)), timeout=timedelta(hours=1))
    (late,) = gate_templates("pause", long)
    assert late.suspend is not None
    assert late.suspend.duration == "3600s"
    assert late.outputs is not None, "it lacks a value then"
    (timely,) = gate_templates("pause", replace(long, timeout=timedelta(hours=3)))
    assert timely.outputs is None


@pytest.mark.parametrize("target", ["3.7", "4.0"])
def test_a_recovered_run_is_valid_too(target: str) -> None:
    left = with_committed(plan(gate_flows.recoverable), Committed({"n1/0", "n1/1", "n1/2", "n3/n0/n0"}, {}, {"n1": 3}))
    item = objects(left, settings(target))[0]
    assert schema_errors(item, target) == []
    done = [made for made in item["spec"]["templates"] if made.get("suspend") == {"duration": "0"}]
    assert done, "tasks with outputs have no container"
