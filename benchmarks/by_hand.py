"""The chain of `workloads/chain.py` as somebody would write it for Argo or Airflow without Jetbridge.

The pods are as restricted as ours, because the namespace of the test cluster takes no others.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TASKS = 5
NOTHING_PASSED = "import time; print('task began at', time.time())"
SUM_PASSED = (
    "import sys, time; print('task began at', time.time()); open('/tmp/sum', 'w').write(str(int(sys.argv[1]) + 1))"
)
_SECURITY = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "readOnlyRootFilesystem": True}


def argo_workflow(name: str, image: str, options: Mapping[str, str], *, passes_sum: bool) -> dict[str, Any]:
    """A Workflow of plain containers.

    Args:
        name: Its name.
        image: The image of the containers; it has a `python`.
        options: The site's accounts.
        passes_sum: Whether each task gives its sum to the next one by an output parameter.
    """
    names = [f"t{number}" for number in range(TASKS)]
    tasks = [_argo_task(own, before, passes_sum) for own, before in zip(names, ["", *names], strict=False)]
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"name": name},
        "spec": {
            "entrypoint": "chain",
            "templates": [{"name": "chain", "dag": {"tasks": tasks}}, _argo_template(image, passes_sum)],
            "volumes": [{"name": "tmp", "emptyDir": {}}],
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": 8737,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            **_accounts(options),
        },
    }


def _argo_task(name: str, before: str, passes_sum: bool) -> dict[str, Any]:
    value = f"{{{{tasks.{before}.outputs.parameters.sum}}}}" if before else "0"
    arguments = {"arguments": {"parameters": [{"name": "n", "value": value}]}} if passes_sum else {}
    after = {"dependencies": [before]} if before else {}
    return {"name": name, "template": "add", **after, **arguments}


def _argo_template(image: str, passes_sum: bool) -> dict[str, Any]:
    container = {
        "image": image,
        "command": ["python", "-c", SUM_PASSED if passes_sum else NOTHING_PASSED],
        "securityContext": _SECURITY,
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],  # noqa: S108 a volume of the pod
    }
    if not passes_sum:
        return {"name": "add", "container": container}
    return {
        "name": "add",
        "inputs": {"parameters": [{"name": "n"}]},
        "container": {**container, "args": ["{{inputs.parameters.n}}"]},
        "outputs": {"parameters": [{"name": "sum", "valueFrom": {"path": "/tmp/sum"}}]},  # noqa: S108
    }


def _accounts(options: Mapping[str, str]) -> dict[str, Any]:
    account = {"serviceAccountName": options["service-account"]} if options.get("service-account") else {}
    executor = options.get("executor-service-account", "")
    if not executor:
        return account
    return {**account, "automountServiceAccountToken": False, "executor": {"serviceAccountName": executor}}


_DAG = '''"""Five plain pods, one after the other."""

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.sdk import DAG, Param, chain
from kubernetes.client import V1EmptyDirVolumeSource, V1Volume, V1VolumeMount

POD = {{
    "image": {image!r},
    "cmds": ["python", "-c", {program!r}],
    "namespace": {namespace!r},
    "service_account_name": {account!r},
    "startup_timeout_seconds": 600,
    "startup_check_interval_seconds": 2,
    "get_logs": True,
    "on_finish_action": "delete_pod",
    "automount_service_account_token": False,
    "security_context": {{"runAsNonRoot": True, "seccompProfile": {{"type": "RuntimeDefault"}}}},
    "container_security_context": {security!r},
    "volumes": [V1Volume(name="tmp", empty_dir=V1EmptyDirVolumeSource())],
    "volume_mounts": [V1VolumeMount(name="tmp", mount_path="/tmp")],
}}

with DAG(dag_id={dag_id!r}, schedule=None, catchup=False, params={{"n": Param(0, type="integer")}}):
    chain(*(KubernetesPodOperator(task_id=f"t{{number}}", **POD) for number in range({tasks})))
'''


def airflow_dag(dag_id: str, image: str, options: Mapping[str, str], tasks: int = TASKS) -> str:
    """A DAG file of plain pods that wait for each other and pass nothing; it takes the same input as ours."""
    return _DAG.format(
        dag_id=dag_id,
        image=image,
        program=NOTHING_PASSED,
        namespace=options.get("namespace") or None,
        account=options.get("service-account") or None,
        security=_SECURITY,
        tasks=tasks,
    )
