"""The store on a real socket that throttles, resets, loses answers and sends half of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from jetbridge.errors import StoreError
from jetbridge.store import ObjectNotFoundError, ObjectStore, StoredObject
from jetbridge.store.folders import download_folder, upload_folder
from tests.sdk.small_s3 import SmallS3, small_s3

MIB = 1024 * 1024
FAULTS = [503, 429, 500, 408, "reset", "lost"]


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallS3]:
    with small_s3() as server:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            monkeypatch.delenv(name)
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture
def big(tmp_path: Path) -> Path:
    path = tmp_path / "big.bin"
    path.write_bytes(os.urandom(17 * MIB + 3))
    return path


@pytest.mark.parametrize("fault", [*FAULTS, "short"])
def test_small_objects_survive(s3: SmallS3, fault: int | str) -> None:
    store = ObjectStore()
    s3.faults += [fault]
    store.write("s3://b/k", b"hello")
    s3.faults[:] = [fault]
    assert store.read("s3://b/k") == b"hello"


def test_a_media_type_is_kept_for_browsers(s3: SmallS3) -> None:
    ObjectStore().write("s3://b/deck.html", b"<p>", "text/html; charset=utf-8")
    assert s3.types["deck.html"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("fault", FAULTS)
def test_a_create_whose_answer_is_lost_is_known_to_be_ours(s3: SmallS3, fault: int | str) -> None:
    store = ObjectStore()
    s3.faults += [fault]
    assert store.create("s3://b/outputs.pb", b"same")
    s3.faults[:] = [fault]
    assert not ObjectStore().create("s3://b/outputs.pb", b"same")


def test_a_create_that_nobody_answers_in_time_is_tried_again(s3: SmallS3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_TIMEOUT", "1s")
    s3.faults += ["mute"]
    assert ObjectStore().create("s3://b/outputs.pb", b"same")
    assert s3.requests[:2] == ["PUT /b/outputs.pb"] * 2


@pytest.mark.parametrize("fault", [*FAULTS, "short"])
def test_a_big_download_goes_on_where_it_broke(s3: SmallS3, big: Path, tmp_path: Path, fault: int | str) -> None:
    s3.objects["big"], s3.metadata["big"] = big.read_bytes(), {}
    s3.faults += ["", "", fault, ""]
    ObjectStore().download("s3://b/big", tmp_path / "out" / "back")
    assert (tmp_path / "out" / "back").read_bytes() == big.read_bytes()
    assert os.listdir(tmp_path / "out") == ["back"]  # noqa: PTH208 -- names


@pytest.mark.parametrize("at", range(5))
@pytest.mark.parametrize("fault", [503, "lost"])
def test_a_big_upload_survives(s3: SmallS3, big: Path, at: int, fault: int | str) -> None:
    s3.faults += [*[""] * at, fault]
    ObjectStore().upload(big, "s3://b/big")
    assert s3.objects["big"] == big.read_bytes()
    assert not s3.uploads or (at, fault) == (0, "lost"), "an abandoned upload costs money"


def test_a_refused_upload_is_an_error_and_leaves_nothing(s3: SmallS3, big: Path) -> None:
    s3.faults += ["", 403]
    with pytest.raises(StoreError, match="refused 's3://b/big'") as caught:
        ObjectStore().upload(big, "s3://b/big")
    assert caught.value.hint
    assert (s3.objects, s3.uploads) == ({}, {})


def test_an_object_that_changes_while_it_is_read_is_an_error(s3: SmallS3, big: Path) -> None:
    s3.objects["big"], s3.metadata["big"] = big.read_bytes(), {}
    with ObjectStore().open_reader("s3://b/big") as stream:
        stream.read(MIB)
        s3.objects["big"] = os.urandom(17 * MIB + 3)
        with pytest.raises(StoreError, match="replaced while it was read"):
            stream.read()


def test_a_failed_download_leaves_no_file(s3: SmallS3, big: Path, tmp_path: Path) -> None:
    s3.objects["big"], s3.metadata["big"] = big.read_bytes(), {}
    s3.faults += ["", 403, 403, 403]
    (tmp_path / "out").mkdir()
    with pytest.raises(StoreError, match="s3://b/big"):
        ObjectStore().download("s3://b/big", tmp_path / "out" / "back")
    assert list((tmp_path / "out").iterdir()) == []


def test_streams(s3: SmallS3, big: Path) -> None:
    store, data = ObjectStore(), big.read_bytes()
    s3.faults += ["", 503, "reset"]
    with store.open_writer("s3://b/w") as stream:
        stream.write(data)
    assert s3.objects["w"] == data
    s3.faults[:] = ["", "short", 503]
    with store.open_reader("s3://b/w") as stream:
        assert stream.read(10) == data[:10]
        stream.seek(-5, os.SEEK_END)
        assert stream.read() == data[-5:]
        stream.seek(3)
        assert stream.read() == data[3:]
        assert stream.read() == b""


def test_a_stream_reads_only_what_is_asked_for(s3: SmallS3, big: Path) -> None:
    s3.objects["big"], s3.metadata["big"] = big.read_bytes(), {}
    with ObjectStore().open_reader("s3://b/big") as stream:
        stream.seek(-8, os.SEEK_END)
        assert stream.read(8) == big.read_bytes()[-8:]
    assert s3.requests == ["HEAD /b/big", "GET /b/big"]


def test_a_block_that_raises_stores_nothing(s3: SmallS3) -> None:
    def write(size: int) -> None:
        with ObjectStore().open_writer("s3://b/w") as stream:
            stream.write(bytes(size))
            raise KeyError("the user's own")

    for size in (1, 40 * MIB):
        with pytest.raises(KeyError):
            write(size)
    assert (s3.objects, s3.uploads) == ({}, {})


def test_a_stream_that_the_store_refuses(s3: SmallS3) -> None:
    def write() -> None:
        with ObjectStore().open_writer("s3://b/w") as stream:
            for _ in range(128):
                stream.write(bytes(MIB))

    s3.faults += ["", 403]
    with pytest.raises(StoreError, match="refused 's3://b/w'"):
        write()
    assert (s3.objects, s3.uploads) == ({}, {})


def test_empty_objects(s3: SmallS3, tmp_path: Path) -> None:
    store = ObjectStore()
    with store.open_writer("s3://b/empty"):
        pass
    with store.open_reader("s3://b/empty") as stream:
        assert stream.read() == b""
    store.download("s3://b/empty", tmp_path / "empty")
    assert (tmp_path / "empty").read_bytes() == b""


@pytest.mark.parametrize("at", [0, 2])
def test_damage_on_the_way_is_refused(s3: SmallS3, big: Path, at: int) -> None:
    """The hash of each part is signed, so the store notices."""
    s3.faults += [*[""] * at, "damage"]
    with pytest.raises(StoreError, match="s3://b/"):
        ObjectStore().upload(big, "s3://b/big") if at else ObjectStore().write("s3://b/small", b"data")
    assert (s3.objects, s3.uploads) == ({}, {})


def test_listings(s3: SmallS3) -> None:
    for key in ("run/a", "run/sub/b", "run/sub/deep/c", "running"):
        s3.objects[key] = key.encode()
    store = ObjectStore()
    assert list(store.objects("s3://b/run/sub")) == [
        StoredObject("s3://b/run/sub/b", 9),
        StoredObject("s3://b/run/sub/deep/c", 14),
    ]
    assert store.children("s3://b/run") == (("s3://b/run/sub",), ("s3://b/run/a",))


def test_folders_with_faults(s3: SmallS3, tmp_path: Path) -> None:
    for name in [f"d{n % 3}/f {n}" for n in range(60)]:
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    s3.faults += [503, "", "reset", "lost", "", "short"] * 4
    upload_folder(ObjectStore(), tmp_path / "in", "s3://b/folder")
    s3.objects["folder/d0/"], s3.metadata["folder/d0/"] = b"", {}  # as S3's console marks a folder
    s3.faults += ["", 503, "", "reset", "lost", "", "short"] * 4
    download_folder(ObjectStore(), "s3://b/folder", tmp_path / "out")
    names = sorted(path.relative_to(tmp_path / "in") for path in (tmp_path / "in").rglob("*"))
    assert sorted(path.relative_to(tmp_path / "out") for path in (tmp_path / "out").rglob("*")) == names
    assert (tmp_path / "out" / "d1" / "f 58").read_text() == "d1/f 58"


def test_the_first_error_of_a_folder_stops_it(s3: SmallS3, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for n in range(200):
        (tmp_path / "in" / str(n)).write_text("x")
    s3.faults += [403]
    with pytest.raises(StoreError, match="s3://b/folder"):
        upload_folder(ObjectStore(), tmp_path / "in", "s3://b/folder")
    assert len(s3.objects) < 100


def test_missing_is_told_from_refused(s3: SmallS3, tmp_path: Path) -> None:
    store, uri = ObjectStore(), "s3://b/nothing"
    with pytest.raises(ObjectNotFoundError, match=uri):
        store.read(uri)
    with pytest.raises(ObjectNotFoundError, match=uri):
        store.open_reader(uri)
    with pytest.raises(ObjectNotFoundError, match=uri):
        store.download(uri, tmp_path / "x")
