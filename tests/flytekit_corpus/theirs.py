# flytekit has no type information.
# pyright: basic, reportMissingTypeStubs=false
"""flytekit's own local execution, in a process of its own: importing flytekit takes seconds, so all runs share it.

`python theirs.py FOLDER REQUESTS ANSWERS` imports the modules of FOLDER and runs what the JSON file REQUESTS asks for;
each answer has the outputs as a LiteralMap, or the error.
"""

from __future__ import annotations

import asyncio
import base64
import importlib
import json
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest import mock

import click
from flyteidl.core.literals_pb2 import LiteralMap as LiteralMapMessage
from flytekit.core.context_manager import FlyteContextManager
from flytekit.core.interface import Interface
from flytekit.core.launch_plan import LaunchPlan
from flytekit.core.type_engine import TypeEngine
from flytekit.models.literals import LiteralMap


def run(request: Mapping[str, Any]) -> dict[str, str]:
    """One workflow with inputs as literals; `answers` are what a person says to its gates."""
    module, _, name = request["workflow"].rpartition(".")
    return run_entity(getattr(importlib.import_module(module), name), request)


def run_entity(entity: Any, request: Mapping[str, Any]) -> dict[str, str]:
    """A workflow or launch plan with the inputs and answers of a request."""
    workflow = entity.workflow if isinstance(entity, LaunchPlan) else entity
    interface = workflow.python_interface
    context = FlyteContextManager.current_context()
    message = LiteralMapMessage.FromString(base64.b64decode(request["inputs"]))
    given = TypeEngine.literal_map_to_kwargs(context, LiteralMap.from_flyte_idl(message), interface.inputs)
    fixed = set(entity.fixed_inputs.literals) if isinstance(entity, LaunchPlan) else set()
    answers = iter(request.get("answers", ()))
    with (
        mock.patch.object(click, "prompt", side_effect=answers),
        mock.patch.object(click, "confirm", side_effect=answers),
    ):
        value = entity(**{key: each for key, each in given.items() if key not in fixed})
    return {"outputs": base64.b64encode(outputs_of(value, interface).SerializeToString()).decode()}


def outputs_of(value: Any, interface: Interface) -> Any:
    """What a workflow returns, as literals by its output names."""
    context = FlyteContextManager.current_context()
    names = list(interface.outputs)
    values = dict(zip(names, [value] if len(names) == 1 else value or (), strict=True))

    async def literals() -> LiteralMap:
        found = {}
        for name, each in values.items():
            declared = interface.outputs[name]
            found[name] = await TypeEngine.async_to_literal(
                context, each, declared, TypeEngine.to_literal_type(declared)
            )
        return LiteralMap(found)

    return asyncio.run(literals()).to_flyte_idl()


def main(folder: str, requests: Path, answers: Path) -> None:
    sys.path.insert(0, folder)
    found = {}
    for request in json.loads(requests.read_text()):
        try:
            found[request["name"]] = run(request)
        except Exception as error:
            found[request["name"]] = {"error": str(error), "trace": traceback.format_exc()}
    answers.write_text(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
