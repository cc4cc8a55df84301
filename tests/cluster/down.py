"""`down`: end what `up` started, take back what it changed, and look whether anything is left."""

from __future__ import annotations

import contextlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.cluster import cgroups, network
from tests.cluster.cluster import LATER, ORDER, Cluster
from tests.cluster.errors import ClusterError
from tests.cluster.kubelet import CONTAINER_LOG_LINKS, FIXED_ROOT
from tests.cluster.processes import is_alive
from tests.cluster.progress import say
from tests.cluster.shell import run

MOUNT_HINT = "`fuser -m PATH` shows who uses the mount."


@dataclass(frozen=True)
class Down:
    """One `down`."""

    cluster: Cluster

    def run(self) -> None:
        """Pods first, then the parts in reverse order, then the host's settings, then a look around."""
        for name in (*reversed(LATER), "argo", "kubelet"):
            self._stop(name)
        self._remove_pods()
        for name in reversed(ORDER):
            self._stop(name)
        self._clean_host()
        self._verify()
        shutil.rmtree(self.cluster.paths.run, ignore_errors=True)

    def _stop(self, name: str) -> None:
        if self.cluster.supervisor.stop(name):
            say(f"- stopped {name}")

    def _remove_pods(self) -> None:
        """Through containerd, which is started again if it was lost: only it can end its pods' shims."""
        tasks = self.cluster.paths.socket.parent / "state" / "io.containerd.runtime.v2.task"
        running = self.cluster.supervisor.is_running("containerd")
        if not running and not (tasks.exists() and any(tasks.glob("*/*"))):
            return
        self.cluster.start("containerd")
        removed = self.cluster.kubernetes.remove_sandboxes().splitlines()
        say(f"- removed {len(removed)} pods")

    def _clean_host(self) -> None:
        values = self.cluster.supervisor.state().sysctls
        if values:
            # Only a cluster that recorded the host's settings has made rules: otherwise they are somebody else's.
            if network.kubernetes_chains():
                self.cluster.kubernetes.cleanup_proxy()
                say(f"- removed kube-proxy's rules and {network.remove_chains()} chains that it leaves")
            if changed := network.restore_sysctls(values):
                say(f"- put back {', '.join(name.replace('/', '.') for name in changed)}")
        if network.remove_bridge():
            say(f"- removed the bridge {network.NETWORK.bridge}")
        self._unmount()
        if count := cgroups.remove_cgroups():
            say(f"- removed {count} control groups")
        self._remove_fixed_paths()

    def _mounts(self) -> list[str]:
        """Mounts below our folders, the innermost first."""
        ours = (str(self.cluster.paths.run), str(self.cluster.paths.containerd_root))
        lines = Path("/proc/self/mounts").read_text().splitlines()
        points = [line.split()[1].encode().decode("unicode_escape") for line in lines]
        return sorted((point for point in points if point.startswith(ours)), key=lambda point: -len(point))

    def _unmount(self) -> None:
        mounts = self._mounts()
        for point in mounts:
            run(["umount", point], hint=MOUNT_HINT)
        if mounts:
            say(f"- unmounted {len(mounts)} file systems")

    def _remove_fixed_paths(self) -> None:
        """What the kubelet writes at paths that cannot be moved; folders that hold anything else stay."""
        run_folder = str(self.cluster.paths.run)
        if CONTAINER_LOG_LINKS.is_dir():
            for link in CONTAINER_LOG_LINKS.iterdir():
                if link.is_symlink() and str(link.readlink()).startswith(run_folder):
                    link.unlink()
        plugins = FIXED_ROOT / "device-plugins"
        if self.cluster.supervisor.state().sysctls:
            for name in ("kubelet.sock", "kubelet_internal_checkpoint"):
                (plugins / name).unlink(missing_ok=True)
        for folder in (CONTAINER_LOG_LINKS, plugins, FIXED_ROOT):
            with contextlib.suppress(OSError):
                folder.rmdir()

    def _verify(self) -> None:
        state = self.cluster.supervisor.state()
        left = [f"process {process.pid} ({name})" for name, process in state.processes.items() if is_alive(process)]
        left += [f"process {pid} (of a pod)" for pid in _shims(str(self.cluster.paths.socket))]
        left += [f"mount {point}" for point in self._mounts()]
        left += [f"control group {group}" for group in cgroups.remaining_cgroups()]
        left += [f"network interface {network.NETWORK.bridge}"] if network.bridge_exists() else []
        if state.sysctls:
            left += [f"packet filter chain {table}/{chain}" for table, chain in network.kubernetes_chains()]
        if left:
            raise ClusterError(
                "the cluster is down, but this is left:\n" + "\n".join(f"    {item}" for item in left),
                "run `python3 -m tests.cluster down` again; if it stays, its user must be ended by hand.",
            )


def _shims(socket: str) -> list[str]:
    """Processes of containerd's that speak to our socket, to report them; they are never ended from this list."""
    found: list[str] = []
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if folder.name.isdigit() and socket.encode() in (folder / "cmdline").read_bytes():
                found.append(folder.name)
    return [pid for pid in found if pid != str(os.getpid())]


def down(cluster: Cluster) -> None:
    """End the cluster and say so; also when there is none."""
    if not cluster.paths.run.exists():
        say("The cluster is down: nothing was started.")
        return
    Down(cluster).run()
    say("The cluster is down: no process, mount, bridge, rule or control group of it is left.")
