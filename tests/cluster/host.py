"""What a machine must allow before the cluster can run on it."""

from __future__ import annotations

import os
import platform
import re
import sys
from pathlib import Path

from tests.cluster.errors import ClusterError

CAPABILITIES = {"CAP_NET_ADMIN": 12, "CAP_SYS_ADMIN": 21}
"""Bits of `CapEff` (capabilities(7)): a bridge and packet filter rules, and mounts."""


def obstacles() -> list[str]:
    """Why the cluster cannot run here; empty when it can."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return [f"it runs on Linux on x86_64, and this is {platform.system()} on {platform.machine()}"]
    found = [] if os.geteuid() == 0 else ["it needs root: it makes a bridge, mounts and packet filter rules"]
    missing = missing_capabilities(Path("/proc/self/status").read_text(encoding="utf-8"))
    found += [f"this machine withholds {name}" for name in missing]
    if not os.access("/sys/fs/cgroup", os.W_OK):
        found.append("/sys/fs/cgroup cannot be written, and pods need control groups")
    return found


def missing_capabilities(status: str) -> list[str]:
    """Those of `CAPABILITIES` that a process with this `/proc/<id>/status` lacks."""
    found = re.search(r"^CapEff:\s*([0-9a-f]+)$", status, re.MULTILINE)
    bits = int(found[1], 16) if found else 0
    return [name for name, bit in CAPABILITIES.items() if not bits >> bit & 1]


def require_host() -> None:
    """Raises `ClusterError` where the cluster cannot run."""
    found = obstacles()
    if found:
        raise ClusterError(
            "the test cluster cannot run here: " + "; ".join(found), "set KUBECONFIG to use a cluster that you have."
        )
