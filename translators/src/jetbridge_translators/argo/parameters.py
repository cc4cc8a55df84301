"""Argo parameters: their names, and the binding texts they hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from jetbridge.bindings import json_text as _json_text
from jetbridge.bindings import render
from jetbridge.idl import Literal
from jetbridge.types.json_codec import to_json
from jetbridge_translators.argo import escape
from jetbridge_translators.plan.binds import constant
from jetbridge_translators.plan.model import Input

STORE = "jetbridge-store"
OVERWRITE_CACHE = "jetbridge-overwrite-cache"
RUN_ROOT = "run-root"
NODE_PATH = "node-path"
MARK = "\0"
_OTHER = re.compile(r"[^A-Za-z0-9_]")


def parameter_name(name: str) -> str:
    """The Argo parameter of an input; different names give different parameters.

    Argo takes `^[-a-zA-Z0-9_]+$`, so any other character of the name, the hyphen included, becomes `-x<code>-`. The
    parameters of our own have hyphens and no such code, hence never the name of an input.

    Example:
        >>> parameter_name("n_rows"), parameter_name("größe")
        ('n_rows', 'gr-xf6--xdf-e')
    """
    return _OTHER.sub(lambda match: f"-x{ord(match.group()):x}-", name)


def input_tag(parameter: str) -> str:
    """The tag that Argo replaces by a parameter of the template."""
    return f"{{{{inputs.parameters.{parameter}}}}}"


def global_tag(parameter: str) -> str:
    """The tag that Argo replaces by a parameter of the Workflow."""
    return f"{{{{workflow.parameters.{parameter}}}}}"


def literal_json(literal: Literal) -> str:
    """A literal as JSON text that is safe in an Argo parameter."""
    return escape.for_json(_json_text(to_json(literal)))


def with_tags(text: str) -> str:
    """A text of ours in which names of parameters stand between marks, safe for Argo and with the tags in place."""
    pieces = text.split(MARK)
    return "".join(input_tag(piece) if at % 2 else escape.for_json(piece) for at, piece in enumerate(pieces))


def input_text(item: Input, is_root: bool) -> str:
    """How an input of a workflow is written in a binding inside it, before `with_tags`."""
    # The mark cannot come from a user: JSON escapes NUL.
    if item.fixed and item.default is not None:
        return render(constant(item.default, item.type), {})
    tag = f"{MARK}{parameter_name(item.name)}{MARK}"
    return f"json:{tag}" if is_root else tag


def task_tags(variables: Iterable[str]) -> Mapping[str, str]:
    """The tag of each task input in the task's own template."""
    return {name: input_tag(parameter_name(name)) for name in variables}
