"""The pods' bridge, the kernel settings and the packet filter rules, made by `up` and taken back by `down`."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path

from tests.cluster.errors import ClusterError
from tests.cluster.files import write_changed
from tests.cluster.paths import Paths
from tests.cluster.processes import Supervisor
from tests.cluster.settings import NETWORK
from tests.cluster.shell import run

HINT = "this needs root and a Linux with bridges, veth and iptables."
# What the kubelet, kube-proxy and the CNI plugins change on their host.
SYSCTLS = (
    "net/ipv4/ip_forward",
    "net/ipv4/conf/all/route_localnet",
    "net/bridge/bridge-nf-call-iptables",
    "vm/overcommit_memory",
    "vm/panic_on_oom",
    "kernel/panic",
    "kernel/panic_on_oops",
    "kernel/keys/root_maxkeys",
    "kernel/keys/root_maxbytes",
)
WANTED = {"net/ipv4/ip_forward": "1", "net/bridge/bridge-nf-call-iptables": "1"}
TABLES = ("nat", "filter", "mangle")


def _sysctl(name: str) -> Path:
    return Path("/proc/sys") / name


def kubernetes_chains() -> list[tuple[str, str]]:
    """The (table, chain) pairs that some Kubernetes made on this host."""
    found: list[tuple[str, str]] = []
    for table in TABLES:
        rules = subprocess.run(["iptables", "-w", "-t", table, "-S"], capture_output=True, text=True, check=False)
        lines = [line.split() for line in rules.stdout.splitlines()]
        found += [(table, words[1]) for words in lines if words[0] == "-N" and words[1].startswith("KUBE-")]
    return found


def bridge_exists() -> bool:
    """Whether our bridge is there."""
    return Path("/sys/class/net", NETWORK.bridge).exists()


def refuse_other_cluster() -> None:
    """`down` removes every KUBE- chain, so another cluster on this host must not have any."""
    if kubernetes_chains():
        raise ClusterError(
            "another Kubernetes has packet filter rules on this machine (chains named KUBE-*)",
            "set KUBECONFIG to use that cluster, or stop it first and remove its rules (`kube-proxy --cleanup`).",
        )


def create_network(paths: Paths, supervisor: Supervisor) -> None:
    """Make the bridge before any pod, because the API server and the S3 gateway listen on its address."""
    if not supervisor.state().sysctls:
        refuse_other_cluster()
        before = {name: _sysctl(name).read_text().strip() for name in SYSCTLS if _sysctl(name).exists()}
        supervisor.update(lambda state: replace(state, sysctls=before))
    if not bridge_exists():
        run(["ip", "link", "add", NETWORK.bridge, "type", "bridge"], hint=HINT)
        length = NETWORK.pods.partition("/")[2]
        run(["ip", "addr", "add", f"{NETWORK.gateway}/{length}", "dev", NETWORK.bridge], hint=HINT)
    run(["ip", "link", "set", NETWORK.bridge, "up"], hint=HINT)
    for name, value in WANTED.items():
        if _sysctl(name).exists():
            _sysctl(name).write_text(value)
    _write_cni(paths)


def _write_cni(paths: Paths) -> None:
    """No masquerading: pods reach each other and this host, and nothing beyond."""
    ipam = {
        "type": "host-local",
        "ranges": [[{"subnet": NETWORK.pods, "gateway": NETWORK.gateway}]],
        "routes": [{"dst": "0.0.0.0/0"}],
        "dataDir": str(paths.run / "cni-addresses"),
    }
    bridge = {"type": "bridge", "bridge": NETWORK.bridge, "isGateway": True, "hairpinMode": True, "ipam": ipam}
    plugins = [bridge, {"type": "loopback"}]
    config = {"cniVersion": "1.0.0", "name": "jetbridge", "plugins": plugins}
    write_changed(paths.run / "cni" / "10-jetbridge.conflist", json.dumps(config, indent=2))


def remove_bridge() -> bool:
    """Delete the bridge; the pods' ends of it are gone with their network namespaces."""
    if not bridge_exists():
        return False
    run(["ip", "link", "del", NETWORK.bridge], hint=HINT)
    return True


def restore_sysctls(values: dict[str, str]) -> list[str]:
    """Put back the kernel settings; the names of those that had changed."""
    changed = [name for name, value in values.items() if _sysctl(name).read_text().strip() != value]
    for name in changed:
        _sysctl(name).write_text(values[name])
    return changed


def remove_chains() -> int:
    """Remove what `kube-proxy --cleanup` leaves: every rule that jumps to a KUBE- chain, then the chains."""
    chains = kubernetes_chains()
    for table in sorted({table for table, _ in chains}):
        rules = run(["iptables", "-w", "-t", table, "-S"], hint=HINT).splitlines()
        # iptables-restore takes the rules as iptables prints them, quoted comments and all.
        doomed = [f"-D{rule[2:]}" for rule in rules if rule.startswith("-A") and "KUBE-" in rule]
        own = [chain for owner, chain in chains if owner == table]
        script = [f"*{table}", *doomed, *(f"-F {chain}" for chain in own), *(f"-X {chain}" for chain in own), "COMMIT"]
        run(["iptables-restore", "-w", "--noflush"], hint=HINT, stdin=("\n".join(script) + "\n").encode())
    return len(chains)
