"""How a run ended, as it is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from jetbridge.errors import RunError, StoreError
from jetbridge.runtime.layout import end_uri
from jetbridge.store import ObjectStore
from jetbridge_translators.base import EngineAttempt
from jetbridge_translators.run_end import read_end, watched


def test_an_end_is_read_as_it_was_kept(tmp_path: Path) -> None:
    store, root = ObjectStore(), f"file://{tmp_path}/run"
    attempt = EngineAttempt(path="n0", number=1, state="failed", queued=1.5, ended=3.0, pod="p", containers=3)
    with watched(store, "1", pytest.fail) as watcher:
        watcher.begin(root)
        watcher.attempt(attempt)
    end = read_end(store, root)
    assert end is not None
    assert (end.state, end.error, end.target, end.attempts) == ("succeeded", "", "1", (attempt,))
    assert 0 <= end.seconds < 60


def test_a_failure_is_kept_with_its_words(tmp_path: Path) -> None:
    store, root = ObjectStore(), f"file://{tmp_path}/run"
    with pytest.raises(RunError):
        _broken(store, root, RunError("task 'a' failed"))
    with pytest.raises(KeyboardInterrupt):
        _broken(store, f"{root}2", KeyboardInterrupt())
    first, second = read_end(store, root), read_end(store, f"{root}2")
    assert first is not None
    assert second is not None
    assert (first.state, second.state) == ("failed", "interrupted")
    assert "task 'a' failed" in first.error


def _broken(store: ObjectStore, root: str, error: BaseException) -> None:
    with watched(store, "1", pytest.fail) as watcher:
        watcher.begin(root)
        raise error


def test_a_run_that_never_began_leaves_nothing(tmp_path: Path) -> None:
    with watched(ObjectStore(), "1", pytest.fail):
        pass
    assert not list(tmp_path.iterdir())


def test_an_end_that_cannot_be_kept_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: ObjectStore, uri: str, data: bytes, content_type: str = "") -> None:
        raise StoreError("no space")

    monkeypatch.setattr(ObjectStore, "write", refuse)
    told: list[str] = []
    with watched(ObjectStore(), "1", told.append) as watcher:
        watcher.begin(f"file://{tmp_path}/run")
    assert told == ["how the run ended could not be kept: no space"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 9, "attempts": []}', '{"version": 1, "attempts": [{}]}'])
def test_what_cannot_be_read_is_no_end(text: str, tmp_path: Path) -> None:
    store, root = ObjectStore(), f"file://{tmp_path}/run"
    assert read_end(store, root) is None
    store.write(end_uri(root), text.encode())
    assert read_end(store, root) is None
