"""Files that a reviewer has seen."""

from __future__ import annotations

from pathlib import Path


def check_golden(path: Path, data: bytes, update: bool) -> None:
    """Compares, or writes first when goldens are rewritten."""
    if update:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    assert path.is_file(), f"there is no golden {path}: run `make goldens` and review it"
    assert data.decode() == path.read_bytes().decode(), (
        f"{path.name} changed: run `make goldens` and review the difference"
    )
