"""How the template of a dynamic task and the process in its pod understand each other; the latter has no Hera yet."""

from __future__ import annotations

import base64
import gzip

COMMAND = "jetbridge-dynamic"
"""The console script of `dynamic_run`; the task's image holds it where `jetbridge-translators[argo]` is installed."""


def packed(data: bytes) -> str:
    """Bytes as an argument that Argo and Kubernetes leave alone.

    Example:
        >>> unpacked(packed(b"{{x}}"))
        b'{{x}}'
    """
    return base64.b64encode(gzip.compress(data, mtime=0)).decode()


def unpacked(text: str) -> bytes:
    """The bytes again."""
    return gzip.decompress(base64.b64decode(text))
