"""Deployment into a namespace: server-side apply of WorkflowTemplates and CronWorkflows, and pruning by labels.

Kubernetes knows who has set each field. Ours are set by the field manager `jetbridge`; a field that somebody else has
set differently is a conflict, and an object that is not of this deployment is left alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from jetbridge.errors import RunError, UsageError
from jetbridge_translators.argo.cluster import CONFLICT, FORBIDDEN, NOT_FOUND, ApiError, Cluster, Kind
from jetbridge_translators.argo.connect import connect
from jetbridge_translators.argo.objects import section, text
from jetbridge_translators.argo.options import read_options
from jetbridge_translators.argo.yaml_text import Tree, document
from jetbridge_translators.deployment import (
    CHANGE,
    CREATE,
    KEEP,
    REMOVE,
    Change,
    Deployment,
    Prepared,
    difference,
)
from jetbridge_translators.plan.names import dns_label

MANAGER = "jetbridge"
DEPLOYMENT = "jetbridge/deployment"
"""The label that says to which deployment an object belongs."""
_KINDS = {
    "WorkflowTemplate": Kind("argoproj.io", "v1alpha1", "workflowtemplates"),
    "CronWorkflow": Kind("argoproj.io", "v1alpha1", "cronworkflows"),
}
_OF_SERVER = ("managedFields", "resourceVersion", "generation", "uid", "creationTimestamp", "namespace", "selfLink")
_RIGHTS = "The role needs get, list, create, patch and delete on workflowtemplates and cronworkflows of argoproj.io."


@dataclass(frozen=True, slots=True)
class _Step:
    """One object: what is there now, and what shall be; `wanted` is None for one to remove."""

    kind: str
    name: str
    now: Mapping[str, Any] | None
    wanted: Mapping[str, Any] | None

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


def prepare(deployment: Deployment) -> Prepared:
    """What the deployment changes in the cluster that KUBECONFIG names, by a dry run there.

    Raises:
        UsageError: there is no cluster, two workflows are one object, or what is there is not of this deployment.
        TranslationError: Argo or Kubernetes cannot express something.
        RunError: Kubernetes does not take it.
    """
    # Late, because it imports Hera.
    from jetbridge_translators.argo.translate import standing_objects

    trees = [tree for plan in deployment.plans for tree in standing_objects(plan, deployment.settings)]
    environ = {**os.environ, **deployment.settings.connection}
    cluster = connect(read_options(deployment.settings).namespace, environ)
    return prepare_objects(cluster, deployment, trees)


def prepare_objects(cluster: Cluster, deployment: Deployment, trees: Iterable[Mapping[str, Tree]]) -> Prepared:
    """As `prepare`, for objects that are made and a cluster that is connected."""
    owner = dns_label(deployment.owner)
    wanted = [_labelled(tree, owner) for tree in trees]
    _check_names(wanted)
    try:
        steps = [_step(cluster, tree) for tree in wanted]
        _check_owners(cluster, deployment, owner, steps)
        removed = [*_gone(cluster, owner, steps)] if deployment.prune else []
        changes = _dry_run(cluster, deployment, steps)
    except ApiError as error:
        raise _refused(cluster, error) from error
    pruned = [Change(REMOVE, str(step), difference(_shown(step.now or {}), "", str(step))) for step in removed]
    apply = partial(_apply, cluster, deployment, [*steps, *removed])
    return Prepared((*changes, *pruned), apply)


def _labelled(tree: Mapping[str, Tree], owner: str) -> Mapping[str, Any]:
    metadata = cast("dict[str, Any]", tree["metadata"])
    labels = {**metadata.get("labels", {}), DEPLOYMENT: owner}
    return {**tree, "metadata": {**metadata, "labels": labels}}


def _check_names(trees: Sequence[Mapping[str, Any]]) -> None:
    names = [(tree["kind"], tree["metadata"]["name"]) for tree in trees]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        shown = ", ".join(" ".join(name) for name in twice)
        raise UsageError(
            f"several of these workflows are one object: {shown}",
            hint="Deploy them apart: name one in TARGET. Launch plans of one workflow share its WorkflowTemplate.",
        )


def _step(cluster: Cluster, tree: Mapping[str, Any]) -> _Step:
    kind, name = tree["kind"], tree["metadata"]["name"]
    try:
        return _Step(kind, name, cluster.get(_KINDS[kind], name), tree)
    except ApiError as error:
        if error.status != NOT_FOUND or "not found" not in error.message:
            raise
        return _Step(kind, name, None, tree)


def _check_owners(cluster: Cluster, deployment: Deployment, owner: str, steps: Iterable[_Step]) -> None:
    others = [(step, _owner(step.now)) for step in steps if step.now is not None and _owner(step.now) != owner]
    if not others or deployment.take_over:
        return
    lines = [
        f"  {step} is of the deployment {whose!r}" if whose else f"  {step} was not deployed by jetbridge"
        for step, whose in others
    ]
    raise UsageError(
        "\n".join([f"namespace {cluster.namespace!r} holds objects of these names that are not of {owner!r}:", *lines]),
        hint="Give the deployment's name with --name, remove them, or take them over with --take-over.",
    )


def _owner(tree: Mapping[str, Any]) -> str:
    return text(section(tree, "metadata", "labels"), DEPLOYMENT)


def _gone(cluster: Cluster, owner: str, steps: Iterable[_Step]) -> Iterator[_Step]:
    """What this deployment has made and holds no more, schedules first. A label can be copied, so it is no proof."""
    kept = {(step.kind, step.name) for step in steps}
    for kind in reversed(_KINDS):
        for tree in cluster.objects(_KINDS[kind], f"{DEPLOYMENT}={owner}"):
            name = tree["metadata"]["name"]
            if (kind, name) not in kept and _is_ours(tree):
                yield _Step(kind, name, tree, None)


def _is_ours(tree: Mapping[str, Any]) -> bool:
    entries = section(tree, "metadata").get("managedFields") or ()
    return any(entry.get("manager") == MANAGER and entry.get("operation") == "Apply" for entry in entries)


def _dry_run(cluster: Cluster, deployment: Deployment, steps: Iterable[_Step]) -> list[Change]:
    changes: list[Change] = []
    conflicts: list[str] = []
    for step in steps:
        assert step.wanted is not None  # noqa: S101 -- what is removed is not applied
        try:
            after = cluster.apply(_KINDS[step.kind], step.wanted, MANAGER, dry_run=True, force=deployment.take_over)
            changes.append(_change(step, after))
        except ApiError as error:
            if error.status != CONFLICT or not error.causes:
                raise
            conflicts += [f"  {step}: {field}: {message}" for field, message in error.causes]
    if conflicts:
        raise UsageError(
            "\n".join(["others have set fields of these objects, and differently:", *conflicts]),
            hint="Put their change into the workflow, or take the fields over with --take-over.",
        )
    return changes


def _change(step: _Step, after: Mapping[str, Any]) -> Change:
    shown = difference("" if step.now is None else _shown(step.now), _shown(after), str(step))
    return Change(CREATE if step.now is None else CHANGE if shown else KEEP, str(step), shown)


def _shown(tree: Mapping[str, Any]) -> str:
    """An object as a person reads it: without what the server adds."""
    metadata = {key: value for key, value in section(tree, "metadata").items() if key not in _OF_SERVER}
    kept = {key: value for key, value in tree.items() if key not in ("metadata", "status")}
    return document(cast("dict[str, Tree]", {**kept, "metadata": metadata}))


def _apply(cluster: Cluster, deployment: Deployment, steps: Iterable[_Step]) -> None:
    try:
        for step in steps:
            if step.wanted is not None:
                cluster.apply(_KINDS[step.kind], step.wanted, MANAGER, force=deployment.take_over)
            elif step.now is not None:
                metadata = step.now["metadata"]
                only = {key: metadata[key] for key in ("uid", "resourceVersion")}
                _delete(cluster, step, only)
    except ApiError as error:
        raise _refused(cluster, error) from error


def _delete(cluster: Cluster, step: _Step, only: Mapping[str, str]) -> None:
    try:
        cluster.delete(_KINDS[step.kind], step.name, only)
    except ApiError as error:
        if error.status != NOT_FOUND:
            raise


def _refused(cluster: Cluster, error: ApiError) -> RunError:
    fields = "".join(f"\n  {field}: {message}" for field, message in error.causes)
    hints = {
        FORBIDDEN: _RIGHTS,
        NOT_FOUND: "Install Argo Workflows, and check the namespace (`--namespace`).",
        CONFLICT: "Something has changed meanwhile: deploy again.",
    }
    return RunError(
        f"Kubernetes does not take the deployment into {cluster.namespace!r}: {error.message}{fields}",
        hint=hints.get(error.status, "Check that KUBECONFIG names a cluster that can be reached."),
    )
