"""What Argo has no room for."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from jetbridge.bindings import JsonConstant, json_text
from jetbridge.errors import Problem, TranslationError
from jetbridge_translators.plan.model import Plan
from jetbridge_translators.work import ResourceWork
from tests.translators.argo.files import objects, template
from tests.translators.argo.plans import container_work, plan, step, task_template


def _problems(given: Plan) -> Sequence[Problem]:
    with pytest.raises(TranslationError) as caught:
        objects(given)
    return caught.value.problems


def test_two_hundred_nodes_of_one_task_are_two_templates() -> None:
    task = task_template()
    made = template(plan(*(step(f"n{at}", template=task) for at in range(200))))
    assert [len(item.get("dag", {}).get("tasks", [])) for item in made["spec"]["templates"]] == [200, 0]


def test_more_nodes_than_a_dag_takes_are_dags_of_a_dag() -> None:
    task = task_template()
    made = template(plan(*(step(f"n{at}", template=task) for at in range(201))))
    assert [len(item.get("dag", {}).get("tasks", [])) for item in made["spec"]["templates"]] == [2, 200, 1, 0]


def test_more_tasks_than_argo_takes_are_refused() -> None:
    tasks = plan(*(step(f"n{at}", template=task_template(f"m.t{at}")) for at in range(200)))
    assert (
        "201 distinct tasks, maps, gates and workflows; Argo takes at most 200 templates" in _problems(tasks)[0].message
    )


def test_a_workflow_without_nodes_is_refused() -> None:
    assert [problem.code for problem in _problems(plan())] == ["NoNodesFound"]


def test_arguments_larger_than_a_pod_takes_are_refused() -> None:
    work = container_work(args=("x" * 140_000,))
    assert "a pod takes at most 131072" in _problems(plan(step("n0", work)))[0].message


def test_a_manifest_larger_than_argo_stores_is_refused() -> None:
    big = JsonConstant(json_text("x" * 120_000))
    task = task_template()
    many = plan(*(step(f"n{at}", container_work("x"), template=task, args={"x": big}) for at in range(9)))
    assert "bytes; Argo stores at most 983040" in _problems(many)[0].message


def test_images_commands_and_kinds_are_needed() -> None:
    work = container_work()
    bad = type(work)(image="not an image", command=(), args=())
    messages = " ".join(problem.message for problem in _problems(plan(step("n0", bad))))
    assert "'not an image' is not the name of a container image" in messages
    assert "the container has no command" in messages
    kindless = ResourceWork(manifest={"spec": {}}, success="a", failure="b")
    assert "no apiVersion and no kind" in _problems(plan(step("n0", kindless)))[0].message
