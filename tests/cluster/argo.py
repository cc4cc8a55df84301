"""Argo Workflows: its CRDs and its controller, which runs on the host."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cluster import crds
from tests.cluster.kubernetes import Kubernetes
from tests.cluster.paths import Paths
from tests.cluster.pki import write_kubeconfig
from tests.cluster.probe import when_answers
from tests.cluster.processes import Service
from tests.cluster.settings import ARGO_NAMESPACE, DEFAULT_REQUEUE_TIME, NAMESPACE, PORTS


def install_crds(kubernetes: Kubernetes, folder: Path) -> None:
    """The full CRDs: with their schema the API server itself refuses a manifest that Argo could not run."""
    crds.install(kubernetes, folder / "crds" / "full")


def controller_service(paths: Paths, program: Path, executor_image: str) -> Service:
    """One controller for one namespace, as Argo's own namespaced installation has it."""
    kubeconfig = write_kubeconfig(paths, "argo-controller", paths.run / "kubeconfigs" / "argo-controller")
    command = (
        str(program),
        f"--kubeconfig={kubeconfig}",
        f"--namespace={ARGO_NAMESPACE}",
        "--namespaced",
        f"--managed-namespace={NAMESPACE}",
        f"--executor-image={executor_image}",
        "--executor-image-pull-policy=IfNotPresent",
        # The defaults (20, 30) are for a shared control plane and would be what a fan-out waits for.
        "--qps=100",
        "--burst=200",
    )
    env = {"LEADER_ELECTION_DISABLE": "true", "DEFAULT_REQUEUE_TIME": DEFAULT_REQUEUE_TIME}
    return Service("argo", command, when_answers("127.0.0.1", PORTS.argo_health, "/healthz"), env)


def check_workflow(name: str, image: str, s3_host: str, s3_port: int) -> str:
    """A workflow of one pod that follows every rule of the namespace, reads the S3 secret and reaches the gateway."""
    script = (
        "import os, socket; "
        "assert os.getuid() == 65532 and os.environ['AWS_ACCESS_KEY_ID']; "
        f"socket.create_connection(('{s3_host}', {s3_port}), 5).close(); print('ready')"
    )
    secret = [
        {"name": key, "valueFrom": {"secretKeyRef": {"name": "jetbridge-s3", "key": key}}}
        for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    ]
    restricted = {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    container = {"image": image, "command": ["python3", "-c", script], "env": secret, "securityContext": restricted}
    spec = {
        "entrypoint": "check",
        "serviceAccountName": "jetbridge-workflow",
        "activeDeadlineSeconds": 120,
        "podGC": {"strategy": "OnWorkflowSuccess"},
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "templates": [{"name": "check", "container": container}],
    }
    metadata = {"generateName": f"{name}-", "namespace": NAMESPACE}
    return json.dumps({"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": metadata, "spec": spec})
