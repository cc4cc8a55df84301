"""The page of a task's decks: one file that needs no network, in light and dark, usable by keyboard."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from string import Template

_PAGE = Template("""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<style>
:root { color-scheme: light dark; --text: #1c2430; --soft: #5b6675; --back: #fff; --card: #f5f7fa; --line: #d9dfe7;
  --accent: #1f5fbf; }
@media (prefers-color-scheme: dark) { :root { --text: #e4e8ee; --soft: #9aa6b5; --back: #14181d; --card: #1d232b;
  --line: #343d49; --accent: #7fb0ff; } }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); }
header { padding: 1.25rem 1.5rem 0; border-bottom: 1px solid var(--line); background: var(--card); }
header h1 { margin: 0 0 .75rem; font-size: 1.1rem; font-weight: 600; overflow-wrap: anywhere; }
[role=tablist] { display: flex; flex-wrap: wrap; gap: .25rem; }
[role=tab] { padding: .5rem .9rem; border: 0; border-bottom: 3px solid transparent; background: none; font: inherit;
  color: var(--soft); cursor: pointer; }
[role=tab][aria-selected=true] { color: var(--text); border-color: var(--accent); font-weight: 600; }
[role=tab]:hover { color: var(--text); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; border-radius: 4px; }
main { max-width: 72rem; padding: 1.25rem 1.5rem 3rem; }
main h1 { margin: 1.75rem 0 .5rem; font-size: 1.25rem; }
h2 { margin: 1.75rem 0 .5rem; font-size: 1rem; overflow-wrap: anywhere; }
[role=tabpanel] > :first-child, section:first-child h2 { margin-top: 0; }
h2 small { margin-left: .35rem; font: 400 .85rem ui-monospace, monospace; color: var(--soft); }
pre { margin: 0; padding: .75rem 1rem; border-radius: 6px; background: var(--card); font: .85rem/1.5 ui-monospace,
  monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
.note { margin: .35rem 0; font-size: .85rem; color: var(--soft); overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { margin: .75rem 0; border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .75rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
thead th { color: var(--soft); font-weight: 600; }
tbody tr:hover { background: var(--card); }
img, svg { max-width: 100%; height: auto; }
a { color: var(--accent); }
</style>
</head>
<body>
<header>
<h1>$title</h1>
<div role="tablist" aria-label="Decks">
$tabs
</div>
</header>
<main>
$panels
</main>
<script>
(() => {
  const tabs = [...document.querySelectorAll("body > header [role=tab]")];
  const select = (tab, focus) => {
    for (const other of tabs) {
      const chosen = other === tab;
      other.setAttribute("aria-selected", chosen);
      other.tabIndex = chosen ? 0 : -1;
      document.getElementById(other.getAttribute("aria-controls")).hidden = !chosen;
    }
    if (focus) tab.focus();
    window.dispatchEvent(new Event("resize"));
  };
  const keys = { ArrowRight: i => i + 1, ArrowLeft: i => i - 1, Home: () => 0, End: () => tabs.length - 1 };
  tabs.forEach((tab, i) => {
    tab.addEventListener("click", () => select(tab, false));
    tab.addEventListener("keydown", event => {
      if (!(event.key in keys)) return;
      event.preventDefault();
      select(tabs[(keys[event.key](i) + tabs.length) % tabs.length], true);
    });
  });
  if (tabs.length) select(tabs[0], false);
})();
</script>
</body>
</html>
""")


def page_html(title: str, decks: Mapping[str, str]) -> str:
    """The page.

    Args:
        title: The task's name.
        decks: The HTML of each deck by its name, in the order of the tabs.

    Example:
        >>> '<button role="tab" id="tab0"' in page_html("shop.fit", {"a & b": "<p>fit</p>"})
        True
    """
    tabs = [
        f'<button role="tab" id="tab{number}" aria-controls="deck{number}" type="button">{escape(name)}</button>'
        for number, name in enumerate(decks)
    ]
    panels = [
        f'<div role="tabpanel" id="deck{number}" aria-labelledby="tab{number}" tabindex="0">\n{html}\n</div>'
        for number, html in enumerate(decks.values())
    ]
    return _PAGE.substitute(title=escape(title), tabs="\n".join(tabs), panels="\n".join(panels))
