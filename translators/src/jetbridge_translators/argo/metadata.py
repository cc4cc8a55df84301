"""Labels and annotations of pods: what Kubernetes takes, and Argo leaves alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jetbridge.idl import K8sObjectMetadata

Finding = tuple[str, str]

_NAME = r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_KEY = re.compile(rf"([a-z0-9]([-a-z0-9.]{{0,251}}[a-z0-9])?/)?{_NAME}")
_VALUE = re.compile(rf"({_NAME})?")
"""Of labels (Kubernetes' `apimachinery/pkg/util/validation`)."""


def findings_of(given: K8sObjectMetadata) -> Iterator[Finding]:
    """What cannot be kept of a task's labels and annotations, with what to do."""
    for kind, entries in (("label", given.labels), ("annotation", given.annotations)):
        for key in sorted(entries):
            if not _KEY.fullmatch(key):
                yield (
                    f"{key!r:.80} is not the name of a Kubernetes {kind}",
                    "Use letters, digits, `-`, `_` and `.`, at most 63, perhaps after a domain and `/`.",
                )
    for key, value in sorted(given.labels.items()):
        if not _VALUE.fullmatch(value):
            hint = "Use at most 63 letters, digits, `-`, `_` and `.`, or make it an annotation."
            yield f"the label {key!r:.80} cannot be {value!r:.80}", hint
    for key, value in sorted(given.annotations.items()):
        if "{{" in value:
            hint = "Take the two braces out: Argo has no way to write them so that they stay."
            yield f"the annotation {key!r:.80} holds `{{{{`, which Argo would replace", hint
