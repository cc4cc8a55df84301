"""What the back end gives to the pods that an object describes: access to the store, and few rights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

from jetbridge.bindings import json_text
from jetbridge_translators.work import ContainerWork, JsonTree, OwnPod, PodPlace, ResourceWork

SCRATCH = "tmp"
FOLDER = "/tmp"  # noqa: S108 -- a folder of the container, which no other process sees
Tree = dict[str, JsonTree]


@dataclass(frozen=True, slots=True, kw_only=True)
class PodSettings:
    """The user's settings of a back end, as far as pods are concerned.

    Attributes:
        env: Variables that tell how to reach the store.
        secret: The Secret whose entries become variables: the store's credentials; empty for none.
        read_only_root: Whether only one folder can be written.
    """

    env: Mapping[str, str]
    secret: str = ""
    read_only_root: bool = True


def with_settings(work: ResourceWork, settings: PodSettings) -> ResourceWork:
    """The work with every pod completed; what a pod says itself stays.

    Pods run as the user of their image: programs of the JVM fail for a user id that the image has no name for.
    """
    manifest: JsonTree = dict(work.manifest)
    for place in work.pods:
        manifest = _changed(manifest, place.path.split("."), place, settings)
    return replace(work, manifest=cast("Tree", manifest))


def own_pods(work: ContainerWork, settings: PodSettings) -> tuple[str, ...]:
    """The arguments that tell a container of the pods that it makes, each completed like the pods of an object."""
    return tuple(f"{pod.option}={json_text(_template(pod, settings))}" for pod in work.own_pods)


def _template(pod: OwnPod, settings: PodSettings) -> JsonTree:
    return _changed(dict(pod.template), [], PodPlace("", pod.container), settings)


def _changed(tree: JsonTree, path: list[str], place: PodPlace, settings: PodSettings) -> JsonTree:
    found = tree if isinstance(tree, dict) else {}
    if not path:
        return {**found, "spec": _pod(_tree(found.get("spec")), place, settings)}
    return {**found, path[0]: _changed(found.get(path[0]), path[1:], place, settings)}


def _tree(value: JsonTree) -> Tree:
    return value if isinstance(value, dict) else {}


def _items(value: JsonTree) -> list[JsonTree]:
    return value if isinstance(value, list) else []


def _pod(spec: Tree, place: PodPlace, settings: PodSettings) -> Tree:
    security: Tree = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    scratch: list[JsonTree] = [{"name": SCRATCH, "emptyDir": {}}] if settings.read_only_root else []
    containers = [_container(_tree(item), place, settings) for item in _items(spec.get("containers"))]
    volumes = [*scratch, *_items(spec.get("volumes"))]
    return {
        **spec,
        "securityContext": {**security, **_tree(spec.get("securityContext"))},
        "containers": containers,
        **({"volumes": volumes} if volumes else {}),
    }


def _container(container: Tree, place: PodPlace, settings: PodSettings) -> JsonTree:
    is_ours = container.get("name") == place.container
    security: Tree = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    read_only: Tree = {"readOnlyRootFilesystem": True} if is_ours and settings.read_only_root else {}
    secured: Tree = {
        **container,
        "securityContext": {**security, **read_only, **_tree(container.get("securityContext"))},
    }
    return {**secured, **_store(container, settings)} if is_ours else secured


def _store(container: Tree, settings: PodSettings) -> Tree:
    given = _items(container.get("env"))
    own = [_tree(item).get("name") for item in given]
    env: list[JsonTree] = [{"name": name, "value": text} for name, text in settings.env.items() if name not in own]
    secret: list[JsonTree] = [{"secretRef": {"name": settings.secret}}] if settings.secret else []
    mount: list[JsonTree] = [{"name": SCRATCH, "mountPath": FOLDER}] if settings.read_only_root else []
    lists: dict[str, list[JsonTree]] = {
        "env": [*env, *given],
        "envFrom": [*secret, *_items(container.get("envFrom"))],
        "volumeMounts": [*mount, *_items(container.get("volumeMounts"))],
    }
    return {name: items for name, items in lists.items() if items}
