"""Look-up per step: override, else shape, else a problem; settings; capabilities."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jetbridge.errors import JetbridgeError, RegistryError, TranslationError, UsageError
from jetbridge_translators.airflow.assemble import assemble
from jetbridge_translators.airflow.backend import BACKEND
from jetbridge_translators.airflow.operators import OperatorSpec
from jetbridge_translators.base import Lower, LowerContext
from jetbridge_translators.capability import Level
from jetbridge_translators.plan.features import FEATURES
from jetbridge_translators.plan.model import Step
from jetbridge_translators.work import ResourceWork
from tests.translators.airflow.plans import container, penguins, plan, settings, source, step

RESOURCE = ResourceWork(manifest={"kind": "Job", "metadata": {}}, success="a == b", failure="a == c")


def nobody(backend: str, task_type: str) -> Lower | None:
    return None


def test_a_resource_without_an_override_is_refused_for_every_step() -> None:
    with pytest.raises(TranslationError) as caught:
        assemble(plan(step(0, "a", {}, work=RESOURCE), step(1, "b", {}, work=RESOURCE)), settings(), nobody)
    assert [(problem.code, str(problem.location)) for problem in caught.value.problems] == [
        ("resource-work", "penguins.py:30"),
        ("resource-work", "penguins.py:31"),
    ]
    assert "jetbridge.lower.airflow" in caught.value.hint


def test_an_override_comes_before_the_shape() -> None:
    def find(backend: str, task_type: str) -> Lower:
        assert (backend, task_type) == ("airflow", "python-task")
        return override

    def override(step: Step, context: LowerContext) -> OperatorSpec:
        return OperatorSpec(operator="airflow.providers.standard.operators.empty.EmptyOperator", task_id=step.name)

    dag = assemble(plan(step(0, "a", {})), settings(), find)
    assert dag.tasks[0].operator.operator.endswith("EmptyOperator")
    assert dag.tasks[0].operator.comment == "penguins.py:30"


def test_an_override_that_gives_something_else_is_its_authors_mistake() -> None:
    with pytest.raises(RegistryError, match="gave a str, not an OperatorSpec"):
        assemble(plan(step(0, "a", {})), settings(), lambda backend, task_type: lambda step, context: "operator")


def test_an_overrides_own_error_names_the_step() -> None:
    def refuse(step: Step, context: LowerContext) -> OperatorSpec:
        raise JetbridgeError("no such cluster", hint="Make one.")

    with pytest.raises(TranslationError, match=r"node 'n0'.*no such cluster") as caught:
        assemble(plan(step(0, "a", {})), settings(), lambda backend, task_type: refuse)
    assert caught.value.hint == "Make one."


def test_an_argument_that_no_process_can_have_names_the_step() -> None:
    with pytest.raises(TranslationError, match=r"penguins.py:30 node 'n0'.*NUL"):
        source(plan(step(0, "a", {}, work=container("a\0b"))), settings())


def test_a_store_is_needed() -> None:
    with pytest.raises(UsageError, match="object store"):
        source(penguins(), replace(settings(), store=""))


@pytest.mark.parametrize(("containers", "target"), [("docker", "3.0"), ("pod", "2.9")])
def test_settings_are_checked(containers: str, target: str) -> None:
    with pytest.raises(UsageError):
        source(penguins(), settings(containers, target))


def test_the_store_and_the_places_of_pods_are_settings() -> None:
    options = {"store-endpoint": "http://minio:9000", "namespace": "flows", "service-account": "runner"}
    text = source(penguins(), settings(options=options))
    assert 'ENVIRONMENT = {"AWS_ENDPOINT_URL": "http://minio:9000", "AWS_ALLOW_HTTP": "true"}' in text
    assert '"namespace": "flows",\n    "service_account_name": "runner",\n' in text


def test_a_pre_emptible_pod_is_labelled() -> None:
    assert 'labels={"interruptible": "true"}' in source(plan(step(0, "a", {}, interruptible=True)), settings())
    assert "labels" not in source(plan(step(0, "a", {}, interruptible=False)), settings())


def test_every_feature_has_a_cell_and_every_refusal_a_way_out() -> None:
    assert sorted(cell.feature for cell in BACKEND.capabilities) == sorted(FEATURES)
    refused = [cell for cell in BACKEND.capabilities if cell.level is Level.REFUSED]
    assert all(cell.how and cell.workaround for cell in refused)
