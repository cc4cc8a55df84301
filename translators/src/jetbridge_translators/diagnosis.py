"""What `jetbridge doctor` finds: one line for each thing that was looked at, and how what is wrong is mended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from jetbridge.errors import JetbridgeError

OK, WARNING, FAILED, UNKNOWN = "ok", "warning", "failed", "not checked"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        what: The thing.
        state: `OK`, `WARNING` (runs may work), `FAILED`, or `UNKNOWN` where nobody lets us look.
        found: What was found.
        mend: What helps; empty where nothing is wrong.
    """

    what: str
    state: str
    found: str = ""
    mend: str = ""


def guarded(what: str, look: Callable[[], Iterable[Check]]) -> Iterator[Check]:
    """What a look finds; an error that ends it is a failed check too.

    Example:
        >>> def look():
        ...     raise JetbridgeError("no answer", hint="Start it.")
        >>> [str(check.state) for check in guarded("server", look)]
        ['failed']
    """
    try:
        yield from look()
    except JetbridgeError as error:
        yield Check(what, FAILED, error.message, error.hint)
