"""Says which step runs and how long it took."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

REMIND_SECONDS = 30.0


def say(text: str) -> None:
    """Print one line at once, also when the output is a pipe."""
    print(text, flush=True)


@dataclass
class Timings:
    """Seconds per finished step, in the order in which they ended."""

    seconds: dict[str, float] = field(default_factory=dict[str, float])


def _remind(name: str, started: float, done: threading.Event) -> None:
    while not done.wait(REMIND_SECONDS):
        say(f"  ... {name}: {time.monotonic() - started:.0f} s so far")


@contextmanager
def step(name: str, timings: Timings | None = None) -> Generator[Callable[[str], None]]:
    """Announce a step, remind the reader that it still runs, and print its time and an optional note."""
    started = time.monotonic()
    done = threading.Event()
    note: list[str] = []
    say(f"- {name}")
    threading.Thread(target=_remind, args=(name, started, done), daemon=True).start()
    try:
        yield note.append
    finally:
        done.set()
        elapsed = time.monotonic() - started
        failed = sys.exc_info()[0] is not None
        if timings is not None and not failed:
            timings.seconds[name] = round(elapsed, 1)
        outcome = "FAILED" if failed else "done"
        say(f"  {name}: {outcome} in {elapsed:.1f} s{''.join(f' ({text})' for text in note)}")
