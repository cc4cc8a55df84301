"""The back end of this machine: each task a process of the same entrypoint, on a folder as store."""

from __future__ import annotations

from jetbridge_translators.base import Backend
from jetbridge_translators.dynamic_gates import IN_STORE
from jetbridge_translators.local.capabilities import CAPABILITIES
from jetbridge_translators.local.run import run
from jetbridge_translators.work import ContainerWork, ForeignWork, PodWork, SqlWork

BACKEND = Backend(
    name="local",
    targets=("1",),
    default_target="1",
    options=(),
    capabilities=CAPABILITIES,
    shapes=frozenset({ContainerWork, ForeignWork, PodWork, SqlWork}),
    run=run,
    recovers=True,
    gates=IN_STORE,
)
