"""Figures in words."""

from __future__ import annotations

from jetbridge_translators.report.summary import BYTES, COUNT, RATIO, SECONDS, Spread

UNKNOWN = "unknown"
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


def in_words(spread: Spread, unit: str) -> str:
    """A measure with its spread, and how much of it is not known.

    Example:
        >>> in_words(Spread(1.5, 1.2, 2.0, 0), SECONDS), in_words(Spread(None, None, None, 3), COUNT)
        ('1.5 s (1.2 to 2.0)', 'unknown')
        >>> in_words(Spread(2048, 2048, 2048, 1), BYTES)
        '2.0 KiB, and 1 unknown'
    """
    if spread.middle is None or spread.least is None or spread.most is None:
        return UNKNOWN
    text = amount_in_words(spread.middle, unit)
    if spread.least != spread.most:
        text += f" ({bare(spread.least, unit)} to {bare(spread.most, unit)})"
    return f"{text}, and {spread.unknown} unknown" if spread.unknown else text


def amount_in_words(value: float, unit: str) -> str:
    """One figure with its unit.

    Example:
        >>> amount_in_words(0.5, RATIO), amount_in_words(3, COUNT), amount_in_words(1536, BYTES)
        ('50 %', '3', '1.5 KiB')
    """
    if unit == RATIO:
        return f"{value:.0%}".replace("%", " %")
    if unit == BYTES:
        return _bytes(value)
    return f"{bare(value, unit)} s" if unit == SECONDS else bare(value, unit)


def bare(value: float, unit: str) -> str:
    """The same in a short form for the ends of a spread."""
    if unit == SECONDS:
        return f"{value:.1f}" if value >= 1 else f"{value:.2f}"
    return f"{value:g}" if unit == COUNT else amount_in_words(value, unit)


def _bytes(value: float) -> str:
    for unit in _UNITS:
        if value < 1024 or unit == _UNITS[-1]:
            return f"{value:.0f} B" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1024
    raise AssertionError("the last unit ends the loop")
