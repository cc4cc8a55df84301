"""What every check looks things up in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jetbridge.errors import Location
from jetbridge.idl import TaskTemplate, TypedInterface
from jetbridge.idl_admin import Node

SOURCE_KEY = "jetbridge.source"
"""Key of the author's line (`penguins.py:31`) in the `config` of a task or a node's metadata."""


@dataclass(frozen=True, slots=True)
class CheckContext:
    """A workflow's interface, its nodes by id, and the tasks by name."""

    interface: TypedInterface
    nodes: Mapping[str, Node]
    tasks: Mapping[str, TaskTemplate]


def parse_location(text: str) -> Location | None:
    """The line that `file:line` names; None for anything else."""
    file, _, line = text.rpartition(":")
    return Location(file, int(line)) if file and line.isdigit() else None


def node_location(node: Node) -> Location | None:
    """The author's line of a node, where the package holds it."""
    return parse_location(node.metadata.config.get(SOURCE_KEY, ""))
