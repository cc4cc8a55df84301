"""The error of a run, for the node that handles failures."""

from __future__ import annotations

from google.protobuf.message import DecodeError

from jetbridge.errors import BindingError
from jetbridge.idl import (
    ContainerError,
    Error,
    ErrorDocument,
    Literal,
    LiteralType,
    Scalar,
    SimpleType,
    TypeStructure,
    Union,
)
from jetbridge.runtime.layout import error_uri, outputs_uri
from jetbridge.store import Store

_ERROR_FILE = "/error.pb"


def failure_literal(store: Store, run_root: str) -> Literal:
    """The first error of a run that was not mended by a later attempt, as propeller binds it to the input `err`.

    Raises:
        BindingError: no task of the run has left an error, or one of them cannot be read.
        StoreError: the store gives none of them.
    """
    found = [(read_error(store, error_uri(run_root, path)).error, path) for path in _failed_paths(store, run_root)]
    if not found:
        raise BindingError(f"no task has left an error below {run_root}", hint="The engine itself ended the run.")
    error, path = min(found, key=lambda pair: _moment(pair[0]))
    kind = LiteralType(simple=SimpleType.ERROR, structure=TypeStructure(tag="FlyteError"))
    value = Literal(scalar=Scalar(error=Error(failed_node_id=path, message=error.message)))
    return Literal(scalar=Scalar(union=Union(value=value, type=kind)))


def read_error(store: Store, uri: str) -> ErrorDocument:
    """An error document. Raises `BindingError` for one that is damaged, and `StoreError`."""
    try:
        return ErrorDocument.FromString(store.read(uri))
    except DecodeError as error:
        raise BindingError(f"{uri} is damaged: {error}", hint="Read the task's log, and start a new run.") from error


def _failed_paths(store: Store, run_root: str) -> list[str]:
    uris = set(store.list(run_root))
    below = [uri[len(run_root) :].strip("/") for uri in sorted(uris) if uri.endswith(_ERROR_FILE)]
    paths = [text.removesuffix(_ERROR_FILE) for text in below]
    return [path for path in paths if outputs_uri(run_root, path) not in uris]


def _moment(error: ContainerError) -> tuple[int, int]:
    return error.timestamp.seconds, error.timestamp.nanos
