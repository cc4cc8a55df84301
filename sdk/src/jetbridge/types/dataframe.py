"""Data frames and StructuredDataset as FlyteIDL's structured dataset; libraries are loaded with the first frame.

Like flytekit, a frame is a folder that holds one file; folders of several files are read as one frame.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from jetbridge.errors import TypeTransformError
from jetbridge.idl import (
    Literal,
    LiteralType,
    Scalar,
    SimpleType,
    StructuredDatasetMetadata,
    StructuredDatasetType,
)
from jetbridge.idl import StructuredDataset as DatasetLiteral
from jetbridge.store import join
from jetbridge.types.context import TransformContext
from jetbridge.types.naming import literal_mismatch, mismatch, type_name
from jetbridge.types.remote import is_remote
from jetbridge.types.structured_dataset.columns import Column, FrameType, frame_type
from jetbridge.types.structured_dataset.dataset import StructuredDataset
from jetbridge.types.structured_dataset.parts import FrameSource, FrameTarget
from jetbridge.types.structured_dataset.registry import PARQUET, class_name, is_frame
from jetbridge.types.structured_dataset.storage import read_frame, write_frame

__all__ = ["DATAFRAME", "PARQUET", "DataFrameTransformer"]


@dataclass(frozen=True, slots=True)
class DataFrameTransformer:
    """Every class of data frames that has a codec, and StructuredDataset."""

    name: str = "StructuredDataset Transformer"
    reads_metadata: bool = True

    def literal_type(self, python_type: object) -> LiteralType:
        declared = frame_type(python_type)
        base = declared.python_type
        if not issubclass(base, StructuredDataset) and not is_frame(class_name(base)):
            raise TypeTransformError(
                f"type {type_name(base)} has no FlyteIDL type", hint="Declare the data frame's own class, no subclass."
            )
        return LiteralType(structured_dataset_type=declared.idl())

    def to_literal(
        self, context: TransformContext, value: object, python_type: object, declared: LiteralType
    ) -> Literal:
        base = frame_type(python_type).python_type
        dataset_type = StructuredDatasetType()
        dataset_type.CopyFrom(declared.structured_dataset_type)
        if isinstance(value, StructuredDataset):
            return _literal(_of_dataset(context, value, dataset_type))
        if issubclass(base, StructuredDataset):
            raise mismatch(base, value, "Wrap the data frame: StructuredDataset(dataframe=…).")
        if not isinstance(value, base):
            raise mismatch(base, value)
        return _literal(_written(context, value, context.fresh_uri(), dataset_type))

    def to_python(self, context: TransformContext, literal: Literal, python_type: object) -> object:
        reader = _READERS.get(literal.scalar.WhichOneof("value") or "")
        if reader is None:
            raise literal_mismatch(python_type, literal)
        dataset, declared = reader(literal), frame_type(python_type)
        wanted = _wanted(dataset.metadata.structured_dataset_type, declared)
        source = FrameSource(context, dataset.uri, wanted)
        if issubclass(declared.python_type, StructuredDataset):
            metadata = StructuredDatasetMetadata(structured_dataset_type=wanted)
            return declared.python_type.stored(source, dataset, metadata)
        return read_frame(source, declared.python_type)


def _literal(dataset: DatasetLiteral) -> Literal:
    return Literal(scalar=Scalar(structured_dataset=dataset))


def _of_dataset(context: TransformContext, value: StructuredDataset, declared: StructuredDatasetType) -> DatasetLiteral:
    """An input that is passed on stays as it is; a frame is written; stored data is only named."""
    if value.literal is not None:
        return value.literal
    declared.format = declared.format or value.file_format
    if value.dataframe is not None:
        return _written(context, value.dataframe, value.uri or context.fresh_uri(), declared)
    uri = value.source().uri
    stored = uri if is_remote(uri) else _uploaded(context, Path(uri))
    return DatasetLiteral(uri=stored, metadata=StructuredDatasetMetadata(structured_dataset_type=declared))


def _written(context: TransformContext, frame: object, uri: str, declared: StructuredDatasetType) -> DatasetLiteral:
    stored = StructuredDatasetType()
    stored.CopyFrom(declared)
    stored.format = write_frame(frame, FrameTarget(context, uri, declared))
    return DatasetLiteral(uri=uri, metadata=StructuredDatasetMetadata(structured_dataset_type=stored))


def _uploaded(context: TransformContext, path: Path) -> str:
    if not path.exists():
        raise TypeTransformError(
            f"there is no data frame at {str(path)!r}", hint="Write it before the task returns, or pass a URI."
        )
    uri = context.fresh_uri()
    files = [path] if path.is_file() else sorted(each for each in path.rglob("*") if each.is_file())
    for each in files:
        name = each.name if path.is_file() else each.relative_to(path).as_posix()
        context.store.upload(each, join(uri, name))
    return uri


def _wanted(stored: StructuredDatasetType, declared: FrameType) -> StructuredDatasetType:
    """The consumer's columns, or else the producer's; everything else as it was written (flytekit's rule)."""
    wanted = StructuredDatasetType()
    wanted.CopyFrom(stored)
    if declared.columns:
        del wanted.columns[:]
        wanted.columns.extend(declared.columns)
    return wanted


def _schema(literal: Literal) -> DatasetLiteral:
    """Flytekit's old FlyteSchema: a folder of parquet files."""
    schema = literal.scalar.schema
    columns = [
        Column(name=column.name, literal_type=LiteralType(simple=_SCHEMA_TYPES[column.type]))
        for column in schema.type.columns
    ]
    found = StructuredDatasetType(columns=columns, format=PARQUET)
    return DatasetLiteral(uri=schema.uri, metadata=StructuredDatasetMetadata(structured_dataset_type=found))


def _dataset(literal: Literal) -> DatasetLiteral:
    return literal.scalar.structured_dataset


_READERS: dict[str, Callable[[Literal], DatasetLiteral]] = {"structured_dataset": _dataset, "schema": _schema}
# SchemaType.SchemaColumn.SchemaColumnType by number: INTEGER, FLOAT, STRING, BOOLEAN, DATETIME, DURATION.
_SCHEMA_TYPES: dict[int, SimpleType] = {
    0: SimpleType.INTEGER,
    1: SimpleType.FLOAT,
    2: SimpleType.STRING,
    3: SimpleType.BOOLEAN,
    4: SimpleType.DATETIME,
    5: SimpleType.DURATION,
}
DATAFRAME = DataFrameTransformer()
