"""Writes and reads frames by their codecs, and turns whatever a library raises into one typed error."""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jetbridge.errors import JetbridgeError, TypeTransformError
from jetbridge.idl import StructuredDataset as DatasetLiteral
from jetbridge.idl import StructuredDatasetType
from jetbridge.store import Store, open_store
from jetbridge.types.context import TransformContext
from jetbridge.types.naming import type_name
from jetbridge.types.structured_dataset.libraries import load
from jetbridge.types.structured_dataset.parts import FrameSource, FrameTarget
from jetbridge.types.structured_dataset.registry import class_name, codec, formats

_WRITE_HINT = "Give each column one type; round times to microseconds; name columns with str."
_READ_HINT = "Check the format and the content of the stored data."


def write_frame(frame: object, target: FrameTarget) -> str:
    """Writes a frame, and gives the format that it is in.

    Raises:
        TypeTransformError: its class has no such format, its columns are not as declared, or they cannot be written.
    """
    frame_type = type(frame)
    writer = codec(frame_type, target.declared.format)
    form = target.declared.format.lower() or formats(class_name(frame_type))[0]
    with _explained(f"{type_name(frame_type)} cannot be written as {form}", _WRITE_HINT):
        writer.write(frame, target)
    return form


def read_frame(source: FrameSource, python_type: type) -> object:
    """The whole frame.

    Raises:
        TypeTransformError: the class has no such format, a column is missing, or the data is broken.
    """
    reader = codec(python_type, source.declared.format)
    with _explained(f"the data at {source.uri} cannot be read as {type_name(python_type)}", _READ_HINT):
        return reader.read(source)


def iterate_frame(source: FrameSource, python_type: type, rows: int) -> Iterator[object]:
    """The frame in pieces; raises what `read_frame` raises, with the first piece or later."""
    reader = codec(python_type, source.declared.format)
    with _explained(f"the data at {source.uri} cannot be read as {type_name(python_type)}", _READ_HINT):
        pieces = reader.batches(source, rows)
    return _pieces(pieces, source, python_type)


def _pieces(pieces: Iterator[object], source: FrameSource, python_type: type) -> Iterator[object]:
    end = object()
    while True:
        with _explained(f"the data at {source.uri} cannot be read as {type_name(python_type)}", _READ_HINT):
            piece = next(pieces, end)
        if piece is end:
            return
        yield piece


def arrow_table(store: Store, dataset: DatasetLiteral, folder: Path) -> Any:
    """All columns of a stored frame as a pyarrow.Table; what is downloaded lies in the folder."""
    form = dataset.metadata.structured_dataset_type.format
    context = TransformContext(store, folder.as_uri(), folder)
    source = FrameSource(context, dataset.uri, StructuredDatasetType(format=form))
    return read_frame(source, load("pyarrow").Table)


def standalone_source(uri: str, form: str) -> FrameSource:
    """Data at a URI that came from no literal: read with the store of the environment."""
    folder = Path(tempfile.mkdtemp(prefix="jetbridge-"))
    context = TransformContext(open_store(), f"file://{folder}", folder)
    return FrameSource(context, uri, StructuredDatasetType(format=form))


@contextmanager
def _explained(message: str, hint: str) -> Generator[None]:
    try:
        yield
    except JetbridgeError:
        raise
    except Exception as error:  # a data frame library may raise anything
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise TypeTransformError(f"{message}: {first}", hint=hint) from error
