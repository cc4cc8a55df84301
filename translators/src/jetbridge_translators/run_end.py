"""How a run ended, in its run root: for reports, on a machine that has not seen the run."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from jetbridge.errors import JetbridgeError, StoreError
from jetbridge.runtime.layout import end_uri
from jetbridge.store import ObjectNotFoundError, Store
from jetbridge_translators.base import EngineAttempt

SUCCEEDED, FAILED, INTERRUPTED = "succeeded", "failed", "interrupted"
_VERSION = 1
_LONGEST_ERROR = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnd:
    """How a run ended.

    Attributes:
        state: `succeeded`, `failed` or `interrupted`.
        started: When it was started, as seconds since 1970.
        seconds: How long it took, as whoever waited for it saw it.
        error: What the user was told; empty for success.
        target: The version of the engine that it was for.
        attempts: What the engine says.
    """

    state: str
    started: float
    seconds: float
    error: str = ""
    target: str = ""
    attempts: tuple[EngineAttempt, ...] = ()


class Watcher:
    """Hears of a run, so that its end can be kept.

    Args:
        target: The version of the engine.
        warn: Hears that the end could not be kept; the run itself does not mind.
    """

    def __init__(self, target: str, warn: Callable[[str], None]) -> None:
        self._target = target
        self._warn = warn
        self._started = time.time()
        self._clock = time.monotonic()
        self._attempts: list[EngineAttempt] = []
        self.run_root = ""

    def attempt(self, attempt: EngineAttempt) -> None:
        """The engine tells of an attempt."""
        self._attempts.append(attempt)

    def begin(self, run_root: str) -> None:
        """The run has a root, and starts."""
        self.run_root, self._started, self._clock = run_root, time.time(), time.monotonic()

    def end(self, store: Store, state: str, error: str = "") -> None:
        """Keeps the end, of a run that has begun."""
        if not self.run_root:
            return
        end = RunEnd(
            state=state,
            started=self._started,
            seconds=time.monotonic() - self._clock,
            error=error[:_LONGEST_ERROR],
            target=self._target,
            attempts=tuple(self._attempts),
        )
        try:
            store.write(end_uri(self.run_root), json.dumps({"version": _VERSION, **asdict(end)}).encode())
        except StoreError as problem:
            self._warn(f"how the run ended could not be kept: {problem.message}")


@contextmanager
def watched(store: Store, target: str, warn: Callable[[str], None]) -> Generator[Watcher]:
    """Keeps how the run in the block ends."""
    watcher = Watcher(target, warn)
    try:
        yield watcher
    except JetbridgeError as error:
        watcher.end(store, FAILED, str(error))
        raise
    except BaseException:
        watcher.end(store, INTERRUPTED)
        raise
    watcher.end(store, SUCCEEDED)


def read_end(store: Store, run_root: str) -> RunEnd | None:
    """How a run ended; None for one that goes on, whose starter was lost, or that an older version ran."""
    try:
        tree: dict[str, Any] = json.loads(store.read(end_uri(run_root)))
        attempts = tuple(EngineAttempt(**each) for each in tree.pop("attempts"))
        if tree.pop("version") != _VERSION:
            return None
        return RunEnd(attempts=attempts, **tree)
    except (ObjectNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return None
