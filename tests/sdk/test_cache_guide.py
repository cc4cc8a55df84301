"""The code of the guide on the cache runs as it stands."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from jetbridge.runtime.cache_lease import EXPIRY, HEARTBEAT

GUIDE = (Path(__file__).parents[2] / "docs" / "guide" / "cache.md").read_text()


def test_the_code_of_the_guide_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = re.findall(r"```python\n(.*?)```", GUIDE, re.S)
    assert len(blocks) == 2
    path, module = tmp_path / "cache_guide.py", ModuleType("cache_guide")
    path.write_text("\n".join(blocks))
    module.__file__ = str(path)
    monkeypatch.setitem(sys.modules, "cache_guide", module)
    exec(compile(path.read_text(), str(path), "exec"), module.__dict__)  # noqa: S102 -- our own page


def test_the_guide_tells_the_times_of_a_lease() -> None:
    assert f"sign of life every {HEARTBEAT:.0f} seconds; after {EXPIRY:.0f} seconds" in GUIDE
