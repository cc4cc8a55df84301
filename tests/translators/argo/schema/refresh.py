"""Makes the reduced schemas beside this file again: `python tests/translators/argo/schema/refresh.py` (needs Go).

It keeps the definitions that the three kinds reach, without their descriptions, and closes every object that lists its
properties, so that a misspelt key is an error.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
GROUP = "io.argoproj.workflow.v1alpha1"
KINDS = ("CronWorkflow", "Workflow", "WorkflowTemplate")
MODULES = {
    "3.7": "github.com/argoproj/argo-workflows/v3@v3.7.18",
    "4.0": "github.com/argoproj/argo-workflows/v4@v4.0.7",
}
_REF = "#/definitions/"
_REFERENCE = re.compile(rf'"\$ref": "({_REF}[^"]+)"')
_DROPPED = frozenset({"description", "title", "default"})


def main() -> None:
    """Writes `argo-<version>.json` for each version."""
    for version, module in MODULES.items():
        source = json.loads((_download(module) / "api/jsonschema/schema.json").read_text())
        text = json.dumps(reduced(source["definitions"]), sort_keys=True, separators=(",", ":"))
        (HERE / f"argo-{version}.json").write_text(f"{text}\n")


def _download(module: str) -> Path:
    with tempfile.TemporaryDirectory() as folder:
        command = ["go", "mod", "download", "-json", module]
        done = subprocess.run(command, cwd=folder, capture_output=True, check=True, text=True)
    return Path(json.loads(done.stdout)["Dir"])


def reduced(definitions: dict[str, Any]) -> dict[str, Any]:
    """The schema of the kinds, by definitions alone."""
    reached = _reached(definitions, [f"{GROUP}.{kind}" for kind in KINDS])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "definitions": {name: _closed(_bare(definitions[name])) for name in sorted(reached)},
    }


def _reached(definitions: dict[str, Any], names: list[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(_references(definitions[name]))
    return found


def _references(tree: object) -> Iterator[str]:
    return (name.removeprefix(_REF) for name in _REFERENCE.findall(json.dumps(tree)))


def _bare(definition: dict[str, Any]) -> dict[str, Any]:
    """A definition without texts; a property called `description` stays."""
    kept = {key: value for key, value in definition.items() if key not in _DROPPED and not key.startswith("x-")}
    if "properties" in kept:
        kept["properties"] = {name: _bare(value) for name, value in kept["properties"].items()}
    for key in ("items", "additionalProperties"):
        if isinstance(kept.get(key), dict):
            kept[key] = _bare(kept[key])
    return kept


def _closed(definition: dict[str, Any]) -> dict[str, Any]:
    """A definition that takes no other properties than those it lists; one that lists none stays open."""
    if "properties" not in definition or "additionalProperties" in definition:
        return definition
    return {**definition, "additionalProperties": False}


if __name__ == "__main__":
    main()
