"""FlyteIDL's messages that packages and closures hold; the worker never imports this module."""

from __future__ import annotations

from flyteidl.admin.description_entity_pb2 import DESCRIPTION_FORMAT_RST, DescriptionEntity
from flyteidl.admin.launch_plan_pb2 import LaunchPlan, LaunchPlanMetadata, LaunchPlanSpec
from flyteidl.admin.schedule_pb2 import CronSchedule, FixedRate, FixedRateUnit, Schedule
from flyteidl.admin.task_pb2 import TaskSpec
from flyteidl.admin.workflow_pb2 import WorkflowSpec
from flyteidl.core.compiler_pb2 import CompiledTask, CompiledWorkflow, CompiledWorkflowClosure
from flyteidl.core.workflow_pb2 import (
    Node,
    NodeMetadata,
    TaskNode,
    TaskNodeOverrides,
    WorkflowMetadata,
    WorkflowMetadataDefaults,
    WorkflowTemplate,
)

__all__ = [
    "DESCRIPTION_FORMAT_RST",
    "CompiledTask",
    "CompiledWorkflow",
    "CompiledWorkflowClosure",
    "CronSchedule",
    "DescriptionEntity",
    "FixedRate",
    "FixedRateUnit",
    "LaunchPlan",
    "LaunchPlanMetadata",
    "LaunchPlanSpec",
    "Node",
    "NodeMetadata",
    "Schedule",
    "TaskNode",
    "TaskNodeOverrides",
    "TaskSpec",
    "WorkflowMetadata",
    "WorkflowMetadataDefaults",
    "WorkflowSpec",
    "WorkflowTemplate",
]
