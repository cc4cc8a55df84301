"""Time to translate a workflow of many nodes, and to parse the DAG file that comes of it.

Argo: beside `yaml.safe_dump` of the same manifest as plain dicts, with and without libyaml. Airflow: seconds for each
node at several sizes, and Airflow's own parse beside a DAG file written by hand, a loop over as many operators.

Example: python -m benchmarks.translate --argo 200 --airflow 200 2000
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import yaml

from benchmarks.by_hand import airflow_dag
from benchmarks.options import main, parser
from benchmarks.process import BenchmarkError
from benchmarks.report import Figure, Report, compare
from benchmarks.rounds import interleaved
from jetbridge import LaunchPlan, task, workflow
from jetbridge.serialize.closure import Closure, closure_of
from jetbridge.serialize.settings import SerializationSettings
from jetbridge_translators.api import Engine
from jetbridge_translators.argo.parts import MAX_TASKS
from jetbridge_translators.base import Settings

SETTINGS = Settings(store="s3://bucket/runs")
IMAGE = "registry.example/tasks:1"


@task
def add(a: int, b: int) -> int:
    """The task of every node."""
    return a + b


def closure(nodes: int) -> Closure:
    """A chain of so many nodes of one task."""

    @workflow
    def chain(n: int = 0) -> int:
        for _ in range(nodes):
            n = add(a=n, b=1)
        return n

    return closure_of(LaunchPlan.get_or_create(chain), SerializationSettings(image=IMAGE))


def translated(found: Closure, backend: str) -> bytes:
    """The largest file of a translation."""
    artifact = Engine().translate(found, backend, SETTINGS)
    return max(artifact.files.values(), key=len)


def measure(options: argparse.Namespace) -> Report:
    """All figures, from one run."""
    parts = [_argo(options.argo, options.repeats), _airflow(options.airflow, options.repeats)]
    if options.parse:
        parts.append(_parse(options.parse, options.repeats))
    return Report(
        "Translation of a chain of one task",
        [figure for part in parts for figure in part.figures],
        [comparison for part in parts for comparison in part.comparisons],
        ["`closure` is what comes before: to run the workflow's function and to check and serialize it."],
    )


def _argo(nodes: int, repeats: int) -> Report:
    found = closure(nodes)
    plain = yaml.safe_load(translated(found, "argo"))
    ours, slow, fast = f"Argo, {nodes} nodes", f"yaml.safe_dump, {nodes} nodes", f"yaml.CSafeDumper, {nodes} nodes"
    cases: dict[str, Callable[[], object]] = {
        f"closure, {nodes} nodes": partial(closure, nodes),
        ours: partial(translated, found, "argo"),
        slow: partial(yaml.safe_dump, plain, sort_keys=False),
        fast: partial(yaml.dump, plain, Dumper=yaml.CSafeDumper, sort_keys=False),
    }
    found_figures = _timed(cases, repeats)
    return Report(
        "",
        list(found_figures.values()),
        [
            compare(found_figures[ours], found_figures[slow], at_most=3),
            compare(found_figures[ours], found_figures[fast], at_most=3),
        ],
    )


def _airflow(sizes: list[int], repeats: int) -> Report:
    cases = {f"Airflow, {nodes} nodes": partial(translated, closure(nodes), "airflow") for nodes in sizes}
    seconds = _timed(cases, repeats)
    per_node = [
        Figure(figure.case, "translation of one node", "ms", [1000 * value / nodes for value in figure.values])
        for figure, nodes in zip(seconds.values(), sizes, strict=True)
    ]
    comparisons = [compare(per_node[-1], per_node[0])] if len(sizes) > 1 else []
    return Report("", [*seconds.values(), *per_node], comparisons)


def _timed(cases: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, Figure]:
    timed = interleaved({case: partial(_seconds, action) for case, action in cases.items()}, repeats)
    return {case: Figure(case, "CPU", "s", seconds) for case, seconds in timed.items()}


def _seconds(action: Callable[[], object]) -> float:
    started = time.process_time()
    action()
    return time.process_time() - started


def _parse(nodes: int, repeats: int) -> Report:
    with tempfile.TemporaryDirectory(prefix="jetbridge-bench-") as name:
        folder = Path(name)
        (folder / "ours.py").write_bytes(translated(closure(nodes), "airflow"))
        (folder / "by_hand.py").write_text(airflow_dag("by_hand", IMAGE, {}, nodes))
        command = [sys.executable, "-m", "benchmarks.dag_parse", name, str(repeats)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchmarkError(f"Airflow could not parse the DAG files:\n{done.stderr}")
    seconds: Mapping[str, list[float]] = json.loads(done.stdout.splitlines()[-1])
    ours = Figure(f"Jetbridge's DAG, {nodes} pods", "parse", "s", seconds["ours.py"])
    by_hand = Figure(f"DAG by hand, {nodes} pods", "parse", "s", seconds["by_hand.py"])
    return Report("", [ours, by_hand], [compare(ours, by_hand, at_most=1.2)])


def _parser() -> argparse.ArgumentParser:
    made = parser("translate", __doc__, repeats=5)
    made.add_argument(
        "--argo", type=int, default=MAX_TASKS, help=f"nodes (default: {MAX_TASKS}, the most that Argo takes in a DAG)"
    )
    made.add_argument(
        "--airflow", type=int, nargs="+", default=[200, 2000], help="numbers of nodes (default: 200 2000)"
    )
    made.add_argument("--parse", type=int, default=200, help="pods in the parsed DAGs (default: 200; 0: do not parse)")
    return made


if __name__ == "__main__":
    sys.exit(main(_parser(), measure))
