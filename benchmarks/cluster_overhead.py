"""A chain of five trivial tasks on Argo: by Jetbridge, and as Workflows that somebody wrote by hand.

Same image, same restrictions, same controller, same way to submit; the cases alternate. Needs the test cluster
(make cluster-up) or KUBECONFIG with the variables of tests/on_cluster/site.py.

Example: python -m benchmarks.cluster_overhead --repeats 5
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.by_hand import TASKS, argo_workflow
from benchmarks.chains import PERIOD, TO_FIRST, WALL, ChainRun, began, checked, figures
from benchmarks.options import main, parser
from benchmarks.pods import Lives, watched
from benchmarks.process import BenchmarkError
from benchmarks.report import Report, compare
from benchmarks.rounds import interleaved
from jetbridge.cli.inputs import read_inputs
from jetbridge.cli.options import serialization_settings
from jetbridge.cli.target import load_target
from jetbridge.store import join
from jetbridge_translators.api import Engine, complete_settings
from jetbridge_translators.argo.backend import BACKEND
from jetbridge_translators.argo.standalone import standalone
from jetbridge_translators.base import Settings
from jetbridge_translators.cli.code import code_of, publish
from tests.on_cluster.site import Site, find_site

OURS, NOTHING, PASSED = "Jetbridge", "by hand, nothing passed", "by hand, sum passed"
WORKFLOW = Path(__file__).parent / "workloads" / "chain.py"
_LABEL = "workflows.argoproj.io/workflow"
_LONGEST = "300s"


@dataclass(frozen=True, slots=True)
class Argo:
    """The cluster, while somebody listens to its pods."""

    site: Site
    lives: Lives

    def run(self, case: str, manifest: Callable[[str], dict[str, Any]]) -> ChainRun:
        """Submits a Workflow, waits, and deletes it. Raises `BenchmarkError` when it fails."""
        name = f"bench-{secrets.token_hex(4)}"
        workflow = manifest(name)
        submitted = time.time()
        self._kubectl("create", "-f", "-", given=json.dumps(workflow))
        try:
            self._kubectl("wait", "workflow", name, "--for=jsonpath={.status.finishedAt}", f"--timeout={_LONGEST}")
            ended = time.time()
            return checked(self._read(name, submitted, ended), TASKS, case)
        finally:
            self._kubectl("delete", "workflow", name, "--wait=false")

    def _read(self, name: str, submitted: float, ended: float) -> ChainRun:
        status = self.site.workflow(name)["status"]
        if status["phase"] != "Succeeded":
            raise BenchmarkError(f"{name} {status['phase']}: {status.get('message', '')}")
        pods = self.lives.labelled(_LABEL, name)
        logs = [self.site.kubectl("logs", pod.name, "-c", "main") for pod in pods]
        return ChainRun(submitted, ended, [at for log in logs for at in began(log)], pods)

    def _kubectl(self, *arguments: str, given: str = "") -> None:
        command = [self.site.kubectl_program, f"--kubeconfig={self.site.admin}", "-n", self.site.namespace, *arguments]
        done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
        if done.returncode:
            raise BenchmarkError(f"kubectl {' '.join(arguments)}: {done.stderr.strip()}")


def measure(options: argparse.Namespace) -> Report:
    """All figures, from one run."""
    site = find_site(os.environ)
    if isinstance(site, str):
        raise BenchmarkError(f"{site} Start the project's own cluster: make cluster-up")
    os.environ.update(site.environ)
    manifests = _manifests(site)
    with watched(site) as lives:
        argo = Argo(site, lives)
        cases = {case: _case(argo, case, manifest) for case, manifest in manifests.items()}
        runs = interleaved(cases, options.repeats)
    return _report(runs)


def _case(argo: Argo, case: str, manifest: Callable[[str], dict[str, Any]]) -> Callable[[], ChainRun]:
    return lambda: argo.run(case, manifest)


def _manifests(site: Site) -> dict[str, Callable[[str], dict[str, Any]]]:
    return {
        OURS: _ours(site),
        NOTHING: lambda name: argo_workflow(name, site.image, site.options, passes_sum=False),
        PASSED: lambda name: argo_workflow(name, site.image, site.options, passes_sum=True),
    }


def _ours(site: Site) -> Callable[[str], dict[str, Any]]:
    """The Workflow that `jetbridge run --on argo` submits, with the user's code beside the run."""
    target = load_target(f"{WORKFLOW}:chain")
    settings = complete_settings(BACKEND, Settings(store=site.store, options=site.options))
    code = code_of(target, "auto", site.store)
    publish(code)
    closure = target.close(serialization_settings([site.image], target.source_root, code.uri))
    plan = Engine().plan(closure, BACKEND.name)
    inputs = read_inputs(closure, (), None).literals
    return lambda name: dict(standalone(plan, settings, name, join(site.store, name), inputs))


def _report(runs: Mapping[str, list[ChainRun]]) -> Report:
    found = figures(runs)
    return Report(
        f"Argo: a chain of {TASKS} trivial tasks",
        [figure for some in found.values() for figure in some.values()],
        [
            compare(found[what][OURS], found[what][other], statistic="median", at_most=bound)
            for what, bound in ((WALL, 1.05), (TO_FIRST, None), (PERIOD, None))
            for other in (NOTHING, PASSED)
        ],
        ["The controller's DEFAULT_REQUEUE_TIME is that of the cluster (tests/cluster/settings.py: 250ms)."],
    )


if __name__ == "__main__":
    sys.exit(main(parser("cluster_overhead", __doc__, repeats=3), measure))
