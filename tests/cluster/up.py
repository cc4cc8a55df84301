"""`up`: build what is missing, start what does not run, and prove that a workflow goes through."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from tests.cluster import settings
from tests.cluster.argo import check_workflow, install_crds
from tests.cluster.build import ARGO_PARTS, PAUSE_PART, parts
from tests.cluster.cluster import Cluster
from tests.cluster.containerd import write_config
from tests.cluster.errors import ClusterError
from tests.cluster.files import write_private
from tests.cluster.gateway import create_bucket, credentials
from tests.cluster.images import (
    PAUSE,
    executor_image,
    forget_task_images,
    load,
    load_task_image,
    pause_image,
    task_image,
)
from tests.cluster.network import create_network
from tests.cluster.packages import install_packages
from tests.cluster.pki import create_pki, kubeconfig, write_kubeconfig
from tests.cluster.processes import wait_until
from tests.cluster.progress import Timings, say, step
from tests.cluster.settings import NAMESPACE, NETWORK, NODE, PORTS

MANIFESTS = Path(__file__).resolve().parent / "manifests"
CHECK_SECONDS = 90.0
TOKEN_ACCOUNTS = ("jetbridge-submitter", "jetbridge-airflow")


@dataclass(frozen=True)
class Up:
    """One `up`."""

    cluster: Cluster
    timings: Timings

    def run(self) -> None:
        """All of it, in order."""
        self._refuse_other_argo()
        self.prepare()
        with step("start the cluster", self.timings):
            self._foundation()
            _together(self._control_plane, self._node_runtime, self._gateway)
            _together(lambda: self.cluster.start("kubelet"), lambda: self.cluster.start("kube-proxy"), self._objects)
            self.cluster.start("argo")
            self._wait_node()
        self._self_check()

    def prepare(self) -> None:
        """Packages, programs and the task image's layers: what is slow when cold, and nothing when warm."""
        paths = self.cluster.paths
        install_packages(paths.cache / "logs" / "apt.log")
        for part in parts(self.cluster.argo):
            self.cluster.builder.build(part, self.timings)
        task_image(paths, self.timings)

    def _foundation(self) -> None:
        paths = self.cluster.paths
        paths.run.mkdir(parents=True, exist_ok=True)
        paths.run.chmod(0o700)
        self.cluster.supervisor.update(lambda state: replace(state, argo=self.cluster.argo))
        create_network(paths, self.cluster.supervisor)
        create_pki(paths)
        write_kubeconfig(paths, "admin", paths.kubeconfig)
        self.cluster.kubernetes.link_programs()

    def _refuse_other_argo(self) -> None:
        running = self.cluster.supervisor.state().argo
        if running not in ("", self.cluster.argo):
            raise ClusterError(
                f"the cluster that is up has Argo {running}, and Argo {self.cluster.argo} is asked for",
                "run `python3 -m tests.cluster down` first: the two need different CRDs.",
            )

    def _control_plane(self) -> None:
        for name in ("etcd", "apiserver"):
            self.cluster.start(name)
        _together(lambda: self.cluster.start("controller-manager"), lambda: self.cluster.start("scheduler"))

    def _node_runtime(self) -> None:
        write_config(self.cluster.paths, PAUSE)
        fresh = not self.cluster.supervisor.is_running("containerd")
        self.cluster.start("containerd")
        if fresh:
            forget_task_images(self.cluster.paths)
        self._load_images()

    def _load_images(self) -> None:
        paths, builder = self.cluster.paths, self.cluster.builder
        load(pause_image(builder.program(PAUSE_PART, "pause"), paths), paths)
        executor = builder.program(ARGO_PARTS[self.cluster.argo], "argoexec")
        load(executor_image(executor, self.cluster.argo_version, paths), paths)
        refresh_task_image(self.cluster, self.timings)

    def _gateway(self) -> None:
        self.cluster.start("gateway")
        create_bucket(self.cluster.paths)

    def _objects(self) -> None:
        """Namespaces, accounts, the S3 secret, Argo's CRDs; all by server-side apply, so again is the same."""
        kubernetes = self.cluster.kubernetes
        kubernetes.kubectl("apply", "--server-side", "-f", str(MANIFESTS / "namespaces.yaml"))
        kubernetes.kubectl("apply", "--server-side", "-f", str(MANIFESTS))
        kubernetes.kubectl("apply", "--server-side", "-f", "-", stdin=self._secret().encode())
        self._write_tokens()
        self._crds()

    def _crds(self) -> None:
        """Once: their schema is 10 MB of YAML, the slowest thing in a warm start."""
        programs = self.cluster.builder.folder(ARGO_PARTS[self.cluster.argo])
        if self.cluster.supervisor.state().crds != programs.name:
            install_crds(self.cluster.kubernetes, programs)
            self.cluster.supervisor.update(lambda state: replace(state, crds=programs.name))

    def _secret(self) -> str:
        pair = credentials(self.cluster.paths)
        data = {"AWS_ACCESS_KEY_ID": pair.key_id, "AWS_SECRET_ACCESS_KEY": pair.secret}
        metadata = {"name": settings.S3_SECRET, "namespace": NAMESPACE}
        return json.dumps({"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": data})

    def _write_tokens(self) -> None:
        """A kubeconfig for each account that people or schedulers use, with no more rights than it has."""
        paths = self.cluster.paths
        for account in TOKEN_ACCOUNTS:
            arguments = ("create", "token", account, "--namespace", NAMESPACE, "--duration=48h")
            token = self.cluster.kubernetes.kubectl(*arguments).strip()
            write_private(paths.run / "kubeconfigs" / account, kubeconfig(paths, {"token": token}))

    def _wait_node(self) -> None:
        self.cluster.kubernetes.kubectl("wait", "--for=condition=Ready", "--timeout=60s", f"node/{NODE}")

    def _self_check(self) -> None:
        with step("self-check: a workflow of one pod", self.timings) as note:
            image = self.cluster.supervisor.state().images["task"]
            document = check_workflow("cluster-check", image, NETWORK.gateway, PORTS.s3)
            arguments = ("create", "-f", "-", "-o", "jsonpath={.metadata.name}")
            name = self.cluster.kubernetes.kubectl(*arguments, stdin=document.encode()).strip()
            note(f"{name}: {self._outcome(name)}")
            self.cluster.kubernetes.kubectl("delete", "workflow", name, "--namespace", NAMESPACE)

    def _outcome(self, name: str) -> str:
        kubectl = self.cluster.kubernetes.kubectl
        arguments = ("get", "workflow", name, "--namespace", NAMESPACE, "-o", "jsonpath={.status.phase}")
        ended = wait_until(lambda: kubectl(*arguments).strip() in ("Succeeded", "Failed", "Error"), CHECK_SECONDS)
        phase = kubectl(*arguments).strip()
        if ended and phase == "Succeeded":
            return phase
        events = kubectl("get", "events", "--namespace", NAMESPACE, "--sort-by=.lastTimestamp").splitlines()[-8:]
        raise ClusterError(
            f"the self-check's workflow {name} is {phase or 'not begun'}; the namespace's last events:\n"
            + "\n".join("    " + line for line in events),
            f"`kubectl -n {NAMESPACE} describe pods` says more; Argo's log is {self.cluster.paths.logs / 'argo.log'}.",
        )


def refresh_task_image(cluster: Cluster, timings: Timings) -> str:
    """Make and load the task image of this checkout, and note its name."""
    name = load_task_image(cluster.paths, timings)
    cluster.supervisor.update(lambda state: replace(state, images={**state.images, "task": name}))
    return name


def _together(*work: Callable[[], None]) -> None:
    """Do several things at once, wait for all, and raise the first error."""
    with ThreadPoolExecutor(max_workers=len(work)) as pool:
        for future in [pool.submit(one) for one in work]:
            future.result()


def up(cluster: Cluster) -> None:
    """Bring the cluster up and say how to use it."""
    started, timings = time.monotonic(), Timings()
    Up(cluster, timings).run()
    say(f"The cluster is up after {time.monotonic() - started:.1f} s.\n")
    say(usage(cluster))


def usage(cluster: Cluster) -> str:
    """How to use a cluster that is up."""
    paths, images = cluster.paths, cluster.supervisor.state().images
    lines = (
        f"KUBECONFIG={paths.kubeconfig}",
        f"S3 endpoint  {settings.S3_ENDPOINT}, bucket {settings.BUCKET}",
        f"S3 keys      {paths.s3_env} and the secret {NAMESPACE}/{settings.S3_SECRET}",
        f"task image   {images.get('task', '-')}",
        f"Argo         {cluster.argo_version}, DEFAULT_REQUEUE_TIME={settings.DEFAULT_REQUEUE_TIME} (Argo's own: 10 s)",
        f"kubectl      {paths.run / 'bin' / 'kubectl'}",
        f"logs         {paths.logs}",
    )
    return "\n".join(lines)
