"""The Argo Workflows back end."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from jetbridge_translators.argo.capabilities import CAPABILITIES
from jetbridge_translators.argo.options import DEFAULT_TARGET, OPTIONS, TARGETS
from jetbridge_translators.base import (
    Answer,
    Artifact,
    Backend,
    Gates,
    NodeLog,
    RunRequest,
    RunResult,
    Settings,
    StartedRun,
)
from jetbridge_translators.deployment import Deploy, Deployment, Prepared
from jetbridge_translators.diagnosis import Check
from jetbridge_translators.option import ConnectionSetting
from jetbridge_translators.plan.model import Gate, Plan
from jetbridge_translators.work import ContainerWork, ForeignWork, PodWork, ResourceWork, SqlWork


def translate(plan: Plan, settings: Settings) -> Artifact:
    """A plan as an Argo WorkflowTemplate, and the Workflow that starts a run of it.

    Args:
        plan: The workflow.
        settings: The store, the target (`3.7` or `4.0`) and the options of `BACKEND`.

    Raises:
        UsageError: a setting cannot be used.
        TranslationError: Argo or Kubernetes cannot express something; all problems at once.
    """
    # Late, because Hera takes a second to import and changes PyYAML for the whole process.
    from jetbridge_translators.argo.translate import translate as translate_with_hera

    return translate_with_hera(plan, settings)


def run(plan: Plan, request: RunRequest) -> RunResult:
    """Runs a plan on the Argo of the cluster that KUBECONFIG names, and waits.

    Raises:
        RegistryError: the Kubernetes client is not installed.
        UsageError: no cluster, or a setting or an input that cannot be used.
        TranslationError: Argo or Kubernetes cannot express something.
        RunError: the run did not succeed.
    """
    from jetbridge_translators.argo.run import run as run_on_cluster

    return run_on_cluster(plan, request)


def _is_waiting(run: StartedRun, gate: Gate) -> bool:
    from jetbridge_translators.argo.answers import is_waiting

    return is_waiting(run, gate)


def _tell(run: StartedRun, gate: Gate, answer: Answer) -> None:
    from jetbridge_translators.argo.answers import tell

    tell(run, gate, answer)


def _logs(run: StartedRun, wanted: Callable[[str], bool]) -> Iterable[NodeLog]:
    from jetbridge_translators.argo.kept_logs import logs

    return logs(run, wanted)


def _prepare(deployment: Deployment) -> Prepared:
    from jetbridge_translators.argo.deploy import prepare

    return prepare(deployment)


def _diagnose(settings: Settings) -> Iterable[Check]:
    from jetbridge_translators.argo.diagnose import diagnose

    return diagnose(settings)


BACKEND = Backend(
    name="argo",
    targets=TARGETS,
    default_target=DEFAULT_TARGET,
    options=OPTIONS,
    capabilities=CAPABILITIES,
    shapes=frozenset({ContainerWork, ForeignWork, PodWork, ResourceWork, SqlWork}),
    translate=translate,
    run=run,
    is_remote=lambda settings: True,
    recovers=True,
    gates=Gates(_is_waiting, _tell),
    logs=_logs,
    connection=(
        ConnectionSetting(
            name="kubeconfig", variable="KUBECONFIG", help="the file that says how the cluster is reached"
        ),
    ),
    diagnose=_diagnose,
    deploy=Deploy(prepare=_prepare),
)
