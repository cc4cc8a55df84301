"""Values of every type through tasks, and texts that an engine could take for its own."""

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import NamedTuple, Optional, Union

from jetbridge import task, workflow

HOSTILE = [
    "{{inputs.parameters.x}}",
    "{{workflow.name}} {{retries}} {{ params.s }} {{ ds }}",
    "{{=1+1}}",
    "{{= sprig.env('AWS_SECRET_ACCESS_KEY') }}",
    "{{{x}}} {{ '}}' }}",
    "{% raw %}{{ 1 }}{# c #}{%",
    "$(HOME) $$(HOME) $HOME ${HOME} $$ `id`",
    "'single' \"double\" '''three''' \\ \\n",
    "line\nnext\r\n\ttab\x01\x7f ends in a newline\n",
    "Grüße 🐧 \u2028 é \u202e",
    "",
    " -- --bind=x=json:1 ; rm -rf / # !!python/none &a *a | > -",
    "json:1",
    "run.sh",
    "values.json",
    "true",
    "0x10",
    "1e3",
    "null",
]


class Color(Enum):
    RED = "red"
    BLUE = "{{blue}}"


@dataclass
class Leaf:
    b: list[int]
    label: str = "{{leaf}}"


@dataclass
class Tree:
    a: Leaf
    by_name: dict[str, Leaf] = field(default_factory=dict[str, Leaf])
    note: Optional[str] = None  # noqa: UP045


class Primitives(NamedTuple):
    i: int
    f: float
    s: str
    yes: bool
    when: datetime
    span: timedelta


class Nested(NamedTuple):
    rows: list[list[int]]
    table: dict[str, list[float]]
    records: list[dict[str, int]]
    empty: list[str]


class Alternatives(NamedTuple):
    nothing: Optional[int]  # noqa: UP045
    something: Optional[str]  # noqa: UP045
    either: Union[int, str]  # noqa: UP007
    color: Color


@task
def primitives(i: int, f: float, s: str, yes: bool, when: datetime, span: timedelta) -> Primitives:
    return Primitives(i, f, s, yes, when, span)


@task
def nested(
    rows: list[list[int]], table: dict[str, list[float]], records: list[dict[str, int]], empty: list[str]
) -> Nested:
    return Nested(rows, table, records, empty)


@task
def alternatives(
    nothing: Optional[int],  # noqa: UP045
    something: Optional[str],  # noqa: UP045
    either: Union[int, str],  # noqa: UP007
    color: Color,
) -> Alternatives:
    return Alternatives(nothing, something, either, color)


@task
def grow(n: int) -> Tree:
    return Tree(Leaf([n, n + 1]), {"{{k}}": Leaf([n + 2], "by name")}, None)


@task
def look(number: int, label: str, leaf: Leaf, constant: str) -> str:
    return f"{number} {label} {leaf} {constant}"


@task
def same(texts: list[str], table: dict[str, str]) -> tuple[list[str], dict[str, str]]:
    return texts, table


@task(environment={"HOSTILE": HOSTILE[0], "OTHER": "$(HOME) $$ {% raw %}"})
def environment() -> list[str]:
    return [os.environ["HOSTILE"], os.environ["OTHER"]]


@task
def joined(texts: list[str], constant: str) -> str:
    return constant.join(texts)


@workflow
def every_primitive(
    i: int = -(2**53) - 1,
    f: float = 0.1,
    s: str = "text",
    yes: bool = False,
    when: datetime = datetime(2024, 2, 29, 23, 59, 59, 123456, tzinfo=UTC),
    span: timedelta = timedelta(days=-1, microseconds=1),
) -> Primitives:
    first = primitives(i=i, f=f, s=s, yes=yes, when=when, span=span)
    return primitives(i=first.i, f=first.f, s=first.s, yes=first.yes, when=first.when, span=first.span)


@workflow
def extreme_primitives() -> Primitives:
    """Constants at the ends of their ranges."""
    far = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
    return primitives(i=-(2**63), f=5e-324, s="\U0010ffff", yes=True, when=far, span=timedelta(days=100_000))


@workflow
def lists_and_dicts(
    rows: list[list[int]] = [[1, 2], [], [2**62]],  # noqa: B006
    table: dict[str, list[float]] = {"{{=1}}": [1e300, -0.0], "": []},  # noqa: B006
) -> Nested:
    first = nested(rows=rows, table=table, records=[{"a": 1}, {}], empty=[])
    return nested(rows=first.rows, table=first.table, records=first.records, empty=first.empty)


@workflow
def attributes(n: int = 4) -> tuple[int, str, Leaf]:
    """Parts of a dataclass as inputs and as outputs."""
    tree = grow(n=n)
    seen = look(number=tree.a.b[0], label=tree.by_name["{{k}}"].label, leaf=tree.a, constant="x.a.b[0]")
    return tree.a.b[1], seen, tree.a


@workflow
def dataclass_input(tree: Tree = Tree(Leaf([8]), {}, "{{note}}")) -> str:  # noqa: B008
    return look(number=tree.a.b[0], label=tree.a.label, leaf=tree.a, constant="given")


@workflow
def unions_and_enums(
    nothing: Optional[int] = None,  # noqa: UP045
    something: Optional[str] = "{{some}}",  # noqa: UP045
    color: Color = Color.BLUE,
) -> Alternatives:
    first = alternatives(nothing=nothing, something=something, either="1", color=color)
    return alternatives(nothing=first.nothing, something=first.something, either=first.either, color=first.color)


@workflow
def hostile_texts(
    texts: list[str] = HOSTILE, one: str = HOSTILE[0]
) -> tuple[list[str], dict[str, str], list[str], str, str]:
    """As inputs, as constants, as keys, in the environment, and passed through."""
    listed, table = same(texts=texts, table={text: text for text in HOSTILE})
    return listed, table, environment(), joined(texts=listed, constant=HOSTILE[5]), one


class Everything(NamedTuple):
    texts: list[str]
    seen: str
    rows: list[list[int]]
    nothing: Optional[int]  # noqa: UP045
    color: Color
    when: datetime
    number: int
    leaf: Leaf
    one: str


@workflow
def every_kind(
    one: str = HOSTILE[0],
    texts: list[str] = HOSTILE,
    rows: list[list[int]] = [[1, 2], []],  # noqa: B006
    nothing: Optional[int] = None,  # noqa: UP045
    color: Color = Color.BLUE,
    tree: Tree = Tree(Leaf([8]), {"{{k}}": Leaf([])}, "{{note}}"),  # noqa: B008
    when: datetime = datetime(2024, 2, 29, 23, 59, 59, 123456, tzinfo=UTC),
) -> Everything:
    """All of these at once."""
    plain = primitives(i=tree.a.b[0], f=-0.0, s=one, yes=True, when=when, span=timedelta(microseconds=-1))
    boxed = nested(rows=rows, table={"{{=1}}": [1e300]}, records=[{"a": plain.i}], empty=environment())
    chosen = alternatives(nothing=nothing, something=plain.s, either=plain.i, color=color)
    grown = grow(n=plain.i)
    seen = look(number=grown.a.b[1], label=grown.by_name["{{k}}"].label, leaf=tree.a, constant=HOSTILE[5])
    return Everything(
        texts, seen, boxed.rows, chosen.nothing, chosen.color, plain.when, boxed.records[0]["a"], grown.a, one
    )
