"""Tables for people."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from jetbridge.idl import Literal
from jetbridge.types.describe import describe
from jetbridge.types.json_codec import to_json
from jetbridge_translators.cli.comparison import Comparison
from jetbridge_translators.cli.execution import Execution

WIDTH = 60


def outputs_table(execution: Execution) -> Table:
    """The outputs of one run."""
    table = Table(title=f"Outputs of {execution.plan.name}", title_justify="left", title_style="bold")
    for column in ("output", "type", "value"):
        table.add_column(column, overflow="fold")
    for output in execution.plan.outputs:
        table.add_row(output.name, describe(output.type), shown(execution.outputs[output.name]))
    return table


def comparison_table(executions: Sequence[Execution], comparison: Comparison) -> Table:
    """Each output on each back end, whether they are equal, and what the runs took."""
    name = executions[0].plan.name
    table = Table(title=f"{name} on {len(executions)} back ends", title_justify="left", title_style="bold")
    table.add_column("")
    for execution in executions:
        table.add_column(execution.backend, overflow="fold", max_width=WIDTH)
    table.add_column("equal")
    for output in executions[0].plan.outputs:
        values = [_compared(execution.outputs[output.name]) for execution in executions]
        table.add_row(output.name, *values, _verdict(comparison.equal[output.name]))
    table.add_section()
    table.add_row("wall time", *(f"{execution.result.seconds:.1f} s" for execution in executions), "")
    table.add_row("tasks run", *(str(len(execution.result.steps)) for execution in executions), "")
    return table


def _compared(literal: Literal) -> str:
    """A value as a comparison shows it: a file or table by its last name, since each run has its own folder."""
    text = shown(literal)
    return f"…/{text.rpartition('/')[2]}" if "://" in text else text


def _verdict(equal: bool) -> Text:
    return Text("yes", style="green") if equal else Text("no", style="bold red")


def shown(literal: Literal) -> str:
    """A value in one line."""
    value = to_json(literal)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
