"""Under what an entity is registered."""

from __future__ import annotations

from dataclasses import dataclass

from jetbridge.errors import UsageError
from jetbridge.idl import LAUNCH_PLAN, TASK, WORKFLOW, Identifier
from jetbridge.idl_admin import LaunchPlan, TaskSpec, WorkflowSpec
from jetbridge.package import Entity

KINDS: dict[int, str] = {TASK: "task", WORKFLOW: "workflow", LAUNCH_PLAN: "launch plan"}
"""FlyteIDL's resource types, in words."""
DEFAULT_SCOPE = {"JETBRIDGE_PROJECT": "flytesnacks", "JETBRIDGE_DOMAIN": "development"}
"""The variables that name project and domain, with pyflyte's defaults."""
_MESSAGES: dict[type[Entity], int] = {TaskSpec: TASK, WorkflowSpec: WORKFLOW, LaunchPlan: LAUNCH_PLAN}


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """A project and a domain of it."""

    project: str
    domain: str

    def __str__(self) -> str:
        return f"{self.project}/{self.domain}"


@dataclass(frozen=True, slots=True, order=True)
class EntityId:
    """The full name of a registered entity.

    Example:
        >>> str(EntityId(TASK, Scope("shop", "production"), "shop.sell", "v1"))
        'task shop/production/shop.sell@v1'
    """

    kind: int
    scope: Scope
    name: str
    version: str

    def __str__(self) -> str:
        return f"{KINDS[self.kind]} {self.scope}/{self.name}@{self.version}"


def message_id(entity: Entity) -> Identifier:
    """The identifier inside an entity."""
    return entity.id if isinstance(entity, LaunchPlan) else entity.template.id


def entity_id(entity: Entity) -> EntityId:
    """The full name of an entity whose identifier is complete."""
    own = message_id(entity)
    return EntityId(_MESSAGES[type(entity)], Scope(own.project, own.domain), own.name, own.version)


@dataclass(frozen=True, slots=True)
class Reference:
    """How a person names an entity: `[PROJECT/DOMAIN/]NAME[@VERSION]`; the version is empty where none is given."""

    scope: Scope
    name: str
    version: str = ""


def parse_reference(text: str, scope: Scope) -> Reference:
    """The entity that a text names; `scope` holds where the text gives none.

    Raises:
        UsageError: the text has another form.

    Example:
        >>> here = Scope("flytesnacks", "development")
        >>> parse_reference("shop.sell@v1", here).version, str(parse_reference("shop/production/sell", here).scope)
        ('v1', 'shop/production')
    """
    place, _, version = text.partition("@")
    *parts, name = place.split("/")
    if not name or len(parts) not in (0, 2) or not all(parts):
        raise UsageError(
            f"{text!r} names nothing that could be registered",
            hint="Give NAME@VERSION or PROJECT/DOMAIN/NAME@VERSION, such as `shop.sell@v1`.",
        )
    return Reference(Scope(*parts) if parts else scope, name, version)
