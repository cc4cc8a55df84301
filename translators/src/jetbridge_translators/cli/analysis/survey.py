"""Everything that back ends make of a workflow: their cells, what the checks refuse, and what a translation raises."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from jetbridge.entry_points import Discover, discover
from jetbridge.errors import CompileError, Problem, TranslationError
from jetbridge.serialize.closure import Closure
from jetbridge_translators import registry
from jetbridge_translators.api import complete_settings
from jetbridge_translators.base import Backend, Lower, Settings
from jetbridge_translators.capability import Level
from jetbridge_translators.cli.analysis.draft import UNKNOWN_WORK, Draft, draft
from jetbridge_translators.cli.analysis.model import Analysis, Finding, Verdict
from jetbridge_translators.plan.check import FindOverride, check
from jetbridge_translators.plan.features import Use, uses
from jetbridge_translators.plan.model import Plan
from jetbridge_translators.planning import Planning

_OVERRIDDEN = "the task type's own operator for this back end"


def survey(
    name: str, close: Callable[[], Closure], backends: Mapping[str, Settings], find: Discover = discover
) -> Analysis:
    """The analysis of a workflow; nothing is written and nothing runs.

    Args:
        name: What the analysis is called when the workflow has errors; else the plan's name counts.
        close: Makes the closure.
        backends: The settings of each back end.
        find: Where entry points come from.

    Raises:
        UsageError: a setting cannot be used.
    """
    candidates = {each: registry.backend(each, find) for each in backends}
    complete = {each: complete_settings(candidates[each], settings) for each, settings in backends.items()}
    try:
        closure = close()
    except CompileError as error:
        nothing = [Verdict(backend=each, target=complete[each].target, findings=()) for each in backends]
        return Analysis(name=name, errors=error.problems, verdicts=tuple(nothing))

    planning = next((settings.planning for settings in complete.values()), Planning())
    drafted = draft(closure, registry.handlers(planning, find), planning)
    verdicts = [_Survey(candidates[each], complete[each], drafted, find).verdict() for each in backends]
    return Analysis(name=closure.launch_plan.id.name or name, errors=drafted.problems, verdicts=tuple(verdicts))


@dataclass(frozen=True, slots=True)
class _Survey:
    """A plan on one back end."""

    backend: Backend
    settings: Settings
    drafted: Draft
    find: Discover

    def verdict(self) -> Verdict:
        plan = self.drafted.plan
        found = () if plan is None else tuple(self._findings(plan))
        return Verdict(backend=self.backend.name, target=self.settings.target, findings=found)

    def _findings(self, plan: Plan) -> Iterator[Finding]:
        find_override = self._find_override()
        problems = {_place(problem): problem for problem in self._checked(plan, find_override)}
        for use in uses(plan):
            problem = problems.get((use.feature, use.where))
            yield (
                self._cell(use, find_override(use.task_type) is not None) if problem is None else _refusal(problem, use)
            )
        places = {(use.feature, use.where) for use in uses(plan)}
        yield from (_refusal(problem) for place, problem in problems.items() if place not in places)
        if not problems and not self.drafted.problems:
            yield from map(_refusal, self._raised(plan))

    def _find_override(self) -> FindOverride:
        @cache
        def find_override(task_type: str) -> Lower | None:
            return registry.lowering(self.backend.name, task_type, self.find)

        return find_override

    def _checked(self, plan: Plan, find_override: FindOverride) -> Iterator[Problem]:
        try:
            check(plan, self.backend, find_override, self.settings.target)
        except TranslationError as error:
            yield from (problem for problem in error.problems if problem.code != UNKNOWN_WORK)

    def _raised(self, plan: Plan) -> tuple[Problem, ...]:
        """What only the translation itself finds, such as the engine's limits."""
        if self.backend.translate is None:
            return ()
        try:
            self.backend.translate(plan, self.settings)
        except TranslationError as error:
            return error.problems
        return ()

    def _cell(self, use: Use, is_overridden: bool) -> Finding:
        """What the back end says of a feature that it keeps; `check` has let it pass."""
        cells = (cell.at(self.settings.target) for cell in self.backend.capabilities)
        cell = next(cell for cell in cells if cell.feature == use.feature)
        own = is_overridden and use.feature.endswith("-work")
        return Finding(
            code=use.feature,
            level=Level.NATIVE if own else cell.level,
            message=_OVERRIDDEN if own else cell.how,
            where=use.where,
            node=use.node,
            location=use.location,
        )


def _place(problem: Problem) -> tuple[str, str]:
    return problem.code, problem.where


def _refusal(problem: Problem, use: Use | None = None) -> Finding:
    return Finding(
        code=problem.code,
        level=Level.REFUSED,
        message=problem.message,
        hint=problem.hint,
        where=problem.where,
        node=use.node if use else "",
        location=use.location if use else problem.location,
    )
