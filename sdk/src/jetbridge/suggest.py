"""Hints that name what the user most likely meant."""

from __future__ import annotations

from collections.abc import Iterable


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint for an unknown name.

    Example:
        >>> did_you_mean("specis", ["species", "frame"])
        "Did you mean 'species'?"
    """
    import difflib  # late: whoever makes no mistake needs no hint

    options = list(known)
    close = difflib.get_close_matches(name, options, n=3, cutoff=0.6)
    if close:
        return f"Did you mean {' or '.join(repr(option) for option in close)}?"
    return f"There is: {', '.join(options)}." if options else "There is none."


def option_hint(name: str, known: Iterable[str], flytekit: Iterable[str]) -> str:
    """A hint for an option that does not exist here, and perhaps in flytekit.

    Example:
        >>> option_hint("retry", ["retries"], [])
        "Did you mean 'retries'?"
    """
    if name in flytekit:
        return f"flytekit has {name!r}, Jetbridge does not yet: leave it out."
    return did_you_mean(name, known)
