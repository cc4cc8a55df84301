# flytekit and pyarrow have no type information.
# pyright: basic, reportMissingTypeStubs=false, reportInvalidTypeForm=false, reportUndefinedVariable=false
"""Our data frames against the real flytekit's: the same types and literals, and each reading what the other wrote."""

import datetime as dt
import typing
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import polars as pl
import polars.testing
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from flytekit import kwtypes as their_kwtypes
from flytekit.core.context_manager import FlyteContext, FlyteContextManager
from flytekit.core.type_engine import TypeEngine
from flytekit.models.literals import Literal as FlyteLiteral
from flytekit.types.schema import FlyteSchema
from flytekit.types.structured import StructuredDataset as TheirDataset
from flytekitplugins.polars import PolarsDataFrameToParquetEncodingHandler

from jetbridge.idl import Literal, LiteralType
from jetbridge.store import open_store
from jetbridge.types import TransformContext, literal_type, to_literal, to_python
from jetbridge.types.structured_dataset import StructuredDataset, kwtypes

assert PolarsDataFrameToParquetEncodingHandler  # importing it registers polars with flytekit
SCHEMA = pa.schema([("a", pa.int64()), ("b", pa.string())])
FRAME = pd.DataFrame({"a": [1, 2], "b": ["x", "y"], "t": pd.Series([pd.Timestamp("2026-01-31"), pd.NaT])})
AB = {"a": int, "b": str}


@dataclass
class Inner:
    x: int
    y: list[str]


@dataclass
class Row:
    name: str
    inner: Inner


@pytest.fixture
def ours(tmp_path: Path) -> TransformContext:
    # A plain path, not a file:// URI: flytekit takes those for local paths.
    return TransformContext(open_store(), str(tmp_path / "raw"), tmp_path / "work")


@pytest.fixture
def theirs() -> FlyteContext:
    return FlyteContextManager.current_context()


def their_type(python_type: Any) -> LiteralType:
    return TypeEngine.to_literal_type(python_type).to_flyte_idl()


def their_literal(context: FlyteContext, value: Any, python_type: Any) -> Literal:
    expected = TypeEngine.to_literal_type(python_type)
    return TypeEngine.to_literal(context, value, python_type, expected).to_flyte_idl()


def read_by_flytekit(context: FlyteContext, literal: Literal, python_type: Any) -> Any:
    return TypeEngine.to_python_value(context, FlyteLiteral.from_flyte_idl(literal), python_type)


def written(context: TransformContext, value: object, python_type: Any) -> Literal:
    return to_literal(context, value, python_type, literal_type(python_type))


def read(context: TransformContext, literal: Literal, python_type: Any) -> Any:
    return to_python(context, literal, python_type)


def files(literal: Literal) -> list[str]:
    return [path.name for path in Path(literal.scalar.structured_dataset.uri).iterdir()]


def without_uri(literal: Literal) -> Literal:
    changed = Literal.FromString(literal.SerializeToString())
    changed.scalar.structured_dataset.uri = ""
    return changed


NUMPY = {"i": np.int32, "u": np.uint64, "f": np.float32, "o": np.bool_, "t": np.datetime64, "d": np.timedelta64}
ANNOTATIONS: list[tuple[Any, ...]] = [
    (),
    (kwtypes(**AB),),
    (kwtypes(**AB), "csv"),
    ("parquet",),
    (SCHEMA,),
    (kwtypes(**AB), SCHEMA, "parquet"),
    (kwtypes(**NUMPY, s=np.str_, x=np.object_, y=np.bytes_),),
    (kwtypes(t=dt.datetime, d=dt.timedelta, f=float, b=bool, many=list[int], by=dict[str, float]),),
    (Row,),
    ({"outer": {"inner": int}, "row": Row},),
]
BASES = [
    (pd.DataFrame, pd.DataFrame),
    (pa.Table, pa.Table),
    (pl.DataFrame, pl.DataFrame),
    (pl.LazyFrame, pl.LazyFrame),
    (StructuredDataset, TheirDataset),
]


def annotated(base: Any, notes: tuple[Any, ...]) -> Any:
    return Annotated[(base, *notes)] if notes else base


@pytest.mark.parametrize("notes", ANNOTATIONS, ids=lambda each: str(each)[:40])
@pytest.mark.parametrize(("mine", "other"), BASES, ids=lambda each: each.__name__)
def test_literal_types_are_flytekits(mine: Any, other: Any, notes: tuple[Any, ...]) -> None:
    # One class of frames in flytekit: what differs would be the annotations.
    assert literal_type(annotated(mine, notes)) == their_type(annotated(other, notes))


def test_kwtypes_are_flytekits() -> None:
    assert kwtypes(**AB) == their_kwtypes(**AB)
    assert list(kwtypes(b=int, a=str)) == ["b", "a"]


INDEXED = FRAME.set_index(pd.Index([5, 7], name="key"))
INDEXED.attrs["unit"] = "mm"
FRAMES: list[Any] = [FRAME, INDEXED, pa.Table.from_pandas(FRAME), pl.from_pandas(FRAME), pl.from_pandas(FRAME).lazy()]


def same(left: Any, right: Any) -> None:
    _SAME[type(left)](left, right)


_SAME: dict[type, Any] = {
    pd.DataFrame: pd.testing.assert_frame_equal,
    pl.DataFrame: polars.testing.assert_frame_equal,
    pl.LazyFrame: polars.testing.assert_frame_equal,
    pa.Table: lambda left, right: typing.cast("Any", left.equals(right) or pytest.fail(f"{left} != {right}")),
}


@pytest.mark.parametrize("notes", [(), (kwtypes(**AB),), (SCHEMA,)], ids=["plain", "columns", "schema"])
@pytest.mark.parametrize("frame", FRAMES, ids=lambda each: type(each).__name__)
def test_frames_both_ways(ours: TransformContext, theirs: FlyteContext, frame: Any, notes: tuple[Any, ...]) -> None:
    python_type = annotated(type(frame), notes)
    mine, other = written(ours, frame, python_type), their_literal(theirs, frame, python_type)
    assert without_uri(mine) == without_uri(other)
    same(read_by_flytekit(theirs, mine, python_type), read(ours, other, python_type))
    same(read_by_flytekit(theirs, mine, python_type), read_by_flytekit(theirs, other, python_type))
    same(read(ours, mine, python_type), read(ours, other, python_type))


@pytest.mark.parametrize("frame", FRAMES, ids=lambda each: type(each).__name__)
@pytest.mark.parametrize("notes", [(), (kwtypes(b=str),), ("parquet",)], ids=["plain", "columns", "parquet"])
def test_datasets_both_ways(ours: TransformContext, theirs: FlyteContext, frame: Any, notes: tuple[Any, ...]) -> None:
    mine_type, other_type = annotated(StructuredDataset, notes), annotated(TheirDataset, notes)
    mine = written(ours, StructuredDataset(dataframe=frame), mine_type)
    other = their_literal(theirs, TheirDataset(dataframe=frame), other_type)
    assert without_uri(mine) == without_uri(other)
    frame_type: Any = type(frame)
    from_theirs = read(ours, other, mine_type).open(frame_type).all()
    from_mine = read_by_flytekit(theirs, mine, other_type).open(frame_type).all()
    same(from_theirs, from_mine)
    same(from_theirs, read(ours, mine, mine_type).open(frame_type).all())


@pytest.mark.parametrize("columns", [None, ["b"], ["b", "a"]], ids=str)
def test_csv_both_ways(ours: TransformContext, theirs: FlyteContext, columns: list[str] | None) -> None:
    notes = (kwtypes(**AB), "csv")
    mine = written(ours, StructuredDataset(dataframe=FRAME[["a", "b"]]), annotated(StructuredDataset, notes))
    other = their_literal(theirs, TheirDataset(dataframe=FRAME[["a", "b"]]), annotated(TheirDataset, notes))
    assert without_uri(mine) == without_uri(other)
    assert [files(mine), files(other)] == [[".csv"]] * 2
    wanted = annotated(pd.DataFrame, (kwtypes(**{name: AB[name] for name in columns}),) if columns else ())
    expected = FRAME[columns or ["a", "b"]]
    same(read(ours, other, wanted), expected)
    same(read_by_flytekit(theirs, mine, wanted)[list(expected.columns)], expected)


def test_files_lie_where_flytekit_puts_them(ours: TransformContext, theirs: FlyteContext) -> None:
    mine, other = written(ours, FRAME, pd.DataFrame), their_literal(theirs, FRAME, pd.DataFrame)
    assert [files(mine), files(other)] == [["00000"]] * 2
    schemas = [pq.read_schema(f"{each.scalar.structured_dataset.uri}/00000") for each in (mine, other)]
    assert schemas[0].equals(schemas[1], check_metadata=True)


@pytest.mark.parametrize("frame_type", [pd.DataFrame, pa.Table], ids=lambda each: each.__name__)
def test_a_named_uri_both_ways(ours: TransformContext, theirs: FlyteContext, tmp_path: Path, frame_type: Any) -> None:
    pq.write_table(pa.Table.from_pandas(FRAME), tmp_path / "table.parquet")
    uri = str(tmp_path / "table.parquet")
    other = their_literal(theirs, TheirDataset(uri=uri, file_format="parquet"), TheirDataset)
    mine = written(ours, StructuredDataset(uri=uri, file_format="parquet"), StructuredDataset)
    assert without_uri(mine) == without_uri(other)
    same(read(ours, other, StructuredDataset).open(frame_type).all(), read(ours, mine, frame_type))
    remote = "s3://bucket/table.parquet"
    mine = written(ours, StructuredDataset(uri=remote, file_format="parquet"), StructuredDataset)
    assert mine == their_literal(theirs, TheirDataset(uri=remote, file_format="parquet"), TheirDataset)


@pytest.mark.parametrize("frame_type", [pd.DataFrame, pa.Table, pl.DataFrame], ids=lambda each: each.__name__)
def test_several_parts_both_ways(ours: TransformContext, theirs: FlyteContext, tmp_path: Path, frame_type: Any) -> None:
    for at in range(3):
        pq.write_table(pa.table({"a": [at], "b": [str(at)]}), tmp_path / f"part-{at}")
    literal = their_literal(theirs, TheirDataset(uri=str(tmp_path), file_format="parquet"), TheirDataset)
    literal.scalar.structured_dataset.uri = str(tmp_path)
    same(read(ours, literal, frame_type), read_by_flytekit(theirs, literal, frame_type))


@pytest.mark.parametrize("frame_type", [pd.DataFrame, StructuredDataset], ids=lambda each: each.__name__)
def test_old_schemas_are_read(ours: TransformContext, theirs: FlyteContext, frame_type: Any) -> None:
    schema = FlyteSchema()
    typing.cast("Any", schema.open()).write(FRAME[["a", "b"]], FRAME[["a", "b"]])
    literal = their_literal(theirs, schema, FlyteSchema[kwtypes(a=int)])
    assert literal.scalar.HasField("schema")
    found = read(ours, literal, frame_type)
    found = found.open(pd.DataFrame).all() if frame_type is StructuredDataset else found
    assert list(found.columns) == ["a"]
    assert list(found["a"]) == [1, 2, 1, 2]


@pytest.mark.parametrize("value", [FRAME[["a"]], INDEXED[["a"]]], ids=["plain", "indexed"])
def test_a_plain_frame_declared_as_csv_is_csv(ours: TransformContext, theirs: FlyteContext, value: Any) -> None:
    # flytekit looks at the class's default alone, and writes parquet; both read both.
    python_type = Annotated[pd.DataFrame, "csv"]
    mine, other = written(ours, value, python_type), their_literal(theirs, value, python_type)
    stored = [each.scalar.structured_dataset.metadata.structured_dataset_type.format for each in (mine, other)]
    assert stored == ["csv", "parquet"]
    same(read_by_flytekit(theirs, mine, python_type), value.reset_index(drop=True))
    same(read(ours, other, python_type), value)
