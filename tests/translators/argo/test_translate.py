"""The shape of the manifests."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jetbridge.bindings import InputRef, JsonConstant, ListOf, OutputRef
from jetbridge.errors import TranslationError
from jetbridge_translators.argo.backend import BACKEND, translate
from jetbridge_translators.plan.features import FEATURES
from jetbridge_translators.plan.model import Input, Output, Schedule
from tests.translators.argo.files import dag_tasks, leaf, objects, template, texts, values
from tests.translators.argo.plans import (
    INTEGER,
    OPTIONAL,
    STRING,
    container_work,
    integer,
    penguins,
    plan,
    scheduled,
    settings,
    step,
    string,
    task_template,
)


def test_the_files_are_a_template_and_a_run_of_it() -> None:
    assert list(translate(penguins(), settings()).files) == ["penguins-pipeline.yaml", "run-penguins-pipeline.yaml"]
    assert [item["kind"] for item in objects(penguins())] == ["WorkflowTemplate", "Workflow"]


def test_a_task_of_two_nodes_is_one_template() -> None:
    names = [item["name"] for item in template(penguins())["spec"]["templates"]]
    assert names == ["pipeline", "load", "fit", "report"]


def test_a_node_with_other_retries_has_a_template_of_its_own() -> None:
    task = task_template("penguins.fit")
    two = plan(step("n0", template=task), step("n1", template=task, name="fit_n1", retries=1))
    assert [item["template"] for item in dag_tasks(two).values()] == ["fit", "fit-n1"]


def test_a_task_called_like_the_workflow_has_another_template() -> None:
    same = plan(step("n0", template=task_template("penguins.pipeline")))
    entry, task = (item["name"] for item in template(same)["spec"]["templates"])
    assert entry != task
    assert template(same)["spec"]["entrypoint"] == entry


def test_bindings_are_the_arguments_of_the_dag_tasks() -> None:
    tasks = dag_tasks(penguins())
    assert values(tasks["n1"]) == {
        "run-root": "{{inputs.parameters.run-root}}",
        "node-path": "n1",
        "frame": "n0.o0",
        "species": 'json:"Adelie"',
    }
    assert values(tasks["n3"])["n"] == "json:{{inputs.parameters.n}}"
    assert values(tasks["n3"])["fits"] == "n1.o0.slope"


def test_a_task_waits_for_the_success_of_those_before() -> None:
    tasks = dag_tasks(penguins())
    assert "depends" not in tasks["n0"]
    assert tasks["n3"]["depends"] == "n1.Succeeded && n2.Succeeded"


def test_the_container_runs_the_entrypoint_with_tags_of_its_own_parameters() -> None:
    load = leaf(penguins())
    assert load["container"]["command"] == ["jetbridge-execute"]
    assert load["container"]["args"] == [
        *("--run-root", "{{inputs.parameters.run-root}}"),
        *("--node-path", "{{inputs.parameters.node-path}}"),
        *("--attempt", "{{retries}}"),
        *("--bind", "path={{inputs.parameters.path}}"),
    ]
    assert [item["name"] for item in load["inputs"]["parameters"]] == ["run-root", "node-path", "path"]


def test_inputs_are_parameters_that_hold_json() -> None:
    parameters = {item["name"]: item for item in template(penguins())["spec"]["arguments"]["parameters"]}
    assert parameters["n"] == {"name": "n", "description": "int as JSON", "value": "3"}
    assert parameters["path"] == {"name": "path", "description": "str as JSON; where the measurements lie"}
    assert parameters["jetbridge-store"]["value"] == "s3://bucket/jetbridge"


def test_the_run_passes_its_parameters_on_by_template_ref() -> None:
    spec = objects(penguins())[1]["spec"]
    task = spec["templates"][0]["dag"]["tasks"][0]
    assert task["templateRef"] == {"name": "penguins-pipeline", "template": "pipeline"}
    assert values(task) == {
        "run-root": "{{workflow.parameters.run-root}}",
        "path": "{{workflow.parameters.path}}",
        "n": "{{workflow.parameters.n}}",
    }


def test_without_a_store_the_run_must_name_one() -> None:
    for item in objects(penguins(), settings(store="")):
        assert "value" not in item["spec"]["arguments"]["parameters"][0]


def test_a_fixed_input_is_a_constant_and_no_parameter() -> None:
    fixed = Input(name="n", type=INTEGER, default=integer(7), fixed=True)
    one = plan(
        step("n0", args={"n": InputRef("n"), "ns": ListOf((InputRef("n"), OutputRef("n9", "o0")))}),
        step("n9"),
        inputs=(fixed,),
    )
    assert values(dag_tasks(one)["n0"])["n"] == "json:7"
    assert values(dag_tasks(one)["n0"])["ns"] == "[json:7, n9.o0]"
    assert "n" not in [item["name"] for item in template(one)["spec"]["arguments"]["parameters"]]


def test_an_input_with_a_name_that_argo_refuses_is_encoded() -> None:
    umlaut = plan(step("n0", args={"x": InputRef("größe")}), inputs=(Input(name="größe", type=STRING),))
    assert values(dag_tasks(umlaut)["n0"])["x"] == "json:{{inputs.parameters.gr-xf6--xdf-e}}"
    assert [item["name"] for item in template(umlaut)["spec"]["arguments"]["parameters"]][-1] == "gr-xf6--xdf-e"


def test_node_ids_that_argo_cannot_name_are_numbered() -> None:
    odd = plan(step("n1"), step("my-node", after=("n1",)), step("in", after=("my-node",)))
    tasks = dag_tasks(odd)
    assert list(tasks) == ["n1", "mynode", "n2"]
    assert values(tasks["mynode"])["node-path"] == "my-node"
    assert tasks["n2"]["depends"] == "mynode.Succeeded"


def test_comments_give_the_authors_line() -> None:
    text = texts(penguins())[0]
    assert "      # fit_n1: penguins.py:31\n      - name: n1\n" in text
    assert "  # task penguins.fit\n  - name: fit\n" in text


def test_outputs_are_told_by_an_annotation() -> None:
    for item in objects(penguins()):
        assert item["metadata"]["annotations"]["jetbridge/outputs"] == '{"report": "n3.o0"}'


def test_a_timeout_is_the_template_s() -> None:
    assert leaf(plan(step("n0", timeout=timedelta(minutes=10))))["timeout"] == "600s"
    assert leaf(plan(step("n0", timeout=timedelta(milliseconds=7500))))["timeout"] == "8s"
    assert leaf(plan(step("n0", timeout=timedelta(milliseconds=1))))["timeout"] == "3s"


def test_interruptible_and_the_task_s_labels_are_the_pod_s() -> None:
    task = task_template()
    task.metadata.metadata.labels["team"] = "birds"
    task.metadata.metadata.annotations["note"] = "a: b"
    made = leaf(plan(step("n0", template=task, interruptible=True)))["metadata"]
    assert made == {"labels": {"interruptible": "true", "team": "birds"}, "annotations": {"note": "a: b"}}


def test_an_input_without_a_binding_is_null_where_it_may_be() -> None:
    nullable = task_template(variables={"x": OPTIONAL})
    one = plan(step("n0", container_work("x"), template=nullable))
    assert values(dag_tasks(one)["n0"])["x"] == "json:null"
    with pytest.raises(TranslationError, match="input 'x' of node n0 has no value"):
        objects(plan(step("n0", container_work("x"), template=task_template(variables={"x": STRING}))))


def test_a_schedule_is_a_cron_workflow_that_runs_the_template() -> None:
    daily = scheduled(Schedule(cron="30 6 * * 1", kickoff_time_input="at"), Input(name="at", type=STRING))
    cron = objects(daily)[2]
    assert cron["kind"] == "CronWorkflow"
    assert cron["spec"]["schedules"] == ["30 6 * * 1"]
    assert cron["spec"]["timezone"] == "UTC"
    task = cron["spec"]["workflowSpec"]["templates"][0]["dag"]["tasks"][0]
    assert values(task)["at"] == '"{{workflow.scheduledTime}}"'


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (Schedule(cron="@daily"), "@daily"),
        (Schedule(rate=timedelta(hours=2)), "@every 7200s"),
    ],
)
def test_schedules_in_flyte_s_words(schedule: Schedule, expected: str) -> None:
    assert objects(scheduled(schedule))[2]["spec"]["schedules"] == [expected]


def test_a_schedule_needs_a_value_for_every_input() -> None:
    with pytest.raises(TranslationError, match="input 'n' has no value when the schedule starts"):
        objects(scheduled(Schedule(cron="daily"), Input(name="n", type=INTEGER)))
    with pytest.raises(TranslationError, match="not a cron expression of five fields"):
        objects(scheduled(Schedule(cron="cron(0 10 ? * * *)")))


def test_an_output_of_an_input_and_a_default_of_text() -> None:
    one = plan(
        step("n0", args={"x": JsonConstant("1")}),
        inputs=(Input(name="s", type=STRING, default=string("it's {{x}}")),),
        outputs=(Output(name="s", type=STRING, bind=InputRef("s")),),
    )
    made = template(one)
    assert made["metadata"]["annotations"]["jetbridge/outputs"] == '{"s": "inputs.s"}'
    assert made["spec"]["arguments"]["parameters"][-1]["value"] == r'"it' + r"'s \u007b\u007bx\u007d\u007d" + '"'


def test_every_feature_has_a_cell_of_the_matrix() -> None:
    assert set(FEATURES) <= {cell.feature for cell in BACKEND.capabilities}
