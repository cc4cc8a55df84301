"""What MkDocs does beside: decisions in the navigation, and links out of the docs, which a site does not have."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

_DOCS = Path(__file__).parent
_LINK = re.compile(r"\[([^\]]+)\]\(((?:\.\./)+[^)\s]+)\)")
_TITLE = re.compile(r"^# (.+)$", re.M)


def on_config(config: Any) -> Any:
    """Puts each decision into the navigation, where `adr/` stands."""
    config["nav"] = [_filled(entry) for entry in config["nav"]]
    return config


def _filled(entry: Any) -> Any:
    if isinstance(entry, dict) and list(entry.values()) == ["adr/"]:
        return {title: decisions() for title in entry}
    return entry


def decisions() -> list[dict[str, str]]:
    """The pages of `docs/adr` by their titles, in order."""
    return [{_title(page): f"adr/{page.name}"} for page in sorted((_DOCS / "adr").glob("*.md"))]


def _title(page: Path) -> str:
    found = _TITLE.search(page.read_text())
    return found.group(1) if found else page.stem


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """A link to a file of the repository beside the docs is shown as the path of that file."""
    place = _DOCS / Path(page.file.src_uri).parent
    return _LINK.sub(lambda match: _link(match, place), markdown)


def _link(match: re.Match[str], place: Path) -> str:
    text, target = match.groups()
    path = (place / target.partition("#")[0]).resolve()
    if path.is_relative_to(_DOCS):
        return match.group(0)
    shown = f"`{path.relative_to(_DOCS.parent)}`"
    return shown if text.strip("`") in shown else f"{text} ({shown})"
