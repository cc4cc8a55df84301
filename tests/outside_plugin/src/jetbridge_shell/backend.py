"""A toy back end: a workflow as one shell script, which runs its tasks one after the other on this machine."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from jetbridge.bindings import render
from jetbridge.idl import LiteralMap
from jetbridge.runtime.layout import inputs_uri, outputs_uri
from jetbridge.store import join, normalize_uri, open_store
from jetbridge_translators.base import Artifact, Backend, RunRequest, RunResult, Settings, StepEvent
from jetbridge_translators.capability import native, refused
from jetbridge_translators.diagnosis import FAILED, OK, Check
from jetbridge_translators.failures import node_failure
from jetbridge_translators.plan.features import FEATURES
from jetbridge_translators.plan.inline import inline
from jetbridge_translators.plan.model import Plan, Step
from jetbridge_translators.work import BindingMacro, ContainerWork, Macro, Part, Templated, Text

KEPT = (
    *("container-work", "task-environment", "bindings-attribute", "bindings-collection"),
    *("workflow-inputs", "workflow-outputs", "sub-workflow", "failure-policy-immediately"),
)
CAPABILITIES = tuple(
    native(feature, "a line of the script")
    if feature in KEPT
    else refused(feature, "the script runs containers' commands in a row, and nothing else", "Use another back end.")
    for feature in FEATURES
)
_VARIABLES = {
    Macro.RUN_ROOT: '"$RUN_ROOT"',
    Macro.ATTEMPT: "0",
    Macro.STORE: '"$STORE"',
    Macro.OVERWRITE_CACHE: "false",
}
_HEAD = """\
#!/bin/sh
# Workflow {name}, written by jetbridge-shell. Start it: RUN_ROOT=/folder/of/this/run sh {file}
set -eu
mkdir -p "$RUN_ROOT"
[ -e "$RUN_ROOT/inputs.pb" ] || cp "$(dirname "$0")/inputs.pb" "$RUN_ROOT"
"""


def translate(plan: Plan, settings: Settings) -> Artifact:
    """The script, and the workflow's default inputs. Pure: the same plan gives the same bytes."""
    file = f"{plan.name}.sh"
    text = _HEAD.format(name=plan.name, file=file) + "".join(_lines(plan))
    literals = {item.name: item.default for item in plan.inputs if item.default is not None}
    defaults = LiteralMap(literals=literals).SerializeToString(deterministic=True)
    return Artifact({file: text.encode(), "inputs.pb": defaults})


def _lines(plan: Plan) -> Iterator[str]:
    # `inline` gives every task its path below the run root, also those of sub-workflows.
    for step in inline(plan).steps:
        work = step.work
        assert isinstance(work, ContainerWork)
        variables = [shlex.quote(f"{key}={value}") for key, value in work.env]
        words = [_word(text, step) for text in (*work.command, *work.args)]
        yield f"\n# {step.name}: {step.location}\n{' '.join([*(['env', *variables] if variables else []), *words])}\n"


def _word(text: Templated, step: Step) -> str:
    parts = text.parts if isinstance(text, Text) else (text,)
    return "".join(_part(part, step) for part in parts)


def _part(part: Part, step: Step) -> str:
    if isinstance(part, str):
        return shlex.quote(part)
    if isinstance(part, BindingMacro):
        return shlex.quote(render(step.args[part.var], {}))
    return shlex.quote(step.path) if part is Macro.NODE_PATH else _VARIABLES[part]


def run(plan: Plan, request: RunRequest) -> RunResult:
    """Runs the script. Raises `RunError` with the error of the task that failed."""
    store = open_store()
    run_root = join(normalize_uri(request.settings.store), request.run_id)
    request.on_start(run_root)
    store.write(inputs_uri(run_root), request.inputs.SerializeToString(deterministic=True))
    started = time.monotonic()
    script = translate(plan, request.settings).files[f"{plan.name}.sh"].decode()
    done = subprocess.run(["sh", "-c", script], env=_environ(run_root, request), check=False)
    steps = inline(plan).steps
    ended = [step for step in steps if store.exists(outputs_uri(run_root, step.path))]
    if done.returncode:
        raise node_failure(store, run_root, next(step for step in steps if step not in ended), "script")
    events = tuple(StepEvent(step=step.name, state="succeeded") for step in ended)
    return RunResult(run_id=request.run_id, run_root=run_root, seconds=time.monotonic() - started, steps=events)


def _environ(run_root: str, request: RunRequest) -> dict[str, str]:
    """This process's environment, with the entrypoint of the same Python first, and the user's modules."""
    paths = {
        "PATH": (str(Path(sys.executable).parent), os.environ.get("PATH", "")),
        "PYTHONPATH": (request.source_root, os.environ.get("PYTHONPATH", "")),
    }
    joined = {name: os.pathsep.join(filter(None, each)) for name, each in paths.items()}
    return {**os.environ, **joined, "RUN_ROOT": run_root.removeprefix("file://")}


def diagnose(settings: Settings) -> Iterator[Check]:
    """For `jetbridge doctor`: what a run needs beside Python."""
    shell = shutil.which("sh")
    yield Check("sh", OK, shell) if shell else Check("sh", FAILED, "not found", "Install a POSIX shell.")


BACKEND = Backend(
    name="script",
    targets=("1",),
    default_target="1",
    options=(),
    capabilities=CAPABILITIES,
    shapes=frozenset({ContainerWork}),
    translate=translate,
    run=run,
    diagnose=diagnose,
)
