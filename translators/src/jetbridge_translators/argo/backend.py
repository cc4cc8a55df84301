"""The Argo Workflows back end."""

from __future__ import annotations

from jetbridge_translators.argo.capabilities import CAPABILITIES
from jetbridge_translators.argo.options import DEFAULT_TARGET, OPTIONS, TARGETS
from jetbridge_translators.base import Artifact, Backend, Settings
from jetbridge_translators.plan.model import Plan
from jetbridge_translators.work import ContainerWork, ResourceWork


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


BACKEND = Backend(
    name="argo",
    targets=TARGETS,
    default_target=DEFAULT_TARGET,
    options=OPTIONS,
    capabilities=CAPABILITIES,
    shapes=frozenset({ContainerWork, ResourceWork}),
    translate=translate,
    is_remote=lambda settings: True,
)
