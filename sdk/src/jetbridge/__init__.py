"""Jetbridge: Flyte-style workflows on the engine a team already has.

Author with `@task` and `@workflow`, as with flytekit; `jetbridge` on the command line packages, translates and runs.
"""

from jetbridge.errors import FlyteRecoverableException, IgnoreOutputs
from jetbridge.launch_plan import CronSchedule, FixedRate, LaunchPlan
from jetbridge.resources import Resources
from jetbridge.runtime.context import current_context
from jetbridge.secret import Secret
from jetbridge.task import Cache, PythonFunctionTask, task
from jetbridge.workflow import PythonFunctionWorkflow, workflow

__all__ = [
    "Cache",
    "CronSchedule",
    "FixedRate",
    "FlyteRecoverableException",
    "IgnoreOutputs",
    "LaunchPlan",
    "PythonFunctionTask",
    "PythonFunctionWorkflow",
    "Resources",
    "Secret",
    "current_context",
    "task",
    "workflow",
]
