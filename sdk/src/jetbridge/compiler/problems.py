"""Where a check is looking, so that every problem says it."""

from __future__ import annotations

from dataclasses import dataclass

from jetbridge.compiler.context import CheckContext, node_location
from jetbridge.errors import Location, Problem
from jetbridge.idl_admin import Node


@dataclass(frozen=True, slots=True)
class Place:
    """A node, or the workflow itself, with the author's line.

    Attributes:
        where: The node's id, or `outputs`; in a sub-workflow after the workflow's name.
        location: The author's line, where the package holds it.
        context: What names are looked up in.
    """

    where: str
    location: Location | None
    context: CheckContext

    def problem(self, code: str, message: str, hint: str, field: str = "") -> Problem:
        """A problem of this place, or of one field of it."""
        where = f"{self.where}.{field}" if field else self.where
        return Problem(code=code, message=message, where=where, location=self.location, hint=hint)

    def inside(self, node: Node) -> Place:
        """The place of a node that this one holds, such as a branch's case."""
        return Place(f"{self.where}/{node.id}", node_location(node) or self.location, self.context)
