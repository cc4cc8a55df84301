"""What a pod holds beside the task's own container."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from jetbridge.kubernetes_text import expanded
from jetbridge_translators.work import ForeignWork, JsonTree, PodWork, Work

_SHARED = ("envFrom", "volumeMounts", "volumeDevices")


def needs_companions(work: PodWork) -> bool:
    """Whether the task's own container needs more of its pod than a place: containers, volumes, a cluster's values."""
    from_cluster = any("valueFrom" in entry for entry in environment(work.container))
    return (
        bool(work.containers or work.init_containers) or from_cluster or any(key in work.container for key in _SHARED)
    )


def own_container(work: Work) -> Work:
    """The task's own container, where its work is a pod around it."""
    return work.main if isinstance(work, PodWork) else work


def runs_own_image(work: Work) -> bool:
    """Whether the task's program is in its image alone."""
    own = own_container(work)
    return isinstance(own, ForeignWork) and own.own_image


def environment(container: Mapping[str, JsonTree]) -> list[dict[str, JsonTree]]:
    """The variables of a container's manifest."""
    return cast("list[dict[str, JsonTree]]", container.get("env") or [])


def plain_environment(work: PodWork) -> dict[str, str]:
    """The variables of the task's own container that have a value, as Kubernetes gives them to the process."""
    values: dict[str, str] = {}
    for entry in environment(work.container):
        values[str(entry["name"])] = expanded(str(entry.get("value", "")), values)
    return values


def renamed(work: PodWork, name: str) -> PodWork:
    """The pod whose task's container has the name that an engine gives it, also where fields refer to it."""

    def change(tree: JsonTree) -> JsonTree:
        if isinstance(tree, list):
            return [change(item) for item in tree]
        if not isinstance(tree, dict):
            return tree
        changed = {key: change(value) for key, value in tree.items()}
        return {**changed, "containerName": name} if changed.get("containerName") == work.name else changed

    def manifest(tree: Mapping[str, JsonTree]) -> dict[str, JsonTree]:
        return cast("dict[str, JsonTree]", change(dict(tree)))

    return replace(
        work,
        name=name,
        container=manifest(work.container),
        containers=tuple(map(manifest, work.containers)),
        init_containers=tuple(map(manifest, work.init_containers)),
        spec=manifest(work.spec),
    )
