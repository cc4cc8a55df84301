"""Kinds of GPUs and TPUs: `@task(accelerator=T4)`, under flytekit's names (`flytekit.extras.accelerators`)."""

from __future__ import annotations

from dataclasses import replace

from jetbridge.idl import GPUAcceleratorMessage
from jetbridge.record import Record


class GPUAccelerator(Record):
    """A device, by the name that the cluster's nodes have for it.

    Attributes:
        device: The name, such as `nvidia-tesla-t4`.
    """

    device: str

    def to_message(self) -> GPUAcceleratorMessage:
        """The accelerator in FlyteIDL."""
        return GPUAcceleratorMessage(device=self.device)


class MultiInstanceGPUAccelerator(Record):
    """A device of which a task may have a part.

    Attributes:
        device: The name, such as `nvidia-tesla-a100`.
        partition_size: The part, such as `1g.5gb`; None leaves it to the cluster.
        whole: Whether the task wants the whole device.
    """

    device: str
    partition_size: str | None = None
    whole: bool = False

    @property
    def unpartitioned(self) -> MultiInstanceGPUAccelerator:
        """The whole device."""
        return replace(self, partition_size=None, whole=True)

    def __getattr__(self, name: str) -> MultiInstanceGPUAccelerator:
        kind, _, size = name.partition("_")
        if kind not in ("partition", "slice") or not size:
            raise AttributeError(f"the accelerator has no {name!r}")
        return self.partitioned(size.replace("_", "."))

    def partitioned(self, partition_size: str) -> MultiInstanceGPUAccelerator:
        """A part of the device.

        Example:
            >>> A100.partition_1g_5gb == A100.partitioned("1g.5gb")
            True
        """
        return replace(self, partition_size=partition_size, whole=False)

    def to_message(self) -> GPUAcceleratorMessage:
        """The accelerator in FlyteIDL."""
        message = GPUAcceleratorMessage(device=self.device)
        if self.whole:
            message.unpartitioned = True
        elif self.partition_size:
            message.partition_size = self.partition_size
        return message


Accelerator = GPUAccelerator | MultiInstanceGPUAccelerator

A10G = GPUAccelerator("nvidia-a10g")
L4 = GPUAccelerator("nvidia-l4")
L4_VWS = GPUAccelerator("nvidia-l4-vws")
L40S = GPUAccelerator("nvidia-l40s")
K80 = GPUAccelerator("nvidia-tesla-k80")
M60 = GPUAccelerator("nvidia-tesla-m60")
P4 = GPUAccelerator("nvidia-tesla-p4")
P100 = GPUAccelerator("nvidia-tesla-p100")
T4 = GPUAccelerator("nvidia-tesla-t4")
V100 = GPUAccelerator("nvidia-tesla-v100")
H100 = GPUAccelerator("nvidia-h100")
H200 = GPUAccelerator("nvidia-h200")
RTX_PRO_6000 = GPUAccelerator("nvidia-rtx-pro-6000")
A100 = MultiInstanceGPUAccelerator("nvidia-tesla-a100")
A100_80GB = MultiInstanceGPUAccelerator("nvidia-a100-80gb")
V5E = MultiInstanceGPUAccelerator("tpu-v5-lite-podslice")
V5P = MultiInstanceGPUAccelerator("tpu-v5p-slice")
V6E = MultiInstanceGPUAccelerator("tpu-v6e-slice")
