"""The documentation as a site: it builds without a warning, holds every page, and asks nobody for anything."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from docs.site import decisions, on_page_markdown
from tests.docs.blocks import ROOT

CONFIG = ROOT / "mkdocs.yml"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--strict",
        "--config-file",
        str(CONFIG),
        "--site-dir",
        str(folder),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return folder


def test_every_page_is_in_the_navigation() -> None:
    config = yaml.safe_load(CONFIG.read_text())
    listed = {*_pages(config["nav"]), *_pages(decisions())} - {"adr/"}
    assert listed == {str(page.relative_to(ROOT / "docs")) for page in (ROOT / "docs").glob("**/*.md")}


def _pages(entry: Any) -> Iterator[str]:
    if isinstance(entry, str):
        yield entry
    else:
        inside = cast("list[Any]", entry) if isinstance(entry, list) else list(cast("dict[str, Any]", entry).values())
        for inner in inside:
            yield from _pages(inner)


def test_each_page_becomes_one_of_the_site(site: Path) -> None:
    pages = [page.relative_to(ROOT / "docs") for page in (ROOT / "docs").glob("**/*.md")]
    assert not [page for page in pages if not (site / page).with_suffix(".html").exists()]
    assert not list(site.rglob("*.py"))
    assert len(re.findall("md-nav__link", (site / "index.html").read_text())) > len(pages)


_LOADED = (
    re.compile(r"""<(?:script|img|iframe|source|video|audio)\b[^>]*\bsrc=["']?(?:https?:)?//[^"'\s>]+"""),
    re.compile(r"""<link\b[^>]*\bhref=["']?(?:https?:)?//[^"'\s>]+"""),
    re.compile(r"""url\(["']?(?:https?:)?//[^)]+"""),
)


def test_no_page_loads_anything_from_another_host(site: Path) -> None:
    texts = [file.read_text() for kind in ("*.html", "*.css") for file in site.rglob(kind)]
    assert len(texts) > 20
    assert not {hit for text in texts for loaded in _LOADED for hit in loaded.findall(text)}


@dataclass
class File:
    src_uri: str


@dataclass
class Page:
    file: File


def test_links_out_of_the_docs_are_paths_of_the_repository() -> None:
    accounts = "tests/cluster/manifests/accounts.yaml"
    text = f"[`tests/cluster`](../../tests/cluster/README.md), [rights](../../{accounts}), [types](types.md)."
    assert on_page_markdown(text, Page(File("guide/x.md"))) == (
        f"`tests/cluster/README.md`, rights (`{accounts}`), [types](types.md)."
    )


def test_links_out_of_the_docs_lead_somewhere() -> None:
    for page in (ROOT / "docs").glob("**/*.md"):
        links = re.findall(r"\]\(((?:\.\./)+[^)#\s]+)", page.read_text())
        assert not [link for link in links if not (page.parent / link).exists()], page
