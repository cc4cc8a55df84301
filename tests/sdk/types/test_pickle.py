"""Pickles, only where a type asks for them by name."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional, cast

import pytest

from jetbridge.errors import TypeTransformError
from jetbridge.idl import BlobType, Literal
from jetbridge.types import TransformContext, literal_type, to_literal, to_python
from jetbridge.types.file import FlyteFile
from jetbridge.types.pickle import FORMAT, FlytePickle


class Model:
    def __init__(self, weights: list[float]) -> None:
        self.weights = weights

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Model) and other.weights == self.weights

    __hash__ = None  # pyright: ignore[reportAssignmentType] -- as mutable values have it


class Bomb:
    """Unpickling it leaves a trace, as an attacker's would."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> Any:
        return Path.touch, (self.trace,)


@dataclass
class Trained:
    name: str
    model: FlytePickle[Model]


PICKLED: Any = FlytePickle[Model]
ANYTHING: Any = FlytePickle


def written(context: TransformContext, value: object, python_type: Any) -> Literal:
    return to_literal(context, value, python_type, literal_type(python_type))


@pytest.mark.parametrize(
    ("python_type", "value"),
    [
        (PICKLED, Model([1.0, 2.0])),
        (ANYTHING, Model([1.0])),
        (FlytePickle[dict[str, object]], {"a": {1, 2}}),
        (Optional[PICKLED], Model([])),  # noqa: UP045 -- both spellings are meant
        (Optional[PICKLED], None),  # noqa: UP045
        (list[PICKLED], [Model([1.0]), Model([2.0])]),
        (dict[str, PICKLED], {"m": Model([1.0])}),
        (Trained, Trained("n", Model([1.0]))),
    ],
    ids=lambda each: str(each)[:30],
)
def test_there_and_back(context: TransformContext, python_type: Any, value: Any) -> None:
    assert to_python(context, written(context, value, python_type), python_type) == value


def test_functions_and_classes_of_a_script(context: TransformContext) -> None:
    offset = 3

    def shifted(number: int) -> int:
        return number + offset

    again = cast("Callable[[int], int]", to_python(context, written(context, shifted, ANYTHING), ANYTHING))
    assert (again(4), again is shifted) == (7, False)


def test_the_wire_form_is_flytekits() -> None:
    declared = literal_type(PICKLED)
    assert (declared.blob.format, declared.blob.dimensionality) == (FORMAT, BlobType.SINGLE)
    assert declared.metadata["python_class_name"] == str(Model)
    assert PICKLED is FlytePickle[Model]


def test_an_unknown_type_is_an_error_that_names_the_way_out() -> None:
    with pytest.raises(TypeTransformError, match="type Model has no FlyteIDL type") as caught:
        literal_type(Model)
    for option in ("dataclass", "FlyteFile", "entry point", "FlytePickle[T]"):
        assert option in caught.value.hint


def test_nothing_is_unpickled_unless_the_declared_type_asks(context: TransformContext, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    literal = written(context, Bomb(trace), ANYTHING)
    assert isinstance(to_python(context, literal, FlyteFile), FlyteFile)
    for other in (str, dict, int, Trained):
        with pytest.raises(TypeTransformError):
            to_python(context, literal, other)
    assert not trace.exists()
    to_python(context, literal, ANYTHING)
    assert trace.exists()


def test_a_file_that_is_no_pickle_is_not_unpickled(context: TransformContext, tmp_path: Path) -> None:
    (tmp_path / "f.txt").write_text("x")
    with pytest.raises(TypeTransformError, match="got a file of format ''"):
        to_python(context, written(context, tmp_path / "f.txt", FlyteFile), PICKLED)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (None, "expected FlytePickle[Model], got None"),
        (3, "expected FlytePickle[Model], got 3 of type int"),
    ],
)
def test_values_of_another_type_are_refused(context: TransformContext, value: object, says: str) -> None:
    with pytest.raises(TypeTransformError) as caught:
        written(context, value, PICKLED)
    assert says in caught.value.message
    assert caught.value.hint


def test_what_cannot_be_pickled_says_so(context: TransformContext) -> None:
    with pytest.raises(TypeTransformError, match="cannot be pickled for FlytePickle"):
        written(context, (each for each in "ab"), ANYTHING)


def test_a_damaged_pickle_says_so(context: TransformContext) -> None:
    literal = written(context, Model([1.0]), PICKLED)
    context.store.write(literal.scalar.blob.uri, b"\x80\x05garbage")
    with pytest.raises(TypeTransformError, match="cannot be read") as caught:
        to_python(context, literal, PICKLED)
    assert "versions" in caught.value.hint


def test_a_pickle_of_another_class_is_refused(context: TransformContext) -> None:
    with pytest.raises(TypeTransformError, match=r"expected FlytePickle\[Model\], got 'text'"):
        to_python(context, written(context, "text", ANYTHING), PICKLED)


def test_without_cloudpickle_the_extra_is_named(context: TransformContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cloudpickle", None)
    with pytest.raises(TypeTransformError, match="not installed") as caught:
        written(context, Model([]), PICKLED)
    assert "jetbridge[pickle]" in caught.value.hint
