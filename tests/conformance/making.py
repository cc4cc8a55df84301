"""From a case to its closure, its plan and its files; each is made once in a session."""

from __future__ import annotations

from functools import cache, partial

from google.protobuf import text_format

from jetbridge.cli.target import Target, load_target
from jetbridge.serialize.closure import Closure
from jetbridge.serialize.settings import SerializationSettings
from jetbridge_translators import registry
from jetbridge_translators.api import Engine
from jetbridge_translators.base import Settings
from jetbridge_translators.plan.build import build
from jetbridge_translators.plan.model import Plan
from tests.conformance.case import Case
from tests.conformance.profile import Writing, find

IMAGE = "ghcr.io/example/tasks:1"
STORE = "s3://example/runs"
ENGINE = Engine(find)


def target(case: Case) -> Target:
    """Raises `UsageError` when the SDK does not offer what the case is written with."""
    return load_target(case.path)


@cache
def closure(case: Case) -> Closure:
    """Raises also `CompileError`."""
    loaded = target(case)
    return loaded.close(SerializationSettings(image=IMAGE, source_root=loaded.source_root))


@cache
def plan(case: Case) -> Plan:
    """Raises also `TranslationError`, when no back end could keep what the case asks."""
    return build(closure(case), partial(registry.handler, find=find), case.planning)


def checked_plan(case: Case, backend: str, target: str = "") -> Plan:
    """Raises also `TranslationError`, when this back end refuses the case."""
    return ENGINE.plan(closure(case), backend, case.planning, target)


def translate(case: Case, writing: Writing) -> dict[str, bytes]:
    """The files of a back end. Raises also `TranslationError`, when this back end refuses the case."""
    settings = Settings(store=STORE, target=writing.target, options=writing.options, planning=case.planning)
    return dict(ENGINE.translate(closure(case), writing.backend, settings).files)


def closure_text(case: Case) -> str:
    """The closure as protobuf text, with the entries of maps sorted by protobuf itself."""
    found = closure(case)
    parts = [text_format.MessageToString(message) for message in (found.compiled, found.launch_plan)]
    return "\n# launch plan\n".join(parts)
