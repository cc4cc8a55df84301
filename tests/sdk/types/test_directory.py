"""FlyteDirectory as a user has it in hands: parts without a download, new folders, and many files."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest

from jetbridge.errors import StoreError, TypeTransformError
from jetbridge.runtime.context import ExecutionContext, executing
from jetbridge.store import ObjectStore, Progress
from jetbridge.types import TransformContext, literal_type, to_literal, to_python
from jetbridge.types.directory import BatchSize, FlyteDirectory
from jetbridge.types.file import FlyteFile


def through(context: TransformContext, value: Any, python_type: Any = FlyteDirectory) -> FlyteDirectory:
    literal = to_literal(context, value, python_type, literal_type(python_type))
    again = to_python(context, literal, python_type)
    assert isinstance(again, FlyteDirectory)
    return again


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("a", "sub/b c", "sub/deep/d", "z"):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path / "in"


def test_formats() -> None:
    assert FlyteDirectory.__class_getitem__(Literal["csv"]) is FlyteDirectory.__class_getitem__("csv")
    assert literal_type(FlyteDirectory.__class_getitem__("csv")).blob.format == "csv"


@pytest.mark.parametrize("stored", [True, False], ids=["stored", "local"])
def test_the_parts_of_a_folder(context: TransformContext, tree: Path, stored: bool) -> None:
    folder = through(context, tree) if stored else FlyteDirectory(tree)
    kinds = [(type(part).__name__, Path(str(part)).name) for part in folder.iterdir()]
    assert kinds == [("FlyteFile", "a"), ("FlyteDirectory", "sub"), ("FlyteFile", "z")]
    assert [name for _, name in folder.crawl()] == ["a", "sub/b c", "sub/deep/d", "z"]
    assert [name for _, name in folder.crawl(maxdepth=2)] == ["a", "sub/b c", "z"]
    assert [name for _, name in folder.crawl(maxdepth=1, topdown=False)] == ["z", "a"]
    base, details = next(folder.crawl(detail=True))
    assert details == {"a": {"name": f"{base}/a", "size": 1, "type": "file"}}
    assert not folder.downloaded
    sub = FlyteDirectory.listdir(folder)[1]
    assert isinstance(sub, FlyteDirectory)
    assert Path(next(iter(sub.iterdir()))).read_text() == "sub/b c"


def test_a_new_remote_folder_is_filled_file_by_file(context: TransformContext) -> None:
    with executing(ExecutionContext(raw_output_prefix=context.raw_prefix, working_directory=context.work_dir)):
        folder = FlyteDirectory.new_remote("parts")
        for name in ("a.txt", "b.txt"):
            with folder.new_file(name).open("w") as stream:
                stream.write(name)
        with folder.new_dir("deep").new_file("c.txt").open("w") as stream:
            stream.write("c")
        again = through(context, folder)
        assert [name for _, name in again.crawl()] == ["a.txt", "b.txt", "deep/c.txt"]
    assert again.remote_source == f"{context.raw_prefix}/parts"
    with pytest.raises(TypeTransformError, match="expected a folder's name"):
        FlyteDirectory.new_remote("parts.csv")


def test_a_new_local_folder(context: TransformContext) -> None:
    with executing(ExecutionContext(working_directory=context.work_dir)):
        folder = FlyteDirectory.new("out")
        (Path(folder) / "f").write_text("x")
    assert [name for _, name in through(context, folder).crawl()] == ["f"]
    with folder.new_file("g").open("w") as stream:
        stream.write("y")
    assert (context.work_dir / "out" / "g").read_text() == "y"


def test_many_files(context: TransformContext, tmp_path: Path) -> None:
    (tmp_path / "many").mkdir()
    for number in range(500):
        (tmp_path / "many" / f"{number:03}").write_bytes(b"%d" % number * number)
    again = through(context, tmp_path / "many")
    names = sorted(path.name for path in Path(again).iterdir())
    assert names == [f"{number:03}" for number in range(500)]
    assert all((again / name).read_bytes() == (tmp_path / "many" / name).read_bytes() for name in names)


class Counting(ObjectStore):
    """Counts how many transfers are under way at once."""

    def __init__(self) -> None:
        super().__init__()
        self.now = self.most = 0
        self.lock = threading.Lock()
        self.meet = threading.Barrier(2)

    def upload(self, path: Path, uri: str, progress: Progress | None = None) -> None:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.meet.wait(10)
        super().upload(path, uri, progress)
        with self.lock:
            self.now -= 1


def test_the_batch_size_bounds_what_is_under_way(context: TransformContext, tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / str(number)).write_text("x")
    store = Counting()
    declared = Annotated[FlyteDirectory, BatchSize(2)]
    again = through(TransformContext(store, context.raw_prefix, context.work_dir), tmp_path / "in", declared)
    assert store.most == 2
    assert len(list(Path(again).iterdir())) == 20
    assert literal_type(declared) == literal_type(FlyteDirectory)


def test_progress_is_told_for_the_folder(context: TransformContext, tree: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    through(context, tree).download(progress=lambda name, done, total: seen.append((name, done, total)))
    total = sum(len(name) for name in ("a", "sub/b c", "sub/deep/d", "z"))
    assert (seen[0][1:], seen[-1][1:]) == ((0, total), (total, total))
    assert [done for _, done, _ in seen] == sorted(done for _, done, _ in seen)


def test_an_object_that_leads_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    from jetbridge.store import StoredObject
    from jetbridge.store.folders import download_folder

    class Hostile(ObjectStore):
        def objects(self, prefix: str) -> Any:
            return iter([StoredObject(f"{prefix.rstrip('/')}/../../evil", 1)])

    with pytest.raises(StoreError, match="leads out of its folder"):
        download_folder(Hostile(), "s3://bucket/folder", tmp_path / "out")


def test_a_file_is_no_folder(context: TransformContext, tmp_path: Path) -> None:
    (tmp_path / "f").write_text("x")
    with pytest.raises(TypeTransformError, match="there is no folder"):
        through(context, tmp_path / "f")
    with pytest.raises(TypeTransformError, match="expected FlyteDirectory"):
        through(context, FlyteFile(tmp_path / "f"))
