"""The Kubernetes cluster that KUBECONFIG, or the pod that this process runs in, names."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from jetbridge.errors import RegistryError, UsageError
from jetbridge_translators.argo.cluster import Cluster

_IN_CLUSTER = "KUBERNETES_SERVICE_HOST"
_NAMESPACE_FILE = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")


def connect(namespace: str, environ: Mapping[str, str]) -> Cluster:
    """The cluster; nothing is asked of it yet.

    Args:
        namespace: The namespace of runs; empty for the one of the context, or of this pod.
        environ: Environment variables: `KUBECONFIG`, `HOME`, and what Kubernetes gives to a pod.

    Raises:
        RegistryError: the Kubernetes client is not installed.
        UsageError: there is no configuration, or it cannot be read.
    """
    client, config = _libraries()
    settings = client.Configuration()
    # The client's own retries would log each one to the terminal and repeat what must not be repeated; see `watch.py`.
    settings.retries = False
    path = str(Path(environ["KUBECONFIG"]).expanduser()) if environ.get("KUBECONFIG") else ""
    if not path and _IN_CLUSTER in environ:
        found = _in_cluster(config, settings)
    else:
        found = _from_file(config, settings, path or str(Path(environ.get("HOME", "~")) / ".kube" / "config"))
    return Cluster(client, client.ApiClient(settings), namespace or found)


def _libraries() -> tuple[Any, Any]:
    try:
        # By name, because the client has no types. It takes a second to import, so only a run loads it.
        return import_module("kubernetes.client"), import_module("kubernetes.config")
    except ModuleNotFoundError as error:
        raise RegistryError(
            f"a run on Argo needs the Kubernetes client, and the module {error.name!r} is not installed",
            hint="pip install 'jetbridge-translators[argo]'",
        ) from error


def _in_cluster(config: Any, settings: Any) -> str:
    try:
        config.load_incluster_config(client_configuration=settings)
        return _NAMESPACE_FILE.read_text().strip()
    except (config.ConfigException, OSError) as error:
        raise UsageError(
            f"this pod's access to Kubernetes cannot be used: {error}",
            hint="Let the pod mount its service account's token, or set KUBECONFIG.",
        ) from error


def _from_file(config: Any, settings: Any, path: str) -> str:
    try:
        config.load_kube_config(config_file=path, client_configuration=settings)
        _, context = config.list_kube_config_contexts(config_file=path)
    except (config.ConfigException, OSError, ValueError) as error:
        raise UsageError(
            f"there is no Kubernetes cluster to run on: {error}",
            hint="Set KUBECONFIG to a cluster's configuration.",
        ) from error
    return str(context["context"].get("namespace") or "default")
