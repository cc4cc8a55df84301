"""Nodes on the wire, one target for each kind of entity."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from jetbridge.array_node import ArrayNode as MappedPlan
from jetbridge.compiler.graph import promised_nodes
from jetbridge.conditional import Branch
from jetbridge.entity import NodeSettings
from jetbridge.errors import CompileError, JetbridgeError, Problem, ProblemsError
from jetbridge.extended_resources import extended_resources
from jetbridge.gates import Approve, Signal, Sleep
from jetbridge.idl import LAUNCH_PLAN, TASK, WORKFLOW, Binding, Identifier, K8sPod, RetryStrategy
from jetbridge.idl_admin import (
    ApproveCondition,
    ArrayNode,
    GateNode,
    Node,
    NodeMetadata,
    SignalCondition,
    SleepCondition,
    TaskNode,
    TaskNodeOverrides,
    WorkflowNode,
)
from jetbridge.launch_plan import LaunchPlan
from jetbridge.map_task import ArrayNodeMapTask
from jetbridge.node import Node as TracedNode
from jetbridge.node import NodeOverrides, dns_name
from jetbridge.pod_template import PodTemplate
from jetbridge.reference import ReferenceLaunchPlan, ReferenceTask, ReferenceWorkflow
from jetbridge.resources import resources_message
from jetbridge.serialize.branch import branch_message
from jetbridge.serialize.node_ids import NodeIds, renamed
from jetbridge.serialize.pod import pod_message
from jetbridge.serialize.settings import SerializationSettings
from jetbridge.serialize.task import container_message, duration, external_id, map_args, source_config, task_args
from jetbridge.task import Cache, PythonFunctionTask, as_timedelta
from jetbridge.types import literal_type
from jetbridge.workflow_base import WorkflowBase


def node_message(node: TracedNode, ids: NodeIds, settings: SerializationSettings) -> Node:
    """The node. Raises `CompileError` with the author's line when it cannot be expressed."""
    message = Node(id=node.public_id, metadata=node_metadata(node, node.entity.node_settings, settings))
    try:
        bindings = sorted(node.inputs.items())
        message.inputs.extend(Binding(var=name, binding=renamed(binding, ids)) for name, binding in bindings)
        message.upstream_node_ids.extend(_upstream(node, message))
        _target(node)(node, message, ids, settings)
    except ProblemsError:
        raise
    except JetbridgeError as error:
        problem = Problem(code="InvalidValue", message=error.message, location=node.location, hint=error.hint)
        raise CompileError("the workflow cannot be built:", [problem]) from error
    return message


def node_metadata(node: TracedNode, defaults: NodeSettings, settings: SerializationSettings) -> NodeMetadata:
    """What the entity says, changed by the node's overrides."""
    changed = _changed(node.overrides, defaults)
    metadata = NodeMetadata(
        name=changed.name,
        retries=RetryStrategy(retries=changed.retries),
        timeout=duration(changed.timeout or None),
        config=source_config(node.location, settings),
    )
    if changed.interruptible is not None:
        metadata.interruptible = changed.interruptible
    _fill_cache(node.overrides, metadata)
    return metadata


def _fill_cache(overrides: NodeOverrides, metadata: NodeMetadata) -> None:
    cache = overrides.cache
    given = cache if isinstance(cache, Cache) else None
    serialize = given.serialize if given else overrides.cache_serialize
    version = given.version if given else overrides.cache_version
    if cache is not None:
        metadata.cacheable = bool(cache)
    if version is not None:
        metadata.cache_version = version
    if serialize is not None:
        metadata.cache_serializable = serialize


def _changed(overrides: NodeOverrides, defaults: NodeSettings) -> NodeSettings:
    def pick(change: Any, default: Any) -> Any:
        return default if change is None else change

    timeout: timedelta | None = defaults.timeout if overrides.timeout is None else as_timedelta(overrides.timeout)
    return NodeSettings(
        name=overrides.name or defaults.name,
        retries=pick(overrides.retries, defaults.retries),
        timeout=timeout,
        interruptible=pick(overrides.interruptible, defaults.interruptible),
    )


def _upstream(node: TracedNode, message: Node) -> list[str]:
    """Explicit order first, then the nodes whose outputs are bound, as flytekit lists them."""
    promised = [node_id for binding in message.inputs for node_id in promised_nodes(binding.binding)]
    return list(dict.fromkeys([*(other.public_id for other in node.upstream), *promised]))


Fill = Callable[[TracedNode, Node, NodeIds, SerializationSettings], None]


def _target(node: TracedNode) -> Fill:
    return next(fill for kind in type(node.entity).__mro__ if (fill := _TARGETS.get(kind)) is not None)


def _task(node: TracedNode, message: Node, ids: NodeIds, settings: SerializationSettings) -> None:
    reference = Identifier(resource_type=TASK, name=node.entity.name)
    message.task_node.CopyFrom(TaskNode(reference_id=reference, overrides=overrides_message(node, settings)))


def overrides_message(node: TracedNode, settings: SerializationSettings) -> TaskNodeOverrides:
    """What the node changes of its task's template."""
    overrides = node.overrides
    message = TaskNodeOverrides()
    if overrides.requests or overrides.limits or overrides.resources:
        message.resources.CopyFrom(resources_message(overrides.requests, overrides.limits, overrides.resources))
    if overrides.container_image:
        message.container_image = settings.image_of(overrides.container_image)
    extended = extended_resources(overrides.accelerator, overrides.shared_memory)
    if extended is not None:
        message.extended_resources.CopyFrom(extended)
    if overrides.pod_template is not None:
        message.pod_template.CopyFrom(_pod(node.entity, overrides.pod_template, settings))
    return message


def _pod(entity: Any, template: PodTemplate, settings: SerializationSettings) -> K8sPod:
    mapped = isinstance(entity, ArrayNodeMapTask)
    args = map_args(settings, entity) if mapped else task_args(settings, entity)
    container = container_message(entity.task if mapped else entity, settings, args)
    pod = pod_message(template, container, settings)
    pod.primary_container_name = template.primary_container_name
    return pod


def _workflow(node: TracedNode, message: Node, ids: NodeIds, settings: SerializationSettings) -> None:
    reference = Identifier(resource_type=WORKFLOW, name=node.entity.name)
    message.workflow_node.CopyFrom(WorkflowNode(sub_workflow_ref=reference))


def _launch_plan(node: TracedNode, message: Node, ids: NodeIds, settings: SerializationSettings) -> None:
    fixed: Mapping[str, object] = getattr(node.entity, "fixed_inputs", {})
    kept = [binding for binding in message.inputs if binding.var not in fixed]
    del message.inputs[:]
    message.inputs.extend(kept)
    reference = Identifier(resource_type=LAUNCH_PLAN, name=node.entity.name)
    message.workflow_node.CopyFrom(WorkflowNode(launchplan_ref=reference))


def _branch(node: TracedNode, message: Node, ids: NodeIds, settings: SerializationSettings) -> None:
    branch: Any = node.entity
    message.branch_node.CopyFrom(branch_message(branch, lambda case: node_message(case, ids, settings)))


def _array(node: TracedNode, message: Node, ids: NodeIds, settings: SerializationSettings) -> None:
    mapped: Any = node.entity
    element = Node(id=mapped.name, inputs=message.inputs)
    defaults = mapped.task.node_settings
    element_settings = NodeSettings(
        name=mapped.name, retries=defaults.retries, timeout=defaults.timeout, interruptible=defaults.interruptible
    )
    element.metadata.CopyFrom(node_metadata(node, element_settings, settings))
    _task(node, element, ids, settings)
    message.metadata.CopyFrom(NodeMetadata(name=mapped.name, config=message.metadata.config))
    message.metadata.retries.SetInParent()
    array = _array_node(mapped, element)
    array.bound_inputs.extend(sorted(mapped.bound))
    message.array_node.CopyFrom(array)


def _array_of(node: TracedNode, message: Node, ids: NodeIds, settings: SerializationSettings) -> None:
    mapped: Any = node.entity
    inner = TracedNode(dns_name(mapped.name), mapped.target, node.inputs, node.location)
    element = Node(id=inner.public_id, metadata=message.metadata, inputs=message.inputs)
    _target(inner)(inner, element, ids, settings)
    reference = element.HasField("task_node")
    array = _array_node(mapped, element)
    array.execution_mode = ArrayNode.MINIMAL_STATE if reference else ArrayNode.FULL_STATE
    array.data_mode = ArrayNode.INDIVIDUAL_INPUT_FILES if reference else ArrayNode.SINGLE_INPUT_FILE
    array.is_original_sub_node_interface.value = True
    message.array_node.CopyFrom(array)


def _array_node(mapped: ArrayNodeMapTask | MappedPlan, element: Node) -> ArrayNode:
    array = ArrayNode(node=element, parallelism=mapped.concurrency, execution_mode=ArrayNode.MINIMAL_STATE)
    array.is_original_sub_node_interface.value = False
    if mapped.min_successes is not None:
        array.min_successes = mapped.min_successes
    if mapped.min_success_ratio is not None:
        array.min_success_ratio = mapped.min_success_ratio
    array.run_all_sub_nodes = mapped.run_all_sub_nodes
    return array


def _sleep(node: TracedNode, message: Node, ids: NodeIds, settings: SerializationSettings) -> None:
    gate: Any = node.entity
    message.gate_node.CopyFrom(GateNode(sleep=SleepCondition(duration=duration(gate.duration))))


def _signal(node: TracedNode, message: Node, ids: NodeIds, settings: SerializationSettings) -> None:
    gate: Any = node.entity
    (output,) = gate.interface.outputs
    signal = SignalCondition(signal_id=gate.name, type=literal_type(gate.expected_type), output_variable_name=output)
    message.gate_node.CopyFrom(GateNode(signal=signal))


def _approve(node: TracedNode, message: Node, ids: NodeIds, settings: SerializationSettings) -> None:
    message.gate_node.CopyFrom(GateNode(approve=ApproveCondition(signal_id=node.entity.name)))


def _reference_task(node: TracedNode, message: Node, ids: NodeIds, settings: SerializationSettings) -> None:
    reference: Any = node.entity
    message.task_node.CopyFrom(TaskNode(reference_id=external_id(reference, TASK)))


def _reference_plan(node: TracedNode, message: Node, ids: NodeIds, settings: SerializationSettings) -> None:
    reference: Any = node.entity
    message.workflow_node.CopyFrom(WorkflowNode(launchplan_ref=external_id(reference, LAUNCH_PLAN)))


def _reference_workflow(node: TracedNode, message: Node, ids: NodeIds, settings: SerializationSettings) -> None:
    reference: Any = node.entity
    message.workflow_node.CopyFrom(WorkflowNode(sub_workflow_ref=external_id(reference, WORKFLOW)))


_TARGETS: dict[type, Fill] = {
    PythonFunctionTask: _task,
    WorkflowBase: _workflow,
    LaunchPlan: _launch_plan,
    Branch: _branch,
    ArrayNodeMapTask: _array,
    MappedPlan: _array_of,
    Sleep: _sleep,
    Signal: _signal,
    Approve: _approve,
    ReferenceTask: _reference_task,
    ReferenceLaunchPlan: _reference_plan,
    ReferenceWorkflow: _reference_workflow,
}
