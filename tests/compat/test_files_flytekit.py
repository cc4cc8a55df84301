# flytekit has no type information.
# pyright: basic, reportMissingTypeStubs=false, reportInvalidTypeForm=false
"""Files, directories and pickles: the real flytekit reads ours, and we read its."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Optional

import pytest
from flytekit import BatchSize as TheirBatchSize
from flytekit.core.context_manager import ExecutionState, FlyteContext, FlyteContextManager
from flytekit.core.data_persistence import FileAccessProvider
from flytekit.core.type_engine import TypeEngine
from flytekit.models.literals import Literal as FlyteLiteral
from flytekit.types.directory import FlyteDirectory as TheirDirectory
from flytekit.types.file import FlyteFile as TheirFile
from flytekit.types.pickle.pickle import FlytePickle as TheirPickle

from jetbridge.idl import Literal, LiteralType
from jetbridge.runtime.context import ExecutionContext, executing
from jetbridge.store import open_store
from jetbridge.types import TransformContext, literal_type, to_literal, to_python
from jetbridge.types.directory import BatchSize, FlyteDirectory
from jetbridge.types.file import FlyteFile
from jetbridge.types.pickle import FlytePickle
from tests.stable_ids import stable_id


class Model:
    def __init__(self, weights: list[float]) -> None:
        self.weights = weights

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Model) and other.weights == self.weights

    __hash__ = None  # type: ignore[assignment]


@pytest.fixture
def ours(tmp_path: Path) -> TransformContext:
    # A plain path, not a file:// URI: flytekit takes those for local paths.
    return TransformContext(open_store(), str(tmp_path / "raw"), tmp_path / "work")


@pytest.fixture
def theirs(tmp_path: Path) -> Iterator[FlyteContext]:
    """flytekit as in a task: what it writes goes below a raw data prefix."""
    access = FileAccessProvider(str(tmp_path / "local"), str(tmp_path / "their-raw"))
    current = FlyteContextManager.current_context()
    state = current.new_execution_state().with_params(mode=ExecutionState.Mode.TASK_EXECUTION)
    with FlyteContextManager.with_context(current.with_file_access(access).with_execution_state(state)) as context:
        yield context


def their_type(python_type: Any) -> LiteralType:
    return TypeEngine.to_literal_type(python_type).to_flyte_idl()


def their_literal(context: FlyteContext, value: Any, python_type: Any) -> Literal:
    expected = TypeEngine.to_literal_type(python_type)
    return TypeEngine.to_literal(context, value, python_type, expected).to_flyte_idl()


def read_by_flytekit(context: FlyteContext, literal: Literal, python_type: Any) -> Any:
    return TypeEngine.to_python_value(context, FlyteLiteral.from_flyte_idl(literal), python_type)


def written(context: TransformContext, value: Any, python_type: Any) -> Literal:
    return to_literal(context, value, python_type, literal_type(python_type))


def without_uri(literal: Literal) -> Literal:
    bare = Literal.FromString(literal.SerializeToString())
    bare.scalar.blob.uri = ""
    return bare


PICKLED: Any = FlytePickle[Model]


@pytest.mark.parametrize(
    ("mine", "other"),
    [
        (PICKLED, Model),
        (Optional[PICKLED], Optional[Model]),  # noqa: UP045 -- both spellings are meant
        (list[PICKLED], list[Model]),
        (dict[str, PICKLED], dict[str, Model]),
        (Annotated[FlyteDirectory, BatchSize(3)], Annotated[TheirDirectory, TheirBatchSize(3)]),
        (FlyteFile[typing.Literal["csv"]], TheirFile.__class_getitem__("csv")),
    ],
    ids=stable_id,
)
def test_the_types_are_flytekits(mine: Any, other: Any) -> None:
    """A type that flytekit pickles unasked has the type of ours that is asked to be pickled."""
    assert literal_type(mine) == their_type(other)


def test_pickles_of_anything_differ_only_in_the_note_of_the_class() -> None:
    mine, other = literal_type(FlytePickle), their_type(TheirPickle)
    assert mine.blob == other.blob
    assert list(mine.metadata) == list(other.metadata)


@pytest.mark.parametrize("their_pickle", [TheirPickle, TheirPickle[Model], Model], ids=stable_id)
def test_pickles_both_ways(ours: TransformContext, theirs: FlyteContext, their_pickle: Any) -> None:
    model = Model([1.0, 2.5])
    mine, other = written(ours, model, PICKLED), their_literal(theirs, model, their_pickle)
    assert without_uri(mine) == without_uri(other)
    assert Path(mine.scalar.blob.uri).name == Path(other.scalar.blob.uri).name, "the digest of the same bytes"
    assert read_by_flytekit(theirs, mine, their_pickle) == model
    assert to_python(ours, other, PICKLED) == model


def test_a_file_that_was_streamed(ours: TransformContext, theirs: FlyteContext) -> None:
    with executing(ExecutionContext(raw_output_prefix=ours.raw_prefix, working_directory=ours.work_dir)):
        mine = FlyteFile.new_remote_file("a.txt")
        with mine.open("w") as stream:
            stream.write("ours")
        literal = written(ours, mine, FlyteFile)
    with read_by_flytekit(theirs, literal, TheirFile).open("r") as stream:
        assert stream.read() == "ours"
    other = TheirFile.new_remote_file("b.txt")
    with other.open("w") as stream:
        stream.write("theirs")
    again = to_python(ours, their_literal(theirs, other, TheirFile), FlyteFile)
    assert isinstance(again, FlyteFile)
    with again.open("r") as stream:
        assert stream.read() == "theirs"


def test_a_folder_that_was_filled_file_by_file(ours: TransformContext, theirs: FlyteContext) -> None:
    other = TheirDirectory.new_remote("parts")
    for name in ("a", "b"):
        with other.new_file(name).open("w") as stream:
            stream.write(name)
    again = to_python(ours, their_literal(theirs, other, TheirDirectory), FlyteDirectory)
    assert isinstance(again, FlyteDirectory)
    assert sorted(name for _, name in again.crawl()) == sorted(str(name) for _, name in other.crawl()) == ["a", "b"]
    mine = read_by_flytekit(theirs, written(ours, again, FlyteDirectory), TheirDirectory)
    assert sorted(str(name) for _, name in mine.crawl()) == ["a", "b"]


@pytest.mark.parametrize("python_type", [TheirFile, TheirDirectory], ids=["file", "directory"])
def test_the_surface_is_flytekits(python_type: Any) -> None:
    """Every public name of flytekit's class is there, but for what its dataclass library adds."""
    mine = FlyteFile if python_type is TheirFile else FlyteDirectory
    added = {"dataclass_json_config", "from_dict", "from_json", "schema", "to_dict", "to_json", "sep"}
    added |= {"serialize_flyte_file", "deserialize_flyte_file", "serialize_flyte_dir", "deserialize_flyte_dir"}
    public = {name for name in dir(python_type) if not name.startswith("_")}
    assert sorted(public - added - set(dir(mine)) - {"path", "metadata"}) == []
