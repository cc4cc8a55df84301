"""Runs in the registry: written beside the run by a thread of its own, so that a registry that is away costs a warning.

A run needs no registry. Its data, its plan and its settings are in the store; the registry knows where.
"""

from __future__ import annotations

import getpass
import os
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from queue import SimpleQueue
from typing import TYPE_CHECKING

from jetbridge.cli.console import messages
from jetbridge.cli.settings import setting
from jetbridge.errors import JetbridgeError
from jetbridge_translators.cli.record import Record

if TYPE_CHECKING:
    from jetbridge.registry.runs import RecordedRun

REGISTRY = "JETBRIDGE_REGISTRY"
_LONGEST_IMPORT = 30.0
_PATIENCE = 5.0
"""Seconds that a run which has ended waits for the registry, once its libraries are loaded."""
_LONGEST_ERROR = 4000


class Recorder:
    """Tells the registry of one run.

    Args:
        record: What is run.
        recovers: The run root of the earlier run; empty for none.
        warn: Hears why the registry does not know of the run.
    """

    def __init__(self, record: Record, recovers: str, warn: Callable[[str], None]) -> None:
        self._record = record
        self._recovers = recovers
        self._warn = warn
        self._news: SimpleQueue[tuple[str, str] | None] = SimpleQueue()
        self._loaded = threading.Event()
        self._problem = ""
        self._thread: threading.Thread | None = None
        self.run_root = ""
        """Empty until the run begins."""

    def started(self, run_root: str) -> None:
        """The run has a root, and begins."""
        self.run_root = run_root
        # Read here: a thread has no context of click's.
        arguments = (run_root, datetime.now(UTC), setting("registry"))
        # A daemon, so that a database that does not answer cannot hold this process.
        self._thread = threading.Thread(target=self._write, args=arguments, daemon=True)
        self._thread.start()

    def ended(self, state: str, error: str = "") -> None:
        """The run has ended; waits a moment for the registry, and warns when it does not know of the run then."""
        if self._thread is None:
            return
        self._news.put((state, error[:_LONGEST_ERROR]))
        self._news.put(None)
        self._loaded.wait(_LONGEST_IMPORT)
        self._thread.join(_PATIENCE)
        if self._thread.is_alive():
            self._problem = self._problem or f"no answer within {_PATIENCE:.0f} s"
        if self._problem:
            self._warn(self._problem)

    def _write(self, run_root: str, started_at: datetime, url: str) -> None:
        try:
            from jetbridge.registry.database import default_url, open_registry
            from jetbridge.registry.runs import record_run
        except ImportError as error:
            # Who has not asked for a registry needs none.
            self._problem = f"{error}: pip install 'jetbridge[registry]'" if url else ""
            return
        finally:
            self._loaded.set()
        try:
            run = self._run(run_root, started_at)
            with open_registry(url or default_url()) as engine:
                with engine.begin() as connection:
                    record_run(connection, run)
                for state, error in iter(self._news.get, None):
                    run = replace(run, state=state, error=error, ended_at=datetime.now(UTC))
                    with engine.begin() as connection:
                        record_run(connection, run)
        except JetbridgeError as error:
            self._problem = f"{error.message} {error.hint}"
        except OSError as error:
            self._problem = f"{error}. {REGISTRY} names another place."
        except Exception as error:  # whatever a driver raises, it is no reason to end a run
            self._problem = repr(error)

    def _run(self, run_root: str, started_at: datetime) -> RecordedRun:
        from jetbridge.registry.runs import RecordedRun

        record = self._record
        named = record.closure.compiled.primary.template.id
        return RecordedRun(
            name=run_root.rpartition("/")[2],
            workflow=named.name,
            backend=record.backend,
            run_root=run_root,
            target=record.origin.target,
            project=named.project,
            domain=named.domain,
            version=named.version,
            recovers=self._recovers,
            started_by=_who(),
            started_at=started_at,
        )


def _who() -> str:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in a container
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}"


@contextmanager
def recorded(record: Record, recovers: str) -> Generator[Recorder]:
    """While a run goes on: what its block ends with is its end. A block that starts no run leaves nothing."""
    recorder = Recorder(record, recovers, _warn)
    try:
        yield recorder
    except JetbridgeError as error:
        recorder.ended("failed", error.message)
        raise
    except Exception as error:
        recorder.ended("failed", repr(error))
        raise
    except BaseException:
        recorder.ended("aborted")
        raise
    recorder.ended("succeeded")


def _warn(problem: str) -> None:
    messages().print(f"Warning: the registry does not know of this run: {problem}", style="yellow", markup=False)
