"""Whether a back end can express a plan: every refusal at once, from the back end's own capability data."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from jetbridge.errors import Problem, TranslationError
from jetbridge_translators.base import Backend, Lower, Unsupported
from jetbridge_translators.capability import Capability, Level
from jetbridge_translators.plan.features import Use, uses
from jetbridge_translators.plan.model import Plan
from jetbridge_translators.work import Work

FindOverride = Callable[[str], "Lower | None"]
UNSUPPORTED = "task-type"


def check(plan: Plan, backend: Backend, find_override: FindOverride, target: str = "") -> None:
    """Raises `TranslationError` with everything in a plan that a back end refuses.

    Args:
        plan: The plan.
        backend: The back end.
        find_override: The native override of a task type on this back end.
        target: The engine's version; its newest where it is empty.
    """

    def has_override(task_type: str) -> bool:
        return find_override(task_type) is not None

    problems = [
        *_refused_features(plan, backend, has_override, target),
        *_unknown_shapes(plan, backend, has_override),
        *_refused_types(plan, find_override),
    ]
    if problems:
        raise TranslationError(f"workflow {plan.name!r} cannot be expressed on {backend.name}:", problems)


_HasOverride = Callable[[str], bool]


def _refused_features(plan: Plan, backend: Backend, has_override: _HasOverride, target: str) -> Iterator[Problem]:
    cells = {cell.feature: cell.at(target) for cell in backend.capabilities}
    for use in uses(plan):
        cell = cells.get(use.feature)
        if cell is None:
            yield Problem(code=use.feature, message=f"{backend.name} says nothing about it", where=use.where)
        elif cell.level is Level.REFUSED and not _by_override(use, has_override):
            yield _refusal(use, cell)


def _by_override(use: Use, has_override: _HasOverride) -> bool:
    """Whether the shape of the work is refused, but the task has a native override that does not need the shape."""
    return use.feature.endswith("-work") and has_override(use.task_type)


def _refusal(use: Use, cell: Capability) -> Problem:
    return Problem(code=use.feature, message=cell.how, where=use.where, location=use.location, hint=cell.workaround)


def _unknown_shapes(plan: Plan, backend: Backend, has_override: _HasOverride) -> Iterator[Problem]:
    for step in plan.steps:
        if type(step.work) in backend.shapes or has_override(step.task_type):
            continue
        if shape_feature(type(step.work)) in {
            cell.feature for cell in backend.capabilities if cell.level is Level.REFUSED
        }:
            continue
        yield Problem(
            code=shape_feature(type(step.work)),
            message=f"{backend.name} cannot run a {type(step.work).__name__}",
            where=f"node {step.id!r}",
            location=step.location,
        )


def _refused_types(plan: Plan, find_override: FindOverride) -> Iterator[Problem]:
    for step in plan.steps:
        override = find_override(step.task_type)
        if isinstance(override, Unsupported):
            where = f"node {step.id!r} (task type {step.task_type!r})"
            yield Problem(
                code=UNSUPPORTED, message=override.reason, where=where, location=step.location, hint=override.workaround
            )


def shape_feature(shape: type[Work]) -> str:
    """The feature that a kind of work is.

    Example:
        >>> from jetbridge_translators.work import ContainerWork
        >>> shape_feature(ContainerWork)
        'container-work'
    """
    return f"{shape.__name__.removesuffix('Work').lower()}-work"
