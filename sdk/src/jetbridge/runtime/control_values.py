"""Control values: what an engine reads of a task's outputs to decide a branch, or to size a map.

`value:o0.a=/tmp/c/x` asks for the value of an output's attribute in the file, `size:o0=/tmp/c/y` for a list's length.
Requests without a file share one, which holds a JSON object: `{"value:o0.a": "3", "size:o0": "10"}`.
Whole numbers are decimals, floats as Python shows them, booleans `true` and `false`, times and durations whole
seconds, and text is JSON that no engine's templating changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jetbridge.bindings import AttrPath, OutputRef, json_text, parse
from jetbridge.errors import BindingError, UsageError
from jetbridge.idl import Literal
from jetbridge.types.attributes import get_attribute, unwrapped

VALUE, SIZE = "value", "size"
_NODE = "n0"


@dataclass(frozen=True, slots=True)
class ControlRequest:
    """One control value: of what kind, of which output and attribute, and the file it goes to."""

    kind: str
    var: str
    attr_path: AttrPath
    file: Path
    key: str = ""
    """What it is called in a file that several share; empty for a file of its own."""


def parse_control(text: str, shared: str = "") -> ControlRequest:
    """The request that a text means.

    Args:
        text: `value:OUTPUT=FILE` or `size:OUTPUT=FILE`.
        shared: The file of every request; the texts are without `=FILE` then.

    Raises:
        UsageError: the text is nothing of the kind.

    Example:
        >>> parse_control("value:o0.a[0]=/tmp/c/x").attr_path
        ('a', 0)
    """
    source, file = (text, shared) if shared else text.rpartition("=")[::2]
    kind, _, output = source.partition(":")
    try:
        # An output with attributes is written like a binding of it, without the node.
        bind = parse(f"{_NODE}.{output}")
    except BindingError as error:
        raise UsageError(f"--control takes KIND:OUTPUT=FILE, not {text!r}", hint="Say value:o0=/tmp/o0.") from error
    if kind not in (VALUE, SIZE) or not isinstance(bind, OutputRef) or not file:
        raise UsageError(f"--control takes KIND:OUTPUT=FILE, not {text!r}", hint="Say value:o0=/tmp/o0.")
    return ControlRequest(kind, bind.var, bind.attr_path, Path(file), text if shared else "")


def write_controls(requests: Sequence[ControlRequest], outputs: Mapping[str, Literal]) -> None:
    """Leaves the control values of committed outputs. Raises `BindingError` when an output is of another kind."""
    for file, text in _files(requests, outputs).items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="ascii")


def _files(requests: Sequence[ControlRequest], outputs: Mapping[str, Literal]) -> Mapping[Path, str]:
    texts = {
        request: control_text(request.kind, get_attribute(outputs[request.var], request.attr_path))
        for request in requests
    }
    own = {request.file: text for request, text in texts.items() if not request.key}
    shared = {request.key: text for request, text in texts.items() if request.key}
    return own | {request.file: json_text(shared) for request in requests if request.key}


def control_text(kind: str, literal: Literal) -> str:
    """The text that an engine reads.

    Raises:
        BindingError: the literal is no list, or nothing that a condition can compare.
    """
    literal = unwrapped(literal)
    if kind == SIZE:
        return str(len(_collection(literal)))
    if not literal.scalar.HasField("primitive"):
        raise BindingError(
            "a condition compares something other than an int, float, str, bool, datetime or timedelta",
            hint="Let a task decide, and compare what it returns.",
        )
    primitive = literal.scalar.primitive
    name = primitive.WhichOneof("value") or ""
    value = getattr(primitive, name)
    # Whole seconds, as propeller compares times (`nodes/branch/comparator.go`).
    return str(value.seconds) if name in ("datetime", "duration") else json_text(value)


def _collection(literal: Literal) -> Sequence[Literal]:
    if literal.HasField("collection"):
        return literal.collection.literals
    raise BindingError("a map task is given something other than a list", hint="Give it a list.")
