"""The task's command with Flyte's templates filled in.

On the companion's command line a template `{{.input}}` is written `<input>`, because the marks of Flyte's templates are
also those of Argo's and Airflow's; a `<` of the author's is written `<<`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from jetbridge.errors import BindingError

INPUT = "inputs."
_TOKEN = re.compile(r"<<|<([^<>]+)>")


def escaped(text: str) -> str:
    """A text of the author's as the companion's command line has it.

    Example:
        >>> escaped("a<b"), filled(["a<<b", "--inputs=<input>"], {"input": "/in"}.__getitem__)
        ('a<<b', ('a<b', '--inputs=/in'))
    """
    return text.replace("<", "<<")


def filled(command: Sequence[str], value: Callable[[str], str]) -> tuple[str, ...]:
    """The command line.

    Args:
        command: The words with their templates.
        value: The value of a template, such as `input` or `inputs.x`.

    Raises:
        BindingError: from `value`.
    """
    return tuple(_TOKEN.sub(lambda match: value(match[1]) if match[1] else "<", word) for word in command)


def unknown(name: str) -> BindingError:
    """The error of a template that has no value."""
    if name.startswith(INPUT):
        return BindingError(
            f"the command uses the input {name.removeprefix(INPUT)!r}, which is not bound",
            hint="Bind it in the workflow, or remove it from the command.",
        )
    return BindingError(f"nothing is known of the template {name!r}", hint="Translate the workflow again.")
