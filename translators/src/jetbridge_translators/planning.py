"""What the user decides about a plan, whatever the back end, and how it is kept in a run's record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PodTemplates = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planning:
    """What the user decides about a plan.

    Attributes:
        as_container: Task types that nobody owns and that shall run as the container or pod that they carry.
        pod_templates: Kubernetes' PodTemplates by name, each the object's `template`, as JSON.
        options: The options that owners of task types offer (`TaskHandler.options`), by name; what is given.

    Example:
        >>> Planning(as_container=("ray",)).tree()
        {'as_container': ['ray']}
    """

    as_container: tuple[str, ...] = ()
    pod_templates: PodTemplates = field(default_factory=dict[str, Mapping[str, Any]])
    options: Mapping[str, str] = field(default_factory=dict[str, str])

    def tree(self) -> dict[str, Any]:
        """As JSON, what is not given left out."""
        given: dict[str, Any] = {
            "as_container": list(self.as_container),
            "pod_templates": dict(self.pod_templates),
            "options": dict(self.options),
        }
        return {name: value for name, value in given.items() if value}

    def over(self, earlier: Planning) -> Planning:
        """This one, with those of an earlier run where this one says nothing."""
        return Planning(
            as_container=self.as_container or earlier.as_container,
            pod_templates=self.pod_templates or earlier.pod_templates,
            options={**earlier.options, **self.options},
        )


def read_planning(tree: Mapping[str, Any]) -> Planning:
    """What `Planning.tree` gave."""
    return Planning(
        as_container=tuple(tree.get("as_container", ())),
        pod_templates=tree.get("pod_templates", {}),
        options=tree.get("options", {}),
    )
