"""A chain of five trivial tasks as pods of Airflow: by Jetbridge, and as a DAG that somebody wrote by hand.

Both DAGs run by `airflow dags test` in a new home, with the same image and the same restrictions; they alternate. Needs
the test cluster (make cluster-up) or KUBECONFIG with the variables of tests/on_cluster/site.py.

Example: python -m benchmarks.airflow_overhead --repeats 5
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.by_hand import TASKS, airflow_dag
from benchmarks.chains import PERIOD, TO_FIRST, WALL, ChainRun, began, checked, figures
from benchmarks.options import main, parser
from benchmarks.pods import Lives, few_rights, watched
from benchmarks.process import BenchmarkError
from benchmarks.report import Report, compare
from benchmarks.rounds import interleaved
from jetbridge.cli.options import serialization_settings
from jetbridge.cli.target import load_target
from jetbridge_translators.airflow.home import environment, new_home
from jetbridge_translators.api import Engine
from jetbridge_translators.base import Settings
from jetbridge_translators.cli.code import code_of, publish
from tests.on_cluster.site import Site, find_site

OURS, BY_HAND = "Jetbridge", "by hand, nothing passed"
WORKFLOW = Path(__file__).parent / "workloads" / "chain.py"
_LABEL = "dag_id"


@dataclass(frozen=True, slots=True)
class Dag:
    """A DAG file."""

    dag_id: str
    source: str


@dataclass(frozen=True, slots=True)
class Airflow:
    """This environment's Airflow, while somebody listens to the cluster's pods."""

    lives: Lives
    environ: Mapping[str, str]

    def run(self, case: str, dag: Dag) -> ChainRun:
        """One DAG run in a new home. Raises `BenchmarkError` when it fails."""
        program = str(Path(sys.executable).with_name("airflow"))
        home = new_home(program, self.environ)
        file = home.dags / "dag.py"
        file.write_text(dag.source)
        submitted = time.time()
        done = subprocess.run(
            [program, "dags", "test", "--dagfile-path", str(file), dag.dag_id],
            env=environment(home, self.environ),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        ended = time.time()
        shutil.rmtree(home.folder)
        if done.returncode:
            raise BenchmarkError(f"{case}: airflow dags test ended with {done.returncode}:\n{done.stdout[-4000:]}")
        pods = [pod for pod in self.lives.labelled(_LABEL, dag.dag_id) if pod.created >= submitted]
        return checked(ChainRun(submitted, ended, began(done.stdout), pods), TASKS, case)


def measure(options: argparse.Namespace) -> Report:
    """All figures, from one run."""
    site = find_site(os.environ)
    if isinstance(site, str):
        raise BenchmarkError(f"{site} Start the project's own cluster: make cluster-up")
    os.environ.update(site.environ)
    dags = {OURS: _ours(site), BY_HAND: Dag("by_hand", airflow_dag("by_hand", site.image, _options(site)))}
    environ = {**os.environ, "KUBECONFIG": few_rights(site, "jetbridge-airflow")}
    with watched(site) as lives:
        airflow = Airflow(lives, environ)
        runs = interleaved({case: _case(airflow, case, dag) for case, dag in dags.items()}, options.repeats)
    return _report(runs)


def _case(airflow: Airflow, case: str, dag: Dag) -> Callable[[], ChainRun]:
    return lambda: airflow.run(case, dag)


def _options(site: Site) -> dict[str, str]:
    taken = {name: value for name, value in site.options.items() if name != "executor-service-account"}
    return {**taken, "namespace": site.namespace, "containers": "pod"}


def _ours(site: Site) -> Dag:
    target = load_target(f"{WORKFLOW}:chain")
    code = code_of(target, "auto", site.store)
    publish(code)
    closure = target.close(serialization_settings([site.image], target.source_root, code.uri))
    artifact = Engine().translate(closure, "airflow", Settings(store=site.store, options=_options(site)))
    (source,) = artifact.files.values()
    return Dag("chain.chain", source.decode())


def _report(runs: Mapping[str, list[ChainRun]]) -> Report:
    found = figures(runs)
    return Report(
        f"Airflow: a chain of {TASKS} trivial pods",
        [figure for some in found.values() for figure in some.values()],
        [compare(found[what][OURS], found[what][BY_HAND], statistic="median") for what in (WALL, TO_FIRST, PERIOD)],
        ["A run is `airflow dags test`: its wall time and the way to its first task include the start of Airflow."],
    )


if __name__ == "__main__":
    sys.exit(main(parser("airflow_overhead", __doc__, repeats=3), measure))
