"""An analysis as SARIF 2.1.0, which code hosts show beside the lines (OASIS, sections 3.13 to 3.30).

What is refused is an error, what is emulated a note; what the engine does itself is not mentioned.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from urllib.parse import quote

from jetbridge.errors import Location
from jetbridge.version import VERSION
from jetbridge_translators.capability import Level
from jetbridge_translators.cli.analysis.model import Analysis, Finding

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Level.REFUSED: "error", Level.EMULATED: "note"}


def as_sarif(analyses: Sequence[Analysis], folder: str = "") -> dict[str, object]:
    """The log.

    Args:
        analyses: The analyses.
        folder: Where the authors' files lie below the root of their repository; empty for the root itself.
    """
    results = [result for analysis in analyses for result in _results(analysis, folder)]
    codes = sorted({str(result["ruleId"]) for result in results})
    driver = {"name": "jetbridge", "version": VERSION, "rules": [_rule(code) for code in codes]}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}


def _rule(code: str) -> dict[str, object]:
    return {"id": code, "shortDescription": {"text": code.replace("-", " ")}}


def _results(analysis: Analysis, folder: str) -> Iterator[dict[str, object]]:
    for problem in analysis.errors:
        found = Finding(
            code=problem.code,
            level=Level.REFUSED,
            message=problem.message,
            hint=problem.hint,
            where=problem.where,
            location=problem.location,
        )
        yield _result(analysis, "every back end", found, folder)
    for verdict in analysis.verdicts:
        for finding in verdict.findings:
            if finding.level in _LEVELS:
                yield _result(analysis, verdict.engine, finding, folder)


def _result(analysis: Analysis, engine: str, finding: Finding, folder: str) -> dict[str, object]:
    way_out = f" Way out: {finding.hint}" if finding.hint else ""
    return {
        "ruleId": finding.code,
        "level": _LEVELS[finding.level],
        "message": {"text": f"{engine}: {finding.message}.{way_out}"},
        "locations": [_location(analysis, finding, folder)],
    }


def _location(analysis: Analysis, finding: Finding, folder: str) -> dict[str, object]:
    place = finding.node or finding.where
    name = f"{analysis.name}: {place}" if place else analysis.name
    return {**_physical(finding.location, folder), "logicalLocations": [{"fullyQualifiedName": name}]}


def _physical(location: Location | None, folder: str) -> dict[str, object]:
    if location is None:
        return {}
    return {"physicalLocation": {"artifactLocation": _artifact(location.file, folder), "region": _region(location)}}


def _region(location: Location) -> dict[str, object]:
    return {"startLine": max(location.line, 1)}


def _artifact(file: str, folder: str) -> dict[str, object]:
    path = Path(file)
    if path.is_absolute():
        return {"uri": path.as_uri()}
    return {"uri": quote((PurePath(folder) / path).as_posix()), "uriBaseId": "%SRCROOT%"}
