"""The code of the guide on types runs as it stands, and what its text claims is so."""

from __future__ import annotations

import re
import sys
import uuid
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest

import jetbridge
from jetbridge.binding_data import CONSTANTS
from jetbridge.types import Transformer, literal_type, to_literal

GUIDE = (Path(__file__).parents[2] / "docs" / "guide" / "types.md").read_text()


@pytest.fixture
def guide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """All its code as one module."""
    blocks = re.findall(r"```python\n(.*?)```", GUIDE, re.S)
    path, module = tmp_path / "types_guide.py", ModuleType("types_guide")
    path.write_text("\n".join(blocks))
    module.__file__ = str(path)
    monkeypatch.setitem(sys.modules, "types_guide", module)
    exec(compile(path.read_text(), str(path), "exec"), module.__dict__)  # noqa: S102 -- our own page
    return module


def test_the_code_of_the_guide_runs(guide: ModuleType) -> None:
    assert guide.shout(text="a") == "A"
    text = to_literal(CONSTANTS, "Word", guide.Text, literal_type(guide.Text))
    assert text.hash == "word"


def test_the_transformer_of_the_guide(guide: ModuleType) -> None:
    money: Transformer = guide.MONEY
    literal = money.to_literal(CONSTANTS, guide.Money(250), guide.Money, money.literal_type(guide.Money))
    assert literal.scalar.primitive.integer == 250
    assert vars(money.to_python(CONSTANTS, literal, guide.Money)) == {"cents": 250}


def test_unions_of_types_that_are_text() -> None:
    assert len(literal_type(Decimal | uuid.UUID).union_type.variants) == 2


def test_the_names_from_flytekit() -> None:
    names = re.findall(r"`(\w+)`", GUIDE.partition("has `FlyteFile`")[1] + GUIDE.partition("has `FlyteFile`")[2])
    assert len(names) == 9
    for name in names:
        assert name in jetbridge.__all__
        assert getattr(jetbridge, name).__name__ == name
