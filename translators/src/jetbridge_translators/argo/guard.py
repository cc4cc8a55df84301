"""The proof that a manifest holds no tag but ours, and fits into Argo's object limit."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import cast

from jetbridge.errors import Problem
from jetbridge_translators.argo.yaml_text import Commented, Tree

MAX_OBJECT = 960 * 1024
"""Bytes of the templates as compact JSON. Argo stores them in the Workflow, and errors when that, with the status
compressed, passes 1 MiB (`MAX_WORKFLOW_SIZE`); 64 KiB are left for the status of 200 nodes."""

_INPUT = re.compile(r"inputs\.parameters\.([-A-Za-z0-9_]+)")
_EXPRESSION_INPUT = re.compile(r"inputs\.parameters\['([-A-Za-z0-9_]+)'\]")
_GLOBAL = re.compile(r"workflow\.(name|uid|scheduledTime|parameters\.[-A-Za-z0-9_]+)|retries")
_OF_DAG = "\0"
"""Stands among the parameters of a DAG. Its tasks hold expressions of ours, into which a user's text only comes as a
string literal without braces, and its bindings are escaped as JSON."""
_ITEM = "item"
_TAG = re.compile(r"\{\{(=?)((?:(?!\}\}).)*)(\}\}|\Z)", re.DOTALL)


def problems_of(root: dict[str, Tree], name: str) -> list[Problem]:
    """What is wrong with a WorkflowTemplate, Workflow or CronWorkflow of a workflow's name."""
    where = f"workflow {name}"
    spec = cast("dict[str, Tree]", root["spec"])
    spec = cast("dict[str, Tree]", spec.get("workflowSpec", spec))
    templates = spec["templates"]
    rest = {key: value for key, value in spec.items() if key != "templates"}
    parts = [rest, *(templates if isinstance(templates, list) else [])]
    foreign = (tag for part in parts for tag in _foreign_tags(_plain(part)))
    return [*(_foreign(tag, where) for tag in foreign), *_size(spec, where)]


def _foreign_tags(part: Tree) -> Iterator[str]:
    declared = _declared(part)
    for text in _strings(part):
        for match in _TAG.finditer(text):
            if not _is_ours(match, declared):
                yield match.group()


def _is_ours(match: re.Match[str], declared: set[str]) -> bool:
    expression, tag, end = match.groups()
    if not end:
        return False
    if expression:
        ours = tag.startswith(("toJson(", "replace(toJson(")) or _OF_DAG in declared
        return ours and set(_EXPRESSION_INPUT.findall(tag)) <= declared
    if tag == _ITEM and _OF_DAG in declared:
        return True
    named = _INPUT.fullmatch(tag)
    return named.group(1) in declared if named else bool(_GLOBAL.fullmatch(tag))


def _declared(part: Tree) -> set[str]:
    """The input parameters of a template."""
    inputs = part.get("inputs") if isinstance(part, dict) else None
    parameters = inputs.get("parameters") if isinstance(inputs, dict) else None
    items = parameters if isinstance(parameters, list) else []
    names = {str(item["name"]) for item in items if isinstance(item, dict)}
    return {*names, _OF_DAG} if isinstance(part, dict) and "dag" in part else names


def _plain(tree: Tree) -> Tree:
    if isinstance(tree, Commented):
        return _plain(tree.value)
    if isinstance(tree, dict):
        return {key: _plain(value) for key, value in tree.items()}
    return [_plain(item) for item in tree] if isinstance(tree, list) else tree


def _strings(tree: Tree) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, list):
        for item in tree:
            yield from _strings(item)
    elif isinstance(tree, dict):
        for key, value in tree.items():
            yield key
            yield from _strings(value)


def _foreign(tag: str, where: str) -> Problem:
    return Problem(
        code="UnsafeTemplate",
        message=f"{tag!r} stands where Argo would replace it",
        where=where,
        hint="Take the two braces out of the label, annotation, quantity or condition that holds them.",
    )


def _size(spec: dict[str, Tree], where: str) -> Iterator[Problem]:
    size = len(json.dumps(_plain(spec), separators=(",", ":")))
    if size > MAX_OBJECT:
        yield Problem(
            code="ArgoLimitExceeded",
            message=f"the manifest has {size} bytes; Argo stores at most {MAX_OBJECT} of a workflow",
            where=where,
            hint="Move large constants into files or inputs, or part of the workflow into a second one.",
        )
