"""Tasks and workflows of statements as the translators see them."""

from __future__ import annotations

from typing import Any

from jetbridge import LaunchPlan
from jetbridge.idl import TaskTemplate
from jetbridge.serialize.closure import closure_of
from jetbridge.serialize.settings import SerializationSettings
from jetbridge.serialize.task import task_template
from jetbridge_translators.airflow.translate import translate
from jetbridge_translators.api import Engine
from jetbridge_translators.base import Settings
from jetbridge_translators.plan.model import Plan
from jetbridge_translators.work import SqlWork

SETTINGS = SerializationSettings(image="me/tasks:1")


def task_message(task: Any) -> TaskTemplate:
    """A task in FlyteIDL."""
    return task_template(task, SETTINGS)


def plan(workflow: Any, backend: str = "local") -> Plan:
    """The plan of a workflow."""
    return Engine().plan(closure_of(LaunchPlan.get_or_create(workflow), SETTINGS), backend)


def works(workflow: Any) -> list[SqlWork]:
    """The statements of a workflow."""
    return [step.work for step in plan(workflow).steps if isinstance(step.work, SqlWork)]


def airflow_source(workflow: Any, **options: str) -> str:
    """The DAG file of a workflow."""
    settings = Settings(store="s3://bucket/runs", options={"containers": "process", **options})
    (data,) = translate(plan(workflow, "airflow"), settings).files.values()
    return data.decode()
