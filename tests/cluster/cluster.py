"""All the parts of one cluster, with what each needs to be started again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.cluster import settings
from tests.cluster.argo import controller_service
from tests.cluster.build import ARGO_PARTS, ETCD_PART, GATEWAY_PART, KUBERNETES_PART, Builder
from tests.cluster.containerd import containerd_service
from tests.cluster.etcd import etcd_service
from tests.cluster.gateway import gateway_service
from tests.cluster.images import executor_name
from tests.cluster.kubernetes import Kubernetes
from tests.cluster.paths import Paths
from tests.cluster.processes import Service, Supervisor

# In the order in which they start; `down` goes the other way.
ORDER = (
    "etcd",
    "apiserver",
    "containerd",
    "controller-manager",
    "scheduler",
    "kubelet",
    "kube-proxy",
    "gateway",
    "argo",
)

LATER = ("coredns", "spark-operator")
"""Parts that only Spark's tests start, in their order."""


@dataclass(frozen=True)
class Cluster:
    """One cluster: where it lies, how its programs are built, and its line of Argo."""

    paths: Paths
    builder: Builder
    supervisor: Supervisor
    argo: str

    @property
    def kubernetes(self) -> Kubernetes:
        """The parts of Kubernetes: a cluster that is up keeps the program that it was started with."""
        link = self.paths.run / "bin" / "kubernetes"
        built = self.builder.program(KUBERNETES_PART, "kubernetes")
        return Kubernetes(self.paths, link.resolve() if link.exists() else built)

    @property
    def argo_version(self) -> str:
        """Argo's release."""
        return settings.ARGO[self.argo]

    def service(self, name: str) -> Service:
        """A part by its name in `ORDER`."""
        makers: dict[str, Callable[[], Service]] = {
            "etcd": lambda: etcd_service(self.paths, self.builder.program(ETCD_PART, "etcd")),
            "containerd": lambda: containerd_service(self.paths),
            "gateway": lambda: gateway_service(self.paths, self.builder.program(GATEWAY_PART, "versitygw")),
            "argo": self._argo_service,
            "apiserver": self.kubernetes.apiserver,
            "controller-manager": self.kubernetes.controller_manager,
            "scheduler": self.kubernetes.scheduler,
            "kubelet": self.kubernetes.kubelet,
            "kube-proxy": self.kubernetes.kube_proxy,
        }
        return makers[name]()

    def _argo_service(self) -> Service:
        program = self.builder.program(ARGO_PARTS[self.argo], "workflow-controller")
        return controller_service(self.paths, program, executor_name(self.argo_version))

    def start(self, name: str) -> None:
        """Start one part and wait until it is ready."""
        self.supervisor.start(self.service(name))
