"""The store on a folder: names, commits, and what is said when it refuses."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetbridge.errors import StoreError
from jetbridge.store import ObjectNotFoundError, join, normalize_uri, open_store

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
