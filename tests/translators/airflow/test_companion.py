"""Pods of images that are not ours on Airflow: the pod that KubernetesPodOperator itself makes of the DAG file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jetbridge.bindings import InputRef
from jetbridge.errors import UsageError
from jetbridge_translators.airflow.translate import translate
from jetbridge_translators.base import Settings
from jetbridge_translators.plan.model import Control, Input, Plan
from jetbridge_translators.work import ForeignWork, PodWork, Work
from tests.translators.airflow.plans import INTEGER, STORE, entrypoint, step

WORK = ForeignWork(
    image="acme/flytekit:1",
    command=("jetbridge-companion",),
    args=(*entrypoint(("n",), "fit")[:4], "--", "pyflyte-execute", "<input>"),
    env=(("A", "1"),),
)
RAW = replace(WORK, reads_store=False, own_image=True, folders=(("inputs", "/in"), ("outputs", "/out")))
IMAGES = {"jetbridge-image": "acme/jetbridge:1"}
LOCKED = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "readOnlyRootFilesystem": True}


def source(work: Work, *controls: Control, **options: str) -> str:
    fit = replace(step(0, "fit", {"n": InputRef("n")}, work=work), controls=controls)
    plan = Plan(name="m.flow", description="", inputs=(Input(name="n", type=INTEGER),), nodes=(fit,), outputs=())
    files = translate(plan, Settings(store=STORE, target="3.3", options={**IMAGES, **options})).files
    return next(iter(files.values())).decode()


SCRIPT = (
    "import json, dag, kubernetes.client as k;"
    "pod = dag.fit.build_pod_request_obj(dry_run=True);"
    "print('POD', json.dumps(k.ApiClient().sanitize_for_serialization(pod)))"
)


def pod(folder: Path, work: Work, **options: str) -> dict[str, Any]:
    """The pod that the operator asks Kubernetes for; in a process of its own, because Airflow changes this one."""
    (folder / "dag.py").write_text(source(work, **options))
    environ = {**os.environ, "AIRFLOW_HOME": str(folder), "PYTHONPATH": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environ, cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (line,) = (line for line in done.stdout.splitlines() if line.startswith("POD "))
    return json.loads(line.removeprefix("POD "))


def mounts(container: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(each["name"], each["mountPath"], each.get("subPath", "")) for each in container["volumeMounts"]]


@pytest.mark.airflow
def test_the_launcher_comes_first_and_the_companion_is_a_sidecar(tmp_path: Path) -> None:
    spec = pod(tmp_path, WORK, **{"store-secret": "s3", "store-endpoint": "http://minio:9000"})["spec"]
    (own,), (companion,) = spec["containers"], spec["initContainers"]
    assert (own["image"], own["command"], own["args"][0]) == (
        "acme/flytekit:1",
        ["/var/jetbridge/launch"],
        "/var/jetbridge",
    )
    assert own["args"][-3:] == ["--", "pyflyte-execute", "<input>"]
    assert (companion["image"], companion["command"]) == ("acme/jetbridge:1", ["jetbridge-companion"])
    assert (companion["args"], companion["restartPolicy"]) == (["--exchange=/var/jetbridge"], "Always")
    assert companion["startupProbe"]["exec"] == {"command": ["/var/jetbridge/launch"]}
    assert companion["securityContext"] == own["securityContext"] == LOCKED
    assert own["envFrom"] == companion["envFrom"] == [{"secretRef": {"name": "s3"}}]
    assert {each["name"]: each["value"] for each in companion["env"]} == {
        "AWS_ENDPOINT_URL": "http://minio:9000",
        "AWS_ALLOW_HTTP": "true",
    }
    assert mounts(own) == mounts(companion) == [("tmp", "/tmp", ""), ("exchange", "/var/jetbridge", "")]  # noqa: S108
    assert spec["securityContext"]["runAsUser"] == 8737


@pytest.mark.airflow
def test_a_raw_container_has_its_folders_and_no_credentials(tmp_path: Path) -> None:
    spec = pod(tmp_path, RAW, **{"store-secret": "s3", "run-as-user": "image"})["spec"]
    (own,), (companion,) = spec["containers"], spec["initContainers"]
    assert not own["envFrom"]
    assert "envFrom" in companion
    assert mounts(own)[1:] == [
        ("exchange", "/var/jetbridge", ""),
        ("exchange", "/in", "inputs"),
        ("exchange", "/out", "outputs"),
    ]
    assert "runAsUser" not in spec["securityContext"]


@pytest.mark.airflow
def test_a_pod_of_the_author_s_has_the_companion_too(tmp_path: Path) -> None:
    work = PodWork(
        main=RAW,
        name="primary",
        container={"volumeMounts": [{"name": "scratch", "mountPath": "/tmp"}]},  # noqa: S108 -- of a container
        init_containers=({"name": "first", "image": "f:1"},),
        spec={"volumes": [{"name": "scratch", "emptyDir": {}}]},
    )
    spec = pod(tmp_path, work)["spec"]
    assert [each["name"] for each in spec["initContainers"]] == ["first", "companion"]
    (own,) = spec["containers"]
    assert sorted(mounts(own)) == [
        ("exchange", "/in", "inputs"),
        ("exchange", "/out", "outputs"),
        ("exchange", "/var/jetbridge", ""),
        ("scratch", "/tmp", ""),  # noqa: S108 -- of a container
    ]
    assert sorted(each["name"] for each in spec["volumes"]) == ["exchange", "scratch"]


def test_control_values_go_through_the_launcher() -> None:
    text = source(WORK, Control("value", "o0"))
    assert '"--controls-file=/var/jetbridge/termination"' in text


def test_a_file_without_such_tasks_says_nothing_of_companions() -> None:
    assert "COMPANION" in source(WORK)
    from tests.translators.airflow.plans import container

    assert "ompanion" not in source(container(*entrypoint(("n",), "fit")))


def test_a_worker_runs_the_program_itself() -> None:
    assert '"--image=acme/flytekit:1"' in source(RAW, containers="process")
    text = source(WORK, containers="process")
    assert '"jetbridge-companion"' in text
    assert "--image" not in text


def test_without_an_image_of_ours_it_is_refused() -> None:
    with pytest.raises(UsageError, match="--jetbridge-image") as caught:
        source(WORK, **{"jetbridge-image": ""})
    assert "jetbridge" in str(caught.value)


@pytest.mark.parametrize("text", ["0", "root", "-1"])
def test_a_user_is_a_number_above_0(text: str) -> None:
    with pytest.raises(UsageError, match="no user id above 0"):
        source(WORK, **{"run-as-user": text})
