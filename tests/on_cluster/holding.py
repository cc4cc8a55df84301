"""Tasks that wait for their test: a fault happens while a task runs, however long the machine takes to start it."""

from __future__ import annotations

import json
import time
from collections.abc import Collection

from jetbridge.store import open_store
from tests.on_cluster.site import Site

READY = "ready, attempt 0"
DONE = "done"
OF_ARGO, OF_AIRFLOW = "workflows.argoproj.io/workflow", "dag_id"
"""Labels of the pods of a run on Argo, and of those of a DAG."""
_TASK_CONTAINERS = ("main", "base")
_LONGEST = 600.0


def held(site: Site, label: str, value: str) -> list[str]:
    """The names of the pods of a run whose task waits for `release`, or has been released."""
    pods = json.loads(site.kubectl("get", "pods", "-l", f"{label}={value}", "-o", "json"))["items"]
    names = (
        pod["metadata"]["name"]
        for pod in pods
        for container in pod["status"].get("containerStatuses", ())
        if container["name"] in _TASK_CONTAINERS and "running" in container["state"]
    )
    return [name for name in names if READY in printed(site, name)]


def holding(site: Site, label: str, value: str, but: Collection[str] = ()) -> str:
    """The name of such a pod, other than those given, as soon as there is one."""
    deadline = time.monotonic() + _LONGEST
    while time.monotonic() < deadline:
        for name in held(site, label, value):
            if name not in but:
                return name
        time.sleep(0.3)
    raise AssertionError(f"no other pod of {value} than {list(but)} holds")


def printed(site: Site, pod: str) -> list[str]:
    """What the task of a pod has printed so far. Its engine may tell that later."""
    return site.kubectl("logs", pod, "-c", _container(site, pod)).splitlines()


def release(site: Site, pod: str) -> None:
    """Lets the task of a pod go on."""
    site.kubectl("exec", pod, "-c", _container(site, pod), "--", "touch", "/tmp/go")  # noqa: S108 -- of the pod


def wait_until_done(site: Site, pod: str) -> None:
    """Returns when the task of a pod has what it gives, and the rest is to put it into the store."""
    deadline = time.monotonic() + _LONGEST
    while DONE not in printed(site, pod):
        assert time.monotonic() < deadline, f"the task of {pod} does not go on"
        time.sleep(0.3)


def delete(site: Site, pod: str) -> None:
    """Takes a pod away, as it happens to those of a node that is drained."""
    site.kubectl("delete", "pod", pod, "--grace-period=2", "--wait=false")


def committed(run_root: str) -> list[str]:
    """The nodes of a run with outputs."""
    names = (uri.removeprefix(f"{run_root}/") for uri in open_store().list(run_root))
    return sorted(name.removesuffix("/outputs.pb") for name in names if name.endswith("/outputs.pb"))


def _container(site: Site, pod: str) -> str:
    names = site.kubectl("get", "pod", pod, "-o", "jsonpath={.spec.containers[*].name}").split()
    return next(name for name in names if name in _TASK_CONTAINERS)
