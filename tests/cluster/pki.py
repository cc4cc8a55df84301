"""A certificate authority for one run, and the certificates that the parts show each other."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.files import write_private
from tests.cluster.paths import Paths
from tests.cluster.settings import API_URL, NAMESPACE, NETWORK, NODE
from tests.cluster.shell import run

HINT = "OpenSSL >= 3.0 is needed; `openssl version` shows yours."
CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


@dataclass(frozen=True)
class Identity:
    """One certificate: the file name, the user and group that Kubernetes reads from it, and a server's addresses."""

    name: str
    user: str
    group: str = ""
    addresses: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """The distinguished name: O is the group, CN the user."""
        return (f"/O={self.group}" if self.group else "") + f"/CN={self.user}"


IDENTITIES = (
    Identity(
        "apiserver",
        "kube-apiserver",
        addresses=(
            f"IP:{NETWORK.gateway}",
            f"IP:{NETWORK.kubernetes_service}",
            "DNS:kubernetes",
            "DNS:kubernetes.default",
            "DNS:kubernetes.default.svc",
        ),
    ),
    Identity("apiserver-to-kubelet", "kube-apiserver-kubelet-client", "system:masters"),
    Identity("kubelet-server", NODE, addresses=(f"IP:{NETWORK.gateway}", f"DNS:{NODE}")),
    Identity("kubelet", f"system:node:{NODE}", "system:nodes"),
    Identity("controller-manager", "system:kube-controller-manager"),
    Identity("scheduler", "system:kube-scheduler"),
    Identity("kube-proxy", "system:kube-proxy"),
    Identity("argo-controller", "jetbridge:argo-controller"),
    Identity("admin", "jetbridge:admin", "system:masters"),
)


def create_pki(paths: Paths) -> None:
    """Make the authority, all certificates and the key for service account tokens; keeps those of a running cluster."""
    pki = paths.pki
    if (pki / "complete").exists():
        return
    pki.mkdir(parents=True, exist_ok=True, mode=0o700)
    # An empty configuration: Debian's own would mark every certificate as an authority.
    (pki / "openssl.cnf").write_text("[req]\ndistinguished_name = dn\n[dn]\n")
    _certificate(pki, "ca", "/CN=jetbridge-test-ca", ("basicConstraints=critical,CA:TRUE", "keyUsage=keyCertSign"), "")
    for identity in IDENTITIES:
        _certificate(pki, identity.name, identity.subject, _extensions(identity), "ca")
    _service_account_key(pki)
    (pki / "complete").touch()


def _extensions(identity: Identity) -> tuple[str, ...]:
    use = "serverAuth" if identity.addresses else "clientAuth"
    names = (f"subjectAltName={','.join(identity.addresses)}",) if identity.addresses else ()
    return ("basicConstraints=critical,CA:FALSE", f"extendedKeyUsage={use}", *names)


def _certificate(pki: Path, name: str, subject: str, extensions: tuple[str, ...], issuer: str) -> None:
    command: list[str | Path] = ["openssl", "req", "-x509", *CURVE, "-config", pki / "openssl.cnf", "-days", "365"]
    command += ["-subj", subject, "-keyout", pki / f"{name}.key", "-out", pki / f"{name}.crt"]
    for extension in extensions:
        command += ["-addext", extension]
    if issuer:
        command += ["-CA", pki / f"{issuer}.crt", "-CAkey", pki / f"{issuer}.key"]
    run(command, hint=HINT)


def _service_account_key(pki: Path) -> None:
    key = pki / "service-account.key"
    run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", key], hint=HINT)
    run(["openssl", "pkey", "-in", key, "-pubout", "-out", pki / "service-account.pub"], hint=HINT)


def _encoded(file: Path) -> str:
    return base64.b64encode(file.read_bytes()).decode()


def kubeconfig(paths: Paths, user: dict[str, str]) -> str:
    """A kubeconfig as JSON (which is YAML too) that holds all it needs, so that the file can be moved."""
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {
                    "name": "jetbridge",
                    "cluster": {"server": API_URL, "certificate-authority-data": _encoded(paths.pki / "ca.crt")},
                }
            ],
            "users": [{"name": "user", "user": user}],
            "contexts": [
                {"name": "jetbridge", "context": {"cluster": "jetbridge", "user": "user", "namespace": NAMESPACE}}
            ],
            "current-context": "jetbridge",
        },
        indent=2,
    )


def write_kubeconfig(paths: Paths, identity: str, target: Path) -> Path:
    """Write the kubeconfig of one of `IDENTITIES`, readable by its owner only."""
    pki = paths.pki
    user = {
        "client-certificate-data": _encoded(pki / f"{identity}.crt"),
        "client-key-data": _encoded(pki / f"{identity}.key"),
    }
    return write_private(target, kubeconfig(paths, user))
