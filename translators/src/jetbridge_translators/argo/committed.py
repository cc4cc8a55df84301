"""A task that has its outputs already, as a template without a pod."""

from __future__ import annotations

import hera.workflows.models as m

from jetbridge_translators.argo.controls import output_name
from jetbridge_translators.plan.committed import CommittedWork
from jetbridge_translators.plan.model import Step


def committed_template(step: Step, work: CommittedWork) -> m.Template:
    """Succeeds at once: nobody supplies its outputs, so they have their defaults, which are the control values."""
    told = [
        m.Parameter(name=output_name(control), value_from=m.ValueFrom(supplied=m.SuppliedValueFrom(), default=value))
        for control, value in zip(step.controls, work.told, strict=True)
    ]
    return m.Template(suspend=m.SuspendTemplate(duration="0"), outputs=m.Outputs(parameters=told) if told else None)
