"""A workflow as a FlyteIDL WorkflowTemplate."""

from __future__ import annotations

from jetbridge.graph import Graph
from jetbridge.idl import WORKFLOW, Identifier
from jetbridge.idl_admin import (
    WorkflowMetadata,
    WorkflowMetadataDefaults,
    WorkflowSpec,
    WorkflowTemplate,
)
from jetbridge.interface import typed_interface
from jetbridge.serialize.node_ids import NodeIds, renamed_binding
from jetbridge.serialize.nodes import node_message
from jetbridge.serialize.reachable import sub_workflows
from jetbridge.serialize.settings import SerializationSettings
from jetbridge.serialize.task import description
from jetbridge.workflow import AnyWorkflow


def workflow_spec(workflow: AnyWorkflow, settings: SerializationSettings) -> WorkflowSpec:
    """The workflow with those it calls, and its description, as packages hold them."""
    spec = WorkflowSpec(
        template=workflow_template(workflow, settings),
        sub_workflows=[workflow_template(inner, settings) for inner in sub_workflows(workflow)],
    )
    if workflow.docstring is not None:
        spec.description.CopyFrom(description(workflow.docs, workflow.docstring))
    return spec


def workflow_template(workflow: AnyWorkflow, settings: SerializationSettings) -> WorkflowTemplate:
    """The workflow's graph as its function built it; `workflow.graph.problems` tells what was wrong with the calls.

    Raises:
        CompileError: a node cannot be expressed; it holds the author's line.
    """
    template = graph_template(workflow.graph, settings)
    template.id.CopyFrom(Identifier(resource_type=WORKFLOW, name=workflow.name))
    template.metadata.CopyFrom(WorkflowMetadata(on_failure=workflow.failure_policy.name))
    template.interface.CopyFrom(typed_interface(workflow.interface))
    template.metadata_defaults.CopyFrom(WorkflowMetadataDefaults(interruptible=workflow.interruptible))
    return template


def graph_template(graph: Graph, settings: SerializationSettings) -> WorkflowTemplate:
    """Nodes, outputs and failure node of a graph, without a name. Raises `CompileError`."""
    ids = NodeIds.of(graph.nodes)
    template = WorkflowTemplate(
        nodes=[node_message(node, ids, settings) for node in graph.nodes],
        outputs=[renamed_binding(binding, ids) for binding in graph.outputs],
    )
    if graph.failure_node is not None:
        template.failure_node.CopyFrom(node_message(graph.failure_node, ids, settings))
    return template
