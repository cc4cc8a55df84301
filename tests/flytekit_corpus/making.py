"""How the tests of the corpus get what they compare."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from jetbridge.cli.inputs import read_inputs
from jetbridge.errors import CompileError, Problem, TranslationError
from jetbridge.idl import Literal, LiteralMap
from jetbridge.package import Package, read_package
from jetbridge.package_closure import closure_from_package
from jetbridge_translators.api import Engine
from tests.conformance.profile import find
from tests.flytekit_corpus.case import IMAGE, PROJECT, Case
from tests.flytekit_corpus.cases import CASES

ENGINE = Engine(find)
HERE = Path(__file__).parent
COMMANDS = ("pyflyte-execute", "pyflyte-fast-execute", "pyflyte-map-execute")
_TIMEOUT = 600


@dataclass(frozen=True, slots=True)
class Ended:
    """How flytekit ended a workflow: with outputs, or with an error."""

    outputs: Mapping[str, Literal]
    error: str = ""
    trace: str = ""


Theirs = Mapping[str, Ended]


@cache
def package() -> Package:
    """The project, packaged by `pyflyte package` once in a process of tests."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        return read_package(write_package(Path(folder)))


def write_package(folder: Path) -> Path:
    """The project, packaged by `pyflyte package` in a folder."""
    output = folder / "corpus.tgz"
    pyflyte("--pkgs", "flows", "package", "--image", IMAGE, "--output", str(output))
    return output


def pyflyte(*arguments: str, cwd: Path = PROJECT) -> None:
    """Runs the real command. Raises `CalledProcessError`."""
    command = [str(Path(sys.executable).with_name("pyflyte")), *arguments]
    environ = {**os.environ, "PYTHONPATH": str(cwd)}
    subprocess.run(command, cwd=cwd, env=environ, check=True, capture_output=True, timeout=_TIMEOUT)


def input_data(folder: Path) -> Path:
    """A text and a table, for the cases that take a file."""
    (folder / "text.txt").write_text("a file of the user's\n")
    frame = pd.DataFrame({"name": ["a", "b"], "mass": [1.5, 2.5]})
    frame.to_parquet(folder / "penguins.parquet")
    return folder


def inputs_of(case: Case, held: Package, data: Path) -> LiteralMap:
    """The inputs of a case as literals: read by our command line, from the package alone."""
    texts = [text.replace("{data}", str(data)) for text in case.inputs]
    return read_inputs(closure_from_package(held, case.name), texts, None)


def theirs(held: Package, data: Path, folder: Path) -> Theirs:
    """What flytekit's own local execution gives for every case that a back end runs."""
    requests, answers = folder / "requests.json", folder / "answers.json"
    cases = [case for case in CASES if case.here and not case.apart and not refusals(case, "local", held)]
    requests.write_text(json.dumps([_request(case, held, data) for case in cases]))
    secrets = {name: value for case in CASES for name, value in case.secrets.items()}
    environ = {**os.environ, **secrets, "FLYTE_LOCAL_CACHE_ENABLED": "false"}
    command = [sys.executable, str(HERE / "theirs.py"), str(PROJECT), str(requests), str(answers)]
    done = subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, text=True, timeout=_TIMEOUT, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return {name: _ended(answer) for name, answer in json.loads(answers.read_text()).items()}


def _request(case: Case, held: Package, data: Path) -> dict[str, object]:
    literals = inputs_of(case, held, data)
    blobs = [literal for literal in literals.literals.values() if literal.scalar.HasField("blob")]
    for literal in blobs:
        # flytekit's local execution takes a path, and no `file://`.
        literal.scalar.blob.uri = literal.scalar.blob.uri.removeprefix("file://")
    inputs = literals.SerializeToString(deterministic=True)
    return {
        "name": case.name,
        "workflow": case.name,
        "inputs": base64.b64encode(inputs).decode(),
        "answers": list(case.answers),
    }


def _ended(answer: Mapping[str, str]) -> Ended:
    if "error" in answer:
        return Ended({}, answer["error"], answer["trace"])
    return Ended(dict(LiteralMap.FromString(base64.b64decode(answer["outputs"])).literals))


def refusals(case: Case, backend: str, held: Package) -> tuple[Problem, ...]:
    """Why a back end cannot take a case; nothing when it can."""
    try:
        ENGINE.plan(closure_from_package(held, case.name), backend)
    except (CompileError, TranslationError) as error:
        return error.problems
    return ()


@contextmanager
def preloaded(folder: Path) -> Generator[Path]:
    """flytekit's commands in a folder, of a process that has loaded flytekit (`preloaded.py`)."""
    for name in COMMANDS:
        script = folder / name
        script.write_text(f"#!{sys.executable} -ISE\n{(HERE / 'command.py').read_text()}")
        script.chmod(0o755)
    socket = folder / "socket"
    with subprocess.Popen(
        [sys.executable, str(HERE / "preloaded.py"), str(socket)], stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            assert server.stdout.readline() == "ready\n"
            yield folder
        finally:
            server.kill()
