"""A task's interface as an argument of the entrypoint, so that a look into the cache needs no user's module."""

from __future__ import annotations

import base64

from google.protobuf.message import DecodeError

from jetbridge.errors import BindingError
from jetbridge.idl import TypedInterface


def interface_text(interface: TypedInterface) -> str:
    """An interface as `--cache-interface` takes it.

    Notes on the types of inputs stay, because they tell how a JSON constant is read; descriptions and the other notes
    are dropped: the key does not hold them.

    Example:
        >>> parse_interface(interface_text(TypedInterface())) == TypedInterface()
        True
    """
    kept = TypedInterface()
    kept.CopyFrom(interface)
    for name in kept.inputs.variables:
        kept.inputs.variables[name].ClearField("description")
    for name in kept.outputs.variables:
        kept.outputs.variables[name].ClearField("description")
        kept.outputs.variables[name].type.ClearField("metadata")
    return base64.urlsafe_b64encode(kept.SerializeToString(deterministic=True)).decode()


def parse_interface(text: str) -> TypedInterface:
    """The interface in such a text. Raises `BindingError`."""
    try:
        return TypedInterface.FromString(base64.urlsafe_b64decode(text))
    except (DecodeError, ValueError) as error:
        raise BindingError(
            f"--cache-interface is no interface: {error}", hint="Translate the workflow again."
        ) from error
