"""Runs on Airflow through the command line, and what their pods looked like while they ran."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any

from tests.on_cluster.site import COMMAND, ROOT, Site

WORKFLOWS = Path(__file__).parent / "workflows"
JETBRIDGE = [sys.executable, "-c", COMMAND]
Pod = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that has ended: its exit code, its JSON, and what it said meanwhile."""

    code: int
    record: Any
    said: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Command:
    """A command that may still run."""

    process: subprocess.Popen[bytes]
    started: float
    out: Path
    log: Path

    def ended(self) -> Ended:
        """Waits for the end."""
        code = self.process.wait(300)
        out = self.out.read_text().strip()
        return Ended(code, json.loads(out) if out else None, self.log.read_text(), time.monotonic() - self.started)

    def end(self) -> None:
        """Ends it where it still runs."""
        self.process.terminate()
        self.process.wait(60)


@dataclass(frozen=True, slots=True)
class Airflow:
    """Starts commands as a user of Airflow does, with few rights.

    Attributes:
        site: The cluster.
        kubeconfig: What Airflow is told of it.
        folder: Where Airflow's homes lie.
        options: Of the Airflow back end.
        started: Every command that was started.
    """

    site: Site
    kubeconfig: str
    folder: Path
    options: Mapping[str, str]
    started: list[Command] = field(default_factory=list[Command])

    @property
    def environ(self) -> dict[str, str]:
        """The environment of the commands."""
        own = {"KUBECONFIG": self.kubeconfig, "TMPDIR": str(self.folder), "COLUMNS": "200"}
        return {**os.environ, **self.site.environ, **own}

    def command(self, *arguments: str, image: str = "") -> Command:
        """Starts `jetbridge …` with the options of a run on Airflow."""
        options = [text for name, value in self.options.items() for text in (f"--{name}", value)]
        where = ["--store", self.site.store, "--image", image or self.site.image]
        with self._file() as out, self._file() as log:
            process = subprocess.Popen(
                [*JETBRIDGE, *arguments, *where, *options], env=self.environ, cwd=ROOT, stdout=out, stderr=log
            )
        command = Command(process, time.monotonic(), Path(out.name), Path(log.name))
        self.started.append(command)
        return command

    def _file(self) -> IO[bytes]:
        return NamedTemporaryFile(dir=self.folder, prefix="said-", delete=False)

    def run(self, workflow: str, *arguments: str, image: str = "") -> Command:
        """Starts a workflow of `workflows/`."""
        target = str(WORKFLOWS / workflow)
        return self.command("run", target, "--on", "airflow", "--json", *arguments, image=image)


def airflow(site: Site, folder: Path) -> Airflow:
    """Airflow's side of the cluster; on a cluster of the user's the kubeconfig that it was given with."""
    few_rights = Path(site.admin).parent / "kubeconfigs" / "jetbridge-airflow"
    taken = {name: value for name, value in site.options.items() if name != "executor-service-account"}
    return Airflow(
        site=site,
        kubeconfig=str(few_rights) if site.faults else site.admin,
        folder=folder,
        options={"namespace": site.namespace, "containers": "pod", **taken},
    )


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

    def pods(self, dag_id: str) -> dict[str, list[Pod]]:
        """All states of the pods of a DAG, by the pod's name."""
        found: dict[str, list[Pod]] = {}
        for event in self._events():
            pod = event["object"]
            if pod["metadata"]["labels"].get("dag_id") == dag_id:
                found.setdefault(pod["metadata"]["name"], []).append({**pod, "event": event["type"]})
        return found

    def wait_for(self, dag_id: str, phase: str) -> str:
        """The name of a pod of a DAG that has reached a phase."""
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            for name, states in self.pods(dag_id).items():
                if states[-1]["status"]["phase"] == phase:
                    return name
            time.sleep(0.3)
        raise AssertionError(f"no pod of {dag_id} was {phase}")

    def seconds(self, dag_id: str) -> list[float]:
        """How long each pod of a DAG lived until somebody asked to delete it."""
        ends = (states[-1]["metadata"] for states in self.pods(dag_id).values())
        return [
            _time(end["deletionTimestamp"]) - end["deletionGracePeriodSeconds"] - _time(end["creationTimestamp"])
            for end in ends
        ]

    def tasks(self, dag_id: str) -> list[str]:
        """The task of each pod of a DAG, sorted."""
        return sorted(states[0]["metadata"]["labels"]["task_id"] for states in self.pods(dag_id).values())


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
