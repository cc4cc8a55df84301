"""FlyteIDL's messages that packages and closures hold; the worker never imports this module."""

from __future__ import annotations

from flyteidl.admin.common_pb2 import EmailNotification, Notification, PagerDutyNotification, SlackNotification
from flyteidl.admin.description_entity_pb2 import DESCRIPTION_FORMAT_RST, DescriptionEntity
from flyteidl.admin.launch_plan_pb2 import ConcurrencyPolicy, LaunchPlan, LaunchPlanMetadata, LaunchPlanSpec
from flyteidl.admin.schedule_pb2 import CronSchedule, FixedRate, FixedRateUnit, Schedule
from flyteidl.admin.task_pb2 import TaskSpec
from flyteidl.admin.workflow_pb2 import WorkflowSpec
from flyteidl.core.compiler_pb2 import CompiledLaunchPlan, CompiledTask, CompiledWorkflow, CompiledWorkflowClosure
from flyteidl.core.condition_pb2 import BooleanExpression, ComparisonExpression, ConjunctionExpression, Operand
from flyteidl.core.dynamic_job_pb2 import DynamicJobSpec
from flyteidl.core.workflow_pb2 import (
    ApproveCondition,
    ArrayNode,
    BranchNode,
    GateNode,
    IfBlock,
    IfElseBlock,
    LaunchPlanTemplate,
    Node,
    NodeMetadata,
    SignalCondition,
    SleepCondition,
    TaskNode,
    TaskNodeOverrides,
    WorkflowMetadata,
    WorkflowMetadataDefaults,
    WorkflowNode,
    WorkflowTemplate,
)

__all__ = [
    "DESCRIPTION_FORMAT_RST",
    "ApproveCondition",
    "ArrayNode",
    "BooleanExpression",
    "BranchNode",
    "ComparisonExpression",
    "CompiledLaunchPlan",
    "CompiledTask",
    "CompiledWorkflow",
    "CompiledWorkflowClosure",
    "ConcurrencyPolicy",
    "ConjunctionExpression",
    "CronSchedule",
    "DescriptionEntity",
    "DynamicJobSpec",
    "EmailNotification",
    "FixedRate",
    "FixedRateUnit",
    "GateNode",
    "IfBlock",
    "IfElseBlock",
    "LaunchPlan",
    "LaunchPlanMetadata",
    "LaunchPlanSpec",
    "LaunchPlanTemplate",
    "Node",
    "NodeMetadata",
    "Notification",
    "Operand",
    "PagerDutyNotification",
    "Schedule",
    "SignalCondition",
    "SlackNotification",
    "SleepCondition",
    "TaskNode",
    "TaskNodeOverrides",
    "TaskSpec",
    "WorkflowMetadata",
    "WorkflowMetadataDefaults",
    "WorkflowNode",
    "WorkflowSpec",
    "WorkflowTemplate",
]
