"""What must be refused, from the capability data alone."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from jetbridge.errors import TranslationError
from jetbridge_translators import registry
from jetbridge_translators.base import Backend
from jetbridge_translators.capability import Level
from jetbridge_translators.plan.features import Use, uses
from tests.conformance import making
from tests.conformance.case import Case
from tests.conformance.profile import find


@dataclass(frozen=True, slots=True)
class Refusal:
    """A datum: one problem of the error must say exactly this."""

    code: str
    reason: str
    workaround: str


def refusals(case: Case, backend: Backend, target: str = "") -> tuple[Refusal, ...]:
    """What a back end says of each feature that the case uses and that it refuses, or of which it says nothing.

    Args:
        case: The case.
        backend: The back end.
        target: The engine's version; its newest where it is empty.
    """
    cells = {cell.feature: cell.at(target) for cell in backend.capabilities}
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


def expect(request: pytest.FixtureRequest, case: Case, backend_name: str, target: str = "") -> None:
    """Makes the test a strict xfail when the back end refuses the case. One that cannot be planned at all fails."""
    found = refusals(case, registry.backend(backend_name, find), target)
    if found:
        reason = "; ".join(f"{refusal.code} on {backend_name}: {refusal.reason}" for refusal in found)
        request.applymarker(pytest.mark.xfail(raises=TranslationError, strict=True, reason=reason))
