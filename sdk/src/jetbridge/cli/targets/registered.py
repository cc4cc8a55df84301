"""TARGET as `[PROJECT/DOMAIN/]NAME@VERSION`: a workflow or launch plan of the registry."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from jetbridge.cli.settings import registry_url, setting
from jetbridge.cli.targets.model import Target
from jetbridge.errors import MissingLibraryError, UsageError
from jetbridge.launch_plan import LaunchPlan
from jetbridge.serialize.closure import Closure
from jetbridge.serialize.entities import entities_of
from jetbridge.serialize.settings import SerializationSettings

if TYPE_CHECKING:
    from sqlalchemy import Connection


def is_registered(place: str) -> bool:
    """Whether a text names something in the registry: `@` stands in no module's name."""
    return "@" in place and not Path(place).exists()


def registered_target(text: str, images: Sequence[str]) -> Target:
    """The registered workflow or launch plan of a name; the active or newest version where none is given.

    Raises:
        UsageError: nothing of that name is registered, or images are named, which a version holds already.
        MissingLibraryError: the registry's libraries are not installed.
        DatabaseError: the registry cannot be reached.
    """
    if images:
        raise UsageError(
            f"--image has no effect on {text!r}: what is registered names the images of its tasks",
            hint="Leave it out, or register another version.",
        )
    closure = _closure(text)
    return Target(text, "", (), lambda settings: _same(closure, settings))


def _same(closure: Closure, settings: SerializationSettings) -> Closure:
    return closure


def _closure(text: str) -> Closure:
    with _registry(text) as connection:
        from jetbridge.idl import LAUNCH_PLAN, WORKFLOW
        from jetbridge.registry import entity_id, export, read

        here = entity_id.Scope(setting("project"), setting("domain"))
        reference = entity_id.parse_reference(text, here)
        kinds = (WORKFLOW, LAUNCH_PLAN)
        own = read.resolve(connection, reference.scope, reference.name, reference.version, kinds)
        return export.closure_of(connection, own)


def closure_with_references(plan: LaunchPlan, settings: SerializationSettings) -> Closure:
    """The closure of a workflow of a module that refers to registered tasks or launch plans.

    Raises:
        CompileError: it has errors, or what it refers to is not registered or does not fit.
        MissingLibraryError: the registry's libraries are not installed.
        DatabaseError: the registry cannot be reached.
    """
    entities = entities_of([plan], settings)
    with _registry(plan.name) as connection:
        from jetbridge.registry import export

        return export.closure_with_references(connection, entities, plan.name)


@contextmanager
def _registry(asked: str) -> Generator[Connection]:
    try:
        from jetbridge.registry import database
    except ImportError as error:
        raise MissingLibraryError(
            f"{asked!r} is looked for in the registry, whose libraries are not installed: {error}",
            hint="pip install 'jetbridge[registry]'",
        ) from error
    with database.open_registry(registry_url()) as engine, engine.begin() as connection:
        yield connection
