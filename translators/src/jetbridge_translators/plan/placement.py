"""Where a task's pod may run and what lies in it, as propeller derives it from `extended_resources`."""

from __future__ import annotations

from dataclasses import dataclass

from jetbridge.idl import GPUAcceleratorMessage, TaskTemplate
from jetbridge_translators.plan.quantities import GPU
from jetbridge_translators.work import ContainerWork

DEVICE_LABEL = "k8s.amazonaws.com/accelerator"
PARTITION_LABEL = "k8s.amazonaws.com/gpu-partition-size"
"""Flyte's defaults for the labels of nodes (flyteplugins `flytek8s/config/config.go`)."""

MEMORY_NAME = "flyte-shared-memory"
MEMORY_FOLDER = "/dev/shm"  # noqa: S108 -- a folder of the container, which no other process sees


@dataclass(frozen=True, slots=True)
class NodeRule:
    """A label that a node must have with this value, and the taint of the same words that the pod tolerates.

    Attributes:
        label: The label's name.
        value: Its value; None where a node must not have the label, and then there is no taint.
    """

    label: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Memory:
    """A folder in the memory of the pod; `limit` is a Kubernetes quantity, empty for as much as the pod may have."""

    name: str
    path: str
    limit: str


def node_rules(template: TaskTemplate, work: ContainerWork) -> tuple[NodeRule, ...]:
    """What a node must be for the task's accelerator; nothing where the task asks for no GPU, as on Flyte.

    Source: `ApplyGPUNodeSelectors` of flyteplugins `flytek8s/pod_helper.go`.
    """
    accelerator = template.extended_resources.gpu_accelerator
    if GPU not in dict((*work.requests, *work.limits)):
        return ()
    device = (NodeRule(DEVICE_LABEL, accelerator.device),) if accelerator.device else ()
    return (*device, *_partition(accelerator))


def _partition(accelerator: GPUAcceleratorMessage) -> tuple[NodeRule, ...]:
    kind = accelerator.WhichOneof("partition_size_value")
    if kind == "partition_size":
        return (NodeRule(PARTITION_LABEL, accelerator.partition_size),)
    return (NodeRule(PARTITION_LABEL, None),) if kind == "unpartitioned" and accelerator.unpartitioned else ()


def shared_memory(template: TaskTemplate) -> Memory | None:
    """The task's shared memory with Flyte's defaults; None where it asks for none."""
    if not template.extended_resources.HasField("shared_memory"):
        return None
    asked = template.extended_resources.shared_memory
    limit = asked.size_limit if asked.size_limit not in ("", "0") else ""
    return Memory(asked.mount_name or MEMORY_NAME, asked.mount_path or MEMORY_FOLDER, limit)


def service_account(template: TaskTemplate) -> str:
    """The Kubernetes service account that the task's pod acts as; empty for the back end's own choice."""
    return template.security_context.run_as.k8s_service_account
