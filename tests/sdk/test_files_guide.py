"""The code of the guide on files and stores runs as it stands."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "files-and-stores.md"


def test_the_code_of_the_guide_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.S)
    assert len(blocks) == 2
    monkeypatch.chdir(tmp_path)
    path, module = tmp_path / "files_guide.py", ModuleType("files_guide")
    path.write_text("\n".join(blocks))
    module.__file__ = str(path)
    monkeypatch.setitem(sys.modules, "files_guide", module)
    exec(compile(path.read_text(), str(path), "exec"), module.__dict__)  # noqa: S102 -- our own page
