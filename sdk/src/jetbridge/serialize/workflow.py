"""A workflow as a FlyteIDL WorkflowTemplate."""

from __future__ import annotations

from collections.abc import Mapping

from jetbridge.compiler.graph import promised_nodes
from jetbridge.idl import (
    TASK,
    WORKFLOW,
    Binding,
    BindingData,
    Identifier,
    RetryStrategy,
)
from jetbridge.idl_admin import (
    Node,
    NodeMetadata,
    TaskNode,
    TaskNodeOverrides,
    WorkflowMetadata,
    WorkflowMetadataDefaults,
    WorkflowTemplate,
)
from jetbridge.interface import typed_interface
from jetbridge.node import Node as TracedNode
from jetbridge.resources import resources_message
from jetbridge.serialize.settings import SerializationSettings
from jetbridge.serialize.task import duration, source_config
from jetbridge.task import as_timedelta
from jetbridge.workflow import AnyWorkflow


def workflow_template(workflow: AnyWorkflow, settings: SerializationSettings) -> WorkflowTemplate:
    """The workflow's graph as its function built it; `workflow.graph.problems` tells what was wrong with the calls."""
    graph = workflow.graph
    ids = {node.id: node.public_id for node in graph.nodes}
    return WorkflowTemplate(
        id=Identifier(resource_type=WORKFLOW, name=workflow.name),
        metadata=WorkflowMetadata(),
        interface=typed_interface(workflow.interface),
        nodes=[_node(node, ids, settings) for node in graph.nodes],
        outputs=[_renamed_binding(binding, ids) for binding in graph.outputs],
        metadata_defaults=WorkflowMetadataDefaults(interruptible=workflow.interruptible),
    )


def _node(node: TracedNode, ids: Mapping[str, str], settings: SerializationSettings) -> Node:
    bindings = [Binding(var=name, binding=_renamed(binding, ids)) for name, binding in sorted(node.inputs.items())]
    return Node(
        id=node.public_id,
        metadata=_metadata(node, settings),
        inputs=bindings,
        upstream_node_ids=_upstream(node, bindings),
        task_node=TaskNode(
            reference_id=Identifier(resource_type=TASK, name=node.task.name), overrides=_overrides(node, settings)
        ),
    )


def _metadata(node: TracedNode, settings: SerializationSettings) -> NodeMetadata:
    task, overrides = node.task.settings, node.overrides
    retries = task.retries if overrides.retries is None else overrides.retries
    timeout = task.timeout if overrides.timeout is None else as_timedelta(overrides.timeout)
    metadata = NodeMetadata(
        name=overrides.name or node.task.short_name,
        retries=RetryStrategy(retries=retries),
        timeout=duration(timeout),
        config=source_config(node.location, settings),
    )
    interruptible = task.interruptible if overrides.interruptible is None else overrides.interruptible
    if interruptible is not None:
        metadata.interruptible = interruptible
    return metadata


def _overrides(node: TracedNode, settings: SerializationSettings) -> TaskNodeOverrides:
    overrides = node.overrides
    message = TaskNodeOverrides()
    if overrides.requests or overrides.limits or overrides.resources:
        message.resources.CopyFrom(resources_message(overrides.requests, overrides.limits, overrides.resources))
    if overrides.container_image:
        message.container_image = settings.image_of(overrides.container_image)
    return message


def _upstream(node: TracedNode, bindings: list[Binding]) -> list[str]:
    """Explicit order first, then the nodes whose outputs are bound, as flytekit lists them."""
    promised = [node_id for binding in bindings for node_id in promised_nodes(binding.binding)]
    return list(dict.fromkeys([*(other.public_id for other in node.upstream), *promised]))


def _renamed_binding(binding: Binding, ids: Mapping[str, str]) -> Binding:
    return Binding(var=binding.var, binding=_renamed(binding.binding, ids))


def _renamed(binding: BindingData, ids: Mapping[str, str]) -> BindingData:
    """The same binding with the author's node names."""
    copy = BindingData()
    copy.CopyFrom(binding)
    kind = copy.WhichOneof("value")
    if kind == "promise" and copy.promise.node_id:
        copy.promise.node_id = ids[copy.promise.node_id]
    if kind == "collection":
        items = [_renamed(item, ids) for item in binding.collection.bindings]
        del copy.collection.bindings[:]
        copy.collection.bindings.extend(items)
    if kind == "map":
        for key, item in binding.map.bindings.items():
            copy.map.bindings[key].CopyFrom(_renamed(item, ids))
    return copy
