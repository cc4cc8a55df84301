"""When pods come and go, heard from Kubernetes while a workflow runs."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.on_cluster.site import Site

_ENDED = frozenset({"Succeeded", "Failed"})


@dataclass(slots=True)
class PodLife:
    """The times at which this process heard of a pod, in seconds since the epoch; 0 while it has not happened.

    Attributes:
        ended: When all of its containers had ended.
    """

    name: str
    labels: Mapping[str, str]
    created: float
    ended: float = 0.0


@dataclass(slots=True)
class Lives:
    """All pods that were made while somebody listened."""

    pods: dict[str, PodLife] = field(default_factory=dict[str, PodLife])

    def hear(self, event: Mapping[str, Any], now: float) -> None:
        """Takes one event of a watch."""
        pod = event["object"]
        name = pod["metadata"]["name"]
        life = self.pods.setdefault(name, PodLife(name, pod["metadata"].get("labels", {}), now))
        if pod["status"].get("phase") in _ENDED and not life.ended:
            life.ended = now

    def labelled(self, key: str, value: str) -> Sequence[PodLife]:
        """The pods with a label, oldest first."""
        found = [life for life in list(self.pods.values()) if life.labels.get(key) == value]
        return sorted(found, key=lambda life: life.created)


@contextmanager
def watched(site: Site) -> Generator[Lives]:
    """Listens until the block is left. It reads the API server's stream itself, so that an event is one line."""
    lives = Lives()
    address = f"/api/v1/namespaces/{site.namespace}/pods?watch=1"
    command = [site.kubectl_program, f"--kubeconfig={site.admin}", "get", "--raw", address]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        listener = threading.Thread(target=_listen, args=(process, lives), daemon=True)
        listener.start()
        try:
            yield lives
        finally:
            process.terminate()
            listener.join()


def _listen(process: subprocess.Popen[str], lives: Lives) -> None:
    for line in process.stdout or ():
        lives.hear(json.loads(line), time.time())


def few_rights(site: Site, account: str) -> str:
    """The kubeconfig of an account of our own cluster; on a cluster of the user's the one that it was given with."""
    return str(Path(site.admin).parent / "kubeconfigs" / account) if site.ours else site.admin
