"""The kubelet's configuration."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cluster import cgroups
from tests.cluster.files import write_changed
from tests.cluster.paths import Paths
from tests.cluster.settings import NETWORK, PORTS

# Paths that are constants in the kubelet's source; `down` removes what it left there.
CONTAINER_LOG_LINKS = Path("/var/log/containers")
FIXED_ROOT = Path("/var/lib/kubelet")


def write_config(paths: Paths) -> Path:
    """Write the KubeletConfiguration; JSON is accepted as well as YAML."""
    folder = paths.run / "kubelet"
    folder.mkdir(parents=True, exist_ok=True)
    # Pods have no name service, until Spark's part writes one into this file: the kubelet reads it for each new pod.
    resolv = paths.run / "resolv.conf"
    resolv.touch()
    config = {**_identity(paths), **_node(paths, resolv), **_limits()}
    return write_changed(paths.run / "kubelet.json", json.dumps(config, indent=2))


def _identity(paths: Paths) -> dict[str, object]:
    pki = paths.pki
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": NETWORK.gateway,
        "port": PORTS.kubelet,
        "healthzPort": PORTS.kubelet_health,
        "tlsCertFile": str(pki / "kubelet-server.crt"),
        "tlsPrivateKeyFile": str(pki / "kubelet-server.key"),
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": str(pki / "ca.crt")},
        },
        "authorization": {"mode": "Webhook"},
    }


def _node(paths: Paths, resolv: Path) -> dict[str, object]:
    return {
        "containerRuntimeEndpoint": f"unix://{paths.socket}",
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{cgroups.NAME}",
        "failCgroupV1": False,
        "failSwapOn": False,
        "resolvConf": str(resolv),
        "podLogsDir": str(paths.run / "pods"),
        "volumePluginDir": str(paths.run / "volume-plugins"),
        "makeIPTablesUtilChains": False,
        # Lowering one's own score needs CAP_SYS_RESOURCE; zero leaves it as it is.
        "oomScoreAdj": 0,
    }


def _limits() -> dict[str, object]:
    return {
        "maxPods": cgroups.PODS,
        "serializeImagePulls": False,
        # No registry holds our images: one that the kubelet removed to save space would not come back.
        "imageGCHighThresholdPercent": 100,
        "imageGCLowThresholdPercent": 99,
        "evictionHard": {"memory.available": "100Mi", "nodefs.available": "1%", "imagefs.available": "1%"},
        "shutdownGracePeriod": "0s",
    }
