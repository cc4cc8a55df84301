"""The pods of a Spark application's driver and executors: what Flyte would have built for the task, then the author's.

They are pod templates, which Spark itself completes with the image, the arguments, cores and memory. So no webhook of
the Spark operator is needed (`driver.template`, `executor.template`: operator 2.4, `submission.go`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from google.protobuf.json_format import MessageToDict

from jetbridge.idl import K8sPod, TaskTemplate
from jetbridge.kubernetes_text import unexpanded
from jetbridge_plugins.spark.merge import merged
from jetbridge_plugins.spark.secrets import secret_env, secret_mounts, secret_volumes
from jetbridge_translators.plan.placement import NodeRule, node_rules, shared_memory
from jetbridge_translators.work import ContainerWork, JsonTree

Tree = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Side:
    """The driver or the executors, with the container's name that Spark looks for in a template."""

    name: str
    container: str


DRIVER = Side("driver", "spark-kubernetes-driver")
EXECUTOR = Side("executor", "spark-kubernetes-executor")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pod:
    """A pod of an application; `spec` as in a manifest."""

    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    spec: Mapping[str, JsonTree]


def pod_of(side: Side, template: TaskTemplate, work: ContainerWork, given: K8sPod, command: tuple[str, ...]) -> Pod:
    """The pods of one side.

    Args:
        side: Which.
        template: The task.
        work: The task's container.
        given: The author's pod for this side; empty for none.
        command: What starts the container; the image's own entrypoint when empty.
    """
    over = MessageToDict(given.pod_spec) if given.HasField("pod_spec") else {}
    metadata = template.metadata.metadata
    return Pod(
        labels=_sorted({**_interruptible(side, template), **metadata.labels, **given.metadata.labels}),
        annotations=_sorted({**metadata.annotations, **given.metadata.annotations}),
        spec=merged(_base(side, template, work, command), _named(over, given.primary_container_name, side)),
    )


def _interruptible(side: Side, template: TaskTemplate) -> dict[str, str]:
    """As on Flyte only executors may be lost to pre-emption: the application outlives them."""
    return {"interruptible": "true"} if side is EXECUTOR and template.metadata.interruptible else {}


def _base(side: Side, template: TaskTemplate, work: ContainerWork, command: tuple[str, ...]) -> Tree:
    memory = shared_memory(template)
    container: Tree = {
        "name": side.container,
        "command": list(command),
        "env": [*secret_env(work.secrets), *({"name": name, "value": unexpanded(value)} for name, value in work.env)],
        "volumeMounts": secret_mounts(work.secrets),
    }
    spec: Tree = {
        "containers": [container],
        # Executors ask nothing of Kubernetes.
        "automountServiceAccountToken": None if side is DRIVER else False,
        "volumes": secret_volumes(work.secrets),
        **_placement(node_rules(template, work)),
    }
    if memory is not None:
        medium = {"medium": "Memory", **({"sizeLimit": memory.limit} if memory.limit else {})}
        spec["volumes"].append({"name": memory.name, "emptyDir": medium})
        container["volumeMounts"].append({"name": memory.name, "mountPath": memory.path})
    return {**_given(spec), "containers": [_given(container)]}


def _given(tree: Tree) -> Tree:
    return {key: value for key, value in tree.items() if value not in (None, [], {})}


def _placement(rules: tuple[NodeRule, ...]) -> Tree:
    if not rules:
        return {}
    terms = [{"matchExpressions": [_requirement(rule) for rule in rules]}]
    tolerations = [
        {"key": rule.label, "operator": "Equal", "value": rule.value, "effect": "NoSchedule"}
        for rule in rules
        if rule.value is not None
    ]
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}
    return {"affinity": {"nodeAffinity": required}, "tolerations": tolerations}


def _requirement(rule: NodeRule) -> Tree:
    if rule.value is None:
        return {"key": rule.label, "operator": "DoesNotExist"}
    return {"key": rule.label, "operator": "In", "values": [rule.value]}


def _named(over: Tree, primary: str, side: Side) -> Tree:
    """The author's pod, whose primary container is that of Spark."""
    containers = [
        {**container, "name": side.container} if container.get("name") == primary else container
        for container in over.get("containers", [])
    ]
    return {**over, "containers": containers}


def _sorted(mapping: Mapping[str, str]) -> dict[str, str]:
    return dict(sorted(mapping.items()))
