"""The page in a real browser: it draws, complains of nothing, asks nobody, and works with the keyboard alone."""

from __future__ import annotations

import time
from collections.abc import Generator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from jetbridge.types.difference import Difference
from jetbridge_translators.report.model import Report
from jetbridge_translators.report.page import report_page
from tests.browser import Page, browser, chromium
from tests.translators.report import reports

needs_chromium = pytest.mark.skipif(
    not chromium(), reason="no Chromium on this machine: apt-get install chromium, or name one with JETBRIDGE_CHROMIUM"
)
HOSTILE = "</script><script>alert(1)</script><b>&amp;'\""
DRAWN = "document.querySelectorAll('#totals .main-svg, #plot0 .main-svg').length > 1"
SELECTED = "document.querySelector('[role=tab][aria-selected=true]').textContent"
FOCUSED = "document.activeElement.textContent"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Generator[Page]:
    with browser(tmp_path_factory.mktemp("browser")) as found:
        yield found


def small() -> Report:
    done = [reports.attempt(0, (0.1, 0.4, 0.3, 1.0, 0.1, 0.1)), reports.attempt(3, (0, 0.4, 0.3, 0.5, 0.1, 0.1))]
    nodes = [reports.node("n0", "load", done[:1]), reports.node("n1", HOSTILE, done)]
    runs = [reports.run("local", nodes), reports.run("argo", nodes), reports.run("airflow", [], "failed", HOSTILE)]
    found = [Difference("column 'mass', row 7", "value", "1.0", HOSTILE)]
    return reports.report(runs, [reports.output(["a", HOSTILE, ""], found)])


def opened(page: Page, report: Report, folder: Path, *, scheme: str = "light") -> float:
    page.complaints.clear()
    page.requests.clear()
    file = folder / "report.html"
    file.write_text(report_page(report), encoding="utf-8")
    started = time.monotonic()
    page.open(file, scheme=scheme)
    page.wait(DRAWN)
    return time.monotonic() - started


@needs_chromium
def test_it_draws_without_a_complaint_and_asks_nobody(page: Page, tmp_path: Path) -> None:
    opened(page, small(), tmp_path)
    assert page.complaints == []
    assert {url for url in page.requests if not url.startswith("data:")} == {(tmp_path / "report.html").as_uri()}
    bars = page.evaluate("document.querySelectorAll('#plot0 .bars .point').length")
    assert bars == 18, "six phases of three attempts"
    assert page.evaluate("document.querySelector('#plot0').textContent").count("load") == 1


@needs_chromium
def test_what_users_write_is_text(page: Page, tmp_path: Path) -> None:
    opened(page, small(), tmp_path)
    assert page.evaluate("document.querySelector('.differences tbody tr').cells[5].textContent") == HOSTILE
    assert page.evaluate("document.querySelector('pre.error').textContent") == HOSTILE
    assert page.evaluate("document.querySelectorAll('section b').length") == 0
    assert page.evaluate("document.querySelectorAll('script').length") == 3


@needs_chromium
def test_tabs_and_filter_with_the_keyboard(page: Page, tmp_path: Path) -> None:
    opened(page, small(), tmp_path)
    for _ in range(12):
        page.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('role')") == "tab":
            break
    assert page.evaluate(FOCUSED) == "local"
    for key, expected in (
        ("ArrowRight", "argo"),
        ("End", "airflow"),
        ("ArrowRight", "local"),
        ("ArrowLeft", "airflow"),
    ):
        page.press(key)
        assert (page.evaluate(FOCUSED), page.evaluate(SELECTED)) == (expected, expected)
    page.press("Home")
    assert page.evaluate("[...document.querySelectorAll('[role=tabpanel]')].map((p) => p.hidden)") == [
        False,
        True,
        True,
    ]
    page.press("Tab")
    assert page.evaluate("document.activeElement.id") == "filter"
    page.write("LOA")
    page.wait("document.querySelectorAll('#panel0 .nodes tbody tr:not([hidden])').length === 1")
    assert page.evaluate("document.querySelector('#note0').textContent") == "1 line"
    assert page.complaints == []


@needs_chromium
def test_light_and_dark_follow_the_system(page: Page, tmp_path: Path) -> None:
    ink, paper = (f"getComputedStyle(document.body).{name}" for name in ("color", "backgroundColor"))
    bar = "getComputedStyle(document.querySelector('#totals .bars .point path')).fill"
    opened(page, small(), tmp_path)
    light = [page.evaluate(each) for each in (ink, paper, bar)]
    page.prefer("dark")
    page.wait(f"{bar} !== {light[2]!r}")
    dark = [page.evaluate(each) for each in (ink, paper, bar)]
    assert all(one != two for one, two in zip(light, dark, strict=True))
    opened(page, small(), tmp_path, scheme="dark")
    assert [page.evaluate(each) for each in (ink, paper, bar)] == dark
    for colours in (light, dark):
        assert contrast(colours[0], colours[1]) >= 7


def contrast(one: str, two: str) -> float:
    """The contrast of two colours by WCAG 2."""
    light, dark = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in colour.partition("(")[2].rstrip(")").split(",")[:3]]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@needs_chromium
def test_a_thousand_tasks_on_three_back_ends_stay_quick(page: Page, tmp_path: Path) -> None:
    opened(page, reports.large(10), tmp_path)
    few = min(opened(page, reports.large(10), tmp_path) for _ in range(2))
    many = min(opened(page, reports.large(1000), tmp_path) for _ in range(2))
    # Of both most is the library itself; a shape for each span would take some fifty times as long.
    assert many < 10 * few, (few, many)
    assert page.evaluate("document.querySelectorAll('#panel0 .nodes tbody tr').length") == 1000
    assert page.evaluate("document.querySelector('#note0').textContent").startswith("1000 lines")
    page.evaluate("document.getElementById('filter').focus()")
    page.write("[99")
    page.wait("document.querySelector('#note0').textContent === '11 lines'")
    assert page.evaluate("document.querySelectorAll('#plot0 .bars .point').length") == 66
    assert page.complaints == []


@needs_chromium
def test_a_narrow_window_scrolls_tables_and_not_the_page(page: Page, tmp_path: Path) -> None:
    opened(page, small(), tmp_path)
    page.call("Emulation.setDeviceMetricsOverride", width=420, height=800, deviceScaleFactor=1, mobile=False)
    page.wait("innerWidth === 420")
    page.wait("document.documentElement.scrollWidth <= 420")


def test_the_tables_need_no_script() -> None:
    page = report_page(small())
    head, found, _ = page.partition('<script type="application/json"')
    assert found
    texts = _Texts()
    texts.feed(head)
    assert {"load", HOSTILE, "column 'mass', row 7", "local", "argo"} <= set(texts.found)


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def test_the_page_names_no_other_place() -> None:
    page = report_page(small())
    before = page.partition("<script>")[0]
    assert "//" not in before.replace("s3://", "")
