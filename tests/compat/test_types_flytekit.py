# flytekit has no type information.
# pyright: basic, reportMissingTypeStubs=false, reportInvalidTypeForm=false, reportUndefinedVariable=false
# ruff: noqa: UP006, UP007, UP045 -- both spellings of a type are meant
"""Our literal types and literals against the real flytekit's, and each reading the other's."""

from __future__ import annotations

import datetime as dt
import enum
import os
import typing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional, Union

import pandas
import pytest
from flytekit.core.context_manager import FlyteContext, FlyteContextManager
from flytekit.core.type_engine import TypeEngine
from flytekit.models.literals import Literal as FlyteLiteral
from flytekit.types.directory import FlyteDirectory as TheirDirectory
from flytekit.types.file import FlyteFile as TheirFile

from jetbridge.idl import Literal, LiteralType
from jetbridge.store import open_store
from jetbridge.types import TransformContext, literal_type, to_literal, to_python
from jetbridge.types.directory import FlyteDirectory
from jetbridge.types.file import FlyteFile

UTC = dt.UTC
# A type checker does not know flytekit's FlyteFile["csv"].
CSV: Any = FlyteFile.__class_getitem__("csv")
THEIR_CSV: Any = TheirFile.__class_getitem__("csv")
NOON = dt.datetime(2026, 1, 31, 12, 0, 0, 5, tzinfo=UTC)


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Name(enum.StrEnum):
    ADA = "ada"


@dataclass
class Inner:
    a: int
    b: str | None = None


@dataclass
class Empty:
    pass


@dataclass
class Wide:
    i: int
    f: float
    s: str
    b: bool
    at: dt.datetime
    day: dt.date
    span: dt.timedelta
    color: Color
    numbers: list[int]
    by_name: dict[str, float]
    by_id: dict[int, str]
    raw: dict
    bare: list
    inner: Inner
    inners: list[Inner]
    maybe: list[Inner] | None
    either: int | str | None
    pair: tuple[int, str]
    optional: Inner | None = None
    color_default: Color = Color.RED
    fresh: list[int] = field(default_factory=list)
    pause: dt.timedelta = dt.timedelta(seconds=3)
    start: dt.datetime = dt.datetime(2026, 1, 1)
    nothing: None = None
    choice: typing.Literal["a", "b"] = "a"
    described: int = field(default=1, metadata={"description": "how many"})


@dataclass
class Node:
    v: int
    next: Optional["Node"] = None


@dataclass
class Forest:
    root: Node
    name: str


WIDE = Wide(
    1, 2.0, "s", True, NOON, NOON.date(), dt.timedelta(seconds=3.5), Color.BLUE, [1], {"a": 1.0}, {3: "x"},
    {"z": [1, None]}, [1, "x"], Inner(1), [Inner(2, "x")], None, "q", (1, "a"),
)  # fmt: skip

VALUES: list[tuple[Any, Any]] = [
    (int, 3),
    (int, -(2**63)),
    (float, 1.5),
    (float, float("inf")),
    (str, "é\n{{x}}"),
    (bool, True),
    (dt.datetime, NOON),
    (dt.date, dt.date(2026, 1, 31)),
    (dt.timedelta, dt.timedelta(days=-1, microseconds=3)),
    (type(None), None),
    (Color, Color.BLUE),
    (typing.List[int], [1, 2]),
    (list[int | None], [1, None]),
    (list[dict[str, Color | None]], [{"a": Color.RED, "b": None}]),
    (typing.Dict[str, int], {"b": 1, "a": 2}),
    (dict, {"b": 1, "a": [None, 1.5, "x", {"c": True}]}),
    (dict[int, str], {1: "a"}),
    (dict[int, dt.datetime], {1: NOON}),
    (dict[int, Inner], {1: Inner(2)}),
    (Optional[int], 1),
    (Optional[int], None),
    (int | str | None, "s"),
    (Union[int, float, bool, str, dt.datetime, Color], 1.5),
    (Union[int, float, bool, str, dt.datetime, Color], True),
    (Union[int, list[Inner]], [Inner(1)]),
    (Optional[Inner], Inner(1, "b")),
    (Optional[dict[str, int]], {"a": 1}),
    (typing.Annotated[int, "note"], 3),
    (typing.Literal["a", "b"], "a"),
    (typing.Literal[1, 2], 2),
    (typing.Literal[True], True),
    (Name, Name.ADA),
    (Union[int, typing.Literal["a"]], "a"),
    (Union[str, Name], "a"),
    (Union[list[int], list[str]], ["a"]),
    (Union[dt.datetime, dt.date], dt.date(2026, 1, 31)),
    (Union[dict, Inner], Inner(1)),
    (dict[float, str], {1.5: "a"}),
    (dict[str, dict[int, str]], {"a": {1: "x"}}),
    (Inner, Inner(1)),
    (Empty, Empty()),
    (dict[str, Inner], {"a": Inner(1)}),
    (list[list[Inner]], [[Inner(1)], []]),
    (Wide, WIDE),
    (Node, Node(1, Node(2))),
    (Forest, Forest(Node(1), "oak")),
]  # fmt: skip


def ident(value: Any) -> str:
    return str(value)[:50]


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


@pytest.mark.parametrize("python_type", [each for each, _ in VALUES], ids=ident)
def test_literal_types_are_flytekits(python_type: Any) -> None:
    assert literal_type(python_type) == their_type(python_type)


@pytest.mark.parametrize(("python_type", "value"), VALUES, ids=ident)
def test_literals_are_flytekits(ours: TransformContext, theirs: FlyteContext, python_type: Any, value: Any) -> None:
    assert to_literal(ours, value, python_type, literal_type(python_type)) == their_literal(theirs, value, python_type)


@pytest.mark.parametrize(("python_type", "value"), VALUES, ids=ident)
def test_each_reads_what_the_other_wrote(
    ours: TransformContext, theirs: FlyteContext, python_type: Any, value: Any
) -> None:
    literal = to_literal(ours, value, python_type, literal_type(python_type))
    assert read_by_flytekit(theirs, literal, python_type) == value
    assert to_python(ours, their_literal(theirs, value, python_type), python_type) == value


FILE_TYPES: list[tuple[Any, Any]] = [
    (FlyteFile, TheirFile),
    (CSV, THEIR_CSV),
    (FlyteFile[typing.TypeVar("csv")], TheirFile[typing.TypeVar("csv")]),
    (os.PathLike, os.PathLike),
    (FlyteDirectory, TheirDirectory),
    (FlyteDirectory["png"], TheirDirectory["png"]),
    (Optional[CSV], Optional[THEIR_CSV]),
    (list[FlyteFile], list[TheirFile]),
    (dict[str, FlyteDirectory], dict[str, TheirDirectory]),
    (pandas.DataFrame, pandas.DataFrame),
    (Optional[pandas.DataFrame], Optional[pandas.DataFrame]),
]


@pytest.mark.parametrize(("mine", "other"), FILE_TYPES, ids=ident)
def test_types_of_stored_data_are_flytekits(mine: Any, other: Any) -> None:
    assert literal_type(mine) == their_type(other)


def with_uri(literal: Literal, uri: str) -> Literal:
    changed = Literal.FromString(literal.SerializeToString())
    getattr(changed.scalar, changed.scalar.WhichOneof("value") or "").uri = uri
    return changed


def test_files_both_ways(ours: TransformContext, theirs: FlyteContext, tmp_path: Path) -> None:
    (tmp_path / "a b.csv").write_text("x\n1\n")
    mine = to_literal(ours, str(tmp_path / "a b.csv"), CSV, literal_type(CSV))
    other = their_literal(theirs, str(tmp_path / "a b.csv"), THEIR_CSV)
    assert with_uri(mine, "") == with_uri(other, "")
    assert Path(mine.scalar.blob.uri).name == Path(other.scalar.blob.uri).name == "a b.csv"
    assert Path(read_by_flytekit(theirs, mine, THEIR_CSV)).read_text() == "x\n1\n"
    assert Path(typing.cast("Any", to_python(ours, other, CSV))).read_text() == "x\n1\n"


def test_directories_both_ways(ours: TransformContext, theirs: FlyteContext, tmp_path: Path) -> None:
    (tmp_path / "d" / "sub").mkdir(parents=True)
    (tmp_path / "d" / "sub" / "f").write_text("x")
    mine = to_literal(ours, str(tmp_path / "d"), FlyteDirectory, literal_type(FlyteDirectory))
    other = their_literal(theirs, str(tmp_path / "d"), TheirDirectory)
    assert with_uri(mine, "") == with_uri(other, "")
    assert Path(read_by_flytekit(theirs, mine, TheirDirectory), "sub", "f").read_text() == "x"
    assert Path(typing.cast("Any", to_python(ours, other, FlyteDirectory)), "sub", "f").read_text() == "x"


FRAMES = [
    pandas.DataFrame({"a": [1, 2], "b": ["x", None], "t": [pandas.Timestamp("2026-01-31"), pandas.NaT]}, index=[5, 7]),
    pandas.DataFrame({"f": [1.5, float("nan")], "c": pandas.Categorical(["u", "v"])}),
    pandas.DataFrame(),
]


@pytest.mark.parametrize("frame", FRAMES, ids=["index", "category", "empty"])
def test_data_frames_both_ways(ours: TransformContext, theirs: FlyteContext, frame: pandas.DataFrame) -> None:
    mine = to_literal(ours, frame, pandas.DataFrame, literal_type(pandas.DataFrame))
    other = their_literal(theirs, frame, pandas.DataFrame)
    assert with_uri(mine, "") == with_uri(other, "")
    parts = [list(Path(each.scalar.structured_dataset.uri).iterdir()) for each in (mine, other)]
    assert [[part.name for part in found] for found in parts] == [["00000"], ["00000"]]
    pandas.testing.assert_frame_equal(read_by_flytekit(theirs, mine, pandas.DataFrame), frame)
    pandas.testing.assert_frame_equal(typing.cast("Any", to_python(ours, other, pandas.DataFrame)), frame)


@dataclass
class MyPaths:
    file: FlyteFile
    folder: FlyteDirectory
    table: CSV | None = None


@dataclass
class TheirPaths:
    file: TheirFile
    folder: TheirDirectory
    table: THEIR_CSV | None = None


def test_dataclasses_with_files_have_the_same_type() -> None:
    mine, other = literal_type(MyPaths), their_type(TheirPaths)
    mine.metadata.update({"title": "TheirPaths"})
    assert mine == other


def test_dataclasses_with_files_both_ways(ours: TransformContext, theirs: FlyteContext, tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "f").write_text("x")
    mine = MyPaths(FlyteFile(tmp_path / "d" / "f"), FlyteDirectory(tmp_path / "d"))
    read = read_by_flytekit(theirs, to_literal(ours, mine, MyPaths, literal_type(MyPaths)), TheirPaths)
    assert (Path(read.file).read_text(), Path(read.folder, "f").read_text(), read.table) == ("x", "x", None)
    other = TheirPaths(TheirFile(str(tmp_path / "d" / "f")), TheirDirectory(str(tmp_path / "d")))
    back = typing.cast("MyPaths", to_python(ours, their_literal(theirs, other, TheirPaths), MyPaths))
    assert (Path(back.file).read_text(), Path(back.folder, "f").read_text(), back.table) == ("x", "x", None)


@pytest.mark.parametrize("python_type", [list, tuple, tuple[int, str]], ids=ident)
def test_both_refuse(python_type: Any) -> None:
    from jetbridge.errors import TypeTransformError

    with pytest.raises(Exception, match=r".+"):
        their_type(python_type)
    with pytest.raises(TypeTransformError) as caught:
        literal_type(python_type)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("python_type", "value"),
    [(int, True), (int, 1.0), (float, 1), (str, 1), (bool, 1), (dt.date, NOON), (Color, "zzz"), (Optional[int], "x")],
    ids=ident,
)
def test_both_refuse_the_value(ours: TransformContext, theirs: FlyteContext, python_type: Any, value: Any) -> None:
    from jetbridge.errors import TypeTransformError

    with pytest.raises((TypeError, ValueError)):
        their_literal(theirs, value, python_type)
    with pytest.raises(TypeTransformError):
        to_literal(ours, value, python_type, literal_type(python_type))
