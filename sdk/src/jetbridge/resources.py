"""What a task asks of the machine it runs on, in Kubernetes' quantities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from jetbridge.idl import Resources as ResourcesMessage

Quantity: TypeAlias = str | int | float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
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

    cpu: Quantity | tuple[Quantity, Quantity] = None
    mem: Quantity | tuple[Quantity, Quantity] = None
    gpu: Quantity | tuple[Quantity, Quantity] = None
    ephemeral_storage: Quantity | tuple[Quantity, Quantity] = None


_NAMES = {
    "cpu": ResourcesMessage.ResourceName.CPU,
    "gpu": ResourcesMessage.ResourceName.GPU,
    "mem": ResourcesMessage.ResourceName.MEMORY,
    "ephemeral_storage": ResourcesMessage.ResourceName.EPHEMERAL_STORAGE,
}


def resources_message(
    requests: Resources | None = None, limits: Resources | None = None, both: Resources | None = None
) -> ResourcesMessage:
    """FlyteIDL's resources from flytekit's three ways to name them."""
    request_from, limit_from = (both, both) if both is not None else (requests, limits)
    return ResourcesMessage(
        requests=_entries(request_from, 0),
        limits=_entries(limit_from, 1 if both is not None else 0, only_pairs=both is not None),
    )


def _entries(resources: Resources | None, side: int, only_pairs: bool = False) -> list[ResourcesMessage.ResourceEntry]:
    if resources is None:
        return []
    values = ((code, getattr(resources, name)) for name, code in _NAMES.items())
    picked = ((code, _pick(value, side, only_pairs)) for code, value in values)
    return [ResourcesMessage.ResourceEntry(name=code, value=str(value)) for code, value in picked if value is not None]


def _pick(value: Quantity | tuple[Quantity, Quantity], side: int, only_pairs: bool) -> Quantity:
    if isinstance(value, tuple):
        return value[side]
    return None if only_pairs else value
