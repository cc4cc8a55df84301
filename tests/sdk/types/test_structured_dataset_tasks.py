# The data frame libraries have type information only in part.
# pyright: basic, reportMissingTypeStubs=false, reportInvalidTypeForm=false
"""Data frames as authors write them: through tasks and workflows, in unions, lists and dataclasses."""

# Annotations are objects here, since they name what is defined in the test.
import importlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from jetbridge import StructuredDataset, kwtypes, task, workflow
from jetbridge.idl import Literal
from jetbridge.types import TransformContext, literal_type, to_literal, to_python
from jetbridge.types.digest import content_digest

Names = Annotated[StructuredDataset, kwtypes(name=str)]


@task
def make(rows: int) -> Annotated[pd.DataFrame, kwtypes(name=str, age=int)]:
    return pd.DataFrame({"name": [f"n{at}" for at in range(rows)], "age": range(rows), "note": "x"})


@task
def double(people: pl.LazyFrame) -> pl.LazyFrame:
    return people.with_columns(pl.col("age") * 2)


@task
def names(people: Names) -> list[str]:
    table = people.open(pa.Table).all()
    return [*table.column_names, *table["name"].to_pylist()]


@task
def total(people: StructuredDataset) -> int:
    return sum(int(piece["age"].sum()) for piece in people.open(pd.DataFrame).iter())


@task
def wrapped(people: pd.DataFrame | None) -> Annotated[StructuredDataset, "csv"]:
    return StructuredDataset(dataframe=pa.Table.from_pandas(pd.DataFrame() if people is None else people))


@workflow
def flow(rows: int) -> tuple[list[str], int]:
    people: Any = make(rows=rows)
    doubled: Any = double(people=people)
    return names(people=doubled), total(people=doubled)


def test_a_workflow_passes_frames_between_libraries() -> None:
    assert flow(rows=3) == (["name", "n0", "n1", "n2"], 6)


def test_an_optional_frame_and_a_wrapped_one() -> None:
    dataset: Any = wrapped(people=make(rows=2))
    assert dataset.file_format == "csv"
    assert dataset.open(pd.DataFrame).all()["age"].tolist() == [0, 1]


@dataclass
class Bundle:
    table: StructuredDataset
    count: int


def test_a_dataset_in_a_dataclass_and_in_a_list(context: TransformContext) -> None:
    bundle = Bundle(StructuredDataset(dataframe=pa.table({"a": [1]})), 1)
    literal = to_literal(context, bundle, Bundle, literal_type(Bundle))
    again: Any = to_python(context, literal, Bundle)
    assert again.table.open(pd.DataFrame).all()["a"].tolist() == [1]
    frames = to_literal(context, [pa.table({"a": [2]})], list[pa.Table], literal_type(list[pa.Table]))
    assert to_python(context, frames, list[pa.Table]) == [pa.table({"a": [2]})]


@pytest.mark.parametrize("python_type", [pd.DataFrame, pd.DataFrame | None], ids=str)
def test_an_old_schema_is_a_frame(context: TransformContext, tmp_path: Path, python_type: Any) -> None:
    pd.DataFrame({"a": [1], "b": ["x"]}).to_parquet(tmp_path / "00000")
    literal = Literal()
    literal.scalar.schema.uri = f"file://{tmp_path}"
    literal.scalar.schema.type.columns.add(name="b", type=2)
    found: Any = to_python(context, literal, python_type)
    assert found.to_dict("list") == {"b": ["x"]}


def test_the_same_content_has_the_same_digest_in_every_format(context: TransformContext) -> None:
    table = pa.table({"a": [1, 2], "b": ["x", "y"]})
    frames: list[Any] = [table, table.to_pandas(), pl.from_arrow(table)]
    literals = [
        to_literal(context, frame, kind, literal_type(kind))
        for frame in frames
        for kind in (type(frame), Annotated[type(frame), "csv"])
    ]
    assert len({content_digest(context.store, each) for each in literals}) == 1
    other = to_literal(context, table.slice(1), pa.Table, literal_type(pa.Table))
    assert content_digest(context.store, other) != content_digest(context.store, literals[0])


def test_the_guide_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = Path(__file__).parents[3] / "docs" / "guide" / "data-frames.md"
    blocks = re.findall(r"```python\n(.*?)```", page.read_text(), re.S)
    assert len(blocks) == 6
    (tmp_path / "guide_of_data_frames.py").write_text("\n".join(blocks))
    monkeypatch.syspath_prepend(str(tmp_path))
    assert importlib.import_module("guide_of_data_frames").years() == 77
