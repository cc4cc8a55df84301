"""A map of many trivial elements on Argo: what the engine holds and needs for it.

With pods, as `jetbridge run --on argo` runs it; or without, for sizes that a small machine has no time to make pods
for: the same Workflow on the same controller, in which each container is a node without a pod that succeeds at once.
Needs the project's own test cluster (make cluster-up).

Example: python -m benchmarks.map_elements --elements 1000; python -m benchmarks.map_elements --elements 5000 --podless
"""

from __future__ import annotations

import argparse
import base64
import gzip
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.options import main, parser
from benchmarks.process import BenchmarkError
from benchmarks.report import Figure, Report
from jetbridge.cli.inputs import read_inputs
from jetbridge.cli.options import serialization_settings
from jetbridge.cli.target import load_target
from jetbridge.store import join
from jetbridge.types.json_codec import to_json
from jetbridge_translators.api import Engine, complete_settings
from jetbridge_translators.argo.backend import BACKEND
from jetbridge_translators.argo.standalone import standalone
from jetbridge_translators.argo.status import argo_nodes
from jetbridge_translators.base import Settings
from tests.on_cluster.launch import Launcher
from tests.on_cluster.site import ROOT, Site, find_site

WORKFLOW = Path(__file__).parent / "workloads" / "mapped.py"
_KIB = 1024.0
_PAGE_MIB = os.sysconf("SC_PAGE_SIZE") / 1024 / 1024
_LONGEST = 2 * 3600.0


def measure(options: argparse.Namespace) -> Report:
    """Runs the map once for each round."""
    site = find_site(os.environ)
    if isinstance(site, str):
        raise BenchmarkError(f"{site} Start the project's own cluster: make cluster-up")
    os.environ.update(site.environ)
    run = _podless if options.podless else _with_pods
    rounds = [_round(site, run, options.elements) for _ in range(options.repeats)]
    case = f"{options.elements} elements, {'without pods' if options.podless else 'a pod each'}"
    figures = [Figure(case, what, unit, [found[what, unit] for found in rounds]) for what, unit in rounds[0]]
    return Report("Argo: a map of trivial elements", figures, [], ["Sizes are those of the Workflow as it has ended."])


def _round(site: Site, run: Any, elements: int) -> Mapping[tuple[str, str], float]:
    before, started = _cpu_seconds(), time.monotonic()
    name = run(site, elements)
    seconds, cpu = time.monotonic() - started, _cpu_seconds() - before
    workflow = site.workflow(name)
    pods = len(site.pods(name))
    site.kubectl("delete", "workflow", name, "--wait=false")
    return {
        ("wall", "s"): seconds,
        ("pods", ""): float(pods),
        ("controller, CPU", "s"): cpu,
        ("controller, memory", "MiB"): _memory_mib(),
        **_sizes(workflow),
    }


def _sizes(workflow: Mapping[str, Any]) -> Mapping[tuple[str, str], float]:
    """Argo packs the nodes, and nothing else of a Workflow, when all of it would pass 1 MiB."""
    status = dict(workflow["status"])
    nodes = argo_nodes(status)
    packed = base64.b64encode(gzip.compress(_json(nodes)))
    rest = {key: value for key, value in status.items() if key not in ("nodes", "compressedNodes")}
    return {
        ("the object as it is stored", "KiB"): len(_json(workflow)) / _KIB,
        ("nodes", ""): float(len(nodes)),
        ("nodes, plain", "KiB"): len(_json(nodes)) / _KIB,
        ("nodes, packed", "KiB"): len(packed) / _KIB,
        ("the rest of the status", "KiB"): len(_json(rest)) / _KIB,
        ("spec", "KiB"): len(_json(workflow["spec"])) / _KIB,
    }


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _with_pods(site: Site, elements: int) -> str:
    run = Launcher(site).start(f"{WORKFLOW}:mapped", (f"n={elements}",))
    outputs = run.future.result(_LONGEST).outputs
    if [to_json(value) for value in outputs.values()] != [elements * (elements + 1) // 2]:
        raise BenchmarkError(f"{run.run_id} gave {outputs}")
    return run.run_id


def _podless(site: Site, elements: int) -> str:
    name = f"bench-{secrets.token_hex(4)}"
    site.kubectl("create", "-f", str(_written(_without_pods(_workflow(site, name, elements), elements))))
    site.kubectl("wait", "workflow", name, "--for=jsonpath={.status.finishedAt}", f"--timeout={_LONGEST:.0f}s")
    status = site.workflow(name)["status"]
    if status["phase"] != "Succeeded":
        raise BenchmarkError(f"{name} {status['phase']}: {status.get('message', '')}")
    return name


def _workflow(site: Site, name: str, elements: int) -> dict[str, Any]:
    target = load_target(f"{WORKFLOW}:mapped")
    settings = complete_settings(BACKEND, Settings(store=site.store, options=site.options))
    closure = target.close(serialization_settings([site.image], target.source_root))
    inputs = read_inputs(closure, (f"n={elements}",), None).literals
    plan = Engine().plan(closure, BACKEND.name)
    return dict(standalone(plan, settings, name, join(site.store, name), inputs))


def _without_pods(workflow: dict[str, Any], elements: int) -> dict[str, Any]:
    templates = [_podless_template(template, elements) for template in workflow["spec"]["templates"]]
    return {**workflow, "spec": {**workflow["spec"], "templates": templates}}


def _podless_template(template: Mapping[str, Any], elements: int) -> Mapping[str, Any]:
    if "container" not in template:
        return template
    kept = {key: template[key] for key in ("name", "inputs", "retryStrategy") if key in template}
    supplied: dict[str, Any] = {"supplied": {}, "default": str(elements)}
    told: list[Any] = [
        {"name": each["name"], "valueFrom": supplied} for each in template.get("outputs", {}).get("parameters", ())
    ]
    return {**kept, "suspend": {"duration": "0"}, **({"outputs": {"parameters": told}} if told else {})}


def _written(workflow: Mapping[str, Any]) -> Path:
    path = Path(os.environ.get("TMPDIR", "/tmp")) / f"{workflow['metadata']['name']}.json"  # noqa: S108
    path.write_bytes(_json(workflow))
    return path


def _controller() -> Path:
    command = [sys.executable, "-m", "tests.cluster", "status", "--json"]
    status = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)
    return Path("/proc") / str(status["parts"]["argo"]["pid"])


def _cpu_seconds() -> float:
    fields = (_controller() / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory_mib() -> float:
    return int((_controller() / "statm").read_text().split()[1]) * _PAGE_MIB


def _arguments() -> argparse.ArgumentParser:
    made = parser("map_elements", __doc__, repeats=1)
    made.add_argument("--elements", type=int, default=1000, help="the length of the map (default: 1000)")
    made.add_argument("--podless", action="store_true", help="nodes without pods in place of containers")
    return made


if __name__ == "__main__":
    sys.exit(main(_arguments(), measure))
