"""One run of a target on one back end, with its outputs: what `run` and `compare` share."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from jetbridge.cli.console import messages
from jetbridge.idl import Literal, LiteralMap
from jetbridge.serialize.closure import Closure
from jetbridge_translators.api import Engine, read_outputs
from jetbridge_translators.base import RunRequest, RunResult, Settings
from jetbridge_translators.cli.progress import RunProgress
from jetbridge_translators.plan.model import Plan
from jetbridge_translators.plan.names import dns_label


@dataclass(frozen=True, slots=True)
class Execution:
    """A finished run: where its data lies, how it went, and its outputs."""

    plan: Plan
    backend: str
    result: RunResult
    outputs: Mapping[str, Literal]


def execute(closure: Closure, backend_name: str, inputs: LiteralMap, settings: Settings, source_root: str) -> Execution:
    """Runs a closure on a back end and reads the outputs. Raises `RunError`, `TranslationError` or `UsageError`."""
    engine = Engine()
    plan = engine.plan(closure, backend_name)
    progress = RunProgress(messages(), backend_name, len(plan.steps))
    request = RunRequest(
        run_id=new_run_id(plan.name, secrets.token_hex),
        inputs=inputs,
        settings=settings,
        source_root=source_root,
        on_event=progress.event,
        on_output=progress.output,
    )
    with progress.shown():
        result = engine.run(plan, backend_name, request)
    return Execution(plan, backend_name, result, read_outputs(plan, result.run_root))


def new_run_id(workflow: str, token: Callable[[int], str]) -> str:
    """A fresh name for a run: readable, and legal as a Kubernetes name."""
    return f"{dns_label(workflow, 40)}-{token(4)}"
