"""Code bundles: a user's modules as one archive named after its content, so that one image serves all workflows."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Literal

from jetbridge.code_files import CodeFiles, files_below, loaded_files
from jetbridge.errors import CodeBundleError
from jetbridge.runtime.unpack import MAX_ARCHIVE_BYTES, MAX_BYTES, MAX_ENTRIES, name_problem
from jetbridge.store import Store, join

CopyMode = Literal["auto", "all"]
_MODE = 0o644


@dataclass(frozen=True, slots=True)
class CodeBundle:
    """A bundle in memory.

    Attributes:
        data: The `.tar.gz`; the same bytes for the same files.
        digest: The SHA-256 of `data` as hex.
        files: The names of the files inside, sorted.
        left_out: Files and folders below the source root that a bundle cannot hold: links, sockets.
    """

    data: bytes
    digest: str
    files: tuple[str, ...]
    left_out: tuple[str, ...] = ()


def make_bundle(source_root: Path, mode: CopyMode, loaded_modules: Mapping[str, ModuleType]) -> CodeBundle:
    """The bundle of a user's code.

    Args:
        source_root: The folder from which the user's modules are imported.
        mode: `auto` takes the files of the modules loaded from below the root, `all` every file there except version
            control, virtual environments, bytecode and caches of tools.
        loaded_modules: The modules by name, such as `sys.modules`.

    Raises:
        CodeBundleError: there is nothing to bundle, it is too large, or a file's name or place cannot be bundled.
    """
    root = source_root.resolve()
    found = _FINDERS[mode](root, loaded_modules)
    if not found.files:
        raise CodeBundleError(f"there is no code to copy below {str(root)!r}", hint=_NOTHING[mode])
    _check_names(found)
    data = _archive(_read(found))
    if len(data) > MAX_ARCHIVE_BYTES:
        raise _too_large(f"{_mebibytes(len(data))} compressed, more than {_mebibytes(MAX_ARCHIVE_BYTES)}", found)
    return CodeBundle(data, hashlib.sha256(data).hexdigest(), tuple(sorted(found.files)), found.left_out)


_FINDERS: Mapping[CopyMode, Callable[[Path, Mapping[str, ModuleType]], CodeFiles]] = {
    "auto": loaded_files,
    "all": lambda root, modules: files_below(root),
}
_IN_IMAGE = "`--copy none` when the image holds the code"
_NOTHING: Mapping[CopyMode, str] = {
    "auto": f"The workflow's modules are installed elsewhere. Give {_IN_IMAGE}, or `--copy all`.",
    "all": f"Give {_IN_IMAGE}.",
}


def bundle_uri(prefix: str, bundle: CodeBundle) -> str:
    """Where a bundle lies below a folder of the store.

    Example:
        >>> bundle_uri("s3://bucket/runs", CodeBundle(b"", "0a1b", ()))
        's3://bucket/runs/code/0a1b.tar.gz'
    """
    return join(prefix, "code", f"{bundle.digest}.tar.gz")


def publish_bundle(store: Store, prefix: str, bundle: CodeBundle) -> str:
    """Puts a bundle below a folder of the store, unless it is there already; its URI. Raises `StoreError`."""
    uri = bundle_uri(prefix, bundle)
    if not store.exists(uri):
        store.create(uri, bundle.data)
    return uri


def _check_names(found: CodeFiles) -> None:
    for name in sorted(found.files):
        problem = name_problem(name)
        if problem:
            raise CodeBundleError(f"the file {name!r} cannot be in a code bundle: {problem}", hint="Rename it.")


def _read(found: CodeFiles) -> dict[str, bytes]:
    """The content of every file, after its size was looked at."""
    if len(found.files) > MAX_ENTRIES:
        raise _too_large(f"{len(found.files)} files, more than {MAX_ENTRIES}", found)
    try:
        total = sum(path.stat().st_size for path in found.files.values())
        if total > MAX_BYTES:
            raise _too_large(f"{_mebibytes(total)}, more than {_mebibytes(MAX_BYTES)}", found)
        return {name: path.read_bytes() for name, path in sorted(found.files.items())}
    except OSError as error:
        raise CodeBundleError(
            f"{str(error.filename)!r} cannot be read: {error.strerror}", hint="Make it readable, or move it away."
        ) from error


def _archive(contents: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as zipped, tarfile.open(fileobj=zipped, mode="w") as tar:
        for name, data in contents.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(data), _MODE
            tar.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def _too_large(what: str, found: CodeFiles) -> CodeBundleError:
    sizes = sorted(((path.stat().st_size, name) for name, path in found.files.items()), reverse=True)
    largest = ", ".join(f"{name} ({_mebibytes(size)})" for size, name in sizes[:3])
    return CodeBundleError(
        f"the code to copy is {what}",
        hint=f"The largest files are {largest}. Data belongs in the store; `--copy auto` takes loaded modules only.",
    )


def _mebibytes(size: int) -> str:
    return f"{size / (1 << 20):.1f} MiB"
