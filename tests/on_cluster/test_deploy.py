"""Deployment into a real cluster: what is made, changed, kept and pruned there, and what is left alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from jetbridge.cli.main import cli
from jetbridge.errors import UsageError
from tests.on_cluster.site import Site

pytestmark = pytest.mark.cluster
KINDS = "workflowtemplates,cronworkflows"
LABEL = "jetbridge/deployment"
FLOWS = """
from jetbridge import CronSchedule, LaunchPlan, task, workflow


@task
def inc(n: int) -> int:
    return n + {step}


@workflow
def kept(n: int = 1) -> int:
    return inc(n=n)


@workflow
def regular(n: int = 2) -> int:
    return inc(n=n)


nightly = LaunchPlan.get_or_create(kept, name="nightly", schedule=CronSchedule(schedule="0 2 29 2 *"))
"""
Deploy = Callable[..., dict[str, str]]


@pytest.fixture
def module(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[str]:
    """The name of a module that this test alone has; what it has deployed is deleted at the end."""
    monkeypatch.setenv("KUBECONFIG", site.admin)
    name = f"deployed{tmp_path.name[-8:].replace('_', '')}".lower()
    yield name
    site.kubectl("delete", KINDS, "--ignore-not-found", "-l", f"{LABEL} in ({name},another)")


@pytest.fixture
def deploy(site: Site, module: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Deploy:
    """Deploys workflows of the module; what it did with each object."""

    def call(*arguments: str, only: str = "", step: int = 1) -> dict[str, str]:
        (tmp_path / f"{module}.py").write_text(FLOWS.format(step=step))
        target = f"{tmp_path / module}.py" + (f":{only}" if only else "")
        options = [f"--{option}={value}" for option, value in site.options.items()]
        where = ["--to=argo", f"--namespace={site.namespace}", f"--store={site.store}", "--copy=none", *options]
        capsys.readouterr()
        cli.main(args=["deploy", target, "--json", f"--name={module}", *where, *arguments], standalone_mode=False)
        return {each["name"]: each["change"] for each in json.loads(capsys.readouterr().out)["changes"]}

    return call


def held(site: Site, owner: str) -> dict[str, Any]:
    found = json.loads(site.kubectl("get", KINDS, "-l", f"{LABEL}={owner}", "-o", "json"))["items"]
    return {f"{each['kind']} {each['metadata']['name']}": each for each in found}


def test_objects_come_change_and_go(site: Site, module: str, deploy: Deploy) -> None:
    assert set(deploy("--dry-run", only="nightly").values()) == {"create"}
    assert held(site, module) == {}, "a dry run makes nothing"
    made = deploy("--yes", only="nightly")
    assert sorted(name.partition(" ")[0] for name in made) == ["CronWorkflow", "WorkflowTemplate"]
    before = held(site, module)
    assert set(before) == set(made)
    assert set(deploy("--yes", only="nightly").values()) == {"keep"}
    assert {name: each["metadata"]["generation"] for name, each in held(site, module).items()} == {
        name: each["metadata"]["generation"] for name, each in before.items()
    }
    other = {"apiVersion": "argoproj.io/v1alpha1", "kind": "WorkflowTemplate", "spec": {"entrypoint": "x"}}
    labels = {LABEL: module, "app.kubernetes.io/managed-by": "jetbridge"}
    copy = {**other, "metadata": {"name": f"{module}-copied", "labels": labels}}
    kubectl_apply(site, copy)
    after = deploy("--yes", only="regular")
    assert sorted(after.values()) == ["create", "remove", "remove"]
    assert set(held(site, module)) == {name for name, change in after.items() if change == "create"} | {
        f"WorkflowTemplate {module}-copied"
    }, "the copied label is no proof"


def test_a_field_that_others_have_changed_is_named(site: Site, module: str, deploy: Deploy) -> None:
    (name,) = deploy("--yes", only="regular")
    kind, _, own = name.partition(" ")
    change = json.dumps({"spec": {"entrypoint": "elsewhere"}})
    site.kubectl("patch", kind, own, "--type=merge", "--field-manager=somebody", "-p", change)
    with pytest.raises(UsageError, match=r'conflict with "somebody".*\n?') as caught:
        deploy("--yes", only="regular")
    assert f"{name}: .spec.entrypoint" in caught.value.message
    assert held(site, module)[name]["spec"]["entrypoint"] == "elsewhere", "nothing was changed"
    assert deploy("--yes", "--take-over", only="regular") == {name: "change"}
    assert held(site, module)[name]["spec"]["entrypoint"] != "elsewhere"


def test_objects_of_others_are_left_alone(site: Site, module: str, deploy: Deploy) -> None:
    (name,) = deploy("--yes", only="regular")
    with pytest.raises(UsageError, match="of the deployment"):
        deploy("--yes", "--name=another", only="regular")
    site.kubectl("label", *name.split(), f"{LABEL}-")
    with pytest.raises(UsageError, match="was not deployed by jetbridge"):
        deploy("--yes", only="regular")
    assert deploy("--yes", "--take-over", only="regular") == {name: "change"}


def kubectl_apply(site: Site, tree: dict[str, Any]) -> None:
    import subprocess

    command = [site.kubectl_program, f"--kubeconfig={site.admin}", "-n", site.namespace, "apply", "-f", "-"]
    subprocess.run(command, input=json.dumps(tree), text=True, check=True, capture_output=True)
