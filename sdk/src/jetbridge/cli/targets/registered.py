"""TARGET as `[PROJECT/DOMAIN/]NAME@VERSION`: a workflow or launch plan of the registry."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from jetbridge.cli.targets.model import Target
from jetbridge.errors import MissingLibraryError, UsageError
from jetbridge.serialize.closure import Closure
from jetbridge.serialize.settings import SerializationSettings


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
    try:
        from jetbridge.registry import database, entity_id, export, read
    except ImportError as error:
        raise MissingLibraryError(
            f"{text!r} is looked for in the registry, whose libraries are not installed: {error}",
            hint="pip install 'jetbridge[registry]'",
        ) from error
    from jetbridge.idl import LAUNCH_PLAN, WORKFLOW

    here = entity_id.Scope(*(os.environ.get(name, default) for name, default in entity_id.DEFAULT_SCOPE.items()))
    reference = entity_id.parse_reference(text, here)
    with database.open_registry(database.default_url()) as engine, engine.begin() as connection:
        kinds = (WORKFLOW, LAUNCH_PLAN)
        own = read.resolve(connection, reference.scope, reference.name, reference.version, kinds)
        return export.closure_of(connection, own)
