"""A transformer from another distribution, found through its entry point."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

MODULE = """
from jetbridge.idl import Literal, LiteralType, Primitive, Scalar, SimpleType

class Money:
    def __init__(self, cents): self.cents = cents

class MoneyTransformer:
    name = "money"
    def literal_type(self, python_type): return LiteralType(simple=SimpleType.INTEGER)
    def to_literal(self, context, value, python_type, declared):
        return Literal(scalar=Scalar(primitive=Primitive(integer=value.cents)))
    def to_python(self, context, literal, python_type): return Money(literal.scalar.primitive.integer)

MONEY = MoneyTransformer()
"""
PROGRAM = """
from pathlib import Path
from typing import Optional
from money import Money
from jetbridge.store import open_store
from jetbridge.types import TransformContext, literal_type, to_literal, to_python
context = TransformContext(open_store(), "file:///unused", Path("unused"))
declared = literal_type(list[Optional[Money]])
literal = to_literal(context, [Money(250), None], list[Optional[Money]], declared)
print(declared.collection_type.union_type.variants[0].structure.tag)
print([each and each.cents for each in to_python(context, literal, list[Optional[Money]])])
"""


def test_a_transformer_of_another_distribution(tmp_path: Path) -> None:
    info = tmp_path / "money-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: money\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[jetbridge.types]\nmoney.Money = money:MONEY\n")
    (tmp_path / "money.py").write_text(MODULE)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["money", "[250, None]"]
