"""etcd: one member, reachable from this host only."""

from __future__ import annotations

from pathlib import Path

from tests.cluster.paths import Paths
from tests.cluster.probe import when_answers
from tests.cluster.processes import Service
from tests.cluster.settings import PORTS

ETCD_URL = f"http://127.0.0.1:{PORTS.etcd}"


def etcd_service(paths: Paths, program: Path) -> Service:
    """The data lies in the run folder: a new cluster starts empty."""
    peer = f"http://127.0.0.1:{PORTS.etcd_peer}"
    command = (
        str(program),
        "--name=jetbridge",
        f"--data-dir={paths.run / 'etcd'}",
        f"--listen-client-urls={ETCD_URL}",
        f"--advertise-client-urls={ETCD_URL}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=jetbridge={peer}",
        # Losing the last second in a crash of the machine is no loss here, and fsync is the slowest thing etcd does.
        "--unsafe-no-fsync",
        "--log-level=warn",
    )
    return Service("etcd", command, when_answers("127.0.0.1", PORTS.etcd, "/health"))
