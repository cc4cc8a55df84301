"""The manifest of an object that a task asks for, as the YAML text of an Argo resource template."""

from __future__ import annotations

from collections.abc import Mapping

from jetbridge_translators.argo.text import manifest_string, may_hold_tag, texts
from jetbridge_translators.argo.yaml_text import Tree, Verbatim, document, double_quoted, scalar
from jetbridge_translators.plan.names import dns_label
from jetbridge_translators.work import JsonTree, Macro, ResourceWork, Text

_HEAD = ("apiVersion", "kind")
_NAME_LIMIT = 40
"""Operators add suffixes of their own to the 63 characters of a name, and Kubernetes five."""


def manifest_text(work: ResourceWork) -> str:
    """The manifest; each attempt makes an object of its own name, so that a retry never meets an existing one."""
    given = _mapping(work.manifest)
    metadata = _part(given, "metadata")
    whole: dict[str, Tree] = {
        **{key: given[key] for key in _HEAD if key in given},
        "metadata": {
            "generateName": f"{dns_label(work.name_hint, _NAME_LIMIT)}-",
            **metadata,
            "labels": {**_part(metadata, "labels"), **_LABELS},
            "annotations": {**_part(metadata, "annotations"), **_ANNOTATIONS},
            **({} if argo_sets_owner(work) else {"ownerReferences": [_owner()]}),
        },
    }
    return document({**whole, **{key: value for key, value in given.items() if key not in whole}}, quote=_scalar)


WORKFLOW = "workflows.argoproj.io/workflow"
NODE_PATH, ATTEMPT = "jetbridge/node-path", "jetbridge/attempt"
_LABELS: dict[str, Tree] = {WORKFLOW: Verbatim('"{{workflow.name}}"')}
_ANNOTATIONS: dict[str, Tree] = {
    NODE_PATH: Verbatim(manifest_string(Text((Macro.NODE_PATH,)))),
    ATTEMPT: Verbatim('"{{retries}}"'),
}
"""By which an object is found again: of Argo's name for a pod there is none."""


def _part(tree: Mapping[str, Tree], key: str) -> dict[str, Tree]:
    found = tree.get(key)
    return found if isinstance(found, dict) else {}


def _owner() -> dict[str, Tree]:
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "name": Verbatim('"{{workflow.name}}"'),
        "uid": Verbatim('"{{workflow.uid}}"'),
        "controller": True,
        "blockOwnerDeletion": True,
    }


def argo_sets_owner(work: ResourceWork) -> bool:
    """Whether Argo may put in the owner by itself (`setOwnerReference`).

    To do so it parses the manifest and writes it anew, which undoes the escapes of `{{`, before it replaces tags once
    more (`executeResource` in operator.go, 3.7 and 4.0); so a manifest with a user's `{{` names its owner itself.
    """
    return not any(map(may_hold_tag, texts(dict(work.manifest))))


def _mapping(tree: Mapping[str, JsonTree]) -> dict[str, Tree]:
    return {key: _tree(value) for key, value in tree.items()}


def _tree(tree: JsonTree) -> Tree:
    if isinstance(tree, Text):
        return Verbatim(manifest_string(tree))
    if isinstance(tree, dict):
        return _mapping(tree)
    return [_tree(item) for item in tree] if isinstance(tree, list) else tree


def _scalar(text: str) -> str:
    r"""A string that holds no `{{` for Argo to replace: inside quotes YAML reads `\u007b` as `{`."""
    return scalar(text) if "{{" not in text else double_quoted(text).replace("{", "\\u007b")
