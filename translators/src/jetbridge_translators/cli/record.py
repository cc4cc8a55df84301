"""The record of a run in its run root: what was started, where and how, for verbs that come later."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from google.protobuf.message import DecodeError

from jetbridge.cli.settings import registry_url
from jetbridge.errors import UsageError
from jetbridge.idl_admin import CompiledWorkflowClosure, LaunchPlan
from jetbridge.runtime.layout import record_uri
from jetbridge.serialize.closure import Closure
from jetbridge.store import ObjectNotFoundError, Store, join, normalize_uri, open_store
from jetbridge_translators.base import Settings
from jetbridge_translators.cli.options import default_store
from jetbridge_translators.planning import read_planning

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a closure comes from: TARGET with an absolute path, and the `--image` options."""

    target: str = ""
    images: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A run as it was started.

    Attributes:
        backend: The back end's name.
        settings: As the user gave them, without the back end's defaults.
        closure: What runs.
        origin: Where that comes from.
    """

    backend: str
    settings: Settings
    closure: Closure
    origin: Origin = field(default_factory=Origin)


def origin_of(target: str, images: tuple[str, ...]) -> Origin:
    """The origin of a target on the command line: the path of a file holds in every folder."""
    place, separator, name = target.rpartition(":") if ":" in target else (target, "", "")
    absolute = str(Path(place).resolve()) if Path(place).is_file() else place
    return Origin(f"{absolute}{separator}{name}", images)


def run_root_of(run: str, store: str) -> str:
    """The run root that RUN names: a run's name, or the URI or path of the root itself.

    A name lies below `--store`. Without one it is looked for in the usual store, and then in the registry.

    Raises:
        UsageError: neither knows of it.
        DatabaseError: the registry cannot be reached.
    """
    if "/" in run:
        return normalize_uri(run)
    if store:
        return join(normalize_uri(store), run)
    usual = join(default_store(), run)
    return usual if open_store().exists(record_uri(usual)) else _registered_root(run, usual)


def _registered_root(run: str, otherwise: str) -> str:
    try:
        from jetbridge.registry.database import open_registry
        from jetbridge.registry.runs import run_named
    except ImportError:
        return otherwise
    with open_registry(registry_url()) as engine, engine.begin() as connection:
        return run_named(connection, run).run_root


def write_record(store: Store, run_root: str, record: Record) -> None:
    """Puts the record into the run root. Raises `StoreError`."""
    store.write(record_uri(run_root), json.dumps(_tree(record), indent=1).encode())


def read_record(store: Store, run_root: str) -> Record:
    """The record of a run.

    Raises:
        UsageError: there is no such run, or its record cannot be read.
    """
    try:
        return _record(json.loads(store.read(record_uri(run_root))))
    except ObjectNotFoundError as error:
        raise UsageError(
            f"there is no run at {run_root!r}",
            hint="`jetbridge runs` lists what the registry knows; or give the URI that `jetbridge run` printed.",
        ) from error
    except (ValueError, KeyError, TypeError, DecodeError) as error:
        raise UsageError(
            f"the record {record_uri(run_root)!r} cannot be read: {error}", hint="Start the run again."
        ) from error


def _tree(record: Record) -> dict[str, Any]:
    settings, closure = record.settings, record.closure
    return {
        "version": _VERSION,
        "backend": record.backend,
        "target": record.origin.target,
        "images": list(record.origin.images),
        "settings": {"store": settings.store, "target": settings.target, "options": dict(settings.options)},
        "planning": settings.planning.tree(),
        "workflow": {
            "description": closure.description,
            "compiled": _text(closure.compiled.SerializeToString(deterministic=True)),
            "launch_plan": _text(closure.launch_plan.SerializeToString(deterministic=True)),
            "launch_plans": [_text(plan.SerializeToString(deterministic=True)) for plan in closure.launch_plans],
        },
    }


def _record(tree: Mapping[str, Any]) -> Record:
    if tree["version"] != _VERSION:
        raise ValueError(f"it is of version {tree['version']}")
    workflow = tree["workflow"]
    return Record(
        backend=tree["backend"],
        settings=Settings(**tree["settings"], planning=read_planning(tree.get("planning", {}))),
        closure=Closure(
            CompiledWorkflowClosure.FromString(_bytes(workflow["compiled"])),
            LaunchPlan.FromString(_bytes(workflow["launch_plan"])),
            workflow["description"],
            tuple(LaunchPlan.FromString(_bytes(plan)) for plan in workflow["launch_plans"]),
        ),
        origin=Origin(tree["target"], tuple(tree["images"])),
    )


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
