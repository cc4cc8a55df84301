"""asked.pod.

Written by `jetbridge translate`: change the workflow, not this file.
"""

from datetime import timedelta

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.sdk import DAG, Param
from kubernetes.client import V1EmptyDirVolumeSource, V1Volume, V1VolumeMount

# The folder of a run in the object store: what tasks exchange lies below it.
RUN_ROOT = "s3://example/runs/asked.pod/{{ run_id }}"

# Every task is one pod: its log goes to Airflow, then it is deleted.
POD = {
    "startup_timeout_seconds": 600,
    "startup_check_interval_seconds": 2,
    "get_logs": True,
    "log_events_on_failure": True,
    "on_finish_action": "delete_pod",
    "deferrable": False,
    "do_xcom_push": False,
    "automount_service_account_token": False,
    "security_context": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
    "container_security_context": {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    },
    "volumes": [V1Volume(name="tmp", empty_dir=V1EmptyDirVolumeSource())],
    "volume_mounts": [V1VolumeMount(name="tmp", mount_path="/tmp")],
}

with DAG(
    dag_id="asked.pod",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 0, "retry_delay": timedelta(seconds=5)},
    params={"n": Param(1, type="integer")},
    tags=["jetbridge"],
):
    # asked.py:92
    in_a_pod = KubernetesPodOperator(
        task_id="in_a_pod",
        image="ghcr.io/example/tasks:1",
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n0",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=n=json:{{ macros.json.dumps(params['n']) }}",
            "--",
            "task-module",
            "asked",
            "task-name",
            "in_a_pod",
        ],
        pod_template_dict={
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"labels": {"team": "birds"}},
            "spec": {
                "nodeSelector": {"kubernetes.io/os": "linux"},
                "terminationGracePeriodSeconds": 5,
                "tolerations": [{"effect": "NoSchedule", "key": "dedicated", "operator": "Exists"}],
                "containers": [
                    {
                        "name": "base",
                        "env": [
                            {"name": "OTHER", "value": "{{ '$$$$ {# \\' \\n' }}"},
                            {"name": "WORD", "value": "{{ '{{x}} {% raw %} $(WORD) .sh' }}"},
                        ],
                    },
                ],
            },
        },
        **POD,
    )
