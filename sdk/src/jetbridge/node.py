"""A node of a workflow while it is being built."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from jetbridge.errors import CompileError, Location, Problem
from jetbridge.idl import BindingData
from jetbridge.resources import Resources
from jetbridge.source import caller_location
from jetbridge.suggest import option_hint

if TYPE_CHECKING:
    from jetbridge.accelerators import Accelerator
    from jetbridge.entity import Entity
    from jetbridge.pod_template import PodTemplate
    from jetbridge.task import Cache


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeOverrides:
    """What `with_overrides` changes, under flytekit's names; None means: as the task says."""

    name: str | None = None
    timeout: timedelta | int | None = None
    retries: int | None = None
    interruptible: bool | None = None
    container_image: str | None = None
    requests: Resources | None = None
    limits: Resources | None = None
    resources: Resources | None = None
    cache: bool | Cache | None = None
    cache_version: str | None = None
    cache_serialize: bool | None = None
    pod_template: PodTemplate | None = None
    accelerator: Accelerator | None = None
    shared_memory: Literal[True] | str | None = None


class Node:
    """One use of a task, a workflow or anything else that runs. Order and overrides may still change until the
    workflow's function returns.

    Attributes:
        id: `n0`, `n1`, … in the order of the calls, unique in the workflow; bindings refer to it.
        public_id: What packages hold: the same, or the author's `node_name`. In a branch it starts from `n0` again.
        entity: What the node runs.
        inputs: What each input is bound to.
        upstream: Nodes that must have succeeded before, beside those whose outputs are bound.
        location: The author's line of the call.
    """

    def __init__(
        self, node_id: str, entity: Entity, inputs: Mapping[str, BindingData], location: Location | None
    ) -> None:
        self.id = node_id
        self.public_id = node_id.rpartition("/")[2]
        self.entity = entity
        self.inputs = inputs
        self.location = location
        self.upstream: tuple[Node, ...] = ()
        self.overrides = NodeOverrides()

    def run_after(self, other: Node) -> None:
        """Adds an edge."""
        if other not in self.upstream:
            self.upstream = (*self.upstream, other)

    def override(self, node_name: str | None = None, **overrides: Any) -> None:
        """Changes the node's settings.

        Raises:
            CompileError: a name that `NodeOverrides` does not have, or settings that contradict each other.
        """
        unknown = [name for name in overrides if name not in _NAMES]
        if unknown:
            raise CompileError("the workflow cannot be built:", [_unknown(name) for name in unknown])
        if node_name is not None:
            self.public_id = dns_name(node_name)
        _check_cache(overrides)
        self.overrides = replace(self.overrides, **overrides)


_NAMES = tuple(setting.name for setting in fields(NodeOverrides))


def _check_cache(overrides: Mapping[str, Any]) -> None:
    cache, version = overrides.get("cache"), overrides.get("cache_version")
    if cache is True and not version:
        _refuse("cache=True needs a cache_version", 'Give `cache=Cache(version="1")`.')
    if not isinstance(cache, bool | None) and (version or "cache_serialize" in overrides or not cache.version):
        _refuse("cache=Cache(…) needs a version, and stands alone", 'Give `cache=Cache(version="1", serialize=…)`.')


def _refuse(message: str, hint: str) -> NoReturn:
    problem = Problem(
        code="InvalidValue", message=f"with_overrides(): {message}", location=caller_location(), hint=hint
    )
    raise CompileError("the workflow cannot be built:", [problem])


def _unknown(name: str) -> Problem:
    return Problem(
        code="UnsupportedOverride",
        message=f"with_overrides() has no {name!r}",
        location=caller_location(),
        hint=option_hint(name, ("node_name", *_NAMES), _FLYTEKIT),
    )


_FLYTEKIT = ("aliases", "task_config")


def dns_name(name: str) -> str:
    """A node's name as flytekit writes it (`core/utils.py` `_dnsify`): lower case, words parted by hyphens.

    Example:
        >>> dns_name("fit_Adelie"), dns_name("FitAll")
        ('fit-adelie', 'fit-all')
    """
    words = re.sub(r"(?<=[^-_.])(?=[A-Z])", "-", name)
    return re.sub(r"[^a-z0-9-]", "", re.sub(r"[_.]", "-", words).lower()).strip("-")
