# ruff: noqa: UP007, UP045, PTH208 -- both spellings of a union, and os.listdir as a user writes it, are meant
"""Files, directories and data frames through the store."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional, Union, cast

import pandas
import pytest

from jetbridge.errors import TypeTransformError
from jetbridge.idl import Literal, LiteralType
from jetbridge.store import open_store
from jetbridge.types import TransformContext, literal_type, to_literal, to_python
from jetbridge.types.directory import FlyteDirectory
from jetbridge.types.file import FlyteFile

# A type checker does not know flytekit's FlyteFile["csv"].
CSV: Any = FlyteFile.__class_getitem__("csv")
PNG: Any = FlyteFile.__class_getitem__("png")
PNGS: Any = FlyteDirectory.__class_getitem__("png")


def written(context: TransformContext, value: object, python_type: Any) -> Literal:
    return to_literal(context, value, python_type, literal_type(python_type))


def objects(context: TransformContext) -> list[str]:
    return list(context.store.list(context.raw_prefix))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "a b%20#é.csv"
    path.write_text("x\n1\n")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in" / "sub").mkdir(parents=True)
    (tmp_path / "in" / "a").write_text("A")
    (tmp_path / "in" / "sub" / "b c").write_text("B")
    return tmp_path / "in"


@pytest.mark.parametrize("make", [str, Path, FlyteFile, CSV], ids=["str", "path", "file", "csv"])
def test_a_file_is_uploaded_and_downloaded_when_used(context: TransformContext, table: Path, make: Any) -> None:
    literal = written(context, make(table), CSV)
    assert literal.scalar.blob.metadata.type.format == "csv"
    assert objects(context) == [literal.scalar.blob.uri]
    file = cast("FlyteFile", to_python(context, literal, CSV))
    assert (file.downloaded, file.remote_source, file.extension()) == (False, literal.scalar.blob.uri, "csv")
    assert not Path(str(file.path)).exists()
    with open(file) as stream:  # noqa: PTH123 -- what a user writes
        assert stream.read() == "x\n1\n"
    assert file.downloaded
    assert Path(file.download()).name == table.name


def test_a_file_that_was_not_touched_is_passed_on(context: TransformContext, table: Path) -> None:
    literal = written(context, str(table), FlyteFile)
    assert written(context, to_python(context, literal, FlyteFile), FlyteFile) == literal
    assert len(objects(context)) == 1
    assert not context.work_dir.exists()


def test_a_uri_is_not_uploaded(context: TransformContext) -> None:
    for value in ("s3://bucket/key.csv", FlyteFile("s3://bucket/key.csv")):
        assert written(context, value, FlyteFile).scalar.blob.uri == "s3://bucket/key.csv"
    assert written(context, "s3://bucket/d", FlyteDirectory).scalar.blob.uri == "s3://bucket/d"


def test_a_users_uri_is_downloaded_without_a_context(context: TransformContext) -> None:
    uri = context.fresh_uri("f.txt")
    open_store().write(uri, b"hello")
    file = FlyteFile(uri)
    assert (file.path, file.remote_source) == (uri, uri)
    assert Path(file).read_text() == "hello"
    with file.open("w") as stream:
        stream.write("bye")
    assert open_store().read(uri) == b"bye"


def test_remote_path_says_where_to(context: TransformContext, table: Path, tmp_path: Path) -> None:
    target = f"file://{tmp_path}/chosen/x.csv"
    assert written(context, FlyteFile(table, remote_path=target), FlyteFile).scalar.blob.uri == target
    assert context.store.read(target) == b"x\n1\n"
    kept = written(context, FlyteFile(table, remote_path=False), FlyteFile)
    assert kept.scalar.blob.uri == str(table)


def test_path_like_is_never_uploaded(context: TransformContext, table: Path) -> None:
    literal = written(context, table, os.PathLike)
    assert literal.scalar.blob.uri == str(table)
    assert objects(context) == []
    assert Path(cast("FlyteFile", to_python(context, literal, os.PathLike))).read_text() == "x\n1\n"


def test_metadata_travels(context: TransformContext, table: Path) -> None:
    literal = written(context, FlyteFile(table, metadata={"k": "v"}), FlyteFile)
    assert cast("FlyteFile", to_python(context, literal, FlyteFile)).metadata == {"k": "v"}


def test_formats_name_one_class_each() -> None:
    assert CSV is FlyteFile.__class_getitem__(".csv")
    assert FlyteFile.__class_getitem__("") is FlyteFile
    assert literal_type(CSV) != literal_type(PNG)


@pytest.mark.parametrize("make", [str, Path, FlyteDirectory], ids=["str", "path", "directory"])
def test_a_directory_there_and_back(context: TransformContext, folder: Path, make: Any) -> None:
    literal = written(context, make(folder), FlyteDirectory)
    again = cast("FlyteDirectory", to_python(context, literal, FlyteDirectory))
    assert not again.downloaded
    assert sorted(os.listdir(again)) == ["a", "sub"]
    assert (again / "sub" / "b c").read_text() == "B"
    assert written(context, again, FlyteDirectory) == literal
    assert [name for _, name in again.crawl()] == ["a", "sub/b c"]


def test_listing_a_stored_directory_does_not_download_it(context: TransformContext, folder: Path) -> None:
    again = cast("FlyteDirectory", to_python(context, written(context, folder, FlyteDirectory), FlyteDirectory))
    file, sub = FlyteDirectory.listdir(again)
    assert isinstance(file, FlyteFile)
    assert isinstance(sub, FlyteDirectory)
    assert Path(file).read_text() == "A"
    assert os.listdir(sub) == ["b c"]
    assert not again.downloaded


def test_an_empty_directory_exists_after_the_download(context: TransformContext, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    literal = written(context, tmp_path / "none", FlyteDirectory)
    assert os.listdir(cast("FlyteDirectory", to_python(context, literal, FlyteDirectory))) == []


@pytest.mark.parametrize(
    ("value", "python_type", "says"),
    [
        ("no/such/file", FlyteFile, "there is no file 'no/such/file'"),
        ("no/such/folder", FlyteDirectory, "there is no folder 'no/such/folder'"),
        (3, FlyteFile, "expected FlyteFile, got 3 of type int"),
        (3, PNGS, 'expected FlyteDirectory["png"], got 3 of type int'),
        (FlyteFile("s3://b/f"), FlyteDirectory, "expected FlyteDirectory, got s3://b/f"),
        ([1], pandas.DataFrame, "expected DataFrame, got [1] of type list"),
        (pandas.DataFrame({"a": [1, "x"]}), pandas.DataFrame, "cannot be written as parquet"),
        (pandas.DataFrame({"t": [pandas.Timestamp(1, unit="ns")]}), pandas.DataFrame, "cannot be written as parquet"),
    ],
    ids=lambda each: str(each)[:25],
)
def test_values_that_are_refused(context: TransformContext, value: Any, python_type: Any, says: str) -> None:
    with pytest.raises(TypeTransformError) as caught:
        written(context, value, python_type)
    assert says in caught.value.message
    assert caught.value.hint


def test_a_file_is_no_directory(context: TransformContext, table: Path, folder: Path) -> None:
    with pytest.raises(TypeTransformError, match="expected FlyteDirectory, got the file"):
        to_python(context, written(context, table, FlyteFile), FlyteDirectory)
    with pytest.raises(TypeTransformError, match="expected FlyteFile, got the directory"):
        to_python(context, written(context, folder, FlyteDirectory), FlyteFile)


def test_unions_of_files(context: TransformContext, table: Path) -> None:
    assert to_python(context, written(context, None, Optional[FlyteFile]), Optional[FlyteFile]) is None
    literal = written(context, table, Optional[CSV])
    assert literal.scalar.union.type.structure.tag == "FlyteFilePath"
    assert Path(cast("FlyteFile", to_python(context, literal, Optional[CSV]))).is_file()
    text = written(context, str(table), Union[FlyteFile, str])
    assert to_python(context, text, Union[FlyteFile, str]) == str(table)


@dataclass
class Result:
    plot: FlyteFile
    parts: list[FlyteDirectory]
    extra: FlyteFile | None = None


def test_files_inside_a_dataclass(context: TransformContext, table: Path, folder: Path) -> None:
    value = Result(FlyteFile(table), [FlyteDirectory(folder)])
    again = cast("Result", to_python(context, written(context, value, Result), Result))
    assert Path(again.plot).read_text() == "x\n1\n"
    assert (Path(again.parts[0]) / "a").read_text() == "A"
    assert again.extra is None
    assert value.plot.path == table


@pytest.mark.parametrize(
    "frame",
    [
        pandas.DataFrame({"a": [1, 2], "b": ["x", None]}, index=[5, 7]),
        pandas.DataFrame({"c": pandas.Categorical(["u", "v"]), "f": [float("nan"), 0.5]}),
        pandas.DataFrame({"t": [pandas.Timestamp("2026-01-31T00:00:01Z"), pandas.NaT]}),
        pandas.DataFrame(),
    ],
    ids=["index", "category", "times", "empty"],
)
def test_data_frames_there_and_back(context: TransformContext, frame: pandas.DataFrame) -> None:
    literal = written(context, frame, pandas.DataFrame)
    dataset = literal.scalar.structured_dataset
    assert dataset.metadata.structured_dataset_type.format == "parquet"
    assert objects(context) == [f"{dataset.uri}/00000"]
    pandas.testing.assert_frame_equal(cast("Any", to_python(context, literal, pandas.DataFrame)), frame)
    assert [path for path in context.work_dir.rglob("*") if path.is_file()] == []


def test_a_folder_of_parts_and_a_single_file_are_frames_too(context: TransformContext, tmp_path: Path) -> None:
    parts = tmp_path / "parts"
    parts.mkdir()
    for at in range(2):
        pandas.DataFrame({"a": [at]}).to_parquet(parts / f"part-{at}.parquet")
    (parts / "_SUCCESS").touch()
    for uri, values in ((f"file://{parts}", [0, 1]), (f"file://{parts}/part-1.parquet", [1])):
        literal = Literal()
        literal.scalar.structured_dataset.uri = uri
        assert list(cast("Any", to_python(context, literal, pandas.DataFrame))["a"]) == values


def test_other_formats_of_frames_are_refused(context: TransformContext) -> None:
    declared = LiteralType()
    declared.structured_dataset_type.format = "orc"
    with pytest.raises(TypeTransformError, match="DataFrame has no format 'orc'"):
        to_literal(context, pandas.DataFrame(), pandas.DataFrame, declared)


def test_a_subclass_of_a_frame_is_refused() -> None:
    class Special(pandas.DataFrame):
        pass

    with pytest.raises(TypeTransformError, match="Special has no FlyteIDL type"):
        literal_type(Special)
