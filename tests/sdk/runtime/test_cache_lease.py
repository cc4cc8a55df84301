"""The lease that lets equal calls run one at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from jetbridge.errors import StoreError
from jetbridge.runtime.cache_lease import EXPIRY, HEARTBEAT, Lease
from jetbridge.store import ObjectStore, join


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def folder(tmp_path: Path) -> str:
    return f"file://{tmp_path}/leases"


@pytest.fixture
def clock() -> Clock:
    return Clock()


def lease(folder: str, owner: str, clock: Clock) -> Lease:
    return Lease(ObjectStore(), folder, owner, clock)


def test_the_first_gets_it_and_the_next_one_after_the_end(folder: str, clock: Clock) -> None:
    first, second = lease(folder, "run-1/n0", clock), lease(folder, "run-2/n0", clock)
    mine = first.acquire()
    assert mine == join(folder, "0")
    with first.held(mine):
        assert second.acquire() == ""
    assert second.acquire() == join(folder, "1")
    assert first.acquire() == ""


def test_a_holder_without_a_sign_of_life_is_dead_after_a_while(folder: str, clock: Clock) -> None:
    assert lease(folder, "run-1/n0", clock).acquire()
    second = lease(folder, "run-2/n0", clock)
    assert second.acquire() == ""
    clock.now += EXPIRY - 1
    assert second.acquire() == ""
    clock.now += 1
    assert second.acquire() == join(folder, "1")


def test_signs_of_life_are_awaited_anew(folder: str, clock: Clock) -> None:
    mine = lease(folder, "run-1/n0", clock).acquire()
    second = lease(folder, "run-2/n0", clock)
    assert second.acquire() == ""
    for count in range(3):
        clock.now += EXPIRY - 1
        ObjectStore().write(mine, f"run-1/n0\n{count + 1}".encode())
        assert second.acquire() == ""
    clock.now += EXPIRY
    assert second.acquire()
    assert HEARTBEAT * 3 < EXPIRY


def test_the_holder_gives_signs_of_life(folder: str, clock: Clock) -> None:
    beats = threading.Event()

    class Watched(ObjectStore):
        def write(self, uri: str, data: bytes, content_type: str = "") -> None:
            super().write(uri, data, content_type)
            if data == b"run-1/n0\n2":
                beats.set()

    first = Lease(Watched(), folder, "run-1/n0", clock)
    mine = first.acquire()
    with first.held(mine, heartbeat=0.001):
        assert beats.wait(20)
    assert ObjectStore().read(mine) == b"done"


def test_a_later_attempt_of_the_same_node_does_not_wait(folder: str, clock: Clock) -> None:
    assert lease(folder, "run-1/n0", clock).acquire() == join(folder, "0")
    assert lease(folder, "run-1/n0", clock).acquire() == join(folder, "1")


def test_a_failure_in_the_block_ends_the_lease(folder: str, clock: Clock) -> None:
    first = lease(folder, "run-1/n0", clock)
    with pytest.raises(ValueError, match="the task failed"), first.held(first.acquire()):
        raise ValueError("the task failed")
    assert lease(folder, "run-2/n0", clock).acquire()


def test_one_of_many_gets_it(folder: str, clock: Clock) -> None:
    start, found = threading.Barrier(8), list[str]()

    def wants(owner: int) -> None:
        mine = lease(folder, f"run-{owner}/n0", clock)
        start.wait(20)
        found.append(mine.acquire())

    threads = [threading.Thread(target=wants, args=(owner,)) for owner in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [""] * 7 + [join(folder, "0")]


def test_a_store_that_is_away_does_not_end_what_holds_it(folder: str, clock: Clock) -> None:
    class Away(ObjectStore):
        def write(self, uri: str, data: bytes, content_type: str = "") -> None:
            raise StoreError("away")

    first = Lease(Away(), folder, "run-1/n0", clock)
    with first.held(first.acquire()):
        pass
    assert lease(folder, "run-2/n0", clock).acquire() == ""


def test_a_lease_that_is_cleared_up_meanwhile_is_looked_at_again(folder: str, clock: Clock) -> None:
    class Cleared(ObjectStore):
        def list(self, prefix: str) -> Iterator[str]:
            return iter([join(prefix, "0")])

    waiting = Lease(Cleared(), folder, "run-2/n0", clock)
    assert waiting.acquire() == ""
