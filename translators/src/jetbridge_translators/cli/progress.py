"""Progress of a run on a terminal; plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from jetbridge_translators.base import StepEvent

_STYLES = {"running": "cyan", "retrying": "yellow", "succeeded": "green", "failed": "bold red", "skipped": "dim"}


class RunProgress:
    """Shows which steps run, are done or failed, and what they print.

    Args:
        console: Where it is shown; no bar when it is no terminal.
        title: The back end.
        total: The number of steps.
    """

    def __init__(self, console: Console, title: str, total: int) -> None:
        self._console = console
        self._title = title
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task(title, total=total)
        self._running: tuple[str, ...] = ()

    def event(self, event: StepEvent) -> None:
        """A step changed."""
        self._running = tuple(name for name in self._running if name != event.step)
        if event.state in ("running", "retrying"):
            self._running = (*self._running, event.step)
        else:
            self._progress.advance(self._task)
        names = ", ".join(self._running)
        self._progress.update(self._task, description=f"{self._title} {names}".strip())
        if event.state != "running":
            line = Text(f"{self._title}: ") + Text(event.state, style=_STYLES.get(event.state, ""))
            self._console.print(line + Text(f" {event.step} ({event.seconds:.1f} s)"))

    def output(self, step: str, line: str) -> None:
        """A step printed a line."""
        self._console.print(Text(f"  {step} | ", style="dim") + Text(line))

    @contextmanager
    def shown(self) -> Generator[RunProgress]:
        """Shows the bar until the block ends."""
        with self._progress:
            yield self

    @contextmanager
    def paused(self) -> Generator[None]:
        """No bar until the block ends, so that a person can type."""
        self._progress.stop()
        try:
            yield
        finally:
            self._progress.start()
