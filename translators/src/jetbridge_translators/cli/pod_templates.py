"""Files with Kubernetes' PodTemplates: what `kubectl get podtemplate NAME -o yaml` prints, several in one file too."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from jetbridge.errors import MissingLibraryError, UsageError
from jetbridge_translators.planning import PodTemplates

_HINT = "Give what `kubectl get podtemplate NAME -o yaml` prints."


def read_pod_templates(files: Sequence[str]) -> PodTemplates:
    """The templates of files by name.

    Raises:
        UsageError: a file cannot be read, holds something else, or a name occurs twice.
        MissingLibraryError: a file is YAML, and there is no library to read it.
    """
    found: dict[str, Mapping[str, Any]] = {}
    for file in files:
        for name, template in _templates(file):
            if name in found:
                raise UsageError(f"--pod-templates: there are two PodTemplates {name!r}", hint="Leave one out.")
            found[name] = template
    return found


def _templates(file: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for document in _documents(Path(file)):
        for item in _items(document):
            name, template = _at(item, "metadata", "name"), _at(item, "template")
            if _at(item, "kind") != "PodTemplate" or not isinstance(name, str) or not isinstance(template, dict):
                raise UsageError(f"--pod-templates: {file!r} holds something that is no PodTemplate", hint=_HINT)
            yield name, cast("Mapping[str, Any]", template)


def _documents(path: Path) -> Iterable[Any]:
    try:
        text = path.read_text()
        if path.suffix == ".json":
            return [json.loads(text)]
        return [document for document in _yaml().safe_load_all(text) if document is not None]
    except (OSError, ValueError) as error:
        raise UsageError(f"--pod-templates: {str(path)!r} cannot be read: {error}", hint=_HINT) from error
    except Exception as error:
        # PyYAML's errors, whose class is only there when the library is.
        if type(error).__module__.startswith("yaml"):
            raise UsageError(f"--pod-templates: {str(path)!r} is no YAML: {error}", hint=_HINT) from error
        raise


def _yaml() -> Any:
    try:
        import yaml
    except ModuleNotFoundError as error:
        raise MissingLibraryError(
            "--pod-templates: reading YAML needs 'yaml', which is not installed",
            hint="Install it: pip install pyyaml; or give the templates as JSON, in a file that ends in .json.",
        ) from error
    return yaml


def _items(document: Any) -> Iterable[Any]:
    """The objects of a List, as `kubectl` prints several; else the object itself."""
    items = _at(document, "items")
    return cast("list[Any]", items) if isinstance(items, list) else [document]


def _at(tree: Any, *keys: str) -> Any:
    for key in keys:
        tree = cast("Mapping[str, Any]", tree).get(key) if isinstance(tree, dict) else None
    return tree
