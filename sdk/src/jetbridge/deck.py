"""`Deck`: what a task shows of itself, as tabs of one page (flytekit's `Deck`).

A deck's HTML is the author's own and goes into the page as it is: a task's page is as trustworthy as its code.
"""

from __future__ import annotations

from html import escape
from typing import Any, Protocol, runtime_checkable

from jetbridge.runtime.context import current_context


class Deck:
    """A tab of the page that a task with `enable_deck=True` writes.

    Args:
        name: The tab's title. Of several decks with one name the last is shown.
        html: What it shows first.
        auto_add_to_deck: Whether the running task's page gets it.

    Example:
        >>> Deck("fit", "<p>r² = 0.76</p>", auto_add_to_deck=False).append("<p>n = 342</p>").html
        '<p>r² = 0.76</p>\\n<p>n = 342</p>'
    """

    def __init__(self, name: str, html: str | None = "", auto_add_to_deck: bool = True) -> None:
        self.name = name
        self._html = html or ""
        if auto_add_to_deck:
            current_context().decks.append(self)

    @property
    def html(self) -> str:
        """Everything that was added."""
        return self._html

    def append(self, html: str) -> Deck:
        """Adds HTML below what is there, and returns this deck."""
        self._html = f"{self._html}\n{html}"
        return self

    @staticmethod
    def publish() -> None:
        """Writes the running task's page now, for a task that takes long. Without `enable_deck=True` it only warns."""
        context = current_context()
        if context.publish_deck is None:
            context.logging.warning("Deck.publish() does nothing: %s has no enable_deck=True", context.task_id)
            return
        context.publish_deck()


@runtime_checkable
class Renderable(Protocol):
    """What makes HTML of a value; in `Annotated[T, renderer]` it shows that input or output in the deck."""

    def to_html(self, python_value: Any, /) -> str:
        """HTML in which text of the value is escaped."""
        ...


class TopFrameRenderer:
    """The top of a data frame (pandas, polars) or an Arrow table.

    Args:
        max_rows: How many rows are shown.
        max_cols: How many columns are shown.
    """

    def __init__(self, max_rows: int = 10, max_cols: int = 100) -> None:
        self._max_rows = max_rows
        self._max_cols = max_cols

    def to_html(self, df: Any, /) -> str:
        """A table. Raises `TypeError` for something else."""
        from jetbridge.runtime.decks.frames import frame_html

        return frame_html(df, self._max_rows, self._max_cols)


class MarkdownRenderer:
    """Text in Markdown.

    Example:
        >>> MarkdownRenderer().to_html("*fit*")
        '<p><em>fit</em></p>\\n'
    """

    def to_html(self, text: str, /) -> str:
        """The text as HTML; HTML in it stays HTML, as with flytekit."""
        from markdown_it import MarkdownIt

        return MarkdownIt().enable("table").render(text)


class SourceCodeRenderer:
    """Source code with its lines as they are.

    Example:
        >>> SourceCodeRenderer().to_html("if a < b: pass")
        '<pre><code>if a &lt; b: pass</code></pre>'
    """

    def to_html(self, source_code: str, /) -> str:
        """The code, escaped."""
        return f"<pre><code>{escape(source_code)}</code></pre>"
