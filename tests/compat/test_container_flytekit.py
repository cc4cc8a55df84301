# flytekit has no type information.
# pyright: basic, reportMissingTypeStubs=false
"""Raw containers: what we write is what flytekit writes, and what flytekit packages is planned."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import flytekit
import pytest
from flytekit.models.task import TaskTemplate as TheirTemplate

import jetbridge
from jetbridge.idl import TaskTemplate
from jetbridge.serialize.task import task_spec
from tests.compat.test_package_flytekit import SETTINGS, their_message


def plain(sdk: Any) -> Any:
    return sdk.ContainerTask(name="shout", image="box:1", command=["sh", "-c", "true"])


def full(sdk: Any) -> Any:
    inputs = sdk.kwtypes(n=int, text=str, at=datetime, took=timedelta, words=list[str], file=_file(sdk))
    return sdk.ContainerTask(
        name="flows.full",
        image="ghcr.io/me/box:1",
        command=["run", "{{.inputs.n}}"],
        inputs=inputs,
        metadata=sdk.TaskMetadata(cache=True, cache_version="2", retries=3, interruptible=True),
        arguments=["--out", "/var/out", "{{.input}}"],
        outputs=sdk.kwtypes(loud=str, file=_file(sdk)),
        requests=sdk.Resources(cpu="500m"),
        limits=sdk.Resources(mem="1Gi", gpu="1"),
        input_data_dir="/var/in",
        output_data_dir="/var/out",
        metadata_format=sdk.ContainerTask.MetadataFormat.YAML,
        secret_requests=[sdk.Secret(group="g", key="k", mount_requirement=sdk.Secret.MountType.ENV_VAR)],
        pod_template_name="of-the-cluster",
        environment={"A": "1", "B": "2"},
    )


def in_a_pod(sdk: Any) -> Any:
    from kubernetes.client import V1Container, V1EnvVar, V1PodSpec

    containers = [V1Container(name="own", env=[V1EnvVar(name="C", value="3")]), V1Container(name="side", image="s:1")]
    return sdk.ContainerTask(
        name="flows.in_a_pod",
        image="box:1",
        command=["run"],
        outputs=sdk.kwtypes(n=int),
        metadata_format=sdk.ContainerTask.MetadataFormat.PROTO,
        pod_template=sdk.PodTemplate(
            primary_container_name="own", labels={"team": "birds"}, pod_spec=V1PodSpec(containers=containers)
        ),
        resources=sdk.Resources(cpu=("1", "2")),
    )


def _file(sdk: Any) -> Any:
    if sdk is jetbridge:
        return jetbridge.FlyteFile
    from flytekit.types.file import FlyteFile

    return FlyteFile


def normal(template: TaskTemplate) -> TaskTemplate:
    """Without what names the SDK, and our source line."""
    kept = TaskTemplate()
    kept.CopyFrom(template)
    kept.metadata.ClearField("runtime")
    kept.id.ClearField("resource_type")
    kept.config.pop("jetbridge.source", None)
    for variables in (kept.interface.inputs.variables, kept.interface.outputs.variables):
        for name in variables:
            variables[name].ClearField("description")
    return kept


@pytest.mark.parametrize("make", [plain, full, in_a_pod])
def test_our_message_is_flytekits(make: Any) -> None:
    theirs = their_message(make(flytekit)).template
    ours = task_spec(make(jetbridge), SETTINGS).template
    assert normal(ours) == normal(theirs)


@pytest.mark.parametrize("make", [plain, full, in_a_pod])
def test_flytekit_reads_our_message(make: Any) -> None:
    ours = task_spec(make(jetbridge), SETTINGS).template
    assert TheirTemplate.from_flyte_idl(ours).to_flyte_idl() == ours
