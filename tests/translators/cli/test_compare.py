"""`jetbridge compare`: every back end makes its outputs itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from jetbridge.cli.main import cli

ROOT = Path(__file__).parents[3]
TARGET = f"{ROOT}/tests/translators/cached_flows.py:chained"


def verb(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main(args=list(arguments), standalone_mode=False)
    return int(str(ended.value.code))


def test_no_back_end_gets_what_another_one_has_cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARKS", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    store = str(tmp_path / "store")
    cli.main(args=["run", TARGET, "--on", "local", "--store", store, "--input", "n=3"], standalone_mode=False)
    assert _marks(tmp_path) == ["doubled 3", "doubled 6"]
    cli.main(args=["run", TARGET, "--on", "local", "--store", store, "--input", "n=3"], standalone_mode=False)
    assert _marks(tmp_path) == ["doubled 3", "doubled 6"], "the second run finds all in the cache"
    assert verb("compare", TARGET, "--on", "local,local", "--store", store, "--input", "n=3") == 0
    assert _marks(tmp_path) == ["doubled 3", "doubled 6"] * 3


def _marks(folder: Path) -> list[str]:
    return (folder / "marks").read_text().splitlines()
