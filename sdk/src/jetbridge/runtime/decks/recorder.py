"""The decks of an attempt: collected while it runs, written as one page next to its outputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from jetbridge.deck import Deck
from jetbridge.idl import Literal
from jetbridge.runtime.decks.page import page_html
from jetbridge.runtime.decks.values import values_html
from jetbridge.runtime.failure import readable
from jetbridge.runtime.values import returned_values
from jetbridge.task import AnyTask


class DeckRecorder:
    """Writes a task's page. What goes wrong with that is said and does not fail the task, as with flytekit.

    Args:
        task: The task.
        decks: The decks; the task adds its own.
        write: Puts the page next to the outputs.
        say: Writes a line to the task's log.
    """

    def __init__(
        self, task: AnyTask, decks: list[Deck], write: Callable[[str], None], say: Callable[[str], None]
    ) -> None:
        self._task = task
        self._decks = decks
        self._write = write
        self._say = say

    def inputs(self, values: Mapping[str, object], literals: Mapping[str, Literal]) -> None:
        """Adds the inputs' deck."""
        self._add("Input", lambda: values_html(self._task.interface.inputs, values, literals))

    def outputs(self, returned: object, literals: Mapping[str, Literal]) -> None:
        """Adds the outputs' deck; `returned` is what the function returned."""
        interface = self._task.interface
        self._add(
            "Output",
            lambda: values_html(
                interface.outputs,
                dict(zip(interface.outputs, returned_values(interface, returned), strict=True)),
                literals,
            ),
        )

    def publish(self) -> None:
        """Writes the page with what is there now."""
        self._safely(lambda: self._write(readable(page_html(self._task.name, self._shown()))))

    def publish_unless(self, elsewhere: Callable[[], bool]) -> None:
        """Writes the page of a failed attempt, unless another attempt has succeeded and written its own."""
        self._safely(lambda: None if elsewhere() else self.publish())

    def _shown(self) -> Mapping[str, str]:
        """The author's decks first, then the default ones."""
        last = [name for name in ("Input", "Output") if any(deck.name == name for deck in self._decks)]
        found = {deck.name: deck.html for deck in self._decks}
        return {name: found[name] for name in (*(name for name in found if name not in last), *last)}

    def _add(self, name: str, html: Callable[[], str]) -> None:
        self._safely(lambda: self._decks.append(Deck(name, html(), auto_add_to_deck=False)))

    def _safely(self, action: Callable[[], object]) -> None:
        try:
            action()
        except Exception as error:
            self._say(f"the deck of {self._task.name} cannot be written: {error}")
