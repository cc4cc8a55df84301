"""Control values: what Airflow must know of a task's outputs to decide a branch or to size a map.

The entrypoint leaves them in one small JSON file, which the task's operator pushes as an XCom.
"""

from __future__ import annotations

from jetbridge.bindings import OutputRef, render
from jetbridge_translators.plan.model import Control, Step
from jetbridge_translators.work import ContainerWork, Templated

CONTROLS = "controls"
"""The key of the XCom in which a task tells its control values."""


def control_name(control: Control) -> str:
    """What a control value is called: as the entrypoint is asked for it.

    Example:
        >>> control_name(Control("size", "o0", ("a", 0)))
        'size:o0.a[0]'
    """
    return f"{control.kind}:{render(OutputRef('', control.var, control.attr_path), {}).removeprefix('.')}"


def with_controls(step: Step, work: ContainerWork, *options: str) -> tuple[Templated, ...]:
    """The arguments of a task that leaves its control values; `options` come with them."""
    if not step.controls:
        return work.args
    at = work.args.index("--")
    wanted = (f"--control={control_name(control)}" for control in step.controls)
    return (*work.args[:at], *options, *wanted, *work.args[at:])
