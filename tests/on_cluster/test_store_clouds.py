"""The store's promises on each kind of store: S3 always, others where JETBRIDGE_TEST_STORES names buckets of them.

By hand, with servers that speak the protocols (then this file with the variables below, and `-m cluster`):

    npm install azurite && npx azurite-blob --inMemoryPersistence --blobPort 10777     (make a container `jetbridge`)
        JETBRIDGE_TEST_STORES=az://jetbridge AZURE_STORAGE_ACCOUNT_NAME=devstoreaccount1 AZURE_STORAGE_ACCOUNT_KEY=…
        AZURE_STORAGE_ENDPOINT=http://127.0.0.1:10777/devstoreaccount1 AZURE_ALLOW_HTTP=true
    a bucket of Google Cloud Storage
        JETBRIDGE_TEST_STORES=gs://bucket GOOGLE_SERVICE_ACCOUNT=key.json
"""

from __future__ import annotations

import os
import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from jetbridge.store import ObjectNotFoundError, ObjectStore, join
from jetbridge.store.folders import download_folder, upload_folder
from tests.on_cluster.site import Site

pytestmark = pytest.mark.cluster
MIB = 1024 * 1024


@pytest.fixture(params=["s3", *os.environ.get("JETBRIDGE_TEST_STORES", "").split()])
def address(request: pytest.FixtureRequest, site: Site) -> str:
    """A folder of this test alone."""
    return join(site.store if request.param == "s3" else request.param, "store-tests", secrets.token_hex(6))


def test_small_objects(address: str) -> None:
    store, uri = ObjectStore(), join(address, "a b%é", "object")
    assert not store.exists(uri)
    with pytest.raises(ObjectNotFoundError):
        store.read(uri)
    store.write(uri, b"1")
    store.write(uri, b"2")
    assert store.exists(uri)
    assert store.read(uri) == b"2"
    assert list(store.list(address)) == [uri]


def test_one_creator_wins(address: str) -> None:
    uri, stores = join(address, "outputs.pb"), [ObjectStore() for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        attempts = [pool.submit(store.create, uri, b"%d" % number) for number, store in enumerate(stores)]
        won = [attempt.result() for attempt in attempts]
    assert won.count(True) == 1
    assert stores[0].read(uri) == b"%d" % won.index(True)


def test_big_files_and_streams(address: str, tmp_path: Path) -> None:
    store, data = ObjectStore(), secrets.token_bytes(30 * MIB + 7)
    (tmp_path / "big").write_bytes(data)
    store.upload(tmp_path / "big", join(address, "big"))
    store.download(join(address, "big"), tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == data
    with store.open_writer(join(address, "stream")) as stream:
        stream.write(data)
    with store.open_reader(join(address, "stream")) as stream:
        assert stream.seek(-5, os.SEEK_END) == len(data) - 5
        assert stream.read() == data[-5:]
        stream.seek(5)
        assert stream.read() == data[5:]


def test_a_stream_that_is_given_up(address: str) -> None:
    def write() -> None:
        with ObjectStore().open_writer(join(address, "half")) as stream:
            stream.write(bytes(40 * MIB))
            raise KeyError

    with pytest.raises(KeyError):
        write()
    assert list(ObjectStore().list(address)) == []


def test_folders(address: str, tmp_path: Path) -> None:
    store = ObjectStore()
    names = sorted(f"d{number % 3}/f {number}" for number in range(40))
    for name in (*names, "empty"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text("" if name == "empty" else name)
    upload_folder(store, tmp_path / "in", address)
    assert store.children(address) == (tuple(join(address, f"d{n}") for n in range(3)), (join(address, "empty"),))
    download_folder(store, address, tmp_path / "out")
    assert [(tmp_path / "out" / name).read_text() for name in names] == names
    assert (tmp_path / "out" / "empty").read_bytes() == b""
