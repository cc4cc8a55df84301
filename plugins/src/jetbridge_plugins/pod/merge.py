"""A pod on top of a PodTemplate that the task names, by propeller's rules (`flytek8s/pod_helper.go`, mergePodSpecs)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, cast

from jetbridge.errors import JetbridgeError
from jetbridge_plugins.pod.carried import Carried, Json
from jetbridge_translators.planning import PodTemplates

_DEFAULT = {"containers": "default", "initContainers": "default-init"}
_PRIMARY = "primary"


def with_pod_template(pod: Carried, name: str, known: PodTemplates) -> Carried:
    """The pod on the template of a name; itself where no name is given.

    Values of the task win, lists are joined. Of the template's containers only `default` counts, for all containers,
    and `primary`, for the task's own; others of it are dropped, as on Flyte.

    Raises:
        JetbridgeError: there is no template of the name.
    """
    if not name:
        return pod
    template = known.get(name)
    if template is None:
        raise JetbridgeError(
            f"the task names the pod template {name!r}, which is an object of a cluster"
            + (f"; the files hold {', '.join(sorted(known))}" if known else ""),
            hint=f"kubectl get podtemplate {name} -o yaml > {name}.yaml, and give it: --pod-templates {name}.yaml",
        )
    metadata, base = _object(template, "metadata"), _object(template, "spec")
    rest = {key: value for key, value in base.items() if key not in _DEFAULT}
    own = {kind: _containers(kind, base, pod) for kind in _DEFAULT}
    return replace(
        pod,
        spec={**merge(rest, pod.spec), **{kind: containers for kind, containers in own.items() if containers}},
        labels={**_object(metadata, "labels"), **pod.labels},
        annotations={**_object(metadata, "annotations"), **pod.annotations},
    )


def _object(tree: Mapping[str, Any], key: str) -> Json:
    return cast("Json", tree.get(key) or {})


def _containers(kind: str, base: Mapping[str, Any], pod: Carried) -> list[Json]:
    named = {each.get("name"): each for each in cast("Iterable[Json]", base.get(kind) or ())}
    merged: list[Json] = []
    for container in cast("Iterable[Json]", pod.spec.get(kind) or ()):
        below = [named.get(_DEFAULT[kind])]
        if kind == "containers" and container.get("name") == pod.primary:
            below.append(named.get(_PRIMARY))
        found: Json = {}
        for each in (*(each for each in below if each is not None), container):
            found = merge(found, each)
        merged.append({**found, "name": container.get("name")})
    return merged


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> Json:
    """Two objects as one: of two values the second one's unless it is empty, of two lists both.

    Example:
        >>> merge({"a": 1, "b": [1], "c": {"d": 1}}, {"a": 2, "b": [2], "c": {"e": 2}, "f": ""})
        {'a': 2, 'b': [1, 2], 'c': {'d': 1, 'e': 2}, 'f': ''}
    """
    return {key: _merged(base.get(key), over.get(key)) for key in dict.fromkeys((*base, *over))}


_EMPTY: tuple[Any, ...] = (None, "", [], {})


def _merged(base: Any, over: Any) -> Any:
    """Of `merge`, for one key."""
    if isinstance(base, dict) and isinstance(over, dict):
        return merge(cast("Json", base), cast("Json", over))
    if isinstance(base, list) and isinstance(over, list):
        return [*cast("list[Any]", base), *cast("list[Any]", over)]
    return cast("Any", over if base is None or over not in _EMPTY else base)
