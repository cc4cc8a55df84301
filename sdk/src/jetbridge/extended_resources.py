"""Accelerators and shared memory on the wire."""

from __future__ import annotations

from typing import Literal

from jetbridge.accelerators import Accelerator
from jetbridge.idl import ExtendedResources, SharedMemory

_NAME, _PATH = "flyte-shared-memory", "/dev/shm"  # noqa: S108 -- flytekit's name and path (`core/constants.py`)


def extended_resources(
    accelerator: Accelerator | None, shared_memory: Literal[True] | str | None
) -> ExtendedResources | None:
    """The message; None when nothing is asked for.

    Args:
        accelerator: A kind of device.
        shared_memory: A size such as `2Gi`; True for as much as the task has memory.
    """
    if accelerator is None and not shared_memory:
        return None
    message = ExtendedResources()
    if accelerator is not None:
        message.gpu_accelerator.CopyFrom(accelerator.to_message())
    if shared_memory:
        size = shared_memory if isinstance(shared_memory, str) else None
        message.shared_memory.CopyFrom(SharedMemory(mount_name=_NAME, mount_path=_PATH, size_limit=size))
    return message
