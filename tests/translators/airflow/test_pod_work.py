"""Pods on Airflow: the pod that KubernetesPodOperator itself makes of the DAG file holds what the author wrote."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from jetbridge.bindings import InputRef
from jetbridge.errors import TranslationError
from jetbridge_translators.airflow.translate import translate
from jetbridge_translators.base import Settings
from jetbridge_translators.plan.model import Input, Plan
from jetbridge_translators.work import PodWork
from tests.translators.airflow.plans import INTEGER, STORE, container, entrypoint, step

POD = PodWork(
    main=container(*entrypoint(("n",), "fit")),
    name="primary",
    container={
        "env": [{"name": "A", "value": "{{x}} $(B) .sh"}],
        "volumeMounts": [{"name": "shared", "mountPath": "/s"}],
    },
    containers=({"name": "helper", "image": "h:1", "command": ["sh", "-c", "{% raw %}"]},),
    init_containers=({"name": "first", "image": "f:1"},),
    spec={"volumes": [{"name": "shared", "emptyDir": {}}], "nodeSelector": {"disk": "ssd"}, "hostNetwork": True},
    labels=(("team", "a"),),
)


def source(work: PodWork, retries: int = 0, target: str = "3.3", **options: str) -> str:
    fit = step(0, "fit", {"n": InputRef("n")}, work=work, retries=retries)
    plan = Plan(name="m.flow", description="", inputs=(Input(name="n", type=INTEGER),), nodes=(fit,), outputs=())
    files = translate(plan, Settings(store=STORE, target=target, options=options)).files
    return next(iter(files.values())).decode()


def test_the_operator_does_not_wait_for_other_containers() -> None:
    text = source(POD)
    assert "class SidecarPodOperator(KubernetesPodOperator):" in text
    assert "fit = SidecarPodOperator(" in text
    assert "**POD" in text


def test_without_other_containers_the_operator_is_airflows() -> None:
    text = source(replace(POD, containers=()))
    assert "Sidecar" not in text
    assert "fit = KubernetesPodOperator(" in text


def test_an_older_airflow_has_its_own_operator_below() -> None:
    text = source(POD, retries=2, target="3.0")
    assert text.index("class TaskPodOperator(") < text.index("class SidecarTaskPodOperator(TaskPodOperator):")
    assert "fit = SidecarTaskPodOperator(" in text


def test_what_differs_from_all_pods_is_given_by_name() -> None:
    spec: Any = {**POD.spec, "securityContext": {"runAsUser": 5}, "serviceAccountName": "robot"}
    own: Any = {
        **POD.container,
        "volumeMounts": [{"name": "shared", "mountPath": "/tmp"}],  # noqa: S108 -- of a container
        "terminationMessagePolicy": "X",
    }
    text = source(replace(POD, spec=spec, container=own))
    assert "**POD" not in text
    assert '"runAsUser": 5' in text
    assert '"runAsNonRoot": True' in text
    assert 'service_account_name="robot"' in text
    assert 'termination_message_policy="X"' in text
    assert 'mount_path="/tmp"' not in text


def test_texts_come_through_jinja() -> None:
    text = source(POD)
    assert "{{ '{{x}} $(B) .sh' }}" in text
    assert "{{ '{% raw %}' }}" in text


def test_a_worker_is_no_pod() -> None:
    with pytest.raises(TranslationError, match=r"a process of the worker has no other containers.*pod-containers"):
        source(POD, containers="process")
    alone = PodWork(main=POD.main, name="primary", container={"env": [{"name": "A", "value": "a"}]}, spec=POD.spec)
    text = source(alone, containers="process")
    assert "PythonOperator" in text
    assert '"A": "a"' in text


def test_the_operators_own_name_is_taken() -> None:
    other: Any = {"name": "base", "image": "i"}
    with pytest.raises(TranslationError, match="is called 'base'"):
        source(replace(POD, containers=(other,)))


@pytest.mark.airflow
def test_the_pod_that_airflow_makes(tmp_path: Any) -> None:
    """In a process of its own, because Airflow changes this one."""
    import json
    import os
    import subprocess
    import sys

    (tmp_path / "dag.py").write_text(source(POD))
    script = (
        "import json, dag, kubernetes.client as k;"
        "pod = dag.fit.build_pod_request_obj(dry_run=True);"
        "print('POD', json.dumps(k.ApiClient().sanitize_for_serialization(pod)))"
    )
    environ = {**os.environ, "AIRFLOW_HOME": str(tmp_path), "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environ, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (line,) = (line for line in done.stdout.splitlines() if line.startswith("POD "))
    pod = json.loads(line.removeprefix("POD "))
    base, helper = pod["spec"]["containers"]
    assert (base["name"], base["command"], helper["name"]) == ("base", ["jetbridge-execute"], "helper")
    assert {mount["mountPath"] for mount in base["volumeMounts"]} == {"/s", "/tmp"}  # noqa: S108 -- of a container
    assert {volume["name"] for volume in pod["spec"]["volumes"]} == {"shared", "tmp"}
    assert pod["spec"]["nodeSelector"] == {"disk": "ssd"}
    assert pod["spec"]["hostNetwork"] is True
    assert pod["spec"]["initContainers"][0]["name"] == "first"
    assert pod["metadata"]["labels"]["team"] == "a"
    assert base["securityContext"]["readOnlyRootFilesystem"] is True
