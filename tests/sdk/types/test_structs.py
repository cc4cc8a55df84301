# ruff: noqa: UP045 -- both spellings of a type are meant
"""Classes inside and outside of structs: round trips, generics, models, and what is refused."""

from __future__ import annotations

import collections
import datetime as dt
import decimal
import importlib
import sys
import tempfile
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from pathlib import Path
from typing import Annotated, Any, Generic, NamedTuple, NotRequired, Optional, TypedDict, TypeVar, cast

import pydantic
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jetbridge.errors import RegistryError, TypeTransformError
from jetbridge.idl import Literal, LiteralType, SimpleType
from jetbridge.store import open_store
from jetbridge.types import FlyteAnnotation, HashMethod, TransformContext, literal_type, to_literal, to_python
from tests.stable_ids import stable_id

CONTEXT = TransformContext(open_store(), f"file://{tempfile.gettempdir()}/unused", Path(tempfile.gettempdir()))
T = TypeVar("T")
U = TypeVar("U", bound=int)


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Size(Enum):
    SMALL = 10
    LARGE = 20


class Pair(NamedTuple):
    a: int
    b: str = "x"


class Options(TypedDict, total=False):
    size: int
    pairs: list[Pair]


class Strict(TypedDict):
    size: int
    name: NotRequired[str]


@dataclass
class Box(Generic[T]):
    item: T
    more: list[T] = field(default_factory=list[T])


@dataclass
class Named(Box[dt.date], Generic[U]):
    count: U = 0  # type: ignore[assignment] # pyright: ignore[reportAssignmentType] -- dataclass needs a default here


class Inner(pydantic.BaseModel):
    a: int
    at: dt.datetime | None = None


class Model(pydantic.BaseModel):
    inner: Inner
    many: dict[str, list[Inner]] = {}
    took: dt.timedelta = dt.timedelta()
    price: decimal.Decimal = decimal.Decimal(1)
    pair: tuple[int, str] = (1, "x")
    tags: set[int] = set()


@dataclass
class Odd:
    price: decimal.Decimal
    key: uuid.UUID
    time: dt.time
    path: Path
    pair: Pair
    options: Options
    model: Inner
    box: Box[int]
    items: Sequence[int]
    entries: Mapping[str, float]
    counts: collections.defaultdict[str, int]
    ordered: collections.OrderedDict[str, int]


int64 = st.integers(-(2**63), 2**63 - 1)
decimals = st.decimals(allow_nan=False)
pairs = st.builds(Pair, int64, st.text())
options = cast(
    "st.SearchStrategy[Any]", st.fixed_dictionaries({}, optional={"size": int64, "pairs": st.lists(pairs, max_size=2)})
)
aware = st.datetimes(dt.datetime(1, 1, 2), dt.datetime(9999, 12, 30), timezones=st.just(dt.UTC))
inners = st.builds(Inner, a=int64, at=aware | st.none())
models = st.builds(
    Model,
    inner=inners,
    many=st.dictionaries(st.text(), st.lists(inners, max_size=2), max_size=2),
    took=st.timedeltas(dt.timedelta(days=-999), dt.timedelta(days=999)),
    price=decimals.filter(decimal.Decimal.is_finite),
    pair=st.tuples(int64, st.text()),
    tags=st.sets(int64, max_size=3),
)
boxes = st.builds(Box[int], item=int64, more=st.lists(int64, max_size=3))
odds = st.builds(
    Odd,
    price=decimals,
    key=st.uuids(),
    time=st.times(),
    path=st.sampled_from([Path("a/b"), Path("/"), Path("é")]),
    pair=pairs,
    options=options,
    model=inners,
    box=boxes,
    items=st.lists(int64, max_size=3),
    entries=st.dictionaries(st.text(), st.floats(allow_nan=False), max_size=3),
    counts=st.dictionaries(st.text(), int64, max_size=3).map(lambda each: collections.defaultdict(int, each)),
    ordered=st.dictionaries(st.text(), int64, max_size=3).map(collections.OrderedDict),
)
TYPED: list[tuple[Any, st.SearchStrategy[Any]]] = [
    (decimal.Decimal, decimals),
    (uuid.UUID, st.uuids()),
    (dt.time, st.times()),
    (Level, st.sampled_from(Level)),
    (Size, st.sampled_from(Size)),
    (Optional[Size], st.sampled_from(Size) | st.none()),
    (Options, options),
    (list[Options], st.lists(options, max_size=3)),
    (Box[int], boxes),
    (Box[Optional[Pair]], st.builds(Box[Optional[Pair]], item=pairs | st.none(), more=st.lists(pairs, max_size=2))),
    (Named[int], st.builds(Named[int], item=st.dates(), more=st.lists(st.dates(), max_size=2), count=int64)),
    (Model, models),
    (Optional[Model], models | st.none()),
    (dict[str, Inner], st.dictionaries(st.text(), inners, max_size=3)),
    (int | str | decimal.Decimal | Inner | None, int64 | st.text() | decimals | inners | st.none()),
    (str | uuid.UUID, st.text() | st.uuids()),
    (Odd, odds),
    (Annotated[int, HashMethod(str), FlyteAnnotation({"unit": "mm"})], int64),
]  # fmt: skip


def literal_of(value: Any, python_type: Any) -> Literal:
    return to_literal(CONTEXT, value, python_type, literal_type(python_type))


@settings(max_examples=25, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize(("python_type", "values"), TYPED, ids=lambda each: str(each)[:30])
def test_round_trip(python_type: Any, values: st.SearchStrategy[Any], data: st.DataObject) -> None:
    value = data.draw(values)
    again = cast(
        "Any", to_python(CONTEXT, Literal.FromString(literal_of(value, python_type).SerializeToString()), python_type)
    )
    assert again == value
    assert type(again) is type(value)


def test_attributes_of_generics_and_models_have_types() -> None:
    fields = literal_type(Box[Inner]).structure.dataclass_type
    assert fields["item"].structure.dataclass_type["a"] == LiteralType(simple=SimpleType.INTEGER)
    assert fields["more"].HasField("collection_type")
    assert literal_type(Options).structure.dataclass_type["size"] == LiteralType(simple=SimpleType.INTEGER)
    assert (
        literal_type(Model).structure.dataclass_type["inner"].structure.dataclass_type["a"].simple == SimpleType.INTEGER
    )


def test_text_annotations_do_not_make_a_key_required() -> None:
    assert to_python(CONTEXT, literal_of({"size": 1}, Strict), Strict) == {"size": 1}
    with pytest.raises(TypeTransformError, match="lacks the field 'size'"):
        literal_of({"name": "x"}, Strict)


class Twin(pydantic.BaseModel):
    a: int


@dataclass
class Refusing:
    n: int

    def __post_init__(self) -> None:
        if self.n < 0:
            raise ValueError("n is negative")


@dataclass
class Default:
    any: Any = Path  # a class, which JSON cannot hold


def _divide(value: object) -> str:
    return str(1 / 0)


@pytest.mark.parametrize(
    ("python_type", "value", "says"),
    [
        (Options, {"sizes": 1}, "no key 'sizes'"),
        (Options, {"size": "x"}, r"\['size'\]: expected int"),
        (Options, 3, "expected Options, got 3"),
        (Inner, {"a": 1}, "expected Inner"),
        (decimal.Decimal, 1.5, "expected Decimal, got 1.5"),
        (uuid.UUID, "x", "expected UUID, got 'x'"),
        (Size, 11, "expected Size"),
        (Size, True, "expected Size"),
        (Annotated[int, HashMethod(cast("Any", abs))], 3, "returned 3, expected a str"),
        (Annotated[int, HashMethod(_divide)], 1, "raised ZeroDivisionError"),
    ],
)
def test_values_that_are_refused(python_type: Any, value: Any, says: str) -> None:
    with pytest.raises(TypeTransformError, match=says) as caught:
        literal_of(value, python_type)
    assert caught.value.hint


def _same(name: str) -> type:
    return pydantic.create_model(name, a=(int, ...))


@pytest.mark.parametrize(
    ("python_type", "says"),
    [
        (_same("Twin") | _same("Twin"), "Twin and Twin in a union have the same FlyteIDL type"),
        (int | Annotated[int, "note"], "int and Annotated"),
        (Annotated[int, FlyteAnnotation({}), FlyteAnnotation({})], "2 FlyteAnnotations"),
        (Annotated[int, FlyteAnnotation({"cache-key-metadata": 1})], "1 FlyteAnnotations"),
        (Annotated[int, FlyteAnnotation({"a": object()})], "what JSON cannot"),
        (Default, "a default or a choice that JSON cannot hold"),
    ],
    ids=stable_id,
)
def test_types_that_are_refused(python_type: Any, says: str) -> None:
    with pytest.raises(TypeTransformError) as caught:
        literal_type(python_type)
    assert says in caught.value.message
    assert caught.value.hint


def test_a_class_that_refuses_what_was_written_is_named() -> None:
    literal = literal_of(Refusing(1), Refusing)
    literal.scalar.binary.value = literal.scalar.binary.value.replace(b"\x01", b"\xff")
    with pytest.raises(TypeTransformError, match="Refusing refused its values: ValueError: n is negative"):
        to_python(CONTEXT, literal, Refusing)
    with pytest.raises(TypeTransformError, match="pydantic model Inner cannot be made of the value: a: Input should"):
        to_python(CONTEXT, literal_of({"a": "x"}, dict), Inner)


MODULE = """
class Money: pass
class Coins: pass
class Rare: pass
class NoTransformer:
    name = "money"
MONEY = NoTransformer()
"""


def test_broken_and_double_transformers_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from jetbridge import entry_points
    from jetbridge.types import lookup

    for owner, entries in (
        (
            "first",
            "fuzzmoney.Money = fuzzmoney:MONEY\nfuzzmoney.Coins = fuzzmoney:MONEY\nfuzzmoney.Rare = fuzzmoney:GONE",
        ),
        ("second", "fuzzmoney.Coins = fuzzmoney:MONEY"),
    ):
        info = tmp_path / f"{owner}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {owner}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[jetbridge.types]\n{entries}\n")
    (tmp_path / "fuzzmoney.py").write_text(MODULE)
    monkeypatch.setattr("sys.path", [str(tmp_path), *sys.path])
    monkeypatch.setattr(lookup, "_installed", lambda: frozenset(entry_points.names(lookup.GROUP)))
    fuzzmoney: Any = importlib.import_module("fuzzmoney")

    cases: tuple[tuple[Any, str], ...] = (
        (fuzzmoney.Money, "is no transformer: NoTransformer lacks literal_type, to_literal, to_python"),
        (fuzzmoney.Coins, "is provided by 2 entry points of first, second"),
        (fuzzmoney.Rare, "points to 'fuzzmoney:GONE', which does not exist"),
    )
    for python_type, says in cases:
        with pytest.raises(RegistryError) as caught:
            literal_type(list[python_type])
        assert says in caught.value.message
        assert caught.value.hint
