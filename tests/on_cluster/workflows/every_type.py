"""Every type through tasks, and strings that an engine could take for its own templates."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import NamedTuple, Optional

import pandas as pd

from jetbridge import current_context, task, workflow
from jetbridge.types.directory import FlyteDirectory
from jetbridge.types.file import FlyteFile

HOSTILE = [
    "{{inputs.parameters.x}}",
    "{{workflow.name}} {{retries}}",
    "{{=1+1}}",
    "{{= sprig.env('AWS_SECRET_ACCESS_KEY') }}",
    "{{{x}}}",
    "{% raw %}{{ 1 }}{# c #}",
    "$(HOME) $$(HOME) $HOME ${HOME} $(JETBRIDGE_OPEN_BRACE)",
    "'single' \"double\" `back` \\ \\n",
    "line\nnext\r\n\ttab\x01\x7f",
    "Grüße 🐧 \u2028 é",
    "",
    " -- --bind=x=json:1 ; rm -rf / # !!python/none &a *a",
    "json:1",
]


class Colour(Enum):
    RED = "red"
    BLUE = "{{blue}}"


@dataclass
class Inner:
    label: str
    weights: list[float]


@dataclass
class Record:
    number: int
    inner: Inner
    by_name: dict[str, int]
    note: Optional[str] = None  # noqa: UP045


class Values(NamedTuple):
    i: int
    f: float
    s: str
    b: bool
    strings: list[str]
    numbers: dict[str, float]
    nested: list[dict[str, int]]
    record: Record
    colour: Colour
    when: datetime
    span: timedelta
    something: Optional[str]  # noqa: UP045
    nothing: Optional[int]  # noqa: UP045


class Stored(NamedTuple):
    file: FlyteFile
    folder: FlyteDirectory
    table: pd.DataFrame


class Everything(NamedTuple):
    i: int
    f: float
    s: str
    b: bool
    strings: list[str]
    numbers: dict[str, float]
    nested: list[dict[str, int]]
    record: Record
    colour: Colour
    when: datetime
    span: timedelta
    something: Optional[str]  # noqa: UP045
    nothing: Optional[int]  # noqa: UP045
    file: FlyteFile
    folder: FlyteDirectory
    table: pd.DataFrame
    seen: str
    untouched: str


@task
def through(
    i: int,
    f: float,
    s: str,
    b: bool,
    strings: list[str],
    numbers: dict[str, float],
    nested: list[dict[str, int]],
    record: Record,
    colour: Colour,
    when: datetime,
    span: timedelta,
    something: Optional[str],  # noqa: UP045
    nothing: Optional[int],  # noqa: UP045
) -> Values:
    return Values(i, f, s, b, strings, numbers, nested, record, colour, when, span, something, nothing)


@task
def store(strings: list[str], record: Record) -> Stored:
    folder = current_context().working_directory
    (folder / "text.txt").write_text("\n".join(strings))
    (folder / "tree" / "deep").mkdir(parents=True)
    (folder / "tree" / "a.bin").write_bytes(bytes(range(256)) * 4096)
    (folder / "tree" / "deep" / "empty").touch()
    columns = {"text": strings, "number": [float(n) / 3 for n in range(len(strings))]}
    return Stored(
        FlyteFile(str(folder / "text.txt")),
        FlyteDirectory(str(folder / "tree")),
        pd.DataFrame({**columns, "label": [record.inner.label] * len(strings)}),
    )


@task
def look(
    file: FlyteFile, folder: FlyteDirectory, table: pd.DataFrame, label: str, constant: str, strings: list[str]
) -> str:
    names = sorted(str(path.relative_to(str(folder))) for path in Path(folder).rglob("*") if path.is_file())
    same = Path(file).read_bytes() == "\n".join(strings).encode()
    return f"{names} {same} {list(table['text']) == strings} {table['number'].sum():.6f} {label} {constant}"


@workflow
def everything(
    s: str = HOSTILE[0],
    i: int = -(2**53) - 1,
    f: float = 0.1,
    b: bool = False,
    strings: list[str] = HOSTILE,
    numbers: dict[str, float] = {"{{=1}}": 1e300, "$(HOME)": -0.0, "third": 1 / 3},  # noqa: B006
    nested: list[dict[str, int]] = [{"a": 1}, {}, {"b": 2**62}],  # noqa: B006
    record: Record = Record(3, Inner("{{inner}}", [1.5, 2.0]), {"{{k}}": 1}),  # noqa: B008
    colour: Colour = Colour.BLUE,
    when: datetime = datetime(2024, 2, 29, 23, 59, 59, 123456, tzinfo=UTC),
    span: timedelta = timedelta(days=-1, microseconds=1),
    something: Optional[str] = "{{some}}",  # noqa: UP045
    nothing: Optional[int] = None,  # noqa: UP045
) -> Everything:
    v = through(
        i=i,
        f=f,
        s=s,
        b=b,
        strings=strings,
        numbers=numbers,
        nested=nested,
        record=record,
        colour=colour,
        when=when,
        span=span,
        something=something,
        nothing=nothing,
    )
    kept = store(strings=v.strings, record=v.record)
    seen = look(
        file=kept.file,
        folder=kept.folder,
        table=kept.table,
        label=v.record.inner.label,
        constant="const {{inputs.parameters.s}} $(HOME) 🐧\n'\"",
        strings=v.strings,
    )
    return Everything(
        v.i,
        v.f,
        v.s,
        v.b,
        v.strings,
        v.numbers,
        v.nested,
        v.record,
        v.colour,
        v.when,
        v.span,
        v.something,
        v.nothing,
        kept.file,
        kept.folder,
        kept.table,
        seen,
        s,
    )
