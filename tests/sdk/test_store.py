"""The store on a folder: names, commits, and what is said when it refuses."""

from __future__ import annotations

import errno
import os
import pickle
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetbridge.errors import StoreError
from jetbridge.store import ObjectNotFoundError, join, normalize_uri, open_store
from jetbridge.store.client import PART_TIMEOUT, client_options

NAMES = [
    "a b",
    "50%",
    "%41",
    "ü",
    "日本",
    "a#b",
    "a#1",
    "a:b",
    "a+b",
    "q?x",
    "x\\y",
    "{x}",
    "'",
    '"',
    "*",
    "[l]",
    ".hidden",
    "e\u0301",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_of_any_name_holds_objects(tmp_path: Path, name: str) -> None:
    store, uri = open_store(), f"file://{tmp_path}/{name}/o.pb"
    assert not store.exists(uri)
    assert store.create(uri, b"1")
    store.write(uri, b"2")
    assert store.read(uri) == b"2"
    assert list(store.list(f"file://{tmp_path}")) == [uri]
    assert (tmp_path / name / "o.pb").read_bytes() == b"2"


def test_a_plain_path_is_a_file_uri(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert normalize_uri("runs/") == f"file://{tmp_path}/runs"
    assert normalize_uri(str(tmp_path)) == f"file://{tmp_path}"
    assert normalize_uri("/") == "file:///"
    assert normalize_uri("s3://bucket/runs//") == "s3://bucket/runs"


@given(st.lists(st.sampled_from(["n0", "a b", "%"]), min_size=1, max_size=3))
def test_join_puts_names_below(names: list[str]) -> None:
    assert join("s3://b/run/", *names) == join("s3://b/run", *names) == "/".join(["s3://b/run", *names])


def test_of_many_creators_exactly_one_wins(tmp_path: Path) -> None:
    uri, barrier = f"file://{tmp_path}/outputs.pb", threading.Barrier(8)
    winners: list[int] = []

    def create(number: int) -> None:
        store = open_store()
        barrier.wait()
        if store.create(uri, b"%d" % number * 1000):
            winners.append(number)

    threads = [threading.Thread(target=create, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(winners) == 1
    assert open_store().read(uri) == b"%d" % winners[0] * 1000


def test_a_missing_object_is_told_from_a_refusal(tmp_path: Path) -> None:
    uri = f"file://{tmp_path}/nothing"
    with pytest.raises(ObjectNotFoundError, match="nothing"):
        open_store().read(uri)
    with pytest.raises(ObjectNotFoundError):
        open_store().download(uri, tmp_path / "copy")
    assert list(open_store().list(uri)) == []


@pytest.mark.parametrize("uri", ["nosuch://bucket/key", "gs:///key", "file:///", "file:///a/../b", "file:///a\nb"])
def test_an_impossible_address_is_a_store_error(uri: str) -> None:
    with pytest.raises(StoreError, match="refused") as caught:
        open_store().exists(uri)
    assert caught.value.hint


def test_files_go_up_and_come_down(tmp_path: Path) -> None:
    source, copy = tmp_path / "a b#1.bin", tmp_path / "deep" / "er" / "copy"
    source.write_bytes(bytes(range(256)) * 4096)
    store, uri = open_store(), f"file://{tmp_path}/store/a b#1.bin"
    store.upload(source, uri)
    store.download(uri, copy)
    assert copy.read_bytes() == source.read_bytes()


def test_a_file_is_never_seen_half_written(tmp_path: Path) -> None:
    store, uri = open_store(), f"file://{tmp_path}/out"

    def write() -> None:
        with store.open_writer(uri) as stream:
            stream.write(b"half")
            stream.flush()
            assert not store.exists(uri)
            assert list(store.list(f"file://{tmp_path}")) == []
            raise KeyError

    with pytest.raises(KeyError):
        write()
    assert list(tmp_path.iterdir()) == []


def test_a_transfer_that_fails_keeps_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "source").write_bytes(b"new")
    (tmp_path / "target").write_bytes(b"old")

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "copy_file_range", full)
    monkeypatch.setattr("shutil.copyfileobj", full)
    with pytest.raises(StoreError, match="No space left on device"):
        open_store().upload(tmp_path / "source", f"file://{tmp_path}/target")
    assert (tmp_path / "target").read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["source", "target"]


def test_files_between_file_systems_are_copied_plainly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> int:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(os, "copy_file_range", refused)
    (tmp_path / "source").write_bytes(b"data" * 1000)
    open_store().upload(tmp_path / "source", f"file://{tmp_path}/target")
    assert (tmp_path / "target").read_bytes() == b"data" * 1000


def test_a_missing_source_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"there is no file '.*/nothing' to upload"):
        open_store().upload(tmp_path / "nothing", f"file://{tmp_path}/target")


def test_a_name_that_the_local_store_cannot_list_is_refused(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("x")
    with pytest.raises(StoreError, match="may not end in `#` and digits"):
        open_store().upload(tmp_path / "f", f"file://{tmp_path}/target#1")


def test_only_long_transfers_are_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level("INFO", "jetbridge.store")
    (tmp_path / "f").write_bytes(b"x" * 1000)
    open_store().upload(tmp_path / "f", f"file://{tmp_path}/quick")
    assert caplog.messages == []
    monkeypatch.setattr("jetbridge.store.progress.LOG_EVERY", 0.0)
    open_store().upload(tmp_path / "f", f"file://{tmp_path}/slow")
    assert caplog.messages[-1].startswith("upload of f done: 0 of 0 MiB in 0 s")


def test_a_store_goes_to_another_process(tmp_path: Path) -> None:
    store = open_store(timedelta(seconds=1))
    store.write(f"file://{tmp_path}/f", b"x")
    assert pickle.loads(pickle.dumps(store)).read(f"file://{tmp_path}/f") == b"x"  # noqa: S301 -- our own


def test_the_environments_options_hold_for_transfers_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library drops them when it is given any."""
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setenv("AZURE_PROXY_URL", "http://proxy")
    monkeypatch.setenv("GOOGLE_TIMEOUT", "5s")
    assert client_options("s3") == {"timeout": PART_TIMEOUT, "allow_http": "true"}
    assert client_options("abfss") == {"timeout": PART_TIMEOUT, "proxy_url": "http://proxy"}
    assert client_options("gs") == {"timeout": "5s"}
