"""Control values that the parts of a workflow tell each other: a DAG knows only its own tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jetbridge.bindings import OutputRef
from jetbridge_translators.argo.controls import output_name
from jetbridge_translators.plan.controls import SIZE, VALUE
from jetbridge_translators.plan.model import Control


@dataclass(frozen=True, slots=True)
class Told:
    """A control value that a part tells: an output parameter of its DAG, and an input of those that need it."""

    name: str
    part: str
    bind: OutputRef
    kind: str


@dataclass(frozen=True, slots=True)
class Handed:
    """What is handed on, gathered while the parts are written.

    Attributes:
        parts: The part of each node, by the node's id; the nodes of a branch are in the branch's.
        here: The part that is written; empty for the DAG of all parts.
        told: What was asked for so far, by name.
    """

    parts: Mapping[str, str]
    here: str
    told: dict[str, Told] = field(default_factory=dict[str, Told])

    def read(self, node_id: str, task: str, bind: OutputRef, kind: str) -> str:
        """The expression for a control value of another part's node; empty for one of this part's."""
        part = self.parts[node_id]
        if part == self.here:
            return ""
        control = Control(SIZE if kind == SIZE else VALUE, bind.var, bind.attr_path)
        name = f"{kind}-of-{task}-{output_name(control)}"
        self.told[name] = Told(name, part, bind, kind)
        return f"inputs.parameters['{name}']" if self.here else told_by(part, name)


def told_by(part: str, name: str) -> str:
    """What a part has told, in the DAG of all parts."""
    return f"tasks.{part}.outputs.parameters['{name}']"
