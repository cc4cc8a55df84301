"""Runs cases on an engine, several at once, and keeps how each ended."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Generator, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from jetbridge.cli.inputs import read_inputs
from jetbridge.cli.options import serialization_settings
from jetbridge.errors import JetbridgeError, RunError
from jetbridge.store import join, normalize_uri, open_store
from jetbridge_translators import registry
from jetbridge_translators.api import read_outputs
from jetbridge_translators.base import RunRequest, Settings
from jetbridge_translators.cli.code import code_of, copy_mode, publish
from jetbridge_translators.cli.execution import new_run_id
from jetbridge_translators.plan.model import Plan
from tests.conformance import making, outcome
from tests.conformance.case import Case
from tests.conformance.outcome import Outcome
from tests.conformance.profile import Options, Way, find


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the engine is.

    Attributes:
        store: URI or path of a folder for these runs alone.
        scratch: A folder of this machine for what an engine leaves behind.
        image: The tasks' image.
        target: The version of the engine; the back end's default one where it is empty.
        options: Of the back end, beside those of the way.
        environ: What the shell of a user of this engine has beside this process's variables.
    """

    store: str
    scratch: Path
    image: str = making.IMAGE
    target: str = ""
    options: Options = field(default_factory=dict[str, str])
    environ: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Runs:
    """Finished runs of one way.

    Attributes:
        futures: How each case ended, or what kept it from running.
        run_ids: The runs that were asked for; an engine may have names of its own.
    """

    futures: Mapping[Case, Future[Outcome]]
    run_ids: tuple[str, ...]

    def outcome(self, case: Case) -> Outcome:
        """How a case ended. Raises what kept it from running."""
        return self.futures[case].result()


def run_all(cases: Iterable[Case], backend_name: str, way: Way, place: Place) -> Runs:
    """Runs cases one way, and waits for all. An error that is no failed run is kept for whoever asks for the case."""
    futures: dict[Case, Future[Outcome]] = {}
    run_ids: list[str] = []
    with _environment(cases := tuple(cases), place), ThreadPoolExecutor(way.at_once) as pool:
        # Cases are loaded here, because importing modules is not safe in several threads.
        for case in cases:
            try:
                plan, request = _prepared(case, backend_name, way, place)
            except JetbridgeError as error:
                futures[case] = _refused(error)
                continue
            run_ids.append(request.run_id)
            futures[case] = pool.submit(_ended, plan, backend_name, request)
    return Runs(futures, tuple(run_ids))


def _refused(error: JetbridgeError) -> Future[Outcome]:
    future: Future[Outcome] = Future()
    future.set_exception(error)
    return future


def _prepared(case: Case, backend_name: str, way: Way, place: Place) -> tuple[Plan, RunRequest]:
    settings = Settings(
        store=join(normalize_uri(place.store), case.name),
        target=place.target,
        options={**place.options, **way.options},
        planning=case.planning,
    )
    loaded = making.target(case)
    code = code_of(loaded, copy_mode(None, backend_name, settings, loaded), settings.store)
    closure = loaded.close(serialization_settings([place.image], loaded.source_root, code.uri))
    plan = making.ENGINE.plan(closure, backend_name, case.planning)
    publish(code)
    request = RunRequest(
        run_id=new_run_id(closure.launch_plan.id.name, secrets.token_hex),
        inputs=read_inputs(closure, case.inputs, None),
        settings=settings,
        source_root=loaded.source_root,
    )
    return plan, request


def _ended(plan: Plan, backend_name: str, request: RunRequest) -> Outcome:
    store, folder = open_store(), request.settings.store
    try:
        result = making.ENGINE.run(plan, backend_name, request)
    except RunError as error:
        return outcome.failure(store, folder, error)
    return outcome.success(store, folder, read_outputs(plan, result.run_root))


@contextmanager
def _environment(cases: Iterable[Case], place: Place) -> Generator[None]:
    """The user's variables, and the secrets of the cases as a task of this machine finds them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(place.scratch))
        for name, value in {**place.environ, **_secrets(cases)}.items():
            patch.setenv(name, value)
        yield


def _secrets(cases: Iterable[Case]) -> dict[str, str]:
    return {
        f"_FSEC_{group}_{key}".upper(): value
        for case in cases
        for group, entries in case.secrets.items()
        for key, value in entries.items()
    }


def known_options(backend_name: str, options: Options) -> dict[str, str]:
    """Those that the back end has."""
    known = {option.name for option in registry.backend(backend_name, find).options}
    return {name: value for name, value in options.items() if name in known}
