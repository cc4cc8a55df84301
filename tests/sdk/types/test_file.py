"""FlyteFile as a user has it in hands: streams, new files, and where they lie."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import pytest

from jetbridge.errors import StoreError, TypeTransformError
from jetbridge.runtime.context import ExecutionContext, executing
from jetbridge.store import ObjectNotFoundError, open_store
from jetbridge.types import TransformContext, literal_type, to_literal, to_python
from jetbridge.types.annotated import HashMethod
from jetbridge.types.file import FlyteFile


@pytest.fixture
def stored(context: TransformContext) -> FlyteFile:
    """A file as a task gets it."""
    uri = context.fresh_uri("table.csv")
    context.store.write(uri, b"x\n1\n2\n")
    literal = to_literal(context, uri, FlyteFile, literal_type(FlyteFile))
    file = to_python(context, literal, FlyteFile)
    assert isinstance(file, FlyteFile)
    return file


@pytest.mark.parametrize(
    "item", ["csv", ".csv", "~csv ", Literal["csv"], TypeVar("csv"), Annotated[str, "csv"]], ids=str
)
def test_a_format_has_many_spellings(item: Any) -> None:
    assert FlyteFile.__class_getitem__(item) is FlyteFile.__class_getitem__("csv")
    assert literal_type(FlyteFile.__class_getitem__(item)).blob.format == "csv"


@pytest.mark.parametrize("item", [None, Any, ""])
def test_no_format(item: Any) -> None:
    assert FlyteFile.__class_getitem__(item) is FlyteFile


def test_something_else_is_no_format() -> None:
    with pytest.raises(TypeTransformError, match="expected a file format, got 3"):
        FlyteFile.__class_getitem__(3)


def test_reading_a_stream_does_not_download(stored: FlyteFile) -> None:
    with stored.open("r", cache_type="readahead", cache_options={"block_size": 1024}) as stream:
        assert list(stream) == ["x\n", "1\n", "2\n"]
    with stored.open("rb") as stream:
        stream.seek(2)
        assert stream.read(1) == b"1"
    assert not stored.downloaded
    assert not Path(str(stored.path)).exists()


def test_a_new_remote_file_is_written_where_the_task_writes(context: TransformContext) -> None:
    with executing(ExecutionContext(raw_output_prefix=context.raw_prefix, working_directory=context.work_dir)):
        named, fresh = FlyteFile.new_remote_file("model.bin"), FlyteFile.new_remote_file()
        with named.open("wb") as stream:
            stream.write(b"\x00" * 100)
        with fresh.open("w", encoding="latin-1", newline="\r\n") as stream:
            stream.write("é\n")
        literal = to_literal(context, named, FlyteFile, literal_type(FlyteFile))
        assert Path(named).read_bytes() == b"\x00" * 100
        assert Path(named).is_relative_to(context.work_dir)
    assert literal.scalar.blob.uri == f"{context.raw_prefix}/model.bin"
    assert context.store.read(str(fresh.path)) == b"\xe9\r\n"


def test_another_bucket(context: TransformContext) -> None:
    with executing(ExecutionContext(raw_output_prefix="s3://bucket/run/n0")):
        assert FlyteFile.new_remote_file("a.txt", alt="other").path == "s3://other/run/n0/a.txt"
        assert str(FlyteFile.new_remote_file().path).startswith("s3://bucket/run/n0/")


def test_a_new_local_file_lies_in_the_working_folder(context: TransformContext) -> None:
    context.work_dir.mkdir()
    with executing(ExecutionContext(working_directory=context.work_dir)):
        file = FlyteFile.new("out.txt")
    with file.open("w") as stream:
        stream.write("x")
    assert (context.work_dir / "out.txt").read_text() == "x"
    with pytest.raises(TypeTransformError, match="expected a relative path"):
        FlyteFile.new("/out.txt")


def test_a_block_that_raises_changes_nothing(stored: FlyteFile, context: TransformContext) -> None:
    def write(file: FlyteFile) -> None:
        with file.open("w") as stream:
            stream.write("half")
            raise KeyError

    new = FlyteFile(context.fresh_uri("new"))
    for file in (stored, new):
        with pytest.raises(KeyError):
            write(file)
    assert context.store.read(str(stored.remote_source)) == b"x\n1\n2\n"
    with pytest.raises(ObjectNotFoundError):
        context.store.read(str(new.path))


@pytest.mark.parametrize(
    ("mode", "after"),
    [("w", b"new"), ("a", b"x\n1\n2\nnew"), ("r+", b"new\n2\n"), ("ab", b"x\n1\n2\nnew"), ("w+", b"new")],
)
def test_each_mode_that_writes(stored: FlyteFile, context: TransformContext, mode: str, after: bytes) -> None:
    Path(stored).read_bytes()
    with stored.open(mode) as stream:
        stream.write(b"new" if "b" in mode else "new")
    assert context.store.read(str(stored.remote_source)) == after
    assert Path(stored).read_bytes() == after, "the copy from before is another file"


def test_mode_x_never_replaces(stored: FlyteFile, context: TransformContext) -> None:
    with pytest.raises(FileExistsError), stored.open("x"):
        pass
    new = FlyteFile(context.fresh_uri())
    with new.open("xb") as stream:
        stream.write(b"1")
    assert context.store.read(str(new.path)) == b"1"


@pytest.mark.parametrize("mode", ["", "rw", "rbt", "q", "rr"])
def test_no_such_mode(stored: FlyteFile, mode: str) -> None:
    with pytest.raises(TypeTransformError, match="invalid mode"), stored.open(mode):
        pass


def test_a_chosen_place_can_be_streamed_to(context: TransformContext, tmp_path: Path) -> None:
    target = f"file://{tmp_path}/chosen/out.txt"
    file = FlyteFile(tmp_path / "never-written.txt", remote_path=target)
    with file.open("w") as stream:
        stream.write("x")
    assert to_literal(context, file, FlyteFile, literal_type(FlyteFile)).scalar.blob.uri == target
    assert not (tmp_path / "never-written.txt").exists()


def test_a_missing_file_is_an_error(context: TransformContext) -> None:
    file = FlyteFile(context.fresh_uri("nothing"))
    with pytest.raises(ObjectNotFoundError, match="nothing"), file.open("r"):
        pass
    with pytest.raises(StoreError, match="nothing"):
        file.download()
    assert not file.downloaded


def test_a_downloader_of_the_authors_own_is_used(context: TransformContext, tmp_path: Path) -> None:
    path = tmp_path / "made.txt"
    file = FlyteFile(path, downloader=lambda: path.write_text("made"))
    literal = to_literal(context, file, FlyteFile, literal_type(FlyteFile))
    assert context.store.read(literal.scalar.blob.uri) == b"made"


def test_progress_is_told(stored: FlyteFile) -> None:
    seen: list[tuple[str, int, int]] = []
    stored.download(progress=lambda name, done, total: seen.append((name, done, total)))
    assert seen == [("table.csv", 0, 6), ("table.csv", 6, 6)]


def test_a_file_goes_to_another_process(stored: FlyteFile) -> None:
    again = pickle.loads(pickle.dumps(stored))  # noqa: S301 -- our own
    assert Path(again).read_bytes() == b"x\n1\n2\n"


def test_a_hash_method_sees_the_file(context: TransformContext, tmp_path: Path) -> None:
    (tmp_path / "f").write_text("content")
    read: Callable[[FlyteFile], str] = lambda file: Path(file).read_text()  # noqa: E731 -- typed
    declared = Annotated[FlyteFile, HashMethod(read)]
    assert to_literal(context, FlyteFile(tmp_path / "f"), declared, literal_type(declared)).hash == "content"


def test_many_files_cost_no_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    files = [FlyteFile(f"s3://bucket/{n}") for n in range(100)]
    assert (len(files), list(tmp_path.iterdir())) == (100, [])


def test_a_bare_path_is_refused_with_the_way_out() -> None:
    with pytest.raises(TypeTransformError, match="Path has no FlyteIDL type") as caught:
        literal_type(Path)
    assert "FlyteFile" in caught.value.hint


def test_a_store_may_be_a_plain_folder(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("x")
    assert Path(FlyteFile.from_source(f"file://{tmp_path}/f")).read_text() == "x"
    assert Path(FlyteFile.from_source(tmp_path / "f")) == tmp_path / "f"
    assert open_store().exists(f"file://{tmp_path}/f")
