"""What a test must know of the cluster."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
COMMAND = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
    "from jetbridge.cli.main import main; main()"
)
"""The command line in a process of its own. A shell's background jobs ignore SIGINT, and hand that on."""
_CLUSTER = [sys.executable, "-m", "tests.cluster"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The cluster of the tests.

    Attributes:
        environ: What a user's shell has: KUBECONFIG with few rights, and access to the store.
        admin: Path of a kubeconfig that may read and delete pods.
        dynamic_image: An image that also has the translators; empty where it is made when it is asked for.
        targets: The version of each back end that has one here.
        ours: Whether it is that of `tests/cluster`, whose parts may be stopped and whose accounts are known.
    """

    environ: Mapping[str, str] = field(repr=False)
    admin: str
    kubectl_program: str
    namespace: str
    image: str
    store: str
    options: Mapping[str, str]
    targets: Mapping[str, str]
    ours: bool
    dynamic_image: str = ""

    def kubectl(self, *arguments: str) -> str:
        """What kubectl prints, as administrator."""
        command = [self.kubectl_program, f"--kubeconfig={self.admin}", "-n", self.namespace, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def pods(self, run_id: str) -> list[dict[str, Any]]:
        """The pods of a run on Argo, in the order of their names."""
        text = self.kubectl("get", "pods", "-l", f"workflows.argoproj.io/workflow={run_id}", "-o", "json")
        return json.loads(text)["items"]

    def workflow(self, run_id: str) -> dict[str, Any]:
        """The Workflow of a run."""
        return json.loads(self.kubectl("get", "workflow", run_id, "-o", "json"))

    def stop(self, part: str) -> None:
        """Ends a part of the cluster, such as the S3 gateway."""
        subprocess.run([*_CLUSTER, "stop", part], check=True, cwd=ROOT, capture_output=True)

    def start(self, part: str) -> None:
        """Starts a part again and waits until it is ready."""
        subprocess.run([*_CLUSTER, "start", part], check=True, cwd=ROOT, capture_output=True)


def find_site(environ: Mapping[str, str]) -> Site | str:
    """The cluster, or why there is none."""
    done = subprocess.run([*_CLUSTER, "status", "--json"], cwd=ROOT, capture_output=True, text=True, check=False)
    status: dict[str, Any] = json.loads(done.stdout) if done.stdout.startswith("{") else {"kubeconfigs": {}}
    ours = {status.get("kubeconfig"), *status["kubeconfigs"].values()}
    given = environ.get("KUBECONFIG", "")
    if given and given not in ours:
        return _given(environ, given)
    return _own(environ, status) if status.get("running") else f"The test cluster does not run. {done.stderr.strip()}"


def _own(environ: Mapping[str, str], status: Mapping[str, Any]) -> Site:
    """Our own cluster; JETBRIDGE_TEST_IMAGE names the task image of another checkout."""
    s3 = status["s3"]
    return Site(
        environ={**_read_env(s3["env_file"]), "KUBECONFIG": status["kubeconfigs"]["jetbridge-submitter"]},
        admin=status["kubeconfig"],
        kubectl_program=status["kubectl"],
        namespace=status["namespace"],
        image=environ.get("JETBRIDGE_TEST_IMAGE") or status["task_image"],
        store=f"s3://{s3['bucket']}/tests",
        options={
            "service-account": "jetbridge-task",
            "executor-service-account": "jetbridge-workflow",
            "store-secret": s3["secret"],
            "store-endpoint": s3["endpoint"],
        },
        targets={"argo": ".".join(status["argo"].removeprefix("v").split(".")[:2])},
        ours=True,
    )


def _read_env(path: str) -> dict[str, str]:
    lines = (line.partition("=") for line in Path(path).read_text().splitlines() if "=" in line)
    return {name: value for name, _, value in lines}


_WANTED = ("JETBRIDGE_TEST_IMAGE", "JETBRIDGE_TEST_STORE", "JETBRIDGE_TEST_NAMESPACE", "JETBRIDGE_TEST_STORE_SECRET")
_OPTIONS = {
    "namespace": "JETBRIDGE_TEST_NAMESPACE",
    "store-secret": "JETBRIDGE_TEST_STORE_SECRET",
    "store-endpoint": "AWS_ENDPOINT_URL",
    "service-account": "JETBRIDGE_TEST_SERVICE_ACCOUNT",
    "executor-service-account": "JETBRIDGE_TEST_EXECUTOR_SERVICE_ACCOUNT",
}


def _given(environ: Mapping[str, str], kubeconfig: str) -> Site | str:
    """A cluster of the user's; access to its store comes from the environment as it is."""
    missing = [name for name in _WANTED if not environ.get(name)]
    if missing:
        return f"KUBECONFIG={kubeconfig} names a cluster; the tests also need {', '.join(missing)}."
    return Site(
        environ={},
        admin=kubeconfig,
        kubectl_program="kubectl",
        namespace=environ["JETBRIDGE_TEST_NAMESPACE"],
        image=environ["JETBRIDGE_TEST_IMAGE"],
        dynamic_image=environ.get("JETBRIDGE_TEST_DYNAMIC_IMAGE", ""),
        store=environ["JETBRIDGE_TEST_STORE"],
        options={option: environ[name] for option, name in _OPTIONS.items() if environ.get(name)},
        targets={"argo": environ["JETBRIDGE_TEST_ARGO"]} if environ.get("JETBRIDGE_TEST_ARGO") else {},
        ours=False,
    )
