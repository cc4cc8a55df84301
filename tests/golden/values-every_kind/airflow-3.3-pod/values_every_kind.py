"""values.every_kind: All of these at once.

Written by `jetbridge translate`: change the workflow, not this file.
"""

from datetime import timedelta

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.sdk import DAG, Param
from airflow.sdk.exceptions import AirflowSkipException
from kubernetes.client import V1EmptyDirVolumeSource, V1Volume, V1VolumeMount

IMAGE = "ghcr.io/example/tasks:1"

# The folder of a run in the object store: what tasks exchange lies below it.
RUN_ROOT = "s3://example/runs/values.every_kind/{{ run_id }}"

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
    dag_id="values.every_kind",
    description="All of these at once.",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 0, "retry_delay": timedelta(seconds=5), "pre_execute": unless_failed},
    params={
        "color": Param("{{blue}}", type="string", enum=["red", "{{blue}}"]),
        "nothing": Param(None, type=["integer", "null"]),
        "one": Param("{{inputs.parameters.x}}", type="string"),
        "rows": Param(
            [[1, 2], []],
            type="array",
            items={"type": "array", "items": {"type": "integer"}},
        ),
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
        "tree": Param(
            {
                "a": {"b": [8], "label": "{{leaf}}"},
                "by_name": {"{{k}}": {"b": [], "label": "{{leaf}}"}},
                "note": "{{note}}",
            },
            type="object",
        ),
        "when": Param("2024-02-29T23:59:59.123456Z", type="string", format="date-time"),
    },
    tags=["jetbridge"],
):
    # values.py:206
    primitives = KubernetesPodOperator(
        task_id="primitives",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n0",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=f=json:-0.0",
            (
                "--bind=i=json:{{ macros.json.dumps(params['tree']) | replace('$', '\\\\u0024') "
                "}}.a.b[0]"
            ),
            "--bind=s=json:{{ macros.json.dumps(params['one']) | replace('$', '\\\\u0024') }}",
            '--bind=span=json:"-0.000001s"',
            "--bind=when=json:{{ macros.json.dumps(params['when']) | replace('$', '\\\\u0024') }}",
            "--bind=yes=json:true",
            "--",
            "task-module",
            "values",
            "task-name",
            "primitives",
        ],
        **POD,
    )

    # values.py:207
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

    # values.py:207
    nested = KubernetesPodOperator(
        task_id="nested",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n2",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=empty=n1.o0",
            '--bind=records=[{"a": n0.i}]',
            "--bind=rows=json:{{ macros.json.dumps(params['rows']) | replace('$', '\\\\u0024') }}",
            '--bind=table=json:{"\\u007b\\u007b=1\\u007d\\u007d": [1e+300]}',
            "--",
            "task-module",
            "values",
            "task-name",
            "nested",
        ],
        **POD,
    )

    # values.py:208
    alternatives = KubernetesPodOperator(
        task_id="alternatives",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n3",
            "--attempt={{ ti.try_number - 1 }}",
            (
                "--bind=color=json:{{ macros.json.dumps(params['color']) | replace('$', "
                "'\\\\u0024') }}"
            ),
            "--bind=either=n0.i",
            (
                "--bind=nothing=json:{{ macros.json.dumps(params['nothing']) | replace('$', "
                "'\\\\u0024') }}"
            ),
            "--bind=something=n0.s",
            "--",
            "task-module",
            "values",
            "task-name",
            "alternatives",
        ],
        **POD,
    )

    # values.py:209
    grow = KubernetesPodOperator(
        task_id="grow",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n4",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=n=n0.i",
            "--",
            "task-module",
            "values",
            "task-name",
            "grow",
        ],
        **POD,
    )

    # values.py:210
    look = KubernetesPodOperator(
        task_id="look",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n5",
            "--attempt={{ ti.try_number - 1 }}",
            (
                '--bind=constant=json:"\\u007b% raw %\\u007d\\u007b\\u007b 1 '
                '\\u007d\\u007d\\u007b# c #\\u007d\\u007b%"'
            ),
            '--bind=label=n4.o0.by_name["\\u007b\\u007bk\\u007d\\u007d"].label',
            (
                "--bind=leaf=json:{{ macros.json.dumps(params['tree']) | replace('$', '\\\\u0024') "
                "}}.a"
            ),
            "--bind=number=n4.o0.a.b[1]",
            "--",
            "task-module",
            "values",
            "task-name",
            "look",
        ],
        **POD,
    )

    [primitives, environment] >> nested
    primitives >> [alternatives, grow]
    grow >> look
