"""CPU time and memory of a task's process: `jetbridge-execute` beside flytekit's `pyflyte-execute`.

Both run the same trivial task from the same inputs.pb, with the same arguments, each in an
environment of its own. The floor is a Python that imports the protocol's messages and does nothing.

Example: python -m benchmarks.entrypoint --repeats 20
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks import environments
from benchmarks.options import main, parser
from benchmarks.process import BenchmarkError, Command, Usage
from benchmarks.report import Figure, Report, compare
from benchmarks.rounds import interleaved
from jetbridge.idl import Literal, LiteralMap, Primitive, Scalar

TASK = """from {sdk} import task


@task
def add(a: int, b: int) -> int:
    return a + b
"""
FLOOR = "import flyteidl.core.literals_pb2, flyteidl.core.tasks_pb2, flyteidl.core.errors_pb2"
OURS, FLYTES_ARGUMENTS, FLYTEKITS, MESSAGES, BARE = (
    "jetbridge-execute",
    "jetbridge-execute, Flyte's arguments",
    "pyflyte-execute",
    "Python + FlyteIDL",
    "Python",
)
_FLYTEKITS_RESOLVER = "flytekit.core.python_auto_container.default_task_resolver"


def measure(options: argparse.Namespace) -> Report:
    """All figures, from one run."""
    with tempfile.TemporaryDirectory(prefix="jetbridge-bench-") as name:
        folder = Path(name)
        _write(folder)
        uses = interleaved(_cases(folder, environments.jetbridge(), environments.flytekit()), options.repeats)
        _check(folder)
    return _report(uses)


def _write(folder: Path) -> None:
    for sdk in ("jetbridge", "flytekit"):
        (folder / f"with_{sdk}.py").write_text(TASK.format(sdk=sdk))
    inputs = LiteralMap(literals={"a": _integer(1), "b": _integer(2)})
    (folder / "inputs.pb").write_bytes(inputs.SerializeToString())


def _integer(value: int) -> Literal:
    return Literal(scalar=Scalar(primitive=Primitive(integer=value)))


def _cases(folder: Path, jetbridge: Path, flytekit: Path) -> dict[str, Callable[[], Usage]]:
    environ = {"PYTHONPATH": str(folder)}
    ours = str(jetbridge.with_name("jetbridge-execute"))
    theirs = str(flytekit.with_name("pyflyte-execute"))
    return {
        OURS: lambda: Command([ours, *_own_arguments(folder)], environ).run(),
        FLYTES_ARGUMENTS: Command([ours, *_arguments(folder, "jetbridge")], environ).run,
        FLYTEKITS: Command([theirs, *_arguments(folder, "flytekit")], environ).run,
        MESSAGES: Command([str(jetbridge), "-c", FLOOR]).run,
        BARE: Command([str(jetbridge), "-c", "pass"]).run,
    }


def _own_arguments(folder: Path) -> list[str]:
    """Each time of a new run, because a task that finds its outputs does nothing."""
    place = ["--run-root", str(folder / uuid.uuid4().hex), "--node-path", "n0"]
    return [*place, "--bind", "a=json:1", "--bind", "b=json:2", "--", *_loader("jetbridge")]


def _arguments(folder: Path, sdk: str) -> list[str]:
    resolver = ["--resolver", _FLYTEKITS_RESOLVER] if sdk == "flytekit" else []
    places = ["--inputs", f"{folder}/inputs.pb", "--output-prefix", f"{folder}/{sdk}"]
    return [*places, "--raw-output-data-prefix", f"{folder}/raw", *resolver, "--", *_loader(sdk)]


def _loader(sdk: str) -> list[str]:
    return ["task-module", f"with_{sdk}", "task-name", "add"]


def _check(folder: Path) -> None:
    """Raises `BenchmarkError` unless both have done the work: `pyflyte-execute` ends with 0 also when it fails."""
    wanted = LiteralMap(literals={"o0": _integer(3)})
    for sdk in ("jetbridge", "flytekit"):
        file = folder / sdk / "outputs.pb"
        if not file.exists() or LiteralMap.FromString(file.read_bytes()) != wanted:
            raise BenchmarkError(f"the task of {sdk} did not write its output 3 into {file}")


def _report(uses: Mapping[str, list[Usage]]) -> Report:
    cpu = {case: Figure(case, "CPU", "s", [use.cpu for use in some]) for case, some in uses.items()}
    peak = {case: Figure(case, "peak memory", "MiB", [use.peak / 2**20 for use in some]) for case, some in uses.items()}
    return Report(
        "Entrypoint, trivial task",
        [*cpu.values(), *peak.values()],
        [
            compare(cpu[OURS], cpu[FLYTEKITS], at_most=1 / 10),
            compare(peak[OURS], peak[FLYTEKITS], at_most=1 / 2.5),
            compare(cpu[FLYTES_ARGUMENTS], cpu[FLYTEKITS], at_most=1 / 10),
            compare(peak[FLYTES_ARGUMENTS], peak[FLYTEKITS], at_most=1 / 2.5),
            compare(cpu[MESSAGES], cpu[FLYTEKITS]),
        ],
    )


if __name__ == "__main__":
    sys.exit(main(parser("entrypoint", __doc__, repeats=10), measure))
