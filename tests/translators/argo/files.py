"""Translations, read back with a YAML reader."""

from __future__ import annotations

from typing import Any

import yaml

from jetbridge_translators.argo.backend import translate
from jetbridge_translators.base import Settings
from jetbridge_translators.plan.model import Plan
from tests.translators.argo.plans import settings


def texts(plan: Plan, given: Settings | None = None) -> list[str]:
    """The files' texts: WorkflowTemplate, Workflow, CronWorkflow."""
    return [data.decode() for data in translate(plan, given or settings()).files.values()]


def objects(plan: Plan, given: Settings | None = None) -> list[Any]:
    """The files' objects."""
    return [yaml.safe_load(text) for text in texts(plan, given)]


def template(plan: Plan, given: Settings | None = None) -> Any:
    """The WorkflowTemplate."""
    return objects(plan, given)[0]


def leaf(plan: Plan, given: Settings | None = None) -> Any:
    """The template of the first task."""
    return template(plan, given)["spec"]["templates"][1]


def dag_tasks(plan: Plan) -> dict[str, Any]:
    """The DAG's tasks by name."""
    tasks = template(plan)["spec"]["templates"][0]["dag"]["tasks"]
    return {task["name"]: task for task in tasks}


def values(task: Any) -> dict[str, str]:
    """A DAG task's arguments."""
    return {item["name"]: item["value"] for item in task["arguments"]["parameters"]}


def env(container: Any) -> dict[str, Any]:
    """A container's variables by name."""
    return {item["name"]: item.get("value", item.get("valueFrom")) for item in container.get("env", [])}
