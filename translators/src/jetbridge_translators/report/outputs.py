"""The workflow's outputs of several runs, side by side."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jetbridge.errors import BindingError
from jetbridge.idl import Literal
from jetbridge.store import Store
from jetbridge.types.describe import describe
from jetbridge.types.difference import differences
from jetbridge.types.digest import content_digest
from jetbridge.types.json_codec import to_json
from jetbridge_translators.api import read_outputs
from jetbridge_translators.plan.model import Output, Plan
from jetbridge_translators.report.model import OutputReport


@dataclass(frozen=True, slots=True)
class RunOutputs:
    """What a run's workflow declares, and what the run has of it."""

    declared: tuple[Output, ...]
    literals: Mapping[str, Literal]


NO_OUTPUTS = RunOutputs((), {})
"""Those of a run that has not begun."""


def run_outputs(plan: Plan, run_root: str) -> RunOutputs:
    """The outputs of a run, if it has come so far."""
    try:
        return RunOutputs(plan.outputs, read_outputs(plan, run_root))
    except BindingError:
        return RunOutputs(plan.outputs, {})


def output_reports(store: Store, runs: Sequence[RunOutputs]) -> tuple[OutputReport, ...]:
    """Each output that any of the runs declares. Raises `StoreError` when data is gone."""
    declared = {output.name: output for run in runs for output in run.declared}
    return tuple(_report(store, output, runs) for output in declared.values())


def _report(store: Store, output: Output, runs: Sequence[RunOutputs]) -> OutputReport:
    literals = [run.literals.get(output.name) for run in runs]
    digests = ["" if literal is None else content_digest(store, literal) for literal in literals]
    found = {
        index: differences(store, literals[0], literal)
        for index, literal in enumerate(literals)
        if literals[0] is not None and literal is not None and digests[index] != digests[0]
    }
    values = tuple("" if literal is None else compared(literal) for literal in literals)
    return OutputReport(
        name=output.name,
        type=describe(output.type),
        values=values,
        plain=tuple(None if literal is None else to_json(literal) for literal in literals),
        digests=tuple(digests),
        differences=found,
    )


def compared(literal: Literal) -> str:
    """A value as a comparison shows it: a file or table by its last name, since each run has its own folder."""
    text = shown(literal)
    return f"…/{text.rpartition('/')[2]}" if "://" in text else text


def shown(literal: Literal) -> str:
    """A value in one line."""
    value = to_json(literal)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
