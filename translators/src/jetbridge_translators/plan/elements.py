"""The elements of a map."""

from __future__ import annotations

import math
import struct
from dataclasses import replace

from jetbridge.bindings import follow
from jetbridge_translators.plan.model import MapNode, Step


def element_step(node: MapNode, index: int) -> Step:
    """The task of one element: its own folder, and its own item of each list."""
    args = {name: follow(bind, (index,)) if name in node.mapped else bind for name, bind in node.args.items()}
    return replace(node.element, path=f"{node.path}/{index}", name=f"{node.name}[{index}]", args=args)


def required_successes(node: MapNode, size: int) -> int:
    """How many elements must succeed (propeller's `nodes/array/handler.go`).

    The share is a number of 32 bits that propeller widens to 64, so that 0.8 of 5 is a little more than 4.

    Example:
        >>> math.ceil(widened(0.8) * 5), math.ceil(widened(0.5) * 4)
        (5, 2)
    """
    if not size:
        return 0
    if node.min_successes is not None:
        return node.min_successes
    return math.ceil(widened(node.min_success_ratio) * size)


def widened(value: float) -> float:
    """A number of 32 bits as one of 64."""
    return struct.unpack("<f", struct.pack("<f", value))[0]
