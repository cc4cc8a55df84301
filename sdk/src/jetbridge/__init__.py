"""Jetbridge: Flyte-style workflows on the engine a team already has.

Author with `@task` and `@workflow`, as with flytekit; `jetbridge` on the command line packages, translates and runs.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jetbridge.conditional import conditional
    from jetbridge.container_task import ContainerTask
    from jetbridge.deck import Deck
    from jetbridge.dynamic import dynamic
    from jetbridge.errors import FlyteRecoverableException, IgnoreOutputs
    from jetbridge.gates import approve, sleep, wait_for_input
    from jetbridge.imperative import ImperativeWorkflow, Workflow
    from jetbridge.launch_options import (
        Annotations,
        AuthRole,
        ConcurrencyLimitBehavior,
        ConcurrencyPolicy,
        Email,
        Identity,
        Labels,
        Options,
        PagerDuty,
        RawOutputDataConfig,
        SecurityContext,
        Slack,
        WorkflowExecutionPhase,
    )
    from jetbridge.launch_plan import CronSchedule, FixedRate, LaunchPlan
    from jetbridge.map_task import ArrayNodeMapTask, map_task
    from jetbridge.pod_template import PodTemplate
    from jetbridge.reference import reference_launch_plan, reference_task, reference_workflow
    from jetbridge.resources import Resources
    from jetbridge.runtime.context import current_context
    from jetbridge.secret import Secret
    from jetbridge.task import Cache, PythonFunctionTask, VersionParameters, task
    from jetbridge.template_task import TaskMetadata
    from jetbridge.types.annotated import FlyteAnnotation, HashMethod
    from jetbridge.types.directory import BatchSize, FlyteDirectory
    from jetbridge.types.error import FlyteError
    from jetbridge.types.file import FlyteFile
    from jetbridge.types.pickle import FlytePickle
    from jetbridge.types.structured_dataset import StructuredDataset, kwtypes
    from jetbridge.workflow import PythonFunctionWorkflow, workflow
    from jetbridge.workflow_base import WorkflowFailurePolicy

# Each name is loaded when it is first used: a task's process pays only for what its module imports.
_MODULES = {
    "Annotations": "jetbridge.launch_options",
    "ArrayNodeMapTask": "jetbridge.map_task",
    "AuthRole": "jetbridge.launch_options",
    "BatchSize": "jetbridge.types.directory",
    "Cache": "jetbridge.task",
    "ConcurrencyLimitBehavior": "jetbridge.launch_options",
    "ConcurrencyPolicy": "jetbridge.launch_options",
    "ContainerTask": "jetbridge.container_task",
    "CronSchedule": "jetbridge.launch_plan",
    "Deck": "jetbridge.deck",
    "Email": "jetbridge.launch_options",
    "FixedRate": "jetbridge.launch_plan",
    "FlyteAnnotation": "jetbridge.types.annotated",
    "FlyteDirectory": "jetbridge.types.directory",
    "FlyteError": "jetbridge.types.error",
    "FlyteFile": "jetbridge.types.file",
    "FlytePickle": "jetbridge.types.pickle",
    "FlyteRecoverableException": "jetbridge.errors",
    "HashMethod": "jetbridge.types.annotated",
    "Identity": "jetbridge.launch_options",
    "IgnoreOutputs": "jetbridge.errors",
    "ImperativeWorkflow": "jetbridge.imperative",
    "Labels": "jetbridge.launch_options",
    "LaunchPlan": "jetbridge.launch_plan",
    "Options": "jetbridge.launch_options",
    "PagerDuty": "jetbridge.launch_options",
    "PodTemplate": "jetbridge.pod_template",
    "PythonFunctionTask": "jetbridge.task",
    "PythonFunctionWorkflow": "jetbridge.workflow",
    "RawOutputDataConfig": "jetbridge.launch_options",
    "Resources": "jetbridge.resources",
    "Secret": "jetbridge.secret",
    "SecurityContext": "jetbridge.launch_options",
    "Slack": "jetbridge.launch_options",
    "StructuredDataset": "jetbridge.types.structured_dataset",
    "TaskMetadata": "jetbridge.template_task",
    "VersionParameters": "jetbridge.task",
    "Workflow": "jetbridge.imperative",
    "WorkflowExecutionPhase": "jetbridge.launch_options",
    "WorkflowFailurePolicy": "jetbridge.workflow_base",
    "approve": "jetbridge.gates",
    "conditional": "jetbridge.conditional",
    "current_context": "jetbridge.runtime.context",
    "dynamic": "jetbridge.dynamic",
    "kwtypes": "jetbridge.types.structured_dataset",
    "map_task": "jetbridge.map_task",
    "reference_launch_plan": "jetbridge.reference",
    "reference_task": "jetbridge.reference",
    "reference_workflow": "jetbridge.reference",
    "sleep": "jetbridge.gates",
    "task": "jetbridge.task",
    "wait_for_input": "jetbridge.gates",
    "workflow": "jetbridge.workflow",
}

__all__ = [
    "Annotations",
    "ArrayNodeMapTask",
    "AuthRole",
    "BatchSize",
    "Cache",
    "ConcurrencyLimitBehavior",
    "ConcurrencyPolicy",
    "ContainerTask",
    "CronSchedule",
    "Deck",
    "Email",
    "FixedRate",
    "FlyteAnnotation",
    "FlyteDirectory",
    "FlyteError",
    "FlyteFile",
    "FlytePickle",
    "FlyteRecoverableException",
    "HashMethod",
    "Identity",
    "IgnoreOutputs",
    "ImperativeWorkflow",
    "Labels",
    "LaunchPlan",
    "Options",
    "PagerDuty",
    "PodTemplate",
    "PythonFunctionTask",
    "PythonFunctionWorkflow",
    "RawOutputDataConfig",
    "Resources",
    "Secret",
    "SecurityContext",
    "Slack",
    "StructuredDataset",
    "TaskMetadata",
    "VersionParameters",
    "Workflow",
    "WorkflowExecutionPhase",
    "WorkflowFailurePolicy",
    "approve",
    "conditional",
    "current_context",
    "dynamic",
    "kwtypes",
    "map_task",
    "reference_launch_plan",
    "reference_task",
    "reference_workflow",
    "sleep",
    "task",
    "wait_for_input",
    "workflow",
]


class _Package(ModuleType):
    """Keeps a submodule such as `jetbridge.task` from taking the place of the public name `task`."""

    def __setattr__(self, name: str, value: object) -> None:
        if name not in _MODULES or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module 'jetbridge' has no attribute {name!r}")
    value = getattr(import_module(_MODULES[name]), name)
    globals()[name] = value
    return value


sys.modules[__name__].__class__ = _Package
