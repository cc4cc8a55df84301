"""The store and the registry."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import timedelta

from jetbridge.cli.settings import registry_url
from jetbridge.errors import StoreError
from jetbridge.store import ObjectStore, join
from jetbridge_translators.diagnosis import FAILED, OK, UNKNOWN, WARNING, Check

_PATIENCE = timedelta(seconds=10)
_CREDENTIALS = "Check the address, and that the credentials in the environment may read, write and delete there."


def store_checks(uri: str) -> Iterator[Check]:
    """What runs ask of a store, with one small object that is deleted again; the first that fails ends it."""
    store, probe = ObjectStore(_PATIENCE), join(uri, "doctor", f"probe-{secrets.token_hex(8)}")
    yield Check("address", OK, uri)
    step = "create"
    try:
        is_first, is_second = store.create(probe, b"1"), store.create(probe, b"2")
        yield _conditional(is_first, is_second)
        step = "read"
        yield _read(store.read(probe))
        step = "list"
        found = list(store.list(join(uri, "doctor")))
        yield Check("list", *((OK,) if probe in found else (FAILED, "an object that is there is not listed")))
        step = "write"
        store.write(probe, b"3")
        yield Check("write", *((OK,) if store.read(probe) == b"3" else (FAILED, "the old content is read again")))
        step = "delete"
        store.delete(probe)
        yield Check("delete", OK)
    except StoreError as error:
        yield Check(step, FAILED, error.message, error.hint or _CREDENTIALS)


def _conditional(is_first: bool, is_second: bool) -> Check:
    """A commit is a conditional create: without it two attempts could both win."""
    if is_first and not is_second:
        return Check("create if absent", OK)
    found = "a second create replaced the first" if is_second else "an object of a new name is there already"
    return Check("create if absent", FAILED, found, "Use a store with conditional writes (`If-None-Match`).")


def _read(data: bytes) -> Check:
    return Check("read", OK) if data == b"1" else Check("read", FAILED, "other content than was created")


def registry_checks() -> Iterator[Check]:
    """The registry's address, its tables, and whether they are of today. Nothing is made or migrated."""
    try:
        from jetbridge.registry.database import REVISION, revision, shown_url
    except ImportError as error:
        yield Check("libraries", UNKNOWN, f"{error}: runs are not recorded", "pip install 'jetbridge[registry]'")
        return
    url = registry_url()
    yield Check("address", OK, shown_url(url))
    found = revision(url)
    if found is None:
        yield Check("tables", OK, "none yet: they are made on first use")
    elif found == REVISION:
        yield Check("tables", OK, f"revision {found}")
    elif found < REVISION:
        mend = "The next verb that uses it brings it up to date; older versions of Jetbridge cannot use it then."
        yield Check("tables", WARNING, f"revision {found}, of an older Jetbridge; today's is {REVISION}", mend)
    else:
        mend = "pip install --upgrade jetbridge"
        yield Check("tables", FAILED, f"revision {found}, of a newer Jetbridge than this ({REVISION})", mend)
