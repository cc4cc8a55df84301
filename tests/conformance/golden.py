"""Files that a reviewer has seen."""

from __future__ import annotations

from pathlib import Path


def check_golden(path: Path, data: bytes, update: bool) -> None:
    """Compares, or writes first when goldens are rewritten."""
    if update:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    assert path.is_file(), f"there is no golden {path}: run `make goldens` and review it"
    found = path.read_bytes()
    # As text for pytest to show; bytes that are no text count all the same.
    assert (data.decode(errors="replace"), data) == (found.decode(errors="replace"), found), (
        f"{path.name} changed: run `make goldens` and review the difference"
    )
