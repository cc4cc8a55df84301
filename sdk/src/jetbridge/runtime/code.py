"""The user's code on a worker: a bundle is downloaded, checked against its name, unpacked and made importable."""

from __future__ import annotations

import hashlib
import os
import re
import sys
import tempfile
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from jetbridge.errors import CodeBundleError, StoreError
from jetbridge.idl import ExecutionError
from jetbridge.runtime import exit_codes
from jetbridge.runtime.failure import SYSTEM, FailureClass, TaskFailure
from jetbridge.store import Store

UNUSABLE = FailureClass("SYSTEM", False, ExecutionError.SYSTEM, exit_codes.USER_ERROR)
"""The bundle is what its name says, and no worker can unpack it: another attempt would fail the same way."""
_NAME = re.compile(r"/(?P<digest>[0-9a-f]{64})\.tar\.gz$")
_CHUNK = 1024 * 1024


@contextmanager
def installed_code(store: Store, uri: str) -> Generator[Path | None]:
    """Makes a bundle's modules importable before all others, also in child processes, until the block ends; its folder.

    Args:
        store: Where the bundle lies.
        uri: The bundle, `…/<sha256>.tar.gz`; empty when the code is in the image.

    Raises:
        StoreError: the bundle cannot be read.
        TaskFailure: it is not what its name says, or cannot be unpacked.
    """
    if not uri:
        yield None
        return
    with ExitStack() as stack:
        folder = _unpacked(store, uri, stack)
        sys.path.insert(0, str(folder))
        stack.callback(sys.path.remove, str(folder))
        stack.enter_context(_python_path(str(folder)))
        yield folder


def _unpacked(store: Store, uri: str, stack: ExitStack) -> Path:
    try:
        # Removed with the attempt, whatever the user's code did to it. TMPDIR decides where it is.
        folder = tempfile.TemporaryDirectory(prefix="jetbridge-code-", ignore_cleanup_errors=True)
        return fetch_code(store, uri, Path(stack.enter_context(folder)))
    except (StoreError, TaskFailure):
        raise
    except CodeBundleError as error:
        raise TaskFailure(UNUSABLE, error) from error
    except Exception as error:
        raise TaskFailure(SYSTEM, error) from error


def fetch_code(store: Store, uri: str, folder: Path) -> Path:
    """Downloads a bundle into a folder and unpacks it there; the folder with the modules.

    Raises:
        StoreError: the bundle cannot be read.
        TaskFailure: its content is not what its name says.
        CodeBundleError: it has no digest for a name, or `unpack` refuses it.
        OSError: the disk refused.
    """
    # Late: `tarfile` and what it loads are only for tasks that have a bundle.
    from jetbridge.runtime.unpack import unpack

    wanted = _digest_in(uri)
    archive, modules = folder / "bundle.tar.gz", folder / "code"
    store.download(uri, archive)
    found = _digest_of(archive)
    if found != wanted:
        error = CodeBundleError(
            f"the code bundle {uri} is damaged: the SHA-256 of its content is {found}",
            hint="Remove the object and run or translate again with `--copy auto`, which uploads it again.",
        )
        raise TaskFailure(SYSTEM, error)
    unpack(archive, modules)
    archive.unlink()
    return modules


def _digest_in(uri: str) -> str:
    match = _NAME.search(uri)
    if match is None:
        raise CodeBundleError(
            f"the code bundle {uri!r} is not named after its content, `<sha256>.tar.gz`",
            hint="Give `--additional-distribution` the URI that `--copy auto` printed.",
        )
    return match["digest"]


def _digest_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


@contextmanager
def _python_path(folder: str) -> Generator[None]:
    """Child processes of the user's code find the modules too, as with `pyflyte-fast-execute`."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [folder, before]))
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before
