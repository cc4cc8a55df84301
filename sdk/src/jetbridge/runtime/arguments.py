"""The entrypoint's arguments: the containers' protocol with whoever starts them.

Two ways say where a task's data lies. Jetbridge's own back ends name the run and the bindings; Flyte's propeller
names an `inputs.pb` and an output prefix, as for `pyflyte-execute`, all of whose options are understood.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import field
from typing import Any

from jetbridge.record import Record
from jetbridge.runtime.options import Command, Given, Options, last
from jetbridge.runtime.resolver import DEFAULT_RESOLVER

# What propeller leaves where it has nothing to say (flytekit `bin/entrypoint.py`, normalize_inputs).
_NOT_GIVEN = ("{{.rawOutputDataPrefix}}", "{{.checkpointOutputPrefix}}", "{{.prevCheckpointPrefix}}", '""')

FLYTE_OPTIONS: Options = {
    "--inputs": ("URI", "an inputs.pb that holds every input (Flyte's way)"),
    "--output-prefix": ("URI", "the folder for outputs.pb or error.pb (Flyte's way)"),
    "--raw-output-data-prefix": ("URI", "the folder for files and tables (Flyte's way)"),
    "--checkpoint-path": ("URI", "the folder for this attempt's checkpoint (Flyte's way)"),
    "--prev-checkpoint": ("URI", "the folder with the checkpoint of the attempt before (Flyte's way)"),
    "--test": ("", "load the resolver, and end"),
    "--dynamic-addl-distro": ("URI", "the code bundle that tasks of a dynamic workflow get"),
    "--dynamic-dest-dir": ("DIR", "where those tasks unpack it"),
    "--resolver": ("NAME", "dotted name of the task resolver"),
}
RUN_OPTIONS: Options = {
    "--run-root": ("URI", "the run's folder"),
    "--node-path": ("PATH", "the node's path below the run's folder, such as n0"),
    "--attempt": ("N", "number of the attempt, from 0"),
    "--retries": ("N", "how many recoverable failures may be tried again; one more is final, whoever counts attempts"),
    "--bind": ("INPUT=BINDING", "where an input comes from: n0.o0, inputs.n, json:3; once an input"),
    "--control": ("KIND:OUTPUT=FILE", "leave what the engine must know of an output, value:o0 or size:o0, in a file"),
    "--controls-file": ("FILE", "one JSON object for every --control that names no file of its own"),
    "--cache-root": ("URI", "the folder with the runs and the cache: look there for the outputs of an equal call"),
    "--cache-task": ("NAME", "the task's name, which every version of it has"),
    "--cache-version": ("TEXT", "the cache version that the task's author gave"),
    "--cache-interface": ("BASE64", "the task's interface, a FlyteIDL TypedInterface"),
    "--cache-ignore": ("INPUT", "an input that does not matter for the outputs; once an input"),
    "--cache-serialize": ("", "wait while an equal call runs"),
    "--cache-overwrite": ("true|false", "run in any case, and replace the outputs in the cache"),
}
_OPTIONS: Options = {
    **RUN_OPTIONS,
    "--additional-distribution": ("URI", "the code bundle with the task's module, <sha256>.tar.gz"),
    **FLYTE_OPTIONS,
}
_CACHED = ("--cache-root", "--cache-task", "--cache-version", "--cache-interface")
_COMMAND = Command(
    "jetbridge-execute",
    "Runs one task: reads its inputs, calls the function, commits the outputs.",
    _OPTIONS,
    "task-module M task-name T",
)


class Arguments(Record, kw_only=True):
    """Parsed arguments; empty strings where an option was not given.

    Attributes:
        run_root: URI of the run's folder.
        node_path: The node's path below it.
        attempt: Number of the attempt, from 0.
        retries: How many recoverable failures of the node may be tried again; None where the engine counts them.
        binds: `(input, binding text)` in the order given.
        controls: What the engine must know of the outputs, as `jetbridge.runtime.control_values` reads it.
        controls_file: The file for those controls that name none of their own.
        inputs: URI of an `inputs.pb` that holds every input, in Flyte's way.
        output_prefix: URI of the folder for `outputs.pb` or `error.pb`, in Flyte's way.
        raw_output_data_prefix: URI of the folder for files and tables.
        checkpoint_path: URI of the folder for this attempt's checkpoint, in Flyte's way.
        prev_checkpoint: URI of the folder with the checkpoint of the attempt before, in Flyte's way.
        test: Whether to end before the task is loaded.
        dynamic_addl_distro: URI of the code bundle that tasks of a dynamic workflow get.
        dynamic_dest_dir: Where those tasks unpack it.
        additional_distribution: URI of the code bundle that holds the task's module; empty when the image has it.
        cache: The values of the options for the cache, by option; empty for a task that is not cached.
        map_index: Which element of the list inputs this attempt takes; None when it takes them whole.
        bound_inputs: Inputs that every element of a map takes whole.
        loader_args: What follows `--`, for the resolver.
    """

    run_root: str = ""
    node_path: str = ""
    attempt: int = 0
    retries: int | None = None
    binds: tuple[tuple[str, str], ...] = ()
    controls: tuple[str, ...] = ()
    controls_file: str = ""
    inputs: str = ""
    output_prefix: str = ""
    raw_output_data_prefix: str = ""
    checkpoint_path: str = ""
    prev_checkpoint: str = ""
    test: bool = False
    dynamic_addl_distro: str = ""
    dynamic_dest_dir: str = ""
    resolver: str = DEFAULT_RESOLVER
    additional_distribution: str = ""
    cache: Given = field(default_factory=dict[str, tuple[str, ...]])
    map_index: int | None = None
    bound_inputs: frozenset[str] = frozenset()
    loader_args: tuple[str, ...] = ()


def parse_arguments(argv: Sequence[str]) -> Arguments:
    """The arguments. Exits with status 2 and a message when they cannot be read."""
    given, loader_args = _COMMAND.read(argv)
    arguments = Arguments(
        additional_distribution=last(given, "--additional-distribution"),
        loader_args=loader_args,
        **run_arguments(given, _COMMAND),
        **flyte_arguments(given),
    )
    if bool(arguments.run_root) == bool(arguments.inputs):
        _COMMAND.refuse("give either --run-root with --node-path, or --inputs with --output-prefix")
    if arguments.inputs and not arguments.output_prefix:
        _COMMAND.refuse("--inputs needs --output-prefix")
    if not arguments.loader_args:
        _COMMAND.refuse("tell the task after the options: -- task-module M task-name T")
    return arguments


def run_arguments(given: Given, command: Command) -> dict[str, Any]:
    """The fields of `Arguments` that say where an attempt is in a run."""
    run_root, node_path = last(given, "--run-root"), last(given, "--node-path")
    cache = {name: values for name, values in given.items() if name.startswith("--cache-")}
    if run_root and not node_path:
        command.refuse("--run-root needs --node-path")
    if cache and not (run_root and set(_CACHED) <= set(cache)):
        command.refuse(f"a cache needs --run-root, {', '.join(_CACHED)}")
    return {
        "run_root": run_root,
        "node_path": node_path,
        "attempt": _attempt(given, command),
        "retries": _retries(given, command),
        "binds": tuple(_bind(text, command) for text in given.get("--bind", ())),
        "controls": tuple(given.get("--control", ())),
        "controls_file": last(given, "--controls-file"),
        "cache": cache,
    }


def flyte_arguments(given: Given) -> dict[str, Any]:
    """The fields of `Arguments` that flytekit's commands have too."""
    texts = {
        name[2:].replace("-", "_"): last(given, name)
        for name, (placeholder, _) in FLYTE_OPTIONS.items()
        if placeholder and name in given
    }
    fields = {field: "" if text in _NOT_GIVEN else text for field, text in texts.items()}
    return {"test": "--test" in given, **fields}


def _attempt(given: Given, command: Command) -> int:
    text = last(given, "--attempt", os.environ.get("FLYTE_ATTEMPT_NUMBER") or "0")
    if not text.isdecimal():
        command.refuse(f"the number of an attempt is 0 or more, not {text!r}")
    return int(text)


def _retries(given: Given, command: Command) -> int | None:
    text = last(given, "--retries")
    if text and not text.isdecimal():
        command.refuse(f"the number of retries is 0 or more, not {text!r}")
    return int(text) if text else None


def _bind(text: str, command: Command) -> tuple[str, str]:
    name, separator, binding = text.partition("=")
    if not separator:
        command.refuse(f"--bind takes INPUT=BINDING, not {text!r}")
    return name, binding
