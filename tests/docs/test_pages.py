"""The docs say what the code says."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from pathlib import Path

import pytest

from docs.generate import REFERENCE, pages
from jetbridge.cli.main import cli
from jetbridge.cli.target import load_target
from jetbridge.serialize.settings import SerializationSettings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


NAMES = ["capabilities.md", "cli.md", "errors.md", "plugins.md", "protocol.md"]


@pytest.fixture(scope="module")
def generated() -> Mapping[str, str]:
    return pages()


@pytest.mark.parametrize("name", NAMES)
def test_generated_pages_are_current(generated: Mapping[str, str], name: str) -> None:
    assert (REFERENCE / name).read_text() == generated[name], "run `make docs` and review the difference"


def test_every_generated_page_is_compared(generated: Mapping[str, str]) -> None:
    assert set(generated) == set(NAMES)


def test_the_readme_names_real_verbs_and_make_targets() -> None:
    verbs = {shlex.split(line)[2] for line in re.findall(r"^\$ jetbridge .*$", README, re.M)}
    assert verbs <= set(cli.list_commands(None)), verbs  # type: ignore[arg-type] # the group needs no context
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"^\$ make ([\w-]+)", README, re.M):
        assert re.search(rf"^{target}:", makefile, re.M), target


def test_the_readme_example_is_a_workflow(tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, re.S)
    file = tmp_path / "quadruple.py"
    file.write_text(code)
    closure = load_target(f"{file}:quadruple").close(SerializationSettings(image="i", source_root=str(tmp_path)))
    assert [node.id for node in closure.compiled.primary.template.nodes] == ["n0", "n1"]


def test_links_of_the_readme_exist() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert links
    assert not [link for link in links if not (ROOT / link).exists()]
