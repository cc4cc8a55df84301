"""The manifest of an object that a task asks for, as the YAML text of an Argo resource template."""

from __future__ import annotations

from collections.abc import Mapping

from jetbridge_translators.argo.text import manifest_string
from jetbridge_translators.argo.yaml_text import Tree, Verbatim, document, double_quoted, scalar
from jetbridge_translators.plan.names import dns_label
from jetbridge_translators.work import JsonTree, ResourceWork, Text

_HEAD = ("apiVersion", "kind")
_OWNER: JsonTree = {
    "apiVersion": "argoproj.io/v1alpha1",
    "kind": "Workflow",
    "name": Text((WorkflowTag.NAME,)),
    "uid": Text((WorkflowTag.UID,)),
    "controller": True,
    "blockOwnerDeletion": True,
}
_NAME_LIMIT = 40
"""Operators add suffixes of their own to the 63 characters of a name, and Kubernetes five."""


def manifest_text(work: ResourceWork) -> str:
    """The manifest; each attempt makes an object of its own name, so that a retry never meets an existing one."""
    given = work.manifest.get("metadata", {})
    metadata = given if isinstance(given, dict) else {}
    name: dict[str, JsonTree] = {"generateName": f"{dns_label(work.name_hint, _NAME_LIMIT)}-"}
    owner: dict[str, JsonTree] = {} if argo_sets_owner(work) else {"ownerReferences": [_OWNER]}
    head: dict[str, JsonTree] = {key: work.manifest[key] for key in _HEAD if key in work.manifest}
    whole: dict[str, JsonTree] = {**head, "metadata": {**name, **metadata, **owner}}
    rest = {key: value for key, value in work.manifest.items() if key not in whole}
    return document(_mapping({**whole, **rest}), quote=_scalar)


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
