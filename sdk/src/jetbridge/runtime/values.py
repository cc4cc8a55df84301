"""A task's values: literals to arguments, and what it returned to literals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from jetbridge.errors import TypeTransformError
from jetbridge.idl import Literal, LiteralMap
from jetbridge.interface import Interface
from jetbridge.types import TransformContext, literal_type, to_literal, to_python


def to_inputs(context: TransformContext, interface: Interface, literals: Mapping[str, Literal]) -> dict[str, object]:
    """The arguments of the function; an input without a literal is left to the function's default.

    Raises:
        TypeTransformError: a literal is not of its input's type; the message names the input.
    """
    values: dict[str, object] = {}
    for name, literal in literals.items():
        if name not in interface.inputs:
            raise TypeTransformError(f"the task has no input {name!r}", hint="Translate the workflow again.")
        try:
            values[name] = to_python(context, literal, interface.inputs[name].python_type)
        except TypeTransformError as error:
            raise TypeTransformError(f"input {name!r}: {error.message}", hint=error.hint) from error
    return values


def to_outputs(context: TransformContext, interface: Interface, returned: object) -> LiteralMap:
    """The outputs as literals.

    Raises:
        TypeTransformError: the function did not return what it declares; the message names the output.
    """
    values = returned_values(interface, returned)
    literals: dict[str, Literal] = {}
    for (name, variable), value in zip(interface.outputs.items(), values, strict=True):
        try:
            literals[name] = to_literal(context, value, variable.python_type, literal_type(variable.python_type))
        except TypeTransformError as error:
            raise TypeTransformError(f"output {name!r}: {error.message}", hint=error.hint) from error
    return LiteralMap(literals=literals)


def returned_values(interface: Interface, returned: object) -> Sequence[object]:
    """What a function returned, one value for each output. Raises `TypeTransformError` when there are fewer or more."""
    if not interface.outputs:
        return []
    if not interface.several_outputs:
        return [returned]
    if isinstance(returned, tuple):
        values = cast("tuple[object, ...]", returned)
        if len(values) == len(interface.outputs):
            return values
    raise TypeTransformError(
        f"the task declares {len(interface.outputs)} outputs and returned {returned!r:.80}",
        hint="Return a tuple with one value for each declared output.",
    )
