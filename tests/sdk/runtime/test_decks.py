"""The page that a task with `enable_deck=True` leaves next to its outputs."""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from jetbridge.deck import TopFrameRenderer
from jetbridge.runtime.decks.page import page_html
from jetbridge.runtime.execute import run as run_entrypoint
from tests.sdk.runtime.run import TASKS, Run, integer, write_inputs


def tabs(page: str) -> list[str]:
    return re.findall(r'role="tab"[^>]*>([^<]*)<', page)


def deck(run: Run) -> str:
    return (run.root / "n0" / "deck.html").read_text()


def test_the_page_has_the_authors_decks_and_then_inputs_and_outputs(run: Run) -> None:
    assert run.execute("n0", "decked", "n=json:3", 'text=json:"<b>&"', module=TASKS) == 0
    page = deck(run)
    assert tabs(page) == ["Fit", "default", "Input", "Output"]
    assert "<p>r² = 0.76</p>\n<p>more</p>" in page
    assert "<p>first</p>\n<p>second</p>" in page
    assert "<h2>text <small>str</small></h2><pre>&lt;b&gt;&amp;</pre>" in page
    assert "<strong><B>&</strong>" in page  # the author's renderer in the annotation
    assert f'<p class="note">file://{run.root}/n0/attempts/0-' in page
    assert "never shown" not in page


def test_a_failed_task_leaves_what_it_had(run: Run) -> None:
    assert run.execute("n0", "decked", "n=json:3", 'text=json:"t"', "fail=json:true", module=TASKS) == 80
    assert tabs(deck(run)) == ["Fit", "default", "Input"]


def test_a_failed_task_does_not_overwrite_the_page_of_the_winner(run: Run) -> None:
    run.write("n0/outputs.pb", o0=1)
    (run.root / "n0" / "deck.html").write_text("the winner's")
    assert run.execute("n0", "decked", "n=json:3", 'text=json:"t"', "fail=json:true", module=TASKS) == 0
    assert deck(run) == "the winner's"


def test_what_cannot_be_shown_does_not_fail_the_task(run: Run) -> None:
    assert run.execute("n0", "badly_decked", 'text=json:"t"', module=TASKS) == 0
    assert "cannot be shown: ValueError: no &lt;picture&gt;" in deck(run)
    assert "\\udce9" in deck(run)


def test_a_page_can_be_published_before_the_end(run: Run) -> None:
    assert run.execute("n0", "published", module=TASKS) == 0
    assert "<p>half</p>" in deck(run)


def test_without_enable_deck_there_is_no_page(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    assert run.execute("n0", "undecked", module=TASKS) == 0
    assert run.output("n0") == 1
    assert sorted(path.name for path in (run.root / "n0").iterdir()) == ["outputs.pb", "records"]
    assert "has no enable_deck=True" in caplog.text


def test_flytes_way_puts_it_below_the_output_prefix(run: Run, tmp_path: Path) -> None:
    text = write_inputs(tmp_path / "in.pb", {"n": integer(1), "text": integer(1)})
    argv = ["--inputs", text, "--output-prefix", f"{tmp_path}/out", "--", "task-module", TASKS, "task-name", "decked"]
    assert run_entrypoint(argv) == 0  # and an error.pb: the text is a number
    assert (tmp_path / "out" / "error.pb").exists()
    assert (tmp_path / "out" / "deck.html").exists()


class Page(HTMLParser):
    """Which elements a page has, and what it loads from elsewhere."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.controls: set[str] = set()
        self.loaded: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.ids |= {found["id"]} if "id" in found else set()
        self.controls |= {found[name] for name in ("aria-controls", "aria-labelledby") if name in found}
        self.loaded += [found[name] for name in ("src", "href") if name in found]


def test_the_page_needs_no_network_and_its_tabs_are_named() -> None:
    text = page_html("shop.<fit>", {"a & b": "<p>1</p>", "c": "<p>2</p>"})
    page = Page(text)
    assert not page.loaded
    assert "url(" not in text
    assert "@import" not in text
    assert page.controls == {"deck0", "deck1", "tab0", "tab1"} <= page.ids
    assert "<title>shop.&lt;fit&gt;</title>" in text
    assert "prefers-color-scheme: dark" in text
    assert all(key in text for key in ("ArrowRight", "ArrowLeft", "Home", "End"))


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
def test_frames_are_cut_and_escaped(library: str) -> None:
    module = pytest.importorskip(library)
    data = {"<a>": ["<x>", "&"] * 10, "b": [1, 2] * 10, "c": [0.5] * 20}
    frame = module.table(data) if library == "pyarrow" else module.DataFrame(data)
    html = TopFrameRenderer(max_rows=3, max_cols=2).to_html(frame)
    assert html.count("<tr") == 4
    assert "&lt;a&gt;" in html
    assert "&lt;x&gt;" in html
    assert ">c<" not in html
    assert "20 rows × 3 columns" in html


def test_something_else_is_no_frame() -> None:
    with pytest.raises(TypeError, match="expected a data frame, got list"):
        TopFrameRenderer().to_html([1])


def test_a_task_without_a_deck_loads_none_of_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("jetbridge.runtime.decks")]:
        monkeypatch.delitem(sys.modules, name)
    assert run.execute("n0", "about", module=TASKS) == 0
    assert not [name for name in sys.modules if name.startswith("jetbridge.runtime.decks")]
