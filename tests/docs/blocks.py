"""The code blocks of the pages, and what the pages say of those that are not run."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
GENERATED = ROOT / "docs" / "reference"
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md")))
_BLOCK = re.compile(
    r"(?:^<!-- (?P<mark>not run|fails)(?:: (?P<reason>[^\n]*?))? -->\n)?"
    r"^(?P<indent> *)```(?P<language>\w*)[^\n]*\n(?P<text>.*?)^(?P=indent)```$",
    re.S | re.M,
)
_NAMED = re.compile(r"^`(?P<name>[\w./-]+)`:\n\n\Z", re.M)
_SAVED = re.compile(r"^\$ jetbridge [\w-]+ (\w+\.py)\b", re.M)
_EXECUTED = re.compile(r"^\$ (.*)$")
NOT_RUN, FAILS = "not run", "fails"


@dataclass(frozen=True)
class Block:
    """A fenced block of a page.

    Attributes:
        page: Its page below the repository.
        line: Where it begins.
        language: What its fence says.
        mark: `not run` or `fails`, where the page says so.
        reason: Why it is not run.
        file: The file that the page says it shows; empty for a block of its own.
    """

    page: str
    line: int
    language: str
    text: str
    mark: str = ""
    reason: str = ""
    file: str = ""

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}"

    def commands(self) -> list[Command]:
        """The commands of a console block, each with what the page says that it prints."""
        found: list[Command] = []
        for line in self.text.replace("\\\n", " ").splitlines():
            started = _EXECUTED.match(line)
            if started:
                found.append(Command(started.group(1), ()))
            elif line.strip() and found:
                found[-1] = Command(found[-1].text, (*found[-1].prints, line))
        return found


@dataclass(frozen=True)
class Command:
    """A line that a person types, and lines that follow it."""

    text: str
    prints: tuple[str, ...]


def blocks(page: Path) -> Iterator[Block]:
    """Every block of a page, in order."""
    text = page.read_text()
    for match in _BLOCK.finditer(text):
        named = _NAMED.search(text[: match.start()])
        yield Block(
            page=str(page.relative_to(ROOT)),
            line=text[: match.start()].count("\n") + 1,
            language=match["language"],
            text=textwrap.dedent(match["text"]),
            mark=match["mark"] or "",
            reason=match["reason"] or "",
            file=named["name"] if named else "",
        )


def saved_as(page: Path) -> str:
    """The file into which a reader puts the page's Python: what its commands call it, or a name of its own."""
    found = _SAVED.search(page.read_text())
    return found[1] if found else f"{page.stem.replace('-', '_').lower()}_page.py"


def every(language: str) -> list[Block]:
    """All blocks of a language."""
    return [block for page in PAGES for block in blocks(page) if block.language == language]
