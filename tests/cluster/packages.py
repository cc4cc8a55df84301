"""The Debian packages that the cluster needs on its host."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.cluster.errors import ClusterError
from tests.cluster.progress import step
from tests.cluster.shell import run, run_logged

# program (or file) that must exist -> the Debian package that brings it
NEEDED = {
    "containerd": "containerd",
    "ctr": "containerd",
    "runc": "runc",
    "/usr/lib/cni/bridge": "containernetworking-plugins",
    "iptables": "iptables",
    "conntrack": "conntrack",
    "debootstrap": "debootstrap",
    "ip": "iproute2",
    "mount": "mount",
    "openssl": "openssl",
}


def missing_packages() -> list[str]:
    """Packages whose programs are not there."""
    absent = [name for name in NEEDED if not (Path(name).exists() if name[0] == "/" else shutil.which(name))]
    return sorted({NEEDED[name] for name in absent})


def install_packages(log: Path) -> None:
    """Install what is missing with apt-get; does nothing, and asks no mirror, when all is there."""
    wanted = missing_packages()
    if not wanted:
        return
    if shutil.which("apt-get") is None:
        raise ClusterError(
            f"these programs' packages are missing, and this is not a Debian-like system: {', '.join(wanted)}",
            "install them by your system's own package manager, or set KUBECONFIG to use a cluster that you have.",
        )
    hint = f"run `apt-get install {' '.join(wanted)}` by hand to see more; the log has all output."
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    with step(f"install Debian packages: {' '.join(wanted)}"):
        run(["apt-get", "update", "-q"], hint=hint, env=env)
        run_logged(["apt-get", "install", "-y", "-q", "--no-install-recommends", *wanted], log=log, hint=hint, env=env)
