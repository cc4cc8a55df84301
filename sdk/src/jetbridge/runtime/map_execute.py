"""`jetbridge-map-execute`: one element of a map task, as `pyflyte-map-execute` runs it.

Every element gets the whole lists and takes its own; whether enough elements succeeded is the engine's affair.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace

from jetbridge.runtime.arguments import FLYTE_OPTIONS, Arguments, flyte_arguments
from jetbridge.runtime.options import Command
from jetbridge.store import join

_LEGACY_RESOLVER = "flytekit.core.legacy_map_task.MapTaskResolver"
_COMMAND = Command(
    "jetbridge-map-execute",
    "Runs one element of a map task; BATCH_JOB_ARRAY_INDEX_VAR_NAME names the variable with its number.",
    {**FLYTE_OPTIONS, "--max-concurrency": ("N", "ignored, as pyflyte-map-execute does")},
    "vars A,B resolver NAME task-module M task-name T",
)


def parse_map_arguments(argv: Sequence[str]) -> Arguments:
    """The arguments of an element. Exits with status 2 and a message when they cannot be read."""
    given, loader_args = _COMMAND.read(argv)
    arguments = Arguments(**flyte_arguments(given))
    if not arguments.inputs or not arguments.output_prefix or "--resolver" not in given:
        _COMMAND.refuse("--inputs, --output-prefix and --resolver are needed")
    if loader_args[::2][:2] != ("vars", "resolver") or len(loader_args) < 5:
        _COMMAND.refuse("tell the task after the options: -- vars A,B resolver NAME task-module M task-name T")
    _, bound, _, resolver, *inner = loader_args
    index = _index(os.environ)
    return replace(
        arguments,
        # The map task's resolver only says what is bound; the task inside has its own.
        resolver=resolver,
        loader_args=tuple(inner),
        bound_inputs=frozenset(filter(None, bound.split(","))),
        map_index=index,
        output_prefix=_prefix(arguments, index),
        attempt=int(os.environ.get("FLYTE_ATTEMPT_NUMBER") or 0),
    )


def _prefix(arguments: Arguments, index: int) -> str:
    """The older map task's propeller plugin gives one prefix for all elements."""
    legacy = arguments.resolver == _LEGACY_RESOLVER
    return join(arguments.output_prefix, str(index)) if legacy else arguments.output_prefix


def _index(environ: Mapping[str, str]) -> int:
    """The element's number (flytekit `bin/entrypoint.py`, _compute_array_job_index)."""
    name = environ.get("BATCH_JOB_ARRAY_INDEX_VAR_NAME", "")
    texts = [environ.get("BATCH_JOB_ARRAY_INDEX_OFFSET") or "0", *([environ.get(name, "")] if name else [])]
    if not all(text.isdecimal() for text in texts):
        _COMMAND.refuse(
            f"the element's number is not in the environment: BATCH_JOB_ARRAY_INDEX_VAR_NAME names {name!r}"
        )
    return sum(map(int, texts))
