# ruff: noqa: UP007, UP045 -- both spellings of a union are meant
"""Castability, attributes and digests."""

from __future__ import annotations

import datetime as dt
import importlib
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Optional, Union

import pandas
import pytest

from jetbridge.errors import BindingError, TypeTransformError
from jetbridge.idl import Literal, LiteralType, StructuredDatasetType
from jetbridge.types import TransformContext, literal_type, to_literal
from jetbridge.types.attributes import get_attribute
from jetbridge.types.binary import plain_literal
from jetbridge.types.casting import is_castable
from jetbridge.types.digest import content_digest, table_digest
from jetbridge.types.directory import FlyteDirectory
from jetbridge.types.file import FlyteFile
from jetbridge.types.json_codec import to_json

# pyarrow has no type stubs.
pyarrow: Any = importlib.import_module("pyarrow")
parquet: Any = importlib.import_module("pyarrow.parquet")
# A type checker does not know flytekit's FlyteFile["csv"].
CSV: Any = FlyteFile.__class_getitem__("csv")
PNG: Any = FlyteFile.__class_getitem__("png")


class Color(Enum):
    RED = "red"


class Size(Enum):
    BIG = "big"


@dataclass
class Small:
    x: int


@dataclass
class Large:
    x: int
    y: float = 0.5


CASTS: list[tuple[Any, Any, bool]] = [
    (int, int, True),
    (int, float, False),
    (Color, str, True),
    (str, Color, True),
    (Color, Size, False),
    (Color, Color, True),
    (type(None), type(None), True),
    (int, type(None), False),
    (list[int], list[int], True),
    (list[int], list[float], False),
    (list[None], list[float], True),
    (int, list[int], False),
    (dict[str, None], dict[str, int], True),
    (dict[str, int], dict[str, int], True),
    (dict[str, int], dict, False),
    (dict, Small, True),
    (Small, dict, True),
    (Small, Small, True),
    (Small, Large, False),
    (int, Optional[int], True),
    (type(None), Optional[int], True),
    (str, Optional[int], False),
    (Optional[int], int, False),
    (Optional[int], Union[int, str, None], True),
    (Union[int, str, None], Optional[int], False),
    (str, Union[str, Color], False),
    (CSV, FlyteFile, True),
    (FlyteFile, CSV, True),
    (CSV, PNG, False),
    (FlyteFile, FlyteDirectory, True),
    (FlyteFile, str, False),
    (pandas.DataFrame, pandas.DataFrame, True),
    (type(None), pandas.DataFrame, True),
    (int, pandas.DataFrame, False),
    (int, dt.datetime, False),
]


@pytest.mark.parametrize(("upstream", "downstream", "castable"), CASTS, ids=str)
def test_castability(upstream: Any, downstream: Any, castable: bool) -> None:
    assert is_castable(literal_type(upstream), literal_type(downstream)) is castable


def columns(form: str = "", **types: Any) -> LiteralType:
    found = [
        StructuredDatasetType.DatasetColumn(name=name, literal_type=literal_type(each)) for name, each in types.items()
    ]
    return LiteralType(structured_dataset_type=StructuredDatasetType(columns=found, format=form))


@pytest.mark.parametrize(
    ("upstream", "downstream", "castable"),
    [
        (columns(a=int, b=str), columns(a=int), True),
        (columns(a=int), columns(a=int, b=str), False),
        (columns(a=int), columns(a=float), False),
        (columns(), columns(a=int), True),
        (columns(a=int), columns(), True),
        (columns("csv"), columns("parquet"), False),
        (columns("CSV"), columns("csv"), True),
        (columns("csv"), columns(), True),
    ],
    ids=str,
)
def test_columns_must_be_a_subset(upstream: LiteralType, downstream: LiteralType, castable: bool) -> None:
    assert is_castable(upstream, downstream) is castable


def test_a_union_of_one_is_unwrapped_and_tags_count() -> None:
    single = LiteralType()
    single.union_type.variants.append(literal_type(Optional[int]).union_type.variants[0])
    assert not is_castable(single, literal_type(int)), "the tag int differs from no tag"
    single.union_type.variants[0].ClearField("structure")
    assert is_castable(single, literal_type(int))


def test_a_larger_schema_serves_a_smaller_one() -> None:
    smaller, larger = literal_type(dict), literal_type(dict)
    smaller.metadata.update({"properties": {"a": {"type": "integer"}}})
    larger.metadata.update({"properties": {"a": {"type": "integer"}, "b": {"type": "string"}}})
    assert is_castable(larger, smaller)
    assert not is_castable(smaller, larger)


def test_schemas_and_structured_datasets() -> None:
    schema = LiteralType()
    schema.schema.columns.add(name="a", type=0)
    assert is_castable(schema, columns(a=int))
    assert is_castable(columns(a=int), schema)
    assert not is_castable(schema, columns(a=str))
    assert not is_castable(columns("csv", a=int), schema)
    assert is_castable(schema, schema)
    assert not is_castable(literal_type(int), schema)


@dataclass
class Nested:
    name: str
    at: dt.datetime
    points: list[Large]
    sizes: dict[str, int]
    maybe: Small | None = None


@pytest.fixture
def nested(context: TransformContext) -> Literal:
    value = Nested("n", dt.datetime(2026, 1, 31), [Large(1), Large(2**40, 1.0)], {"k": 3})
    python_type = dict[str, list[Nested | None]]
    return to_literal(context, {"a": [None, value]}, python_type, literal_type(python_type))


@pytest.mark.parametrize(
    ("path", "kind", "shown"),
    [
        (("a", 1, "name"), "primitive", "n"),
        (("a", 1, "at"), "primitive", "2026-01-31T00:00:00"),
        (("a", 1, "points", 1, "x"), "primitive", 2**40),
        (("a", 1, "points", 1, "y"), "primitive", 1.0),
        (("a", 1, "sizes", "k"), "primitive", 3),
        (("a", 1, "sizes"), "binary", {"k": 3}),
        (("a", 1, "points"), None, [{"x": 1, "y": 0.5}, {"x": 2**40, "y": 1.0}]),
        (("a", 1, "maybe"), "binary", None),
    ],
    ids=str,
)
def test_attributes(nested: Literal, path: tuple[str | int, ...], kind: str | None, shown: object) -> None:
    found = get_attribute(nested, path)
    assert found.scalar.WhichOneof("value") == kind
    assert (to_json(found), type(to_json(found))) == (shown, type(shown))


def test_items_of_a_list_in_a_struct_stay_msgpack() -> None:
    found = get_attribute(plain_literal({"a": [1, None]}), ("a",))
    assert list(found.collection.literals) == [plain_literal(1), plain_literal(None)]


def test_attributes_of_a_generic_struct_are_floats_and_structs() -> None:
    literal = Literal()
    literal.scalar.generic.update({"n": 1, "d": {"s": "x"}, "l": [1, "y"], "z": None})
    assert get_attribute(literal, ("n",)).scalar.primitive.float_value == 1.0
    assert get_attribute(literal, ("d",)).scalar.HasField("generic")
    assert get_attribute(literal, ("l", 1)).scalar.primitive.string_value == "y"
    assert to_json(get_attribute(literal, ("l",))) == [1.0, "y"]
    assert get_attribute(literal, ("z",)).scalar.HasField("none_type")


@pytest.mark.parametrize(
    ("path", "says"),
    [
        (("b",), "attribute 'b' does not exist: the keys are ['a']"),
        ((0,), "attribute 0 does not exist"),
        (("a", 2), "attribute 2 does not exist: at ['a']: the list has 2 items"),
        (("a", -1), "attribute -1 does not exist"),
        (("a", "x"), "attribute 'x' does not exist"),
        (("a", 0, "x"), "there is none_type, which has no parts"),
        (("a", 1, "nam"), "the keys are ['name', 'at'"),
        (("a", 1, "points", 9), "at ['a'][1]['points']: the list has 2 items"),
        (("a", 1, "name", "x"), "there is 'n', which has no parts"),
    ],
    ids=str,
)
def test_missing_attributes(nested: Literal, path: tuple[str | int, ...], says: str) -> None:
    with pytest.raises(BindingError) as caught:
        get_attribute(nested, path)
    assert says in caught.value.message


def test_the_empty_path_is_the_literal(nested: Literal) -> None:
    assert get_attribute(nested, ()) is nested


def digest(context: TransformContext, value: object, python_type: Any) -> str:
    return content_digest(context.store, to_literal(context, value, python_type, literal_type(python_type)))


def test_values_of_different_types_have_different_digests(context: TransformContext) -> None:
    typed: list[tuple[Any, Any]] = [
        (1, int), (1.0, float), (True, bool), ("1", str), (None, type(None)), ([1], list[int]),
        ([[1]], list[list[int]]),
        ({"a": 1}, dict[str, int]), ({"a": 1}, dict), ({"a": 1.0}, dict), ({"a": True}, dict), ({"a": "1"}, dict),
        ([], list[int]), ({}, dict), (dt.timedelta(seconds=1), dt.timedelta), (0.0, float), (-0.0, float),
    ]  # fmt: skip
    assert len({digest(context, value, python_type) for value, python_type in typed}) == len(typed)


def test_digests_ignore_what_does_not_matter(context: TransformContext) -> None:
    assert digest(context, 1, Optional[int]) == digest(context, 1, int)
    assert digest(context, {"a": 1, "b": 2}, dict) == digest(context, {"b": 2, "a": 1}, dict)
    assert digest(context, float("nan"), float) == digest(context, -float("nan"), float)


def test_files_and_folders_count_by_names_and_bytes(context: TransformContext, tmp_path: Path) -> None:
    (tmp_path / "d" / "s").mkdir(parents=True)
    (tmp_path / "d" / "f").write_bytes(b"x")
    (tmp_path / "d" / "s" / "f").write_bytes(b"y")
    (tmp_path / "other").write_bytes(b"x")
    first = digest(context, tmp_path / "d" / "f", FlyteFile)
    folder = digest(context, tmp_path / "d", FlyteDirectory)
    assert first == digest(context, tmp_path / "other", FlyteFile)
    assert first != digest(context, tmp_path / "d" / "s" / "f", FlyteFile)
    assert folder == digest(context, tmp_path / "d", FlyteDirectory)
    (tmp_path / "d" / "f").rename(tmp_path / "d" / "g")
    assert folder != digest(context, tmp_path / "d", FlyteDirectory)


@dataclass
class Holder:
    file: FlyteFile


def test_files_inside_a_struct_count_by_their_bytes(context: TransformContext, tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"x")
    first = digest(context, Holder(FlyteFile(tmp_path / "f")), Holder)
    assert first == digest(context, Holder(FlyteFile(tmp_path / "f")), Holder)
    (tmp_path / "f").write_bytes(b"y")
    assert first != digest(context, Holder(FlyteFile(tmp_path / "f")), Holder)


TABLE = pyarrow.table(
    {
        "i": pyarrow.array([1, None, 3]),
        "f": pyarrow.array([float("nan"), None, 0.5]),
        "s": pyarrow.array(["a", None, "b"]),
        "b": pyarrow.array([True, False, None]),
        "n": pyarrow.array([[1], None, []]),
        "t": pyarrow.array([dt.datetime(2026, 1, 31), None, None], pyarrow.timestamp("us", "UTC")),
    }
)


def test_tables_count_by_values_not_by_encoding(context: TransformContext) -> None:
    uri = context.fresh_uri()
    context.work_dir.mkdir()
    parquet.write_table(TABLE, context.work_dir / "a", compression="gzip", row_group_size=1, use_dictionary=False)
    encoded = TABLE.set_column(2, "s", TABLE.column("s").dictionary_encode())
    parquet.write_table(encoded, context.work_dir / "b", compression="none", write_statistics=False)
    for name in ("a", "b"):
        context.store.upload(context.work_dir / name, f"{uri}/{name}/00000")
    literals = [Literal(), Literal()]
    for name, literal in zip("ab", literals, strict=True):
        literal.scalar.structured_dataset.uri = f"{uri}/{name}"
    assert {content_digest(context.store, literal) for literal in literals} == {table_digest(TABLE)}


@pytest.mark.parametrize(
    "other",
    [
        TABLE.slice(0, 2),
        TABLE.rename_columns(["i", "f", "s", "b", "n", "u"]),
        TABLE.set_column(0, "i", pyarrow.array([1, 0, 3])),
        TABLE.set_column(0, "i", pyarrow.array([1.0, None, 3.0])),
        TABLE.set_column(1, "f", pyarrow.array([None, float("nan"), 0.5])),
        TABLE.set_column(2, "s", pyarrow.array(["a", "None", "b"])),
        TABLE.set_column(3, "b", pyarrow.array([True, None, False])),
        TABLE.select(["f", "i", "s", "b", "n", "t"]),
    ],
    ids=["rows", "name", "null", "type", "nan", "text", "bool", "order"],
)
def test_any_other_table_has_another_digest(other: Any) -> None:
    assert table_digest(other) != table_digest(TABLE)


def test_chunks_do_not_matter() -> None:
    chunked = pyarrow.concat_tables([TABLE.slice(0, 1), TABLE.slice(1)])
    assert table_digest(chunked) == table_digest(TABLE)
    numbers = pyarrow.table({"i": list(range(150_000))})
    split = pyarrow.concat_tables([numbers.slice(0, 70_001), numbers.slice(70_001)])
    assert table_digest(split) == table_digest(numbers)


def test_an_empty_literal_has_no_digest(context: TransformContext) -> None:
    with pytest.raises(TypeTransformError, match="no content to compare"):
        content_digest(context.store, Literal())
