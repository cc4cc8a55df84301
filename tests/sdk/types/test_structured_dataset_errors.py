# The data frame libraries have type information only in part.
# pyright: basic, reportMissingTypeStubs=false, reportInvalidTypeForm=false
"""What is refused, and how it is said; and codecs of other distributions."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from jetbridge import entry_points
from jetbridge.errors import JetbridgeError, StoreError, TypeTransformError
from jetbridge.idl import Literal
from jetbridge.store import ObjectStore
from jetbridge.types import TransformContext, literal_type, to_literal, to_python
from jetbridge.types.structured_dataset import StructuredDataset, kwtypes
from jetbridge.types.structured_dataset.registry import GROUP, formats

TABLE = pa.table({"a": [1], "b": ["x"], "t": [dt.datetime(2026, 1, 31)], "flag": [True], "f": [0.5]})
KINDS: list[Any] = [pd.DataFrame, pa.Table, pl.DataFrame, pl.LazyFrame, duckdb.DuckDBPyRelation]


def written(context: TransformContext, value: object, python_type: Any) -> Literal:
    return to_literal(context, value, python_type, literal_type(python_type))


def says(error: pytest.ExceptionInfo[JetbridgeError], text: str) -> None:
    assert text in error.value.message
    assert error.value.hint


@pytest.mark.parametrize(
    ("python_type", "text"),
    [
        (Annotated[pd.DataFrame, "csv", "parquet"], "gives a format twice"),
        (Annotated[pd.DataFrame, kwtypes(a=int), kwtypes(b=int)], "gives columns twice"),
        (Annotated[pd.DataFrame, pa.schema([]), pa.schema([])], "gives an Arrow schema twice"),
        (Annotated[pd.DataFrame, kwtypes(a=complex)], "column 'a' cannot have the type complex"),
        (Annotated[pd.DataFrame, kwtypes(a=list[bytes])], "column 'a' cannot have the type bytes"),
        (pa.RecordBatch, "RecordBatch has no FlyteIDL type"),
    ],
    ids=str,
)
def test_types_that_are_refused(python_type: Any, text: str) -> None:
    with pytest.raises(TypeTransformError) as caught:
        literal_type(python_type)
    says(caught, text)


@pytest.mark.parametrize(
    ("value", "python_type", "text"),
    [
        (TABLE, StructuredDataset, "expected StructuredDataset, got"),
        (StructuredDataset(), StructuredDataset, "holds neither a data frame nor a URI"),
        (StructuredDataset(uri="no/such/table"), StructuredDataset, "there is no data frame at 'no/such/table'"),
        (StructuredDataset(dataframe=[1]), StructuredDataset, "list is no data frame that can be stored"),
        (StructuredDataset(dataframe=TABLE, file_format="orc"), StructuredDataset, "Table has no format 'orc'"),
        (TABLE, Annotated[pa.Table, "orc"], "Table has no format 'orc'"),
        (TABLE, pd.DataFrame, "expected DataFrame, got"),
        (pa.table({"a": [[1]]}), Annotated[pa.Table, "csv"], "Table cannot be written as csv"),
    ],
    ids=lambda each: str(each)[:30],
)
def test_values_that_are_refused(context: TransformContext, value: Any, python_type: Any, text: str) -> None:
    with pytest.raises(TypeTransformError) as caught:
        written(context, value, python_type)
    says(caught, text)


def made(kind: Any) -> Any:
    frame: Any = pl.from_arrow(TABLE)
    frames = [TABLE.to_pandas(), TABLE, frame, frame.lazy(), duckdb.from_arrow(TABLE)]
    return frames[KINDS.index(kind)]


@pytest.mark.parametrize("form", ["parquet", "csv"])
@pytest.mark.parametrize("kind", KINDS, ids=lambda each: f"{each.__module__}.{each.__name__}")
def test_a_missing_column_is_named_when_written_and_when_read(context: TransformContext, kind: Any, form: str) -> None:
    with pytest.raises(TypeTransformError) as caught:
        written(context, made(kind), Annotated[kind, kwtypes(flagg=bool), form])
    says(caught, "lacks the declared column 'flagg'; its columns are ['a', 'b', 't', 'flag', 'f']")
    assert caught.value.hint == "Did you mean 'flag'?"
    literal = written(context, made(kind), Annotated[kind, form])
    with pytest.raises(TypeTransformError) as caught:
        to_python(context, literal, Annotated[kind, kwtypes(zzz=int)])
    says(caught, "lacks the declared column 'zzz'")
    dataset: Any = to_python(context, literal, Annotated[StructuredDataset, kwtypes(zzz=int)])
    with pytest.raises(TypeTransformError, match="lacks the declared column 'zzz'"):
        list(dataset.open(kind).iter())


FITTING = {"a": (int, float), "b": (str,), "t": (dt.datetime, dt.date), "flag": (bool,), "f": (float, int)}


@pytest.mark.parametrize("declared", [int, float, str, bool, dt.datetime, dt.timedelta])
@pytest.mark.parametrize("column", TABLE.column_names)
def test_a_column_of_another_kind_is_refused(context: TransformContext, column: str, declared: Any) -> None:
    python_type = Annotated[pa.Table, kwtypes(**{column: declared})]
    plain = written(context, TABLE, pa.Table)
    if declared in FITTING[column]:
        assert to_python(context, plain, python_type) == TABLE.select([column])
        assert written(context, TABLE, python_type)
        return
    for act in (lambda: written(context, TABLE, python_type), lambda: to_python(context, plain, python_type)):
        with pytest.raises(TypeTransformError) as caught:
            act()
        says(caught, f"column {column!r} is declared as ")


def test_integers_with_gaps_and_objects_fit(context: TransformContext) -> None:
    frame = pd.DataFrame({"i": [1, None], "o": [None, None], "c": pd.Categorical(["x", None])})
    python_type = Annotated[pd.DataFrame, kwtypes(i=int, o=str, c=str)]
    again: Any = to_python(context, written(context, frame, python_type), python_type)
    assert list(again.columns) == ["i", "o", "c"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda each: f"{each.__module__}.{each.__name__}")
def test_broken_data_is_a_typed_error(context: TransformContext, tmp_path: Path, kind: Any) -> None:
    (tmp_path / "broken").write_bytes(b"PAR1 no parquet PAR1")
    literal = Literal()
    literal.scalar.structured_dataset.uri = f"file://{tmp_path}/broken"
    with pytest.raises(TypeTransformError) as caught:
        to_python(context, literal, Annotated[kind, kwtypes(a=int)])
    says(caught, f"the data at file://{tmp_path}/broken cannot be read as {kind.__name__}")


def test_opening_comes_before_reading_and_fits_what_is_in_memory() -> None:
    with pytest.raises(TypeTransformError, match="no class to be read as"):
        StructuredDataset(uri="s3://b/t").all()
    with pytest.raises(TypeTransformError) as caught:
        StructuredDataset(dataframe=TABLE).open(pd.DataFrame).all()
    says(caught, "was not stored yet, so it cannot be read as DataFrame")


class Refusing(ObjectStore):
    """A store that is away while a frame is transferred."""

    def open_writer(self, uri: str) -> Any:
        raise StoreError(f"the store refused {uri!r}: away", hint="Try later.")

    def list(self, prefix: str) -> Any:
        raise StoreError(f"the store refused {prefix!r}: away", hint="Try later.")

    def upload(self, path: Path, uri: str, progress: Any = None) -> Any:
        raise StoreError(f"the store refused {uri!r}: away", hint="Try later.")


@pytest.mark.parametrize("kind", KINDS, ids=lambda each: f"{each.__module__}.{each.__name__}")
def test_a_failing_store_stays_a_failing_store(tmp_path: Path, kind: Any) -> None:
    context = TransformContext(Refusing(), "s3://b/raw", tmp_path)
    with pytest.raises(StoreError):
        written(context, made(kind), kind)
    literal = Literal()
    literal.scalar.structured_dataset.uri = "s3://b/table"
    with pytest.raises(StoreError):
        to_python(context, literal, kind)


def run(program: str, path: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(path)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=path, capture_output=True, text=True, check=True
    )
    return done.stdout


MODULE = """
class Lines(list):
    pass

class LinesCodec:
    def write(self, frame, target):
        with target.local_part("00000.txt") as path:
            open(path, "w").write("\\n".join(frame))
    def read(self, source):
        (part,) = source.local_parts(source.parts())
        return Lines(part.read_text().split("\\n"))
    def batches(self, source, rows):
        lines = self.read(source)
        return (Lines(lines[at : at + rows]) for at in range(0, len(lines), rows))

LINES = LinesCodec()
"""
PROGRAM = """
from pathlib import Path
from lines import Lines
from jetbridge.store import open_store
from jetbridge.types import TransformContext, literal_type, to_literal, to_python
from jetbridge.types.structured_dataset import StructuredDataset
context = TransformContext(open_store(), f"file://{Path.cwd()}/raw", Path("work"))
literal = to_literal(context, Lines("abc"), Lines, literal_type(Lines))
print(literal.scalar.structured_dataset.metadata.structured_dataset_type.format, to_python(context, literal, Lines))
print(list(to_python(context, literal, StructuredDataset).open(Lines).iter(2)))
try:
    to_literal(context, StructuredDataset(dataframe=Lines(), file_format="csv"), StructuredDataset, literal_type(Lines))
except Exception as error:
    print(error)
"""


def test_a_codec_of_another_distribution(tmp_path: Path) -> None:
    info = tmp_path / "lines-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: lines\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[jetbridge.dataframes]\nlines.Lines:txt = lines:LINES\n")
    (tmp_path / "lines.py").write_text(MODULE)
    first, second, *rest = run(PROGRAM, tmp_path).splitlines()
    assert (first, second) == ("txt ['a', 'b', 'c']", "[['a', 'b'], ['c']]")
    assert rest[0] == "Lines has no format 'csv'"
    assert rest[-1].startswith("Hint: Use 'txt', or install a distribution with an entry point 'lines.Lines:csv'")


@pytest.mark.parametrize("module", ["dataframe", "classic.dataframe", "connect.dataframe"])
def test_spark_brings_its_own_codec(module: str) -> None:
    name = f"pyspark.sql.{module}.DataFrame"
    assert formats(name) == ("parquet",)
    assert hasattr(entry_points.load(GROUP, f"{name}:parquet"), "batches")


def test_a_missing_library_is_named_with_its_extra(tmp_path: Path) -> None:
    program = """
import sys
sys.modules["pyarrow"] = None
import pandas
from jetbridge.types.structured_dataset.pandas_frames import PANDAS
try:
    PANDAS.to_arrow(pandas.DataFrame())
except Exception as error:
    print(error)
"""
    message, _, hint = run(program, tmp_path).splitlines()
    assert message.startswith("this data frame needs pyarrow, which cannot be imported")
    assert hint == "Hint: Install it: pip install 'jetbridge[dataframe]'"


def test_no_library_is_loaded_before_it_is_used(tmp_path: Path) -> None:
    program = """
import sys
from jetbridge.types.structured_dataset import StructuredDataset
from jetbridge.types import literal_type
literal_type(StructuredDataset)
print(sorted({name.partition(".")[0] for name in sys.modules} & {"pandas", "pyarrow", "polars", "duckdb", "numpy"}))
"""
    assert run(program, tmp_path).strip() == "[]"
