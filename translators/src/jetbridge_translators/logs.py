"""What the nodes of a run have printed: in the engine as long as it keeps that, and in the store when the run is over.

`<run root>/log.jsonl` holds the lines that the verb which followed the run has heard, one JSON object a line.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from tempfile import SpooledTemporaryFile

from jetbridge.runtime.layout import log_uri
from jetbridge.store import ObjectNotFoundError, Store
from jetbridge_translators.base import NodeLog, StepEvent

_IN_MEMORY = 2**20
_LONGEST = 32 * 2**20
"""Bytes of a run's log that are kept."""
_CUT = "the rest is not kept: this run has printed more than 32 MiB"


@dataclass(frozen=True, slots=True)
class _Line:
    step: str
    attempt: int
    text: str


class LogWriter:
    """Keeps what a run prints, and puts it into the store at the end; safe for threads."""

    def __init__(self) -> None:
        # Not a context: it lives as long as the run.
        self._file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
        self._retries: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._size = 0

    def event(self, event: StepEvent) -> None:
        """A step has changed: lines after a retry are of the next attempt."""
        if event.state == "retrying":
            with self._lock:
                self._retries[event.step] += 1

    def output(self, step: str, line: str) -> None:
        """A step has printed a line."""
        with self._lock:
            if self._size > _LONGEST:
                return
            self._put(step, line)
            if self._size > _LONGEST:
                self._put(step, _CUT)

    def _put(self, step: str, line: str) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        tree = {"time": now, "step": step, "attempt": self._retries[step], "line": line}
        self._size += self._file.write(json.dumps(tree, ensure_ascii=False).encode(errors="replace") + b"\n")

    def save(self, store: Store, run_root: str) -> None:
        """Puts it beside the run's data, and forgets it. Raises `StoreError`."""
        with self._lock, self._file as file:
            file.seek(0)
            store.write(log_uri(run_root), file.read())


def stored_logs(store: Store, run_root: str) -> tuple[NodeLog, ...] | None:
    """What was kept of each attempt, in the order of the first lines; None where nothing is kept (yet)."""
    try:
        data = store.read(log_uri(run_root))
    except ObjectNotFoundError:
        return None
    lines = list(_lines(data))
    order: dict[tuple[str, int], list[str]] = {}
    for (step, attempt), group in groupby(lines, key=lambda line: (line.step, line.attempt)):
        order.setdefault((step, attempt), []).extend(line.text for line in group)
    return tuple(NodeLog(step=step, attempt=attempt, lines=lines) for (step, attempt), lines in order.items())


def _lines(data: bytes) -> Iterator[_Line]:
    for text in data.decode(errors="replace").splitlines():
        tree = json.loads(text)
        yield _Line(tree["step"], tree["attempt"], tree["line"])


def merged(live: Iterable[NodeLog], stored: Sequence[NodeLog]) -> Iterator[NodeLog]:
    """The engine's logs; where it has none, what is stored of that attempt, and what the engine knows nothing of."""
    left: dict[tuple[str, int], NodeLog] = {(log.step, log.attempt): log for log in stored}
    for log in live:
        kept = left.pop((log.step, log.attempt), None)
        yield log if kept is None or not log.gone else _from_store(log, kept)
    yield from left.values()


def _from_store(log: NodeLog, kept: NodeLog) -> NodeLog:
    return NodeLog(step=log.step, attempt=log.attempt, lines=kept.lines, gone=f"{log.gone}; this is what the store has")
