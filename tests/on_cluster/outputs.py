"""Whether two runs gave the same outputs."""

from __future__ import annotations

from jetbridge.store import open_store
from jetbridge_translators.cli.execution import Execution
from jetbridge_translators.report.outputs import RunOutputs, output_reports


def equal_outputs(*runs: Execution) -> dict[str, bool]:
    """Each output by name: whether all runs have the same."""
    found = [RunOutputs(run.plan.outputs, run.outputs) for run in runs]
    return {output.name: output.equal for output in output_reports(open_store(), found)}
