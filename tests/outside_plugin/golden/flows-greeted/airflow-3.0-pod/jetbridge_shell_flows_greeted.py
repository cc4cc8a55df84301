"""jetbridge_shell.flows.greeted.

Written by `jetbridge translate`: change the workflow, not this file.
"""

from datetime import timedelta

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.sdk import DAG, Param
from kubernetes.client import V1EmptyDirVolumeSource, V1Volume, V1VolumeMount

IMAGE = "ghcr.io/example/tasks:1"

# The folder of a run in the object store: what tasks exchange lies below it.
RUN_ROOT = "s3://example/runs/jetbridge_shell.flows.greeted/{{ run_id }}"

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
    dag_id="jetbridge_shell.flows.greeted",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 0, "retry_delay": timedelta(seconds=5)},
    params={"name": Param("it's $(HOME) {{inputs.parameters.x}} ü", type="string")},
    tags=["jetbridge"],
):
    # jetbridge_shell/flows.py:25
    greet = KubernetesPodOperator(
        task_id="greet",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n0",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=name=json:{{ macros.json.dumps(params['name']) | replace('$', '\\\\u0024') }}",
            "--resolver=jetbridge_shell.run.resolver",
            "--",
            "flows.greet",
            (
                '{"command": "printf \'%s\' {inputs.name} | tee {outputs.text} | wc -c > '
                '{outputs.size}; echo $MOOD > {outputs.mood}", "inputs": {"name": "str"}, '
                '"outputs": {"text": "str", "size": "int", "mood": "str"}}'
            ),
        ],
        env_vars={"MOOD": "{{ '{{glad}}' }}"},
        **POD,
    )

    # jetbridge_shell/flows.py:26
    double = KubernetesPodOperator(
        task_id="double",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n1",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=n=n0.size",
            "--",
            "task-module",
            "jetbridge_shell.flows",
            "task-name",
            "double",
        ],
        **POD,
    )

    greet >> double
