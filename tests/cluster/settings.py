"""The addresses, ports and versions of the test cluster."""

from __future__ import annotations

from dataclasses import dataclass

KUBERNETES = "v1.34.4"
ETCD = "v3.6.4"
VERSITYGW = "v1.8.0"
ARGO = {"3.7": "v3.7.18", "4.0": "v4.0.7"}
DEFAULT_ARGO = "3.7"

NODE = "jetbridge"
NAMESPACE = "jetbridge"
ARGO_NAMESPACE = "argo"
BUCKET = "jetbridge"
REGION = "us-east-1"
S3_SECRET = "jetbridge-s3"  # noqa: S105 the name of a Kubernetes Secret

# Argo looks again at one workflow at most once per this time; its default of 10 s is felt between any two tasks.
DEFAULT_REQUEUE_TIME = "250ms"


@dataclass(frozen=True)
class Network:
    """Pods live on one bridge of this machine; nothing of it is routed to the outside."""

    bridge: str = "jetbridge0"
    pods: str = "10.210.0.0/24"
    gateway: str = "10.210.0.1"
    services: str = "10.211.0.0/24"
    kubernetes_service: str = "10.211.0.1"


@dataclass(frozen=True)
class Ports:
    """Fixed ports, off the usual ones so that another cluster on the machine is left alone."""

    etcd: int = 22379
    etcd_peer: int = 22380
    apiserver: int = 26443
    controller_manager: int = 20257
    scheduler: int = 20259
    kubelet: int = 20250
    kubelet_health: int = 20248
    proxy_health: int = 20256
    proxy_metrics: int = 20249
    s3: int = 27070
    argo_health: int = 6060
    coredns_health: int = 20258
    spark_health: int = 20260


NETWORK = Network()
PORTS = Ports()
API_URL = f"https://{NETWORK.gateway}:{PORTS.apiserver}"
S3_ENDPOINT = f"http://{NETWORK.gateway}:{PORTS.s3}"
