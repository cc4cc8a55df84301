"""The guide's code is a workflow that every back end takes."""

from __future__ import annotations

import re
from pathlib import Path

from jetbridge.cli.target import load_target
from jetbridge.serialize.settings import SerializationSettings
from jetbridge_translators.api import Engine
from jetbridge_translators.registry import backend_names

GUIDE = (Path(__file__).parents[2] / "docs/guide/raw-containers.md").read_text()


def test_the_code_is_a_workflow(tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE, re.S)
    file = tmp_path / "guide_text.py"
    file.write_text(code)
    closure = load_target(f"{file}:counted").close(SerializationSettings(image="i", source_root=str(tmp_path)))
    for name in ("argo", "airflow", "local"):
        assert name in backend_names()
        (step,) = Engine().plan(closure, name).steps
        assert step.task_type == "raw-container"
