"""Files, folders and tables."""

import os
from pathlib import Path
from typing import Annotated, List

import flytekit
import pandas as pd
import pyarrow as pa
from flytekit import FlyteDirectory, FlyteFile, StructuredDataset, kwtypes, task, workflow
from flytekit.types.schema import FlyteSchema

Columns = kwtypes(name=str, mass=float)


def place(name: str) -> Path:
    return Path(flytekit.current_context().working_directory) / name


@task
def write(text: str) -> FlyteFile:
    path = place("text.txt")
    path.write_text(text)
    return FlyteFile(str(path))


@task
def write_csv(rows: int) -> FlyteFile["csv"]:
    path = place("rows.csv")
    path.write_text("n\n" + "".join(f"{i}\n" for i in range(rows)))
    return FlyteFile["csv"](str(path))


@task
def lines(file: FlyteFile["csv"]) -> int:
    with open(file) as opened:
        return len(opened.readlines())


@task
def read(file: FlyteFile) -> str:
    return Path(file.download()).read_text()


@task
def path_length(file: os.PathLike) -> int:
    return len(Path(file).read_text())


@task
def write_many(n: int) -> List[FlyteFile]:
    files = []
    for i in range(n):
        path = place(f"{i}.txt")
        path.write_text(str(i) * i)
        files.append(FlyteFile(str(path)))
    return files


@task
def join(files: List[FlyteFile]) -> str:
    return "+".join(Path(file.download()).read_text() for file in files)


@task
def fill(n: int) -> FlyteDirectory:
    folder = place("folder")
    (folder / "deep").mkdir(parents=True)
    for i in range(n):
        (folder / f"{i}.txt").write_text(str(i))
    (folder / "deep" / "last.txt").write_text("last")
    return FlyteDirectory(str(folder))


@task
def count(folder: FlyteDirectory) -> int:
    root = Path(folder.download())
    return sum(path.is_file() for path in root.rglob("*"))


@task
def frame(n: int) -> pd.DataFrame:
    return pd.DataFrame({"name": [f"p{i}" for i in range(n)], "mass": [i * 1.5 for i in range(n)]})


@task
def mean(df: pd.DataFrame) -> float:
    return float(df["mass"].mean())


@task
def typed(df: pd.DataFrame) -> Annotated[StructuredDataset, Columns]:
    return StructuredDataset(dataframe=df)


@task
def as_arrow(ds: Annotated[StructuredDataset, Columns]) -> pa.Table:
    return ds.open(pa.Table).all()


@task
def size(table: pa.Table) -> int:
    return table.num_rows * table.num_columns


@task
def old(n: int) -> FlyteSchema[Columns]:
    schema = FlyteSchema[Columns]()
    schema.open().write(pd.DataFrame({"name": ["a"] * n, "mass": [1.0] * n}))
    return schema


@task
def read_old(schema: FlyteSchema[Columns]) -> int:
    return len(schema.open().all())


@workflow
def one_file(text: str = "line\n") -> tuple[FlyteFile, str, int]:
    file = write(text=text)
    return file, read(file=file), path_length(file=file)


@workflow
def formats(rows: int = 3) -> tuple[FlyteFile["csv"], int]:
    file = write_csv(rows=rows)
    return file, lines(file=file)


@workflow
def many_files(n: int = 3) -> tuple[List[FlyteFile], str]:
    files = write_many(n=n)
    return files, join(files=files)


@workflow
def folders(n: int = 3) -> tuple[FlyteDirectory, int]:
    folder = fill(n=n)
    return folder, count(folder=folder)


@workflow
def frames(n: int = 4) -> tuple[pd.DataFrame, float, int]:
    df = frame(n=n)
    return df, mean(df=df), size(table=as_arrow(ds=typed(df=df)))


@workflow
def schemas(n: int = 4) -> int:
    return read_old(schema=old(n=n))


@workflow
def file_input(file: FlyteFile) -> str:
    return read(file=file)


@workflow
def frame_input(df: pd.DataFrame) -> float:
    return mean(df=df)
