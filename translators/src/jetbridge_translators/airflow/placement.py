"""What a task asks of its pod beside the container: labels, an account, a kind of node, shared memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from jetbridge_translators.airflow.expressions import Expr, call
from jetbridge_translators.airflow.jinja import plain
from jetbridge_translators.plan.model import Step
from jetbridge_translators.plan.placement import Memory, NodeRule, node_rules, service_account, shared_memory
from jetbridge_translators.work import ContainerWork


def pod_metadata(step: Step) -> dict[str, Expr]:
    """The labels and annotations of a step's pod; an operator renders their values, and leaves their names."""
    given = step.template.metadata.metadata
    labels = {**({"interruptible": "true"} if step.interruptible else {}), **given.labels}
    return {"labels": _rendered(labels), "annotations": _rendered(given.annotations)}


def _rendered(texts: Mapping[str, str]) -> dict[str, Expr]:
    return {name: plain(texts[name]) for name in sorted(texts)}


def placement(step: Step, work: ContainerWork) -> dict[str, Expr]:
    """The nodes that a step's pod may run on; nothing where all are as good."""
    rules = node_rules(step.template, work)
    if not rules:
        return {}
    terms: list[Expr] = [{"matchExpressions": [_requirement(rule) for rule in rules]}]
    required: Expr = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}
    tolerations: list[Expr] = [
        {"key": rule.label, "operator": "Equal", "value": rule.value, "effect": "NoSchedule"}
        for rule in rules
        if rule.value is not None
    ]
    return {"affinity": {"nodeAffinity": required}, "tolerations": tolerations}


def _requirement(rule: NodeRule) -> Expr:
    if rule.value is None:
        return {"key": rule.label, "operator": "DoesNotExist"}
    return {"key": rule.label, "operator": "In", "values": [rule.value]}


def own_pod(step: Step, common: Mapping[str, Expr], acts_as: str = "") -> dict[str, Expr] | None:
    """All that `common` says of pods, where a step's pod differs in it; None where it does not.

    An argument cannot be given both by name and by `**POD`.

    Args:
        step: The step.
        common: What all pods have in common.
        acts_as: The account of a container that asks Kubernetes for something, unless the task names another.
    """
    account, memory = service_account(step.template) or acts_as, shared_memory(step.template)
    if not account and memory is None:
        return None
    given: dict[str, Expr] = {"service_account_name": account} if account else {}
    given |= {"automount_service_account_token": True} if acts_as else {}
    return {**common, **given, **(_with_memory(memory, common) if memory else {})}


def _with_memory(memory: Memory, common: Mapping[str, Expr]) -> dict[str, Expr]:
    limit: dict[str, Expr] = {"size_limit": memory.limit} if memory.limit else {}
    folder = call("kubernetes.client.V1EmptyDirVolumeSource", medium="Memory", **limit)
    volume = call("kubernetes.client.V1Volume", name=memory.name, empty_dir=folder)
    mount = call("kubernetes.client.V1VolumeMount", name=memory.name, mount_path=memory.path)
    return {
        "volumes": [*_items(common.get("volumes")), volume],
        "volume_mounts": [*_items(common.get("volume_mounts")), mount],
    }


def _items(given: Expr) -> Sequence[Expr]:
    return given if isinstance(given, list) else ()
