"""One run of a target on one back end, with its outputs: what `run` and `compare` share."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import ParamSpec

from jetbridge.cli.console import messages
from jetbridge.errors import RunError, StoreError
from jetbridge.idl import Literal, LiteralMap
from jetbridge.serialize.closure import Closure
from jetbridge.store import open_store
from jetbridge_translators.api import Engine, read_outputs
from jetbridge_translators.base import RunRequest, RunResult, Settings
from jetbridge_translators.cli.asking import Asker
from jetbridge_translators.cli.progress import RunProgress
from jetbridge_translators.cli.record import Origin, Record, write_record
from jetbridge_translators.cli.recording import Recorder, recorded
from jetbridge_translators.logs import LogWriter
from jetbridge_translators.plan.model import Plan
from jetbridge_translators.plan.names import dns_label
from jetbridge_translators.recovery import take_over
from jetbridge_translators.run_end import Watcher, watched

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Execution:
    """A finished run: where its data lies, how it went, and its outputs."""

    plan: Plan
    backend: str
    result: RunResult
    outputs: Mapping[str, Literal]


class FailedRun(RunError):  # noqa: N818 -- the run, with its error
    """A run that has begun and failed; its data is still there.

    Args:
        error: What the user is told.
        run_root: Where the data lies.
    """

    def __init__(self, error: RunError, run_root: str) -> None:
        super().__init__(error.message, hint=error.hint)
        self.run_root = run_root


Earlier = tuple[str, frozenset[str]]
"""The run root of an earlier run, and the paths of the nodes whose outputs there hold for this run too."""


def execute(
    closure: Closure,
    backend_name: str,
    inputs: LiteralMap,
    settings: Settings,
    source_root: str,
    origin: Origin | None = None,
    *,
    overwrite_cache: bool = False,
    earlier: Earlier | None = None,
) -> Execution:
    """Runs a closure on a back end and reads the outputs.

    Raises:
        FailedRun: the run has begun and failed.
        RunError: it could not begin.
        TranslationError: the back end refuses something.
        UsageError: the settings or the inputs cannot be used.
    """
    engine = Engine()
    target = engine.run_settings(backend_name, settings).target
    plan = engine.plan(closure, backend_name, settings.planning, target)
    record = Record(backend=backend_name, settings=settings, closure=closure, origin=origin or Origin())
    request = RunRequest(
        run_id=new_run_id(plan.name, secrets.token_hex),
        inputs=inputs,
        settings=settings,
        source_root=source_root,
        overwrite_cache=overwrite_cache,
        recovers=earlier is not None,
    )
    progress = RunProgress(messages(), backend_name, len(plan.steps))
    watching = watched(open_store(), target, messages().print)
    result = _followed(partial(engine.run, plan, backend_name), request, record, earlier, progress, watching)
    return Execution(plan, backend_name, result, read_outputs(plan, result.run_root))


def _followed(
    run: Callable[[RunRequest], RunResult],
    request: RunRequest,
    record: Record,
    earlier: Earlier | None,
    progress: RunProgress,
    watching: AbstractContextManager[Watcher],
) -> RunResult:
    """Runs with everything that hears of it: the terminal, the log, the registry and the run's own data."""
    log = LogWriter()
    with (
        recorded(record, earlier[0] if earlier else "") as recorder,
        _kept(log, recorder),
        watching as watcher,
        progress.shown(),
    ):
        heard = replace(
            request,
            on_event=_both(log.event, progress.event),
            on_output=_both(log.output, progress.output),
            ask=Asker(progress.paused),
            on_start=_both(partial(_start, record, earlier, recorder), watcher.begin),
            on_attempt=watcher.attempt,
        )
        return _run(partial(run, heard), watcher)


def _run(run: Callable[[], RunResult], watcher: Watcher) -> RunResult:
    try:
        return run()
    except RunError as error:
        if not watcher.run_root:
            raise
        raise FailedRun(error, watcher.run_root) from error


def _both(first: Callable[P, None], second: Callable[P, None]) -> Callable[P, None]:
    def call(*args: P.args, **kwargs: P.kwargs) -> None:
        first(*args, **kwargs)
        second(*args, **kwargs)

    return call


@contextmanager
def _kept(log: LogWriter, recorder: Recorder) -> Generator[None]:
    """However the run ends, what it printed is kept; a store that does not take it is no reason to fail."""
    try:
        yield
    finally:
        try:
            if recorder.run_root:
                log.save(open_store(), recorder.run_root)
        except StoreError as error:
            messages().print(f"Warning: the log of this run is not kept: {error.message}", style="yellow", markup=False)


def _start(record: Record, earlier: Earlier | None, recorder: Recorder, run_root: str) -> None:
    recorder.started(run_root)
    store = open_store()
    write_record(store, run_root, record)
    if earlier is not None:
        take_over(store, earlier[0], run_root, earlier[1])


def new_run_id(workflow: str, token: Callable[[int], str]) -> str:
    """A fresh name for a run: readable, and legal as a Kubernetes name."""
    return f"{dns_label(workflow, 40)}-{token(4)}"
