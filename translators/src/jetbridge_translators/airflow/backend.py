"""The Airflow back end: DAG files for Airflow 3, and DAG runs without Kubernetes."""

from __future__ import annotations

from jetbridge_translators.airflow import deploy
from jetbridge_translators.airflow.answers import GATES
from jetbridge_translators.airflow.capabilities import CAPABILITIES
from jetbridge_translators.airflow.diagnose import diagnose
from jetbridge_translators.airflow.home import installed_target
from jetbridge_translators.airflow.kept_logs import logs
from jetbridge_translators.airflow.options import DEFAULT_TARGET, OPTIONS, TARGETS, option
from jetbridge_translators.airflow.rest import CONNECTION
from jetbridge_translators.airflow.run import run
from jetbridge_translators.airflow.translate import translate
from jetbridge_translators.base import Backend
from jetbridge_translators.deployment import Deploy
from jetbridge_translators.work import ContainerWork, ForeignWork, PodWork, SqlWork

DEPLOY = Deploy(prepare=deploy.prepare, options=deploy.OPTIONS)
BACKEND = Backend(
    name="airflow",
    targets=TARGETS,
    default_target=DEFAULT_TARGET,
    options=OPTIONS,
    capabilities=CAPABILITIES,
    shapes=frozenset({ContainerWork, ForeignWork, PodWork, SqlWork}),
    translate=translate,
    run=run,
    is_remote=lambda settings: option(settings, "containers") != "process",
    recovers=True,
    gates=GATES,
    installed=installed_target,
    logs=logs,
    connection=CONNECTION,
    diagnose=diagnose,
    deploy=DEPLOY,
)
