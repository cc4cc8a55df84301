"""Argo's objects as YAML files that read from the important to the detail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import hera.workflows.models as m

from jetbridge_translators.argo.yaml_text import Commented, Tree, document

_ORDER = (
    "apiVersion kind name generateName namespace labels annotations metadata spec",
    "schedules timezone workflowSpec entrypoint serviceAccountName",
    "template templateRef depends when withSequence count arguments parallelism hooks templates",
    "description key path enum value valueFrom",
    "inputs outputs timeout retryStrategy limit retryPolicy expression",
    "dag container resource image command args env envFrom resources requests limits",
    "action setOwnerReference successCondition failureCondition manifest",
    "volumeMounts volumes mountPath emptyDir secretName items optional",
    "automountServiceAccountToken executor securityContext runAsNonRoot runAsUser seccompProfile",
)
_RANK = {key: rank for rank, key in enumerate(" ".join(_ORDER).split())}


def tree(model: m.WorkflowTemplate | m.Workflow | m.CronWorkflow) -> dict[str, Tree]:
    """An object as plain values, its keys in the order of reading."""
    return cast("dict[str, Tree]", _ordered(model.model_dump(exclude_none=True, by_alias=True, mode="json")))


def _ordered(value: Tree) -> Tree:
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: _RANK.get(key, len(_RANK)))
        return {key: _ordered(value[key]) for key in keys}
    return [_ordered(item) for item in value] if isinstance(value, list) else value


def commented(
    spec: dict[str, Tree], templates: Mapping[str, str], tasks: Mapping[str, Mapping[str, str]]
) -> dict[str, Tree]:
    """A spec with a comment above each template that has one, and above the tasks of each DAG, by the DAG's name."""
    items = cast("list[dict[str, Tree]]", spec["templates"])
    shown = [_commented_dag(item, tasks.get(str(item["name"]), {})) for item in items]
    return {**spec, "templates": _with_comments(shown, templates)}


def _commented_dag(template: dict[str, Tree], comments: Mapping[str, str]) -> dict[str, Tree]:
    if "dag" not in template:
        return template
    dag = cast("dict[str, Tree]", template["dag"])
    tasks = cast("list[dict[str, Tree]]", dag["tasks"])
    return {**template, "dag": {**dag, "tasks": _with_comments(tasks, comments)}}


def _with_comments(items: Sequence[dict[str, Tree]], comments: Mapping[str, str]) -> list[Tree]:
    named = ((item, comments.get(str(item["name"]), "")) for item in items)
    return [Commented(comment, item) if comment else item for item, comment in named]


def to_bytes(root: dict[str, Tree], header: tuple[str, ...]) -> bytes:
    """The file."""
    return document(root, header).encode()
