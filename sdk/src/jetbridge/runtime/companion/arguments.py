"""The companion's arguments: those of `jetbridge-execute` that name the run, and what a command of others needs."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import replace

from jetbridge.errors import BindingError
from jetbridge.idl import TypedInterface
from jetbridge.record import Record
from jetbridge.runtime.arguments import RUN_OPTIONS, Arguments, run_arguments
from jetbridge.runtime.cache_interface import parse_interface
from jetbridge.runtime.companion.formats import FORMATS, JSON
from jetbridge.runtime.options import Command, Options, last

PYFLYTE, COPILOT = "pyflyte", "copilot"
PROTOCOLS = (PYFLYTE, COPILOT)
_OPTIONS: Options = {
    **RUN_OPTIONS,
    "--protocol": ("|".join(PROTOCOLS), "how the program is given its inputs, and where it leaves its outputs"),
    "--interface": ("BASE64", "what the program is called with and gives, a FlyteIDL TypedInterface"),
    "--item": ("INPUT", "an input that the program wants as a list and takes one item of; once an input"),
    "--task-template": ("BASE64", "the FlyteIDL TaskTemplate, where the program reads it"),
    "--input-folder": ("DIR", "where the program finds its inputs as files (copilot)"),
    "--output-folder": ("DIR", "where the program leaves its outputs as files (copilot)"),
    "--metadata-format": ("|".join(FORMATS), "of the file that holds all inputs (copilot)"),
    "--image": ("NAME", "run the program in a container of this image, by this machine's engine"),
    "--variable": ("NAME", "a variable of the environment that the container has too; once a variable"),
}
_COMMAND = Command(
    "jetbridge-companion",
    "Runs one task whose program and image are not Jetbridge's, and commits what it leaves. "
    "With --exchange=DIR alone, beside the task's container, which brings these options.",
    _OPTIONS,
    "PROGRAM <input> …",
)


class CompanionArguments(Record):
    """Parsed arguments.

    Attributes:
        attempt: Those that any attempt in a run has; its `loader_args` are the command with its templates.
        protocol: How the program is given its inputs.
        interface: What the program is called with and gives.
        items: Inputs that the program wants as lists of one item.
        task_template: The task, where the program reads it.
        input_folder: Where the program finds its inputs as files.
        output_folder: Where it leaves its outputs as files.
        metadata_format: What lies beside the inputs.
        image: The image of the container that runs the program here; empty where no container is to be made.
        variables: The variables that it has of this process.
    """

    attempt: Arguments
    protocol: str
    interface: TypedInterface
    items: frozenset[str] = frozenset()
    task_template: bytes = b""
    input_folder: str = ""
    output_folder: str = ""
    metadata_format: str = JSON
    image: str = ""
    variables: tuple[str, ...] = ()


def parse_companion_arguments(argv: Sequence[str]) -> CompanionArguments:
    """The arguments. Exits with status 2 and a message when they cannot be read."""
    given, command = _COMMAND.read(argv)
    attempt = replace(Arguments(**run_arguments(given, _COMMAND)), loader_args=command)
    if not (attempt.run_root and command and "--interface" in given):
        _COMMAND.refuse("--run-root, --node-path, --interface and a command are needed")
    if last(given, "--protocol") not in PROTOCOLS:
        _COMMAND.refuse(f"--protocol is one of {', '.join(PROTOCOLS)}")
    if last(given, "--metadata-format", JSON) not in FORMATS:
        _COMMAND.refuse(f"--metadata-format is one of {', '.join(FORMATS)}")
    return CompanionArguments(
        attempt=attempt,
        protocol=last(given, "--protocol"),
        interface=_interface(last(given, "--interface")),
        items=frozenset(given.get("--item", ())),
        task_template=_bytes(last(given, "--task-template")),
        input_folder=last(given, "--input-folder"),
        output_folder=last(given, "--output-folder"),
        metadata_format=last(given, "--metadata-format", JSON),
        image=last(given, "--image"),
        variables=given.get("--variable", ()),
    )


def _interface(text: str) -> TypedInterface:
    try:
        return parse_interface(text)
    except BindingError as error:
        _COMMAND.refuse(error.message)


def _bytes(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text)
    except (binascii.Error, ValueError) as error:
        _COMMAND.refuse(f"--task-template is no base64: {error}")
