"""What an analysis finds."""

from __future__ import annotations

from dataclasses import dataclass

from jetbridge.errors import Location, Problem
from jetbridge_translators.capability import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a back end makes of one place of a workflow.

    Attributes:
        code: The feature's name, or the code of a problem that only this back end has.
        message: How it is kept; for a refusal the reason.
        hint: The way out of a refusal.
        where: The place in words: `node 'n0' (task 'penguins.load')`.
        node: The node's id; empty for the workflow itself, and where the place is a task.
    """

    code: str
    level: Level
    message: str
    hint: str = ""
    where: str = ""
    node: str = ""
    location: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one back end, at one version, makes of a workflow."""

    backend: str
    target: str
    findings: tuple[Finding, ...]

    @property
    def engine(self) -> str:
        """The back end with its version: `argo 4.0`."""
        return f"{self.backend} {self.target}"

    @property
    def refuses(self) -> bool:
        """Whether something is refused."""
        return any(finding.level is Level.REFUSED for finding in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """All that is known of a workflow before anything is written.

    Attributes:
        name: The workflow's or launch plan's name.
        errors: What is wrong on every back end.
        verdicts: One for each back end; without findings where the errors leave no plan to look at.
    """

    name: str
    errors: tuple[Problem, ...]
    verdicts: tuple[Verdict, ...]

    def can_be_translated(self, verdict: Verdict) -> bool:
        """Whether the workflow can be translated to the back end of this verdict."""
        return not self.errors and not verdict.refuses

    @property
    def translatable(self) -> bool:
        """Whether the workflow can be translated to all the back ends."""
        return all(self.can_be_translated(verdict) for verdict in self.verdicts)
