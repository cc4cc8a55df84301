"""failing.gives_up.

Written by `jetbridge translate`: change the workflow, not this file.
"""

from datetime import timedelta

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.sdk import DAG
from kubernetes.client import V1EmptyDirVolumeSource, V1Volume, V1VolumeMount

try:
    from airflow.sdk.exceptions import AirflowFailException
except ImportError:  # Airflow 3.0 and 3.1
    from airflow.exceptions import AirflowFailException

# The folder of a run in the object store: what tasks exchange lies below it.
RUN_ROOT = "s3://example/runs/failing.gives_up/{{ run_id }}"

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


class TaskPodOperator(KubernetesPodOperator):
    """A pod whose exit code 80 is final: an error of the user's code would only come again."""

    def execute(self, context):
        try:
            return super().execute(context)
        except Exception as error:
            status = self.remote_pod.status if self.remote_pod else None
            for container in (status and status.container_statuses) or []:
                ended = container.state and container.state.terminated
                if ended and ended.exit_code == 80:
                    raise AirflowFailException("the task's own code failed") from error
            raise


with DAG(
    dag_id="failing.gives_up",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 0, "retry_delay": timedelta(seconds=5)},
    tags=["jetbridge"],
):
    # failing.py:56
    never = TaskPodOperator(
        task_id="never",
        image="ghcr.io/example/tasks:1",
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n0",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=n=json:1",
            "--",
            "task-module",
            "failing",
            "task-name",
            "never",
        ],
        retries=1,
        **POD,
    )
