"""values.hostile_texts: As inputs, as constants, as keys, in the environment, and passed through.

Written by `jetbridge translate`: change the workflow, not this file.
"""

from datetime import timedelta

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.sdk import DAG, Param
from kubernetes.client import V1EmptyDirVolumeSource, V1Volume, V1VolumeMount

try:
    from airflow.sdk.exceptions import AirflowSkipException
except ImportError:  # Airflow 3.0 and 3.1
    from airflow.exceptions import AirflowSkipException

IMAGE = "ghcr.io/example/tasks:1"

# The folder of a run in the object store: what tasks exchange lies below it.
RUN_ROOT = "s3://example/runs/values.hostile_texts/{{ run_id }}"

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


def unless_failed(context):
    """Skip a task when another task of the run has failed: the workflow fails immediately."""
    ti = context["ti"]
    if context["task"].task_type == "EmptyOperator":
        return
    of_run = {"dag_id": ti.dag_id, "run_ids": [ti.run_id], "states": ["failed"]}
    if ti.get_ti_count(**of_run):
        raise AirflowSkipException("another task of the run has failed")


with DAG(
    dag_id="values.hostile_texts",
    description="As inputs, as constants, as keys, in the environment, and passed through.",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 0, "retry_delay": timedelta(seconds=5), "pre_execute": unless_failed},
    params={
        "one": Param("{{inputs.parameters.x}}", type="string"),
        "texts": Param(
            [
                "{{inputs.parameters.x}}",
                "{{workflow.name}} {{retries}} {{ params.s }} {{ ds }}",
                "{{=1+1}}",
                "{{= sprig.env('AWS_SECRET_ACCESS_KEY') }}",
                "{{{x}}} {{ '}}' }}",
                "{% raw %}{{ 1 }}{# c #}{%",
                "$(HOME) $$(HOME) $HOME ${HOME} $$ `id`",
                "'single' \"double\" '''three''' \\ \\n",
                "line\nnext\r\n\ttab\x01\x7f ends in a newline\n",
                "Grüße \U0001f427 \u2028 é \u202e",
                "",
                " -- --bind=x=json:1 ; rm -rf / # !!python/none &a *a | > -",
                "json:1",
                "run.sh",
                "values.json",
                "true",
                "0x10",
                "1e3",
                "null",
            ],
            type="array",
            items={"type": "string"},
        ),
    },
    tags=["jetbridge"],
):
    # values.py:179
    same = KubernetesPodOperator(
        task_id="same",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n0",
            "--attempt={{ ti.try_number - 1 }}",
            (
                '--bind=table=json:{"": "", " -- --bind=x=json:1 ; rm -rf / # !!python/none &'
                'a *a | > -": " -- --bind=x=json:1 ; rm -rf / # !!python/none &a *a | > -", '
                '"$$(HOME) $$$$(HOME) $$HOME $$\\u007bHOME\\u007d $$$$ `id`": "$$(HOME) '
                '$$$$(HOME) $$HOME $$\\u007bHOME\\u007d $$$$ `id`", "\'single\' \\"double\\" '
                "'''three''' \\\\ \\\\n\": \"'single' \\\"double\\\" '''three''' \\\\ \\\\n\", "
                '"0x10": "0x10", "1e3": "1e3", "Gr\\u00fc\\u00dfe \\ud83d\\udc27 \\u2028 '
                '\\u00e9 \\u202e": "Gr\\u00fc\\u00dfe \\ud83d\\udc27 \\u2028 \\u00e9 \\u202e", '
                '"json:1": "json:1", "line\\nnext\\r\\n\\ttab\\u0001\\u007f ends in a '
                'newline\\n": "line\\nnext\\r\\n\\ttab\\u0001\\u007f ends in a newline\\n", '
                '"null": "null", "run.sh": "run.sh", "true": "true", "values.json": '
                '"values.json", "\\u007b% raw %\\u007d\\u007b\\u007b 1 \\u007d\\u007d\\u007b# c '
                '#\\u007d\\u007b%": "\\u007b% raw %\\u007d\\u007b\\u007b 1 '
                '\\u007d\\u007d\\u007b# c #\\u007d\\u007b%", "\\u007b\\u007b= '
                "sprig.env('AWS_SECRET_ACCESS_KEY') \\u007d\\u007d\": \"\\u007b\\u007b= "
                "sprig.env('AWS_SECRET_ACCESS_KEY') \\u007d\\u007d\", "
                '"\\u007b\\u007b=1+1\\u007d\\u007d": "\\u007b\\u007b=1+1\\u007d\\u007d", '
                '"\\u007b\\u007binputs.parameters.x\\u007d\\u007d": '
                '"\\u007b\\u007binputs.parameters.x\\u007d\\u007d", '
                '"\\u007b\\u007bworkflow.name\\u007d\\u007d \\u007b\\u007bretries\\u007d\\u007d '
                '\\u007b\\u007b params.s \\u007d\\u007d \\u007b\\u007b ds \\u007d\\u007d": '
                '"\\u007b\\u007bworkflow.name\\u007d\\u007d \\u007b\\u007bretries\\u007d\\u007d '
                '\\u007b\\u007b params.s \\u007d\\u007d \\u007b\\u007b ds \\u007d\\u007d", '
                "\"\\u007b\\u007b\\u007bx\\u007d\\u007d\\u007d \\u007b\\u007b '\\u007d\\u007d' "
                '\\u007d\\u007d": "\\u007b\\u007b\\u007bx\\u007d\\u007d\\u007d \\u007b\\u007b '
                "'\\u007d\\u007d' \\u007d\\u007d\"}"
            ),
            (
                "--bind=texts=json:{{ macros.json.dumps(params['texts']) | replace('$', "
                "'\\\\u0024') }}"
            ),
            "--",
            "task-module",
            "values",
            "task-name",
            "same",
        ],
        **POD,
    )

    # values.py:180
    environment = KubernetesPodOperator(
        task_id="environment",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n1",
            "--attempt={{ ti.try_number - 1 }}",
            "--",
            "task-module",
            "values",
            "task-name",
            "environment",
        ],
        env_vars={
            "HOSTILE": "{{ '{{inputs.parameters.x}}' }}",
            "OTHER": "{{ '$$(HOME) $$$$ {% raw %}' }}",
        },
        **POD,
    )

    # values.py:180
    joined = KubernetesPodOperator(
        task_id="joined",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n2",
            "--attempt={{ ti.try_number - 1 }}",
            (
                '--bind=constant=json:"\\u007b% raw %\\u007d\\u007b\\u007b 1 '
                '\\u007d\\u007d\\u007b# c #\\u007d\\u007b%"'
            ),
            "--bind=texts=n0.o0",
            "--",
            "task-module",
            "values",
            "task-name",
            "joined",
        ],
        **POD,
    )

    same >> joined
