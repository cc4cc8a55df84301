"""One verb at a time: two of them at once would start or end the same things twice."""

from __future__ import annotations

import fcntl
from collections.abc import Generator
from contextlib import contextmanager

from tests.cluster.paths import Paths
from tests.cluster.progress import say


@contextmanager
def exclusive(paths: Paths) -> Generator[None]:
    """Hold the cluster's lock; waits, and says so, while another process has it."""
    file = paths.cache / "cluster" / "lock"
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another `python3 -m tests.cluster` is at work; waiting for it")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
