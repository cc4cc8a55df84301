"""An analysis as JSON, whose form docs/guide/analyze.md describes."""

from __future__ import annotations

from collections.abc import Sequence

from jetbridge.errors import Location, Problem
from jetbridge_translators.cli.analysis.model import Analysis, Finding, Verdict
from jetbridge_translators.cli.analysis.summary import totals


def as_record(analyses: Sequence[Analysis]) -> dict[str, object]:
    """The document."""
    return {
        "translatable": all(analysis.translatable for analysis in analyses),
        "totals": totals(analyses),
        "workflows": [_workflow(analysis) for analysis in analyses],
    }


def _workflow(analysis: Analysis) -> dict[str, object]:
    return {
        "name": analysis.name,
        "translatable": analysis.translatable,
        "errors": [_error(problem) for problem in analysis.errors],
        "backends": [_backend(analysis, verdict) for verdict in analysis.verdicts],
    }


def _error(problem: Problem) -> dict[str, object]:
    return {
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint,
        "where": problem.where,
        **_place(problem.location),
    }


def _backend(analysis: Analysis, verdict: Verdict) -> dict[str, object]:
    return {
        "backend": verdict.backend,
        "target": verdict.target,
        "translatable": analysis.can_be_translated(verdict),
        "findings": [_finding(finding) for finding in verdict.findings],
    }


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "code": finding.code,
        "level": finding.level.value,
        "message": finding.message,
        "hint": finding.hint,
        "where": finding.where,
        "node": finding.node,
        **_place(finding.location),
    }


def _place(location: Location | None) -> dict[str, object]:
    return {"file": location.file if location else None, "line": location.line if location else None}
