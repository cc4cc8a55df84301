"""Parts of a Kubernetes object, any of which may be absent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def section(value: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    """The mapping under some keys; empty where there is none.

    Example:
        >>> section({"metadata": {"labels": {"a": "b"}}}, "metadata", "labels"), section({}, "status", "nodes")
        ({'a': 'b'}, {})
    """
    for key in keys:
        value = value.get(key) or {}
    return value


def text(value: Mapping[str, Any], key: str) -> str:
    """The string under a key; empty where there is none."""
    return str(value.get(key) or "")
