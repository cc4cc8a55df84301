"""Control values: what Argo must know of a task's outputs, as parameters.

A task leaves each as a small file (`jetbridge.runtime.control_values`), which becomes an output parameter; a workflow
hands on those of its nodes, and is told those of its inputs.
"""

from __future__ import annotations

import hashlib
import re

import hera.workflows.models as m

from jetbridge.bindings import OutputRef, json_text, render
from jetbridge_translators.argo.parameters import parameter_name
from jetbridge_translators.plan.model import Control

FOLDER = "/tmp/jetbridge-controls"  # noqa: S108 -- a folder of the container, which no other process sees
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,40}")


def output_name(control: Control) -> str:
    """The output parameter that holds it: an identifier, because `?.` of Argo's expressions takes nothing else.

    Example:
        >>> output_name(Control("value", "o0")), output_name(Control("size", "o0"))
        ('value_o0', 'size_o0')
    """
    if not control.attr_path and _IDENTIFIER.fullmatch(control.var):
        return f"{control.kind}_{control.var}"
    digest = hashlib.sha256(json_text([control.var, *control.attr_path]).encode()).hexdigest()[:12]
    return f"{control.kind}_of_{digest}"


def input_name(control: Control) -> str:
    """The parameter of a workflow's DAG that tells it; never the name of an input, which has no hyphen.

    Example:
        >>> input_name(Control("size", "xs"))
        'size-of-xs'
    """
    if not control.attr_path:
        return f"{control.kind}-of-{parameter_name(control.var)}"
    return output_name(control).replace("_", "-")


def request(control: Control, folder: str = FOLDER) -> str:
    """What the entrypoint is asked for."""
    output = render(OutputRef("", control.var, control.attr_path), {}).removeprefix(".")
    return f"--control={control.kind}:{output}={folder}/{output_name(control)}"


def output_parameter(control: Control, folder: str = FOLDER) -> m.Parameter:
    """The output parameter of a task's template; empty where the task has failed before it could say."""
    path = f"{folder}/{output_name(control)}"
    return m.Parameter(name=output_name(control), value_from=m.ValueFrom(path=path, default=""))
