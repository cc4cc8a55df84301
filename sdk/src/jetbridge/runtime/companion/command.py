"""The task's command with Flyte's templates filled in.

On the companion's command line a template `{{.input}}` is written `<input>`, because the marks of Flyte's templates are
also those of Argo's and Airflow's; a `<` of the author's is written `<<`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from jetbridge.errors import BindingError

INPUT = "inputs."
NAMESPACE, TASK_TEMPLATE = "namespace", "taskTemplatePath"
PATHS = (
    *("input", "inputPrefix", "outputPrefix", "rawOutputDataPrefix", "checkpointOutputPrefix"),
    *("prevCheckpointPrefix", "perRetryUniqueKey", TASK_TEMPLATE),
)
"""The templates that have a value in every attempt."""
_BY_KEYWORD = {name.lower(): name for name in (*PATHS, NAMESPACE)}
# `core/template/template.go` of flyteplugins: the keyword in any case, the name of an input as it is.
_TEMPLATE = re.compile(
    rf"\{{\{{\s*[.$](?:(?i:(?P<keyword>{'|'.join(_BY_KEYWORD)}))|(?i:inputs)\.(?P<input>[^}}\s]+))\s*\}}\}}"
)
_TOKEN = re.compile(r"<<|<([^<>]+)>")


def escaped(text: str) -> str:
    """A text of the author's as the companion's command line has it.

    Example:
        >>> escaped("a<b"), filled(["a<<b", "--inputs=<input>"], {"input": "/in"}.__getitem__)
        ('a<<b', ('a<b', '--inputs=/in'))
    """
    return text.replace("<", "<<")


def keywords(word: str) -> frozenset[str]:
    """Flyte's templates in a word, but those of inputs, by their names.

    Example:
        >>> keywords("{{ .INPUT }} {{.inputs.x}}")
        frozenset({'input'})
    """
    return frozenset(_BY_KEYWORD[match["keyword"].lower()] for match in _TEMPLATE.finditer(word) if match["keyword"])


def marked(word: str, *, has_inputs: bool) -> str:
    """A word with its templates as the companion's command line has them; what propeller leaves alone stays as it is.

    Example:
        >>> marked("{{.inputs.x}} < {{.input}}", has_inputs=True)
        '<inputs.x> << <input>'
    """
    text, at = "", 0
    for match in _TEMPLATE.finditer(word):
        # Without any input propeller does not look for `{{.inputs.x}}` at all.
        if match["input"] and not has_inputs:
            continue
        name = INPUT + match["input"] if match["input"] else _BY_KEYWORD[match["keyword"].lower()]
        text += f"{escaped(word[at : match.start()])}<{name}>"
        at = match.end()
    return text + escaped(word[at:])


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
