"""pandas data frames as parquet; pandas is loaded only when a frame is written or read.

Like flytekit, a frame is a folder that holds one file, `00000`; folders of several parquet files are read as one frame.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jetbridge.errors import TypeTransformError
from jetbridge.idl import (
    Literal,
    LiteralType,
    Scalar,
    StructuredDataset,
    StructuredDatasetMetadata,
    StructuredDatasetType,
)
from jetbridge.store import Store, join
from jetbridge.types.context import TransformContext
from jetbridge.types.naming import literal_mismatch, mismatch, type_name
from jetbridge.types.remote import names_below

if TYPE_CHECKING:
    import pandas

PARQUET = "parquet"
PART = "00000"


@dataclass(frozen=True, slots=True)
class DataFrameTransformer:
    """`pandas.DataFrame` as a structured dataset."""

    name: str = "StructuredDataset Transformer"

    def literal_type(self, python_type: object) -> LiteralType:
        import pandas

        if python_type is not pandas.DataFrame:
            raise TypeTransformError(
                f"type {type_name(python_type)} has no FlyteIDL type", hint="Declare pandas.DataFrame itself."
            )
        return LiteralType(structured_dataset_type=StructuredDatasetType())

    def to_literal(
        self, context: TransformContext, value: object, python_type: object, declared: LiteralType
    ) -> Literal:
        import pandas

        if not isinstance(value, pandas.DataFrame):
            raise mismatch(python_type, value)
        dataset_type = StructuredDatasetType()
        dataset_type.CopyFrom(declared.structured_dataset_type)
        if dataset_type.format.lower() not in ("", PARQUET):
            raise _unknown_format(dataset_type.format)
        dataset_type.format = PARQUET
        metadata = StructuredDatasetMetadata(structured_dataset_type=dataset_type)
        dataset = StructuredDataset(uri=_write(context, value), metadata=metadata)
        return Literal(scalar=Scalar(structured_dataset=dataset))

    def to_python(self, context: TransformContext, literal: Literal, python_type: object) -> object:
        if not literal.scalar.HasField("structured_dataset"):
            raise literal_mismatch(python_type, literal)
        dataset = literal.scalar.structured_dataset
        found = dataset.metadata.structured_dataset_type
        if found.format.lower() not in ("", PARQUET):
            raise _unknown_format(found.format)
        columns = [column.name for column in found.columns]
        return _read(context, dataset.uri, columns or None)


def _unknown_format(found: str) -> TypeTransformError:
    return TypeTransformError(
        f"data frame has the format {found!r}, expected {PARQUET!r}", hint="Write it as parquet, or use a FlyteFile."
    )


def _write(context: TransformContext, frame: pandas.DataFrame) -> str:
    pyarrow: Any = importlib.import_module("pyarrow")
    uri, path = context.fresh_uri(), context.fresh_path(PART)
    path.parent.mkdir(parents=True)
    try:
        # flytekit's own arguments: microseconds, and an error rather than cut nanoseconds.
        frame.to_parquet(path, engine="pyarrow", coerce_timestamps="us", allow_truncated_timestamps=False)
    except (pyarrow.ArrowException, TypeError, ValueError) as error:
        raise TypeTransformError(
            f"data frame cannot be written as parquet: {str(error).splitlines()[0]}",
            hint="Give each column one type; round times to microseconds; name columns with str.",
        ) from error
    context.store.upload(path, join(uri, PART))
    path.unlink()
    return uri


def _read(context: TransformContext, uri: str, columns: list[str] | None) -> pandas.DataFrame:
    import pandas

    folder = context.fresh_path()
    parts = fetch_parts(context.store, uri, folder)
    source = parts[0] if len(parts) == 1 else folder
    frame = pandas.read_parquet(source, engine="pyarrow", columns=columns)
    for part in parts:
        part.unlink()
    return frame


def fetch_parts(store: Store, uri: str, folder: Path) -> list[Path]:
    """Downloads the parquet files of a data frame, in the order of their names; markers such as `_SUCCESS` are left."""
    below = names_below(store, uri)
    parts = [part for part in below if not part[0].rpartition("/")[2].startswith(("_", "."))] or [(PART, uri)]
    for name, each in parts:
        store.download(each, folder / name)
    return [folder / name for name, _ in parts]


DATAFRAME = DataFrameTransformer()
