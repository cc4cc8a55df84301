"""A report as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from jetbridge.types.difference import Difference
from jetbridge_translators.cli.analysis.model import Verdict
from jetbridge_translators.report.model import AttemptReport, NodeReport, OutputReport, Report, RunReport
from jetbridge_translators.report.summary import MEASURES, by_group, phase_totals, spread

VERSION = 1


def report_tree(report: Report) -> dict[str, Any]:
    """The whole report. Unknown figures are null; times are seconds, in a run since its start."""
    return {
        "version": VERSION,
        "workflow": report.workflow,
        "all_equal": report.equal,
        "equal": {each.name: each.equal for each in report.outputs},
        "outputs": [_output(report, each) for each in report.outputs],
        "summary": {
            name: {measure.key: asdict(spread(measure, runs)) for measure in MEASURES}
            for name, runs in by_group(report.runs).items()
        },
        "runs": [_run(run, _plain(report, index)) for index, run in enumerate(report.runs)],
        "capabilities": [_verdict(verdict) for verdict in report.verdicts],
    }


def _output(report: Report, output: OutputReport) -> dict[str, Any]:
    runs = [run.run for run in report.runs]
    return {
        "name": output.name,
        "type": output.type,
        "equal": output.equal,
        "values": dict(zip(runs, output.values, strict=True)),
        "digests": dict(zip(runs, output.digests, strict=True)),
        "differences": [
            {"runs": [runs[0], runs[index]], **_difference(each)}
            for index, found in output.differences.items()
            for each in found
        ],
    }


def _difference(each: Difference) -> dict[str, str]:
    return {"place": each.place, "what": each.what, "left": each.left, "right": each.right}


def _plain(report: Report, index: int) -> dict[str, object]:
    return {output.name: output.plain[index] for output in report.outputs if output.digests[index]}


def _run(run: RunReport, outputs: dict[str, object]) -> dict[str, Any]:
    figures = {measure.key: measure.of(run) for measure in MEASURES}
    return {
        "run": run.run,
        "group": run.group,
        "backend": run.backend,
        "target": run.target,
        "run_root": run.run_root,
        "state": run.state,
        "error": run.error,
        "started": run.started,
        "seconds": run.seconds,
        "outputs": outputs,
        "figures": {key: asdict(figure) for key, figure in figures.items()},
        "critical_path": {"paths": list(run.critical.paths), "complete": run.critical.complete},
        "phases": {name: round(seconds, 4) for name, seconds in phase_totals(run).items()},
        "nodes": [_node(node) for node in run.nodes],
    }


def _node(node: NodeReport) -> dict[str, Any]:
    return {
        "path": node.path,
        "name": node.name,
        "task_type": node.task_type,
        "line": str(node.location) if node.location else None,
        "outcome": node.outcome,
        "requests": None if node.requests is None else dict(node.requests),
        "bytes_written": node.bytes_written,
        "attempts": [_attempt(attempt) for attempt in node.attempts],
    }


def _attempt(attempt: AttemptReport) -> dict[str, Any]:
    spans = [{"phase": s.phase, "begin": round(s.begin, 4), "end": round(s.end, 4)} for s in attempt.spans]
    return {
        "number": attempt.number,
        "outcome": attempt.outcome,
        "pod": attempt.pod,
        "pods": attempt.pods,
        "containers": attempt.containers,
        "cpu_seconds": attempt.cpu_seconds,
        "peak_memory": attempt.peak_memory,
        "bytes_read": attempt.bytes_read,
        "spans": spans,
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    findings = [
        {"code": each.code, "level": each.level.value, "how": each.message, "hint": each.hint, "where": each.where}
        for each in verdict.findings
    ]
    return {"backend": verdict.backend, "target": verdict.target, "findings": findings}
