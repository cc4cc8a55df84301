"""containerd with its own configuration, store, state and socket: the host's own containerd is left alone."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.cluster.files import write_changed
from tests.cluster.paths import Paths
from tests.cluster.processes import Service
from tests.cluster.shell import run

CNI_PROGRAMS = "/usr/lib/cni"
CTR_HINT = "containerd's log is in the run folder's `logs`; `python3 -m tests.cluster status` shows what runs."

# restrict_oom_score_adj: without CAP_SYS_RESOURCE (a container or a small virtual machine) containerd could not
# lower the score of a sandbox below its own, and no pod would start.
CONFIG = """\
version = 2
root = "{root}"
state = "{state}"
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", \
"io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs", "io.containerd.internal.v1.tracing"]

[grpc]
  address = "{socket}"

[plugins."io.containerd.internal.v1.opt"]
  path = "{state}/opt"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{pause}"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "{cni_programs}"
    conf_dir = "{cni}"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
"""


def write_config(paths: Paths, pause_image: str) -> Path:
    """Write containerd's configuration into the run folder."""
    state = paths.socket.parent
    state.mkdir(parents=True, exist_ok=True)
    text = CONFIG.format(
        root=paths.containerd_root,
        state=state / "state",
        socket=paths.socket,
        pause=pause_image,
        cni_programs=CNI_PROGRAMS,
        cni=paths.run / "cni",
    )
    return write_changed(paths.run / "containerd.toml", text)


def containerd_service(paths: Paths) -> Service:
    """Ready when its client gets an answer."""
    command = ("containerd", "--config", str(paths.run / "containerd.toml"), "--log-level", "warn")
    return Service("containerd", command, lambda: _answers(paths))


def _answers(paths: Paths) -> bool:
    command = [*ctr_command(paths), "version"]
    return paths.socket.exists() and subprocess.run(command, capture_output=True, check=False).returncode == 0


def ctr_command(paths: Paths) -> list[str]:
    """containerd's client, speaking to our socket about Kubernetes' own images and containers."""
    return ["ctr", "--address", str(paths.socket), "--namespace", "k8s.io"]


def ctr(paths: Paths, *arguments: str) -> str:
    """Run one `ctr` command."""
    return run([*ctr_command(paths), *arguments], hint=CTR_HINT)
