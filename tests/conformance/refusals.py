"""What must be refused, from the capability data alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pytest

from jetbridge.errors import CompileError, TranslationError, UsageError
from jetbridge_translators import registry
from jetbridge_translators.base import Backend
from jetbridge_translators.capability import Level
from jetbridge_translators.plan.features import Use, uses
from tests.conformance import making
from tests.conformance.case import Case
from tests.conformance.profile import find

REFUSED = (UsageError, CompileError, TranslationError)
"""How a refusal is raised: by the SDK, by the compiler's checks, or by the plan and the back end."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A datum: one problem of the error must say exactly this."""

    code: str
    reason: str
    workaround: str


@cache
def unplanned(case: Case) -> UsageError | CompileError | TranslationError | None:
    """The error with which the SDK or the plan refuses the case, whatever the back end; None when they do not."""
    try:
        making.plan(case)
    except REFUSED as error:
        return error
    return None


def refusals(case: Case, backend: Backend) -> tuple[Refusal, ...]:
    """What a back end says of each feature that the case uses and that it refuses, or of which it says nothing."""
    cells = {cell.feature: cell for cell in backend.capabilities}
    found: dict[str, Refusal] = {}
    for use in uses(making.plan(case)):
        cell = cells.get(use.feature)
        if cell is None:
            found[use.feature] = Refusal(use.feature, f"{backend.name} says nothing about it", "")
        elif cell.level is Level.REFUSED and not _overridden(case, backend, use):
            found[use.feature] = Refusal(use.feature, cell.how, cell.workaround)
    return tuple(found.values())


def _overridden(case: Case, backend: Backend, use: Use) -> bool:
    """Whether a plugin gives the step a native operator, so that the shape of its work does not matter."""
    types = {step.task_type for step in making.plan(case).steps if step.id == use.node}
    return use.feature.endswith("-work") and all(
        registry.lowering(backend.name, name, find) is not None for name in types
    )


def expect(request: pytest.FixtureRequest, case: Case, backend_name: str = "") -> None:
    """Makes the test a strict xfail when the case, or the case on this back end, is refused."""
    error = unplanned(case)
    if error is not None:
        reason = f"{case.name}: {error.message.splitlines()[-1].strip()}"
    elif backend_name and (found := refusals(case, registry.backend(backend_name, find))):
        reason = "; ".join(f"{refusal.code} on {backend_name}: {refusal.reason}" for refusal in found)
    else:
        return
    request.applymarker(pytest.mark.xfail(raises=REFUSED, strict=True, reason=reason))
