"""Gates in this process: a person at the terminal is asked, as flytekit does (`core/gate.py`)."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping

from jetbridge.errors import RunError, TypeTransformError
from jetbridge.idl import Literal
from jetbridge.idl_admin import ApproveCondition, SignalCondition, SleepCondition
from jetbridge.types.describe import describe
from jetbridge.types.json_codec import parse_text, to_json


def pause(condition: SleepCondition) -> None:
    """Says how long the engine would wait, and goes on."""
    _say(f"[Sleep Gate] Simulating Sleep for {condition.duration.ToTimedelta()}\n")


def signalled(condition: SignalCondition) -> dict[str, Literal]:
    """The value that the person types, as on the command line.

    Raises:
        RunError: there is nobody to ask, or the value is not of the type.
    """
    kind = describe(condition.type)
    text = _ask(f"[Input Gate] Waiting for input @{condition.signal_id} of type {kind}: ", condition.signal_id)
    try:
        literal = parse_text(text, condition.type)
    except TypeTransformError as error:
        raise RunError(
            f"the input for {condition.signal_id!r} is no {kind}: {error.message}", hint=error.hint
        ) from error
    return {condition.output_variable_name: literal}


def approved(condition: ApproveCondition, inputs: Mapping[str, Literal]) -> Mapping[str, Literal]:
    """The inputs, when the person agrees.

    Raises:
        RunError: the person does not agree, or there is nobody to ask.
    """
    shown = ", ".join(json.dumps(to_json(literal)) for literal in inputs.values())
    answer = _ask(f"[Approval Gate] @{condition.signal_id} Approve {shown}? [Y/n]: ", condition.signal_id)
    if answer.strip().lower() not in ("", "y", "yes"):
        raise RunError(f"gate {condition.signal_id!r} was not approved", hint="Call the workflow again to answer anew.")
    return inputs


def _ask(prompt: str, signal_id: str) -> str:
    _say(prompt)
    line = sys.stdin.readline()
    if not line:
        raise RunError(
            f"gate {signal_id!r} waits for an answer", hint="Run it at a terminal, or answer on standard input."
        )
    return line.rstrip("\n")


def _say(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
