"""A companion with a program of the test's own, which does what flytekit's commands do with files."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from jetbridge.idl import ErrorDocument, Literal, LiteralMap, LiteralType, SimpleType, TypedInterface, Variable
from jetbridge.runtime.cache_interface import interface_text
from jetbridge.runtime.companion.main import run

ONE_INT = TypedInterface()
ONE_INT.inputs.variables["n"].CopyFrom(Variable(type=LiteralType(simple=SimpleType.INTEGER)))
ONE_INT.outputs.variables["o0"].CopyFrom(Variable(type=LiteralType(simple=SimpleType.INTEGER)))
ECHO = """\
import os, sys
from jetbridge.idl import LiteralMap
inputs = LiteralMap.FromString(open(sys.argv[1], "rb").read())
outputs = LiteralMap(literals={"o0": inputs.literals["n"]})
open(sys.argv[2] + "/outputs.pb", "wb").write(outputs.SerializeToString())
"""


@dataclass(frozen=True)
class Companion:
    """A run's folder, and the companion in this process."""

    root: Path

    def arguments(self, node: str, *options: str, attempt: int = 0) -> list[str]:
        place = [f"--run-root=file://{self.root}", f"--node-path={node}", f"--attempt={attempt}"]
        return [*place, "--protocol=pyflyte", f"--interface={interface_text(ONE_INT)}", *options]

    def run(self, source: str, *words: str, options: tuple[str, ...] = ("--bind=n=json:3",), attempt: int = 0) -> int:
        """The exit code of a Python program of this source with these arguments."""
        program = self.root / "program.py"
        program.write_text(source)
        command = [sys.executable, str(program), *words]
        return run([*self.arguments("n0", *options, attempt=attempt), "--", *command])

    def outputs(self) -> dict[str, Literal]:
        return dict(LiteralMap.FromString((self.root / "n0/outputs.pb").read_bytes()).literals)

    def error(self) -> ErrorDocument:
        return ErrorDocument.FromString((self.root / "n0/error.pb").read_bytes())
