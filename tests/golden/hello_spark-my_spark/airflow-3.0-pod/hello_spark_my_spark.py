"""hello_spark.my_spark: Runs one Spark task.

Written by `jetbridge translate`: change the workflow, not this file.
"""

from datetime import timedelta

from airflow.providers.cncf.kubernetes.operators.spark_kubernetes import SparkKubernetesOperator
from airflow.sdk import DAG, Param

# The folder of a run in the object store: what tasks exchange lies below it.
RUN_ROOT = "s3://example/runs/hello_spark.my_spark/{{ run_id }}"

with DAG(
    dag_id="hello_spark.my_spark",
    description="Runs one Spark task.",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 0, "retry_delay": timedelta(seconds=5)},
    params={"partitions": Param(50, type="integer")},
    tags=["jetbridge"],
):
    # hello_spark.py:37
    hello_spark = SparkKubernetesOperator(
        task_id="hello_spark",
        name="hello-spark-f3e46b2e",
        template_spec={
            "apiVersion": "sparkoperator.k8s.io/v1beta2",
            "kind": "SparkApplication",
            "spec": {
                "type": "Python",
                "sparkVersion": "4.0.0",
                "mode": "cluster",
                "image": "ghcr.io/example/tasks:1",
                "mainApplicationFile": "local:///opt/venv/bin/entrypoint.py",
                "arguments": [
                    "jetbridge-execute",
                    f"--run-root={RUN_ROOT}",
                    "--node-path=n0",
                    "--attempt={{ ti.try_number - 1 }}",
                    "--bind=i=json:{{ macros.json.dumps(params['partitions']) }}",
                    "--",
                    "task-module",
                    "hello_spark",
                    "task-name",
                    "hello_spark",
                ],
                "sparkConf": {
                    "spark.driver.cores": "1",
                    "spark.driver.memory": "1000M",
                    "spark.executor.instances": "2",
                    "spark.kubernetes.driver.limit.cores": "1",
                    "spark.pyspark.driver.python": "/opt/venv/bin/python3",
                    "spark.pyspark.python": "/opt/venv/bin/python3",
                },
                "restartPolicy": {
                    "type": "OnFailure",
                    "onSubmissionFailureRetries": 14,
                    "onSubmissionFailureRetryInterval": 5,
                    "onFailureRetryInterval": 5,
                },
                "driver": {
                    "cores": 1,
                    "memory": "1000M",
                    "template": {
                        "spec": {
                            "containers": [
                                {
                                    "name": "spark-kubernetes-driver",
                                    "command": ["jetbridge-spark"],
                                    "securityContext": {
                                        "allowPrivilegeEscalation": False,
                                        "capabilities": {"drop": ["ALL"]},
                                        "readOnlyRootFilesystem": True,
                                    },
                                    "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],
                                },
                            ],
                            "securityContext": {
                                "runAsNonRoot": True,
                                "seccompProfile": {"type": "RuntimeDefault"},
                            },
                            "volumes": [{"name": "tmp", "emptyDir": {}}],
                        },
                    },
                    "serviceAccount": "spark",
                },
                "executor": {
                    "template": {
                        "spec": {
                            "containers": [
                                {
                                    "name": "spark-kubernetes-executor",
                                    "command": ["jetbridge-spark"],
                                    "securityContext": {
                                        "allowPrivilegeEscalation": False,
                                        "capabilities": {"drop": ["ALL"]},
                                        "readOnlyRootFilesystem": True,
                                    },
                                    "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],
                                },
                            ],
                            "automountServiceAccountToken": False,
                            "securityContext": {
                                "runAsNonRoot": True,
                                "seccompProfile": {"type": "RuntimeDefault"},
                            },
                            "volumes": [{"name": "tmp", "emptyDir": {}}],
                        },
                    },
                    "instances": 2,
                },
            },
        },
        get_logs=True,
        deferrable=False,
        do_xcom_push=False,
    )
