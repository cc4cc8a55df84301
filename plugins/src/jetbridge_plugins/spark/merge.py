"""A pod laid over another one, as Flyte does it (flyteplugins `pod_helper.go`, MergeOverlayPodSpecOntoBase)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

Tree = dict[str, Any]
_CONTAINERS = ("containers", "initContainers")


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> Tree:
    """Mappings are merged, lists joined, containers of one name merged; of two plain values the upper one counts.

    Example:
        >>> merged({"tolerations": [1], "hostNetwork": False}, {"tolerations": [2], "hostNetwork": True})
        {'tolerations': [1, 2], 'hostNetwork': True}
    """
    result = dict(base)
    for key, value in over.items():
        result[key] = _value(key, base[key], value) if key in base else value
    return result


def _value(key: str, base: Any, over: Any) -> Any:
    if key in _CONTAINERS:
        return _containers(base, over)
    if isinstance(base, Mapping) and isinstance(over, Mapping):
        return merged(cast("Mapping[str, Any]", base), cast("Mapping[str, Any]", over))
    return [*cast("list[Any]", base), *cast("list[Any]", over)] if isinstance(base, list) else over


def _containers(base: list[Tree], over: list[Tree]) -> list[Tree]:
    upper = {container["name"]: container for container in over}
    known = {container["name"] for container in base}
    own = [merged(container, upper.get(container["name"], {})) for container in base]
    return [*own, *(container for container in over if container["name"] not in known)]
