"""The store on a real S3: sizes, many objects, conditional create, and a gateway that is away for a while."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from jetbridge.store import ObjectNotFoundError, ObjectStore, join
from jetbridge.store.folders import download_folder, upload_folder
from tests.on_cluster.site import Site
from tests.sdk.test_store_memory import peak

pytestmark = pytest.mark.cluster
MIB = 1024 * 1024
LARGE = 96 * MIB
MANY = 10_000


@pytest.fixture
def prefix(site: Site) -> str:
    return join(site.store, "store-tests", secrets.token_hex(6))


@pytest.mark.parametrize("size", [0, 1, 5 * MIB - 1, 5 * MIB, 5 * MIB + 1])
def test_objects_of_any_size_come_back(prefix: str, size: int) -> None:
    store, data = ObjectStore(), secrets.token_bytes(size)
    store.write(join(prefix, f"{size}.bin"), data)
    assert store.read(join(prefix, f"{size}.bin")) == data


def test_a_large_file_goes_up_in_parts_and_comes_back(prefix: str, tmp_path: Path) -> None:
    source, back, uri = tmp_path / "large", tmp_path / "back" / "large", join(prefix, "large")
    with source.open("wb") as file:
        for _ in range(LARGE // MIB):
            file.write(secrets.token_bytes(MIB))
    store = ObjectStore()
    store.upload(source, uri)
    store.download(uri, back)
    assert back.stat().st_size == LARGE
    assert _digest(back) == _digest(source)


def test_exactly_one_of_many_creates_wins(prefix: str) -> None:
    uri = join(prefix, "outputs.pb")
    stores = [ObjectStore() for _ in range(4)]
    with ThreadPoolExecutor(16) as pool:
        attempts = [pool.submit(stores[n % 4].create, uri, str(n).encode()) for n in range(48)]
        won = [attempt.result() for attempt in attempts]
    assert won.count(True) == 1
    assert ObjectStore().read(uri) == str(won.index(True)).encode()


def test_a_prefix_of_ten_thousand_objects_is_listed_whole(prefix: str) -> None:
    store = ObjectStore()
    names = [f"part-{n:05d}" for n in range(MANY)]
    with ThreadPoolExecutor(16) as pool:
        writes = [pool.submit(store.write, join(prefix, "many", name), b"x") for name in names]
        assert [write.result() for write in writes] == [None] * MANY
    assert list(_names(store, join(prefix, "many"))) == names


def test_a_missing_object_is_told_from_a_refusal(prefix: str) -> None:
    store = ObjectStore()
    assert not store.exists(join(prefix, "nothing"))
    with pytest.raises(ObjectNotFoundError):
        store.read(join(prefix, "nothing"))


@pytest.mark.parametrize("name", ["with space", "per%20cent", "ünïcode-é", "a+b", "colon:2026-11-24T03:00:00+00:00"])
def test_unusual_names(prefix: str, name: str) -> None:
    store, uri = ObjectStore(), join(prefix, name, "object")
    store.write(uri, name.encode())
    assert store.read(uri) == name.encode()
    assert list(store.list(join(prefix, name))) == [uri]


def _names(store: ObjectStore, prefix: str) -> Iterator[str]:
    return (uri.rpartition("/")[2] for uri in store.list(prefix))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@pytest.mark.parametrize("way", [("upload", "download"), ("write", "read")], ids=["files", "streams"])
def test_a_gibibyte_takes_little_memory(prefix: str, site: Site, tmp_path: Path, way: tuple[str, str]) -> None:
    source, back, uri = tmp_path / "source", tmp_path / "back", join(prefix, "gibibyte")
    with source.open("wb") as file:
        file.truncate(1024 * MIB)
        file.write(secrets.token_bytes(MIB))
    assert peak(way[0], source, uri, dict(site.environ)) < 200
    assert peak(way[1], back, uri, dict(site.environ)) < 200
    assert _digest(back) == _digest(source)


def test_ten_thousand_files_there_and_back(prefix: str, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for number in range(MANY):
        (tmp_path / "in" / f"part-{number:05d}").write_bytes(b"%d" % number)
    store, uri = ObjectStore(), join(prefix, "folder")
    upload_folder(store, tmp_path / "in", uri)
    download_folder(store, uri, tmp_path / "out")
    assert len(list((tmp_path / "out").iterdir())) == MANY
    assert all((tmp_path / "out" / f"part-{n:05d}").read_bytes() == b"%d" % n for n in range(MANY))
