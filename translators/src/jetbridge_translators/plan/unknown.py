"""What is said of a task type that nobody owns: what it needs, and what would help. It never runs by accident.

Sources: the plugins of Flyte (`flyteplugins/go/tasks/plugins`) and of flytekit, version 1.16.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from jetbridge.idl import TaskTemplate

GUIDE = "docs/guide/write-a-plugin.md"


@dataclass(frozen=True, slots=True)
class Needs:
    """What a task type of Flyte's needs beside a pod, and what does the same as a Python task."""

    what: str
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The message for a task type, and what would help."""

    message: str
    hint: str


_DATABASE = "Query it with the vendor's client in a Python task"
_TRAINING = "the Kubeflow training operator"
_SERVICE = "Call the service in a Python task"

KNOWN: Mapping[str, Needs] = {
    "snowflake": Needs("Snowflake's own service", _DATABASE),
    "hive": Needs("a Hive service", _DATABASE),
    "databricks": Needs("a Databricks workspace", _SERVICE),
    "ray": Needs("a Ray cluster of the KubeRay operator"),
    "dask": Needs("a Dask cluster of the Dask operator"),
    "pytorch": Needs(_TRAINING),
    "tensorflow": Needs(_TRAINING),
    "mpi": Needs(_TRAINING),
    "airflow": Needs("Flyte's Airflow connector", "Use the operator in a DAG of your own"),
    "sensor": Needs("Flyte's sensor connector", "Wait in a Python task"),
    "aws-batch": Needs("AWS Batch", _SERVICE),
    "boto": Needs("Flyte's AWS connector", _SERVICE),
    "sagemaker-endpoint": Needs("Flyte's SageMaker connector", _SERVICE),
    "chatgpt": Needs("Flyte's OpenAI connector", _SERVICE),
    "openai-batch": Needs("Flyte's OpenAI connector", _SERVICE),
    "slurm": Needs("a Slurm cluster", _SERVICE),
    "slurm_fn": Needs("a Slurm cluster", _SERVICE),
    "mmcloud_task": Needs("Memory Machine Cloud", _SERVICE),
    "perian_task": Needs("Perian's service", _SERVICE),
}
"""Types that Flyte has, whoever may own them here: only those without an owner are looked up."""

_CARRIED: Mapping[str, str] = {"container": "container", "k8s_pod": "pod"}


def unknown_type(template: TaskTemplate) -> Unknown:
    """What to say of a task whose type nobody owns."""
    needs = KNOWN.get(template.type)
    message = f"nothing installed handles the task type {template.type!r} of {template.id.name!r}"
    if needs is not None:
        message += f", which needs {needs.what}"
    ways = [
        f"Install or write a plugin that owns it (entry point `{template.type}` of `jetbridge.plan`; {GUIDE})",
        *([needs.instead] if needs is not None and needs.instead else []),
        *_as_container(template, needs),
    ]
    return Unknown(message, ". Or: ".join(ways) + ".")


def _as_container(template: TaskTemplate, needs: Needs | None) -> list[str]:
    carried = _CARRIED.get(template.WhichOneof("target") or "")
    if carried is None:
        return []
    without = f", without {needs.what}" if needs is not None else ""
    return [f"`--as-container {template.type}` runs the {carried} that it carries as any other{without}"]
