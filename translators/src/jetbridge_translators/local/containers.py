"""Tasks whose program only their image has: they need a container engine, also on this machine."""

from __future__ import annotations

import os

from jetbridge.errors import Problem, TranslationError, UsageError
from jetbridge.runtime.companion.engine import find_engine
from jetbridge_translators.plan.model import Plan
from jetbridge_translators.plan.pods import runs_own_image


def check_engine(plan: Plan) -> None:
    """Raises `TranslationError` for every raw container where this machine has no container engine."""
    steps = [step for step in plan.steps if runs_own_image(step.work)]
    if not steps:
        return
    try:
        find_engine(os.environ)
    except UsageError as error:
        problems = [
            Problem(
                code="raw-container",
                message=error.message,
                where=f"node {step.id!r} (task {step.template.id.name!r})",
                location=step.location,
                hint=error.hint,
            )
            for step in steps
        ]
        raise TranslationError(f"workflow {plan.name!r} cannot run here:", problems) from error
