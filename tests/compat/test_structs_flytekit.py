# flytekit has no type information; a model or dataclass of flytekit's is declared for each of ours.
# pyright: basic, reportMissingTypeStubs=false, reportInvalidTypeForm=false
# ruff: noqa: UP045 -- both spellings of a type are meant
"""Dataclasses, pydantic models and annotations against the real flytekit's, and each reading the other's."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import decimal
import enum
import typing
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Generic, NamedTuple, NotRequired, Optional, TypedDict, TypeVar

import pandas
import pydantic
import pytest
from dataclasses_json import DataClassJsonMixin
from flytekit import HashMethod as TheirHash
from flytekit.core.annotation import FlyteAnnotation as TheirNote
from flytekit.core.context_manager import FlyteContext, FlyteContextManager
from flytekit.core.type_engine import TypeEngine
from flytekit.models.literals import Literal as FlyteLiteral
from flytekit.types.directory import FlyteDirectory as TheirDirectory
from flytekit.types.file import FlyteFile as TheirFile
from flytekit.types.structured import StructuredDataset as TheirDataset
from google.protobuf.json_format import MessageToDict
from mashumaro.mixins.json import DataClassJSONMixin

from jetbridge.errors import TypeTransformError
from jetbridge.idl import Literal, LiteralType, SimpleType
from jetbridge.store import open_store
from jetbridge.types import FlyteAnnotation, HashMethod, TransformContext, literal_type, to_literal, to_python
from jetbridge.types.directory import FlyteDirectory
from jetbridge.types.file import FlyteFile
from jetbridge.types.structured_dataset import StructuredDataset

NOON = dt.datetime(2026, 1, 31, 12, 0, 0, 5, tzinfo=dt.UTC)
T = TypeVar("T")


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Pair(NamedTuple):
    a: int
    b: str = "x"


class Options(TypedDict):
    size: int
    name: NotRequired[str]


@dataclass
class Base:
    n: int


@dataclass
class Child(Base):
    name: str = "x"


@dataclass(frozen=True, kw_only=True, slots=True)
class Frozen:
    n: int
    m: int = 3


@dataclass
class Late:
    n: int
    m: int = field(init=False, default=4)


@dataclass
class Box(Generic[T]):
    item: T


@dataclass
class Odd:
    """Fields that have a place in a struct only."""

    price: decimal.Decimal
    key: uuid.UUID
    path: Path
    time: dt.time
    tags: set[int]
    frozen: frozenset[str]
    data: bytes
    anything: Any
    level: Level
    options: Options


@dataclass
class Collections:
    pair: Pair
    both: tuple[int, str]
    many: tuple[int, ...]
    ordered: collections.OrderedDict[str, int]
    counts: collections.defaultdict[str, int]
    items: Sequence[int]
    entries: Mapping[str, int]


@dataclass
class Mixin(DataClassJSONMixin):
    at: dt.datetime
    span: dt.timedelta
    pair: tuple[int, str]


@dataclass
class JsonOnly(DataClassJSONMixin):
    """mashumaro's mixin goes through JSON, where bytes are base64 and keys are text."""

    data: bytes
    by_id: dict[int, str]
    color: Level = Level.LOW


@dataclass
class Old(DataClassJsonMixin):
    n: int
    names: list[str]
    span: float
    inner: Base | None = None
    by_id: dict[int, str] = field(default_factory=dict)


class Inner(pydantic.BaseModel):
    a: int
    b: str | None = None


class Model(pydantic.BaseModel):
    inner: Inner
    many: list[Inner] = []
    at: dt.datetime = dt.datetime(2026, 1, 1)
    took: dt.timedelta = dt.timedelta(seconds=3)
    pair: tuple[int, str] = (1, "x")
    by_id: dict[int, str] = {}


ODD = Odd(
    decimal.Decimal("1.50"), uuid.UUID(int=3), Path("a/b"), dt.time(8, 30), {1}, frozenset("a"), b"\xff\x00", [1, None],
    Level.HIGH, {"size": 1},
)  # fmt: skip
COLLECTIONS = Collections(
    Pair(1), (1, "a"), (1, 2), collections.OrderedDict(a=1), collections.defaultdict(int, a=1), [1], {"a": 1}
)
MODEL = Model(inner=Inner(a=1), many=[Inner(a=2, b="x")], by_id={1: "x"})
SAME: list[tuple[Any, Any]] = [
    (Child, Child(1)),
    (Frozen, Frozen(n=1)),
    (Late, Late(1)),
    (Mixin, Mixin(NOON, dt.timedelta(seconds=1.5), (1, "a"))),
    (Inner, Inner(a=1)),
    (Optional[Inner], Inner(a=1)),
    (list[Inner], [Inner(a=1)]),
    (dict[str, Inner], {"a": Inner(a=1)}),
    (Model, MODEL),
]
STRUCTS: list[tuple[Any, Any]] = [*SAME, (Odd, ODD), (Collections, COLLECTIONS)]


def ident(value: Any) -> str:
    return str(value)[:40]


@pytest.fixture
def ours(tmp_path: Path) -> TransformContext:
    return TransformContext(open_store(), str(tmp_path / "raw"), tmp_path / "work")


@pytest.fixture
def theirs() -> FlyteContext:
    return FlyteContextManager.current_context()


def their_type(python_type: Any) -> LiteralType:
    return TypeEngine.to_literal_type(python_type).to_flyte_idl()


def their_literal(context: FlyteContext, value: Any, python_type: Any) -> Literal:
    expected = TypeEngine.to_literal_type(python_type)
    return TypeEngine.to_literal(context, value, python_type, expected).to_flyte_idl()


def our_literal(context: TransformContext, value: Any, python_type: Any) -> Literal:
    return to_literal(context, value, python_type, literal_type(python_type))


def read_by_flytekit(context: FlyteContext, literal: Literal, python_type: Any) -> Any:
    return TypeEngine.to_python_value(context, FlyteLiteral.from_flyte_idl(literal), python_type)


@pytest.mark.parametrize("python_type", [each for each, _ in SAME], ids=ident)
def test_types_are_flytekits(python_type: Any) -> None:
    assert literal_type(python_type) == their_type(python_type)


@pytest.mark.parametrize("python_type", [Odd, Collections], ids=ident)
def test_schemas_are_flytekits_where_flytekit_would_pickle_a_field(python_type: Any) -> None:
    mine, other = literal_type(python_type), their_type(python_type)
    assert MessageToDict(mine.metadata) == MessageToDict(other.metadata)
    assert (mine.simple, mine.annotation) == (other.simple, other.annotation)


@pytest.mark.parametrize(("python_type", "value"), STRUCTS, ids=ident)
def test_literals_are_flytekits(ours: TransformContext, theirs: FlyteContext, python_type: Any, value: Any) -> None:
    assert our_literal(ours, value, python_type) == their_literal(theirs, value, python_type)


@pytest.mark.parametrize(("python_type", "value"), STRUCTS, ids=ident)
def test_each_reads_what_the_other_wrote(
    ours: TransformContext, theirs: FlyteContext, python_type: Any, value: Any
) -> None:
    assert read_by_flytekit(theirs, our_literal(ours, value, python_type), python_type) == value
    assert to_python(ours, their_literal(theirs, value, python_type), python_type) == value


JSON_ONLY = JsonOnly(b"\xff\x00 long enough for a second line of base64" * 2, {1: "x"})


def test_what_mashumaros_mixin_wrote_is_read(ours: TransformContext, theirs: FlyteContext) -> None:
    assert to_python(ours, their_literal(theirs, JSON_ONLY, JsonOnly), JsonOnly) == JSON_ONLY


# Values of their own: flytekit keeps the literals of values that it has seen.
OLD: list[tuple[Any, Any]] = [
    (Child, Child(77)),
    (Old, Old(1, ["a"], 2.0, Base(3), {1: "x"})),
    (JsonOnly, dataclasses.replace(JSON_ONLY, color=Level.HIGH)),
    (Model, Model(inner=Inner(a=77), by_id={77: "x"})),
    (list[Inner], [Inner(a=77)]),
    (dict, {"a": [1.5, None, "x", {"b": True}]}),
]


@pytest.mark.parametrize(("python_type", "value"), OLD, ids=ident)
def test_protobuf_structs_of_old_flytekits_are_read(
    ours: TransformContext, theirs: FlyteContext, python_type: Any, value: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before 1.14 structs were protobuf Structs; flytekit still writes them with this variable."""
    monkeypatch.setenv("FLYTE_USE_OLD_DC_FORMAT", "true")
    old = their_literal(theirs, value, python_type)
    element = old.collection.literals[0] if old.HasField("collection") else old
    assert element.scalar.HasField("generic")
    assert to_python(ours, old, python_type) == value


def test_dataclasses_json_of_flytekit_before_1_11_is_read(ours: TransformContext) -> None:
    """Its datetimes are POSIX timestamps (dataclasses_json `core.py`)."""

    @dataclass
    class Then(DataClassJsonMixin):
        at: dt.datetime

    literal = Literal()
    literal.scalar.generic.update(Then(NOON.replace(microsecond=0)).to_dict(encode_json=True))
    assert isinstance(literal.scalar.generic.fields["at"].number_value, float)
    plain = dataclasses.make_dataclass("Then", [("at", dt.datetime)])
    assert typing.cast("Any", to_python(ours, literal, plain)).at == NOON.replace(microsecond=0)


class TheirPaths(pydantic.BaseModel):
    file: TheirFile
    folder: TheirDirectory
    other: TheirFile | None = None
    files: list[TheirFile] = []


class MyPaths(pydantic.BaseModel):
    file: FlyteFile
    folder: FlyteDirectory
    other: FlyteFile | None = None
    files: list[FlyteFile] = []


def test_models_with_files_have_the_same_type() -> None:
    mine, other = literal_type(MyPaths), their_type(TheirPaths)
    mine.metadata.update({"title": "TheirPaths"})
    assert mine == other


def test_models_with_files_both_ways(ours: TransformContext, theirs: FlyteContext, tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "f").write_text("x")
    path, folder = tmp_path / "d" / "f", tmp_path / "d"
    mine = MyPaths(file=FlyteFile(path), folder=FlyteDirectory(folder), files=[FlyteFile(path)])
    read = read_by_flytekit(theirs, our_literal(ours, mine, MyPaths), TheirPaths)
    assert (Path(read.file).read_text(), Path(read.folder, "f").read_text(), read.other) == ("x", "x", None)
    assert Path(read.files[0]).read_text() == "x"
    other = TheirPaths(file=TheirFile(str(path)), folder=TheirDirectory(str(folder)), files=[TheirFile(str(path))])
    back = typing.cast("MyPaths", to_python(ours, their_literal(theirs, other, TheirPaths), MyPaths))
    assert (Path(back.file).read_text(), Path(back.folder, "f").read_text(), back.other) == ("x", "x", None)
    assert Path(back.files[0]).read_text() == "x"


def test_a_model_in_plain_code_keeps_its_paths() -> None:
    model = MyPaths.model_validate({"file": {"path": "/a"}, "folder": "/b"})
    assert (str(model.file), str(model.folder)) == ("/a", "/b")
    assert model.model_dump(mode="json")["file"] == {"path": "/a"}
    assert isinstance(model.model_dump()["file"], FlyteFile)
    with pytest.raises(pydantic.ValidationError, match="expected a path"):
        MyPaths.model_validate({"file": 3, "folder": "/b"})


def doubled(value: object) -> str:
    return f"{value}{value}"


def annotated(python_type: Any, hashed: Any, note: Any) -> list[Any]:
    return [
        Annotated[python_type, hashed(doubled)],
        Annotated[python_type, "note", hashed(doubled), hashed(str)],
        list[Annotated[python_type, hashed(doubled)]],
        dict[str, Annotated[python_type, hashed(doubled)]],
        Optional[Annotated[python_type, hashed(doubled)]],
        Annotated[python_type | None, hashed(doubled)],
        Annotated[python_type, note({"a": [1, {"b": None}]})],
        Optional[Annotated[python_type, note({"a": 1})]],
        Annotated[python_type | None, note({"a": 1})],
        Annotated[list[python_type], note({"a": True})],
    ]


ANNOTATED = list(zip(annotated(int, HashMethod, FlyteAnnotation), annotated(int, TheirHash, TheirNote), strict=True))


@pytest.mark.parametrize(("mine", "other"), ANNOTATED, ids=range(len(ANNOTATED)))
def test_annotations_are_flytekits(ours: TransformContext, theirs: FlyteContext, mine: Any, other: Any) -> None:
    assert literal_type(mine) == their_type(other)
    value = next(each for each in (3, [3], {"a": 3}) if _fits(ours, each, mine))
    assert to_python(ours, their_literal(theirs, value, other), mine) == value
    literal = our_literal(ours, value, mine)
    if typing.get_origin(mine) is typing.Union:  # flytekit forgets the metadata of a variant
        literal = read_by_flytekit(theirs, literal, other)
        assert literal == value
    else:
        assert literal == their_literal(theirs, value, other)


def _fits(context: TransformContext, value: Any, python_type: Any) -> bool:
    try:
        our_literal(context, value, python_type)
    except TypeTransformError:
        return False
    return True


def test_a_note_on_a_struct_keeps_flytekits_own(ours: TransformContext) -> None:
    declared = literal_type(Annotated[dict, FlyteAnnotation({"a": 1})])
    assert MessageToDict(declared.annotation.annotations) == {
        "a": 1.0,
        "cache-key-metadata": {"serialization-format": "msgpack"},
    }


# What flytekit pickles or refuses, and how it reads what we write instead.
OURS_ALONE: list[tuple[Any, Any, Any, Any]] = [
    (decimal.Decimal, decimal.Decimal("1.50"), str, "1.50"),
    (uuid.UUID, uuid.UUID(int=3), str, "00000000-0000-0000-0000-000000000003"),
    (dt.time, dt.time(8, 30), str, "08:30:00"),
    (Level, Level.HIGH, int, 2),
    (Level, Level.HIGH, typing.Literal[1, 2], 2),
    (Options, {"size": 1}, dict, {"size": 1}),
    (Box[Base], Box(Base(1)), dict, {"item": {"n": 1}}),
    (Box, Box(1), Box, Box(1)),
]


@pytest.mark.parametrize(("python_type", "value", "read_as", "expected"), OURS_ALONE, ids=ident)
def test_flytekit_reads_what_it_has_no_type_for(
    ours: TransformContext, theirs: FlyteContext, python_type: Any, value: Any, read_as: Any, expected: Any
) -> None:
    literal = our_literal(ours, value, python_type)
    assert read_by_flytekit(theirs, literal, read_as) == expected
    assert to_python(ours, their_literal(theirs, expected, read_as), python_type) == value


def test_a_time_of_day_has_the_type_of_text() -> None:
    assert literal_type(dt.time) == LiteralType(simple=SimpleType.STRING)


@dataclass
class TheirTable:
    table: TheirDataset


@dataclass
class MyTable:
    table: StructuredDataset


def test_dataclasses_with_data_sets_both_ways(ours: TransformContext, theirs: FlyteContext) -> None:
    frame = pandas.DataFrame({"a": [1, 2]})
    mine, other = literal_type(MyTable), their_type(TheirTable)
    mine.metadata.update({"title": "TheirTable"})
    assert mine == other
    literal = our_literal(ours, MyTable(StructuredDataset(dataframe=frame)), MyTable)
    read = read_by_flytekit(theirs, literal, TheirTable)
    pandas.testing.assert_frame_equal(read.table.open(pandas.DataFrame).all(), frame)
    written = their_literal(theirs, TheirTable(TheirDataset(dataframe=frame)), TheirTable)
    back = typing.cast("MyTable", to_python(ours, written, MyTable))
    pandas.testing.assert_frame_equal(typing.cast("Any", back.table.open(pandas.DataFrame).all()), frame)
