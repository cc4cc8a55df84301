"""The entrypoint's arguments: the containers' protocol with whoever starts them.

Two ways say where a task's data lies. Jetbridge's own back ends name the run and the bindings; Flyte's propeller
names an `inputs.pb` and an output prefix, as for `pyflyte-execute`.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

from jetbridge.runtime.resolver import DEFAULT_RESOLVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """Parsed arguments; empty strings where an option was not given.

    Attributes:
        run_root: URI of the run's folder.
        node_path: The node's path below it.
        attempt: Number of the attempt, from 0.
        binds: `(input, binding text)` in the order given.
        inputs: URI of an `inputs.pb` that holds every input, in Flyte's way.
        output_prefix: URI of the folder for `outputs.pb` or `error.pb`, in Flyte's way.
        raw_output_data_prefix: URI of the folder for files and tables.
        additional_distribution: URI of the code bundle that holds the task's module; empty when the image has it.
        loader_args: What follows `--`, for the resolver.
    """

    run_root: str = ""
    node_path: str = ""
    attempt: int = 0
    binds: tuple[tuple[str, str], ...] = ()
    inputs: str = ""
    output_prefix: str = ""
    raw_output_data_prefix: str = ""
    resolver: str = DEFAULT_RESOLVER
    additional_distribution: str = ""
    loader_args: tuple[str, ...] = ()


def parse_arguments(argv: Sequence[str]) -> Arguments:
    """The arguments. Exits with status 2 and a message when they cannot be read."""
    parser = _parser()
    options = parser.parse_args(argv)
    if bool(options.run_root) == bool(options.inputs):
        parser.error("give either --run-root with --node-path, or --inputs with --output-prefix")
    if options.run_root and not options.node_path:
        parser.error("--run-root needs --node-path")
    if options.inputs and not options.output_prefix:
        parser.error("--inputs needs --output-prefix")
    return Arguments(
        run_root=options.run_root,
        node_path=options.node_path,
        attempt=options.attempt,
        binds=tuple(_bind(parser, text) for text in options.bind),
        inputs=options.inputs,
        output_prefix=options.output_prefix,
        raw_output_data_prefix=options.raw_output_data_prefix,
        resolver=options.resolver,
        additional_distribution=options.additional_distribution,
        loader_args=tuple(options.loader_args),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="jetbridge-execute",
        description="Runs one task: reads its inputs, calls the function, commits the outputs.",
        allow_abbrev=False,
    )
    parser.add_argument("--run-root", default="", help="URI of the run's folder")
    parser.add_argument("--node-path", default="", help="the node's path below the run root, such as n0")
    parser.add_argument("--attempt", default=0, type=int, help="number of the attempt, from 0")
    parser.add_argument("--bind", default=[], action="append", metavar="INPUT=BINDING", help="n0.o0, inputs.n, json:3")
    parser.add_argument("--inputs", default="", help="URI of an inputs.pb (Flyte's way)")
    parser.add_argument("--output-prefix", default="", help="URI of the folder for outputs.pb (Flyte's way)")
    parser.add_argument("--raw-output-data-prefix", default="", help="URI of the folder for files and tables")
    parser.add_argument("--checkpoint-path", default="", help="accepted for Flyte; checkpoints are not written yet")
    parser.add_argument("--prev-checkpoint", default="", help="accepted for Flyte; checkpoints are not read yet")
    parser.add_argument("--resolver", default=DEFAULT_RESOLVER, help="dotted name of the task resolver")
    parser.add_argument("--additional-distribution", default="", help="URI of a code bundle, <sha256>.tar.gz")
    parser.add_argument("loader_args", nargs="+", help="after `--`: task-module M task-name T")
    return parser


def _bind(parser: argparse.ArgumentParser, text: str) -> tuple[str, str]:
    name, separator, binding = text.partition("=")
    if not separator:
        parser.error(f"--bind takes INPUT=BINDING, not {text!r}")
    return name, binding
