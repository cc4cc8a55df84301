"""Data frames, passed on from task to task, alone and with the tasks of another module."""

from typing import NamedTuple

import pandas as pd
from stored import hand_on, pack, read, write

from jetbridge import task, workflow
from jetbridge.types.directory import FlyteDirectory
from jetbridge.types.file import FlyteFile


class Stored(NamedTuple):
    file: FlyteFile
    folder: FlyteDirectory
    table: pd.DataFrame
    seen: str


@task
def tabulate(text: str, rows: int) -> pd.DataFrame:
    numbers = [None if n % 5 == 4 else n / 3 for n in range(rows)]
    return pd.DataFrame({"text": [f"{text} {n}" for n in range(rows)], "number": numbers, "row": range(rows)})


@task
def select(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["number"].isna()].reset_index(drop=True)


@task
def describe(table: pd.DataFrame) -> str:
    return f"{len(table)} {list(table.columns)} {table['row'].sum()} {table['text'].iloc[-1]}"


@workflow
def tables(rows: int = 12) -> tuple[pd.DataFrame, str]:
    selected = select(table=tabulate(text="{{row}}", rows=rows))
    return selected, describe(table=selected)


@workflow
def every_store(text: str = "{{text}}\r\n🐧", rows: int = 12) -> Stored:
    """All of these at once."""
    file = write(text=text)
    folder = pack(file=hand_on(files=[file]))
    table = select(table=tabulate(text=text, rows=rows))
    return Stored(file, folder, table, read(file=file, folder=folder))
