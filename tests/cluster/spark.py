"""Spark on the cluster: the Spark operator and a name service, both on the host, started when Spark's tests want them.

A driver and its executors find each other and the API server by name, so this is the one part that needs names.
"""

from __future__ import annotations

from pathlib import Path

from tests.cluster import crds
from tests.cluster.build import COREDNS_PART, SPARK_PART
from tests.cluster.cluster import Cluster
from tests.cluster.files import write_changed, write_private
from tests.cluster.kubernetes import Kubernetes
from tests.cluster.paths import Paths
from tests.cluster.pki import kubeconfig
from tests.cluster.probe import when_answers
from tests.cluster.processes import Service
from tests.cluster.progress import Timings, step
from tests.cluster.settings import ARGO_NAMESPACE, NAMESPACE, NETWORK, PORTS
from tests.cluster.spark_image import load_spark_image, spark_home

RIGHTS = Path(__file__).resolve().parent / "spark" / "rights.yaml"
DOMAIN = "cluster.local"


def start_spark(cluster: Cluster, timings: Timings) -> str:
    """Build, load and start what is missing, without touching another part; the name of the Spark image."""
    for part in (SPARK_PART, COREDNS_PART):
        cluster.builder.build(part, timings)
    image = load_spark_image(cluster.paths, timings)
    home = spark_home(cluster.paths, timings)
    with step("start the name service and the Spark operator", timings):
        kubernetes = cluster.kubernetes
        kubernetes.kubectl("apply", "--server-side", "-f", str(RIGHTS))
        crds.install(kubernetes, cluster.builder.folder(SPARK_PART) / "crds")
        cluster.supervisor.start(_coredns(cluster))
        cluster.supervisor.start(_operator(cluster, home))
    return image


def _credentials(kubernetes: Kubernetes, paths: Paths, account: str) -> Path:
    """A kubeconfig of a service account: the cluster's own certificates were made before this part was asked for."""
    file = paths.run / "kubeconfigs" / account
    if not file.exists():
        arguments = ("create", "token", account, "--namespace", ARGO_NAMESPACE, "--duration=48h")
        write_private(file, kubeconfig(paths, {"token": kubernetes.kubectl(*arguments).strip()}))
    return file


def _coredns(cluster: Cluster) -> Service:
    """Answers for services and nothing beyond: pods reach nothing beyond either."""
    paths = cluster.paths
    config = f"""\
{DOMAIN}:53 {{
    bind {NETWORK.gateway}
    errors
    health 127.0.0.1:{PORTS.coredns_health}
    kubernetes {DOMAIN} {{
        kubeconfig {_credentials(cluster.kubernetes, paths, "coredns")}
        ttl 5
    }}
}}
"""
    file = write_changed(paths.run / "Corefile", config)
    # The kubelet copies this file into each new pod; until now it was empty.
    search = " ".join(f"{zone}{DOMAIN}" for zone in (f"{NAMESPACE}.svc.", "svc.", ""))
    write_changed(paths.run / "resolv.conf", f"nameserver {NETWORK.gateway}\nsearch {search}\noptions ndots:5\n")
    program = cluster.builder.program(COREDNS_PART, "coredns")
    ready = when_answers("127.0.0.1", PORTS.coredns_health, "/health")
    return Service("coredns", (str(program), "-conf", str(file)), ready)


def _operator(cluster: Cluster, home: Path) -> Service:
    """One controller without leader election and without webhooks: our pod templates need none."""
    config = _credentials(cluster.kubernetes, cluster.paths, "spark-operator")
    command = (
        str(cluster.builder.program(SPARK_PART, "operator")),
        "controller",
        "start",
        f"--kubeconfig={config}",
        f"--namespaces={NAMESPACE}",
        f"--health-probe-bind-address=127.0.0.1:{PORTS.spark_health}",
        "--enable-ui-service=false",
    )
    env = {
        # Its spark-submit asks the same cluster as the operator itself, by the address that is in the certificate.
        "KUBECONFIG": str(config),
        "KUBERNETES_SERVICE_HOST": NETWORK.gateway,
        "KUBERNETES_SERVICE_PORT": str(PORTS.apiserver),
        "SPARK_HOME": str(home),
    }
    return Service("spark-operator", command, when_answers("127.0.0.1", PORTS.spark_health, "/healthz"), env)
