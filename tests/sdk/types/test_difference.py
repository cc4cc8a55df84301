"""Differences of literals say where, and what."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jetbridge import FlyteDirectory, FlyteFile
from jetbridge.idl import Literal
from jetbridge.store import ObjectStore
from jetbridge.types import TransformContext, literal_type, to_literal
from jetbridge.types.difference import MOST, differences, table_differences

pa: Any = importlib.import_module("pyarrow")


@dataclass
class Fit:
    name: str
    slope: float
    tags: list[str]


@pytest.fixture
def context(tmp_path: Path) -> TransformContext:
    return TransformContext(ObjectStore(), f"file://{tmp_path}/raw", tmp_path / "work")


def literal(context: TransformContext, value: object, kind: Any) -> Literal:
    return to_literal(context, value, kind, literal_type(kind))


def told(context: TransformContext, kind: Any, one: object, two: object, other: Any = None) -> list[tuple[str, ...]]:
    literals = literal(context, one, kind), literal(context, two, other or kind)
    return [(each.place, each.what, each.left, each.right) for each in differences(context.store, *literals)]


@pytest.mark.parametrize(
    ("kind", "one", "two", "expected"),
    [
        (int, 1, 1, []),
        (int, 1, 2, [("", "value", "1", "2")]),
        (str, "a", "b", [("", "value", "'a'", "'b'")]),
        (float, float("nan"), float("nan"), []),
        (list[int], [1, 2, 3], [1, 5, 3], [("[1]", "value", "2", "5")]),
        (list[int], [1, 2], [1], [("", "length", "2", "1")]),
        (
            dict[str, int],
            {"a": 1, "b": 2},
            {"a": 1, "c": 2},
            [("['b']", "missing", "primitive", "—"), ("['c']", "missing", "—", "primitive")],
        ),
        (
            Fit,
            Fit("a", 1.0, ["x"]),
            Fit("a", 1.5, ["y"]),
            [(".slope", "value", "1.0", "1.5"), (".tags[0]", "value", '"x"', '"y"')],
        ),
        (
            list[Fit],
            [Fit("a", 1.0, [])],
            [Fit("b", 1.0, ["q"])],
            [("[0].name", "value", '"a"', '"b"'), ("[0].tags", "length", "0", "1")],
        ),
        (int | None, None, 3, [("", "type", "none_type", "primitive integer")]),
    ],
)
def test_values(context: TransformContext, kind: Any, one: object, two: object, expected: list[Any]) -> None:
    assert told(context, kind, one, two) == expected


def test_of_many_differences_some_are_told(context: TransformContext) -> None:
    assert len(told(context, list[int], list(range(100)), list(range(1, 101)))) == MOST


def test_values_of_other_types(context: TransformContext) -> None:
    assert told(context, int, 1, 1.0, float) == [("", "type", "integer", "float")]
    assert told(context, int, 1, "1", str)[0][1] == "type"


def test_files_from_the_first_byte(context: TransformContext, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 70_000 + b"one")
    (tmp_path / "b").write_bytes(b"x" * 70_000 + b"other")
    assert told(context, FlyteFile, FlyteFile(str(tmp_path / "a")), FlyteFile(str(tmp_path / "b"))) == [
        ("from byte 70001", "bytes", "70003 bytes, b'ne'", "70005 bytes, b'ther'")
    ]
    (tmp_path / "c").write_bytes(b"x" * 70_000)
    ((place, *_),) = told(context, FlyteFile, FlyteFile(str(tmp_path / "a")), FlyteFile(str(tmp_path / "c")))
    assert place == "from byte 70000"


def test_directories_by_their_files(context: TransformContext, tmp_path: Path) -> None:
    for folder, files in {"one": {"same": "1", "a": "1", "only": "1"}, "two": {"same": "1", "a": "2"}}.items():
        (tmp_path / folder).mkdir()
        for name, text in files.items():
            (tmp_path / folder / name).write_text(text)
    found = told(context, FlyteDirectory, FlyteDirectory(str(tmp_path / "one")), FlyteDirectory(str(tmp_path / "two")))
    assert [each[:2] for each in found] == [("file 'a' from byte 0", "bytes"), ("file 'only'", "missing")]


def test_frames_by_column_and_row(context: TransformContext) -> None:
    one = pd.DataFrame({"name": ["a", "b", "c"], "mass": [1.0, np.nan, 3.0], "gone": [1, 2, 3]})
    two = pd.DataFrame({"name": ["a", "b", "d"], "mass": [1.0, np.nan, 4.0], "new": [1, 2, 3]})
    found = told(context, pd.DataFrame, one, two)
    assert found == [
        ("", "columns", "['name', 'mass', 'gone']", "['name', 'mass', 'new']"),
        ("column 'name', row 2", "value", "'c'", "'d'"),
        ("column 'mass', row 2", "value", "3.0", "4.0"),
    ]
    assert told(context, pd.DataFrame, one, one.copy()) == []
    assert told(context, pd.DataFrame, one, one.head(2)) == [("", "rows", "3", "2")]


def test_columns_of_other_types_and_far_rows() -> None:
    one = pa.table({"n": pa.array(range(200_000)), "t": pa.array([1] * 200_000)})
    two = pa.table({"n": pa.array([*range(199_998), -1, 199_999]), "t": pa.array([1.0] * 200_000)})
    found = [(each.place, each.what, each.left, each.right) for each in table_differences("x", one, two)]
    assert found == [
        ("x column 'n', row 199998", "value", "199998", "-1"),
        ("x column 't'", "type", "int64", "double"),
    ]


def test_encodings_are_no_difference() -> None:
    plain = pa.table({"s": pa.array(["a", "b"])})
    other = pa.table({"s": pa.array(["a", "b"], pa.large_string()).dictionary_encode()})
    assert list(table_differences("", plain, other)) == []
