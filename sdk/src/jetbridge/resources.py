"""What a task asks of the machine it runs on, in Kubernetes' quantities."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from jetbridge.errors import UsageError
from jetbridge.idl import Resources as ResourcesMessage
from jetbridge.record import Record

Quantity: TypeAlias = str | int | float | None
Pair: TypeAlias = "tuple[Quantity, Quantity] | list[Quantity]"


class Resources(Record):
    """Amounts by name, as in flytekit; a pair means request and limit.

    Attributes:
        cpu: Cores (`1`, `"500m"`).
        mem: Bytes with a unit (`"1Gi"`).
        gpu: Devices.
        ephemeral_storage: Bytes of local disk with a unit.

    Example:
        >>> Resources(cpu="1", mem="1Gi")
        Resources(cpu='1', mem='1Gi', gpu=None, ephemeral_storage=None)
    """

    cpu: Quantity | Pair = None
    mem: Quantity | Pair = None
    gpu: Quantity | Pair = None
    ephemeral_storage: Quantity | Pair = None


# In flytekit's order, so that the same declaration gives the same bytes.
_NAMES = {
    "ephemeral_storage": ResourcesMessage.ResourceName.EPHEMERAL_STORAGE,
    "cpu": ResourcesMessage.ResourceName.CPU,
    "gpu": ResourcesMessage.ResourceName.GPU,
    "mem": ResourcesMessage.ResourceName.MEMORY,
}


def resources_message(
    requests: Resources | None = None, limits: Resources | None = None, both: Resources | None = None
) -> ResourcesMessage:
    """FlyteIDL's resources from flytekit's three ways to name them. Raises `UsageError` for a pair in one of two."""
    if both is None:
        return ResourcesMessage(requests=_entries(requests, _single), limits=_entries(limits, _single))
    return ResourcesMessage(requests=_entries(both, _first), limits=_entries(both, _second))


def _entries(
    resources: Resources | None, pick: Callable[[Quantity | Pair], Quantity]
) -> list[ResourcesMessage.ResourceEntry]:
    if resources is None:
        return []
    picked = ((code, pick(getattr(resources, name))) for name, code in _NAMES.items())
    return [ResourcesMessage.ResourceEntry(name=code, value=str(value)) for code, value in picked if value is not None]


def _single(value: Quantity | Pair) -> Quantity:
    if isinstance(value, tuple | list):
        raise UsageError(f"{value!r} is a pair, which only resources= takes", hint="Write `resources=Resources(…)`.")
    return value


def _first(value: Quantity | Pair) -> Quantity:
    return value[0] if isinstance(value, tuple | list) else value


def _second(value: Quantity | Pair) -> Quantity:
    return value[1] if isinstance(value, tuple | list) else None
