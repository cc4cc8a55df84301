"""`status`: what runs, for a person or as JSON."""

from __future__ import annotations

import json

from tests.cluster import settings
from tests.cluster.cluster import ORDER, Cluster
from tests.cluster.processes import is_alive
from tests.cluster.progress import say
from tests.cluster.up import usage


def describe(cluster: Cluster) -> dict[str, object]:
    """Everything that a test needs to use the cluster."""
    state, paths = cluster.supervisor.state(), cluster.paths
    parts = {
        name: {"pid": process.pid, "running": is_alive(process), "log": process.log}
        for name, process in state.processes.items()
    }
    running = all(name in parts and parts[name]["running"] for name in ORDER)
    return {
        "running": running,
        "parts": parts,
        "argo": cluster.argo_version,
        "default_requeue_time": settings.DEFAULT_REQUEUE_TIME,
        "kubeconfig": str(paths.kubeconfig),
        "kubeconfigs": {
            name: str(paths.run / "kubeconfigs" / name) for name in ("jetbridge-submitter", "jetbridge-airflow")
        },
        "kubectl": str(paths.run / "bin" / "kubectl"),
        "namespace": settings.NAMESPACE,
        "task_image": state.images.get("task", ""),
        "s3": {
            "endpoint": settings.S3_ENDPOINT,
            "bucket": settings.BUCKET,
            "region": settings.REGION,
            "secret": settings.S3_SECRET,
            "env_file": str(paths.s3_env),
        },
    }


def status(cluster: Cluster, as_json: bool) -> int:
    """Print the status; 0 when all of it runs, else 1."""
    known = describe(cluster)
    if as_json:
        say(json.dumps(known, indent=2))
    else:
        running = cluster.supervisor.state().processes
        for name in ORDER:
            process = running.get(name)
            alive = process is not None and is_alive(process)
            say(f"{name:20} {f'running, process {process.pid}' if process and alive else 'not running'}")
        if known["running"]:
            say("\n" + usage(cluster))
    return 0 if known["running"] else 1
