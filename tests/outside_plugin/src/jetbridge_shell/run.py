"""The worker's side: fills in the command, runs it, and reads the outputs."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from jetbridge.interface import Interface, Variable
from jetbridge.task import TaskSettings
from jetbridge.template_task import TemplateTask

RESOLVER = "jetbridge_shell.run.resolver"
TYPES: Mapping[str, type] = {"int": int, "float": float, "bool": bool, "str": str}
_PLACE = re.compile(r"\{(inputs|outputs)\.(\w+)\}")


def run_command(command: str, outputs: Mapping[str, type], **values: Any) -> Any:
    """Runs the command in a folder of its own, and gives what it wrote. Raises `RuntimeError` when it fails."""
    with tempfile.TemporaryDirectory() as folder:
        places = {"inputs": {key: _text(value) for key, value in values.items()}}
        places["outputs"] = {key: str(Path(folder, key)) for key in outputs}
        script = _PLACE.sub(lambda match: shlex.quote(places[match[1]][match[2]]), command)
        done = subprocess.run(["sh", "-euc", script], cwd=folder, check=False, stdout=sys.stderr)
        if done.returncode:
            raise RuntimeError(f"the command ended with exit code {done.returncode}: {command}")
        found = tuple(_value(Path(folder, key).read_text(), kind) for key, kind in outputs.items())
    return found[0] if len(found) == 1 else found or None


def _text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)


def _value(text: str, kind: type) -> Any:
    """The text without the newline at its end, as its type."""
    text = text.removesuffix("\n")
    return text.strip() == "true" if kind is bool else kind(text)


class ShellResolver:
    """Finds the task again in the arguments after `--`: its name, and what it is."""

    def loader_args(self, task: object) -> list[str]:
        """A task of this type writes its arguments itself."""
        raise NotImplementedError

    def load_task(self, loader_args: Sequence[str]) -> TemplateTask:
        """The task."""
        name, text = loader_args
        said = json.loads(text)
        inputs, outputs = ({key: TYPES[each] for key, each in said[side].items()} for side in ("inputs", "outputs"))
        interface = Interface(
            {key: Variable(each) for key, each in inputs.items()},
            {key: Variable(each) for key, each in outputs.items()},
            several_outputs=len(outputs) > 1,
        )
        run = partial(run_command, said["command"], outputs)
        return TemplateTask(name, interface, TaskSettings(), run, lambda template, settings: None)


resolver = ShellResolver()
