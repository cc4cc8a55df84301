"""A run's folder, and the entrypoint on it: in this process, or as a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jetbridge.idl import ContainerError, ErrorDocument, Literal, LiteralMap, Primitive, Scalar
from jetbridge.runtime.execute import run as run_entrypoint

ROOT = Path(__file__).parents[3]
TASKS = "tests.sdk.runtime.tasks"


def integer(value: int) -> Literal:
    return Literal(scalar=Scalar(primitive=Primitive(integer=value)))


@dataclass(frozen=True)
class Run:
    """A run's folder, and its entrypoint in this process."""

    root: Path

    def execute(self, node: str, task: str, *binds: str, attempt: int = 0, module: str = "tests.sdk.worker") -> int:
        return run_entrypoint([*self.arguments(node, binds, attempt), "--", "task-module", module, "task-name", task])

    def arguments(self, node: str, binds: tuple[str, ...] = (), attempt: int = 0) -> list[str]:
        place = [f"--run-root=file://{self.root}", f"--node-path={node}", f"--attempt={attempt}"]
        return [*place, *(f"--bind={bind}" for bind in binds)]

    def start(self, node: str, task: str, *binds: str, attempt: int = 0) -> subprocess.Popen[str]:
        """The console script; its stdout is a pipe."""
        script = str(Path(sys.executable).with_name("jetbridge-execute"))
        command = [script, *self.arguments(node, binds, attempt), "--", "task-module", TASKS, "task-name", task]
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def write(self, path: str, **values: int) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        message = LiteralMap(literals={name: integer(value) for name, value in values.items()})
        file.write_bytes(message.SerializeToString())

    def output(self, node: str, name: str = "o0") -> int:
        outputs = LiteralMap.FromString((self.root / node / "outputs.pb").read_bytes())
        return outputs.literals[name].scalar.primitive.integer

    def error(self, node: str) -> ContainerError:
        return ErrorDocument.FromString((self.root / node / "error.pb").read_bytes()).error

    def committed(self, node: str) -> bool:
        return (self.root / node / "outputs.pb").exists()


def literal_map(path: Path) -> Mapping[str, Literal]:
    return LiteralMap.FromString(path.read_bytes()).literals


def write_inputs(path: Path, literals: Mapping[str, Literal]) -> str:
    path.write_bytes(LiteralMap(literals=literals).SerializeToString())
    return str(path)
