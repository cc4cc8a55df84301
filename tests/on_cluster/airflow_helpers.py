"""Runs on Airflow through the command line, and what their pods looked like while they ran."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.on_cluster.commands import Command, Commands
from tests.on_cluster.site import Site

WORKFLOWS = Path(__file__).parent / "workflows"
Pod = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Airflow:
    """Starts commands as a user of Airflow does, with few rights.

    Attributes:
        site: The cluster.
        commands: With what Airflow is told of the cluster; its homes lie in their folder.
        options: Of the Airflow back end.
    """

    site: Site
    commands: Commands
    options: Mapping[str, str]

    def command(self, *arguments: str, image: str = "") -> Command:
        """Starts `jetbridge …` with the options of a run on Airflow."""
        return self.package(*arguments, "--image", image or self.site.image)

    def package(self, *arguments: str) -> Command:
        """The same for a package, which names its images."""
        options = [text for name, value in self.options.items() for text in (f"--{name}", value)]
        return self.commands.start(*arguments, "--store", self.site.store, *options)

    def run(self, workflow: str, *arguments: str, image: str = "") -> Command:
        """Starts a workflow of `workflows/`."""
        target = str(WORKFLOWS / workflow)
        return self.command("run", target, "--on", "airflow", "--json", *arguments, image=image)


def airflow(site: Site, folder: Path) -> Airflow:
    """Airflow's side of the cluster."""
    taken = {name: value for name, value in site.options.items() if name != "executor-service-account"}
    own = {"KUBECONFIG": kubeconfig(site), "TMPDIR": str(folder), "COLUMNS": "200"}
    return Airflow(
        site=site,
        commands=Commands(folder, {**site.environ, **own}),
        options={"namespace": site.namespace, "containers": "pod", **taken},
    )


def kubeconfig(site: Site) -> str:
    """What Airflow is told of the cluster; on one of the user's what it was given with."""
    few_rights = Path(site.admin).parent / "kubeconfigs" / "jetbridge-airflow"
    return str(few_rights) if site.ours else site.admin


@dataclass(frozen=True, slots=True)
class Seen:
    """Every state of every pod of KubernetesPodOperator, while somebody looked."""

    file: Path

    def _events(self) -> list[dict[str, Any]]:
        decoder, text, at = json.JSONDecoder(), self.file.read_text(), 0
        events: list[dict[str, Any]] = []
        while (at := _next(text, at)) < len(text):
            try:
                event, at = decoder.raw_decode(text, at)
            except ValueError:
                break
            events.append(event)
        return events

    def pods(self, dag_id: str, run_root: str = "") -> dict[str, list[Pod]]:
        """All states of the pods of a DAG, or of one run of it, by the pod's name."""
        found: dict[str, list[Pod]] = {}
        for event in self._events():
            pod = event["object"]
            if pod["metadata"]["labels"].get("dag_id") == dag_id and run_root in json.dumps(pod["spec"]["containers"]):
                found.setdefault(pod["metadata"]["name"], []).append({**pod, "event": event["type"]})
        return found

    def seconds(self, dag_id: str) -> list[float]:
        """How long each pod of a DAG lived until somebody asked to delete it."""
        ends = (states[-1]["metadata"] for states in self.pods(dag_id).values())
        return [
            _time(end["deletionTimestamp"]) - end["deletionGracePeriodSeconds"] - _time(end["creationTimestamp"])
            for end in ends
        ]

    def tasks(self, dag_id: str, run_root: str = "") -> list[str]:
        """The task of each pod of a DAG, or of one run of it, sorted."""
        return sorted(states[0]["metadata"]["labels"]["task_id"] for states in self.pods(dag_id, run_root).values())


def _time(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _next(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


@contextmanager
def watched(site: Site, file: Path) -> Generator[Seen]:
    """Looks at the pods until the block is left."""
    command = [site.kubectl_program, f"--kubeconfig={site.admin}", "-n", site.namespace, "get", "pods"]
    options = ["-l", "kubernetes_pod_operator=True", "--watch-only", "--output-watch-events", "-o", "json"]
    with file.open("w") as output, subprocess.Popen([*command, *options], stdout=output) as process:
        try:
            yield Seen(file)
        finally:
            process.terminate()
