"""A `Text` of the work in the two places where Argo completes it: a container's strings, and an object's manifest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest

from jetbridge_translators.argo import escape
from jetbridge_translators.argo.parameters import (
    NODE_PATH,
    OVERWRITE_CACHE,
    RUN_ROOT,
    STORE,
    global_tag,
    input_tag,
    parameter_name,
)
from jetbridge_translators.work import BindingMacro, JsonTree, Macro, Part, Templated, Text

_PARAMETERS = {Macro.RUN_ROOT: RUN_ROOT, Macro.NODE_PATH: NODE_PATH}
_GLOBAL: Mapping[Part, str] = {Macro.STORE: STORE, Macro.OVERWRITE_CACHE: OVERWRITE_CACHE}
"""Parameters of the Workflow, which every template sees."""
_WITHOUT_TAGS = r'replace({}, "\u007b\u007b", "\u007b\\u007b")'
_RETRIES = "retries"
"""Argo's count of attempts, from 0; every template that runs something has a retryStrategy, so it is always there."""


def container_string(text: Templated) -> str:
    """A string of a container, with Argo's tags for the macros."""
    parts = _merged(text)
    return "".join(_container_part(part, bool(after)) for part, after in zip_longest(parts, parts[1:], fillvalue=""))


def _container_part(part: Part, before_tag: bool) -> str:
    if isinstance(part, str):
        return escape.for_container(part, before_tag=before_tag)
    if part in _GLOBAL:
        return global_tag(_GLOBAL[part])
    return "{{retries}}" if part is Macro.ATTEMPT else input_tag(_parameter(part))


def manifest_string(text: Text) -> str:
    """A string of a manifest as the tag that Argo replaces by a JSON string."""
    json = f"toJson({' + '.join(map(_manifest_part, _merged(text))) or escape.for_expression('')})"
    # Argo replaces tags in what an expression gives, too.
    return f"{{{{={_WITHOUT_TAGS.format(json) if may_hold_tag(text) else json}}}}}"


def _manifest_part(part: Part) -> str:
    if isinstance(part, str):
        return escape.for_expression(part)
    if part in _GLOBAL:
        return f"workflow.parameters['{_GLOBAL[part]}']"
    return _RETRIES if part is Macro.ATTEMPT else f"inputs.parameters['{_parameter(part)}']"


def _parameter(part: Macro | BindingMacro) -> str:
    return parameter_name(part.var) if isinstance(part, BindingMacro) else _PARAMETERS[part]


def _merged(text: Templated) -> list[Part]:
    """The parts, neighbouring strings joined, so that a `{{` cannot hide between two of them."""
    merged: list[Part] = []
    for part in (text,) if isinstance(text, str) else text.parts:
        last = merged[-1] if merged else None
        if isinstance(part, str) and isinstance(last, str):
            merged[-1] = last + part
        elif part != "":
            merged.append(part)
    return merged


def texts(tree: JsonTree) -> Iterator[Templated]:
    """All strings of a tree, templated or not, keys included."""
    if isinstance(tree, (str, Text)):
        yield tree
    elif isinstance(tree, list):
        for item in tree:
            yield from texts(item)
    elif isinstance(tree, dict):
        for key, value in tree.items():
            yield key
            yield from texts(value)


def may_hold_tag(text: Templated) -> bool:
    """Whether the user's part of a string has a `{{`, or a `{` beside a macro that may give another."""
    return "{{" in text if isinstance(text, str) else "{" in plain_text(text)


def plain_text(text: Templated) -> str:
    """The parts of a string that are not left to Argo."""
    return "".join(part for part in _merged(text) if isinstance(part, str))


def variables(strings: Iterator[Templated]) -> list[str]:
    """The task inputs that strings name, sorted."""
    parts = (part for text in strings if isinstance(text, Text) for part in text.parts)
    return sorted({part.var for part in parts if isinstance(part, BindingMacro)})
