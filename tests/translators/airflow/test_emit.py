"""The DAG file as a reader sees it: formatted, free of lint, deterministic, and with the names it should have."""

from __future__ import annotations

import ast
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from jetbridge.bindings import OutputRef
from jetbridge.errors import Location
from jetbridge_translators.airflow.chains import chains
from jetbridge_translators.airflow.translate import file_name
from jetbridge_translators.plan.model import Input, Plan
from tests.translators.airflow.hostile import HOSTILE
from tests.translators.airflow.plans import STRING, container, penguins, plan, settings, source, step, string

RUFF = Path(sys.executable).parent / "ruff"


def hostile() -> Plan:
    env = {f"V{number}": text for number, text in enumerate(HOSTILE)}
    return plan(
        step(0, "DAG", {}, work=container(*HOSTILE, env=env)),
        step(1, "execute", {}, ("n0",)),
        step(2, "match", {}, ("n0", "n1")),
        step(3, "lambda_", {}, ("n0", "n1")),
        replace(step(4, "os", {}), location=Location("a\n#.py", 3)),
        inputs=tuple(
            Input(name=f"i{number}", type=STRING, default=string(text), description=text)
            for number, text in enumerate(HOSTILE)
        ),
        name='quo"te.work flow',
        description='It says """hello\\" and {{ more }} \\N{x} \n import os ' + "and so on " * 30,
    )


def wide() -> Plan:
    """A chain of tasks and a fan too wide for a line."""
    names = [f"a_rather_long_name_of_a_task_{number}" for number in range(30)]
    fan = [step(number, name, {}) for number, name in enumerate(names)]
    last = step(30, "last", {}, tuple(f"n{number}" for number in range(30)))
    return plan(*fan, last, step(31, "after", {"x": OutputRef("n30", "o0")}, ("n30",)))


PLANS: dict[str, Callable[[], Plan]] = {
    "penguins": penguins,
    "hostile": hostile,
    "wide": wide,
    "empty": plan,
}
CHOICES = [(containers, target) for containers in ("pod", "process") for target in ("3.0", "3.3")]


def sources() -> dict[str, str]:
    found: dict[str, str] = {}
    for name, make in PLANS.items():
        for containers, target in CHOICES:
            options = {"store-endpoint": "http://minio:9000", "store-secret": "bucket", "namespace": "a.yaml"}
            chosen = settings(containers, target, options)
            found[f"{name}_{containers}_{target.replace('.', '_')}.py"] = source(make(), chosen)
    return found


def test_files_are_formatted_and_free_of_lint(tmp_path: Path) -> None:
    for name, text in sources().items():
        (tmp_path / name).write_text(text)
    _ruff("format", "--check", "--diff", folder=tmp_path)
    _ruff("check", "--select", "E,F,W,I,UP,B", folder=tmp_path)


def _ruff(*arguments: str, folder: Path) -> None:
    command = [str(RUFF), *arguments, "--isolated", "--no-cache", "--line-length", "100", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_same_bytes_whatever_the_hash_seed() -> None:
    program = (
        "import hashlib; from tests.translators.airflow.test_emit import sources; "
        "print(hashlib.sha256(repr(sources()).encode()).hexdigest())"
    )
    root = Path(__file__).parents[3]
    seen = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert seen == {hashlib.sha256(repr(sources()).encode()).hexdigest()}


def test_the_file_of_a_workflow_reads_well() -> None:
    text = source(penguins(), settings())
    assert text.startswith(
        '"""penguins.pipeline: From measurements to a report.\n\n'
        'Written by `jetbridge translate`: change the workflow, not this file.\n"""\n'
    )
    assert '    # penguins.py:31\n    clean = TaskPodOperator(\n        task_id="clean",\n' in text
    assert '            f"--run-root={RUN_ROOT}",\n' in text
    assert text.endswith("\n    load >> clean >> [fit_adelie, fit_gentoo, fit_chinstrap] >> report\n")


@pytest.mark.parametrize("containers", ["pod", "process"])
def test_only_the_sdk_and_official_providers_are_imported(containers: str) -> None:
    tree = ast.parse(source(penguins(), settings(containers, "3.3")))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    allowed = ("airflow.sdk", "airflow.sdk.exceptions", "kubernetes.client", "datetime")
    assert {module for module in modules if module not in allowed} <= {
        "airflow.providers.cncf.kubernetes.operators.pod",
        "airflow.providers.cncf.kubernetes.secret",
        "airflow.providers.standard.operators.python",
    }


def test_variables_never_hide_what_the_file_uses() -> None:
    tree = ast.parse(source(hostile(), settings("process")))
    block = next(node for node in tree.body if isinstance(node, ast.With))
    assigned = [node.targets[0] for node in block.body if isinstance(node, ast.Assign)]
    names = [target.id for target in assigned if isinstance(target, ast.Name)]
    assert names == ["DAG_", "execute_", "match", "lambda_", "os_"]


def test_dependencies_are_chained_where_airflow_allows() -> None:
    diamond = [(("a",), "b"), (("a",), "c"), (("b", "c"), "d"), (("b", "c"), "e")]
    assert chains(diamond) == ((("a",), ("b", "c"), ("d",)), (("b", "c"), ("e",)))


def test_the_file_is_named_after_the_workflow() -> None:
    assert file_name(penguins()) == "penguins_pipeline.py"
    assert file_name(hostile()).isascii()
