"""Tables for people."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from jetbridge.types.describe import describe
from jetbridge_translators.cli.execution import Execution
from jetbridge_translators.report.outputs import shown


def outputs_table(execution: Execution) -> Table:
    """The outputs of one run."""
    table = Table(title=f"Outputs of {execution.plan.name}", title_justify="left", title_style="bold")
    for column in ("output", "type", "value"):
        table.add_column(column, overflow="fold")
    for output in execution.plan.outputs:
        # As text: a value such as "[a,b]" would be taken for markup.
        table.add_row(output.name, describe(output.type), Text(shown(execution.outputs[output.name])))
    return table
