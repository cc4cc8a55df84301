"""Stored files as Python opens them: each mode of `open` over the store's streams."""

from __future__ import annotations

import io
from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import IO, Any

from jetbridge.errors import TypeTransformError
from jetbridge.store import Store
from jetbridge.types.remote import fresh_local_path, last_name


def opened(store: Store, uri: str, mode: str, options: Mapping[str, Any]) -> AbstractContextManager[IO[Any]]:
    """A stream over a stored file; what is written is stored when the block ends, unless it raises.

    Args:
        store: Where it is.
        uri: Its address.
        mode: As for Python's `open`.
        options: Further arguments of Python's `open`.

    Raises:
        TypeTransformError: there is no such mode.
        FileExistsError: mode `x`, and there is such a file.
    """
    kind, flags = mode.translate({ord("b"): None, ord("t"): None}), set(mode)
    if kind not in _KINDS or len(mode) != len(flags) or flags >= {"b", "t"}:
        raise TypeTransformError(f"invalid mode {mode!r} for {uri}", hint='Use a mode of `open`, such as "r" or "wb".')
    if kind == "x" and store.exists(uri):
        raise FileExistsError(f"there is {uri} already")
    return _KINDS[kind](store, uri, mode, options)


@contextmanager
def _reading(store: Store, uri: str, mode: str, options: Mapping[str, Any]) -> Generator[IO[Any]]:
    with store.open_reader(uri) as raw:
        yield raw if "b" in mode else _text(raw, options)


@contextmanager
def _writing(store: Store, uri: str, mode: str, options: Mapping[str, Any]) -> Generator[IO[Any]]:
    with store.open_writer(uri) as raw:
        if "b" in mode:
            yield raw
            return
        text = _text(raw, options)
        yield text
        text.flush()
        text.detach()


@contextmanager
def _changing(store: Store, uri: str, mode: str, options: Mapping[str, Any]) -> Generator[IO[Any]]:
    """Modes that an object has not: on a local copy, which replaces the object afterwards."""
    path = fresh_local_path(last_name(uri))
    path.parent.mkdir(parents=True, exist_ok=True)
    if "r" in mode or store.exists(uri):
        store.download(uri, path)
    with path.open(mode, **options) as stream:
        yield stream
    store.upload(path, uri)
    path.unlink()


def _text(raw: IO[bytes], options: Mapping[str, Any]) -> io.TextIOWrapper:
    encoding, errors, newline = options.get("encoding", "utf-8"), options.get("errors"), options.get("newline")
    return io.TextIOWrapper(raw, encoding=encoding, errors=errors, newline=newline)


_KINDS = {
    "r": _reading,
    "w": _writing,
    "x": _writing,
    **dict.fromkeys(("a", "a+", "+a", "r+", "+r", "w+", "+w"), _changing),
}
