"""One at a time, by objects in the store: a lease that its holder keeps alive, and that others take when it is dead.

A store can create an object if there is none, and nothing else that two cannot do at once. So each holder has an
object of its own, `<folder>/0`, `<folder>/1`, …: whoever creates the next one holds the lease. The holder alone
writes to it again, to say that it lives and when it is done. Who waits measures with its own clock for how long the
object has not changed, so that the clocks of two machines need not agree.

Like Flyte's reservations this saves work and is no lock: a holder that was cut off for longer than `EXPIRY` may still
run, and what it makes is as good as what the next one makes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

from jetbridge.errors import StoreError
from jetbridge.store import ObjectNotFoundError, Store, join

HEARTBEAT = 10.0
"""Seconds between two signs of life: as Flyte's propeller."""
EXPIRY = 60.0
"""Seconds without one after which the holder counts as dead."""
_DONE = b"done"


class Lease:
    """A lease as one who wants it sees it.

    Args:
        store: Where it lies.
        folder: URI of its folder.
        owner: Who wants it. A holder of the same name is an attempt before, which whoever started us gave up.
        clock: Seconds that only go forward.
    """

    def __init__(self, store: Store, folder: str, owner: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._folder = folder
        self._owner = owner
        self._clock = clock
        self._seen: tuple[str, bytes] = ("", b"")
        self._since = clock()

    def acquire(self) -> str:
        """The URI of the object that is ours now; empty while another holds the lease. Raises `StoreError`."""
        number, uri = self._latest()
        if uri and self._is_held(uri):
            return ""
        mine = join(self._folder, str(number + 1))
        return mine if self._store.create(mine, _beat(self._owner, 0)) else ""

    def _latest(self) -> tuple[int, str]:
        names = {uri.rpartition("/")[2]: uri for uri in self._store.list(self._folder)}
        numbers = [int(name) for name in names if name.isdecimal()]
        return (max(numbers), names[str(max(numbers))]) if numbers else (-1, "")

    def _is_held(self, uri: str) -> bool:
        try:
            now = (uri, self._store.read(uri))
        except ObjectNotFoundError:
            return True  # somebody clears up; the next look tells
        if now[1] == _DONE or now[1].partition(b"\n")[0] == self._owner.encode():
            return False
        if now != self._seen:
            self._seen, self._since = now, self._clock()
        return self._clock() - self._since < EXPIRY

    @contextmanager
    def held(self, mine: str, heartbeat: float = HEARTBEAT) -> Generator[None]:
        """Keeps what `acquire` gave alive until the block ends, and then lets the next one have it.

        A store that is away is borne: others take the lease after a while.
        """
        ended = threading.Event()
        thread = threading.Thread(
            target=self._beats, args=(mine, heartbeat, ended), name="jetbridge-lease", daemon=True
        )
        thread.start()
        try:
            yield
        finally:
            ended.set()
            # Its last beat must not come after the end.
            thread.join()
            self._write(mine, _DONE)

    def _beats(self, mine: str, heartbeat: float, ended: threading.Event) -> None:
        count = 0
        while not ended.wait(heartbeat):
            count += 1
            self._write(mine, _beat(self._owner, count))

    def _write(self, mine: str, data: bytes) -> None:
        try:
            self._store.write(mine, data)
        except StoreError:
            return


def _beat(owner: str, count: int) -> bytes:
    return f"{owner}\n{count}".encode()
