"""Starts runs in threads of this process and keeps what they say, so that a test can act in the middle of one."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from jetbridge.cli.inputs import read_inputs
from jetbridge.cli.options import serialization_settings
from jetbridge.cli.target import Target, load_target
from jetbridge.errors import JetbridgeError
from jetbridge.serialize.closure import Closure
from jetbridge.store import normalize_uri, open_store
from jetbridge_translators.api import Engine, read_outputs
from jetbridge_translators.base import RunRequest, Settings, StepEvent
from jetbridge_translators.cli.code import code_of, publish
from jetbridge_translators.cli.execution import Execution, new_run_id
from jetbridge_translators.cli.record import Record, origin_of, write_record
from jetbridge_translators.planning import Planning
from tests.on_cluster.site import Site

WORKFLOWS = Path(__file__).parent / "workflows"
_LONGEST = 600.0


@dataclass(slots=True)
class Heard:
    """What a run has said so far."""

    events: list[StepEvent] = field(default_factory=list[StepEvent])
    lines: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    changed: threading.Condition = field(default_factory=threading.Condition)

    def event(self, event: StepEvent) -> None:
        with self.changed:
            self.events.append(event)
            self.changed.notify_all()

    def output(self, step: str, line: str) -> None:
        with self.changed:
            self.lines.append((step, line))
            self.changed.notify_all()

    def wait_for(self, line: str, times: int = 1) -> None:
        """Returns when a line has been printed so often."""
        with self.changed:
            said = self.changed.wait_for(lambda: [text for _, text in self.lines].count(line) >= times, _LONGEST)
        assert said, f"nobody printed {line!r}: {self.lines}"

    def states(self, step: str) -> list[str]:
        """The states of a step, in their order."""
        return [event.state for event in self.events if event.step == step]


@dataclass(frozen=True, slots=True)
class Run:
    """A run that may still go on."""

    run_id: str
    heard: Heard
    future: Future[Execution]

    def done(self) -> Execution:
        """The finished run. Raises its error."""
        return self.future.result(_LONGEST)

    def error(self) -> JetbridgeError:
        """The error that it ended with."""
        error = self.future.exception(_LONGEST)
        assert isinstance(error, JetbridgeError), f"{self.run_id} ended with {error!r}"
        return error


class Launcher:
    """Starts runs on Argo, as many at a time as are asked for.

    Args:
        site: The cluster.
    """

    def __init__(self, site: Site) -> None:
        self._site = site
        self._pool = ThreadPoolExecutor(max_workers=16)
        self._lock = threading.Lock()
        self.run_ids: list[str] = []

    def start(
        self,
        target: str,
        inputs: tuple[str, ...] = (),
        *,
        backend: str = "argo",
        store: str = "",
        image: str = "",
        options: Mapping[str, str] | None = None,
        overwrite_cache: bool = False,
        planning: Planning | None = None,
    ) -> Run:
        """Starts a workflow.

        Args:
            target: `file.py:workflow` in `workflows/`, or with the path of another folder.
            inputs: As on the command line.
            backend: The back end.
            store: Where the data lies; the site's store by default.
            image: The tasks' image; the site's by default.
            options: Options of Argo beside the site's.
            overwrite_cache: Whether cached outputs are made anew.
            planning: What holds for the plan.
        """
        image = image or self._site.image
        path = target if "/" in target else str(WORKFLOWS / target)
        remote = {**self._site.options, **(options or {})} if backend == "argo" else {}
        settings = Settings(
            store=normalize_uri(store or self._site.store),
            target=self._site.targets.get(backend, ""),
            options=remote,
            planning=planning or Planning(),
        )
        # The author's modules are imported here, and that is not safe in several threads.
        with self._lock:
            loaded = load_target(path)
            # A package has its code in the image, or brings it.
            with_code = backend == "argo" and (bool(loaded.source_root) or loaded.brings_code)
            closure = _closed(loaded, settings.store, image, with_code=with_code)
            literals = read_inputs(closure, inputs, None)
        heard = Heard()
        record = Record(backend=backend, settings=settings, closure=closure, origin=origin_of(path, (image,)))
        request = RunRequest(
            run_id=new_run_id(closure.launch_plan.id.name, secrets.token_hex),
            inputs=literals,
            settings=settings,
            source_root=loaded.source_root,
            overwrite_cache=overwrite_cache,
            on_event=heard.event,
            on_output=heard.output,
            on_start=lambda run_root: write_record(open_store(), run_root, record),
        )
        if backend == "argo":
            self.run_ids.append(request.run_id)
        return Run(request.run_id, heard, self._pool.submit(_execute, closure, backend, request))


def _closed(loaded: Target, store: str, image: str, *, with_code: bool) -> Closure:
    code = code_of(loaded, "auto" if with_code else "none", store)
    publish(code)
    return loaded.close(serialization_settings([image], loaded.source_root, code.uri))


def _execute(closure: Closure, backend: str, request: RunRequest) -> Execution:
    engine = Engine()
    plan = engine.plan(closure, backend, request.settings.planning)
    result = engine.run(plan, backend, request)
    return Execution(plan, backend, result, read_outputs(plan, result.run_root))
