"""Writes files that running services watch."""

from __future__ import annotations

from pathlib import Path


def write_changed(target: Path, text: str) -> Path:
    """Write a file only where its content differs: kube-proxy, for one, ends when its configuration is touched."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists() or target.read_text() != text:
        target.write_text(text)
    return target


def write_private(target: Path, text: str) -> Path:
    """Write a file that only its owner may read."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.touch(mode=0o600)
    return write_changed(target, text)
