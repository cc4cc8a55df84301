"""The five parts of Kubernetes, all from one program."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.cluster import kubelet
from tests.cluster.cgroups import create_cgroups
from tests.cluster.etcd import ETCD_URL
from tests.cluster.files import write_changed
from tests.cluster.paths import Paths
from tests.cluster.pki import write_kubeconfig
from tests.cluster.probe import answers, unverified, when_answers
from tests.cluster.processes import Service
from tests.cluster.settings import NETWORK, NODE, PORTS
from tests.cluster.shell import run

KUBECTL_HINT = "the logs of the API server and its parts are in the run folder's `logs`."


@dataclass(frozen=True)
class Kubernetes:
    """Makes the services of one cluster out of the multi-call program."""

    paths: Paths
    program: Path

    def _command(self, part: str, *flags: str) -> tuple[str, ...]:
        return (str(self.program), part, *flags)

    def _pki(self, file: str) -> Path:
        return self.paths.pki / file

    def _kubeconfig(self, identity: str) -> Path:
        return write_kubeconfig(self.paths, identity, self.paths.run / "kubeconfigs" / identity)

    def apiserver(self) -> Service:
        """Listens on the bridge only, where pods reach it too."""
        flags = (
            f"--etcd-servers={ETCD_URL}",
            f"--bind-address={NETWORK.gateway}",
            f"--advertise-address={NETWORK.gateway}",
            f"--secure-port={PORTS.apiserver}",
            f"--service-cluster-ip-range={NETWORK.services}",
            f"--tls-cert-file={self._pki('apiserver.crt')}",
            f"--tls-private-key-file={self._pki('apiserver.key')}",
            f"--client-ca-file={self._pki('ca.crt')}",
            # For add-on API servers; none is here, but controllers want to see the authority.
            f"--requestheader-client-ca-file={self._pki('ca.crt')}",
            "--requestheader-allowed-names=front-proxy",
            "--requestheader-username-headers=X-Remote-User",
            "--requestheader-group-headers=X-Remote-Group",
            "--requestheader-extra-headers-prefix=X-Remote-Extra-",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={self._pki('service-account.pub')}",
            f"--service-account-signing-key-file={self._pki('service-account.key')}",
            "--authorization-mode=Node,RBAC",
            "--enable-admission-plugins=NodeRestriction",
            f"--kubelet-certificate-authority={self._pki('ca.crt')}",
            f"--kubelet-client-certificate={self._pki('apiserver-to-kubelet.crt')}",
            f"--kubelet-client-key={self._pki('apiserver-to-kubelet.key')}",
            "--kubelet-preferred-address-types=InternalIP",
            "--profiling=false",
        )
        ready = self._health(NETWORK.gateway, PORTS.apiserver, "/readyz")
        return Service("apiserver", self._command("apiserver", *flags), ready, stop_seconds=20)

    def controller_manager(self) -> Service:
        """One instance, so no leader election."""
        config = self._kubeconfig("controller-manager")
        flags = (
            *self._client_flags(config),
            f"--secure-port={PORTS.controller_manager}",
            f"--service-account-private-key-file={self._pki('service-account.key')}",
            f"--root-ca-file={self._pki('ca.crt')}",
            "--use-service-account-credentials",
        )
        ready = self._health("127.0.0.1", PORTS.controller_manager, "/healthz")
        return Service("controller-manager", self._command("controller-manager", *flags), ready)

    def scheduler(self) -> Service:
        """One instance, so no leader election."""
        flags = (*self._client_flags(self._kubeconfig("scheduler")), f"--secure-port={PORTS.scheduler}")
        ready = self._health("127.0.0.1", PORTS.scheduler, "/healthz")
        return Service("scheduler", self._command("scheduler", *flags), ready)

    def _client_flags(self, config: Path) -> tuple[str, ...]:
        flags = tuple(f"--{kind}kubeconfig={config}" for kind in ("", "authentication-", "authorization-"))
        return (*flags, "--leader-elect=false", "--bind-address=127.0.0.1", "--profiling=false")

    def _health(self, host: str, port: int, path: str) -> Callable[[], bool]:
        tls = unverified()
        return lambda: answers(host, port, path, tls=tls)

    def kubelet(self) -> Service:
        """The node; everything it writes that can be moved lies in the run folder."""
        create_cgroups()
        config = kubelet.write_config(self.paths)
        flags = (
            f"--config={config}",
            f"--kubeconfig={self._kubeconfig('kubelet')}",
            f"--root-dir={self.paths.run / 'kubelet'}",
            f"--cert-dir={self.paths.pki}",
            f"--hostname-override={NODE}",
            f"--node-ip={NETWORK.gateway}",
        )
        ready = when_answers("127.0.0.1", PORTS.kubelet_health, "/healthz")
        return Service("kubelet", self._command("kubelet", *flags), ready)

    def kube_proxy(self) -> Service:
        """Services by cluster address, with iptables; leaves the host's connection tracking limits as they are."""
        config = {
            "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
            "kind": "KubeProxyConfiguration",
            "mode": "iptables",
            "clientConnection": {"kubeconfig": str(self._kubeconfig("kube-proxy"))},
            "clusterCIDR": NETWORK.pods,
            "hostnameOverride": NODE,
            "nodePortAddresses": ["primary"],
            "healthzBindAddress": f"127.0.0.1:{PORTS.proxy_health}",
            "metricsBindAddress": f"127.0.0.1:{PORTS.proxy_metrics}",
            "oomScoreAdj": 0,
            "conntrack": {"maxPerCore": 0, "min": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
            "iptables": {"localhostNodePorts": False},
        }
        file = write_changed(self.paths.run / "kube-proxy.json", json.dumps(config, indent=2))
        ready = when_answers("127.0.0.1", PORTS.proxy_health, "/livez")
        return Service("kube-proxy", self._command("kube-proxy", f"--config={file}"), ready)

    def cleanup_proxy(self) -> None:
        """kube-proxy's own removal of its rules."""
        run(self._command("kube-proxy", "--cleanup"), hint="kube-proxy could not remove its rules.")

    def remove_sandboxes(self) -> str:
        """Take down every pod through containerd, once no kubelet starts them again."""
        return run(self._command("remove-sandboxes", f"unix://{self.paths.socket}"), hint=KUBECTL_HINT, timeout=300)

    def kubectl(self, *arguments: str, stdin: bytes | None = None) -> str:
        """kubectl, as the cluster's administrator."""
        command = self._command("kubectl", f"--kubeconfig={self.paths.kubeconfig}", *arguments)
        return run(command, hint=KUBECTL_HINT, stdin=stdin)

    def link_programs(self) -> None:
        """A `kubectl` of the cluster's own version for people and tests, and the program that `down` will need."""
        folder = self.paths.run / "bin"
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("kubernetes", "kubectl"):
            link = folder / name
            link.unlink(missing_ok=True)
            link.symlink_to(self.program)
