"""Maps in this process: the elements one after the other, with FlytePropeller's rule for those that fail."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass

from jetbridge.binding_literals import Literals
from jetbridge.errors import RunError
from jetbridge.idl import Literal, LiteralCollection, Scalar, Void
from jetbridge.idl_admin import ArrayNode


@dataclass(frozen=True, slots=True, kw_only=True)
class MapRules:
    """What a map says of its elements.

    Attributes:
        outputs: The names of the outputs.
        bound: The inputs that are the same for all elements.
        min_successes: How many elements must succeed; 0 where the ratio says it.
        min_success_ratio: Which part of the elements must succeed.
    """

    outputs: tuple[str, ...]
    bound: frozenset[str] = frozenset()
    min_successes: int = 0
    min_success_ratio: float = 1.0

    def needed(self, size: int) -> int:
        """How many of `size` elements must succeed; propeller widens a 32-bit ratio, so that 0.6 of 5 needs 4."""
        return self.min_successes or math.ceil(_as_float32(self.min_success_ratio) * size)


def _as_float32(ratio: float) -> float:
    return struct.unpack("f", struct.pack("f", ratio))[0]


def rules_of(array: ArrayNode, outputs: tuple[str, ...]) -> MapRules:
    """The rules of a map on the wire."""
    by_number = array.WhichOneof("success_criteria") == "min_successes"
    by_ratio = array.WhichOneof("success_criteria") == "min_success_ratio"
    return MapRules(
        outputs=outputs,
        bound=frozenset(array.bound_inputs),
        min_successes=array.min_successes if by_number else 0,
        min_success_ratio=array.min_success_ratio if by_ratio else 1.0,
    )


def run_map(run_element: Callable[[Literals], Literals], rules: MapRules, inputs: Literals) -> dict[str, Literal]:
    """The outputs of a map: in the order of the lists, with None for elements that failed where some may.

    Raises:
        RunError: the lists are not of one length.
    """
    size = _size(rules, inputs)
    outcomes: list[Literals | Exception] = []
    for index in range(size):
        outcomes.append(_element(run_element, rules, inputs, index))
        failures = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        if size - len(failures) < rules.needed(size):
            raise failures[-1]
    return {
        name: Literal(collection=LiteralCollection(literals=[_output(outcome, name) for outcome in outcomes]))
        for name in rules.outputs
    }


def _element(
    run_element: Callable[[Literals], Literals], rules: MapRules, inputs: Literals, index: int
) -> Literals | Exception:
    chosen = {
        name: literal if name in rules.bound else literal.collection.literals[index] for name, literal in inputs.items()
    }
    try:
        return run_element(chosen)
    except Exception as error:  # whatever the element's function raises
        return error


def _output(outcome: Literals | Exception, name: str) -> Literal:
    return Literal(scalar=Scalar(none_type=Void())) if isinstance(outcome, Exception) else outcome[name]


def _size(rules: MapRules, inputs: Literals) -> int:
    sizes = {name: len(literal.collection.literals) for name, literal in inputs.items() if name not in rules.bound}
    if len(set(sizes.values())) > 1:
        shown = ", ".join(f"{name} has {size}" for name, size in sizes.items())
        raise RunError(f"the lists of a map are not of one length: {shown}", hint="Give lists of one length.")
    return next(iter(sizes.values()), 1)
