"""Our literal types and literals against the real flytekit's, and each reading the other's."""

from __future__ import annotations

import datetime as dt
import enum
import os
import typing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Optional, Union

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

UTC = dt.timezone.utc
NOON = dt.datetime(2026, 1, 31, 12, 0, 0, 5, tzinfo=UTC)


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Level(enum.Enum):
    LOW = 1


@dataclass
class Inner:
    a: int
    b: Optional[str] = None


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
    numbers: List[int]
    by_name: Dict[str, float]
    by_id: Dict[int, str]
    raw: dict
    bare: list
    inner: Inner
    inners: List[Inner]
    maybe: Optional[List[Inner]]
    either: Union[int, str, None]
    pair: typing.Tuple[int, str]
    level: Level
    optional: Optional[Inner] = None
    color_default: Color = Color.RED
    fresh: List[int] = field(default_factory=list)
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
    {"z": [1, None]}, [1, "x"], Inner(1), [Inner(2, "x")], None, "q", (1, "a"), Level.LOW,
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
    (List[int], [1, 2]),
    (list[Optional[int]], [1, None]),
    (List[Dict[str, Optional[Color]]], [{"a": Color.RED, "b": None}]),
    (Dict[str, int], {"b": 1, "a": 2}),
    (dict, {"b": 1, "a": [None, 1.5, "x", {"c": True}]}),
    (Dict[int, str], {1: "a"}),
    (Dict[int, dt.datetime], {1: NOON}),
    (Dict[int, Inner], {1: Inner(2)}),
    (Optional[int], 1),
    (Optional[int], None),
    (int | str | None, "s"),
    (Union[int, float, bool, str, dt.datetime, Color], 1.5),
    (Union[int, float, bool, str, dt.datetime, Color], True),
    (Union[int, List[Inner]], [Inner(1)]),
    (Optional[Inner], Inner(1, "b")),
    (Optional[Dict[str, int]], {"a": 1}),
    (typing.Annotated[int, "note"], 3),
    (typing.Literal["a", "b"], "a"),
    (Inner, Inner(1)),
    (Empty, Empty()),
    (Dict[str, Inner], {"a": Inner(1)}),
    (List[List[Inner]], [[Inner(1)], []]),
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
    (FlyteFile["csv"], TheirFile["csv"]),
    (FlyteFile[typing.TypeVar("csv")], TheirFile[typing.TypeVar("csv")]),
    (os.PathLike, os.PathLike),
    (FlyteDirectory, TheirDirectory),
    (FlyteDirectory["png"], TheirDirectory["png"]),
    (Optional[FlyteFile["csv"]], Optional[TheirFile["csv"]]),
    (List[FlyteFile], List[TheirFile]),
    (Dict[str, FlyteDirectory], Dict[str, TheirDirectory]),
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
    mine = to_literal(ours, str(tmp_path / "a b.csv"), FlyteFile["csv"], literal_type(FlyteFile["csv"]))
    other = their_literal(theirs, str(tmp_path / "a b.csv"), TheirFile["csv"])
    assert with_uri(mine, "") == with_uri(other, "")
    assert mine.scalar.blob.uri.endswith("/a b.csv") and other.scalar.blob.uri.endswith("/a b.csv")
    assert Path(read_by_flytekit(theirs, mine, TheirFile["csv"])).read_text() == "x\n1\n"
    assert Path(typing.cast(Any, to_python(ours, other, FlyteFile["csv"]))).read_text() == "x\n1\n"


def test_directories_both_ways(ours: TransformContext, theirs: FlyteContext, tmp_path: Path) -> None:
    (tmp_path / "d" / "sub").mkdir(parents=True)
    (tmp_path / "d" / "sub" / "f").write_text("x")
    mine = to_literal(ours, str(tmp_path / "d"), FlyteDirectory, literal_type(FlyteDirectory))
    other = their_literal(theirs, str(tmp_path / "d"), TheirDirectory)
    assert with_uri(mine, "") == with_uri(other, "")
    assert Path(read_by_flytekit(theirs, mine, TheirDirectory), "sub", "f").read_text() == "x"
    assert Path(typing.cast(Any, to_python(ours, other, FlyteDirectory)), "sub", "f").read_text() == "x"


FRAMES = [
    pandas.DataFrame({"a": [1, 2], "b": ["x", None], "t": pandas.to_datetime(["2026-01-31", None])}, index=[5, 7]),
    pandas.DataFrame({"f": [1.5, float("nan")], "c": pandas.Categorical(["u", "v"])}),
    pandas.DataFrame(),
]


@pytest.mark.parametrize("frame", FRAMES, ids=["index", "category", "empty"])
def test_data_frames_both_ways(ours: TransformContext, theirs: FlyteContext, frame: pandas.DataFrame) -> None:
    mine = to_literal(ours, frame, pandas.DataFrame, literal_type(pandas.DataFrame))
    other = their_literal(theirs, frame, pandas.DataFrame)
    assert with_uri(mine, "") == with_uri(other, "")
    assert os.listdir(mine.scalar.structured_dataset.uri) == os.listdir(other.scalar.structured_dataset.uri)
    pandas.testing.assert_frame_equal(read_by_flytekit(theirs, mine, pandas.DataFrame), frame)
    pandas.testing.assert_frame_equal(typing.cast(Any, to_python(ours, other, pandas.DataFrame)), frame)


@dataclass
class MyPaths:
    file: FlyteFile
    folder: FlyteDirectory
    table: Optional[FlyteFile["csv"]] = None


@dataclass
class TheirPaths:
    file: TheirFile
    folder: TheirDirectory
    table: Optional[TheirFile["csv"]] = None


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
    back = typing.cast(MyPaths, to_python(ours, their_literal(theirs, other, TheirPaths), MyPaths))
    assert (Path(back.file).read_text(), Path(back.folder, "f").read_text(), back.table) == ("x", "x", None)


@pytest.mark.parametrize("python_type", [list, tuple, typing.Tuple[int, str], Level], ids=ident)
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


