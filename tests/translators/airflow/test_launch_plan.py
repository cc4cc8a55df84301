"""A launch plan's settings, and what a task asks of its pod, in Airflow's words."""

from __future__ import annotations

import ast
from datetime import datetime, timedelta
from typing import Any

import pytest

from jetbridge import CronSchedule, FixedRate, LaunchPlan, task, workflow
from jetbridge.errors import TranslationError
from jetbridge.serialize.closure import closure_of
from jetbridge_translators.base import Settings
from tests.translators.airflow.plans import settings, source
from tests.translators.launched import MAILS, SOME_RUNS, launched, plan_of
from tests.translators.plan_helpers import SETTINGS


def calls(text: str) -> dict[str, ast.Call]:
    """The calls of a file by the variable that they are assigned to; the DAG's as `DAG`."""
    tree = ast.parse(text)
    assigned = [node for node in ast.walk(tree) if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)]
    found = {node.targets[0].id: node.value for node in assigned if isinstance(node.targets[0], ast.Name)}
    dag = next(node for node in ast.walk(tree) if isinstance(node, ast.With)).items[0].context_expr
    assert isinstance(dag, ast.Call)
    return {**found, "DAG": dag}  # type: ignore[dict-item]


def arguments(call: ast.Call) -> dict[str, str]:
    """The keyword arguments as source."""
    return {each.arg or "**": ast.unparse(each.value) for each in call.keywords}


def made(given: Settings | None = None, **options: Any) -> dict[str, dict[str, str]]:
    text = source(plan_of(launched(**options)), given or settings())
    return {name: arguments(call) for name, call in calls(text).items()}


def test_limits_and_tags_of_the_dag() -> None:
    dag = made(concurrency=SOME_RUNS)["DAG"]
    assert (dag["max_active_tasks"], dag["max_active_runs"]) == ("2", "3")
    assert dag["tags"] == "['jetbridge', 'team=plan']"
    assert (dag["schedule"], dag["catchup"]) == ("None", "False")


@pytest.mark.parametrize("target", ["3.0", "3.3"])
def test_schedules(target: str) -> None:
    cron = made(settings(target=target), schedule=CronSchedule("30 6 * * 1"))["DAG"]
    assert cron["schedule"] == "CronTriggerTimetable('30 6 * * 1', timezone='UTC')"
    assert made(settings(target=target), schedule=FixedRate(timedelta(minutes=90)))["DAG"]["schedule"] == (
        "timedelta(minutes=90)"
    )


def test_a_mail_for_each_notification_of_an_end() -> None:
    dag = made(notifications=MAILS)["DAG"]
    assert dag["on_success_callback"].startswith("[SmtpNotifier(to=['s@b.c'], subject='{{ dag.dag_id }} succeeded'")
    assert dag["on_failure_callback"].count("SmtpNotifier") == 2


def test_labels_annotations_and_the_account_of_the_pods() -> None:
    first = made()["first"]
    assert first["labels"] == "{'own': '1', 'team': 'plan'}"
    assert first["annotations"] == "{'note': \"{{ '{% x %}' }}\"}"
    assert first["service_account_name"] == "'runner'"


def test_a_pod_of_its_own_says_all_that_the_others_share() -> None:
    given = settings(options={"service-account": "option", "namespace": "flows"})
    first = made(given)["first"]
    assert "**" not in first
    assert (first["service_account_name"], first["namespace"], first["do_xcom_push"]) == (
        "'runner'",
        "'flows'",
        "False",
    )
    assert first["volumes"].count("V1Volume(") == 2
    assert "V1EmptyDirVolumeSource(medium='Memory', size_limit='64Mi')" in first["volumes"]
    assert "mount_path='/dev/shm'" in first["volume_mounts"]


def test_an_accelerator_is_an_affinity_with_tolerations() -> None:
    second = made()["second"]
    assert ast.literal_eval(second["tolerations"])[1]["value"] == "1g.5gb"
    required = ast.literal_eval(second["affinity"])["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    assert [rule["values"] for rule in required["nodeSelectorTerms"][0]["matchExpressions"]] == [
        ["nvidia-tesla-a100"],
        ["1g.5gb"],
    ]


def _strings(call: ast.Call) -> list[str]:
    return [node.value for node in ast.walk(call) if isinstance(node, ast.Constant) and isinstance(node.value, str)]


@task
def seen(at: datetime) -> str:
    return at.isoformat()


@workflow
def timed(at: datetime) -> str:
    return seen(at=at)


def test_the_kickoff_input_is_the_time_of_a_scheduled_run() -> None:
    schedule = CronSchedule("@daily", kickoff_time_input_arg="at")
    plan = plan_of(closure_of(LaunchPlan.get_or_create(timed, name="lp", schedule=schedule), SETTINGS))
    found = calls(source(plan, settings()))
    (bind,) = [text for text in _strings(found["seen"]) if "--bind" in text]
    assert bind.startswith("--bind=at=json:{{ macros.json.dumps(params['at'] or dag_run.run_after.isoformat())")
    assert "Param(None, type=['null', 'string'], format='date-time'" in arguments(found["DAG"])["params"]


def test_a_schedule_needs_a_value_for_every_input() -> None:
    plan = plan_of(closure_of(LaunchPlan.get_or_create(timed, name="lp", schedule=CronSchedule("@daily")), SETTINGS))
    with pytest.raises(TranslationError, match="input 'at' has no value when the schedule starts"):
        source(plan, settings())
